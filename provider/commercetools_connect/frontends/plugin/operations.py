"""Operations in progress: cancellation, time to finish, and the quiet period of a preview.

The engine's Cancel reaches every wait at once, and what is waited for goes on at commercetools. A call that is
under way at that moment gets `GRACE` seconds for its answer, so that what it made is in the state; a user who
pressed Ctrl-C is not held up by a server that does not answer. What is cut short then is found again by its key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol, TypeVar

from commercetools_connect.core.clock import Clock
from commercetools_connect.core.concurrency import first_of
from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.resource import Cancellation
from commercetools_connect.frontends.outcome import Finished

T = TypeVar("T")

GRACE: Final = 1.5
"""Seconds. A Ctrl-C ends in two; the rest is for answers on their way and for the goodbye."""


LIMIT: Final = GRACE + 0.5
"""Seconds. At `GRACE` operations are cut short; the rest is for their answers."""

QUIET: Final = 0.5
"""Seconds of a preview without another call."""

QUIET_LIMIT: Final = 2.0
"""Seconds that an error of a preview waits at most."""


CUT_SHORT: Final = (
    "stopped in the middle of a call to commercetools, which may have had its effect.",
    "Run `pulumi up` again: it looks first, and goes on from what it finds.",
)


class RpcCall(Protocol):
    """What is used of the context of an RPC."""

    def add_done_callback(self, callback: Callable[[object], None]) -> None:
        """Call `callback` when the answer has been sent."""
        ...


class CutShortError(ProviderError):
    """The engine asked to stop, and a call of commercetools did not end in the time that was left."""


class Operations:
    """The operations of this process. All of it belongs to the event loop."""

    def __init__(self) -> None:
        self.cancellation = Cancellation()
        self.ending = Cancellation()
        """Requested when the process is asked to end, or the engine to stop: answers do not linger then."""
        self._unanswered: set[asyncio.Future[None]] = set()
        self._running: set[asyncio.Future[Any]] = set()
        self._cut: set[asyncio.Future[Any]] = set()
        self._deadline: asyncio.TimerHandle | None = None
        self._when_idle: list[Callable[[], None]] = []

    @property
    def idle(self) -> bool:
        """Whether the answer of every RPC has been sent."""
        return not self._unanswered

    def reset(self) -> None:
        """Start another run of the engine; what still runs stays asked to stop."""
        self.cancellation, self.ending = Cancellation(), Cancellation()
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def cancel(self) -> None:
        """Ask everything to stop waiting, and cut it short when that does not help."""
        self.cancellation.cancel()
        self.ending.cancel()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().call_later(GRACE, self._cut_short)

    def when_idle(self, act: Callable[[], None]) -> None:
        """Call `act` as soon as every RPC has been answered; at once, if that is now."""
        self.ending.cancel()
        self._when_idle.append(act)
        self._act_when_idle()

    def begin(self, context: RpcCall) -> asyncio.Future[None]:
        """Count an RPC as running until its answer has been sent; the result is done then.

        A process that ends earlier drops an answer that waits for its messages, or is on its way.
        """
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unanswered.add(answered)

        def done(_: object) -> None:
            self._unanswered.discard(answered)
            answered.set_result(None)
            self._act_when_idle()

        context.add_done_callback(done)
        return answered

    async def run(self, work: Coroutine[object, object, T]) -> Finished[T]:
        """Run it as an operation; what it raises is in the result."""
        task = asyncio.create_task(Finished.of(work))
        self._running.add(task)
        try:
            await asyncio.wait({task})
            if not task.cancelled():
                return task.result()
            return Finished(error=CutShortError(*CUT_SHORT) if task in self._cut else asyncio.CancelledError())
        except asyncio.CancelledError:  # the RPC was cancelled: the engine has gone and reads no answer
            task.cancel()
            await asyncio.wait({task})
            raise
        finally:
            self._running.discard(task)
            self._cut.discard(task)

    def _cut_short(self) -> None:
        self._deadline = None
        self._cut = set(self._running)
        for task in self._cut:
            task.cancel()

    def _act_when_idle(self) -> None:
        if self.idle:
            acts, self._when_idle = self._when_idle, []
            for act in acts:
                act()


class QuietPeriod:
    """Delay of the errors of a preview until the engine makes no more calls, so that it shows them together.

    The engine ends a preview at the first error and shows only those that it has by then. It calls creates and
    updates of a preview in parallel, so errors that wait for each other are all shown.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_call = clock.monotonic()
        self._validating = 0
        self._changed = asyncio.Event()

    def note_call(self) -> None:
        """Record that the engine calls now."""
        self._last_call = self._clock.monotonic()
        self._changed.set()

    @contextmanager
    def validating(self) -> Iterator[None]:
        """Record that a validation runs, which may find an error as well."""
        self._validating += 1
        try:
            yield
        finally:
            self._validating -= 1
            self._changed.set()

    async def wait(self, cancellation: Cancellation) -> None:
        """Return after `QUIET` seconds without call or validation, after `QUIET_LIMIT` seconds, or on cancel."""
        limit = self._clock.monotonic() + QUIET_LIMIT
        while not cancellation.requested and (moment := self._next_look(limit)) is not None:
            self._changed.clear()
            await first_of(self._clock.until(moment), self._changed.wait(), cancellation.wait())

    def _next_look(self, limit: float) -> float | None:
        """Return until when to wait if nothing changes before, `None` if the wait is over."""
        now, quiet_at = self._clock.monotonic(), self._last_call + QUIET
        if now >= limit or (now >= quiet_at and not self._validating):
            return None
        return limit if self._validating else min(quiet_at, limit)
