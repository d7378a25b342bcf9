"""A publication asks only for what is not there yet, and never takes one tag for another."""

from __future__ import annotations

import pytest

from commercetools_connect.api import Connector, ConnectorStaged, IsPreviewable
from commercetools_connect.resources.connector_publication.model import ConnectorPublicationInputs, Target, WaitFor
from commercetools_connect.resources.connector_publication.plan import (
    Content,
    is_reached,
    kind,
    lifecycle_for,
    request_for,
)
from commercetools_connect.resources.inputs import parse
from commercetools_connect.waiters import CERTIFICATION, PREVIEW, PUBLISH, VALIDATION, Lifecycle
from tests.unit.resources.trees import PUBLICATION, TreeDict

TAG, HASH = "v1.2.0", "0123456789abcdef"
LAST = Content(TAG, HASH)


def inputs(target: str, wait_for: str = "validation") -> ConnectorPublicationInputs:
    tree: TreeDict = {**PUBLICATION, "target": target, "waitFor": wait_for}
    return parse(ConnectorPublicationInputs, tree)


def draft(status: str = "Published", *, has_changes: bool = False, previewable: str = "none") -> ConnectorStaged:
    repository = {"url": "u", "tag": TAG}
    return ConnectorStaged.model_validate(
        {
            "id": "c-1",
            "version": 9,
            "status": status,
            "repository": repository,
            "hasChanges": has_changes,
            "isPreviewable": previewable,
        }
    )


def connector(tag: str = TAG, *, certified: bool = False) -> Connector:
    repository = {"url": "u", "tag": tag}
    return Connector.model_validate({"id": "c-1", "version": 2, "repository": repository, "certified": certified})


class TestPrivate:
    def test_it_is_there_when_the_connector_has_the_tag_and_the_draft_no_changes(self) -> None:
        assert is_reached(inputs("private"), draft(), connector(), None)

    @pytest.mark.parametrize("status", ["Draft", "Published", "Failed", "Hibernating"])
    def test_the_status_of_the_draft_says_nothing(self, status: str) -> None:
        assert is_reached(inputs("private"), draft(status), connector(), None)
        assert not is_reached(inputs("private"), draft(status), None, LAST)

    def test_published_at_another_tag_is_not_there(self) -> None:
        assert not is_reached(inputs("private"), draft(), connector("v1.1.0"), LAST)

    def test_a_draft_with_changes_is_published_again(self) -> None:
        assert not is_reached(inputs("private"), draft(has_changes=True), connector(), LAST)


class TestPreview:
    def test_it_is_there_when_it_was_made_for_the_same_content(self) -> None:
        assert is_reached(inputs("preview"), draft(previewable="true"), None, LAST)

    @pytest.mark.parametrize("last", [None, Content("v1.1.0", HASH), Content(TAG, "other"), Content(None, None)])
    def test_one_that_may_have_been_made_for_other_content_is_made_again(self, last: Content | None) -> None:
        assert not is_reached(inputs("preview"), draft(previewable="true"), None, last)

    @pytest.mark.parametrize("previewable", [*sorted(IsPreviewable.ALL - {"true"}), "True", "maybe"])
    def test_only_the_string_true_is_there(self, previewable: str) -> None:
        assert not is_reached(inputs("preview"), draft(previewable=previewable), None, LAST)

    def test_a_published_connector_is_no_preview(self) -> None:
        assert not is_reached(inputs("preview"), draft(), connector(), LAST)


class TestMarketplace:
    def test_a_certified_connector_at_the_tag_is_there(self) -> None:
        for wait_for in ("validation", "certification"):
            assert is_reached(inputs("marketplace", wait_for), draft(), connector(certified=True), LAST)

    def test_one_that_is_only_published_privately_is_not(self) -> None:
        assert not is_reached(inputs("marketplace"), draft(), connector(), LAST)

    def test_one_that_is_certified_at_another_tag_is_not(self) -> None:
        assert not is_reached(inputs("marketplace"), draft(), connector("v1.1.0", certified=True), LAST)

    @pytest.mark.parametrize("status", ["ReadyForCertification", "InCertification"])
    def test_one_that_people_look_at_is_there_unless_certification_is_waited_for(self, status: str) -> None:
        assert is_reached(inputs("marketplace"), draft(status), None, LAST)
        assert not is_reached(inputs("marketplace", "certification"), draft(status), None, LAST)


@pytest.mark.parametrize(
    ("target", "request_", "lifecycle", "part_of_the_id"),
    [
        ("preview", {"action": "updatePreviewable"}, PREVIEW, "preview"),
        ("private", {"action": "publish", "certification": False}, PUBLISH, "publish"),
        ("marketplace", {"action": "publish", "certification": True}, VALIDATION, "publish"),
    ],
)
def test_each_target_has_its_request_its_end_and_its_id(
    target: str, request_: dict[str, object], lifecycle: Lifecycle, part_of_the_id: str
) -> None:
    assert request_for(Target(target)).to_wire() == request_
    assert lifecycle_for(Target(target), WaitFor.VALIDATION) is lifecycle
    assert kind(Target(target)) == part_of_the_id


def test_who_waits_for_certification_waits_for_people() -> None:
    assert lifecycle_for(Target.MARKETPLACE, WaitFor.CERTIFICATION) is CERTIFICATION
    assert lifecycle_for(Target.PRIVATE, WaitFor.CERTIFICATION) is PUBLISH
