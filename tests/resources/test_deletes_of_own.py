"""A delete removes only what its resource made: not what another client has redeployed or changed since."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commercetools_connect.api import ById
from commercetools_connect.core.errors import ConfigurationError, ConflictError, InitFailedError, ProviderError
from commercetools_connect.core.results import State
from tests.resources.connectors import draft_in
from tests.resources.deployments import (
    DEPLOYMENT,
    changed,
    deployed,
    published,
    running,
    same_inputs,
    simple,
    status,
)
from tests.resources.steps import steps
from tests.resources.test_destroy import redeploy_elsewhere
from tests.support.world import PROJECT, World

STAGED, PUBLICATION = "ConnectorStaged", "ConnectorPublication"
GONE: dict[str, Any] = {
    "status": 404,
    "body": {"statusCode": 404, "message": "x", "errors": [{"code": "ResourceNotFound", "message": "x"}]},
}


def redeployed_by_others(world: World, state: State) -> None:
    """Let a colleague redeploy it, and let that run end."""
    redeploy_elsewhere(world, str(state.outputs["deploymentId"]))
    world.emulator.admin.advance(120)
    world.emulator.admin.clear_journal()


def refused(world: World, state: State) -> ConflictError:
    """Return the error of a delete that changes nothing."""
    with pytest.raises(ConflictError) as caught:
        world.delete(DEPLOYMENT, state)
    assert not world.writes()
    return caught.value


class TestDeploymentOfOthers:
    def test_one_that_others_redeployed_is_not_deleted_and_the_error_says_how_to_go_on(self, world: World) -> None:
        state = deployed(world)
        redeployed_by_others(world, state)

        error = refused(world, state)

        (there,) = running(world)
        for part in ("derived-greeter", PROJECT, there["buildId"], str(state.outputs["ownBuildId"])):
            assert part in error.message
        for part in (f"CTP_ADOPT='{PROJECT}/derived-greeter'", "pulumi state delete", "a refresh does not"):
            assert part in error.remedy

    @pytest.mark.parametrize("entry", [f"{PROJECT}/derived-greeter", f"{PROJECT}/derived-*"])
    def test_the_permission_deletes_it(self, world: World, entry: str) -> None:
        state = deployed(world)
        redeployed_by_others(world, state)
        world.settings["adopt"] = entry

        world.delete(DEPLOYMENT, state)

        assert not running(world)
        assert "is deleted although" in world.said.warnings[-1]

    def test_a_permission_for_another_key_does_not(self, world: World) -> None:
        state = deployed(world)
        redeployed_by_others(world, state)
        world.settings["adopt"] = f"{PROJECT}/another,another/derived-greeter,connectors/derived-greeter"

        refused(world, state)

    def test_a_refresh_warns_and_makes_no_other_clients_build_our_own(self, world: World) -> None:
        """The engine refreshes what it is about to delete, too."""
        state = deployed(world)
        redeployed_by_others(world, state)

        refreshed = world.refreshed(DEPLOYMENT, state)

        assert "redeployed by another client" in world.said.warnings[-1]
        assert refreshed.outputs["buildId"] != state.outputs["buildId"]
        assert refreshed.outputs["ownBuildId"] == state.outputs["ownBuildId"] == state.outputs["buildId"]
        refused(world, world.refreshed(DEPLOYMENT, refreshed))

    def test_a_refresh_of_ones_own_build_warns_of_nothing(self, world: World) -> None:
        state = deployed(world)

        assert world.refreshed(DEPLOYMENT, state).outputs == state.outputs
        assert not world.said.warnings

    def test_an_up_that_redeploys_makes_it_our_own_again(self, world: World) -> None:
        state = deployed(world)
        redeployed_by_others(world, state)

        after = world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1))
        assert "this update has sent the values of this program" in world.said.warnings[-1]
        world.delete(DEPLOYMENT, after)

        assert not running(world)

    @pytest.mark.parametrize("change", [{"skipScripts": True}, {"skipPlanTimeValidation": True}], ids=str)
    def test_an_up_that_asks_for_no_run_does_not(self, world: World, change: Any) -> None:
        state = deployed(world)
        redeployed_by_others(world, state)

        after = world.up(DEPLOYMENT, world.refreshed(DEPLOYMENT, state), same_inputs(world, state, **change))

        assert "this update has sent nothing" in world.said.warnings[-1]
        refused(world, after)

    def test_what_a_killed_run_of_this_stack_has_sent_becomes_our_own_when_it_is_found_live(
        self, world: World
    ) -> None:
        """The update asks for nothing: the changes are live already."""
        state = deployed(world, configurations=simple())
        inputs = same_inputs(world, state, configurations=simple(GREETING="Moin"))
        world.up(DEPLOYMENT, state, inputs)  # and its state is lost

        after = world.up(DEPLOYMENT, state, inputs)
        assert not world.said.warnings
        world.delete(DEPLOYMENT, after)

        assert not running(world)

    def test_an_import_takes_the_build_that_it_sees(self, world: World) -> None:
        state = deployed(world)
        redeployed_by_others(world, state)

        imported = world.read(DEPLOYMENT, State(state.id, {}))
        assert imported is not None
        assert imported.outputs["ownBuildId"] == running(world)[0]["buildId"]
        world.delete(DEPLOYMENT, imported)

        assert not running(world)

    def test_a_take_over_makes_the_build_its_own(self, world: World) -> None:
        """Also where nothing was redeployed for it."""
        state = deployed(world, configurations=simple())
        redeployed_by_others(world, state)

        taken = world.create(DEPLOYMENT, same_inputs(world, state, configurations=simple(), adopt=True))
        world.delete(DEPLOYMENT, taken)

        assert not running(world)


class TestRunOfOthers:
    """A run of a colleague that is under way when the delete looks, or begins before its request."""

    def test_one_that_shows_its_build_only_when_it_ends_is_compared_after_the_wait(self, world: World) -> None:
        state = deployed(world)
        status(world, state, "Deploying")
        world.clock.after(20, lambda: changed(world, state, status="Deployed", buildId="theirs"))

        refused(world, state)

    def test_one_that_begins_between_the_look_and_the_request_is_compared_too(self, world: World) -> None:
        """Connect refuses the request while it runs."""
        state = deployed(world)
        body: Any = {
            "statusCode": 400,
            "message": "x",
            "errors": [{"code": "DeploymentInvalidStatusTransition", "message": "Invalid status change"}],
        }
        world.emulator.admin.fault({"status": 400, "body": body}, method="DELETE", times=1)
        world.clock.after(2, lambda: changed(world, state, buildId="theirs"))

        with pytest.raises(ConflictError, match="redeployed by another client"):
            world.delete(DEPLOYMENT, state)

        assert running(world)


class TestNotCompared:
    def test_a_state_of_a_run_under_way(self, world: World) -> None:
        """What it ended in is this stack's own."""
        staged, _ = published(world)
        with pytest.raises(InitFailedError) as caught:
            world.create(DEPLOYMENT, world.deployment_inputs(staged.id), time_limit=10)
        world.emulator.admin.advance(60)
        changed(world, caught.value.state, buildId="what it ended in")

        world.delete(DEPLOYMENT, caught.value.state)

        assert not running(world)

    @pytest.mark.parametrize("word", ["Undeploying", "UndeployFailed"])
    def test_one_that_is_being_undeployed_or_failed_to_be(self, world: World, word: str) -> None:
        state = deployed(world)
        redeployed_by_others(world, state)
        if word == "Undeploying":
            world.settings["adopt"] = f"{PROJECT}/derived-greeter"
            with pytest.raises(ProviderError):
                world.delete(DEPLOYMENT, state, time_limit=5)
            del world.settings["adopt"]
        else:
            status(world, state, word)

        world.delete(DEPLOYMENT, state)

        assert not running(world)

    @pytest.mark.parametrize("there", ["state", "api"])
    def test_builds_that_are_not_reported(self, world: World, there: str) -> None:
        state = deployed(world)
        if there == "state":
            redeployed_by_others(world, state)
            state = State(state.id, {**state.outputs, "ownBuildId": "", "buildId": ""}, state.inputs)
        else:
            changed(world, state, buildId="")

        world.delete(DEPLOYMENT, state)

        assert not running(world)

    def test_a_difference_that_only_a_list_from_before_shows(self, world: World) -> None:
        """It is confirmed by one read, and the delete goes on."""
        state = deployed(world)
        older = State(state.id, {**state.outputs, "ownBuildId": "newer", "buildId": "newer"}, state.inputs)

        async def act(of: Any) -> None:
            resource = of(DEPLOYMENT)
            shown = await resource._resource._session.client.get_deployment(
                PROJECT, ById(str(state.outputs["deploymentId"]))
            )
            changed(world, state, buildId="newer")

            async def stale(*_: Any) -> Any:
                return shown

            resource._resource._session.reader.deployment = stale
            world.emulator.admin.clear_journal()
            await resource.delete(world.context(), older)

        world.run(act)
        reads = [call for call in world.calls() if call.startswith("GET")]
        assert reads[0].endswith(f"/deployments/{state.outputs['deploymentId']} 200")
        assert not running(world)

    @pytest.mark.parametrize("by", ["unknown", "others"])
    def test_a_state_of_0_1_0_takes_the_build_that_it_shows(self, world: World, by: str) -> None:
        """It has no own build."""
        state = deployed(world)
        outputs = {name: value for name, value in state.outputs.items() if name != "ownBuildId"}
        old = State(state.id, outputs, state.inputs)
        if by == "others":
            redeployed_by_others(world, state)
            refused(world, old)
            refused(world, world.refreshed(DEPLOYMENT, old))
        else:
            world.delete(DEPLOYMENT, old)
            assert not running(world)


