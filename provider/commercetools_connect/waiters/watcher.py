"""Reads objects for everyone who waits for them.

A wait asks for the observations of one object and gets each new one as it is made. How they are made is the
business of the feed behind it, one for each list of the API: `/{project}/deployments` and `/connectors/drafts`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from commercetools_connect.api import ById, ConnectClient, ConnectorStaged, Deployment
from commercetools_connect.contract.clock import Clock
from commercetools_connect.waiters.estate import Deployments, Drafts
from commercetools_connect.waiters.feed import Feed
from commercetools_connect.waiters.observations import Observation

__all__ = ["Watcher"]


class Watcher:
    """The reader behind all waits on one host; `interval` is the time between two looks, in seconds."""

    def __init__(self, client: ConnectClient, clock: Clock, interval: float) -> None:
        self._client = client
        self._clock = clock
        self._interval = interval
        self._deployments: dict[str, Feed[Deployment]] = {}
        self._drafts: Feed[ConnectorStaged] = Feed(Drafts(client), clock, interval)

    def deployment(self, project_key: str, deployment_id: str) -> AsyncGenerator[Observation[Deployment], None]:
        """Observe a Deployment for as long as the caller listens."""
        feed = self._deployments.get(project_key)
        if feed is None:
            feed = Feed(Deployments(self._client, project_key), self._clock, self._interval)
            self._deployments[project_key] = feed
        return feed.observe(ById(deployment_id).id)

    def draft(self, draft_id: str) -> AsyncGenerator[Observation[ConnectorStaged], None]:
        """Observe a ConnectorStaged for as long as the caller listens."""
        return self._drafts.observe(ById(draft_id).id)
