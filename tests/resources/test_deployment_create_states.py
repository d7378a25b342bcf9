"""A create meets a deployment under its key, in each state that it may be in."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError, ProviderError
from commercetools_connect.core.values import unwrap_secrets
from tests.resources.deployments import (
    DEPLOYMENT,
    creates,
    deployed,
    is_stored,
    partial,
    plain_inputs,
    published,
    redeploys,
    simple,
    status,
)
from tests.support.world import World


class TestStatesUnderItsKey:
    @pytest.mark.parametrize("word", ["Failed", "Draft"])
    def test_one_that_is_not_live_is_redeployed(self, world: World, word: str) -> None:
        """A Draft only after a minute without a change."""
        old = deployed(world, configurations=simple())
        status(world, old, word)
        began = world.clock.monotonic()
        world.emulator.admin.clear_journal()

        state = world.create(DEPLOYMENT, plain_inputs(world, str(old.outputs["connectorId"])))

        assert (state.id, state.outputs["status"]) == (old.id, "Deployed")
        assert len(redeploys(world)) == 1
        assert (world.clock.monotonic() - began > 60) == (word == "Draft")

    def test_one_that_is_live_already_is_done_without_a_write(self, world: World) -> None:
        old = deployed(world, configurations=simple())
        world.emulator.admin.clear_journal()

        world.create(DEPLOYMENT, plain_inputs(world, str(old.outputs["connectorId"])))

        assert len(world.calls()) == 1

    def test_one_that_goes_away_is_waited_for_and_then_created_again(self, world: World) -> None:
        old = deployed(world, configurations=simple())
        inputs = plain_inputs(world, str(old.outputs["connectorId"]))
        world.clock.after(0, lambda: None)
        partial_delete(world, old)
        world.emulator.admin.clear_journal()

        state = world.create(DEPLOYMENT, inputs)

        assert state.id != old.id
        assert len(creates(world)) == 1

    def test_one_whose_undeploy_failed_is_an_error(self, world: World) -> None:
        old = deployed(world, configurations=simple())
        status(world, old, "UndeployFailed")
        world.emulator.admin.clear_journal()

        with pytest.raises(InvalidInputError, match="its undeploy failed"):
            world.create(DEPLOYMENT, plain_inputs(world, str(old.outputs["connectorId"])))

        assert not world.writes()

    def test_one_that_still_runs_is_waited_for_and_not_redeployed(self, world: World) -> None:
        """An interrupted run's own."""
        staged, _ = published(world)
        inputs = plain_inputs(world, staged.id)
        first = partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10))
        world.emulator.admin.clear_journal()

        state = world.create(DEPLOYMENT, inputs)

        assert state.id == first.state.id
        assert not world.writes()

    def test_a_wait_for_anothers_run_that_is_cut_off_keeps_the_deployment_without_claiming_its_secrets(
        self, world: World
    ) -> None:
        staged, _ = published(world)
        inputs = world.deployment_inputs(staged.id)
        partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10))

        ended = partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10))

        held: Any = unwrap_secrets(ended.state.outputs["configurations"])
        assert not held["service"].get("securedConfiguration")
        state = world.up(DEPLOYMENT, ended.state, inputs)
        assert is_stored(world, "API_TOKEN", "c4n4ry-1")
        assert not world.diff(DEPLOYMENT, state, inputs)


def partial_delete(world: World, state: Any) -> None:
    """Begin to delete and go away."""
    with pytest.raises(ProviderError):
        world.delete(DEPLOYMENT, state, time_limit=5)
