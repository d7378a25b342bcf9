"""Reads of what is there, for a refresh: one is made by id, many within a short time are served from one list.

`pulumi refresh` reads every resource of a stack, one call of the engine each. A thousand of them would be a
thousand calls of the API within seconds; the list has five hundred to a page.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from commercetools_connect.api import (
    ApiError,
    ById,
    ConnectClient,
    ConnectorStaged,
    Deployment,
    History,
    Listing,
    NotFoundError,
    UnexpectedAnswerError,
)
from commercetools_connect.api.paging import ItemT
from commercetools_connect.contract.clock import Clock
from commercetools_connect.waiters.estate import Deployments, Drafts, Estate
from commercetools_connect.waiters.observations import concerns_all

__all__ = ["Reader"]

T = TypeVar("T")

LIFE: Final = 5.0
"""Seconds for which a list serves reads; as old as what a wait has seen last."""

NEAR: Final = 2.0
"""Seconds. A read that comes that soon after one of another object is probably not the last."""

REFUSED_FOR: Final = 60.0
"""Seconds for which a list that was refused, or fails while its objects can be read, is not asked for again."""

PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between the reads of an object that shows less than was shown before."""


class Reader:
    """Reads objects as they are, at most `LIFE` seconds old and never older than our own writes.

    Raises what a read by id raises; `NotFoundError` only when the read by id says so.
    """

    def __init__(self, client: ConnectClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._deployments: dict[str, _Shelf[Deployment]] = {}
        self._drafts: _Shelf[ConnectorStaged] = _Shelf(Drafts(client), clock, client.history)

    async def deployment(self, project_key: str, deployment_id: str) -> Deployment:
        """Return a Deployment."""
        shelf = self._deployments.get(project_key)
        if shelf is None:
            shelf = _Shelf(Deployments(self._client, project_key), self._clock, self._client.history)
            self._deployments[project_key] = shelf
        return await shelf.get(ById(deployment_id).id)

    async def draft(self, draft_id: str) -> ConnectorStaged:
        """Return a ConnectorStaged."""
        return await self._drafts.get(ById(draft_id).id)


class _Shelf(Generic[ItemT]):
    """The reads of the objects of one list."""

    def __init__(self, estate: Estate[ItemT], clock: Clock, history: History) -> None:
        self._estate: Estate[ItemT] = estate
        self._clock = clock
        self._history = history
        self._flight: _Flight[None] = _Flight(self._fetch)
        self._listing: Listing[ItemT] | None = None
        self._listed_at = -math.inf
        self._asked_at = -math.inf
        self._asked_for = ""
        self._refused_at = -math.inf

    async def get(self, object_id: str) -> ItemT:
        now = self._clock.monotonic()
        alone = object_id == self._asked_for or now - self._asked_at > NEAR
        self._asked_at, self._asked_for = now, object_id
        if not alone and now - self._refused_at > REFUSED_FOR:
            if now - self._listed_at > LIFE:
                await self._flight.join()
            if (item := self._shown(object_id)) is not None:
                return item
        return await self._by_id(object_id)

    def _shown(self, object_id: str) -> ItemT | None:
        """Return the object if the list tells of it all that a read by id would tell now."""
        item = self._listing.get(object_id) if self._listing is not None else None
        if item is None or not self._estate.is_explained(item):
            return None
        if not self._history.may_show(object_id, self._listed_at):
            return None
        if self._history.is_outdated(object_id, item.version):
            return None
        self._history.saw(object_id, item.version)
        return item

    async def _by_id(self, object_id: str) -> ItemT:
        for pause in (0.0, *PAUSES):
            if pause:
                await self._clock.sleep(pause)
            item = await self._estate.get(object_id)
            if not self._history.is_outdated(object_id, item.version):
                return item
        raise UnexpectedAnswerError(
            f"The server keeps showing version {item.version} of {object_id}, after it has shown a later one.",
            "Run again in a moment; if it stays, tell the vendor's support.",
            transient=True,
        )

    async def _fetch(self) -> None:
        began = self._clock.monotonic()
        try:
            self._listing = await self._estate.list(None, self._listing)
        except ApiError as error:
            if await self._is_outage(error):
                raise
            self._listing, self._refused_at = None, self._clock.monotonic()
        else:
            self._listed_at = began

    async def _is_outage(self, error: ApiError) -> bool:
        """Tell whether nothing can be read: what is wrong with a list alone says nothing about the objects."""
        if concerns_all(error) or not error.transient:
            return concerns_all(error)
        try:
            await self._estate.get(self._asked_for)
        except NotFoundError:
            return False
        except ApiError:
            return True
        return False


class _Flight(Generic[T]):
    """Something that is under way at most once, for all who want it; nobody's cancellation stops the others."""

    def __init__(self, act: Callable[[], Awaitable[T]]) -> None:
        self._act = act
        self._task: asyncio.Task[T] | None = None
        self._passengers = 0

    async def join(self) -> T:
        """Return what the flight under way returns, or raise what it raises; begin one if there is none."""
        task = self._task
        if task is None or task.done():
            task = self._task = asyncio.create_task(self._go(), name="commercetools-connect reader")
        self._passengers += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._passengers -= 1
            if not self._passengers and not task.done():
                task.cancel()
                self._task = None

    async def _go(self) -> T:
        return await self._act()
