"""Concurrency helpers for one event loop: single flight, locks by key, and waits that end with the first event.

flight: SingleFlight[Page] = SingleFlight()
page = await flight.run(fetch)                  # callers that come while `fetch` runs share its result

LOCKS: Final = KeyedLocks[tuple[str, str]]()    # one for the process
async with LOCKS.get((host, object_id)): ...    # an `asyncio.Lock`: `locked()` tells whether there is a queue

if not await cancellable_sleep(clock, 5.0, operation.cancellation): ...   # a stop was asked for
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from commercetools_connect.core.clock import Clock
from commercetools_connect.core.resource import Cancellation

T = TypeVar("T")
KeyT = TypeVar("KeyT", bound=Hashable)


class SingleFlight(Generic[T]):
    """A call that runs at most once at a time, for all callers together.

    The cancellation of one caller does not stop the call for the others. The last caller's cancellation does.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[T] | None = None
        self._callers = 0

    async def run(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return or raise what the running call returns or raises; start `call` if none is running."""
        task = self._task
        if task is None or task.done():
            task = self._task = asyncio.ensure_future(call())
            self._callers = 0
        self._callers += 1
        try:
            return await asyncio.shield(task)
        finally:
            if self._task is task:
                self._callers -= 1
                if not self._callers and not task.done():
                    task.cancel()
                    self._task = None


class KeyedLocks(Generic[KeyT]):
    """A lock for each key, kept for as long as a caller refers to it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[KeyT, asyncio.Lock] = WeakValueDictionary()

    def get(self, key: KeyT) -> asyncio.Lock:
        """Return the lock of a key; the same one for all callers that hold it or wait for it."""
        return self._locks.setdefault(key, asyncio.Lock())


async def cancellable_sleep(clock: Clock, seconds: float, cancellation: Cancellation) -> bool:
    """Sleep until the time is over or a stop is asked for; return whether the time passed without a stop."""
    await first_of(clock.sleep(seconds), cancellation.wait())
    return not cancellation.requested


async def first_of(*waits: Coroutine[object, object, object]) -> None:
    """Return when the first of them ends, after the others have been stopped."""
    tasks = [asyncio.ensure_future(each) for each in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel_and_wait(*tasks)


async def next_before(source: AsyncIterator[T], *interruptions: asyncio.Future[Any]) -> T | None:
    """Return what comes next from the source, or `None` when one of the interruptions comes first."""
    following = asyncio.ensure_future(anext(source))
    try:
        await asyncio.wait([following, *interruptions], return_when=asyncio.FIRST_COMPLETED)
        return following.result() if following.done() else None
    finally:
        await cancel_and_wait(following)


async def cancel_and_wait(*futures: asyncio.Future[Any]) -> None:
    """Cancel futures and return once all of them have ended, however they end."""
    for future in futures:
        future.cancel()
    await asyncio.gather(*futures, return_exceptions=True)
