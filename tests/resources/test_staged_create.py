"""A create makes one draft, whatever happens on the way, and takes nothing that is somebody else's."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.contract.errors import ConflictError, Partial, ProviderError
from tests.resources.connectors import ADDITIONAL, draft_in, folded, shown
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

    def test_but_not_for_ever(self, world: World) -> None:
        world.emulator.admin.fault({"status": 502}, method="POST", path="/connectors/drafts", times=50)
        with pytest.raises(ProviderError, match="502"):
            world.create("ConnectorStaged", world.staged_inputs())
        assert len(world.writes()) == 3

    def test_a_draft_that_shows_late_is_ours_as_well(self, world: World) -> None:
        """Lost answer, the look-up does not see it yet, the repetition says that the key is taken."""
        world.emulator.admin.advance(10)
        world.emulator.admin.fault({"drop": "after"}, method="POST", path="/connectors/drafts")
        world.emulator.admin.fault({"stale": 5.0}, method="GET", path="/connectors/drafts/key=*", skip=1)
        state = world.create("ConnectorStaged", world.staged_inputs())
        assert [call[-3:] for call in world.calls()][2:] == ["404", "400", "200"]
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

    def test_a_key_that_belongs_to_a_draft_nobody_shows_us_is_an_error(self, world: World) -> None:
        """Keys are shared by a whole region (API §19 #19)."""
        taken: dict[str, Any] = {
            "statusCode": 400,
            "message": "taken",
            "errors": [{"code": "DuplicateField", "message": "taken"}],
        }
        world.emulator.admin.fault({"status": 400, "body": taken}, method="POST", path="/connectors/drafts")
        with pytest.raises(ProviderError, match="choose another key"):
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

    def test_one_under_an_explicit_key_is_taken_over_when_all_that_is_declared_is_equal(
        self, world: World
    ) -> None:
        staged = draft_in(world, "Published", key="greeter")
        world.emulator.admin.patch("drafts", staged.id, {"documentationUrl": "https://acme.example"})
        state = world.create("ConnectorStaged", world.staged_inputs(key="greeter"))
        assert state.id == staged.id
        assert not world.writes()

    def test_the_tag_may_differ_as_every_release_changes_it(self, world: World) -> None:
        staged = draft_in(world, "Draft", key="greeter")
        inputs = world.staged_inputs(key="greeter", repository={"url": REPOSITORY, "tag": "v1.1.0"})
        state = world.create("ConnectorStaged", inputs)
        assert (state.id, shown(world, staged.id).repository.tag) == (staged.id, "v1.1.0")

    def test_otherwise_the_error_names_what_differs_and_nothing_is_changed(self, world: World) -> None:
        draft_in(world, "Draft", key="greeter")
        other = world.staged_inputs(key="greeter", name="Other", creator={"email": "me@acme.example"})
        with pytest.raises(ConflictError, match=r"greeter .*creator.email, name(.|\n)*adopt"):
            world.create("ConnectorStaged", other)
        assert not world.writes()

    def test_unless_the_program_says_adopt(self, world: World) -> None:
        staged = draft_in(world, "Draft", key="greeter")
        state = world.create("ConnectorStaged", world.staged_inputs(key="greeter", name="Other", adopt=True))
        assert (state.id, shown(world, staged.id).name) == (staged.id, "Other")

    def test_two_resources_never_share_one_draft(self, world: World) -> None:
        """A copy of a declaration would otherwise fight with the original for ever."""
        staged = draft_in(world, "Draft", key="greeter")
        inputs = world.staged_inputs(key="greeter")
        news = world.checked("ConnectorStaged", inputs)

        async def act(resource_of: Any) -> None:
            resource = resource_of("ConnectorStaged")
            await resource.diff(world.operation(), staged, news)
            await resource.create(world.operation("copy"), news)

        with pytest.raises(ConflictError, match="already managed as ConnectorStaged greeter"):
            world.run(act)

    def test_a_forced_replacement_keeps_the_live_draft(self, world: World) -> None:
        """The engine creates, then deletes, without asking for a diff: both mean the same draft."""
        staged = draft_in(world, "Draft")
        news = world.checked("ConnectorStaged", world.staged_inputs())

        async def act(resource_of: Any) -> None:
            resource = resource_of("ConnectorStaged")
            await resource.create(world.operation(), news)
            await resource.delete(world.operation(), staged)

        world.run(act)
        assert shown(world, staged.id)
        assert world.said.warnings == ["not deleted: this run keeps the same draft"]


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
    def test_and_also_where_connect_only_shows_no_applications(self, world: World, tag: str) -> None:
        """The draft exists then: it is kept, the next up goes on, and a refresh does not hide it."""
        world.emulator.admin.repositories(ADDITIONAL)
        inputs = world.staged_inputs(repository={"url": REPOSITORY, "tag": tag})
        with pytest.raises(Partial) as caught:
            world.create("ConnectorStaged", inputs)
        for part in ("derived-greeter", REPOSITORY, tag, "connect.yaml", "validate", "tag that commit"):
            assert part in str(caught.value)
        state = caught.value.state
        with pytest.raises(Partial, match=r"no usable connect\.yaml"):
            world.read("ConnectorStaged", state)

    def test_the_corrected_tag_heals_it_and_so_does_a_moved_one(self, world: World) -> None:
        world.emulator.admin.repositories(ADDITIONAL)
        inputs = world.staged_inputs(repository={"url": REPOSITORY, "tag": "v9.0.0"})
        with pytest.raises(Partial) as caught:
            world.create("ConnectorStaged", inputs)
        with pytest.raises(Partial):
            world.run(
                lambda of: of("ConnectorStaged").update(world.operation(), caught.value.state, _with_key(inputs))
            )

        world.emulator.admin.repositories([{**ADDITIONAL[0], "connectYaml": MINIMAL}])
        healed = world.run(
            lambda of: of("ConnectorStaged").update(world.operation(), caught.value.state, _with_key(inputs))
        )
        configurations: Any = healed.outputs["configurations"]
        assert [each["applicationName"] for each in configurations] == ["service"]


MINIMAL = "deployAs:\n  - {name: service, applicationType: service, endpoint: /service}\n"


def _with_key(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "key": "derived-greeter"}
