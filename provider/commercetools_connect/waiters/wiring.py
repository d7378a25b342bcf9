"""Reader of the Extensions and Subscriptions of projects, shared by all deployments that wait for their wiring.

A list is one call for a project, and a new one begins at least an interval after the one before. So there are at
most two calls for each project and round, however many deployments look, and none for a kind that is not expected.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from commercetools_connect.api import ApiError
from commercetools_connect.api.models.wiring import Extension, Subscription
from commercetools_connect.api.retry import retry_after_seconds
from commercetools_connect.api.wiring import EVERY_KIND, WiringClient, WiringKind
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.concurrency import SingleFlight
from commercetools_connect.waiters.poller import MAX_RETRY_AFTER
from commercetools_connect.waiters.sources import ReadError, read_error

T = TypeVar("T")
EntryT = TypeVar("EntryT", Extension, Subscription)

LOOK_INTERVAL: Final = 10.0
"""Seconds between the beginnings of two lists of one kind in one project."""


@dataclass(frozen=True)
class WiringSnapshot:
    """What a project has; a kind that was not asked for is empty.

    `began`: the moment, on the clock's `monotonic`, at which the older of the lists was asked for.
    """

    began: float
    extensions: tuple[Extension, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()


class WiringReader:
    """Lists what projects have. Belongs to one client, and to one event loop."""

    def __init__(self, client: WiringClient, clock: Clock, interval: float = LOOK_INTERVAL) -> None:
        self._client = client
        self._clock = clock
        self.interval = interval
        self._projects: dict[str, _ProjectLists] = {}

    async def require_scopes(self, project_key: str, kinds: Collection[WiringKind]) -> None:
        """Raise `ForbiddenError` where the token lacks a scope to list these kinds; nothing is listed."""
        await self._client.require_scopes(project_key, kinds)

    async def look(
        self, project_key: str, kinds: Collection[WiringKind] = EVERY_KIND, since: float | None = None
    ) -> WiringSnapshot:
        """Return what the project has had at `since` or later; without it, at most an interval ago.

        A list that another caller waits for, or has just got, serves this look too. Raises what `WiringClient`
        raises: `ForbiddenError` before any list where the token lacks a scope.
        """
        moment = self._clock.monotonic() - self.interval if since is None else since
        await self._client.require_scopes(project_key, kinds)
        if (lists := self._projects.get(project_key)) is None:
            lists = self._projects[project_key] = _ProjectLists(
                _PacedList(lambda: self._client.extensions(project_key), self._clock, self.interval),
                _PacedList(lambda: self._client.subscriptions(project_key), self._clock, self.interval),
            )
        # both are awaited to their ends: an error of one list must not leave the other one running unobserved
        extensions, subscriptions = await asyncio.gather(
            lists.extensions.since(moment if WiringKind.EXTENSION in kinds else None),
            lists.subscriptions.since(moment if WiringKind.SUBSCRIPTION in kinds else None),
            return_exceptions=True,
        )
        if isinstance(extensions, BaseException):
            raise extensions
        if isinstance(subscriptions, BaseException):
            raise subscriptions
        began = min((each.began for each in (extensions, subscriptions) if each), default=self._clock.monotonic())
        return WiringSnapshot(
            began,
            extensions.entries if extensions else (),
            subscriptions.entries if subscriptions else (),
        )

    async def looks(
        self, project_key: str, kinds: Collection[WiringKind] = EVERY_KIND, since: float | None = None
    ) -> AsyncGenerator[WiringSnapshot | ReadError, None]:
        """Yield one look after another for as long as the caller listens, each from another round.

        An error of the API is yielded; only one that is not `lasting` may pass. Raises `ConfigurationError` and
        `InvalidInputError` for a call that cannot be made.
        """
        moment = self._clock.monotonic() - self.interval if since is None else since
        while True:
            asked = self._clock.monotonic()
            try:
                snapshot = await self.look(project_key, kinds, moment)
            except ApiError as error:
                yield read_error(error)
                moment = max(asked, moment) + self.interval
            else:
                yield snapshot
                moment = snapshot.began + self.interval
            if (pause := moment - self._clock.monotonic()) > 0:
                await self._clock.sleep(pause)


@dataclass(frozen=True)
class _ProjectLists:
    """The two lists of one project."""

    extensions: _PacedList[Extension]
    subscriptions: _PacedList[Subscription]


@dataclass(frozen=True)
class _Listed(Generic[EntryT]):
    began: float
    entries: tuple[EntryT, ...]


class _PacedList(Generic[EntryT]):
    """One list of one project: the newest one is kept, and the next one begins an interval after it or later.

    A list that fails counts as well, and `Retry-After` is honoured.
    """

    def __init__(self, fetch: Callable[[], Awaitable[tuple[EntryT, ...]]], clock: Clock, interval: float) -> None:
        self._fetch: Callable[[], Awaitable[tuple[EntryT, ...]]] = fetch
        self._clock = clock
        self._interval = interval
        self._not_before = -math.inf
        self._latest: _Listed[EntryT] | None = None
        self._flight: SingleFlight[_Listed[EntryT]] = SingleFlight()

    async def since(self, moment: float | None) -> _Listed[EntryT] | None:
        """Return a list that began then or later; `None` asks for none. Raises `ApiError`."""
        if moment is None:
            return None
        while self._latest is None or self._latest.began < moment:
            await self._flight.run(self._next)
        return self._latest

    async def _next(self) -> _Listed[EntryT]:
        if (pause := self._not_before - self._clock.monotonic()) > 0:
            await self._clock.sleep(pause)
        # a sleep may end a hair early: the list is of the moment that its callers asked for
        began = max(self._clock.monotonic(), self._not_before)
        self._not_before = began + self._interval
        try:
            entries = await self._fetch()
        except ApiError as error:
            asked = retry_after_seconds(error.retry_after, self._clock.wall()) or 0
            self._not_before = max(self._not_before, self._clock.monotonic() + min(asked, MAX_RETRY_AFTER))
            raise
        self._latest = _Listed(began, entries)
        return self._latest
