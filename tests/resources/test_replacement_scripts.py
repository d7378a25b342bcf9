"""After a replacement under another key, the scripts of the old one have run last."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.results import State
from tests.resources.deployments import (
    DEPLOYMENT,
    ELSEWHERE,
    applications,
    deployed,
    partial,
    redeploys,
    same_inputs,
    simple,
)
from tests.resources.steps import steps
from tests.support.world import PROJECT, REGION, World


class TestScriptsThatRanLast:
    """After a create-first in one project the old one's scripts run last: the new one is redeployed once."""

    @staticmethod
    def replaced(world: World, **changes: Any) -> tuple[State, State, dict[str, Any]]:
        """Return the state of before, the one of the new deployment, and the program."""
        state = deployed(world, configurations=simple())
        inputs = same_inputs(world, state, **{"key": "another", "configurations": simple(), **changes})
        world.said.warnings.clear()
        world.emulator.admin.clear_journal()
        created = world.run(lambda of: steps(of, world, DEPLOYMENT, inputs, state).create_first())
        return state, created, inputs

    def test_the_state_names_the_old_one_and_the_delete_asks_for_one_more_up(self, world: World) -> None:
        old, created, _ = self.replaced(world)

        assert created.outputs["redeployAfter"] == old.id
        assert "run `pulumi up` once more" in world.said.warnings[-1]
        assert not redeploys(world, "")

    def test_the_next_up_redeploys_once_and_the_one_after_it_has_nothing_to_do(self, world: World) -> None:
        _, created, inputs = self.replaced(world)

        after = world.up(DEPLOYMENT, created, inputs)

        assert len(redeploys(world)) == 1
        assert not after.outputs.get("redeployAfter")
        assert world.up(DEPLOYMENT, after, inputs).outputs == after.outputs
        assert len(redeploys(world)) == 1

    @pytest.mark.parametrize("before", ["refresh", "failed run"])
    def test_it_is_not_forgotten(self, world: World, before: str) -> None:
        """A refresh keeps the note; a redeploy that fails has run its scripts, and the next up heals it."""
        _, first, inputs = self.replaced(world)
        if before == "refresh":
            created = world.refreshed(DEPLOYMENT, first)
        else:
            world.emulator.admin.outcome("deploy", "another", "failure")
            created = partial(lambda: world.up(DEPLOYMENT, first, inputs)).state

        after = world.up(DEPLOYMENT, created, inputs)

        assert after.outputs["status"] == "Deployed"
        assert not world.diff(DEPLOYMENT, after, inputs)
        assert len(redeploys(world)) == (1 if before == "refresh" else 2)

    def test_while_the_old_one_is_there_nothing_is_redeployed(self, world: World) -> None:
        """The delete has failed: its scripts have not run yet, and the engine tries it again."""
        state = deployed(world, configurations=simple())
        inputs = same_inputs(world, state, key="another", configurations=simple())

        async def up(of: Any) -> State:
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            await mine.diff()
            return await mine.create()

        created = world.run(up)
        assert not world.diff(DEPLOYMENT, created, inputs)

        world.delete(DEPLOYMENT, state)
        assert world.diff(DEPLOYMENT, created, inputs)

    @pytest.mark.parametrize("code", [403, 503])
    def test_where_the_old_one_cannot_be_read_a_diff_fails_for_nothing(self, world: World, code: int) -> None:
        old, created, inputs = self.replaced(world)
        path = f"*/deployments/{old.outputs['deploymentId']}"
        world.emulator.admin.fault({"status": code}, method="GET", path=path, times=99)

        assert not world.diff(DEPLOYMENT, created, inputs)

    def test_with_skip_scripts_nothing_is_redeployed_and_nothing_is_asked_for(self, world: World) -> None:
        _, created, inputs = self.replaced(world, skipScripts=True)

        assert not created.outputs.get("redeployAfter")
        assert not world.said.warnings
        assert not world.diff(DEPLOYMENT, created, inputs)

    def test_skip_scripts_ends_it_without_a_run(self, world: World) -> None:
        _, created, inputs = self.replaced(world)
        inputs = {**inputs, "skipScripts": True}

        after = world.up(DEPLOYMENT, created, inputs)

        assert not redeploys(world)
        assert not after.outputs.get("redeployAfter")
        assert not world.diff(DEPLOYMENT, after, inputs)

    def test_a_replacement_in_another_project_notes_no_redeploy(self, world: World) -> None:
        """Its scripts work on another project."""
        scopes = [f"manage_project:{project}" for project in (PROJECT, "another-project")]
        client: Any = {"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}
        world.emulator.admin.clients([client])
        both = [f"{REGION}:{project}" for project in (PROJECT, "another-project")]
        staged, _ = world.published(privateProjects=both)
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id))
        inputs = world.deployment_inputs(staged.id, projectKey="another-project")
        world.said.warnings.clear()

        created = world.run(lambda of: steps(of, world, DEPLOYMENT, inputs, state).create_first())

        assert created.id.startswith("another-project/")
        assert not created.outputs.get("redeployAfter")
        assert not world.said.warnings
        assert not world.diff(DEPLOYMENT, created, inputs)

    def test_a_delete_first_replacement_notes_no_redeploy(self, world: World) -> None:
        """The old one's scripts ran first."""
        state = deployed(world)
        inputs = same_inputs(world, state, **ELSEWHERE)

        created = world.run(lambda of: steps(of, world, DEPLOYMENT, inputs, state).delete_first())

        assert not created.outputs.get("redeployAfter")
        assert not [each for each in world.said.warnings if "once more" in each]

    def test_a_value_that_changes_as_well_costs_no_second_redeploy(self, world: World) -> None:
        _, created, inputs = self.replaced(world)

        after = world.up(DEPLOYMENT, created, {**inputs, "configurations": simple(GREETING="Moin")})

        assert len(redeploys(world)) == 1
        assert not world.diff(DEPLOYMENT, after, {**inputs, "configurations": simple(GREETING="Moin")})
        assert applications(after)
