"""Trouble on request: what can go wrong between a client and a real service (API §20.5).

Pure: which fault hits which call, and what it makes of an answer. The wire is in `middleware`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from commercetools_connect.emulator.json_values import Json
from commercetools_connect.emulator.model import Model, evolve
from commercetools_connect.emulator.settings import Seconds

Moment = Literal["before", "after"]

HTML_PAGE = (
    "<html><head><title>502 Bad Gateway</title></head>"
    "<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)


class Fault(Model):
    """Exactly one of the kinds.

    `status` (with `body`, `retryAfter` in seconds and `when`): answer this; `when: after` lets the action happen
    first, `before` is the default. `drop`: close the connection without an answer, before or after the action.
    `truncate`: half of the answer, then close. `html`: a gateway's page, `true` or its text, as 502. `slow`: wait
    that many real seconds first. `stale`: GETs answer as the state was that many seconds ago. `garbage`: the JSON
    of the answer mutated, the same way for the same seed.
    """

    status: Annotated[int, Field(ge=200, le=599)] | None = None
    body: JsonValue = None
    retry_after: Seconds | None = None
    when: Moment | None = None
    drop: Moment | None = None
    truncate: Literal[True] | None = None
    html: Literal[True] | str | None = None
    slow: Seconds | None = None
    stale: Seconds | None = None
    garbage: int | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Fault:
        kinds = (self.status, self.drop, self.truncate, self.html, self.slow, self.stale, self.garbage)
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("exactly one of status, drop, truncate, html, slow, stale and garbage is needed")
        if self.status is None and (self.body, self.retry_after, self.when) != (None, None, None):
            raise ValueError("body, retryAfter and when belong to status")
        return self

    @property
    def hits_before(self) -> bool:
        """Whether the action never happens."""
        answers_instead = self.status is not None and self.when != "after"
        return answers_instead or self.drop == "before" or self.html is not None


class FaultRule(Model):
    """Which calls a fault hits: all that match, after `skip` of them, `times` times or for some seconds.

    `method` is a verb, `path` an fnmatch pattern on the path without the query (`/*/deployments/*`; `*` matches
    slashes too), `client` a client id. Neither `times` nor `forSeconds` (of the emulator's clock): once.
    """

    method: str | None = None
    path: str | None = None
    client: str | None = None
    skip: Annotated[int, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=1)] | None = None
    for_seconds: Annotated[float, Field(gt=0)] | None = None
    fault: Fault

    @model_validator(mode="after")
    def _one_limit(self) -> FaultRule:
        if self.times is not None and self.for_seconds is not None:
            raise ValueError("only one of times and forSeconds")
        return self

    def matches(self, method: str, path: str, client: str | None) -> bool:
        """Tell whether a call is one of those."""
        return (
            self.method in {None, method}
            and (self.path is None or fnmatchcase(path, self.path))
            and self.client in {None, client}
        )


class ArmedFault(Model):
    """A rule with how often it was skipped and hit."""

    rule: FaultRule
    armed_at: float
    skipped: int = 0
    hits: int = 0

    def is_over(self, now: float) -> bool:
        """Tell whether it will never hit again."""
        if self.rule.for_seconds is not None:
            return now >= self.armed_at + self.rule.for_seconds
        return self.hits >= (self.rule.times or 1)


class Faults:
    """All rules, in the order in which they were given; the first that is due hits a call."""

    def __init__(self) -> None:
        self.armed: list[ArmedFault] = []

    def arm(self, rules: Sequence[FaultRule], now: float) -> None:
        """Add rules."""
        self.armed.extend(ArmedFault(rule=rule, armed_at=now) for rule in rules)

    def take(self, method: str, path: str, client: str | None, now: float) -> Fault | None:
        """Return the fault that hits this call."""
        for position, armed in enumerate(self.armed):
            if armed.is_over(now) or not armed.rule.matches(method, path, client):
                continue
            if armed.skipped < armed.rule.skip:
                self.armed[position] = evolve(armed, skipped=armed.skipped + 1)
                continue
            self.armed[position] = evolve(armed, hits=armed.hits + 1)
            return armed.rule.fault
        return None


def mutated(value: Json, seed: int) -> Json:
    """Return `value` with about a third of its members gone, of another type, or strange."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    spoiled = _mutated(value, chance)
    return spoiled if spoiled != value else {"garbage": spoiled}


_STRANGE: Sequence[Json] = (None, -1, 3.5, True, "", "Ünknöwn", [], {}, [None], {"unexpected": 1})


def _mutated(value: Json, chance: random.Random) -> Json:
    kind = chance.random()
    if kind < 1 / 6:
        return chance.choice(_STRANGE)
    if isinstance(value, Mapping):
        return {name: _mutated(each, chance) for name, each in value.items() if chance.random() > 1 / 6}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_mutated(each, chance) for each in value]
    return value
