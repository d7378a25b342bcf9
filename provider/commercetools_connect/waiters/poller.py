"""Poller shared by all waiters for the objects of one list.

A single object is read by its id. For two or more the poller reads the list, and publishes each object to its
subscribers. An object that the list does not show is read by its id: an absent entry never means that the object
is gone. Nor does a list that fails mean an outage, as long as an object can be read by its id.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Collection, Mapping
from typing import Final, Generic

from commercetools_connect.api import ApiError, ById, ConnectClient, ConnectorStaged, Deployment, ListSnapshot
from commercetools_connect.api.paging import ItemT
from commercetools_connect.api.retry import retry_after_seconds
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.concurrency import cancel_and_wait
from commercetools_connect.waiters.sources import (
    Found,
    NotFound,
    ObjectSource,
    ReadError,
    ReadResult,
    affects_all_calls,
    connectors_staged_of,
    deployments_of,
    read_error,
    read_once,
)

MAX_PAUSE: Final = 60.0
MAX_RETRY_AFTER: Final = 300.0

MAX_CONCURRENT_READS: Final = 8
"""How many objects are read by their ids at the same time."""

MAX_HIDDEN_READS: Final = 5
"""How many objects that exist and that the list does not show are read by their ids in one poll.

A list that shows nothing at all must not turn into a hundred calls.
"""

LIST_COOLDOWN: Final = 60.0
"""Seconds without reads of a list that fails while its objects can be read by their ids."""


class Subscriber(Generic[ItemT]):
    """A waiter's subscription to one object."""

    def __init__(self, object_id: str) -> None:
        self.object_id = object_id
        self._results: asyncio.Queue[ReadResult[ItemT] | BaseException] = asyncio.Queue()

    def publish(self, result: ReadResult[ItemT] | BaseException) -> None:
        """Hand over a read result, or the exception that ended the poller."""
        self._results.put_nowait(result)

    async def next(self) -> ReadResult[ItemT]:
        """Return the next read result, or raise what ended the poller."""
        result = await self._results.get()
        if isinstance(result, BaseException):
            raise result
        return result


