"""A create makes one draft, also after lost answers, and takes nothing that another client owns."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import ConflictError, InitFailedError, ProviderError, WaitCancelledError
from commercetools_connect.core.resource import Cancellation
from tests.resources.connectors import ADDITIONAL, draft_in, folded, shown
from tests.resources.steps import steps
from tests.support.world import REPOSITORY, World

pytestmark = pytest.mark.usefixtures("unhurried")

FOUND, MISSING = "GET /connectors/drafts/key=derived-greeter 200", "GET /connectors/drafts/key=derived-greeter 404"
POST = "POST /connectors/drafts 201"
BY_ID, UPDATE = "GET /connectors/drafts/<id> 200", "POST /connectors/drafts/<id> 201"


def test_a_create_is_one_look_at_the_key_and_one_request(world: World) -> None:
    state = world.create("ConnectorStaged", world.staged_inputs())
    assert world.calls() == [MISSING, POST]
    assert (state.outputs["key"], state.outputs["status"]) == ("derived-greeter", "Draft")
    assert not world.diff("ConnectorStaged", state, world.staged_inputs())


class TestUncertainAnswer:
    @pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 500, "when": "after"}, {"truncate": True}])
    def test_a_draft_that_was_made_though_the_answer_was_lost_is_ours(self, world: World, fault: Any) -> None:
        """The key is looked up before anything else is done."""
        world.emulator.admin.fault(fault, method="POST", path="/connectors/drafts")
        state = world.create("ConnectorStaged", world.staged_inputs())
        first, made, found = world.calls()
        assert (first, found) == (MISSING, FOUND)
        assert made.startswith("POST /connectors/drafts ")
        assert state.outputs["name"] == "Greeter"

    def test_an_explicit_key_makes_no_difference_to_that(self, world: World) -> None:
        world.emulator.admin.fault({"drop": "after"}, method="POST", path="/connectors/drafts")
        state = world.create("ConnectorStaged", world.staged_inputs(key="my-greeter"))
        assert state.outputs["key"] == "my-greeter"

    @pytest.mark.parametrize("fault", [{"drop": "before"}, {"status": 502}, {"html": True}])
    def test_a_request_that_made_nothing_is_made_again(self, world: World, fault: Any) -> None:
        world.emulator.admin.fault(fault, method="POST", path="/connectors/drafts")
        state = world.create("ConnectorStaged", world.staged_inputs())
        assert world.calls()[-1] == POST
        assert shown(world, state.id).version == 1

    @pytest.mark.parametrize("seconds", [9, 100])
    def test_an_outage_fails_no_create_if_it_ends_within_two_minutes(self, world: World, seconds: int) -> None:
        """The create is as patient as a Deployment's."""
        world.emulator.admin.fault({"drop": "before"}, method="POST", path="/connectors/drafts", times=50)
        world.clock.after(seconds, world.emulator.admin.clear_faults)
        world.create("ConnectorStaged", world.staged_inputs())
        assert world.calls()[-1] == POST

    def test_a_stop_ends_the_wait_for_the_end_of_an_outage(self, world: World) -> None:
        world.emulator.admin.fault({"drop": "before"}, method="POST", path="/connectors/drafts", times=50)
        stop = Cancellation()
        world.clock.after(7, stop.cancel)
        with pytest.raises(WaitCancelledError):
            world.create("ConnectorStaged", world.staged_inputs(), cancellation=stop)
        assert len(world.writes()) == 2

    def test_a_create_that_keeps_failing_ends_in_the_servers_error(self, world: World) -> None:
        world.emulator.admin.fault({"status": 502}, method="POST", path="/connectors/drafts", times=50)
        with pytest.raises(ProviderError, match="502"):
            world.create("ConnectorStaged", world.staged_inputs())
        assert len(world.writes()) == 6

    def test_a_draft_that_shows_late_is_ours_as_well(self, world: World) -> None:
        """Lost answer, the look-up does not see it yet, the repetition says that the key is taken."""
        world.emulator.admin.advance(10)
        world.emulator.admin.fault({"drop": "after"}, method="POST", path="/connectors/drafts")
        world.emulator.admin.fault({"stale": 8.0}, method="GET", path="/connectors/drafts/key=*", skip=1, times=3)
        state = world.create("ConnectorStaged", world.staged_inputs())
        assert [call[-3:] for call in world.calls()][2:] == ["404", "404", "400", "404", "200"]
        assert state.outputs["key"] == "derived-greeter"

    def test_a_look_up_that_fails_too_says_that_something_may_exist(self, world: World) -> None:
        world.emulator.admin.fault({"drop": "after"}, method="POST", path="/connectors/drafts")
        world.emulator.admin.fault({"status": 503}, method="GET", path="/connectors/drafts/*", skip=1, times=50)
        with pytest.raises(ProviderError, match="may have had its effect"):
            world.create("ConnectorStaged", world.staged_inputs())
        world.emulator.admin.clear_faults()
        world.emulator.admin.clear_journal()
        world.create("ConnectorStaged", world.staged_inputs())
        assert not world.writes(), "the next up finds it again"

    def test_a_key_that_belongs_to_a_draft_that_connect_hides_is_an_error(self, world: World) -> None:
        """Keys are shared by a whole region (API §19 #19)."""
        taken: dict[str, Any] = {
            "statusCode": 400,
            "message": "taken",
            "errors": [{"code": "DuplicateField", "message": "taken"}],
        }
        world.emulator.admin.fault({"status": 400, "body": taken}, method="POST", path="/connectors/drafts")
        with pytest.raises(ProviderError, match="Choose another key"):
            world.create("ConnectorStaged", world.staged_inputs())
        assert len(world.calls()) == 2


