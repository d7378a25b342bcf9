"""What runs in this process, how it is asked to stop, and how long it may take to do so.

The engine's Cancel reaches every wait at once, and what is waited for goes on at commercetools. A call that is
under way at that moment gets `GRACE` seconds for its answer, so that what it made is in the state; a user who
pressed Ctrl-C is not held up by a server that does not answer. What is cut short then is found again by its key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, Generic, TypeVar

from commercetools_connect.contract.operation import Cancellation
from commercetools_connect.plugin.failures import CutShortError

__all__ = ["GRACE", "Ended", "Operations"]

T = TypeVar("T")

GRACE: Final = 1.5
"""Seconds. A Ctrl-C ends in two; the rest is for answers on their way and for the goodbye."""


class Ended(Generic[T]):
    """How an operation ended; kept as a value, because `SystemExit` in a task would end the event loop."""

    def __init__(self, value: T | None = None, error: BaseException | None = None) -> None:
        self._value = value
        self.error = error

    @property
    def value(self) -> T:
        """What it returned; raises what it raised."""
        if self.error is not None:
            raise self.error
        return self._value  # type: ignore[return-value]  # without an error there is one


class Operations:
    """The operations of this process. All of it belongs to the event loop."""

    def __init__(self) -> None:
        self.cancellation = Cancellation()
        self._running: set[asyncio.Future[Any]] = set()
        self._cut: set[asyncio.Future[Any]] = set()
        self._deadline: asyncio.TimerHandle | None = None
        self._when_idle: list[Callable[[], None]] = []

    @property
    def idle(self) -> bool:
        """Whether nothing runs."""
        return not self._running

    def reset(self) -> None:
        """Begin anew for another run of the engine; what still runs stays asked to stop."""
        self.cancellation = Cancellation()
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def cancel(self) -> None:
        """Ask everything to stop waiting, and cut it short when that does not help."""
        self.cancellation.cancel()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().call_later(GRACE, self._cut_short)

    def when_idle(self, act: Callable[[], None]) -> None:
        """Call `act` as soon as nothing runs; at once, if that is now."""
        self._when_idle.append(act)
        self._say_when_idle()

    async def run(self, work: Coroutine[object, object, T]) -> Ended[T]:
        """Run it as an operation; what it raises is in the result."""
        task = asyncio.create_task(_to_its_end(work))
        self._running.add(task)
        try:
            await asyncio.wait({task})
            if not task.cancelled():
                return task.result()
            return Ended(error=_cut_short_error() if task in self._cut else asyncio.CancelledError())
        except asyncio.CancelledError:  # the RPC was cancelled: the engine has gone, nobody wants an answer
            task.cancel()
            await asyncio.wait({task})
            raise
        finally:
            self._running.discard(task)
            self._cut.discard(task)
            asyncio.get_running_loop().call_soon(self._say_when_idle)

    def _cut_short(self) -> None:
        self._deadline = None
        self._cut = set(self._running)
        for task in self._cut:
            task.cancel()

    def _say_when_idle(self) -> None:
        if self.idle:
            acts, self._when_idle = self._when_idle, []
            for act in acts:
                act()


async def _to_its_end(work: Coroutine[object, object, T]) -> Ended[T]:
    try:
        return Ended(value=await work)
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001 - an RPC without an answer hangs the engine
        return Ended(error=error)


def _cut_short_error() -> CutShortError:
    return CutShortError(
        "stopped in the middle of a call to commercetools, which may have had its effect.",
        "Run `pulumi up` again: it looks first, and goes on from what it finds.",
    )
