"""A refresh shows what is available, hides no run that failed, and an import fits the program."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InitFailedError, InvalidInputError, ProviderError
from commercetools_connect.core.results import State
from tests.resources.connectors import certified, draft_in, publish_elsewhere
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("unhurried")


class TestImport:
    @pytest.mark.parametrize("identity", ["{id}", "key=derived-greeter"])
    @pytest.mark.parametrize(
        ("target", "part"), [("preview", "preview"), ("private", "publish"), ("marketplace", "publish")]
    )
    def test_by_id_or_key_it_fits_a_program_with_the_same_fields(
        self, world: World, target: str, part: str, identity: str
    ) -> None:
        staged = draft_in(world, "Draft")
        inputs = world.publication_inputs(staged, target=target, contentHash=None)
        state = world.create("ConnectorPublication", inputs)
        imported = world.read("ConnectorPublication", State(f"{identity.format(id=staged.id)}/{part}", {}))
        assert imported is not None
        assert (imported.id, imported.inputs) == (state.id, inputs)
        assert not world.diff("ConnectorPublication", imported, inputs)

    def test_a_certified_connector_fits_a_program_with_the_same_fields(self, world: World) -> None:
        staged, publication = certified(world)
        imported = world.read("ConnectorPublication", State(publication.id, {}))
        assert imported is not None
        inputs = world.publication_inputs(staged, target="marketplace", contentHash=None)
        assert not world.diff("ConnectorPublication", imported, inputs)

    def test_the_content_hash_of_the_program_is_added_without_a_request(self, world: World) -> None:
        """Connect does not know it, so the first up after an import notes it."""
        staged, publication = world.published()
        imported = world.read("ConnectorPublication", State(publication.id, {}))
        assert imported is not None
        world.emulator.admin.clear_journal()
        after = world.up("ConnectorPublication", imported, world.publication_inputs(staged))
        assert not world.writes()
        assert not world.diff("ConnectorPublication", after, world.publication_inputs(staged))

    @pytest.mark.parametrize("wrong", ["0b7c2f7e-0000-4000-8000-000000000001", "abc/published", "/publish"])
    def test_another_id_is_an_error_that_shows_the_form(self, world: World, wrong: str) -> None:
        with pytest.raises(InvalidInputError, match=r"key=<key>, then /preview, or /publish"):
            world.read("ConnectorPublication", State(wrong, {}))


class TestGone:
    def test_only_with_its_draft(self, world: World) -> None:
        staged, publication = world.published()
        world.emulator.admin.delete("drafts", staged.id)
        assert world.read("ConnectorPublication", publication) is None

    def test_a_new_draft_of_the_same_key_is_another_publication(self, world: World) -> None:
        staged, publication = world.published()
        world.emulator.admin.delete("drafts", staged.id)
        world.create("ConnectorStaged", world.staged_inputs())
        assert world.read("ConnectorPublication", publication) is None

    def test_a_connector_that_is_missing_is_drift(self, world: World) -> None:
        staged, publication = world.published()
        world.emulator.admin.delete("connectors", staged.id)
        refreshed = world.read("ConnectorPublication", publication)
        assert refreshed is not None
        assert refreshed.outputs["publishedTag"] == ""
        assert world.diff("ConnectorPublication", refreshed, world.publication_inputs(staged))

    @pytest.mark.parametrize(
        "fault", [{"status": 401}, {"status": 403}, {"status": 404}, {"status": 500}, {"html": True}]
    )
    @pytest.mark.parametrize("path", ["/connectors/drafts/*", "/connectors/????????-*"])
    def test_trouble_and_pages_are_errors_and_leave_the_state_alone(
        self, world: World, path: str, fault: Any
    ) -> None:
        _, publication = world.published()
        world.emulator.admin.fault(fault, method="GET", path=path, times=50)
        with pytest.raises(ProviderError):
            world.read("ConnectorPublication", publication)


class TestDrift:
    def test_a_run_of_another_client_that_changes_nothing_is_no_failure(self, world: World) -> None:
        """What was asked is there: the status of the draft only ends a run of ours."""
        staged, publication = world.published()
        for status in ("Processing", "Failed", "Draft"):
            if status == "Processing":
                publish_elsewhere(world, staged.id)
            else:
                world.emulator.admin.patch("drafts", staged.id, {"status": status})
            refreshed = world.read("ConnectorPublication", publication)
            assert refreshed is not None
            assert not world.diff("ConnectorPublication", refreshed, world.publication_inputs(staged))

    def test_another_tag_in_the_connector_is_drift(self, world: World) -> None:
        staged, publication = world.published()
        world.emulator.admin.patch("connectors", staged.id, {"tag": "v1.1.0"})
        refreshed = world.read("ConnectorPublication", publication)
        assert refreshed is not None
        assert refreshed.outputs["publishedTag"] == "v1.1.0"
        assert world.diff("ConnectorPublication", refreshed, world.publication_inputs(staged)).properties == [
            "tag"
        ]

    @pytest.mark.parametrize("value", ["none", "false", "Hibernating"])
    def test_a_preview_that_was_reset_or_rejected_is_requested_again(self, world: World, value: str) -> None:
        staged = draft_in(world, "Draft")
        inputs = world.publication_inputs(staged, target="preview")
        state = world.create("ConnectorPublication", inputs)
        world.emulator.admin.patch("drafts", staged.id, {"isPreviewable": value})
        try:
            refreshed = world.read("ConnectorPublication", state)
        except InitFailedError as partial:
            assert value != "none", "nothing failed: another client changed the draft"
            refreshed = partial.state
        assert refreshed is not None
        assert world.diff("ConnectorPublication", refreshed, inputs)

    def test_a_certified_connector_that_others_published_privately_again_is_drift(self, world: World) -> None:
        staged, publication = certified(world)
        world.emulator.admin.patch("connectors", staged.id, {"certified": False})
        refreshed = world.read("ConnectorPublication", publication)
        assert refreshed is not None
        inputs = world.publication_inputs(staged, target="marketplace")
        assert world.diff("ConnectorPublication", refreshed, inputs).properties == ["tag"]
