"""A publication in the marketplace: people decide, and the state stays true for as long as that takes."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.results import State
from tests.resources.connectors import certified, draft_in, folded, publish_elsewhere, shown
from tests.support.world import REPOSITORY, ResourceOf, World

pytestmark = pytest.mark.usefixtures("unhurried")


def submitted(world: World, **changes: Any) -> tuple[State, State, dict[str, Any]]:
    """Return a draft, its publication in certification, and the publication's inputs."""
    staged = draft_in(world, "Draft")
    inputs = world.publication_inputs(staged, target="marketplace", **changes)
    publication = world.create("ConnectorPublication", inputs)
    world.emulator.admin.clear_journal()
    return staged, publication, inputs


class TestWaitForCertification:
    def patient(self, world: World) -> tuple[State, dict[str, Any]]:
        """Look every minute only: this takes days."""
        world.settings["pollInterval"] = "60"
        staged = draft_in(world, "Draft")
        inputs = world.publication_inputs(staged, target="marketplace", waitFor="certification")
        return staged, inputs

    def test_approved_is_done(self, world: World) -> None:
        staged, inputs = self.patient(world)
        world.clock.after(300, lambda: world.emulator.admin.certify(staged.id, "approve"))
        state = world.create("ConnectorPublication", inputs)
        for name, value in {"publishedTag": "v1.0.0", "certified": True, "listed": True}.items():
            assert state.outputs[name] == value
        assert len(world.writes()) == 1
        assert not world.diff("ConnectorPublication", state, inputs)

    def test_rejected_shows_what_the_people_said(self, world: World) -> None:
        staged, inputs = self.patient(world)
        comment = "Please describe the tax codes"
        world.clock.after(300, lambda: world.emulator.admin.certify(staged.id, "reject", comment))
        with pytest.raises(InitFailedError, match=comment) as caught:
            world.create("ConnectorPublication", inputs)
        with pytest.raises(InitFailedError, match=comment):
            world.read("ConnectorPublication", caught.value.state)

    def test_a_time_out_is_partial_and_the_next_up_waits_on_without_a_request(self, world: World) -> None:
        staged, inputs = self.patient(world)
        with pytest.raises(
            InitFailedError, match=r"waiting for certification(.|\n)*raise the time limit"
        ) as caught:
            world.create("ConnectorPublication", inputs, time_limit=600)
        with pytest.raises(InitFailedError, match="waiting for certification") as seen:
            world.read("ConnectorPublication", caught.value.state)
        assert world.diff("ConnectorPublication", seen.value.state, inputs)
        world.emulator.admin.clear_journal()
        world.clock.after(300, lambda: world.emulator.admin.certify(staged.id, "approve"))
        after = world.up("ConnectorPublication", seen.value.state, inputs)
        assert not world.writes()
        assert after.outputs["certified"] is True

    def test_asking_for_it_later_only_waits(self, world: World) -> None:
        staged, publication, inputs = submitted(world)
        world.clock.after(30, lambda: world.emulator.admin.certify(staged.id, "approve"))
        after = world.up("ConnectorPublication", publication, {**inputs, "waitFor": "certification"})
        assert not world.writes()
        assert after.outputs["publishedTag"] == "v1.0.0"


