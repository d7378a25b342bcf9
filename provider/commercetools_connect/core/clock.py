"""Clock: the time, passed in so that no test has to wait for it."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Source of the time, and of waits."""

    def monotonic(self) -> float:
        """Return seconds since a fixed point in time; never goes back."""

    def wall(self) -> float:
        """Return seconds since 1970-01-01 UTC, for what servers say in dates."""

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""

    async def until(self, moment: float) -> None:
        """Return as soon as `monotonic` has reached that value."""


class SystemClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        """Return `time.monotonic`, which does not follow changes of the machine's date."""
        return time.monotonic()

    def wall(self) -> float:
        """Return `time.time`."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(seconds)

    async def until(self, moment: float) -> None:
        """Sleep on the event loop until then."""
        # where time is counted in large steps, such as on Windows, a timer comes up to one of them early
        while (left := moment - self.monotonic()) > 0:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(left)
