"""A publication is done when the draft is available as asked, and asks only for what is not there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import pytest

from commercetools_connect.core.errors import GoneError, InitFailedError, InvalidInputError, ProviderError
from commercetools_connect.core.resource import Cancellation, Resource
from commercetools_connect.core.results import State
from tests.resources.connectors import ADDITIONAL, draft_in, folded, preview_elsewhere, publish_elsewhere, shown
from tests.support.world import REPOSITORY, World

pytestmark = pytest.mark.usefixtures("unhurried")

DRAFT, POST = "GET /connectors/drafts/<id> 200", "POST /connectors/drafts/<id> 201"
CONNECTOR, NO_CONNECTOR = "GET /connectors/<id> 200", "GET /connectors/<id> 404"
TARGETS = ["preview", "private", "marketplace"]


def ready(world: World, target: str, **changes: Any) -> tuple[State, dict[str, Any]]:
    """Return a fresh draft and the inputs of its publication."""
    staged = draft_in(world, "Draft", **changes)
    return staged, world.publication_inputs(staged, target=target)


def moved(world: World, staged: State, tag: str = "v1.1.0") -> State:
    """Return the draft at another tag."""
    return world.up("ConnectorStaged", staged, world.staged_inputs(repository={"url": REPOSITORY, "tag": tag}))


def again(world: World, state: State, inputs: dict[str, Any], **options: Any) -> State:
    """Update whether or not a diff asks for it, as an engine does after a failed initialisation."""
    updated: State = world.run(
        lambda of: of("ConnectorPublication").update(world.context(**options), state, inputs)
    )
    return updated


class TestReached:
    def test_private_is_one_request_and_ends_at_the_connectors_own_tag(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        state = world.create("ConnectorPublication", inputs)
        assert folded(world, staged.id) == [DRAFT, NO_CONNECTOR, POST, f"{DRAFT} +", CONNECTOR]
        assert state.id == f"{staged.id}/publish"
        assert (state.outputs["publishedTag"], state.outputs["connectorVersion"]) == ("v1.0.0", 3)
        assert (state.outputs["certified"], state.outputs["listed"]) == (False, False)

    def test_preview_is_one_request_and_ends_previewable(self, world: World) -> None:
        staged, inputs = ready(world, "preview")
        state = world.create("ConnectorPublication", inputs)
        assert folded(world, staged.id) == [DRAFT, POST, f"{DRAFT} +"]
        assert state.id == f"{staged.id}/preview"
        assert (state.outputs["publishedTag"], state.outputs["status"]) == ("v1.0.0", "true")

    def test_marketplace_is_done_when_the_validation_has_passed(self, world: World) -> None:
        """People take weeks for the certification; until then no tag is published."""
        staged, inputs = ready(world, "marketplace")
        state = world.create("ConnectorPublication", inputs)
        assert state.id == f"{staged.id}/publish"
        assert (state.outputs["status"], state.outputs["publishedTag"]) == ("ReadyForCertification", "")

    @pytest.mark.parametrize("target", TARGETS)
    def test_a_second_up_has_nothing_to_do_also_after_a_refresh(self, world: World, target: str) -> None:
        staged, inputs = ready(world, target)
        state = world.create("ConnectorPublication", inputs)
        refreshed = world.read("ConnectorPublication", state)
        assert refreshed is not None
        assert refreshed.outputs == state.outputs
        world.emulator.admin.clear_journal()
        assert not world.diff("ConnectorPublication", refreshed, inputs)
        assert not world.diff("ConnectorPublication", refreshed, {**inputs, "waitFor": "validation"})
        assert not world.calls(), staged

    @pytest.mark.parametrize("reading", ["default", "other"])
    @pytest.mark.parametrize("assumption", ["13", "14", "15"])
    def test_what_is_published_already_is_not_requested_again(
        self, world: World, assumption: str, reading: str
    ) -> None:
        """A republish without changes is not requested: what it would do is not known."""
        world.emulator.admin.settings(assumptions={assumption: reading})
        staged = draft_in(world, "Published")
        state = world.create("ConnectorPublication", world.publication_inputs(staged))
        assert folded(world, staged.id) == [DRAFT, CONNECTOR]
        assert state.outputs["publishedTag"] == "v1.0.0"

    def test_a_publication_without_a_content_hash_cares_for_the_tag_alone(self, world: World) -> None:
        for target in ("preview", "private"):
            staged = draft_in(world, "Draft")
            inputs = world.publication_inputs(staged, target=target, contentHash=None)
            state = world.create("ConnectorPublication", inputs)
            world.emulator.admin.clear_journal()
            assert not world.diff("ConnectorPublication", state, inputs)
            assert again(world, state, inputs).outputs == state.outputs
            assert not world.writes()

    @pytest.mark.parametrize("target", ["preview", "private"])
    def test_adding_the_hash_of_what_is_there_to_a_private_one_asks_for_nothing(
        self, world: World, target: str
    ) -> None:
        """A preview does not tell which content it was made for: it is made again."""
        staged, inputs = ready(world, target)
        state = world.create("ConnectorPublication", {**inputs, "contentHash": None})
        world.emulator.admin.clear_journal()
        world.up("ConnectorPublication", state, inputs)
        assert len(world.writes()) == (1 if target == "preview" else 0)
        assert staged.id in state.id


class TestRepublish:
    @pytest.mark.parametrize("reading", ["default", "other"])
    @pytest.mark.parametrize("target", ["preview", "private"])
    def test_another_tag_is_published(self, world: World, target: str, reading: str) -> None:
        world.emulator.admin.settings(assumptions={"13": reading, "15": reading})
        staged, inputs = ready(world, target)
        first = world.create("ConnectorPublication", inputs)
        staged = moved(world, staged)
        second = world.up("ConnectorPublication", first, world.publication_inputs(staged, target=target))
        assert second.outputs["publishedTag"] == "v1.1.0"
        assert second.id == first.id

    @pytest.mark.parametrize("reading", ["default", "other"])
    @pytest.mark.parametrize("target", ["preview", "private"])
    def test_another_content_is_published_through_its_hash(self, world: World, target: str, reading: str) -> None:
        world.emulator.admin.settings(assumptions={"13": reading})
        staged, inputs = ready(world, target)
        first = world.create("ConnectorPublication", inputs)
        staged = world.up("ConnectorStaged", staged, world.staged_inputs(description="Greets"))
        world.emulator.admin.clear_journal()
        again_inputs = world.publication_inputs(staged, target=target)
        second = world.up("ConnectorPublication", first, again_inputs)
        assert len(world.writes()) == 1
        assert not world.diff("ConnectorPublication", second, again_inputs)

    def test_stale_reads_do_not_make_an_old_publication_look_new(self, world: World) -> None:
        """The first look after the request still shows the run before."""
        staged, inputs = ready(world, "private")
        first = world.create("ConnectorPublication", inputs)
        staged = moved(world, staged)
        world.emulator.admin.advance(30)
        world.emulator.admin.fault({"stale": 25.0}, method="GET", path="/connectors/drafts/*", skip=1)
        second = world.up("ConnectorPublication", first, world.publication_inputs(staged))
        assert second.outputs["publishedTag"] == "v1.1.0"

    def test_a_draft_at_another_tag_is_an_error_before_any_request(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        with pytest.raises(InvalidInputError, match=r"at tag v1\.0\.0, but tag v2(.|\n)*staged.repository.tag"):
            world.create("ConnectorPublication", {**inputs, "tag": "v2"})
        assert folded(world, staged.id) == [DRAFT]

    def test_another_clients_edit_shows_after_a_refresh_and_is_published_or_undone(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        state = world.create("ConnectorPublication", inputs)
        world.emulator.admin.patch("drafts", staged.id, {"name": "Mine"})
        refreshed = world.read("ConnectorPublication", state)
        assert refreshed is not None
        assert world.diff("ConnectorPublication", refreshed, inputs).properties == ["contentHash"]


class TestSideBySide:
    @pytest.mark.parametrize("order", [("preview", "private"), ("private", "preview")])
    def test_one_does_not_undo_the_other(self, world: World, order: tuple[str, str]) -> None:
        staged = draft_in(world, "Draft")
        states = {
            target: world.create("ConnectorPublication", world.publication_inputs(staged, target=target))
            for target in order
        }
        for target, state in states.items():
            refreshed = world.read("ConnectorPublication", state)
            assert refreshed is not None
            assert refreshed.outputs["publishedTag"] == "v1.0.0"
            assert not world.diff(
                "ConnectorPublication", refreshed, world.publication_inputs(staged, target=target)
            )

    def test_the_next_publication_does_not_repeat_the_good_news_of_the_last_one(self, world: World) -> None:
        staged, publication = world.published()
        first = [each for each in world.said.statuses if "check succeeded" in each]
        world.said.statuses.clear()
        newer = {"url": REPOSITORY, "tag": "v1.1.0"}
        staged = world.up("ConnectorStaged", staged, world.staged_inputs(repository=newer))

        world.up("ConnectorPublication", publication, world.publication_inputs(staged))

        assert len(first) == 1
        assert "published" in world.said.statuses[-1]
        assert not [each for each in world.said.statuses if "check succeeded" in each]

    def test_both_in_one_up_take_turns(self, world: World) -> None:
        staged = draft_in(world, "Draft")

        async def both(resource_of: Callable[[str], Resource]) -> list[State]:
            resource = resource_of("ConnectorPublication")
            creates = [
                resource.create(world.context(target), world.publication_inputs(staged, target=target))
                for target in ("preview", "private")
            ]
            return list(await asyncio.gather(*creates))

        states = world.run(both)
        assert [state.outputs["publishedTag"] for state in states] == ["v1.0.0", "v1.0.0"]
        assert [call[-3:] for call in world.writes()] == ["201", "201"]

    def test_two_resources_for_one_publication_are_an_error(self, world: World) -> None:
        staged, inputs = ready(world, "private")

        async def both(resource_of: Any) -> None:
            resource = resource_of("ConnectorPublication")
            await resource.create(world.context("one"), inputs)
            await resource.create(world.context("two"), inputs)

        with pytest.raises(ProviderError, match="already managed as ConnectorPublication one"):
            world.run(both)
        assert staged.id


class TestUnderWay:
    @pytest.mark.parametrize("target", TARGETS)
    def test_the_run_of_a_killed_process_is_joined(self, world: World, target: str) -> None:
        staged, inputs = ready(world, target)
        if target == "preview":
            preview_elsewhere(world, staged.id)
        else:
            publish_elsewhere(world, staged.id, certification=target == "marketplace")
        state = world.create("ConnectorPublication", inputs)
        assert not world.writes()
        assert not world.diff("ConnectorPublication", state, inputs)

    def test_a_run_of_the_other_kind_is_waited_out_first(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        preview_elsewhere(world, staged.id)
        world.create("ConnectorPublication", inputs)
        assert shown(world, staged.id).is_previewable == "true"

    @pytest.mark.parametrize("target", TARGETS)
    @pytest.mark.parametrize("refresh", [False, True])
    @pytest.mark.parametrize("end", ["time-out", "cancelled"])
    def test_after_an_interrupted_wait_the_next_up_joins_without_a_second_request(
        self, world: World, target: str, refresh: bool, end: str
    ) -> None:
        staged, inputs = ready(world, target)
        stop = Cancellation()
        world.clock.after(12, stop.cancel)
        options: dict[str, Any] = {"time_limit": 15} if end == "time-out" else {"cancellation": stop}
        with pytest.raises(InitFailedError, match=r"It goes on at commercetools") as caught:
            world.create("ConnectorPublication", inputs, **options)
        state = caught.value.state
        assert state.outputs["publishedTag"] == ""
        if refresh:
            with pytest.raises(InitFailedError, match="pulumi up") as seen:
                world.read("ConnectorPublication", state)
            state = seen.value.state
        assert world.diff("ConnectorPublication", state, inputs), "the next up goes on even if no one else knows"
        after = again(world, state, inputs)
        assert len(world.writes()) == 1
        assert not world.diff("ConnectorPublication", after, inputs)
        assert staged.id in after.id

    def test_a_time_out_again_is_the_same_again(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        with pytest.raises(InitFailedError) as caught:
            world.create("ConnectorPublication", inputs, time_limit=10)
        with pytest.raises(InitFailedError, match="time limit ended"):
            again(world, caught.value.state, inputs, time_limit=10)
        assert len(world.writes()) == 1
        assert staged.id

    def test_a_joined_run_that_we_asked_for_tells_its_failure_first(self, world: World) -> None:
        world.emulator.admin.outcome("publish", "derived-greeter", "failure")
        staged, inputs = ready(world, "private")
        with pytest.raises(InitFailedError) as caught:
            world.create("ConnectorPublication", inputs, time_limit=10)
        sent = {**caught.value.state.outputs, "tag": inputs["tag"], "contentHash": inputs["contentHash"]}
        with pytest.raises(InitFailedError, match="SAST and SCA analysis check failed"):
            again(world, State(caught.value.state.id, sent), inputs)
        assert len(world.writes()) == 1
        assert staged.id

    def test_another_clients_failed_run_is_repeated(self, world: World) -> None:
        world.emulator.admin.outcome("publish", "derived-greeter", "failure")
        staged, inputs = ready(world, "private")
        publish_elsewhere(world, staged.id)
        state = world.create("ConnectorPublication", inputs)
        assert state.outputs["publishedTag"] == "v1.0.0"
        assert len(world.writes()) == 1


class TestFailed:
    @pytest.mark.parametrize("target", TARGETS)
    def test_the_error_carries_the_report_entry_by_entry(self, world: World, target: str) -> None:
        lifecycle: Literal["preview", "publish"] = "preview" if target == "preview" else "publish"
        report = [
            {"type": "Error", "title": "Image security analysis check failed", "message": "CVE-2026-1"},
            {"type": "Warning", "title": "SAST and SCA analysis check has findings"},
        ]
        world.emulator.admin.outcome(lifecycle, "derived-greeter", "failure", report=report)
        _, inputs = ready(world, target)
        with pytest.raises(InitFailedError) as caught:
            world.create("ConnectorPublication", inputs)
        for part in ("derived-greeter", "v1.0.0", "CVE-2026-1", "has findings", "pulumi up"):
            assert part in str(caught.value)
        reported: Any = caught.value.state.outputs["report"]
        assert [entry["title"] for entry in reported] == [entry["title"] for entry in report]

    @pytest.mark.parametrize("target", TARGETS)
    def test_a_refresh_does_not_hide_it_and_the_next_up_publishes_again(self, world: World, target: str) -> None:
        world.emulator.admin.outcome("preview" if target == "preview" else "publish", "derived-greeter", "failure")
        _, inputs = ready(world, target)
        with pytest.raises(InitFailedError) as caught:
            world.create("ConnectorPublication", inputs)
        with pytest.raises(InitFailedError, match="SAST and SCA analysis check failed") as seen:
            world.read("ConnectorPublication", caught.value.state)
        for state in (caught.value.state, seen.value.state):
            assert world.diff("ConnectorPublication", state, inputs)
        after = world.up("ConnectorPublication", seen.value.state, inputs)
        assert len(world.writes()) == 2
        assert not world.diff("ConnectorPublication", after, inputs)

    def test_a_failed_republish_leaves_the_old_tag_published_and_says_so(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        first = world.create("ConnectorPublication", inputs)
        staged = moved(world, staged)
        world.emulator.admin.outcome("publish", "derived-greeter", "failure")
        with pytest.raises(InitFailedError) as caught:
            world.up("ConnectorPublication", first, world.publication_inputs(staged))
        held = caught.value.state.outputs
        assert (held["publishedTag"], held["tag"]) == ("v1.0.0", "v1.0.0")
        with pytest.raises(InitFailedError):
            world.read("ConnectorPublication", State(first.id, {**held, "tag": "v1.1.0"}))

    def test_a_missing_connect_yaml_is_in_the_report(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        world.emulator.admin.repositories([{**ADDITIONAL[0], "tag": "v1.0.0"}])
        with pytest.raises(InitFailedError, match="Connector specification file not found"):
            world.create("ConnectorPublication", inputs)
        assert staged.id

    def test_a_preview_that_another_clients_edit_ended_is_a_clear_partial(self, world: World) -> None:
        staged, inputs = ready(world, "preview")
        world.clock.after(10, lambda: world.emulator.admin.patch("drafts", staged.id, {"isPreviewable": "none"}))
        with pytest.raises(InitFailedError, match="preview cancelled"):
            world.create("ConnectorPublication", inputs)

    @pytest.mark.parametrize("target", ["preview", "private"])
    def test_a_run_that_ends_at_another_tag_is_a_clear_partial(self, world: World, target: str) -> None:
        """Another client moved the draft in the middle: what is available is not what was asked."""
        staged, inputs = ready(world, target)
        kind: Literal["drafts", "connectors"] = "drafts" if target == "preview" else "connectors"
        wait = 10 if target == "preview" else 60
        world.clock.after(wait, lambda: world.emulator.admin.patch(kind, staged.id, {"tag": "v1.1.0"}))
        with pytest.raises(
            InitFailedError, match=r"tag v1\.1\.0 is available, not v1\.0\.0; another client"
        ) as caught:
            world.create("ConnectorPublication", inputs)
        assert caught.value.state.outputs["publishedTag"] == "v1.1.0"

    def test_a_draft_that_is_deleted_meanwhile_leaves_nothing_to_keep(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        world.clock.after(10, lambda: world.emulator.admin.delete("drafts", staged.id))
        with pytest.raises(GoneError, match="deleted by another client"):
            world.create("ConnectorPublication", inputs)

    def test_a_draft_that_does_not_exist_is_an_error_with_a_next_step(self, world: World) -> None:
        staged, inputs = ready(world, "private")
        world.emulator.admin.delete("drafts", staged.id)
        with pytest.raises(GoneError, match="pulumi refresh"):
            world.create("ConnectorPublication", inputs)


class TestUncertainAnswer:
    @pytest.mark.parametrize("target", TARGETS)
    @pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 500, "when": "after"}])
    def test_a_request_whose_answer_was_lost_is_followed_and_not_made_again(
        self, world: World, target: str, fault: Any
    ) -> None:
        staged, inputs = ready(world, target)
        world.emulator.admin.fault(fault, method="POST", path="/connectors/*")
        state = world.create("ConnectorPublication", inputs)
        assert len(world.writes()) == 1
        assert not world.diff("ConnectorPublication", state, inputs)
        assert staged.id

    @pytest.mark.parametrize("outcome", ["success", "failure"])
    @pytest.mark.parametrize("target", ["preview", "private"])
    def test_a_request_whose_answer_was_lost_is_followed_also_when_its_run_has_ended(
        self, world: World, target: str, outcome: Any
    ) -> None:
        """The draft's version has moved on, and no other client was there."""
        world.emulator.admin.settings(delays={"preview": 0, "publish": 0})
        world.emulator.admin.outcome("preview" if target == "preview" else "publish", "derived-greeter", outcome)
        _, inputs = ready(world, target)
        world.emulator.admin.fault({"drop": "after"}, method="POST", path="/connectors/*")
        if outcome == "success":
            world.create("ConnectorPublication", inputs)
        else:
            with pytest.raises(InitFailedError, match="SAST and SCA analysis check failed"):
                world.create("ConnectorPublication", inputs)
        assert len(world.writes()) == 1

    @pytest.mark.parametrize("target", TARGETS)
    def test_one_that_never_arrived_is_made_again(self, world: World, target: str) -> None:
        _, inputs = ready(world, target)
        world.emulator.admin.fault({"drop": "before"}, method="POST", path="/connectors/*")
        state = world.create("ConnectorPublication", inputs)
        assert not world.diff("ConnectorPublication", state, inputs)

    def test_a_refusal_is_final(self, world: World) -> None:
        _, inputs = ready(world, "private")
        no: dict[str, Any] = {
            "statusCode": 400,
            "message": "No.",
            "errors": [{"code": "Surprise", "message": "No."}],
        }
        world.emulator.admin.fault({"status": 400, "body": no}, method="POST", path="/connectors/*", times=9)
        with pytest.raises(ProviderError, match="refused to publish ConnectorStaged derived-greeter as private"):
            world.create("ConnectorPublication", inputs)
        assert len(world.writes()) == 1

    def test_a_request_after_which_nothing_happens_is_said_and_made_again_next_time(self, world: World) -> None:
        """Accepted, and then no sign of life for a minute."""
        staged, inputs = ready(world, "preview")
        draft = shown(world, staged.id).model_dump(mode="json", by_alias=True)
        world.emulator.admin.fault({"status": 201, "body": draft}, method="POST", path="/connectors/*")
        with pytest.raises(InitFailedError, match="nothing has happened for 1 min") as caught:
            world.create("ConnectorPublication", inputs)
        assert world.up("ConnectorPublication", caught.value.state, inputs).outputs["status"] == "true"
