"""Every row about gates in docs/resources.md is true."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.results import State
from commercetools_connect.resources.provider import Provider
from tests.resources.gates import Gate, application, deployment, inputs
from tests.resources.table_gates import CASES, Case

BEHIND = deployment("us", deployedTag="v1.3.0")
NEWER = [deployment(name, deployedTag="v1.5.0") for name in ("dev", "eu")]
REBUILT = [deployment("dev", buildId="2"), deployment("eu")]


def changes(state: str, url: str) -> dict[str, Any]:
    """Return the inputs of the row's second program, or of its only one."""
    check = {"application": "service", "path": "/health", "tries": 1}
    return {
        "a deployment runs another tag": lambda: inputs(deployment("dev"), BEHIND),
        "a check fails": lambda: inputs(deployment("dev", urls={"service": url}), checks=[check]),
        "the wave runs another tag": lambda: inputs(*NEWER, connectorTag="v1.5.0", bakeTime=60),
        "a deployment was rebuilt": lambda: inputs(*REBUILT, bakeTime=60),
        "a target joined": lambda: inputs(deployment("dev"), deployment("eu"), deployment("au"), bakeTime=60),
        "a target left": lambda: inputs(deployment("dev"), bakeTime=60),
        "the order changed": lambda: inputs(deployment("eu"), deployment("dev"), bakeTime=60),
    }.get(state, lambda: inputs(bakeTime=60))()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row.operation}: {case.row.state}")
def test_a_gate_does_what_its_row_says(case: Case) -> None:
    gate = Gate()
    with application() as app:
        app.answers = [500]
        news = changes(case.row.state, app.url)
        state = None if case.row.operation == "create" else gate.open(inputs(bakeTime=60))
        gate.clock.sleeps.clear()
        try:
            ended = _run(gate, case.row.operation, state, news)
        except ProviderError as error:
            ended = "error"
            gate.said.infos.append(str(error))

    assert ended == case.ends
    assert case.says in "\n".join(gate.said.infos)
    assert bool(gate.clock.sleeps) == ("bakes" in case.row.sees)


def _run(gate: Gate, operation: str, state: State | None, news: dict[str, Any]) -> str:
    resource = Provider.configure({}, {}).resource("RolloutGate")
    if state is None:
        gate.open(news)
    elif operation == "refresh":
        read = asyncio.run(resource.read(gate.context(), state))
        assert read is not None
        return "diff" if gate.diff(read, news) else "no diff"
    elif operation == "delete":
        asyncio.run(resource.delete(gate.context(), state))
    elif not gate.diff(state, news):
        return "same"
    else:
        gate.open(news, state)
    return "done"
