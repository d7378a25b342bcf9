"""Connector drafts: preview, publish, certify, list (API §5, §8.1, §10)."""

from __future__ import annotations

from typing import Any

import pytest

REPOSITORY = "git@github.com:acme/tax-connector.git"
DRAFT = "/connectors/drafts/key=acme-tax"


def test_a_preview_goes_from_none_over_pending_to_true(api: Any) -> None:
    assert api.create_connector_staged()["isPreviewable"] == "none"
    pending = api.update({"action": "updatePreviewable"})
    assert (pending["isPreviewable"], pending["version"], pending["status"]) == ("pending", 2, "Draft")
    assert api.draft() == pending
    api.admin.advance(1)
    done = api.draft()
    assert (done["isPreviewable"], done["version"], done["status"]) == ("true", 3, "Draft")
    assert done["previewableReport"]["entries"]


def test_success_must_not_be_read_from_report_entries(api: Any) -> None:
    """Reports of accepted drafts hold entries of type Error for skipped checks, as real ones do."""
    api.create_connector_staged()
    types = {entry["type"] for entry in api.preview()["previewableReport"]["entries"]}
    assert types == {"Information", "Error"}


def test_a_second_preview_while_one_is_pending_is_refused(api: Any) -> None:
    api.create_connector_staged()
    api.update({"action": "updatePreviewable"})
    refused = api.update_refused({"action": "updatePreviewable"})
    assert refused == (400, "ConnectorStagedPreviewRequestUnderProcess")


def test_setting_the_repository_cancels_a_pending_preview(api: Any) -> None:
    api.create_connector_staged()
    api.update({"action": "updatePreviewable"})
    assert api.set_tag("v2")["isPreviewable"] == "none"
    api.admin.advance(10)
    assert api.draft()["isPreviewable"] == "none"


@pytest.mark.parametrize(
    ("outcome", "value"),
    [("success", "true"), ("warning", "true"), ("failure", "false"), ("cancelled", "none"), ("stuck", "pending")],
)
def test_a_preview_ends_as_it_is_scripted(api: Any, outcome: Any, value: str) -> None:
    api.create_connector_staged()
    api.admin.outcome("preview", "acme-tax", outcome)
    assert api.preview()["isPreviewable"] == value


def test_a_publication_goes_over_processing_to_published_and_makes_the_connector(api: Any) -> None:
    draft = api.create_connector_staged()
    assert api.refused("GET", "/connectors/key=acme-tax") == (404, "ResourceNotFound")
    processing = api.update({"action": "publish", "certification": False})
    assert (processing["status"], processing["version"]) == ("Processing", 2)
    api.admin.advance(1)
    published = api.draft()
    assert (published["status"], published["version"]) == ("Published", 3)
    assert (published["alreadyListed"], published["hasChanges"], published["private"]) == (True, False, True)
    connector = api.connector()
    assert (connector["id"], connector["key"], connector["version"]) == (draft["id"], "acme-tax", 3)
    assert (connector["certified"], connector["private"]) == (False, True)
    assert connector["configurations"] == draft["configurations"]
    assert not {"status", "privateProjects", "publishingReport", "isPreviewable"} & connector.keys()
    assert api.ok("GET", f"/connectors/{draft['id']}") == connector


def test_nothing_but_reading_is_possible_while_processing(api: Any) -> None:
    api.create_connector_staged()
    api.update({"action": "publish", "certification": False})
    for action in ({"action": "setName", "name": "N"}, {"action": "updatePreviewable"}):
        assert api.update_refused(action) == (400, "General")
    assert api.refused("DELETE", DRAFT) == (400, "General")


def test_a_failed_publication_leaves_the_published_connector_alone(api: Any) -> None:
    api.published()
    before = api.connector()
    api.admin.outcome("publish", "acme-tax", "failure")
    api.set_tag("v2")
    failed = api.publish()
    assert (failed["status"], failed["hasChanges"], failed["alreadyListed"]) == ("Failed", True, True)
    assert failed["publishingReport"]["entries"][-1]["type"] == "Error"
    assert api.connector() == before
    assert api.publish()["status"] == "Published"


def test_an_edit_of_a_published_draft_shows_as_changes_until_it_is_published(api: Any) -> None:
    api.published()
    edited = api.set_tag("v2")
    assert (edited["status"], edited["hasChanges"]) == ("Published", True)
    assert api.connector()["repository"]["tag"] == "v1"
    assert api.publish()["hasChanges"] is False
    assert (api.connector()["repository"]["tag"], api.connector()["version"]) == ("v2", api.draft()["version"])


