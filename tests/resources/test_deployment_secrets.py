"""A secret is never shown, never overwritten by a mask, and never lost."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from commercetools_connect.core.values import Secret, unwrap_secrets
from tests.resources.deployments import (
    DEPLOYMENT,
    canary,
    changed,
    deployed,
    partial,
    plain_inputs,
    published,
    simple,
    status,
)
from tests.support.world import World


class TestSecrets:
    @pytest.mark.parametrize("mask", ["****", "*", "*****"])
    def test_a_mask_is_never_taken_for_a_secret(self, world: World, mask: str) -> None:
        """What was read somewhere must not overwrite what is live (API §12.2)."""

        async def check(resource_of: Any) -> Any:
            inputs = world.deployment_inputs("x", configurations=simple(secured={"API_TOKEN": mask}))
            return resource_of(DEPLOYMENT).check(world.context(), {}, inputs)

        (failure,) = world.run(check).failures
        assert failure.path == ("configurations", "service", "securedConfiguration", "API_TOKEN")

    def test_every_state_has_them_sealed(self, world: World) -> None:
        staged, _ = published(world)
        inputs = world.deployment_inputs(
            staged.id,
            configurations=simple(secured={"API_TOKEN": canary}),
            globalConfiguration={"securedConfiguration": {"SHARED": canary}},
        )
        states = [partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10)).state]
        states.append(world.up(DEPLOYMENT, states[-1], inputs))
        live = world.read(DEPLOYMENT, states[-1])
        assert live
        states.append(live)
        status(world, states[-1], "Failed")
        states.append(partial(lambda: world.read(DEPLOYMENT, states[-1])).state)

        for state in states:
            assert canary not in repr(state)
            held: Any = state.outputs["configurations"]
            assert held["service"]["securedConfiguration"]["API_TOKEN"] == Secret(canary)
        assert canary not in repr(world.checked(DEPLOYMENT, inputs))

    def test_what_a_user_marks_as_secret_stays_one(self, world: World) -> None:
        staged, _ = published(world)
        inputs = plain_inputs(
            world,
            staged.id,
            configurations=simple(NOTE=Secret("hush"), GREETING="{{url:service}}"),
            redeployTrigger=["v1", {"of": [Secret("hush")]}],
        )

        state = world.read(DEPLOYMENT, world.create(DEPLOYMENT, inputs))

        assert state is not None
        assert "hush" not in repr(state)
        assert not world.diff(DEPLOYMENT, state, inputs)

    def test_a_script_that_prints_one_does_not_bring_it_to_the_screen_or_the_state(self, world: World) -> None:
        forms = [
            canary,
            quote(canary, safe=""),
            json.dumps(canary)[1:-1],
            base64.b64encode(canary.encode()).decode(),
        ]
        staged, _ = published(world)
        report: Any = [
            {"type": "Error", "title": f"script: {form}", "message": f"env {form} end", "application": "service"}
            for form in [*forms, "marked-by-hand"]
        ]
        world.emulator.admin.outcome("deploy", "derived-greeter", "failure", report=report)
        inputs = world.deployment_inputs(
            staged.id,
            configurations=simple(secured={"API_TOKEN": canary}, NOTE=Secret("marked-by-hand")),
            failOnScriptWarning=True,
        )

        ended = partial(lambda: world.create(DEPLOYMENT, inputs))
        refreshed = partial(lambda: world.read(DEPLOYMENT, ended.state))

        said = [
            *world.said.infos,
            *world.said.warnings,
            *world.said.statuses,
            str(ended),
            repr(ended),
            str(refreshed),
        ]
        shown = "\n".join(
            [*said, repr(ended.state), repr(refreshed.state), repr(unwrap_secrets(ended.state.outputs["report"]))]
        )
        for form in [*forms, "marked-by-hand"]:
            assert form not in shown

    def test_what_the_server_says_cannot_write_on_the_terminal(self, world: World) -> None:
        state = deployed(world, failOnScriptWarning=True)
        changed(
            world, state, report=[{"type": "Warning", "title": "script \x1b[2J failed\nok", "application": "a"}]
        )

        ended = partial(lambda: world.read(DEPLOYMENT, state))

        assert "\x1b" not in str(ended)
