"""Waits until a run at the server has ended, and says how.

The rule that keeps this honest: a final status counts only with evidence that *this* run ended. Evidence is a
pending status seen since the request, a version or a build id that moved on since the answer to the request, or
the object's disappearance. Without it the status may be the one from before (API §19 #44). For the same reason an
object of a lower version than one seen already says nothing: versions only grow (API §10), so it is a late copy.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

from commercetools_connect.contract.clock import Clock
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.operation import Operation
from commercetools_connect.waiters.lifecycle import Lifecycle, Verdict
from commercetools_connect.waiters.observations import Gone, Observation, Seen, Trouble

__all__ = ["Ending", "Outcome", "Progress", "ReportLine", "Wait", "format_duration"]

T = TypeVar("T")

OUTAGE_LIMIT = 600.0
"""Seconds for which a wait goes on although nothing can be read."""

EVIDENCE_LIMIT = 60.0
"""Seconds of looking in which a run must show a sign of life after its request was accepted."""


@dataclass(frozen=True)
class ReportLine:
    """One entry of a report of the server (API §4.4, §4.7); `level` is `Information`, `Warning` or `Error`."""

    level: str
    title: str
    message: str = ""
    application: str = ""
    created_at: str = ""

    def __str__(self) -> str:
        where = f"{self.application}: " if self.application else ""
        more = f": {self.message}" if self.message and self.message != self.title else ""
        return f"{where}{self.title}{more}"


@dataclass(frozen=True)
class Progress:
    """What a wait needs to know of one observed object."""

    value: str
    version: int
    build: str = ""
    report: tuple[ReportLine, ...] = ()


class Ending(Enum):
    """The ways in which a wait ends."""

    SUCCESS = "success"
    FAILURE = "failure"
    GONE = "gone"
    NEVER_STARTED = "never started"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How a wait ended, with the last object that was read and, unless it is a success, why in one sentence."""

    ending: Ending
    last: T
    reason: str = ""

    @property
    def success(self) -> bool:
        """Whether what was waited for has happened."""
        return self.ending is Ending.SUCCESS


