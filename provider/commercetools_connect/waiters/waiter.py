"""Waiter for the end of a run at the server.

A final status counts only with evidence that *this* run ended. Evidence is a pending status read since the
request, a version or a build id that changed since the response to the request, or the object's disappearance.
Without it the status may be the one from before (API §19 #44). For the same reason an object of a lower version
than one read before is ignored: versions only grow (API §10), so it is a late copy.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, Generic, TypeVar

from commercetools_connect.api import ReportEntryType
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.concurrency import cancel_and_wait, next_before
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.text import capped_list, escape_untrusted
from commercetools_connect.waiters.lifecycle import Lifecycle, Verdict
from commercetools_connect.waiters.sources import NotFound, ReadError, ReadResult

T = TypeVar("T")

INFORMATION = ReportEntryType.INFORMATION
OUTAGE_LIMIT = 600.0
"""Seconds for which a wait continues although nothing can be read."""

EVIDENCE_LIMIT = 60.0
"""Seconds of successful reads within which evidence of a run must appear after its request was accepted."""

MAX_REASONS: Final = 40
"""Report lines in an error; with the text around them fewer than an answer to the engine keeps."""

MAX_LINES: Final = 50
"""Report lines after one read; the state and the error have more."""


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
class Observation:
    """What a waiter needs to know of one object."""

    value: str
    version: int
    build: str = ""
    report: tuple[ReportLine, ...] = ()


class WaitStatus(Enum):
    """The ways in which a wait ends."""

    SUCCESS = "success"
    FAILURE = "failure"
    GONE = "gone"
    NEVER_STARTED = "never started"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class WaitResult(Generic[T]):
    """How a wait ended, with the last object that was read and, unless it is a success, the reason."""

    ending: WaitStatus
    last: T
    reason: str = ""

    @property
    def success(self) -> bool:
        """Whether the run succeeded."""
        return self.ending is WaitStatus.SUCCESS


@dataclass
class Waiter(Generic[T]):
    """One wait for one run.

    - `observe` returns an object's `Observation`.
    - `start` is the object in the response to the request; `results` are reads that began after it.
    - `deadline`: on the clock's `monotonic`; `None` gives the lifecycle's own time limit from now.
    - `started`: the run is known to have started, even if `start` does not show it.
    """

    lifecycle: Lifecycle
    observe: Callable[[T], Observation]
    start: T
    results: AsyncGenerator[ReadResult[T], None]
    context: OperationContext
    clock: Clock
    deadline: float | None = None
    started: bool = False

    def __post_init__(self) -> None:
        self._last = self.start
        self._observed: tuple[T, Observation] | None = None
        self._initial = self._observation(self.start)
        self._newest_version = self._initial.version
        self._reported = set(map(_as_news, self._initial.report))
        self._reported_unknown: set[str] = set()
        self._began = self.clock.monotonic()
        self._has_evidence = False
        self._reading_since: float | None = None
        self._outage: tuple[float, ReadError] | None = None
        """The moment since which nothing can be read, and the last error."""
        self._missing = False

    async def outcome(self) -> WaitResult[T]:
        """Return when the run has ended, the time limit is over, or a stop is requested."""
        limit = self._began + self.lifecycle.time_limit if self.deadline is None else self.deadline
        timer = asyncio.ensure_future(self.clock.until(limit))
        stop = asyncio.ensure_future(self.context.cancellation.wait())
        try:
            result = self._judge(self.start)
            if result is None:
                self._report_status()
            while result is None and not self.context.cancellation.requested:
                # a timer may fire a moment early, by the resolution of the clock
                if timer.done() or self.clock.monotonic() >= limit:
                    return self._end(WaitStatus.TIMED_OUT, self._timeout_reason())
                read = await next_before(self.results, timer, stop)
                if isinstance(read, ReadError):
                    result = self._on_read_error(read)
                elif isinstance(read, NotFound):
                    result = self._on_missing()
                elif read is not None:
                    result = self._on_object(read.object)
            cancelled = f"the wait for the {self.lifecycle.name} was cancelled"
            return result or self._end(WaitStatus.CANCELLED, cancelled)
        finally:
            await cancel_and_wait(timer, stop)
            await self.results.aclose()

    def _on_missing(self) -> WaitResult[T] | None:
        """End the wait at once where the object should disappear, else at the second such read in a row.

        A read right after the request may be older than the object (API §19 #39).
        """
        self._outage = None
        if self.lifecycle.gone is Verdict.SUCCESS:
            return self._end(WaitStatus.SUCCESS)
        if self._missing:
            return self._end(WaitStatus.GONE, "it was deleted by another client during the wait")
        self._missing = True
        self._report_status()
        return None

    def _on_read_error(self, failure: ReadError) -> WaitResult[T] | None:
        now = self.clock.monotonic()
        since, _ = self._outage or (now, failure)
        self._outage = since, failure
        self._reading_since = None  # a run cannot show evidence while nothing can be read
        if failure.lasting or now - since > OUTAGE_LIMIT:
            return self._end(WaitStatus.UNREADABLE, f"its state cannot be read: {failure.error}")
        self.context.reporter.status(
            f"{self._status_words()}; cannot be read, trying again", f"for {format_duration(now - since)}"
        )
        return None

    def _on_object(self, item: T) -> WaitResult[T] | None:
        self._outage, self._missing = None, False
        version = self._observation(item).version
        if version < self._newest_version:
            self._report_status()
            return None
        self._newest_version = version
        self._last = item
        result = self._judge(item)
        if result is None or result.success:  # a failure's reason carries the report already
            lines = {_as_news(line): line for line in self._observation(item).report}
            new = [line for news, line in lines.items() if news not in self._reported]
            self._reported.update(lines)
            self._report_status(new)
            if result is not None and any(line.level == INFORMATION for line in new):
                self._report_status()  # the engine repeats the last status where it says that it is done
        now = self.clock.monotonic()
        if self._reading_since is None:
            self._reading_since = now
        if result is None and not self._has_evidence and now - self._reading_since >= EVIDENCE_LIMIT:
            reason = f"the request was accepted, but nothing has happened for {self._elapsed()}"
            return self._end(WaitStatus.NEVER_STARTED, reason)
        return result

    def skip_information(self, earlier: Iterable[ReportLine]) -> None:
        """Do not report the information that an earlier run has given as well."""
        self._reported.update(_as_news(line) for line in earlier if line.level == INFORMATION)

    def _judge(self, item: T) -> WaitResult[T] | None:
        """Return the result of the wait if the object shows one, with evidence that this run ended."""
        observation, initial = self._observation(item), self._initial
        verdict = self.lifecycle.verdict(observation.value)
        pending = self.lifecycle.is_running(observation.value)
        # an entry of a list may leave the build out
        rebuilt = bool(observation.build) and observation.build != initial.build
        changed = observation.version > initial.version or rebuilt
        self._has_evidence = self._has_evidence or self.started or pending or changed
        if pending or not self._has_evidence:
            return None
        if verdict is Verdict.SUCCESS:
            return self._end(WaitStatus.SUCCESS)
        report = reported_problems(observation.report)
        return self._end(WaitStatus.FAILURE, "\n".join([self.lifecycle.words(observation.value), *report]))

    def _observation(self, item: T) -> Observation:
        """Return the observation of an object, made once: most reads return the same object."""
        if self._observed is None or self._observed[0] is not item:
            self._observed = (item, self.observe(item))
        return self._observed[1]

    def _report_status(self, new: Sequence[ReportLine] = ()) -> None:
        """Report the status with new report lines: information in the status line, the rest as warnings."""
        reporter = self.context.reporter
        value = self._observation(self._last).value
        if self.lifecycle.verdict(value) is Verdict.UNKNOWN and value not in self._reported_unknown:
            self._reported_unknown.add(value)
            reporter.warning(
                f"{self._status_words()} is not known to this version of the provider; waiting until it changes"
            )
        for text in _quoted([line for line in new if line.level != INFORMATION]):
            reporter.warning(text)
        information = "; ".join(_quoted(_merged([line for line in new if line.level == INFORMATION])))
        status = self._status_words()
        reporter.status(f"{status}: {information}" if information else status, self._elapsed())

    def _status_words(self) -> str:
        return self.lifecycle.words(escape_untrusted(self._observation(self._last).value))

    def _elapsed(self) -> str:
        return format_duration(self.clock.monotonic() - self._began)

    def _timeout_reason(self) -> str:
        reason = f"the time limit ended after {self._elapsed()}, while {self._status_words()}"
        if self._outage is None:
            return reason
        since, failure = self._outage
        lasted = format_duration(self.clock.monotonic() - since)
        return f"{reason}; its state could not be read for the last {lasted}: {failure.error}"

    def _end(self, ending: WaitStatus, reason: str = "") -> WaitResult[T]:
        return WaitResult(ending, self._last, reason)


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


def reported_problems(report: Iterable[ReportLine]) -> list[str]:
    """Return the warnings and errors of a report, safe to print: the first lines, and how many more there are."""
    problems = [line for line in report if line.level != INFORMATION]
    lines = capped_list(problems, MAX_REASONS, lambda note: ReportLine("", note))
    return [f"  {escape_untrusted(f'{line.level}: {line}' if line.level else str(line))}" for line in lines]


def _as_news(line: ReportLine) -> ReportLine:
    """Return the line as it is compared: information that comes again in every run is no news."""
    return replace(line, created_at="") if line.level == INFORMATION else line


def _merged(lines: Sequence[ReportLine]) -> list[ReportLine]:
    """Return the lines with those that differ in the application only as one line."""
    applications: dict[ReportLine, list[str]] = {}
    for line in lines:
        applications.setdefault(replace(line, application="", created_at=""), []).append(line.application)
    return [replace(line, application=", ".join(filter(None, names))) for line, names in applications.items()]


def _quoted(lines: Sequence[ReportLine]) -> list[str]:
    """Return the first lines, safe to print, and how many more there are."""
    shown = capped_list(lines, MAX_LINES, lambda note: ReportLine(INFORMATION, note))
    return [escape_untrusted(str(line)) for line in shown]
