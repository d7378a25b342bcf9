"""A core for tests of the door: it has the shape of `commercetools_connect.resources.provider`, and no Connect.

What a call does is written in the inputs: `act` names it. Each state tells what the resource was told, so that a
test on the other side of the process can look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from commercetools_connect.contract.clock import Clock
from commercetools_connect.contract.errors import ConfigurationError, InvalidInputError, Partial, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value, reveal, same

RESOURCE_NAMES = ("ConnectorStaged", "ConnectorPublication", "Deployment", "RolloutGate")
CANARY = "canary-5ecret"


class FakeResource:
    def __init__(self, name: str, values: Mapping[str, Value], environ: Mapping[str, str]) -> None:
        self.name = name
        self.values = values
        self.environ = environ
        self.waiting = 0
        self.released = asyncio.Event()

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        self._act(operation, news, "check")
        inputs = {**news, "key": news.get("key") or olds.get("key") or operation.derived_key}
        failures = tuple(
            CheckFailure(("configurations", "api", name), "is not known")
            for name in ("mistake", "blunder")
            if news.get(name)
        )
        return Checked(inputs, failures, warnings=("heads up",) if news.get("warn") else ())

    def foresee(self, inputs: Tree, state: State | None) -> Tree:
        return {"foreseen": inputs["name"]} if inputs.get("name") else {}

    async def validate(self, operation: Operation, news: Tree) -> tuple[CheckFailure, ...]:
        self._act(operation, news, "validate")
        return (CheckFailure(("configurations", "api"), "is no application"),) if news.get("invalid") else ()

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        self._act(operation, news, "diff")
        changed: dict[tuple[str | int, ...], Change] = {
            (name,): Change.UPDATE for name in news if not same(news[name], state.outputs.get(name))
        }
        replaces = frozenset(path for path in changed if path == ("key",))
        return Diff(changed, replaces, delete_before_replace=bool(replaces))

    async def create(self, operation: Operation, news: Tree) -> State:
        self._act(operation, news, "create")
        if news.get("party"):
            await self._meet(reveal(news["party"]))
        return self._state("id-1", operation, news)

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        self._act(operation, news, "update", state)
        return self._state(state.id, operation, news, saw=state.outputs)

    async def read(self, operation: Operation, state: State) -> State | None:
        self._act(operation, state.outputs, "read", state)
        if state.outputs.get("act") == "gone":
            return None
        return self._state(state.id, operation, state.outputs)

    async def delete(self, operation: Operation, state: State) -> None:
        self._act(operation, state.outputs, "delete", state)
        if state.outputs.get("act") == "tell":
            raise ProviderError(f"limit {operation.time_limit:g}, urn {operation.urn}")

    async def _meet(self, party: Any) -> None:
        """Return when that many creates are waiting here at the same time."""
        self.waiting += 1
        if self.waiting >= party:
            self.released.set()
        await self.released.wait()
        self.waiting -= 1

    def _state(self, id_: str, operation: Operation, inputs: Tree, saw: Tree | None = None) -> State:
        outputs: dict[str, Value] = {
            **inputs,
            "told": {
                "name": operation.name,
                "derivedKey": operation.derived_key,
                "urn": operation.urn,
                "timeLimit": operation.time_limit,
            },
            "configured": {
                name: reveal(value) if name != "clientSecret" else None for name, value in self.values.items()
            },
            "environ": sorted(name for name in self.environ if name.startswith("CTP_")),
            "token": Secret("computed-secret"),
            "nested": {"list": [Secret({"deep": "computed-secret"}), 1.5], "n": 3},
            "saw": sorted(saw) if saw is not None else None,
        }
        return State(id_, outputs, {k: v for k, v in inputs.items() if k not in ("told", "configured", "saw")})

    def _act(self, operation: Operation, tree: Tree, method: str, state: State | None = None) -> None:
        act = tree.get("act")
        if tree.get("on", method) != method or act is UNKNOWN:
            return
        if act == "configuration":
            raise ConfigurationError("no client id", "Set it.")
        if act == "refuse":
            raise InvalidInputError("there is no connector gadget", "Publish it first.\nOr name another.")
        if act == "bug":
            raise KeyError(f"password {CANARY}")
        if act == "exit":
            raise SystemExit(3)
        if act == "talk":
            operation.reporter.info("first\nsecond")
        if act == "partial":
            id_ = state.id if state else "id-1"
            raise Partial(
                self._state(id_, operation, tree), ["api: build failed", "worker: out of memory\n  line 2"]
            )


class Provider:
    def __init__(self, values: Mapping[str, Value], environ: Mapping[str, str]) -> None:
        self.resources = {name: FakeResource(name, values, environ) for name in RESOURCE_NAMES}

    @classmethod
    def configure(
        cls,
        values: Mapping[str, Value],
        environ: Mapping[str, str],
        clock: Clock | None = None,
        releases: object = None,
        ledger: object = None,
    ) -> Provider:
        if values.get("region") == "mars":
            raise ConfigurationError("commercetools-connect:region: mars is not a region", "Choose another.")
        return cls(values, environ)

    def resource(self, name: str) -> FakeResource:
        return self.resources[name]

    async def aclose(self) -> None:
        print("farewell", flush=True)
