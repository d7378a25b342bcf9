"""An event loop whose time passes at once: when nothing is left to do, the next timer is due.

`asyncio.sleep` takes no time and the order of events is exact, so that call counts and delays can be asserted to
the call and to the second. For code without sockets and threads only: with only those to wait for, it raises.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["VirtualClock", "run_virtually"]

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):  # type: ignore[valid-type,misc]  # differs by platform
    """Finds nothing to read, ever; waiting moves the time on."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("nothing will ever happen again: everyone waits for someone else")
        if not ready:
            self.now += timeout or 0.0
        return list(ready)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now


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
    loop = _Loop()
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