def test_an_edit_a_preview_and_a_publication_may_be_one_update_in_this_order(api: Any) -> None:
    """Public pipelines move the tag, ask for the preview and publish in one request (API §22, row 27)."""
    api.published()
    move = {"action": "setRepository", "url": REPOSITORY, "tag": "v2"}
    preview, publish = {"action": "updatePreviewable"}, {"action": "publish", "certification": False}
    begun = api.update(move, preview, publish)
    assert (begun["status"], begun["isPreviewable"], begun["repository"]["tag"]) == ("Processing", "pending", "v2")
    api.admin.advance(1)
    ended = api.draft()
    assert (ended["status"], ended["isPreviewable"], ended["hasChanges"]) == ("Published", "true", False)
    assert api.connector()["repository"]["tag"] == "v2"
    assert api.connector()["version"] == ended["version"]


def test_a_preview_may_be_asked_for_after_the_publication_in_one_update(api: Any) -> None:
    api.create_connector_staged()
    api.update({"action": "publish", "certification": False}, {"action": "updatePreviewable"})
    api.admin.advance(1)
    assert (api.draft()["status"], api.draft()["isPreviewable"]) == ("Published", "true")


def test_the_order_of_an_update_is_honoured(api: Any) -> None:
    """A tag that moves after the publication has begun is refused with all of the update."""
    api.published()
    before = api.draft()
    move = {"action": "setRepository", "url": REPOSITORY, "tag": "v2"}
    assert api.update_refused({"action": "publish", "certification": False}, move) == (400, "General")
    assert api.draft() == before


def test_an_edit_and_its_way_back_are_no_change(api: Any) -> None:
    api.published()
    assert api.update({"action": "setName", "name": "Other"})["hasChanges"] is True
    assert api.update({"action": "setName", "name": "Acme tax"})["hasChanges"] is False


def test_an_edited_draft_that_was_never_published_has_changes(api: Any) -> None:
    api.create_connector_staged()
    assert api.update({"action": "setName", "name": "Other"})["hasChanges"] is True


def test_private_projects_are_no_content_of_a_publication(api: Any) -> None:
    api.published()
    action = {"action": "addPrivateProject", "privateProject": "us-central1.gcp:other"}
    assert api.update(action)["hasChanges"] is False


def test_a_moved_tag_is_read_again_by_the_next_validation(api: Any) -> None:
    api.published()
    api.admin.repositories([{"url": REPOSITORY, "tag": "v1", "connectYaml": "deployAs: []"}])
    assert api.draft()["configurations"] != []
    assert api.publish()["configurations"] == []
    assert api.connector()["configurations"] == []


def test_certification_waits_for_people_and_then_is_public(api: Any, prod: Any) -> None:
    api.create_connector_staged()
    waiting = api.publish(certification=True)
    assert (waiting["status"], waiting["private"], waiting["alreadyListed"]) == (
        "ReadyForCertification", True, False,
    )  # fmt: skip
    again = api.update_refused({"action": "publish", "certification": True})
    assert again == (400, "ConnectorStagedInCertification")
    assert prod.refused("GET", "/connectors/key=acme-tax") == (404, "ResourceNotFound")
    api.admin.certify("acme-tax", "approve", "well done")
    done = api.draft()
    assert (done["status"], done["private"], done["alreadyListed"]) == ("Published", False, True)
    assert done["certificationInfo"]["comments"][0]["comment"] == "well done"
    assert (prod.connector()["certified"], prod.connector()["private"]) == (True, False)


def test_a_rejected_certification_is_failed_and_has_a_comment(api: Any) -> None:
    api.create_connector_staged()
    api.publish(certification=True)
    api.update({"action": "addCertificationComment", "comment": "please hurry"})
    api.admin.certify("acme-tax", "reject", "no docs")
    draft = api.draft()
    comments = [(each["userId"], each["comment"]) for each in draft["certificationInfo"]["comments"]]
    assert comments == [("acme-dev", "please hurry"), ("commercetools", "no docs")]
    assert (draft["status"], draft["private"]) == ("Failed", True)


def certified(api: Any) -> None:
    api.create_connector_staged()
    api.publish(certification=True)
    api.admin.certify("acme-tax", "approve")


def test_a_certified_connector_is_certified_again_only_with_changes(api: Any) -> None:
    certified(api)
    again = {"action": "publish", "certification": True}
    assert api.update_refused(again) == (400, "ConnectorAlreadyCertified")
    api.set_tag("v2")
    assert api.update(again)["status"] == "Processing"


def test_projects_are_listed_only_while_the_draft_is_private(api: Any) -> None:
    certified(api)
    project = "us-central1.gcp:other"
    for action in ("addPrivateProject", "removePrivateProject"):
        refused = api.update_refused({"action": action, "privateProject": project})
        assert refused == (400, "ConnectorStagedNotPrivate")


def test_unlisting_hides_a_certified_connector_from_search(api: Any, prod: Any) -> None:
    certified(api)
    assert prod.ok("GET", "/connectors/search")["total"] == 1
    assert api.update({"action": "unlist"})["alreadyListed"] is False
    assert prod.ok("GET", "/connectors/search")["total"] == 0
    assert api.connector()["certified"] is True


def test_unlisting_what_is_not_listed_changes_nothing(api: Any) -> None:
    api.published()
    assert api.update({"action": "unlist"})["alreadyListed"] is True
