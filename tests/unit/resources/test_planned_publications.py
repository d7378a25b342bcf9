"""What a program publishes counts on its own host: another host has connectors of the same keys."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import NetworkError
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import FilteredReporter, OperationContext, SilentReporter
from commercetools_connect.resources.connections import Connections
from commercetools_connect.resources.planned_publications import (
    PlannedPublication,
    PlannedPublications,
    PublicationProgress,
)

EU, US = "connect.europe-west1.gcp.commercetools.com", "connect.us-central1.gcp.commercetools.com"
KEY = "greeter"
NAMES = frozenset({KEY})


def publish(publications: PlannedPublications, identity: Any = KEY) -> None:
    context = OperationContext("own", "default")
    news = {"connectorStagedId": identity, "tag": "v1.0.0", "target": "private"}
    publications.declare(context, news, PublicationProgress.PLANNED)


class Board:
    """The publications of another process of the run."""

    def __init__(self, *texts: str) -> None:
        self.texts = [*texts]

    def post_publication(self, _: str, release: PlannedPublication) -> None:
        self.texts.append(release.to_text())

    def publications_elsewhere(self) -> list[PlannedPublication]:
        return [PlannedPublication.of_text(text) for text in self.texts]


def test_a_publication_on_another_host_is_not_to_come_on_this_one() -> None:
    eu = PlannedPublications(complete=True).at(EU)
    us = eu.at(US)

    publish(eu)
    eu.declare_draft(KEY, {"key": KEY, "privateProjects": ["eu:acme"]})

    assert eu.to_come(NAMES, "v1.0.0", staged=False) is not None
    assert eu.is_declared(NAMES, staged=False)
    assert eu.is_coming(NAMES, staged=True)
    assert us.to_come(NAMES, "v1.0.0", staged=False) is None
    assert not us.is_declared(NAMES, staged=False)
    assert not us.is_coming(NAMES, staged=True)
    assert eu.draft(NAMES)
    assert us.draft(NAMES) == {}


def test_drafts_of_one_key_on_two_hosts_are_two() -> None:
    eu = PlannedPublications().at(EU)
    us = eu.at(US)

    eu.declare_draft(KEY, {"key": KEY, "name": "in the EU"})
    us.declare_draft(KEY, {"key": KEY, "name": "in the US"})
    us.declare_draft("id-in-us", {"key": KEY, "name": "in the US"})

    assert (eu.draft(NAMES)["name"], us.draft(NAMES)["name"]) == ("in the EU", "in the US")
    assert (eu.names(KEY), us.names(KEY)) == (NAMES, NAMES | {"id-in-us"})


def test_what_is_on_a_host_that_is_not_known_yet_may_be_on_each() -> None:
    """As long as a preview does not know the connection."""
    late = PlannedPublications()
    eu, us = late.at(EU), late.at(US)

    late.declare_draft(KEY, {"key": KEY})
    publish(late)

    assert eu.is_coming(NAMES, staged=False)
    assert us.is_coming(NAMES, staged=False)
    eu.declare_draft(KEY, {"key": KEY})
    publish(eu)
    assert eu.is_coming(NAMES, staged=True)
    assert not us.is_coming(NAMES, staged=True)
    assert not us.is_coming(NAMES, staged=False)


def test_processes_of_one_run_share_the_host() -> None:
    shared = Board()
    publish(PlannedPublications(shared=shared).at(EU))
    elsewhere = PlannedPublications(shared=shared)

    assert elsewhere.at(EU).is_declared(NAMES, staged=False)
    assert not elsewhere.at(US).is_declared(NAMES, staged=False)


def test_a_publication_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        PlannedPublication.of_text('["greeter", "v1.0.0", false, "planned", true]')


def test_the_connections_of_a_process_are_on_their_own_hosts() -> None:
    members = {"projectKey": "acme", "clientId": "c", "clientSecret": "c4n4ry"}
    regions = {"eu": "europe-west1.gcp", "us": "us-central1.gcp", "eu-as-well": "europe-west1.gcp"}
    named: Any = {name: {**members, "region": region, "scopes": name} for name, region in regions.items()}
    connections = Connections({"connections": named}, {})
    eu, us, twin = (connections.provider(name).session for name in regions)

    publish(eu.publications)

    assert twin.publications.is_coming(NAMES, staged=False)
    assert not us.publications.is_coming(NAMES, staged=False)
    assert (eu.validation.place, us.validation.place) == (EU, US)


def test_each_host_that_cannot_be_reached_is_reported_once() -> None:
    """One warning stands beside all resources of a host, and says nothing of another host."""
    said: list[str] = []
    context = OperationContext("own", "default", reporter=FilteredReporter(SilentReporter(), said.append))
    warned: set[str] = set()
    for place in (EU, US):
        validation = PreviewValidation(place=place, warned=warned)
        for number in (1, 2):
            validation.judge(context, NetworkError(f"{place} cannot be reached ({number})"))

    assert said == [
        f"not everything could be checked at preview: {place} cannot be reached (1)" for place in (EU, US)
    ]