class TestInCertification:
    def test_it_makes_no_diff_at_the_second_up_also_after_a_refresh(self, world: World) -> None:
        staged, publication, inputs = submitted(world)
        for status in ("ReadyForCertification", "InCertification"):
            world.emulator.admin.patch("drafts", staged.id, {"status": status})
            refreshed = world.read("ConnectorPublication", publication)
            assert refreshed is not None
            assert refreshed.outputs["status"] == status
            assert not world.diff("ConnectorPublication", refreshed, inputs)
        assert not world.writes()

    def test_it_makes_no_diff_once_it_is_approved(self, world: World) -> None:
        staged, publication, inputs = submitted(world)
        world.emulator.admin.certify(staged.id, "approve")
        refreshed = world.read("ConnectorPublication", publication)
        assert refreshed is not None
        assert (refreshed.outputs["publishedTag"], refreshed.outputs["listed"]) == ("v1.0.0", True)
        assert not world.diff("ConnectorPublication", refreshed, inputs)

    def test_a_rejection_shows_at_the_next_refresh_with_its_comment(self, world: World) -> None:
        staged, publication, inputs = submitted(world)
        world.emulator.admin.certify(staged.id, "reject", "No documentation")
        with pytest.raises(
            InitFailedError, match=r"publish failed(.|\n)*No documentation(.|\n)*pulumi up"
        ) as caught:
            world.read("ConnectorPublication", publication)
        assert world.diff("ConnectorPublication", caught.value.state, inputs)

    def test_a_killed_run_that_had_submitted_it_is_found_again(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        publish_elsewhere(world, staged.id, certification=True)
        world.emulator.admin.advance(60)
        state = world.create("ConnectorPublication", world.publication_inputs(staged, target="marketplace"))
        assert not world.writes()
        assert state.outputs["status"] == "ReadyForCertification"

    def test_another_tag_meanwhile_is_refused_and_the_error_says_who_decides(self, world: World) -> None:
        staged, publication, _ = submitted(world)
        repository = {"url": REPOSITORY, "tag": "v1.1.0"}
        staged = world.up("ConnectorStaged", staged, world.staged_inputs(repository=repository))
        with pytest.raises(ProviderError, match=r"ReadyForCertification(.|\n)*People at commercetools decide"):
            world.up("ConnectorPublication", publication, world.publication_inputs(staged, target="marketplace"))

    def test_the_published_tag_stays_the_old_one_until_the_new_one_is_certified(self, world: World) -> None:
        staged, publication = certified(world)
        repository = {"url": REPOSITORY, "tag": "v1.1.0"}
        staged = world.up("ConnectorStaged", staged, world.staged_inputs(repository=repository))
        inputs = world.publication_inputs(staged, target="marketplace")
        after = world.up("ConnectorPublication", publication, inputs)
        assert after.outputs["publishedTag"] == "v1.0.0"
        refreshed = world.read("ConnectorPublication", after)
        assert refreshed is not None
        assert not world.diff("ConnectorPublication", refreshed, inputs)


class TestTarget:
    def test_private_becomes_marketplace_in_place(self, world: World) -> None:
        staged, publication = world.published()
        inputs = world.publication_inputs(staged, target="marketplace")
        changes = world.diff("ConnectorPublication", publication, inputs)
        assert (changes.properties, changes.replaces) == (["target"], frozenset())
        after = world.up("ConnectorPublication", publication, inputs)
        assert after.id == publication.id
        assert (after.outputs["publishedTag"], after.outputs["status"]) == ("v1.0.0", "ReadyForCertification")
        assert not world.diff("ConnectorPublication", after, inputs)

    def test_marketplace_back_to_private_is_an_error_at_preview(self, world: World) -> None:
        _, publication, inputs = submitted(world)

        async def act(resource_of: Any) -> Any:
            news = {**inputs, "target": "private"}
            return resource_of("ConnectorPublication").check(world.context(), publication.outputs, news)

        (failure,) = world.run(act).failures
        assert failure.path == ("target",)
        assert "delete it" in failure.reason
        assert not world.calls()

    @pytest.mark.parametrize(("before", "after"), [("preview", "private"), ("private", "preview")])
    def test_preview_and_the_others_replace_each_other(self, world: World, before: str, after: str) -> None:
        staged = draft_in(world, "Draft")
        state = world.create("ConnectorPublication", world.publication_inputs(staged, target=before))
        changes = world.diff("ConnectorPublication", state, world.publication_inputs(staged, target=after))
        assert changes.replaced_properties == ["target"]

    def test_another_draft_replaces(self, world: World) -> None:
        staged, publication = world.published()
        inputs = world.publication_inputs(staged, connectorStagedId="0b7c2f7e-0000-4000-8000-000000000001")
        assert world.diff("ConnectorPublication", publication, inputs).replaced_properties == ["connectorStagedId"]


class TestDelete:
    @pytest.mark.parametrize(("target", "stays"), [("preview", "preview"), ("private", "published Connector")])
    def test_what_cannot_be_taken_back_stays_and_that_is_said_without_a_call(
        self, world: World, target: str, stays: str
    ) -> None:
        staged = draft_in(world, "Draft")
        state = world.create("ConnectorPublication", world.publication_inputs(staged, target=target))
        world.emulator.admin.clear_journal()

        async def without_publication(resource_of: ResourceOf) -> None:
            draft, context = resource_of("ConnectorStaged"), world.context()
            await draft.diff(context, staged, draft.check(context, staged.inputs, staged.inputs).inputs)
            await resource_of("ConnectorPublication").delete(context, state)

        world.run(without_publication)
        assert world.said.infos == [
            f"the {stays} stays until its ConnectorStaged is deleted; Connect cannot take it back"
        ]
        assert not world.calls()

    def test_what_is_listed_is_unlisted(self, world: World) -> None:
        staged, publication = certified(world)
        world.emulator.admin.clear_journal()
        world.delete("ConnectorPublication", publication)
        read, post = "GET /connectors/drafts/<id> 200", "POST /connectors/drafts/<id> 201"
        assert folded(world, staged.id) == [read, post]
        assert shown(world, staged.id).already_listed is False

    def test_a_draft_that_was_unlisted_can_be_deleted(self, world: World) -> None:
        staged, publication = certified(world)
        world.delete("ConnectorPublication", publication)
        world.delete("ConnectorStaged", staged)
        assert world.read("ConnectorStaged", staged) is None

    def test_a_second_delete_requests_nothing(self, world: World) -> None:
        _, publication = certified(world)
        world.delete("ConnectorPublication", publication)
        world.emulator.admin.clear_journal()
        world.delete("ConnectorPublication", publication)
        assert not world.writes()

    def test_what_is_not_listed_yet_is_left_alone_and_the_certification_goes_on(self, world: World) -> None:
        _, publication, _ = submitted(world)
        world.delete("ConnectorPublication", publication)
        assert world.said.infos == ["the certification goes on; Connect cannot take the request back"]
        assert not world.writes()

    def test_a_draft_that_is_gone_has_taken_its_listing_along(self, world: World) -> None:
        staged, publication = certified(world)
        world.emulator.admin.delete("drafts", staged.id)
        world.emulator.admin.clear_journal()
        world.delete("ConnectorPublication", publication)
        assert not world.writes()

    @pytest.mark.parametrize("fault", [{"drop": "after"}, {"drop": "before"}, {"status": 503}])
    def test_a_lost_answer_does_not_matter(self, world: World, fault: Any) -> None:
        staged, publication = certified(world)
        world.emulator.admin.fault(fault, method="POST", path="/connectors/*")
        world.delete("ConnectorPublication", publication)
        assert shown(world, staged.id).already_listed is False

    def test_a_running_publish_is_waited_for(self, world: World) -> None:
        staged, publication = certified(world)
        publish_elsewhere(world, staged.id)
        world.delete("ConnectorPublication", publication)
        assert shown(world, staged.id).already_listed is False

    def test_a_refusal_is_explained(self, world: World) -> None:
        _, publication = certified(world)
        no: dict[str, Any] = {
            "statusCode": 400,
            "message": "No.",
            "errors": [{"code": "Surprise", "message": "No."}],
        }
        world.emulator.admin.fault({"status": 400, "body": no}, method="POST", path="/connectors/*", times=9)
        with pytest.raises(ProviderError, match="refused to unlist ConnectorStaged derived-greeter"):
            world.delete("ConnectorPublication", publication)

    def test_a_request_without_an_effect_is_no_success(self, world: World) -> None:
        staged, publication = certified(world)
        draft = shown(world, staged.id).model_dump(mode="json", by_alias=True)
        world.emulator.admin.fault({"status": 201, "body": draft}, method="POST", path="/connectors/*")
        with pytest.raises(ProviderError, match="still lists it"):
            world.delete("ConnectorPublication", publication)

    def test_a_forced_replacement_does_not_unlist_what_it_has_just_published(self, world: World) -> None:
        """The engine creates, then deletes, without asking for a diff: both mean the same publication."""
        staged, publication = certified(world)
        inputs = world.publication_inputs(staged, target="marketplace")

        async def act(resource_of: Any) -> None:
            resource = resource_of("ConnectorPublication")
            await resource.create(world.context(), inputs)
            await resource.delete(world.context(), publication)

        world.run(act)
        assert shown(world, staged.id).already_listed is True
