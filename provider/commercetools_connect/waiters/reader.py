"""Reads of current objects: one is read by id, many within a short time are served from one list.

`pulumi refresh` reads every resource of a stack, one call of the engine each. A thousand of them would be a
thousand calls of the API within seconds; the list has five hundred to a page.
"""

from __future__ import annotations

import math
from typing import Final, Generic

from commercetools_connect.api import (
    ApiError,
    ById,
    ByKey,
    ConnectClient,
    ConnectorStaged,
    Deployment,
    ListSnapshot,
    NotFoundError,
    Ref,
    UnexpectedAnswerError,
    VersionTracker,
    none_if_missing,
)
from commercetools_connect.api.paging import ItemT
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.concurrency import SingleFlight
from commercetools_connect.waiters.sources import (
    ObjectSource,
    affects_all_calls,
    connectors_staged_of,
    deployments_of,
)

TTL: Final = 5.0
"""Seconds for which a list serves reads at least; a waiter's last read is as old."""

TTL_SHARE: Final = 5
"""For how many times the seconds that it took a list serves reads besides: without it the list of a large or
distant project would be too old when it arrives, and be read again for the next read."""

BURST_WINDOW: Final = 2.0
"""Seconds. A read that comes that soon after one of another object is probably not the last."""

FAILURE_TTL: Final = 60.0
"""Seconds without reads of a list that was refused, or fails while its objects can be read."""

PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between the reads of an object whose version is older than one that was shown before."""


class Reader:
    """Reads objects as they are, never older than our own writes.

    They are at most `TTL` seconds old, plus `TTL_SHARE` times what it took to read their list.

    Raises what a read by id raises; `NotFoundError` only when the read by id says so. The methods by key return
    `None` if there is no such object.
    """

    def __init__(self, client: ConnectClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._deployments: dict[str, _ListCache[Deployment]] = {}
        self._connectors = _ListCache(connectors_staged_of(client), clock, client.versions)

    async def deployment(self, project_key: str, deployment_id: str) -> Deployment:
        """Return a Deployment."""
        return await self._of_project(project_key).get(ById(deployment_id))

    async def deployment_by_key(self, project_key: str, key: str) -> Deployment | None:
        """Return the Deployment with that key, from the project's list: a preview looks up many keys at once."""
        return await self._of_project(project_key).find(ByKey(key))

    async def connector_staged(self, connector_id: str) -> ConnectorStaged:
        """Return a ConnectorStaged."""
        return await self._connectors.get(ById(connector_id))

    async def connector_staged_by_key(self, key: str) -> ConnectorStaged | None:
        """Return the ConnectorStaged with that key, from the list."""
        return await self._connectors.find(ByKey(key))

    def _of_project(self, project_key: str) -> _ListCache[Deployment]:
        cache = self._deployments.get(project_key)
        if cache is None:
            cache = _ListCache(deployments_of(self._client, project_key), self._clock, self._client.versions)
            self._deployments[project_key] = cache
        return cache


class _ListCache(Generic[ItemT]):
    """Reads of the objects of one list."""

    def __init__(self, source: ObjectSource[ItemT], clock: Clock, versions: VersionTracker) -> None:
        self._source: ObjectSource[ItemT] = source
        self._clock = clock
        self._versions = versions
        self._fetching: SingleFlight[None] = SingleFlight()
        self._snapshot: ListSnapshot[ItemT] | None = None
        self._listed_at = self._serves_until = -math.inf
        self._failed_at = -math.inf
        self._read_at = -math.inf
        self._last_read: Ref | None = None

    async def get(self, ref: ById) -> ItemT:
        """Return the object with that id."""
        is_burst = ref != self._last_read and self._clock.monotonic() - self._read_at <= BURST_WINDOW
        try:
            if await self._has_list(ref, needed=is_burst) and (item := self._shown(ref.id)) is not None:
                return item
            return await self._read_by_id(ref)
        finally:
            self._read_at = self._clock.monotonic()  # the next read of a burst begins when a slow one has ended

    async def find(self, ref: ByKey) -> ItemT | None:
        """Return the object with that key, `None` if there is none."""
        if await self._has_list(ref, needed=True) and self._snapshot is not None:
            object_id = self._snapshot.find(ref.key)
            return (self._shown(object_id) or await self._read_by_id(ById(object_id))) if object_id else None
        return await none_if_missing(self._source.get(ref))

    async def _has_list(self, ref: Ref, *, needed: bool) -> bool:
        """Record the read, read the list if it is needed and too old, and return whether it may serve the read."""
        now = self._clock.monotonic()
        self._read_at, self._last_read = now, ref
        if not needed or now - self._failed_at <= FAILURE_TTL:
            return False
        if now > self._serves_until:
            await self._fetching.run(self._fetch)
        return True

    def _shown(self, object_id: str) -> ItemT | None:
        """Return the object if the list shows all of it that a read by id would show now."""
        item = self._snapshot.get(object_id) if self._snapshot is not None else None
        if item is None or not self._source.is_explained(item):
            return None
        if not self._versions.may_show(object_id, self._listed_at):
            return None
        if self._versions.is_outdated(object_id, item.version):
            return None
        self._versions.record(object_id, item.version)
        return item

    async def _read_by_id(self, ref: ById) -> ItemT:
        for pause in (0.0, *PAUSES):
            if pause:
                await self._clock.sleep(pause)
            item = await self._source.get(ref)
            if not self._versions.is_outdated(ref.id, item.version):
                return item
        raise UnexpectedAnswerError(
            f"The server keeps showing version {item.version} of {ref.id}, after it has shown a later one.",
            "Run again in a moment; if the error persists, give it to the vendor's support.",
            transient=True,
        )

    async def _fetch(self) -> None:
        began = self._clock.monotonic()
        try:
            self._snapshot = await self._source.list(None, self._snapshot)
            self._listed_at = began
            self._serves_until = began + TTL + TTL_SHARE * (self._clock.monotonic() - began)
        except ApiError as error:
            if await self._is_outage(error):
                raise
            self._snapshot, self._failed_at = None, self._clock.monotonic()

    async def _is_outage(self, error: ApiError) -> bool:
        """Return whether nothing can be read: an error of the list alone says nothing about the objects."""
        if affects_all_calls(error) or not error.transient or self._last_read is None:
            return affects_all_calls(error)
        try:
            await self._source.get(self._last_read)
        except NotFoundError:
            return False
        except ApiError:
            return True
        return False
