"""A mistake in any method of any resource is one line with an id to report, through both doors."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from commercetools_connect.resources.provider import REGISTRY
from tests.doors.agreement.conftest import Scenario
from tests.doors.agreement.stage import CANARY, Program, Stage, gate_program, program
from tests.doors.agreement.toy import Run

METHODS = ("check", "foresee", "validate", "diff", "create", "read", "update", "delete")
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
    return {**program(tag=tag), **gate_program(tag, tag)}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", REGISTRY)
def test_a_mistake_anywhere_is_one_line_with_an_id(
    stages: Callable[[Scenario], list[Stage]], monkeypatch: pytest.MonkeyPatch, kind: str, method: str
) -> None:
    """Neither its text nor a traceback, and the next run is served."""
    make = random.Random(f"{kind}.{method}").choice(MISTAKES)

    def scenario(stage: Stage) -> None:
        stage.up(everything())
        with monkeypatch.context() as broken:
            broken.setattr(REGISTRY[kind], method, _failing(method, make))
            run = _run_into(stage, kind, method)
        stage.note("broken", run)
        assert stage.engine.preview(everything()).errors == []

    for stage in stages(scenario):
        (message,) = next(record.errors for record in stage.records if record.act == "broken")
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

    return fail if method in ("check", "foresee") else fail_later


def _run_into(stage: Stage, kind: str, method: str) -> Run:
    """Make the engine call that method of that kind."""
    if method == "read":
        return stage.engine.refresh()
    if method == "delete":
        return stage.engine.destroy()
    if method in ("create", "validate", "foresee"):
        stage.engine.state.pop(kind)
    if method in ("validate", "foresee"):
        return stage.engine.preview(everything())
    return stage.engine.up(everything("v1.1.0"))
