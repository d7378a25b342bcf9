"""Time is known only through a clock that is passed in, so that no test has to wait for it."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """Seconds, and waiting for them."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment; never goes back."""
        ...

    def wall(self) -> float:
        """Return seconds since 1970-01-01 UTC, for what servers say in dates."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        ...

    async def until(self, moment: float) -> None:
        """Return as soon as `monotonic` has reached that moment."""
        ...


class SystemClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        """Return `time.monotonic`, which does not follow changes of the machine's date."""
        return time.monotonic()

    def wall(self) -> float:
        """Return `time.time`."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Give the event loop to others for that many seconds."""
        await asyncio.sleep(seconds)

    async def until(self, moment: float) -> None:
        """Give the event loop to others until then."""
        # where time is counted in large steps, such as on Windows, a timer comes up to one of them early
        while (left := moment - self.monotonic()) > 0:  # noqa: ASYNC110 - nobody could set an event
            await asyncio.sleep(left)
