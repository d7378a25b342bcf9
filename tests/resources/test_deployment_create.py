"""A create makes exactly one Deployment, whatever becomes of its answers, and takes over only what it may."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.contract.errors import ConflictError, InvalidInputError, ProviderError
from commercetools_connect.contract.values import reveal
from tests.resources.deployments import (
    DEPLOYMENT,
    canary,
    changed,
    creates,
    deployed,
    is_stored,
    partial,
    plain_inputs,
    published,
    redeploys,
    running,
    simple,
    status,
)
from tests.support.world import PROJECT, REPOSITORY, World

FAULTS: dict[str, dict[str, Any]] = {
    "dropped before": {"drop": "before"},
    "dropped after": {"drop": "after"},
    **{
        f"{code} {when}": {"status": code, "when": when}
        for code in (500, 502, 503, 504)
        for when in ("before", "after")
    },
    "truncated": {"truncate": True},
    "a page": {"html": True},
    "garbage": {"garbage": 7},
}


class TestUncertainAnswers:
    @pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
    def test_an_answer_that_is_lost_makes_one_deployment_and_no_redeploy(self, world: World, fault: Any) -> None:
        """Our own uncertain request after a 404 is ours."""
        staged, _ = published(world)
        world.emulator.admin.clear_journal()
        world.emulator.admin.fault(fault, method="POST", path=f"/{PROJECT}/deployments")

        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id))

        assert state.outputs["status"] == "Deployed"
        assert len(running(world)) == 1
        assert not redeploys(world)
        after_the_fault = world.calls()[world.calls().index(creates(world)[0]) + 1]
        assert after_the_fault.startswith(f"GET /{PROJECT}/deployments/key=derived-greeter")
        assert not world.diff(DEPLOYMENT, state, world.deployment_inputs(staged.id))

    def test_a_repeated_request_that_finds_the_key_taken_found_its_own(self, world: World) -> None:
        """The look-up says 404, and then the first request arrives after all: DuplicateField is ours."""
        staged, _ = published(world)
        world.emulator.admin.clear_journal()
        world.emulator.admin.fault({"drop": "after"}, method="POST", path=f"/{PROJECT}/deployments")
        missing: dict[str, Any] = {
            "statusCode": 404,
            "message": "x",
            "errors": [{"code": "ResourceNotFound", "message": "x"}],
        }
        world.emulator.admin.fault(
            {"status": 404, "body": missing}, method="GET", path="*/deployments/key=*", skip=1, times=2
        )

        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id))

        assert len(creates(world)) == 2
        assert creates(world)[1].endswith("400")
        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]
        assert not redeploys(world)

    def test_a_run_that_ended_before_anybody_looked_is_live(self, world: World) -> None:
        """Its existence after a 404 is the evidence; nobody waits for another sign."""
        staged, _ = published(world)
        world.emulator.admin.settings(delays={"queued": 0, "deploying": 0})
        world.emulator.admin.clear_journal()
        world.emulator.admin.fault({"drop": "after"}, method="POST", path=f"/{PROJECT}/deployments")

        assert world.create(DEPLOYMENT, world.deployment_inputs(staged.id)).outputs["status"] == "Deployed"

        assert len(creates(world)) == 1

    def test_a_server_that_never_answers_well_is_asked_a_few_times_with_pauses(self, world: World) -> None:
        staged, _ = published(world)
        began = world.clock.monotonic()
        world.emulator.admin.fault({"status": 500}, method="POST", path=f"/{PROJECT}/deployments", times=50)

        with pytest.raises(ProviderError):
            world.create(DEPLOYMENT, world.deployment_inputs(staged.id))

        assert len(creates(world)) <= 6
        assert world.clock.monotonic() - began > 60
        assert not running(world)


class TestDerivedKey:
    def test_what_stands_under_it_is_taken_over_and_brought_into_line(self, world: World) -> None:
        old = deployed(world)
        inputs = world.deployment_inputs(
            str(old.outputs["connectorId"]), configurations=simple(GREETING="Moin", secured={"API_TOKEN": "new"})
        )
        world.emulator.admin.clear_journal()

        state = world.create(DEPLOYMENT, inputs)

        assert state.id == old.id
        assert len(redeploys(world)) == 1
        assert is_stored(world, "API_TOKEN", "new")
        assert not creates(world)
        assert not world.diff(DEPLOYMENT, state, inputs)

    @pytest.mark.parametrize(("secured", "count"), [({"API_TOKEN": canary}, 1), (None, 0)])
    def test_secured_values_cost_exactly_one_redeploy_and_none_cost_none(
        self, world: World, secured: Any, count: int
    ) -> None:
        """They cannot be compared."""
        old = deployed(world, configurations=simple(secured={"API_TOKEN": canary}))
        inputs = world.deployment_inputs(str(old.outputs["connectorId"]), configurations=simple(secured=secured))
        world.emulator.admin.clear_journal()

        world.create(DEPLOYMENT, inputs)

        assert len(redeploys(world)) == count

    @pytest.mark.parametrize(
        "change",
        [{"type": "production"}, {"region": "us-central1.gcp"}, {"connector": "other"}, {"connector": "staged"}],
        ids=["type", "region", "connector", "staged"],
    )
    @pytest.mark.parametrize("adopt", [True, False], ids=["adopt", "derived"])
    def test_what_cannot_be_changed_is_an_error_and_nothing_is_touched(
        self, world: World, change: Any, adopt: bool
    ) -> None:
        old = deployed(world, key="mine" if adopt else None)
        if change.get("connector") == "other":
            other = world.create(
                "ConnectorStaged",
                world.staged_inputs(repository={"url": REPOSITORY, "tag": "v2.0.0"}),
                name="other",
            )
            world.create("ConnectorPublication", world.publication_inputs(other), name="other")
            change = {"connector": {"id": other.id}}
        if change.get("connector") == "staged":
            change = {"connector": {"id": old.outputs["connectorId"], "staged": True}}
        world.emulator.admin.clear_journal()
        inputs = world.deployment_inputs(str(old.outputs["connectorId"]), **change)
        inputs |= {"adopt": True, "key": "mine"} if adopt else {}

        with pytest.raises(InvalidInputError, match="cannot be taken over"):
            world.create(DEPLOYMENT, inputs)

        assert not world.writes()

    def test_a_deployment_of_which_old_answers_tell_less_is_taken_over_all_the_same(self, world: World) -> None:
        """Old Deployments tell no type and no key of their connector (API §4.7)."""
        old = deployed(world)
        world.emulator.admin.settings(responses={"omitOldMembers": True})

        state = world.create(DEPLOYMENT, world.deployment_inputs(str(old.outputs["connectorId"])))

        assert state.id == old.id


class TestExplicitKey:
    def test_it_is_taken_over_only_if_everything_readable_is_equal(self, world: World) -> None:
        old = deployed(world, key="mine")
        inputs = world.deployment_inputs(str(old.outputs["connectorId"]), key="mine")
        world.emulator.admin.clear_journal()

        assert world.create(DEPLOYMENT, inputs).id == old.id

        assert len(redeploys(world)) == 1  # for the secured value

    def test_a_failed_one_with_another_tag_is_still_equal(self, world: World) -> None:
        """Status and tag are not compared."""
        old = deployed(world, key="mine", configurations=simple())
        changed(world, old, status="Failed", tag="v2.1.0")
        inputs = plain_inputs(world, str(old.outputs["connectorId"]), key="mine", connectorTag="v2.0.0")

        assert world.create(DEPLOYMENT, inputs).outputs["deployedTag"] == "v2.0.0"

    def test_another_value_is_an_error_that_names_the_paths_and_writes_nothing(self, world: World) -> None:
        old = deployed(world, key="mine")
        configurations = simple(SHOP_NAME="Other", GREETING="Moin", secured={"API_TOKEN": canary})
        inputs = world.deployment_inputs(
            str(old.outputs["connectorId"]), key="mine", configurations=configurations
        )
        world.emulator.admin.clear_journal()

        with pytest.raises(ConflictError) as caught:
            world.create(DEPLOYMENT, inputs)

        assert "configurations.service.standardConfiguration.GREETING" in str(caught.value)
        assert "configurations.service.standardConfiguration.SHOP_NAME" in str(caught.value)
        assert "adopt" in str(caught.value)
        assert canary not in str(caught.value)
        assert not world.writes()

    def test_adopt_takes_it_over_and_brings_it_into_line(self, world: World) -> None:
        old = deployed(world, key="mine")
        inputs = plain_inputs(
            world, str(old.outputs["connectorId"]), key="mine", adopt=True, configurations=simple(GREETING="Moin")
        )

        state = world.create(DEPLOYMENT, inputs)

        assert state.id == old.id
        assert not world.diff(DEPLOYMENT, state, inputs)


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

    def test_one_that_goes_away_is_waited_for_and_then_created_anew(self, world: World) -> None:
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

        held: Any = reveal(ended.state.outputs["configurations"])
        assert not held["service"].get("securedConfiguration")
        state = world.up(DEPLOYMENT, ended.state, inputs)
        assert is_stored(world, "API_TOKEN", "c4n4ry-1")
        assert not world.diff(DEPLOYMENT, state, inputs)


def partial_delete(world: World, state: Any) -> None:
    """Begin to delete and go away."""
    with pytest.raises(ProviderError):
        world.delete(DEPLOYMENT, state, time_limit=5)