class TestTakeOver:
    def test_a_draft_under_the_derived_key_is_what_a_killed_run_left(self, world: World) -> None:
        """It is taken over and brought in line with one request."""
        staged = draft_in(world, "Draft")
        state = world.create("ConnectorStaged", world.staged_inputs(name="Salutation"))
        assert state.id == staged.id
        assert folded(world, staged.id) == [FOUND, BY_ID, UPDATE]
        assert not world.diff("ConnectorStaged", state, world.staged_inputs(name="Salutation"))

    @pytest.mark.parametrize("key", ["greeter", None], ids=["explicit", "from names"])
    def test_one_that_nothing_was_done_with_since_its_create_is_joined(
        self, world: World, key: str | None
    ) -> None:
        """A run that was killed right after its create has left it: equal, and still in its first version."""
        staged = draft_in(world, "Draft", key=key)
        state = world.create("ConnectorStaged", world.staged_inputs(key=key), key_proves_ownership=False)
        assert state.id == staged.id
        assert not world.writes()
        assert "an interrupted run left unfinished" in "\n".join(world.said.infos)

    @pytest.mark.parametrize("key", ["greeter", None], ids=["explicit", "from names"])
    def test_one_that_is_in_use_is_refused_although_all_that_is_declared_is_equal(
        self, world: World, key: str | None
    ) -> None:
        """Another stack of the same names may own it, and with it its published connector."""
        draft_in(world, "Published", key=key)
        with pytest.raises(ConflictError, match="equal in everything that can be read") as caught:
            world.create("ConnectorStaged", world.staged_inputs(key=key), key_proves_ownership=False)
        assert f"CTP_ADOPT='connectors/{key or 'derived-greeter'}'" in caught.value.remedy
        assert not world.writes()

    def test_one_with_another_tag_is_refused(self, world: World) -> None:
        draft_in(world, "Draft", key="greeter")
        inputs = world.staged_inputs(key="greeter", repository={"url": REPOSITORY, "tag": "v1.1.0"})
        with pytest.raises(ConflictError, match=r"repository\.tag"):
            world.create("ConnectorStaged", inputs)
        assert not world.writes()

    def test_the_configuration_may_name_it(self, world: World) -> None:
        """`CTP_ADOPT` needs no change of the program."""
        staged = draft_in(world, "Published", key="greeter")
        world.settings["adopt"] = "connectors/gree*"
        state = world.create("ConnectorStaged", world.staged_inputs(key="greeter", name="Other"))
        assert (state.id, shown(world, staged.id).name) == (staged.id, "Other")

    def test_otherwise_the_error_names_what_differs_and_nothing_is_changed(self, world: World) -> None:
        draft_in(world, "Draft", key="greeter")
        other = world.staged_inputs(key="greeter", name="Other", creator={"email": "me@acme.example"})
        with pytest.raises(ConflictError, match=r"greeter .*creator.email, name(.|\n)*adopt"):
            world.create("ConnectorStaged", other)
        assert not world.writes()

    def test_one_under_a_key_that_this_resources_state_names_is_its_own(self, world: World) -> None:
        """A forced replacement: the engine creates without a diff, with the same key."""
        staged = draft_in(world, "Published", key="greeter")

        async def replace(of: Any) -> Any:
            mine = steps(of, world, "ConnectorStaged", world.staged_inputs(key="greeter", name="Other"), staged)
            mine.check()
            return await mine.create()

        assert world.run(replace).id == staged.id
        assert shown(world, staged.id).name == "Other"

    def test_unless_the_program_says_adopt(self, world: World) -> None:
        staged = draft_in(world, "Draft", key="greeter")
        state = world.create("ConnectorStaged", world.staged_inputs(key="greeter", name="Other", adopt=True))
        assert (state.id, shown(world, staged.id).name) == (staged.id, "Other")
        assert "remove it from the program" in world.said.infos[-1]

    def test_a_take_over_that_fails_leaves_the_draft_to_no_delete_of_the_same_run(self, world: World) -> None:
        """The engine may go on to delete the object under the resource's old name."""
        staged = draft_in(world, "Draft", key="greeter")
        inputs = world.checked("ConnectorStaged", world.staged_inputs(key="greeter", name="Other", adopt=True))
        refused: dict[str, Any] = {"statusCode": 400, "message": "No", "errors": [{"code": "Surprise"}]}
        world.emulator.admin.fault({"status": 400, "body": refused}, method="POST", path="/connectors/*")

        async def act(resource_of: Any) -> None:
            resource = resource_of("ConnectorStaged")
            with pytest.raises(ProviderError, match="Connect refused"):
                await resource.create(world.context("new"), inputs)
            await resource.delete(world.context("old"), staged)

        with pytest.raises(ConflictError, match="not deleted"):
            world.run(act)
        assert shown(world, staged.id)

    def test_two_resources_never_share_one_draft(self, world: World) -> None:
        """A copy of a declaration would otherwise fight with the original for ever."""
        staged = draft_in(world, "Draft", key="greeter")
        inputs = world.staged_inputs(key="greeter")
        news = world.checked("ConnectorStaged", inputs)

        async def act(resource_of: Any) -> None:
            original = steps(resource_of, world, "ConnectorStaged", inputs, staged)
            await original.diff()
            await original.resource.create(world.context("copy"), news)

        with pytest.raises(ConflictError, match="already managed as ConnectorStaged greeter"):
            world.run(act)

    def test_a_forced_replacement_keeps_the_live_draft(self, world: World) -> None:
        """The engine creates, then deletes, without asking for a diff: both mean the same draft."""
        staged = draft_in(world, "Draft")
        news = world.checked("ConnectorStaged", world.staged_inputs())

        async def act(resource_of: Any) -> None:
            resource = resource_of("ConnectorStaged")
            await resource.create(world.context(), news)
            await resource.delete(world.context(), staged)

        world.run(act)
        assert shown(world, staged.id)
        assert world.said.warnings == ["not deleted: this run keeps the same ConnectorStaged"]


