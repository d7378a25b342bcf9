"""A clock for tests: no wait takes time, and every wait is recorded."""

from __future__ import annotations

import asyncio

__all__ = ["Appointments", "FakeClock"]

TURNS = 8
"""Turns of the event loop in which those who are woken do what they have to do before time goes on."""


class Appointments:
    """Those who wait for a moment without moving time on themselves: time limits."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    async def keep(self, moment: float, now: float) -> None:
        """Return when `wake` is called with that moment, at once if it has come."""
        if moment > now:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append((moment, future))
            await future

    def next(self, limit: float) -> float:
        """Return the first moment that a task waits for, `limit` if there is none before it."""
        self._waiting = [each for each in self._waiting if not each[1].done()]
        return min([limit, *(moment for moment, _ in self._waiting)])

    async def wake(self, now: float) -> None:
        """Let those whose moment has come do what they waited to do."""
        due = [future for moment, future in self._waiting if moment <= now and not future.done()]
        for future in due:
            future.set_result(None)
        for _ in range(TURNS if due else 0):
            await asyncio.sleep(0)


class FakeClock:
    """Time that passes only by sleeping or `advance`.

    `sleep` moves the time on and gives the event loop to others once; `sleeps` remembers each wait in seconds.
    Who waits `until` a moment is woken when a sleeper passes it, and may stop that sleeper.
    """

    def __init__(self, wall: float = 1_790_000_000.0) -> None:
        self._passed = 0.0
        self._wall = wall
        self._appointments = Appointments()
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
        end = self._passed + seconds
        while self._passed < end:
            self._passed = self._appointments.next(end)
            await self._appointments.wake(self._passed)
        await asyncio.sleep(0)

    async def until(self, moment: float) -> None:
        """Return when others have let the time pass."""
        await self._appointments.keep(moment, self._passed)
