"""A create makes exactly one Deployment, also if its answers are lost, and takes over only what it may."""

from __future__ import annotations

import re
from typing import Any

import pytest

from commercetools_connect.core.errors import ConflictError, InvalidInputError, ProviderError
from commercetools_connect.core.results import State
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
    same_inputs,
    simple,
    status,
)
from tests.resources.steps import steps
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

    def test_a_run_that_ended_before_the_first_read_is_live(self, world: World) -> None:
        """Its existence after a 404 is the evidence; the provider waits for no other sign."""
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
    """A key that only this stack can derive: what stands under it is what one of its runs left."""

    def test_what_stands_under_it_is_taken_over_and_brought_into_line(self, world: World) -> None:
        old = deployed(world)
        inputs = same_inputs(world, old, configurations=simple(GREETING="Moin", secured={"API_TOKEN": "new"}))
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
        inputs = same_inputs(world, old, configurations=simple(secured=secured))
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
        inputs = same_inputs(world, old, **change)
        inputs |= {"adopt": True, "key": "mine"} if adopt else {}

        with pytest.raises(InvalidInputError, match="cannot be taken over"):
            world.create(DEPLOYMENT, inputs)

        assert not world.writes()

    def test_a_deployment_of_which_old_answers_tell_less_is_taken_over_too(self, world: World) -> None:
        """Old Deployments tell no type and no key of their connector (API §4.7)."""
        old = deployed(world)
        world.emulator.admin.settings(responses={"omitOldMembers": True})

        state = world.create(DEPLOYMENT, same_inputs(world, old))

        assert state.id == old.id


class TestKeyFromNames:
    """Dynamic resources derive the key from names, which another stack may share."""

    def test_a_finished_and_equal_one_is_taken_over_with_a_warning_of_the_risk(self, world: World) -> None:
        old = deployed(world)
        world.emulator.admin.clear_journal()

        state = world.create(DEPLOYMENT, same_inputs(world, old), key_proves_ownership=False)

        assert state.id == old.id
        assert len(redeploys(world)) == 1  # for the secured value
        (warning,) = world.said.warnings
        for part in ("another stack of the same names", "secrets are overwritten", "a key of its own"):
            assert part in warning

    def test_another_value_is_refused_and_nothing_is_changed(self, world: World) -> None:
        old = deployed(world)
        inputs = same_inputs(world, old, configurations=simple(GREETING="Moin", secured={"API_TOKEN": canary}))
        world.emulator.admin.clear_journal()

        with pytest.raises(
            ConflictError, match=r"configurations\.service\.standardConfiguration\.GREETING"
        ) as caught:
            world.create(DEPLOYMENT, inputs, key_proves_ownership=False)

        assert canary not in str(caught.value)
        assert not world.writes()

    @pytest.mark.parametrize("trouble", ["failed", "other tag", "failed, and the program was corrected"])
    def test_a_failed_one_and_another_tag_are_no_difference(self, world: World, trouble: str) -> None:
        """The difference may be the correction, and every release changes the tag."""
        old = deployed(world, configurations=simple())
        changes: dict[str, Any] = {} if trouble == "failed" else {"configurations": simple(GREETING="Moin")}
        if trouble == "other tag":
            changed(world, old, tag="v2.1.0")
            changes = {"connectorTag": "v2.0.0"}
        else:
            status(world, old, "Failed")

        state = world.create(
            DEPLOYMENT,
            plain_inputs(world, str(old.outputs["connectorId"]), **changes),
            key_proves_ownership=False,
        )

        assert (state.id, state.outputs["status"], state.outputs["deployedTag"]) == (old.id, "Deployed", "v2.0.0")

    def test_one_that_is_being_made_is_joined_without_a_warning(self, world: World) -> None:
        staged, _ = published(world)
        inputs = plain_inputs(world, staged.id)
        first = partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10))

        state = world.create(DEPLOYMENT, inputs, key_proves_ownership=False)

        assert state.id == first.state.id
        assert not world.said.warnings


