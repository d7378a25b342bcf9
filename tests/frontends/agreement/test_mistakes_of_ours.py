"""A mistake in any method of any resource is one line with an id to report, through both frontends."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from commercetools_connect.resources.provider import REGISTRY
from tests.frontends.agreement.conftest import Scenario
from tests.frontends.agreement.harness import CANARY, Harness, Program, gate_program, program
from tests.frontends.agreement.toy_engine import Run

METHODS = ("check", "preview_outputs", "validate", "diff", "create", "read", "update", "delete")
MISTAKES: tuple[Callable[[str], BaseException], ...] = (
    KeyError,
    RuntimeError,
    SystemExit,
    MemoryError,
    RecursionError,
    asyncio.TimeoutError,
    StopIteration,
    lambda text: UnicodeDecodeError("utf-8", text.encode(), 0, 1, text),
    type("Surprise", (BaseException,), {}),
)


def everything(tag: str = "v1.0.0") -> Program:
    """Return a program with an object of each kind."""
    return {**program(tag=tag, adopt=True), **gate_program(tag, tag)}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", REGISTRY)
def test_a_mistake_anywhere_is_one_line_with_an_id(
    harnesses: Callable[[Scenario], list[Harness]], monkeypatch: pytest.MonkeyPatch, kind: str, method: str
) -> None:
    """Neither its text nor a traceback, and the next run is served."""
    make = random.Random(f"{kind}.{method}").choice(MISTAKES)

    def scenario(harness: Harness) -> None:
        harness.up(everything())
        held = dict(harness.engine.state)
        with monkeypatch.context() as broken:
            broken.setattr(REGISTRY[kind][0], method, _failing(method, make))
            run = _run_into(harness, kind, method)
        harness.note("broken", run)
        harness.engine.state.setdefault(kind, held[kind])
        assert harness.engine.preview(everything()).errors == []

    for harness in harnesses(scenario):
        (message,) = next(record.errors for record in harness.records if record.act == "broken")
        assert re.fullmatch(
            rf"unexpected .* in the \w+ of {kind} greeter, at commercetools_connect/.*; "
            r"please report it with the id [0-9a-f]{8}",
            message,
        ), message
        assert CANARY not in message


def _failing(method: str, make: Callable[[str], BaseException]) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise make(f"password {CANARY}")

    async def fail_later(*_: object) -> None:
        fail()

    return fail if method in ("check", "preview_outputs") else fail_later


def _run_into(harness: Harness, kind: str, method: str) -> Run:
    """Make the engine call that method of that kind."""
    if method == "read":
        return harness.engine.refresh()
    if method == "delete":
        return harness.engine.destroy()
    if method in ("create", "validate", "preview_outputs"):
        harness.engine.state.pop(kind)
    if method in ("validate", "preview_outputs"):
        return harness.engine.preview(everything())
    return harness.engine.up(everything("v1.1.0"))
