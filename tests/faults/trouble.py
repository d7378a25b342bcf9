"""Everything that can go wrong, as hypothesis strategies: on the wire, in runs, by another client, by a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from hypothesis import strategies as st

__all__ = [
    "FAULT_KINDS",
    "HARMLESS_DEPLOYMENT_DEEDS",
    "HARMLESS_DRAFT_DEEDS",
    "READINGS",
    "Crash",
    "Fault",
    "Meddling",
    "crashes",
    "fault_name",
    "faults",
    "meddlings",
]

CALLS = (
    ("POST", "/connectors/drafts"),
    ("POST", "/connectors/drafts/*"),
    ("GET", "/connectors/drafts/*"),
    ("DELETE", "/connectors/drafts/*"),
    ("GET", "/connectors/*"),
    *(
        ("POST", "/*/deployments"),
        ("POST", "/*/deployments/*"),
        ("GET", "/*/deployments*"),
        ("DELETE", "/*/deployments/*"),
    )
    * 3,
    ("POST", "/oauth/token"),
    (None, None),
)
"""Calls that a fault may be meant for, the last one is any; what comes first in a run would hide the rest."""

STATUSES = (401, 403, 404, 409, 429, 500, 502, 503, 504)

READINGS = ("3", "4", "8", "12", "13", "15", "17", "44", "45", "47", "48")
"""Rows of API §19 that a run of the test reads one way or the other."""

KINDS: tuple[Mapping[str, Any], ...] = (
    {"drop": "before"},
    {"drop": "after"},
    {"truncate": True},
    {"html": True},
    {"slow": 5.0},
    {"slow": 75.0},
    {"stale": 25.0},
    *({"status": status} for status in STATUSES),
    *({"status": status, "when": "after"} for status in STATUSES if status >= 500),
    {"status": 429, "retryAfter": 30.0},
    {"status": 503, "retryAfter": 7.0},
)


def fault_name(fault: Mapping[str, Any]) -> str:
    """Return a short name: `drop after`, `status 503 after`, `slow 75`."""
    kind = next(name for name in ("drop", "truncate", "html", "slow", "stale", "status") if fault.get(name))
    value = fault[kind]
    text = kind if value is True else f"{kind} {value:g}" if isinstance(value, (int, float)) else f"{kind} {value}"
    return f"{text} after" if fault.get("when") == "after" else text


FAULT_KINDS = tuple(dict.fromkeys(map(fault_name, KINDS)))


@dataclass(frozen=True)
class Fault:
    """One fault to arm; see the emulator's rules."""

    fault: Mapping[str, Any]
    method: str | None
    path: str | None
    skip: int
    times: int | None
    for_seconds: float | None


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    """Return a fault: mostly a few hits on calls of one kind, sometimes an outage of minutes."""
    kind = draw(st.sampled_from(KINDS))
    method, path = draw(st.sampled_from(CALLS))
    if draw(st.integers(0, 7)) == 0:
        return Fault(kind, method, path, 0, None, draw(st.sampled_from([20.0, 90.0, 700.0])))
    return Fault(kind, method, path, draw(st.integers(0, 4)), draw(st.sampled_from([1, 1, 1, 2, 3, 6])), None)


CrashKind: TypeAlias = Literal["kill provider", "kill engine", "cancel", "restart"]


@dataclass(frozen=True)
class Crash:
    """Something that happens to a run of the engine.

    - `kill provider`, `kill engine`: SIGKILL; `cancel`: Ctrl-C; `restart`: the service is down for some seconds.
    - `at_call`: with the call of that number, before it gets there or after it had its effect.
    - `at_second`: or at that moment.
    """

    kind: CrashKind
    at_call: int | None
    at_second: float | None
    after_effect: bool


@st.composite
def crashes(draw: st.DrawFn) -> Crash | None:
    """Return a crash in every second run."""
    kinds: list[CrashKind | None] = [None, None, None, *get_args(CrashKind)]
    kind = draw(st.sampled_from(kinds))
    if kind is None:
        return None
    if draw(st.booleans()):
        return Crash(kind, draw(st.integers(1, 25)), None, draw(st.booleans()))
    return Crash(kind, None, draw(st.sampled_from([0.06, 0.3, 6.0, 11.0, 33.0, 47.0, 65.0, 110.0])), False)


@dataclass(frozen=True)
class Meddling:
    """Another client does something to the `which`-th object of a kind.

    In the next run, at that second, just before its call of that number gets there, or right after a fault has hit
    a call (before anyone can look what became of it); now, if nothing is given.
    """

    action: str
    which: int
    at_second: float | None = None
    at_call: int | None = None
    at_fault: bool = False

    @property
    def now(self) -> bool:
        """Whether it does not wait for a run."""
        return (self.at_second, self.at_call, self.at_fault) == (None, None, False)


HARMLESS_DRAFT_DEEDS = ("draft gets a version", "draft is previewed", "draft is published")
HARMLESS_DEPLOYMENT_DEEDS = ("deployment gets a version", "deployment is redeployed")
"""Deeds that look like ours, and change nothing that a program declares."""

ACTIONS = (
    "deployment fails",
    "deployment loses a value",
    "deployment is redeployed",
    "deployment is undeployed",
    "deployment vanishes",
    "deployment gets a version",
    "draft gets a version",
    "draft is renamed",
    "draft moves its tag",
    "draft is published",
    "draft is previewed",
    "draft loses its preview",
    "draft vanishes",
)


def meddlings() -> st.SearchStrategy[Meddling]:
    """Return what other people do."""
    moments = st.one_of(
        st.just((None, None, False)),
        st.tuples(st.sampled_from([7.0, 12.0, 40.0, 63.0, 80.0]), st.none(), st.just(False)),
        st.tuples(st.none(), st.integers(1, 12), st.just(False)),
        st.just((None, None, True)),
    )
    return st.builds(
        lambda action, which, moment: Meddling(action, which, *moment),
        st.sampled_from(ACTIONS),
        st.integers(0, 3),
        moments,
    )
