"""One poll loop for everyone who waits for objects of one list, alive only while somebody listens.

A single object is read by its id; from two on the list is read, and each listener gets its object out of it. What
the list does not show is asked for by its id: an entry that is missing never means that the object is gone. Nor
does a list that fails mean an outage, as long as an object can be read by its id.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Collection, Mapping
from typing import Final, Generic

from commercetools_connect.api import ApiError, Listing
from commercetools_connect.api.paging import ItemT
from commercetools_connect.api.retries import retry_after_seconds
from commercetools_connect.contract.clock import Clock
from commercetools_connect.waiters.estate import Estate
from commercetools_connect.waiters.observations import (
    Gone,
    Observation,
    Seen,
    Trouble,
    concerns_all,
    look,
    trouble,
)

__all__ = ["Feed"]

LONGEST_PAUSE: Final = 60.0
LONGEST_RETRY_AFTER: Final = 300.0

AT_ONCE: Final = 8
"""How many objects are read by their ids at the same time."""

HIDDEN_PER_ROUND: Final = 5
"""How many objects that exist and that the list does not show are read by their ids in one round.

With two or three of them nobody notices; a list that shows nothing at all must not turn into a hundred calls.
"""

LIST_REST: Final = 60.0
"""Seconds for which a list is left alone that fails while its objects can be read by their ids."""


class Listener(Generic[ItemT]):
    """Someone who waits for one object."""

    def __init__(self, object_id: str) -> None:
        self.object_id = object_id
        self._told: asyncio.Queue[Observation[ItemT] | BaseException] = asyncio.Queue()

    def tell(self, news: Observation[ItemT] | BaseException) -> None:
        """Hand over an observation, or what ended the loop."""
        self._told.put_nowait(news)

    async def next(self) -> Observation[ItemT]:
        """Return the next observation, or raise what ended the loop."""
        news = await self._told.get()
        if isinstance(news, BaseException):
            raise news
        return news


class Feed(Generic[ItemT]):
    """The observations of the objects of one list.

    A round begins every `interval` seconds, the first one an interval after the first listener came. Rounds follow
    each other, and the pause is never shorter than the round before it took: a server that answers slowly, or asks
    to wait, is asked less often. While nothing can be read the pause doubles, up to a minute.
    """

    def __init__(self, estate: Estate[ItemT], clock: Clock, interval: float) -> None:
        self._estate: Estate[ItemT] = estate
        self._clock = clock
        self._interval = interval
        self._listeners: set[Listener[ItemT]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._listing: Listing[ItemT] | None = None
        self._hidden: dict[str, float] = {}
        self._lists_in_vain = 0
        self._list_rests_until = -math.inf

    async def observe(self, object_id: str) -> AsyncGenerator[Observation[ItemT], None]:
        """Observe one object for as long as the caller listens.

        Each observation was begun after the caller began to listen: what it shows is not from before the caller's
        own request.
        """
        listener: Listener[ItemT] = Listener(object_id)
        self._listeners.add(listener)
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run(), name="commercetools-connect watcher")
        try:
            while True:
                yield await listener.next()
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                await self._stop()

    async def _stop(self) -> None:
        loop, self._loop = self._loop, None
        self._listing = None
        self._hidden.clear()
        self._lists_in_vain, self._list_rests_until = 0, -math.inf
        if loop is not None:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)

    async def _run(self) -> None:
        pause = self._interval
        try:
            while True:
                await self._clock.sleep(pause)
                began = self._clock.monotonic()
                troubles = await self._round(frozenset(self._listeners))
                pause = self._next_pause(pause, self._clock.monotonic() - began, troubles)
        except BaseException as error:
            # Nobody may wait for ever for a loop that has ended. Once it is let go, those who listen have another.
            if self._loop is asyncio.current_task():
                for listener in self._listeners:
                    listener.tell(error)
            if isinstance(error, asyncio.CancelledError):
                raise

    def _next_pause(self, before: float, took: float, troubles: Collection[Trouble]) -> float:
        if not troubles:
            return min(max(self._interval - took, took), LONGEST_PAUSE)
        asked = [retry_after_seconds(each.error.retry_after, self._clock.wall()) or 0 for each in troubles]
        return max(
            min(max(before * 2, self._interval * 2, took), LONGEST_PAUSE), min(max(asked), LONGEST_RETRY_AFTER)
        )

    async def _round(self, audience: Collection[Listener[ItemT]]) -> Collection[Trouble]:
        """Look once at everything that is listened for; return the troubles if there was nothing else."""
        wanted = {listener.object_id for listener in audience}
        if len(wanted) == 1:
            return _only_troubles(await self._look_at(wanted, audience))
        if self._clock.monotonic() < self._list_rests_until:
            return await self._look_without_list(wanted, audience)
        try:
            self._listing = await self._estate.list(wanted, self._listing)
        except ApiError as error:
            return await self._bear(error, wanted, audience)
        self._lists_in_vain = 0
        shown = self._shown(self._listing, wanted)
        self._tell(audience, {object_id: Seen(item) for object_id, item in shown.items()})
        await self._look_behind(wanted - shown.keys(), audience)
        return ()

    async def _bear(
        self, error: ApiError, wanted: set[str], audience: Collection[Listener[ItemT]]
    ) -> Collection[Trouble]:
        """Find out with one read by id whether the list alone fails, and do without it then."""
        probed: set[str] = set()
        if not concerns_all(error):
            if not error.transient:  # a list that is refused says nothing about the objects
                return await self._look_without_list(wanted, audience)
            probed = {sorted(wanted)[self._lists_in_vain % len(wanted)]}
            self._lists_in_vain += 1
            if not _only_troubles(await self._look_at(probed, audience)):
                self._list_rests_until = self._clock.monotonic() + LIST_REST
                await self._look_without_list(wanted - probed, audience)
                return ()
        said = trouble(error)
        self._tell(audience, dict.fromkeys(wanted - probed, said))
        return [said]

    async def _look_without_list(
        self, wanted: set[str], audience: Collection[Listener[ItemT]]
    ) -> Collection[Trouble]:
        self._hidden.update(dict.fromkeys(wanted - self._hidden.keys(), 0.0))
        troubles = _only_troubles(await self._look_behind(wanted, audience))
        if troubles:
            self._list_rests_until = -math.inf  # one call tells as much as five
        return troubles

    def _shown(self, listing: Listing[ItemT], wanted: Collection[str]) -> dict[str, ItemT]:
        shown: dict[str, ItemT] = {}
        for object_id in wanted:
            item = listing.get(object_id)
            if item is not None and self._estate.is_explained(item):
                shown[object_id] = item
                self._hidden.pop(object_id, None)
        return shown

    async def _look_behind(
        self, missing: set[str], audience: Collection[Listener[ItemT]]
    ) -> Mapping[str, Observation[ItemT]]:
        """Look at what the list does not show.

        What it showed before has probably gone, and someone waits for just that: it is looked at now. Of the rest
        a few have their turn.
        """
        hidden = sorted(self._hidden.keys() & missing, key=lambda each: (self._hidden[each], each))
        wanted = (missing - self._hidden.keys()) | set(hidden[:HIDDEN_PER_ROUND])
        found = await self._look_at(wanted, audience)
        now = self._clock.monotonic()
        self._hidden.update({object_id: now for object_id, each in found.items() if not isinstance(each, Gone)})
        return found

    async def _look_at(
        self, wanted: Collection[str], audience: Collection[Listener[ItemT]]
    ) -> Mapping[str, Observation[ItemT]]:
        """Read objects by their ids, and tell each as soon as it is there."""
        turns = asyncio.Semaphore(AT_ONCE)
        found: dict[str, Observation[ItemT]] = {}

        async def one(object_id: str) -> None:
            async with turns:
                found[object_id] = await look(self._estate.get(object_id))
            self._tell(audience, {object_id: found[object_id]})

        await asyncio.gather(*(one(object_id) for object_id in sorted(wanted)))
        return found

    def _tell(self, audience: Collection[Listener[ItemT]], news: Mapping[str, Observation[ItemT]]) -> None:
        for listener in audience:
            if listener.object_id in news:
                listener.tell(news[listener.object_id])


def _only_troubles(found: Mapping[str, Observation[ItemT]]) -> Collection[Trouble]:
    """Return the troubles if there is nothing else."""
    troubles = [each for each in found.values() if isinstance(each, Trouble)]
    return troubles if len(troubles) == len(found) else ()
