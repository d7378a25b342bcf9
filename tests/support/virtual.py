"""An event loop whose time passes at once: when nothing is left to do, the next timer is due.

`asyncio.sleep` takes no time and the order of events is exact, so that call counts and delays can be asserted to
the call and to the second. For code without sockets and threads only: with only those to wait for, it raises.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["VirtualClock", "VirtualLoop", "run_virtually"]

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Finds nothing to read, ever; waiting moves the time on."""

    def __init__(self, passed: Callable[[float], None]) -> None:
        super().__init__()
        self._passed = passed

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("nothing will ever happen again: every task waits for another one")
        if not ready and timeout:
            self._passed(timeout)
        return list(ready)


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop itself; `passed` receives how many seconds have passed each time some have."""

    def __init__(self, passed: Callable[[float], None] = lambda _: None) -> None:
        self._now = 0.0
        self._tell = passed
        super().__init__(_Selector(self._pass))

    def time(self) -> float:
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += seconds
        self._tell(seconds)


class VirtualClock:
    """The time of the loop that runs."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def wall(self) -> float:
        return 1_790_000_000.0 + self.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self.monotonic()))


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """Run on a loop of its own, and demand that nothing is left running."""
    loop = VirtualLoop()
    try:

        async def guarded() -> T:
            result = await work
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"something still runs: {left}"
            return result

        return loop.run_until_complete(guarded())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
