"""A clock for tests: nobody waits, and every wait is remembered."""

from __future__ import annotations

import asyncio

__all__ = ["FakeClock"]


class FakeClock:
    """Time that passes only by sleeping or `advance`.

    `sleep` moves the time on and gives the event loop to others once; `sleeps` remembers each wait in seconds.
    """

    def __init__(self, wall: float = 1_790_000_000.0) -> None:
        self._passed = 0.0
        self._wall = wall
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        """Return the seconds since this clock was made."""
        return self._passed

    def wall(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return self._wall + self._passed

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds

    async def sleep(self, seconds: float) -> None:
        """Let time pass, at once."""
        self.sleeps.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)
