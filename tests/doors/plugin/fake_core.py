"""A core for tests of the door: it has the shape of `commercetools_connect.resources.provider`, and no Connect.

What a call does is written in the inputs: `act` names it. Each state tells what the resource was told, so that a
test on the other side of the process can look.
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping
from typing import Any

from commercetools_connect.contract.clock import Clock
from commercetools_connect.contract.errors import ConfigurationError, ConflictError, Partial, WaitTimedOutError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import Secret, Tree, Value, reveal, same

RESOURCE_NAMES = ("ConnectorStaged", "ConnectorPublication", "Deployment", "RolloutGate")
CANARY = "canary-5ecret"


class FakeResource:
    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        self._act(operation, news, "check")
        inputs = {**news, "key": news.get("key") or olds.get("key") or operation.derived_key}
        failures = (
            (CheckFailure(("configurations", "api", "securedConfiguration", "TOKEN"), "is not known"),)
            if news.get("mistake")
            else ()
        )
        return Checked(inputs, failures, warnings=("heads up",) if news.get("warn") else ())

    def foresee(self, inputs: Tree, state: State | None) -> Tree:
        known = {"deployedTag": inputs["connectorTag"]} if inputs.get("connectorTag") is not None else {}
        return {**known, "urls": state.outputs["urls"]} if state and "urls" in state.outputs else known

    async def validate(self, operation: Operation, news: Tree) -> tuple[CheckFailure, ...]:
        self._act(operation, news, "validate")
        return (CheckFailure(("configurations", "api"), "is no application"),) if news.get("invalid") else ()

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        self._act(operation, news, "diff")
        changes: dict[tuple[str | int, ...], Change] = {
            path: Change.ADD if before is None else Change.DELETE if after is None else Change.UPDATE
            for path, before, after in _leaves(state.outputs, news)
            if not same(before, after)
        }
        replaces = frozenset(path for path in changes if path[0] == "region")
        return Diff(changes, replaces, delete_before_replace=bool(replaces))

    async def create(self, operation: Operation, news: Tree) -> State:
        self._act(operation, news, "create")
        act = news.get("act")
        if act == "wait":
            operation.reporter.status("waiting")
            await operation.cancellation.wait()
            raise Partial(self._state("p/id-1", operation, news), ["cancelled"])
        if act == "slow":
            operation.reporter.status("waiting")
            seconds: Any = reveal(news.get("seconds")) or 0
            await asyncio.sleep(float(seconds))
        if act == "deaf":
            operation.reporter.status("waiting")
            await asyncio.sleep(60)
        return self._state("p/id-1", operation, news)

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        self._act(operation, news, "update", state)
        return self._state(state.id, operation, news, saw=state)

    async def read(self, operation: Operation, state: State) -> State | None:
        self._act(operation, state.outputs, "read", state)
        if state.outputs.get("act") == "gone" or state.id == "gone":
            return None
        return self._state(state.id, operation, state.outputs or {"region": "r"}, saw=state)

    async def delete(self, operation: Operation, state: State) -> None:
        self._act(operation, state.outputs, "delete", state)

    def _state(self, id_: str, operation: Operation, inputs: Tree, saw: State | None = None) -> State:
        inputs = {k: v for k, v in inputs.items() if k not in ("told", "saw", "computed")}
        outputs: dict[str, Value] = {
            **inputs,
            "told": {
                "name": operation.name,
                "derivedKey": operation.derived_key,
                "urn": operation.urn,
                "timeLimit": operation.time_limit,
                "configured": sorted(self.values),
            },
            "computed": {"list": [Secret({"deep": CANARY}), 1.5], "n": 3, "none": None},
            "saw": sorted([*saw.outputs, *saw.inputs]) if saw is not None else None,
        }
        return State(id_, outputs, inputs)

    def _act(self, operation: Operation, tree: Tree, method: str, state: State | None = None) -> None:
        act = tree.get("act")
        if tree.get("on", method) != method:
            return
        if act == "refuse":
            raise ConflictError("the key is taken", "Choose another.")
        if act == "timeout":
            raise WaitTimedOutError("it took too long")
        if act == "bug":
            raise KeyError(f"password {CANARY}")
        if act == "cancelled":
            raise asyncio.CancelledError
        if act == "exit":
            raise SystemExit(3)
        if act == "noise":
            _make_noise()
        if act == "talk":
            operation.reporter.info("an info")
            operation.reporter.warning("a warning")
            operation.reporter.status("a status")
        if act == "partial":
            id_ = state.id if state else "p/id-1"
            raise Partial(self._state(id_, operation, tree), ["api: build failed", "worker: out of memory"])


def _make_noise() -> None:
    """Write to standard output in every way that a library knows."""
    print("printed")
    print("printed to the first stream", file=sys.__stdout__)
    logging.StreamHandler(sys.stdout).emit(logging.LogRecord("x", logging.INFO, "", 0, "logged", None, None))
    os.write(1, b"written by a library of C\n")
    subprocess.run(["/bin/echo", "written by a child"], check=True)
    warnings.warn("warned", stacklevel=1)


def _leaves(held: Tree, news: Tree) -> list[tuple[tuple[str, ...], Value, Value]]:
    found: list[tuple[tuple[str, ...], Value, Value]] = []
    for name in news:
        before, after = reveal(held.get(name)), reveal(news[name])
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found.extend(((name, key), before.get(key), after.get(key)) for key in {**before, **after})
        else:
            found.append(((name,), before, after))
    return found


class Provider:
    def __init__(self, values: Mapping[str, Value]) -> None:
        self._resource = FakeResource(values)

    @classmethod
    def configure(
        cls,
        values: Tree,
        environ: Mapping[str, str],
        clock: Clock | None = None,
        ledger: object = None,
    ) -> Provider:
        if values.get("region") == "mars":
            raise ConfigurationError("commercetools-connect:region: mars is not a region", "Choose another.")
        return cls(values)

    def resource(self, name: str) -> FakeResource:
        assert name in RESOURCE_NAMES
        return self._resource

    async def aclose(self) -> None:
        print("farewell", flush=True)
