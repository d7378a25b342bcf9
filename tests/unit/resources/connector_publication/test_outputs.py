"""`publishedTag` is the tag that can really be deployed, never the one that was wished for."""

from __future__ import annotations

import pytest

from commercetools_connect.api import Connector, ConnectorStaged
from commercetools_connect.resources.connector_publication.model import INPUT_NAMES, Target, outputs, published_tag
from tests.unit.resources.trees import PUBLICATION

DRAFT = ConnectorStaged.model_validate(
    {
        "id": "c-1",
        "key": "acme-tax",
        "version": 9,
        "status": "Failed",
        "repository": {"url": "u", "tag": "v2"},
        "isPreviewable": "true",
        "private": False,
        "alreadyListed": True,
        "publishingReport": {"entries": [{"type": "Error", "title": "SAST\x07"}]},
        "previewableReport": {"entries": [{"type": "Information", "title": "fine"}]},
    }
)
CONNECTOR = Connector.model_validate(
    {"id": "c-1", "version": 4, "repository": {"url": "u", "tag": "v1"}, "certified": True}
)


@pytest.mark.parametrize("target", [Target.PRIVATE, Target.MARKETPLACE])
def test_it_is_the_published_connectors_tag_and_not_the_drafts(target: Target) -> None:
    assert published_tag(target, DRAFT, CONNECTOR) == "v1"
    assert published_tag(target, DRAFT, None) == ""


@pytest.mark.parametrize("previewable", ["false", "pending", "none", "later"])
def test_of_a_preview_it_is_the_drafts_tag_once_it_is_previewable(previewable: str) -> None:
    assert published_tag(Target.PREVIEW, DRAFT, None) == "v2"
    assert published_tag(Target.PREVIEW, DRAFT.model_copy(update={"is_previewable": previewable}), CONNECTOR) == ""


def test_a_publication_shows_the_publish() -> None:
    shown = dict(outputs(Target.PRIVATE, DRAFT, CONNECTOR, PUBLICATION))
    assert {name: shown.pop(name) for name in INPUT_NAMES} == PUBLICATION
    assert shown == {
        "connectorId": "c-1",
        "connectorKey": "acme-tax",
        "publishedTag": "v1",
        "connectorVersion": 4,
        "status": "Failed",
        "certified": True,
        "listed": True,
        "report": [{"type": "Error", "title": "SAST\\u0007"}],
    }


def test_a_preview_shows_the_preview() -> None:
    shown = outputs(Target.PREVIEW, DRAFT, None, PUBLICATION)
    assert shown["status"] == "true"
    assert shown["report"] == [{"type": "Information", "title": "fine"}]
    assert (shown["connectorVersion"], shown["certified"]) == (0, False)


def test_a_private_draft_is_not_listed() -> None:
    private = DRAFT.model_copy(update={"private": True})
    assert outputs(Target.PRIVATE, private, CONNECTOR, PUBLICATION)["listed"] is False
