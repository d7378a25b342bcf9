"""Wait for the wiring of a Deployment: scripts register late, and delete before they create.

Nothing is decided here about redeploys, and nothing is changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from commercetools_connect.api import ApiError
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.concurrency import cancel_and_wait, next_before
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.resources.deployment.wiring.expectation import (
    Expectation,
    FindingStatus,
    Wiring,
    examine,
    expected_kinds,
)
from commercetools_connect.resources.deployment.wiring.registrations import ApplicationAddress, registrations_of
from commercetools_connect.waiters import ReadError, format_duration
from commercetools_connect.waiters.wiring import WiringReader, WiringSnapshot

ROUNDS: Final = 12.0
"""Rounds, 2 minutes, after which what is not wired counts: a deployment may be `Deployed` while scripts run."""

TWO_LOOKS: Final = 1.5
"""Rounds that are enough for two looks: the second one begins when a round is over."""

LOOKS_TO_MISS: Final = 2
"""How many looks it takes to be certain that something is missing: a script deletes first, and creates then."""


class WiringStatus(Enum):
    """How a wait for wiring ended."""

    WIRED = "wired"
    NOT_WIRED = "not wired"
    UNREADABLE = "unreadable"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class WiringResult:
    """How a wait ended, with what the last look found, if there was one, and why there were no more looks."""

    status: WiringStatus
    wiring: Wiring = field(default_factory=Wiring)
    error: ApiError | None = None
    looks: int = 0

    @property
    def is_certain(self) -> bool:
        """Whether what is missing has been looked for often enough."""
        nowhere = all(each.status is FindingStatus.NO_ADDRESS for each in self.wiring.problems)
        return self.looks >= LOOKS_TO_MISS or (self.looks > 0 and nowhere)


@dataclass
class WiringWait:
    """One wait for the wiring of one Deployment that has just ended a run, or that is refreshed.

    - `applications`: as the Deployment runs now; `former`: as its state knew them, for the messages.
    - `since`: only what is there at that moment or later counts, on the clock's `monotonic`. `None` for a refresh:
      a look of another deployment serves, if it is an interval old at most.
    - `deadline`: the end of the whole operation, if it has one; `rounds` end within it. With 0 `rounds` there is
      one look. With more there are two at least, within the deadline, however long a list takes: fewer are no
      evidence.
    """

    reader: WiringReader
    clock: Clock
    context: OperationContext
    project_key: str
    expect: Expectation
    applications: Sequence[ApplicationAddress]
    former: Sequence[ApplicationAddress] = ()
    since: float | None = None
    deadline: float | None = None
    rounds: float = ROUNDS
    _looks: int = field(default=0, init=False)
    _tries: int = field(default=0, init=False)
    _wiring: Wiring = field(default_factory=Wiring, init=False)
    _error: ApiError | None = field(default=None, init=False)

    async def result(self) -> WiringResult:
        """Return as soon as everything is wired, no look can change anything, the time is over, or on a cancel.

        Makes no call where nothing is expected. Raises `ConfigurationError` and `InvalidInputError` for a call
        that cannot be made.
        """
        kinds = expected_kinds(self.expect)
        if not kinds:
            return WiringResult(WiringStatus.WIRED)
        began = self.clock.monotonic()
        end_of_rounds = began + self.rounds * self.reader.interval
        until = min(each for each in (end_of_rounds, self.deadline) if each is not None)
        least = LOOKS_TO_MISS if self.rounds else 1
        looks = self.reader.looks(self.project_key, kinds, self.since)
        limit = asyncio.ensure_future(self.clock.until(until))
        end = limit if self.deadline is None else asyncio.ensure_future(self.clock.until(self.deadline))
        cancelled = asyncio.ensure_future(self.context.cancellation.wait())
        try:
            self._report(0.0)
            while not self.context.cancellation.requested:
                # the first looks end with the operation, so that lists that take long are not too few looks
                is_enough = self._tries >= least
                interruptions = [limit, cancelled] if is_enough else [*([] if end is limit else [end]), cancelled]
                seen = await next_before(looks, *interruptions)
                if seen is not None and (ended := self._take(seen)):
                    return ended
                over = self._tries >= least and self.clock.monotonic() >= until
                if seen is None or over or (self.deadline is not None and self.clock.monotonic() >= self.deadline):
                    break
                self._report(self.clock.monotonic() - began)
            if self.context.cancellation.requested:
                return self._end(WiringStatus.CANCELLED)
            # after too few looks, an error leaves it open
            is_known = self._looks >= LOOKS_TO_MISS or (self._looks > 0 and self._error is None)
            return self._end(WiringStatus.NOT_WIRED if is_known else WiringStatus.UNREADABLE)
        finally:
            await cancel_and_wait(limit, end, cancelled)
            await looks.aclose()

    def _take(self, seen: WiringSnapshot | ReadError) -> WiringResult | None:
        self._tries += 1
        if isinstance(seen, ReadError):
            self._error = seen.error
            return self._end(WiringStatus.UNREADABLE) if seen.lasting else None
        self._looks += 1
        self._error = None
        found = registrations_of(seen.extensions, seen.subscriptions)
        self._wiring = examine(self.expect, self.applications, found, self.former)
        if self._wiring.is_wired:
            return self._end(WiringStatus.WIRED)
        if all(each.status is FindingStatus.NO_ADDRESS for each in self._wiring.problems):
            return self._end(WiringStatus.NOT_WIRED)
        return None

    def _end(self, status: WiringStatus) -> WiringResult:
        return WiringResult(status, self._wiring, self._error, self._looks)

    def _report(self, elapsed: float) -> None:
        missing = (
            ", ".join(dict.fromkeys(each.application for each in self._wiring.problems)) or "its applications"
        )
        trouble = "; cannot be read, trying again" if self._error else ""
        self.context.reporter.status(
            f"deployed, and waiting for the wiring of {missing}{trouble}", format_duration(elapsed)
        )
