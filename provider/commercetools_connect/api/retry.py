"""Retries of calls: rules, policy and budget.

| what happened | a read, a token request | a write |
|---|---|---|
| never sent: host not reached, refused, no connection free | again | again |
| throttled: 429, not processed | again | again |
| no answer: timed out, broken off | again | not: it may have had its effect |
| unreadable: not JSON, not decompressible | again | not: the same |
| server error: 5xx, or a code that says so | again | not: the same |
| another shape: JSON that is not what the call returns | not: it would come again | not |
| not the API: a page, a redirect, a 404 without a code | not | not: and it may have had its effect |
| refused: any other 4xx in the API's words | not | not: it had none |
| untrusted: the certificate, or the URL's scheme | not | not: never sent |

The client never retries a write that may have had its effect: a resource reads first whether it had (API §19 #40).

The numbers are those of botocore's standard mode, more patient because runs take minutes here: a budget of 500 for
the process, 5 for each retry and 10 after a time-out, given back by success; 5 attempts; after attempt n a random
wait of at most 0.5 s · 2^n, so 8 s before the last one. `Retry-After`, in seconds or as a date, is honoured up to
120 s. So calls fail during an outage instead of flooding the server.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timezone
from email.utils import parsedate_to_datetime
from enum import Enum
from http import HTTPStatus
from typing import Final, TypeVar

from commercetools_connect.api.errors import ApiError, RateLimitedError, ServerError, UnexpectedAnswerError
from commercetools_connect.core.clock import Clock

T = TypeVar("T")

_RETRY_COST = 5
_TIMEOUT_COST = 10
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")


class FailureKind(Enum):
    """The ways in which a call fails."""

    NEVER_SENT = "never sent"
    THROTTLED = "throttled"
    NO_ANSWER = "no answer"
    UNREADABLE = "unreadable"
    SERVER = "server error"
    OTHER_SHAPE = "another shape"
    NOT_THE_API = "not the API"
    REFUSED = "refused"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True)
class Rule:
    """What a kind of failure means for a call.

    - `transient`: the same call may succeed later, as it is.
    - `maybe_applied`: the server may have processed the call; a write is then uncertain.
    """

    transient: bool
    maybe_applied: bool


RULES: Final[Mapping[FailureKind, Rule]] = {
    FailureKind.NEVER_SENT: Rule(transient=True, maybe_applied=False),
    FailureKind.THROTTLED: Rule(transient=True, maybe_applied=False),
    FailureKind.NO_ANSWER: Rule(transient=True, maybe_applied=True),
    FailureKind.UNREADABLE: Rule(transient=True, maybe_applied=True),
    FailureKind.SERVER: Rule(transient=True, maybe_applied=True),
    FailureKind.OTHER_SHAPE: Rule(transient=False, maybe_applied=True),
    FailureKind.NOT_THE_API: Rule(transient=False, maybe_applied=True),
    FailureKind.REFUSED: Rule(transient=False, maybe_applied=False),
    FailureKind.UNTRUSTED: Rule(transient=False, maybe_applied=False),
}


def failure_kind(error: type[ApiError], status: int) -> FailureKind:
    """Return which kind of failure a response is, by the error class that it was classified as."""
    if issubclass(error, ServerError) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FailureKind.SERVER
    if issubclass(error, RateLimitedError) or status == HTTPStatus.TOO_MANY_REQUESTS:
        return FailureKind.THROTTLED
    return FailureKind.NOT_THE_API if issubclass(error, UnexpectedAnswerError) else FailureKind.REFUSED


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long one call is retried; seconds.

    Waits are random between 0 and `base * 2^n`. What the server asks for in `Retry-After` is added, at most
    `longest_retry_after`. No wait begins that would end after `total`.
    """

    attempts: int = 5
    base: float = 0.5
    longest_retry_after: float = 120.0
    total: float = 300.0

    def wait(self, attempt: int, asked: float | None, jitter: float) -> float:
        """Return the seconds to wait after attempt number `attempt` (from 1); `jitter` is uniform in [0, 1)."""
        backoff = jitter * self.base * 2.0**attempt
        return backoff + min(asked or 0.0, self.longest_retry_after)


class RetryBudget:
    """What all calls of a process together may spend on retries; refilled by success."""

    def __init__(self, capacity: int = 500) -> None:
        self._capacity = self._left = capacity

    def spend(self, amount: int) -> bool:
        """Take that much if it is there, and return whether it was."""
        if amount > self._left:
            return False
        self._left -= amount
        return True

    def give_back(self, amount: int) -> None:
        """Put that much back, up to the capacity."""
        self._left = min(self._left + amount, self._capacity)


DEFAULT_RETRY_POLICY: Final = RetryPolicy()
SHARED_BUDGET: Final = RetryBudget()
"""The budget of this process."""


@dataclass
class Retrier:
    """Repeats calls by the rules, within a policy and a budget; `jitter` returns a random number in [0, 1).

    `pending_error` is the error because of which a call waits to be repeated; `None` once a call has succeeded.
    """

    clock: Clock
    budget: RetryBudget = SHARED_BUDGET
    policy: RetryPolicy = DEFAULT_RETRY_POLICY
    jitter: Callable[[], float] = random.random
    pending_error: ApiError | None = field(default=None, init=False)

    async def run(self, call: Callable[[], Awaitable[T | ApiError]]) -> T:
        """Return the first success of `call`, or raise the last error.

        An error that `call` returns may be retried; one that it raises goes through.
        """
        started, spent, attempt = self.clock.monotonic(), 0, 0
        while True:
            attempt += 1
            result = await call()
            if not isinstance(result, ApiError):
                # a success at once refills the budget a little
                self.budget.give_back(spent or 1)
                self.pending_error = None
                return result
            if result.uncertain or not result.transient or attempt >= self.policy.attempts:
                raise result
            asked = retry_after_seconds(result.retry_after, self.clock.wall())
            wait = self.policy.wait(attempt, asked, self.jitter())
            cost = _TIMEOUT_COST if result.timed_out else _RETRY_COST
            is_too_late = self.clock.monotonic() - started + wait > self.policy.total
            if is_too_late or not self.budget.spend(cost):
                raise result
            spent += cost
            self.pending_error = result
            await self.clock.sleep(wait)


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
