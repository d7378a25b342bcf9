"""Waits of a test: what a server shows, look by look, and who listens to what is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from commercetools_connect.api import ApiError, NetworkError
from commercetools_connect.core.resource import Cancellation, OperationContext
from commercetools_connect.waiters import (
    DEPLOY,
    Found,
    Lifecycle,
    NotFound,
    Observation,
    ReadError,
    ReadResult,
    ReportLine,
    Waiter,
    WaitResult,
)
from tests.support.clock import FakeClock

__all__ = ["INTERVAL", "Look", "Recorder", "Scene", "Thing", "run", "trouble"]

T = TypeVar("T")

INTERVAL = 5.0


@dataclass(frozen=True)
class Thing:
    """An object with a run, reduced to what a wait looks at."""

    status: str
    version: int = 5
    build: str = "build-1"
    report: tuple[ReportLine, ...] = ()


Look = Thing | NotFound | ReadError


def progress(thing: Thing) -> Observation:
    return Observation(thing.status, thing.version, thing.build, thing.report)


def trouble(error: ApiError | None = None, *, lasting: bool = False) -> ReadError:
    return ReadError(error or NetworkError("the host was not reached"), lasting)


@dataclass
class Recorder:
    """Remembers what was said to the person at the terminal."""

    infos: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)

    def info(self, message: str) -> None:
        self.infos.append(message)

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    def status(self, message: str, time: str = "") -> None:
        self.statuses.append(f"{message} ({time})" if time else message)

    @property
    def everything(self) -> str:
        return "\n".join([*self.infos, *self.warnings, *self.statuses])


class Scene:
    """One wait: the answer to its request, then one look every `INTERVAL`; the last look stays for ever.

    `at(seconds, act)` does something when the clock gets there, before the look.
    """

    def __init__(self, start: Thing, looks: Iterable[Look] = (), lifecycle: Lifecycle = DEPLOY) -> None:
        self.start = start
        self.looks = list(looks) or [start]
        self.lifecycle = lifecycle
        self.clock = FakeClock()
        self.said = Recorder()
        self.cancellation = Cancellation()
        self.closed = False
        self._finished = False
        self.taken = 0
        self._acts: list[tuple[float, Callable[[], None]]] = []

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        self._acts.append((seconds, act))

    def outcome(self, *, deadline: float | None = None, started: bool = False) -> WaitResult[Thing]:
        context = OperationContext("api", "key", reporter=self.said, cancellation=self.cancellation)

        async def work() -> WaitResult[Thing]:
            wait = Waiter(
                self.lifecycle, progress, self.start, self.observations(), context, self.clock, deadline, started
            )
            try:
                return await wait.outcome()
            finally:
                self.closed = self._finished  # before the end of the loop closes what was left open

        return run(work())

    async def observations(self) -> AsyncGenerator[ReadResult[Thing], None]:
        try:
            while True:
                await self.clock.sleep(INTERVAL)
                for seconds, act in self._acts:
                    if seconds <= self.clock.monotonic() < seconds + INTERVAL:
                        act()
                look = self.looks[min(self.taken, len(self.looks) - 1)]
                self.taken += 1
                yield Found(look) if isinstance(look, Thing) else look
        finally:
            self._finished = True


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run on a loop that complains, and demand that nothing is left running."""

    async def guarded() -> T:
        result = await work
        assert asyncio.all_tasks() == {asyncio.current_task()}, "something still runs"
        return result

    return asyncio.run(guarded(), debug=True)