class TestStaleNotFound:
    """One 404 by id is not the word of Connect: replicas may be late."""

    def test_a_refresh_that_finds_it_by_its_key_goes_on(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.fault(GONE, method="GET", path=f"*/deployments/{state.outputs['deploymentId']}")

        refreshed = world.refreshed(DEPLOYMENT, state)

        assert refreshed.id == state.id

    def test_a_delete_that_finds_it_by_its_key_deletes_it(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.fault(GONE, method="GET", path=f"*/deployments/{state.outputs['deploymentId']}")

        world.delete(DEPLOYMENT, state)

        assert not running(world)

    def test_a_delete_of_what_others_have_created_again_under_the_key_touches_nothing(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
        other = world.create(DEPLOYMENT, same_inputs(world, state))
        world.emulator.admin.clear_journal()

        world.delete(DEPLOYMENT, state)

        assert not world.writes()
        assert [each["id"] for each in running(world)] == [other.outputs["deploymentId"]]

    def test_a_draft_that_its_key_still_shows_is_not_dropped(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault(GONE, method="GET", path=f"/connectors/drafts/{staged.id}", times=2)
        world.emulator.admin.fault(GONE, method="DELETE", path=f"/connectors/drafts/{staged.id}")

        assert world.refreshed(STAGED, staged).id == staged.id
        with pytest.raises(ProviderError, match="not deleted"):
            world.delete(STAGED, staged)

        assert world.read(STAGED, staged) is not None

    def test_a_draft_that_only_its_key_shows_is_deleted(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault(GONE, method="GET", path=f"/connectors/drafts/{staged.id}")

        world.delete(STAGED, staged)

        assert world.read(STAGED, staged) is None


class TestDraftOfOthers:
    def test_one_that_others_changed_is_not_deleted_and_the_error_says_how_to_go_on(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.patch("drafts", staged.id, {"name": "Theirs"})

        for state in (staged, world.refreshed(STAGED, staged)):
            with pytest.raises(ConflictError, match="another client") as caught:
                world.delete(STAGED, state)
            assert "CTP_ADOPT='connectors/derived-greeter'" in caught.value.remedy
        assert not world.writes()

    def test_the_permission_deletes_it(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.patch("drafts", staged.id, {"name": "Theirs"})
        world.settings["adopt"] = "connectors/derived-greeter"

        world.delete(STAGED, staged)

        assert world.read(STAGED, staged) is None

    def test_an_up_that_writes_it_again_lets_it_be_deleted(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.patch("drafts", staged.id, {"name": "Theirs"})

        after = world.up(STAGED, world.refreshed(STAGED, staged), world.staged_inputs())
        world.delete(STAGED, after)

        assert world.read(STAGED, staged) is None

    @pytest.mark.parametrize("what", ["status", "undeclared"])
    def test_what_the_program_does_not_declare_is_no_change(self, world: World, what: str) -> None:
        staged = draft_in(world, "Draft")
        changes = {"status": "Failed"} if what == "status" else {"documentationUrl": "https://acme.example"}
        world.emulator.admin.patch("drafts", staged.id, changes)

        world.delete(STAGED, staged)

        assert world.read(STAGED, staged) is None

    def test_an_import_takes_the_content_that_it_sees(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.patch("drafts", staged.id, {"name": "Theirs"})

        imported = world.read(STAGED, State(staged.id, {}))
        assert imported is not None
        world.delete(STAGED, imported)

        assert world.read(STAGED, staged) is None

    def test_a_state_of_0_1_0_takes_the_content_that_it_shows(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        outputs = {name: value for name, value in staged.outputs.items() if name != "ownContentHash"}

        world.delete(STAGED, State(staged.id, outputs, staged.inputs))

        assert world.read(STAGED, staged) is None


class TestOwnerProject:
    """Drafts belong to the project whose credentials made them: others see nothing, and nothing is gone."""

    KINDS = (STAGED, PUBLICATION)

    @staticmethod
    def unseen(world: World, project: str) -> tuple[State, State]:
        """Return a listed draft and its publication, which the credentials of `project` do not see."""
        staged = world.create(STAGED, world.staged_inputs())
        publication = world.create(PUBLICATION, world.publication_inputs(staged, target="marketplace"))
        world.settings["projectKey"] = project
        world.emulator.admin.fault(GONE, path="/connectors/*", times=999)
        return staged, publication

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("act", ["read", "delete"])
    def test_not_found_with_other_credentials_is_an_error_that_names_both_projects(
        self, world: World, kind: str, act: str
    ) -> None:
        state = self.unseen(world, "another-project")[self.KINDS.index(kind)]

        with pytest.raises(ConfigurationError) as caught:
            getattr(world, act)(kind, state)

        for part in (f"{kind} greeter", PROJECT, "another-project", "Nothing was changed"):
            assert part in caught.value.message
        assert f"credentials of {PROJECT}" in caught.value.remedy

    @pytest.mark.parametrize("kind", KINDS)
    def test_with_its_own_credentials_it_is_gone(self, world: World, kind: str) -> None:
        state = self.unseen(world, PROJECT)[self.KINDS.index(kind)]

        assert world.read(kind, state) is None
        world.delete(kind, state)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_state_of_0_1_0_names_no_project_and_is_gone(self, world: World, kind: str) -> None:
        state = self.unseen(world, "another-project")[self.KINDS.index(kind)]
        outputs = {name: value for name, value in state.outputs.items() if name != "ownerProject"}

        assert world.read(kind, State(state.id, outputs, state.inputs)) is None


class TestCosts:
    @pytest.mark.parametrize("count", [3, 8])
    def test_a_destroy_of_an_untouched_stack_costs_lists_and_not_a_read_each(
        self, world: World, count: int
    ) -> None:
        """As all deletes begin at once: two reads before the first list, then one DELETE each."""
        staged, _ = published(world)
        states = [
            world.create(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=simple()), name=f"n{index}")
            for index in range(count)
        ]
        world.emulator.admin.clear_journal()

        async def destroy(of: Any) -> None:
            deletes = [
                steps(of, world, DEPLOYMENT, {}, state, name=f"n{index}").delete()
                for index, state in enumerate(states)
            ]
            await asyncio.gather(*deletes)

        world.run(destroy)

        calls = world.calls()
        before = calls[: next(index for index, call in enumerate(calls) if call.startswith("DELETE"))]
        assert len([call for call in calls if call.startswith("DELETE")]) == count
        assert len(before) <= 2, before
        assert not running(world)
