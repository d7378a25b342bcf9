"""The proof before a replacement deletes first: everything that the new one needs was read."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN
from tests.resources.deployments import (
    DEPLOYMENT,
    ELSEWHERE,
    deployed,
    redeploys,
    running,
    same_inputs,
    simple,
    skipping,
)
from tests.resources.steps import steps
from tests.support.world import PROJECT, REGION, REPOSITORY, World

MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "a key of no connector": ({"connector": {"key": "typo"}}, "there is no published Connector with key 'typo'"),
    "an id of no connector": (
        {"connector": {"id": "11111111-1111-4111-8111-111111111111"}},
        "there is no published Connector with id '11111111",
    ),
    "a key written as an id": ({"connector": {"id": "derived-greeter"}}, "connector"),
    "no such draft": (
        {"connector": {"key": "typo", "staged": True}},
        "there is no ConnectorStaged with key 'typo'",
    ),
    "a draft that is not previewable": ({"connector": {"key": "derived-greeter", "staged": True}}, "previewable"),
    "a tag that is not published": ({**ELSEWHERE, "connectorTag": "v9.9.9"}, "v9.9.9 is not available"),
    "no such application": (
        {**ELSEWHERE, "configurations": {**simple(), "servce": {}}},
        "did you mean service",
    ),
    "no such key": ({**ELSEWHERE, "configurations": simple(GREETNG="x")}, "no such key"),
    "a required key is missing": ({**ELSEWHERE, "configurations": None}, "SHOP_NAME"),
}


DOUBTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown region": ({"region": "mars-north1.gcp"}, "mars-north1.gcp is not a region of Connect"),
    "a type without a precedent": ({"type": "production"}, "no deployment of type production"),
}


def refused(world: World, state: State, inputs: Any) -> InvalidInputError:
    """Return the error of a diff that changes nothing."""
    world.emulator.admin.clear_journal()
    with pytest.raises(InvalidInputError) as caught:
        world.diff(DEPLOYMENT, state, inputs)
    assert not world.writes()
    assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]
    return caught.value


def everywhere(world: World) -> None:
    """Let the published connector name no region, which means all."""
    dump: Any = world.emulator.admin.dump()
    for connector in dump["connectors"]:
        connector["content"]["supportedRegions"] = []
    world.emulator.admin.load(dump)


class TestProof:
    @skipping
    @pytest.mark.parametrize(("change", "reason"), MISTAKES.values(), ids=MISTAKES)
    def test_a_mistake_is_an_error_before_anything_is_undeployed(
        self, world: World, change: Any, reason: str, skip: bool
    ) -> None:
        """With and without checks: what lives is no longer at stake for a typo."""
        state = deployed(world)

        error = refused(world, state, same_inputs(world, state, **{**change, "skipPlanTimeValidation": skip}))

        assert reason in str(error)

    @pytest.mark.parametrize(("change", "reason"), MISTAKES.values(), ids=MISTAKES)
    def test_no_permission_makes_a_mistake_right(self, world: World, change: Any, reason: str) -> None:
        state = deployed(world)
        inputs = same_inputs(
            world, state, **{**change, "skipPlanTimeValidation": True, "acceptUnprovenReplacement": True}
        )

        error = refused(world, state, inputs)

        assert reason in str(error)
        assert "acceptUnprovenReplacement" not in error.remedy
        assert "The old one stays as it is" in error.message

    @skipping
    @pytest.mark.parametrize(("change", "reason"), DOUBTS.values(), ids=DOUBTS)
    def test_what_nothing_proves_is_an_error_that_offers_the_permission(
        self, world: World, change: Any, reason: str, skip: bool
    ) -> None:
        state = deployed(world)
        everywhere(world)
        inputs = same_inputs(world, state, **change, skipPlanTimeValidation=skip)

        error = refused(world, state, inputs)
        assert reason in error.message
        assert "acceptUnprovenReplacement" in error.remedy

        assert world.diff(DEPLOYMENT, state, {**inputs, "acceptUnprovenReplacement": True}).replaces

    @pytest.mark.parametrize("code", [403, 500, 503])
    @pytest.mark.parametrize("path", ["/connectors/*", f"/{PROJECT}/deployments/key=*"])
    def test_what_cannot_be_read_proves_nothing(self, world: World, path: str, code: int) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, **ELSEWHERE, skipPlanTimeValidation=True)
        world.emulator.admin.fault({"status": code}, method="GET", path=path, times=999)

        error = refused(world, state, inputs)

        assert "cannot be" in error.message
        assert str(code) in error.message
        assert "acceptUnprovenReplacement" in error.remedy
        assert world.diff(DEPLOYMENT, state, {**inputs, "acceptUnprovenReplacement": True}).replaces

    def test_a_list_that_cannot_be_read_proves_no_type(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.fault({"status": 403}, method="GET", path=f"/{PROJECT}/deployments", times=99)

        error = refused(world, state, same_inputs(world, state, type="production"))

        assert "cannot be listed" in error.message

    def test_another_deployment_of_the_type_proves_it(self, world: World) -> None:
        state = deployed(world)
        world.create(DEPLOYMENT, same_inputs(world, state, type="production"), name="precedent")

        assert world.diff(DEPLOYMENT, state, same_inputs(world, state, type="production")).replaces

    def test_the_type_that_this_one_has_needs_no_precedent(self, world: World) -> None:
        state = deployed(world, type="production")

        assert world.diff(DEPLOYMENT, state, same_inputs(world, state, type="production", **ELSEWHERE)).replaces

    def test_a_region_that_the_connector_does_not_support_is_an_error(self, world: World) -> None:
        staged, _ = world.published(supportedRegions=[REGION])
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id))

        error = refused(world, state, world.deployment_inputs(staged.id, **ELSEWHERE, skipPlanTimeValidation=True))

        assert "does not support us-central1.gcp" in error.message

    def test_a_key_that_belongs_to_another_deployment_by_now_is_an_error(self, world: World) -> None:
        """Another client has deleted ours and created one under its key: the delete refuses, and that one stays.

        The diff cannot know: a run that was killed between its delete and its create leaves the same picture.
        """
        state = deployed(world)
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
        other = world.create(DEPLOYMENT, same_inputs(world, state))
        inputs = same_inputs(world, state, **ELSEWHERE)

        with pytest.raises(InvalidInputError, match="belongs to another deployment") as caught:
            world.run(lambda of: steps(of, world, DEPLOYMENT, inputs, state).delete_first())

        assert str(other.outputs["deploymentId"]) in caught.value.message
        assert [each["id"] for each in running(world)] == [other.outputs["deploymentId"]]

    def test_all_obstacles_are_reported_at_once(self, world: World) -> None:
        state = deployed(world)
        inputs = same_inputs(
            world,
            state,
            region="mars-north1.gcp",
            type="production",
            configurations=simple(GREETNG="x"),
            skipPlanTimeValidation=True,
        )

        error = refused(world, state, inputs)

        for part in ("mars-north1.gcp", "type production", "GREETNG"):
            assert part in error.message

    def test_the_errors_of_a_delete_first_replacement_do_not_offer_to_turn_the_checks_off(
        self, world: World
    ) -> None:
        """The proof does not listen to skipPlanTimeValidation."""
        state = deployed(world)

        error = refused(world, state, same_inputs(world, state, **ELSEWHERE, configurations=simple(GREETNG="x")))

        assert "skipPlanTimeValidation" not in error.remedy

    def test_no_error_shows_a_value(self, world: World) -> None:
        state = deployed(world)
        configurations = simple(GREETNG="v4lue", secured={"API_TOKNE": "c4n4ry-2"})

        error = refused(
            world,
            state,
            same_inputs(world, state, **ELSEWHERE, configurations=configurations, skipPlanTimeValidation=True),
        )

        assert "API_TOKNE" in error.message
        assert "c4n4ry-2" not in str(error)
        assert "v4lue" not in str(error)

    def test_a_replacement_for_which_everything_is_there_is_done(self, world: World) -> None:
        """One deployment afterwards, live in the other region; the next `up` has nothing to do."""
        state = deployed(world)
        inputs = same_inputs(world, state, **ELSEWHERE)

        created = world.run(lambda of: steps(of, world, DEPLOYMENT, inputs, state).delete_first())

        assert created.outputs["region"] == ELSEWHERE["region"]
        assert created.outputs["status"] == "Deployed"
        assert [each["id"] for each in running(world)] == [created.outputs["deploymentId"]]
        assert not world.diff(DEPLOYMENT, created, inputs)
        assert not redeploys(world, "")

    @pytest.mark.parametrize("place", ["region", "project"])
    def test_what_the_program_only_declares_of_the_draft_is_no_proof_at_the_delete(
        self, world: World, place: str
    ) -> None:
        """Nothing makes the deployment wait for draft and publication: what is published counts."""
        staged, _ = world.published(supportedRegions=[REGION])
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id))
        inputs = world.deployment_inputs(staged.id, **ELSEWHERE)
        regions = [REGION, ELSEWHERE["region"]]
        if place == "project":
            dump: Any = world.emulator.admin.dump()
            dump["connectors"][0]["content"]["supportedRegions"] = []
            dump["drafts"][0]["privateProjects"] = [f"{REGION}:another"]
            world.emulator.admin.load(dump)

        async def up(of: Any) -> None:
            draft = world.staged_inputs(supportedRegions=regions)
            await steps(of, world, "ConnectorStaged", draft, staged).diff()
            with pytest.raises(InvalidInputError, match="is not replaced"):
                await steps(of, world, DEPLOYMENT, inputs, state).delete_first()

        world.run(up)

        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]


class TestNotProvenYet:
    def test_without_calls_in_previews_it_is_proven_at_the_delete(self, world: World) -> None:
        """The `up` may have offlinePreview set as well: the old one is still not deleted on hope."""
        state = deployed(world)
        world.settings["offlinePreview"] = "true"
        inputs = same_inputs(world, state, connector={"key": "typo"}, skipPlanTimeValidation=True)

        async def up(of: Any) -> None:
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            world.emulator.admin.clear_journal()
            await mine.diff()
            assert not world.calls()
            assert "offlinePreview is set" in "\n".join(world.said.warnings)
            with pytest.raises(InvalidInputError, match="no published Connector with key 'typo'"):
                await mine.delete_first_without_a_diff(checked=True)

        world.run(up)

        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"region": UNKNOWN}, "region"),
            ({"connector": UNKNOWN}, "connector"),
            ({"connector": {"id": UNKNOWN}}, "connector"),
            ({**ELSEWHERE, "configurations": UNKNOWN}, "configurations"),
        ],
        ids=str,
    )
    def test_what_a_preview_does_not_know_is_one_warning(self, world: World, change: Any, name: str) -> None:
        state = deployed(world)

        found = world.diff(DEPLOYMENT, state, same_inputs(world, state, **change, skipPlanTimeValidation=True))

        assert found.delete_before_replace
        (warning,) = world.said.warnings
        assert "not proven yet that the replacement can be created" in warning
        assert name in warning.partition(" not known before the `up`")[0]
        assert "without a proof the old one stays" in warning

    def test_what_this_run_publishes_is_one_warning_and_is_proven_at_the_delete(self, world: World) -> None:
        """The publication comes first: the delete reads the connector again."""
        state = deployed(world)
        draft = world.staged_inputs(key="newer", name="Newer", repository={"url": REPOSITORY, "tag": "v2.0.0"})
        inputs = same_inputs(world, state, connector={"key": "newer"}, skipPlanTimeValidation=True)

        async def up(of: Any) -> State:
            staged = steps(of, world, "ConnectorStaged", draft, name="newer")
            staged.check()
            publication: dict[str, Any] = {"connectorStagedId": UNKNOWN, "tag": "v2.0.0", "target": "private"}
            steps(of, world, "ConnectorPublication", publication, name="newer").check()
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            await mine.diff()
            assert "there is no published Connector with key 'newer'" in "\n".join(world.said.warnings)
            made = await staged.create()
            await steps(of, world, "ConnectorPublication", world.publication_inputs(made), name="newer").create()
            return await mine.delete_first_without_a_diff()

        created = world.run(up)

        assert created.outputs["connectorKey"] == "newer"
        assert len(running(world)) == 1

    def test_what_is_still_not_there_at_the_delete_keeps_the_old_one(self, world: World) -> None:
        """The publication has failed, and `--continue-on-error` goes on."""
        state = deployed(world)
        draft = world.staged_inputs(key="newer")
        inputs = same_inputs(world, state, connector={"key": "newer"}, skipPlanTimeValidation=True)

        async def up(of: Any) -> None:
            steps(of, world, "ConnectorStaged", draft, name="newer").check()
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            with pytest.raises(InvalidInputError, match="no published Connector with key 'newer'"):
                await mine.delete_first()

        world.run(up)

        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]


class TestSecondProof:
    """Everything is read again right before the old one is undeployed."""

    @pytest.mark.parametrize("forced", [True, False], ids=["forced, without a diff", "after a diff"])
    def test_a_delete_before_its_create_is_refused_when_the_create_cannot_follow(
        self, world: World, forced: bool
    ) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, **ELSEWHERE, connectorTag="v2.0.0")
        connector = str(state.outputs["connectorId"])

        async def up(of: Any) -> None:
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            if not forced:
                await mine.diff()
            world.emulator.admin.delete("connectors", connector)
            world.emulator.admin.clear_journal()
            with pytest.raises(InvalidInputError, match="no published Connector"):
                await mine.delete_first_without_a_diff()
            assert not world.writes()

        world.run(up)

        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]

    def test_a_forced_replacement_that_is_proven_is_done(self, world: World) -> None:
        """`--replace` of a resource with `deleteBeforeReplace`: the engine asks for no diff."""
        state = deployed(world)
        inputs = same_inputs(world, state)

        created = world.run(lambda of: steps(of, world, DEPLOYMENT, inputs, state).delete_first_without_a_diff())

        assert created.id != state.id
        assert [each["id"] for each in running(world)] == [created.outputs["deploymentId"]]
        assert not world.diff(DEPLOYMENT, created, inputs)

    def test_a_forced_replacement_that_cannot_be_proven_is_refused(self, world: World) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state)
        world.emulator.admin.fault({"status": 403}, method="GET", path="/connectors/*", times=99)

        async def up(of: Any) -> None:
            with pytest.raises(InvalidInputError, match="is not replaced") as caught:
                await steps(of, world, DEPLOYMENT, inputs, state).delete_first_without_a_diff()
            assert "acceptUnprovenReplacement" in caught.value.remedy

        world.run(up)

        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]

    def test_a_delete_of_what_left_the_program_needs_no_proof(self, world: World) -> None:
        """Nothing is created for it; also an update's pending delete is none."""
        state = deployed(world)
        world.emulator.admin.fault({"status": 403}, method="GET", path="/connectors/*", times=99)

        world.delete(DEPLOYMENT, state)

        assert not running(world)

    def test_a_change_of_the_project_or_key_needs_none_after_its_create(self, world: World) -> None:
        state = deployed(world, configurations=simple())
        inputs = same_inputs(world, state, key="another", configurations=simple())

        async def up(of: Any) -> State:
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            await mine.diff()
            created = await mine.create()
            world.emulator.admin.fault({"status": 403}, method="GET", path="/connectors/*", times=99)
            await mine.delete()
            return created

        created = world.run(up)

        assert [each["id"] for each in running(world)] == [created.outputs["deploymentId"]]