class TestRepository:
    def test_one_that_cannot_be_reached_ends_at_once_with_what_to_check(self, world: World) -> None:
        with pytest.raises(ProviderError) as caught:
            world.create("ConnectorStaged", world.staged_inputs(repository={"url": REPOSITORY, "tag": "v7.7.7"}))
        for part in ("derived-greeter", "GitHub user connect-mu", "git@github.com:", ".git", "not reachable"):
            assert part in str(caught.value)

    @pytest.mark.parametrize("tag", ["v9.0.0", "v9.1.0"])
    def test_a_missing_or_invalid_connect_yaml_ends_early_where_connect_looks_at_once(
        self, world: World, tag: str
    ) -> None:
        world.emulator.admin.settings(assumptions={"41": "other"})
        world.emulator.admin.repositories(ADDITIONAL)
        with pytest.raises(ProviderError, match=r"connect\.yaml(.|\n)*tag (that|the corrected) commit"):
            world.create("ConnectorStaged", world.staged_inputs(repository={"url": REPOSITORY, "tag": tag}))
        assert len(world.writes()) == 1

    @pytest.mark.parametrize("tag", ["v9.0.0", "v9.1.0"])
    def test_a_missing_or_invalid_connect_yaml_ends_early_where_connect_shows_no_applications(
        self, world: World, tag: str
    ) -> None:
        """The draft exists then: it is kept, the next up goes on, and a refresh does not hide it."""
        world.emulator.admin.repositories(ADDITIONAL)
        inputs = world.staged_inputs(repository={"url": REPOSITORY, "tag": tag})
        with pytest.raises(InitFailedError) as caught:
            world.create("ConnectorStaged", inputs)
        for part in ("derived-greeter", REPOSITORY, tag, "connect.yaml", "validate", "tag that commit"):
            assert part in str(caught.value)
        state = caught.value.state
        with pytest.raises(InitFailedError, match=r"no usable connect\.yaml"):
            world.read("ConnectorStaged", state)

    def test_the_corrected_tag_heals_it_and_so_does_a_moved_one(self, world: World) -> None:
        world.emulator.admin.repositories(ADDITIONAL)
        inputs = world.staged_inputs(repository={"url": REPOSITORY, "tag": "v9.0.0"})
        with pytest.raises(InitFailedError) as caught:
            world.create("ConnectorStaged", inputs)
        with pytest.raises(InitFailedError):
            world.run(
                lambda of: of("ConnectorStaged").update(world.context(), caught.value.state, _with_key(inputs))
            )

        world.emulator.admin.repositories([{**ADDITIONAL[0], "connectYaml": MINIMAL}])
        healed = world.run(
            lambda of: of("ConnectorStaged").update(world.context(), caught.value.state, _with_key(inputs))
        )
        configurations: Any = healed.outputs["configurations"]
        assert [each["applicationName"] for each in configurations] == ["service"]


MINIMAL = "deployAs:\n  - {name: service, applicationType: service, endpoint: /service}\n"


def _with_key(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "key": "derived-greeter"}
