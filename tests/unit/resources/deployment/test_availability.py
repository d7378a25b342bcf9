"""Whether a tag is there, is still to come in this run, or never will be."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import ConnectorGlobalConfiguration
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.values import UNKNOWN
from commercetools_connect.resources.deployment.connector_version import ConnectorVersion, judge_available
from commercetools_connect.resources.planned_publications import PlannedPublications, PublicationProgress


def published(tag: str = "v1") -> ConnectorVersion:
    return ConnectorVersion("Connector greeter", tag, (), ConnectorGlobalConfiguration(), id="c-1", key="greeter")


def program(
    progress: PublicationProgress | None = None, *, complete: bool = False, **publication: Any
) -> PlannedPublications:
    publications = PlannedPublications(complete=complete)
    if progress is not None:
        inputs = {"connectorStagedId": "c-1", "tag": "v2", "target": "private", **publication}
        publications.declare(OperationContext("greeter", "greeter"), inputs, progress)
    return publications


def judge(
    publications: PlannedPublications, asked: str | None, found: ConnectorVersion, *, replacing: bool = False
) -> object:
    return judge_available(publications, found, asked, staged=False, replacing=replacing)


@pytest.mark.parametrize("asked", [None, "v1"])
@pytest.mark.parametrize("replacing", [False, True])
def test_what_is_published_will_run(asked: str | None, replacing: bool) -> None:
    found = published()
    assert judge(program(), asked, found, replacing=replacing) is found


@pytest.mark.parametrize("asked", [None, "v2"])
@pytest.mark.parametrize("publication", [{}, {"tag": UNKNOWN}, {"connectorStagedId": UNKNOWN}])
@pytest.mark.parametrize("replacing", [False, True])
def test_what_this_run_publishes_is_checked_then(asked: str | None, publication: Any, replacing: bool) -> None:
    answer = judge(
        program(PublicationProgress.PLANNED, complete=True, **publication),
        asked,
        published(),
        replacing=replacing,
    )
    assert "is published in this same `pulumi up`" in str(answer)


def test_a_preview_publishes_nothing() -> None:
    answer = judge(program(PublicationProgress.PLANNED, complete=True, target="preview"), "v2", published())
    assert isinstance(answer, CheckFailure)


def test_where_others_may_publish_it_is_only_a_doubt() -> None:
    """Each explicit provider is a process of its own."""
    assert judge(program(), "v2", published()) == (
        "Connector greeter: v1 is published, so tag v2 must be published first"
    )


@pytest.mark.parametrize(
    "publications",
    [program(complete=True), program(PublicationProgress.DONE), program(PublicationProgress.PLANNED, tag="v3")],
    ids=["one process serves it all", "published already", "another tag is to come"],
)
def test_a_tag_that_no_resource_will_publish_is_a_mistake(publications: PlannedPublications) -> None:
    answer = judge(publications, "v2", published())
    assert (
        str(answer) == "connectorTag: v2 is not available, and this program does not publish it; v1 is published"
    )


def test_nothing_is_deleted_for_a_doubt() -> None:
    """A replacement deletes first: what might not be there then must be there now, or be planned."""
    assert isinstance(judge(program(), "v2", published(), replacing=True), CheckFailure)
    assert isinstance(
        judge(program(PublicationProgress.UNDER_WAY), "v2", published(), replacing=True), CheckFailure
    )
    assert isinstance(judge(program(), None, published(""), replacing=True), CheckFailure)