@dataclass
class Wait(Generic[T]):
    """One wait for one run.

    - `progress` reads an object's `Progress`.
    - `start` is the object as the request's answer showed it; `observations` are made after that.
    - `started`: the run is already known to be under way, whatever `start` shows.
    - `deadline`: on the clock's `monotonic`; `None` gives the lifecycle's own time limit from now.
    """

    lifecycle: Lifecycle
    progress: Callable[[T], Progress]
    start: T
    observations: AsyncGenerator[Observation[T], None]
    operation: Operation
    clock: Clock
    deadline: float | None = None
    started: bool = False
    _began: float = field(init=False)
    _until: float = field(init=False)
    _last: T = field(init=False)
    _before: Progress = field(init=False)
    _newest_version: int = field(init=False)
    _told: set[ReportLine] = field(init=False, default_factory=set)
    _told_unknown: set[str] = field(init=False, default_factory=set)
    _has_evidence: bool = field(init=False, default=False)
    _silent_since: float | None = field(init=False, default=None)
    _outage: tuple[float, Trouble] | None = field(init=False, default=None)
    """Since when nothing can be read, and why."""
    _missed: bool = field(init=False, default=False)
    _read: tuple[T, Progress] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._last = self.start
        self._before = self.progress(self.start)
        self._newest_version = self._before.version
        self._began = self.clock.monotonic()
        limit = self._began + self.lifecycle.time_limit
        self._until = limit if self.deadline is None else self.deadline
        self._told.update(self._before.report)

    async def outcome(self) -> Outcome[T]:
        """Return as soon as the run has ended, the time limit is over, or someone asks to stop."""
        limit = asyncio.ensure_future(self.clock.until(self._until))
        cancelled = asyncio.ensure_future(self.operation.cancellation.wait())
        try:
            if ended := self._judge(self.start):
                return ended
            self._say_status(())
            while not self.operation.cancellation.requested:
                if self.clock.monotonic() >= self._until:
                    return self._end(Ending.TIMED_OUT, self._why_so_late())
                observation = await self._next_observation(limit, cancelled)
                if observation is not None and (ended := self._take(observation)):
                    return ended
            return self._end(Ending.CANCELLED, f"the wait for the {self.lifecycle.name} was cancelled")
        finally:
            await _stop(limit, cancelled)
            await self.observations.aclose()

    async def _next_observation(self, *interruptions: asyncio.Future[Any]) -> Observation[T] | None:
        """Return the next observation, or `None` when one of the interruptions comes first."""
        following = asyncio.ensure_future(anext(self.observations))
        try:
            await asyncio.wait([following, *interruptions], return_when=asyncio.FIRST_COMPLETED)
            return following.result() if following.done() else None
        finally:
            await _stop(following)

    def _take(self, observation: Observation[T]) -> Outcome[T] | None:
        if isinstance(observation, Trouble):
            return self._endure(observation)
        self._outage = None
        if isinstance(observation, Gone):
            return self._miss()
        self._missed = False
        return self._notice(observation)

    def _miss(self) -> Outcome[T] | None:
        """Believe that the object is gone at once where that is the aim, else at the second look in a row.

        A read right after the request may be older than the object (API §19 #39).
        """
        if self.lifecycle.gone is Verdict.SUCCESS:
            return self._end(Ending.SUCCESS)
        if self._missed:
            return self._end(Ending.GONE, "it was deleted by someone else during the wait")
        self._missed = True
        self._say_status(())
        return None

    def _endure(self, trouble: Trouble) -> Outcome[T] | None:
        now = self.clock.monotonic()
        since, _ = self._outage or (now, trouble)
        self._outage = since, trouble
        self._silent_since = None  # what nobody could look at has not been silent
        if trouble.lasting or now - since > OUTAGE_LIMIT:
            return self._end(Ending.UNREADABLE, f"its state cannot be read: {trouble.error}")
        lasted = format_duration(now - since)
        self.operation.reporter.status(
            f"{self._state()} ({self._elapsed()}); cannot be read for {lasted}, trying again"
        )
        return None

    def _notice(self, seen: Seen[T]) -> Outcome[T] | None:
        version = self._progress_of(seen.object).version
        if version < self._newest_version:
            self._say_status(())
            return None
        self._newest_version = version
        self._last = seen.object
        ended = self._judge(seen.object)
        if ended is None or ended.success:  # a failure's reason carries the report already
            self._say_status(self._take_news())
        if ended:
            return ended
        now = self.clock.monotonic()
        if self._silent_since is None:
            self._silent_since = now
        if not self._has_evidence and now - self._silent_since >= EVIDENCE_LIMIT:
            return self._end(
                Ending.NEVER_STARTED,
                f"the request was accepted, but nothing has happened for {self._elapsed()}",
            )
        return None

    def _judge(self, seen: T) -> Outcome[T] | None:
        progress, before = self._progress_of(seen), self._before
        verdict = self.lifecycle.verdict(progress.value)
        pending = verdict in (Verdict.PENDING, Verdict.UNKNOWN)
        # an entry of a list may leave the build out
        rebuilt = bool(progress.build) and progress.build != before.build
        moved = progress.version > before.version or rebuilt
        self._has_evidence = self._has_evidence or self.started or pending or moved
        if pending or not self._has_evidence:
            return None
        if verdict is Verdict.SUCCESS:
            return self._end(Ending.SUCCESS)
        return self._end(Ending.FAILURE, _explain(self.lifecycle.words(progress.value), progress.report))

    def _progress_of(self, seen: T) -> Progress:
        """Read an object once, however often it is looked at: most looks find the one of before."""
        if self._read is None or self._read[0] is not seen:
            self._read = (seen, self.progress(seen))
        return self._read[1]

    def _take_news(self) -> list[ReportLine]:
        """Return each report entry that was not there before, once."""
        news = [line for line in self._progress_of(self._last).report if line not in self._told]
        self._told.update(news)
        return news

    def _say_status(self, news: Sequence[ReportLine]) -> None:
        """Say how far it is, with what is new: only information in passing, the rest so that it stays."""
        reporter = self.operation.reporter
        value = self._progress_of(self._last).value
        if self.lifecycle.verdict(value) is Verdict.UNKNOWN and value not in self._told_unknown:
            self._told_unknown.add(value)
            reporter.warning(
                f"{self._state()} is not known to this version of the provider; waiting until it changes"
            )
        for line in news:
            if line.level != "Information":
                reporter.warning(quote_foreign(str(line)))
        passing = "; ".join(quote_foreign(str(line)) for line in news if line.level == "Information")
        reporter.status(f"{self._state()} ({self._elapsed()})" + (f": {passing}" if passing else ""))

    def _state(self) -> str:
        return self.lifecycle.words(quote_foreign(self._progress_of(self._last).value))

    def _elapsed(self) -> str:
        return format_duration(self.clock.monotonic() - self._began)

    def _why_so_late(self) -> str:
        late = f"the time limit ended after {self._elapsed()}, while {self._state()}"
        if self._outage is None:
            return late
        since, trouble = self._outage
        lasted = format_duration(self.clock.monotonic() - since)
        return f"{late}; its state could not be read for the last {lasted}: {trouble.error}"

    def _end(self, ending: Ending, reason: str = "") -> Outcome[T]:
        return Outcome(ending, self._last, reason)


def format_duration(seconds: float) -> str:
    """Write a duration in its two largest units: `45 s`, `3 min 20 s`, `2 h 5 min`, `12 d 3 h`."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min {rest} s"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes} min"


def _explain(words: str, report: tuple[ReportLine, ...]) -> str:
    lines = [f"  {quote_foreign(f'{line.level}: {line}')}" for line in report if line.level != "Information"]
    return "\n".join([words, *lines])


async def _stop(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
