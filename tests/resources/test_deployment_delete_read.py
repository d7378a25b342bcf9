"""A delete ends when the Deployment is gone, and only Connect's own word says that it is."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import (
    ConflictError,
    InvalidInputError,
    NotReachedError,
    ProviderError,
    WaitTimedOutError,
)
from commercetools_connect.core.results import State
from tests.resources.deployments import DEPLOYMENT, changed, deployed, partial, running, same_inputs, status
from tests.support.world import PROJECT, World

GONE = {"statusCode": 404, "message": "x", "errors": [{"code": "ResourceNotFound", "message": "x"}]}


class TestDelete:
    @pytest.mark.parametrize("word", ["Deployed", "Failed", "Draft", "UndeployFailed", "Verifying"])
    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_it_undeploys_from_any_status(self, world: World, word: str, reading: str) -> None:
        state = deployed(world)
        status(world, state, word)
        world.emulator.admin.settings(assumptions={"8": reading if word != "Verifying" else "default"})

        world.delete(DEPLOYMENT, state)

        assert not running(world)

    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_a_run_under_way_gets_a_quarter_of_the_time_and_is_then_deleted(
        self, world: World, reading: str
    ) -> None:
        """Where Connect refuses that, it is asked again until the run has ended (API §19 #8)."""
        state = deployed(world)
        world.emulator.admin.settings(assumptions={"8": reading}, delays={"deploying": 500})
        cut = partial(lambda: world.up(DEPLOYMENT, state, inputs_again(world, state), time_limit=12)).state
        world.emulator.admin.clear_journal()
        began = world.clock.monotonic()

        world.delete(DEPLOYMENT, cut)

        lasted = world.clock.monotonic() - began
        assert (300 <= lasted < 400) if reading == "default" else (400 < lasted < 700)
        assert not running(world)

    def test_a_refused_transition_is_waited_out(self, world: World) -> None:
        state = deployed(world)
        body: Any = {
            "statusCode": 400,
            "message": "x",
            "errors": [{"code": "DeploymentInvalidStatusTransition", "message": "Invalid status change"}],
        }
        world.emulator.admin.fault({"status": 400, "body": body}, method="DELETE", times=3)

        world.delete(DEPLOYMENT, state)

        assert not running(world)

    def test_a_refusal_that_stays_ends_with_the_time(self, world: World) -> None:
        state = deployed(world)
        body: Any = {
            "statusCode": 400,
            "message": "x",
            "errors": [{"code": "DeploymentInvalidStatusTransition", "message": "Invalid status change"}],
        }
        world.emulator.admin.fault({"status": 400, "body": body}, method="DELETE", times=999)

        with pytest.raises(ProviderError, match="Invalid status change"):
            world.delete(DEPLOYMENT, state)

        assert world.clock.monotonic() >= 1200

    @pytest.mark.parametrize("trouble", ["failure", "time limit", "lost answer"])
    def test_one_that_shall_stay_after_a_failed_delete_is_found_by_the_refresh_that_is_asked_for(
        self, world: World, trouble: str
    ) -> None:
        """The program has it again, and the state still says that it is live."""
        state = deployed(world)
        limit = 5 if trouble == "time limit" else None
        if trouble == "failure":
            world.emulator.admin.outcome("undeploy", "derived-greeter", "failure")
        elif trouble == "lost answer":
            world.emulator.admin.fault({"drop": "after"}, method="DELETE", times=1)
            world.emulator.admin.fault({"status": 503}, method="GET", skip=1, times=50)

        with pytest.raises(ProviderError, match=r"If it shall stay after all, run `pulumi refresh`"):
            world.delete(DEPLOYMENT, state, time_limit=limit)
        world.emulator.admin.clear_faults()

        assert world.diff(DEPLOYMENT, partial(lambda: world.read(DEPLOYMENT, state)).state, dict(state.inputs))

    def test_one_that_is_being_undeployed_is_joined(self, world: World) -> None:
        state = deployed(world)
        with pytest.raises(WaitTimedOutError):
            world.delete(DEPLOYMENT, state, time_limit=6)
        world.emulator.admin.clear_journal()

        world.delete(DEPLOYMENT, state)

        assert not world.writes()

    def test_one_that_fails_says_why_and_the_next_one_tries_again(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.outcome("undeploy", "derived-greeter", "failure")

        with pytest.raises(NotReachedError, match="preUndeploy"):
            world.delete(DEPLOYMENT, state)
        world.delete(DEPLOYMENT, state)

        assert not running(world)

    def test_what_is_gone_already_is_a_success(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))

        world.delete(DEPLOYMENT, state)

    @pytest.mark.parametrize(
        "fault",
        [
            {"drop": "before"},
            {"drop": "after"},
            {"status": 500, "when": "before"},
            {"status": 502, "when": "after"},
            {"truncate": True},
            {"html": True},
            {"garbage": 3},
        ],
        ids=str,
    )
    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_a_lost_answer_is_looked_up(self, world: World, fault: Any, reading: str) -> None:
        state = deployed(world)
        world.emulator.admin.settings(assumptions={"8": reading})
        world.emulator.admin.fault(fault, method="DELETE")

        world.delete(DEPLOYMENT, state)

        assert not running(world)

    def test_cancelling_the_wait_for_a_run_deletes_nothing(self, world: World) -> None:
        state = deployed(world)
        cut = partial(lambda: world.up(DEPLOYMENT, state, inputs_again(world, state), time_limit=12)).state
        world.emulator.admin.clear_journal()
        context = world.context()
        world.clock.after(6, context.cancellation.cancel)

        with pytest.raises(NotReachedError, match="cancelled"):
            world.run(lambda of: of(DEPLOYMENT).delete(context, cut))

        assert not world.writes()


def inputs_again(world: World, state: State, **changes: Any) -> dict[str, Any]:
    return same_inputs(world, state, **{"redeployTrigger": 1, **changes})


class TestRead:
    @pytest.mark.parametrize(
        "word", ["Draft", "Queued", "Deploying", "Failed", "Undeploying", "UndeployFailed", "Verifying"]
    )
    def test_what_is_not_as_asked_is_partial_again_and_again(self, world: World, word: str) -> None:
        """A refresh in between must not hide it."""
        state = deployed(world)
        status(world, state, word)

        first = partial(lambda: world.read(DEPLOYMENT, state)).state
        second = partial(lambda: world.read(DEPLOYMENT, first)).state

        assert second.outputs["status"] == word
        assert second.id == state.id
        assert world.diff(DEPLOYMENT, second, inputs_again(world, state, redeployTrigger=None))

    def test_gone_by_id_and_key_is_gone(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
        world.emulator.admin.clear_journal()

        assert world.read(DEPLOYMENT, state) is None

        assert len(world.calls()) == 2

    @pytest.mark.parametrize(
        "fault",
        [
            {"html": "<html>404</html>"},
            {"status": 404, "body": "<html>not here</html>"},
            {"status": 404, "body": {"message": "no route"}},
            {"status": 401},
            {"status": 403},
            {"status": 500},
            {"status": 503},
            {"drop": "before"},
        ],
        ids=str,
    )
    def test_an_answer_other_than_404_leaves_the_state_alone(self, world: World, fault: Any) -> None:
        state = deployed(world)
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
        world.emulator.admin.fault(fault, method="GET", path="/*/deployments/*", times=999)

        with pytest.raises(ProviderError):
            world.read(DEPLOYMENT, state)

    def test_gone_by_id_but_forbidden_by_key_is_not_gone(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
        world.emulator.admin.fault({"status": 403}, method="GET", path="*/key=*", times=99)

        with pytest.raises(ProviderError):
            world.read(DEPLOYMENT, state)

    def test_another_one_under_the_key_is_an_error(self, world: World) -> None:
        state = deployed(world)
        world.delete(DEPLOYMENT, state)
        inputs = inputs_again(world, state, redeployTrigger=None)
        other = world.create(DEPLOYMENT, inputs)

        with pytest.raises(ConflictError, match=str(other.outputs["deploymentId"])):
            world.read(DEPLOYMENT, state)

    @pytest.mark.parametrize("form", ["{project}/{uuid}", "{project}/key={key}", "{uuid}", "key={key}"])
    def test_an_import_takes_an_id_or_a_key_and_answers_the_id(self, world: World, form: str) -> None:
        state = deployed(world)
        asked = form.format(project=PROJECT, uuid=state.outputs["deploymentId"], key="derived-greeter")

        imported = world.read(DEPLOYMENT, State(asked, {}))

        assert imported is not None
        assert imported.id == state.id
        assert "c4n4ry" not in repr(imported)
        assert "****" not in repr(imported)

    def test_a_program_that_says_what_was_imported_changes_nothing(self, world: World) -> None:
        """A required secured key may be left out: the running deployment holds it."""
        state = deployed(world)
        imported = world.read(DEPLOYMENT, State(state.id, {}))
        assert imported is not None

        assert not world.diff(DEPLOYMENT, imported, dict(imported.inputs))

    @pytest.mark.parametrize("asked", ["", "/", f"{PROJECT}/", "key="])
    def test_an_id_that_is_none_is_an_error_in_words(self, world: World, asked: str) -> None:
        with pytest.raises(InvalidInputError, match="is not an id of a Deployment"):
            world.read(DEPLOYMENT, State(asked, {}))

    @pytest.mark.parametrize(
        ("kind", "asked"),
        [
            (DEPLOYMENT, f"{PROJECT}/greeter"),
            (DEPLOYMENT, "greeter"),
            (DEPLOYMENT, f"{PROJECT}/key=a"),
            (DEPLOYMENT, f"{PROJECT}/00000000-0000-4000-8000"),
            ("ConnectorStaged", "greeter"),
            ("ConnectorStaged", "key=no spaces"),
            ("ConnectorPublication", "greeter/publish"),
        ],
    )
    def test_an_import_by_what_is_neither_id_nor_key_is_refused_before_any_call(
        self, world: World, kind: str, asked: str
    ) -> None:
        """A key without `key=` is no object that does not exist; what it should be is reported."""
        with pytest.raises(InvalidInputError, match=f"is not an id of a {kind}") as refused:
            world.read(kind, State(asked, {}))

        assert ("write key=greeter" in refused.value.remedy) == ("greeter" in asked)
        assert not world.calls()

    def test_a_redeploy_by_hand_of_the_same_values_is_no_drift(self, world: World) -> None:
        state = deployed(world)
        changed(world, state, buildId="by-hand")

        refreshed = world.refreshed(DEPLOYMENT, state)

        assert not world.diff(DEPLOYMENT, refreshed, inputs_again(world, state, redeployTrigger=None))
