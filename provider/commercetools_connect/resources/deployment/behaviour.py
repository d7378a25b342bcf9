"""Schedules and retry policies: whether they can be, and whether their application can have one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import UNKNOWN, Plain
from commercetools_connect.resources.deployment.holders import Holder, members
from commercetools_connect.resources.deployment.schedules import schedule_problem
from commercetools_connect.resources.suggestions import suggest

__all__ = ["behaviour_mistakes", "misplaced_behaviour"]

EXPONENTIAL: Final = "exponential-backoff"
STRATEGIES: Final = ("immediate", EXPONENTIAL)

BACKOFFS: Final = ("minBackoffSeconds", "maxBackoffSeconds")
RANGES: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(BACKOFFS, (1, 600)),
    "maxAttempts": (5, 100),
}
"""API §13.2."""

OWNERS: Final[Mapping[str, str]] = {"schedule": "job", "retryPolicy": "event"}
"""What only applications of one type can have (API §4.6)."""

TYPES: Final = frozenset(
    {
        "service",
        "event",
        "job",
        "merchant-center-custom-application",
        "merchant-center-custom-view",
        "assets",
        "mc-app",
    }
)
"""Types that are known to be another one; of a type that we do not know we do not know either what it can have."""


def behaviour_mistakes(holder: Holder) -> Iterator[CheckFailure]:
    """Return what is wrong with an application's schedule and retry policy by themselves."""
    schedule = holder.member("schedule")
    if isinstance(schedule, str) and (problem := schedule_problem(schedule)):
        yield CheckFailure((*holder.path, "schedule"), problem)
    yield from _policy_mistakes((*holder.path, "retryPolicy"), members(holder.member("retryPolicy")))


def misplaced_behaviour(holder: Holder, application_type: str) -> Iterator[CheckFailure]:
    """Return the schedule or retry policy of an application whose type cannot have one."""
    for name, owner in OWNERS.items():
        given = holder.member(name) not in (None, UNKNOWN)
        if given and application_type != owner and application_type in TYPES:
            yield CheckFailure(
                (*holder.path, name), f"only applications of type {owner} can have one, not {application_type}"
            )


def _policy_mistakes(path: Path, policy: Mapping[str, Plain]) -> Iterator[CheckFailure]:
    given = {name: value for name, value in policy.items() if value is not None}
    strategy = given.get("strategy")
    if isinstance(strategy, str) and strategy not in STRATEGIES:
        yield CheckFailure(
            (*path, "strategy"), f"must be {' or '.join(STRATEGIES)}{suggest(strategy, STRATEGIES)}"
        )
    if strategy == "immediate":
        for name in (each for each in RANGES if each in given):
            yield CheckFailure((*path, name), f"belongs to the strategy {EXPONENTIAL}; immediate takes none")
        return
    for name, (lowest, highest) in RANGES.items():
        number = given.get(name)
        if isinstance(number, int | float) and not lowest <= number <= highest:
            yield CheckFailure((*path, name), f"must be {lowest} to {highest}")
        if strategy == EXPONENTIAL and name in BACKOFFS and name not in given:
            yield CheckFailure((*path, name), f"is required for the strategy {EXPONENTIAL}: {lowest} to {highest}")
    shortest, longest = (given.get(name) for name in BACKOFFS)
    if isinstance(shortest, int | float) and isinstance(longest, int | float) and shortest > longest:
        yield CheckFailure((*path, BACKOFFS[0]), "must not be greater than maxBackoffSeconds")