class Poller(Generic[ItemT]):
    """Reads the objects of one list for their subscribers.

    A poll begins every `interval` seconds, the first one an interval after the first subscription. Polls do not
    overlap, and the pause is never shorter than the poll before it took: a server that responds slowly, or sends
    `Retry-After`, gets fewer calls. While nothing can be read the pause doubles, up to a minute.
    """

    def __init__(self, source: ObjectSource[ItemT], clock: Clock, interval: float) -> None:
        self._source: ObjectSource[ItemT] = source
        self._clock = clock
        self._interval = interval
        self._subscribers: set[Subscriber[ItemT]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._forget()

    def _forget(self) -> None:
        self._snapshot: ListSnapshot[ItemT] | None = None
        self._hidden: dict[str, float] = {}
        self._list_failures = 0
        self._list_paused_until = -math.inf

    async def subscribe(self, object_id: str) -> AsyncGenerator[ReadResult[ItemT], None]:
        """Yield the results of reading one object, for as long as the caller iterates.

        Each read began after the subscription, so none is older than the caller's own request.
        """
        subscriber: Subscriber[ItemT] = Subscriber(object_id)
        self._subscribers.add(subscriber)
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run(), name="commercetools-connect poller")
        try:
            while True:
                yield await subscriber.next()
        finally:
            self._subscribers.discard(subscriber)
            if not self._subscribers:
                loop, self._loop = self._loop, None
                self._forget()
                await cancel_and_wait(*([loop] if loop else []))

    async def _run(self) -> None:
        pause = self._interval
        try:
            while True:
                await self._clock.sleep(pause)
                began = self._clock.monotonic()
                errors = await self._poll(frozenset(self._subscribers))
                pause = self._next_pause(pause, self._clock.monotonic() - began, errors)
        except BaseException as error:
            # No subscriber may wait for ever for a loop that has ended; a loop that is replaced has a successor.
            if self._loop is asyncio.current_task():
                for subscriber in self._subscribers:
                    subscriber.publish(error)
            if isinstance(error, asyncio.CancelledError):
                raise

    def _next_pause(self, previous: float, took: float, errors: Collection[ReadError]) -> float:
        if not errors:
            rest = 0.0 if self._source.is_limited() else took  # turns for all pollers spare the host already
            return min(max(self._interval - took, rest), MAX_PAUSE)
        asked = [retry_after_seconds(each.error.retry_after, self._clock.wall()) or 0 for each in errors]
        return max(min(max(previous * 2, self._interval * 2, took), MAX_PAUSE), min(max(asked), MAX_RETRY_AFTER))

    async def _poll(self, subscribers: Collection[Subscriber[ItemT]]) -> Collection[ReadError]:
        """Read each subscribed object once; return the errors if nothing could be read."""
        wanted = {subscriber.object_id for subscriber in subscribers}
        if len(wanted) == 1:
            return _only_errors(await self._read_by_id(wanted, subscribers))
        if self._clock.monotonic() < self._list_paused_until:
            return await self._poll_without_list(wanted, subscribers)
        try:
            snapshot = self._snapshot = await self._source.list(wanted, self._snapshot)
        except ApiError as error:
            return await self._on_list_error(error, wanted, subscribers)
        self._list_failures = 0
        found = {object_id: item for object_id in wanted if (item := snapshot.get(object_id)) is not None}
        shown = {object_id: Found(item) for object_id, item in found.items() if self._source.is_explained(item)}
        for object_id in shown:
            self._hidden.pop(object_id, None)
        _publish(subscribers, shown)
        await self._read_hidden(wanted - shown.keys(), subscribers)
        return ()

    async def _on_list_error(
        self, error: ApiError, wanted: set[str], subscribers: Collection[Subscriber[ItemT]]
    ) -> Collection[ReadError]:
        """Find out with one read by id whether only the list fails, and if so do without it for a while."""
        probed: set[str] = set()
        if not affects_all_calls(error):
            if not error.transient:  # a refused list says nothing about the objects
                self._list_paused_until = self._clock.monotonic() + LIST_COOLDOWN
                return await self._poll_without_list(wanted, subscribers)
            probed = {sorted(wanted)[self._list_failures % len(wanted)]}
            self._list_failures += 1
            if not _only_errors(await self._read_by_id(probed, subscribers)):
                self._list_paused_until = self._clock.monotonic() + LIST_COOLDOWN
                await self._poll_without_list(wanted - probed, subscribers)
                return ()
        failure = read_error(error)
        _publish(subscribers, dict.fromkeys(wanted - probed, failure))
        return [failure]

    async def _poll_without_list(
        self, wanted: set[str], subscribers: Collection[Subscriber[ItemT]]
    ) -> Collection[ReadError]:
        self._hidden.update(dict.fromkeys(wanted - self._hidden.keys(), 0.0))
        errors = _only_errors(await self._read_hidden(wanted, subscribers))
        if errors:
            self._list_paused_until = -math.inf  # one read of the list shows as much as five by id
        return errors

    async def _read_hidden(
        self, missing: set[str], subscribers: Collection[Subscriber[ItemT]]
    ) -> Mapping[str, ReadResult[ItemT]]:
        """Read objects by id that the list does not show.

        An object that it showed before has probably gone, and a waiter waits for just that: it is read now. Of the
        others a few are read, those first whose last read is the oldest.
        """
        hidden = sorted(self._hidden.keys() & missing, key=lambda each: (self._hidden[each], each))
        wanted = (missing - self._hidden.keys()) | set(hidden[:MAX_HIDDEN_READS])
        results = await self._read_by_id(wanted, subscribers)
        now = self._clock.monotonic()
        self._hidden.update(
            {object_id: now for object_id, each in results.items() if not isinstance(each, NotFound)}
        )
        return results

    async def _read_by_id(
        self, wanted: Collection[str], subscribers: Collection[Subscriber[ItemT]]
    ) -> Mapping[str, ReadResult[ItemT]]:
        """Read objects by their ids, and publish each result as soon as it is there."""
        slots = asyncio.Semaphore(MAX_CONCURRENT_READS)
        results: dict[str, ReadResult[ItemT]] = {}

        async def read(object_id: str) -> None:
            async with slots:
                result = results[object_id] = await read_once(self._source.get(ById(object_id)))
            _publish(subscribers, {object_id: result})

        await asyncio.gather(*(read(object_id) for object_id in sorted(wanted)))
        return results


def _publish(subscribers: Collection[Subscriber[ItemT]], results: Mapping[str, ReadResult[ItemT]]) -> None:
    for subscriber in subscribers:
        if subscriber.object_id in results:
            subscriber.publish(results[subscriber.object_id])


def _only_errors(results: Mapping[str, ReadResult[ItemT]]) -> Collection[ReadError]:
    """Return the errors if there is nothing else."""
    errors = [each for each in results.values() if isinstance(each, ReadError)]
    return errors if len(errors) == len(results) else ()


class Watcher:
    """The pollers behind all waits on one host; `interval` is the time between two polls, in seconds."""

    def __init__(self, client: ConnectClient, clock: Clock, interval: float) -> None:
        self._client = client
        self._clock = clock
        self.interval = interval
        self._deployments: dict[str, Poller[Deployment]] = {}
        self._connectors: Poller[ConnectorStaged] = Poller(connectors_staged_of(client), clock, interval)

    def deployment(self, project_key: str, deployment_id: str) -> AsyncGenerator[ReadResult[Deployment], None]:
        """Yield the results of reading a Deployment, for as long as the caller iterates."""
        poller = self._deployments.get(project_key)
        if poller is None:
            poller = Poller(deployments_of(self._client, project_key), self._clock, self.interval)
            self._deployments[project_key] = poller
        return poller.subscribe(ById(deployment_id).id)

    def connector_staged(self, connector_id: str) -> AsyncGenerator[ReadResult[ConnectorStaged], None]:
        """Yield the results of reading a ConnectorStaged, for as long as the caller iterates."""
        return self._connectors.subscribe(ById(connector_id).id)