class TestBeingMade:
    """Equal, and never live: an interrupted create left it, under any key."""

    def test_it_is_joined_under_a_key_of_ones_own(self, world: World) -> None:
        staged, _ = published(world)
        inputs = world.deployment_inputs(staged.id, key="mine")
        first = partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10))
        world.emulator.admin.clear_journal()

        state = world.create(DEPLOYMENT, inputs)

        assert (state.id, state.outputs["status"]) == (first.state.id, "Deployed")
        assert not creates(world)
        assert len(redeploys(world)) == 1  # for the secured value
        assert "an interrupted run left unfinished" in "\n".join(world.said.infos)

    def test_one_that_differs_is_refused(self, world: World) -> None:
        """A colleague's create is under way."""
        staged, _ = published(world)
        partial(lambda: world.create(DEPLOYMENT, world.deployment_inputs(staged.id, key="mine"), time_limit=10))
        inputs = world.deployment_inputs(staged.id, key="mine", configurations=simple(GREETING="Moin"))
        world.emulator.admin.clear_journal()

        with pytest.raises(ConflictError, match="GREETING"):
            world.create(DEPLOYMENT, inputs)

        assert not world.writes()

    @pytest.mark.parametrize("word", ["Deployed", "Failed", "Queued", "Deploying"])
    def test_one_that_was_live_once_is_refused_in_any_status(self, world: World, word: str) -> None:
        """Its applications have a URL or a topic, and a revision is kept of each run that ended well."""
        old = deployed(world, key="mine", configurations=simple())
        status(world, old, word)
        world.emulator.admin.clear_journal()

        with pytest.raises(ConflictError, match="equal in everything that can be read"):
            world.create(DEPLOYMENT, plain_inputs(world, str(old.outputs["connectorId"]), key="mine"))

        assert not world.writes()

    def test_a_revision_alone_tells_that_it_was_live(self, world: World) -> None:
        """Jobs and merchant-center applications show neither URL nor topic."""
        old = _without_reachable_applications(world)
        status(world, old, "Failed")

        with pytest.raises(ConflictError, match="equal in everything that can be read"):
            world.create(DEPLOYMENT, _jobs_only(world, old))

    @pytest.mark.parametrize("code", [403, 500])
    def test_where_revisions_cannot_be_read_the_lack_of_a_url_counts(self, world: World, code: int) -> None:
        staged, _ = published(world)
        inputs = world.deployment_inputs(staged.id, key="mine")
        first = partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10))
        world.emulator.admin.fault({"status": code}, method="GET", path="*/revisions", times=50)

        assert world.create(DEPLOYMENT, inputs).id == first.state.id

    def test_one_that_shows_a_url_is_refused_where_revisions_cannot_be_read(self, world: World) -> None:
        """It was live once: a failed run keeps the URLs."""
        old = deployed(world, key="mine", configurations=simple())
        status(world, old, "Failed")
        world.emulator.admin.fault({"status": 403}, method="GET", path="*/revisions", times=50)

        with pytest.raises(ConflictError, match="equal in everything that can be read"):
            world.create(DEPLOYMENT, plain_inputs(world, str(old.outputs["connectorId"]), key="mine"))

    def test_one_of_jobs_alone_is_refused_where_revisions_cannot_be_read(self, world: World) -> None:
        """Nothing would show that it was live."""
        old = _without_reachable_applications(world)
        status(world, old, "Queued")
        world.emulator.admin.fault({"status": 403}, method="GET", path="*/revisions", times=50)
        world.emulator.admin.clear_journal()

        with pytest.raises(ConflictError, match="equal in everything that can be read"):
            world.create(DEPLOYMENT, _jobs_only(world, old))

        assert not world.writes()


class TestExplicitKey:
    def test_a_finished_one_is_refused_although_everything_readable_is_equal(self, world: World) -> None:
        """Its secrets cannot be read: those of another stack would be overwritten."""
        old = deployed(world, key="mine")
        world.emulator.admin.clear_journal()

        with pytest.raises(ConflictError, match="equal in everything that can be read") as caught:
            world.create(DEPLOYMENT, same_inputs(world, old, key="mine"))

        assert f"CTP_ADOPT='{PROJECT}/mine'" in caught.value.remedy
        assert not world.writes()

    def test_a_failed_one_with_another_tag_is_refused(self, world: World) -> None:
        old = deployed(world, key="mine", configurations=simple())
        changed(world, old, status="Failed", tag="v2.1.0")
        inputs = plain_inputs(world, str(old.outputs["connectorId"]), key="mine", connectorTag="v2.0.0")

        with pytest.raises(ConflictError):
            world.create(DEPLOYMENT, inputs)

    def test_the_line_of_the_last_refusal_takes_over_all_of_the_run(self, world: World) -> None:
        """And says that it did; nothing has to be changed in the program."""
        old = [deployed_under(world, key) for key in ("one", "two")]
        inputs = [same_inputs(world, state, key=str(state.outputs["key"])) for state in old]

        async def refused(of: Any) -> str:
            for each in inputs:
                mine = steps(of, world, DEPLOYMENT, each, name=each["key"])
                with pytest.raises(ConflictError) as caught:
                    await mine.create()
            (line,) = re.findall(r"CTP_ADOPT='([^']+)'", caught.value.remedy)
            return str(line)

        world.settings["adopt"] = world.run(refused)
        taken = [world.create(DEPLOYMENT, each, name=each["key"]).id for each in inputs]

        assert taken == [each.id for each in old]
        assert "this program manages it from now on" in world.said.warnings[-1]

    def test_another_value_is_an_error_that_names_the_paths_and_writes_nothing(self, world: World) -> None:
        old = deployed(world, key="mine")
        configurations = simple(SHOP_NAME="Other", GREETING="Moin", secured={"API_TOKEN": canary})
        inputs = same_inputs(world, old, key="mine", configurations=configurations)
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
        assert "remove it from the program" in world.said.infos[-1]
        assert not world.diff(DEPLOYMENT, state, inputs)


def deployed_under(world: World, key: str) -> State:
    """Return one more live deployment of one connector."""
    connectors: Any = world.emulator.admin.dump()["connectors"]
    connector_id = connectors[0]["id"] if connectors else published(world)[0].id
    return world.create(DEPLOYMENT, world.deployment_inputs(str(connector_id), key=key), name=f"of-{key}")


JOBS = (
    "deployAs:\n  - {name: nightly, applicationType: job, endpoint: /job, properties: {schedule: '0 3 * * *'}}\n"
)


def _without_reachable_applications(world: World) -> State:
    """Return a live deployment of a connector that has no service and no event."""
    world.emulator.admin.repositories([{"url": REPOSITORY, "tag": "v3.0.0", "connectYaml": JOBS}])
    staged, _ = world.published(repository={"url": REPOSITORY, "tag": "v3.0.0"})
    return world.create(DEPLOYMENT, world.deployment_inputs(staged.id, key="mine", configurations=None))


def _jobs_only(world: World, state: State) -> dict[str, Any]:
    return same_inputs(world, state, key="mine", configurations=None)
