"""How often a call is repeated, and after how long. Pure but for the budget, which only counts.

What may be repeated at all is the table in `repeats`. The numbers are those of botocore's standard mode, more
patient as runs take minutes here: a budget of 500 for the process, 5 for each repetition and 10 after a time-out,
given back by success; 5 attempts; a random wait of at most 0.5 s · 2^n, never more than 20 s. `Retry-After`, in
seconds or as a date, is honoured up to 120 s. An outage so ends in errors, and not in a storm.
"""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

from commercetools_connect.api.errors import ApiError
from commercetools_connect.contract.clock import Clock

__all__ = [
    "PATIENT",
    "SHARED_BUDGET",
    "CallRetries",
    "RetryBudget",
    "RetryPolicy",
    "repeat",
    "retry_after_seconds",
]

T = TypeVar("T")

_RETRY_COST = 5
_TIMEOUT_COST = 10
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")


@dataclass(frozen=True)
class RetryPolicy:
    """How patient one call is; seconds.

    Waits are random between 0 and `base * 2^n`, at most `longest_wait`. What the server asks for in `Retry-After`
    comes first, at most `longest_retry_after`. No wait is begun that would end after `total`.
    """

    attempts: int = 5
    base: float = 0.5
    longest_wait: float = 20.0
    longest_retry_after: float = 120.0
    total: float = 300.0

    def wait(self, attempt: int, asked: float | None, jitter: float) -> float:
        """Return the seconds to wait after attempt number `attempt` (from 1); `jitter` is uniform in [0, 1)."""
        backoff = jitter * min(self.base * 2.0**attempt, self.longest_wait)
        return backoff + min(asked or 0.0, self.longest_retry_after)


PATIENT: Final = RetryPolicy()
"""What a call does when nothing else is said."""


class RetryBudget:
    """What all calls of a process together may spend on repetitions; refilled by success."""

    def __init__(self, capacity: int = 500) -> None:
        self._capacity = capacity
        self._left = capacity

    @property
    def left(self) -> int:
        """What can still be spent."""
        return self._left

    def spend(self, amount: int) -> bool:
        """Take that much if it is there, and tell whether it was."""
        if amount > self._left:
            return False
        self._left -= amount
        return True

    def give_back(self, amount: int) -> None:
        """Put that much back, up to what was there at first."""
        self._left = min(self._left + amount, self._capacity)


SHARED_BUDGET: Final = RetryBudget()
"""The budget of this process."""


class CallRetries:
    """The repetitions of one call: asked after each failure, told about the success."""

    def __init__(
        self,
        *,
        clock: Clock,
        budget: RetryBudget,
        policy: RetryPolicy,
        jitter: Callable[[], float],
    ) -> None:
        self.clock = clock
        self._budget = budget
        self._jitter = jitter
        self._policy = policy
        self._attempt = 0
        self._spent = 0
        self._started = clock.monotonic()

    def wait_after(self, error: ApiError) -> float | None:
        """Return the seconds to wait before the same call again, or `None` when `error` is its end."""
        self._attempt += 1
        if error.uncertain or not error.transient or self._attempt >= self._policy.attempts:
            return None
        asked = retry_after_seconds(error.retry_after, self.clock.wall())
        wait = self._policy.wait(self._attempt, asked, self._jitter())
        if self.clock.monotonic() - self._started + wait > self._policy.total:
            return None
        cost = _TIMEOUT_COST if error.timed_out else _RETRY_COST
        if not self._budget.spend(cost):
            return None
        self._spent += cost
        return wait

    def succeeded(self) -> None:
        """Give back what the repetitions cost; a success at once refills the budget a little."""
        self._budget.give_back(self._spent or 1)


async def repeat(attempt: Callable[[], Awaitable[T | ApiError]], retries: CallRetries) -> T:
    """Return the first success of `attempt`, or raise the error that is its end.

    An error that `attempt` returns may be repeated; one that it raises goes through.
    """
    while True:
        outcome = await attempt()
        if not isinstance(outcome, ApiError):
            retries.succeeded()
            return outcome
        wait = retries.wait_after(outcome)
        if wait is None:
            raise outcome
        await retries.clock.sleep(wait)


def retry_after_seconds(text: str, wall: float) -> float | None:
    """Return what a `Retry-After` asks for, in seconds from `wall`; it may be a number or an HTTP date."""
    if _SECONDS.fullmatch(text.strip()):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
        # A date that names no zone is meant as HTTP dates are.
        moment = (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, moment - wall) if math.isfinite(moment) else None
