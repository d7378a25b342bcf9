"""A core for tests of the frontend, with the shape of `commercetools_connect.resources.provider`.

What a call does is written in the inputs: `act` names it. Each state has what the resource received, so that a
test on the other side of the process can look.
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from commercetools_connect.api import NetworkError
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.errors import ConfigurationError, ConflictError, InitFailedError, WaitTimedOutError
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import OperationContext, Resource
from commercetools_connect.core.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.core.values import PropertyMap, PropertyValue, Secret, equivalent, unwrap_secrets
from commercetools_connect.resources.connector_publication.model import CONNECTOR_PUBLICATION
from commercetools_connect.resources.connector_staged.model import CONNECTOR_STAGED
from commercetools_connect.resources.deployment.model import DEPLOYMENT
from commercetools_connect.resources.redacting import RedactingResource
from commercetools_connect.resources.rollout_gate.model import ROLLOUT_GATE

RESOURCE_SCHEMAS = {
    "ConnectorStaged": CONNECTOR_STAGED,
    "ConnectorPublication": CONNECTOR_PUBLICATION,
    "Deployment": DEPLOYMENT,
    "RolloutGate": ROLLOUT_GATE,
}
RESOURCE_NAMES = tuple(RESOURCE_SCHEMAS)
CANARY = "canary-5ecret"

ERRORS: Mapping[str, Callable[[], Exception]] = {
    "refuse": lambda: ConflictError("the key is taken", "Choose another."),
    "unreachable": lambda: NetworkError("Could not read it: no route.", "Check the network."),
    "timeout": lambda: WaitTimedOutError("it took too long"),
}


class FakeResource:
    def __init__(self, values: Mapping[str, PropertyValue]) -> None:
        self.values = values

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        self._act(context, news, "check")
        inputs = {**news, "key": news.get("key") or olds.get("key") or context.default_key}
        failures = (
            (CheckFailure(("configurations", "api", "securedConfiguration", "TOKEN"), "is not known"),)
            if news.get("mistake")
            else ()
        )
        return Checked(inputs, failures, warnings=("heads up",) if news.get("warn") else ())

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        known = {"deployedTag": inputs["connectorTag"]} if inputs.get("connectorTag") is not None else {}
        return {**known, "urls": state.outputs["urls"]} if state and "urls" in state.outputs else known

    async def validate(self, context: OperationContext, news: PropertyMap) -> tuple[CheckFailure, ...]:
        self._act(context, news, "validate")
        return (CheckFailure(("configurations", "api"), "is no application"),) if news.get("invalid") else ()

    async def validate_update(
        self, context: OperationContext, state: State, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        self._act(context, news, "validate_update")
        return (CheckFailure(("configurations", "api"), "is no application"),) if news.get("invalid") else ()

    async def preview_create(self, context: OperationContext, news: PropertyMap) -> None:
        if news.get("on") == "preview_create":
            self._act(context, news, "preview_create")

    async def diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        self._act(context, news, "diff")
        changes: dict[tuple[str | int, ...], Change] = {
            path: Change.ADD if before is None else Change.DELETE if after is None else Change.UPDATE
            for path, before, after in _leaves(state.outputs, news)
            if not equivalent(before, after)
        }
        replaces = frozenset(path for path in changes if path[0] == "region")
        return Diff(changes, replaces, delete_before_replace=bool(replaces))

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        self._act(context, news, "create")
        act = news.get("act")
        if act == "wait":
            context.reporter.status("waiting")
            await context.cancellation.wait()
            raise InitFailedError(self._state("p/id-1", context, news), ["cancelled"])
        if act == "slow":
            context.reporter.status("waiting")
            seconds: Any = unwrap_secrets(news.get("seconds")) or 0
            await asyncio.sleep(float(seconds))
        if act == "deaf":
            context.reporter.status("waiting")
            await asyncio.sleep(60)
        return self._state("p/id-1", context, news)

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        self._act(context, news, "update", state)
        return self._state(state.id, context, news, saw=state)

    async def read(self, context: OperationContext, state: State) -> State | None:
        self._act(context, state.outputs, "read", state)
        if state.outputs.get("act") == "gone" or state.id == "gone":
            return None
        return self._state(state.id, context, state.outputs or {"region": "r"}, saw=state)

    async def delete(self, context: OperationContext, state: State) -> None:
        self._act(context, state.outputs, "delete", state)

    def _state(self, id_: str, context: OperationContext, inputs: PropertyMap, saw: State | None = None) -> State:
        inputs = {k: v for k, v in inputs.items() if k not in ("received", "saw", "computed")}
        outputs: dict[str, PropertyValue] = {
            **inputs,
            "received": {
                "name": context.name,
                "derivedKey": context.default_key,
                "keyProvesOwnership": context.key_proves_ownership,
                "urn": context.urn,
                "timeLimit": context.time_limit,
                "configured": sorted(self.values),
            },
            "computed": {"list": [Secret({"deep": CANARY}), 1.5], "n": 3, "none": None},
            "saw": sorted([*saw.outputs, *saw.inputs]) if saw is not None else None,
        }
        return State(id_, outputs, inputs)

    def _act(self, context: OperationContext, tree: PropertyMap, method: str, state: State | None = None) -> None:
        act = tree.get("act")
        if tree.get("on", method) != method:
            return
        if act in ERRORS:
            raise ERRORS[str(act)]()
        if act == "bug":
            raise KeyError(f"password {CANARY}")
        if act == "cancelled":
            raise asyncio.CancelledError
        if act == "exit":
            raise SystemExit(3)
        if act == "noise":
            _make_noise()
        if act == "talk":
            context.reporter.info("an info")
            context.reporter.warning("a warning")
            context.reporter.status("a status")
        if act == "partial":
            id_ = state.id if state else "p/id-1"
            raise InitFailedError(self._state(id_, context, tree), ["api: build failed", "worker: out of memory"])


def _make_noise() -> None:
    """Write to standard output in every way that a library knows."""
    print("printed")
    print("printed to the first stream", file=sys.__stdout__)
    logging.StreamHandler(sys.stdout).emit(logging.LogRecord("x", logging.INFO, "", 0, "logged", None, None))
    os.write(1, b"written by a library of C\n")
    subprocess.run(["/bin/echo", "written by a child"], check=True)
    warnings.warn("warned", stacklevel=1)


def _leaves(held: PropertyMap, news: PropertyMap) -> list[tuple[tuple[str, ...], PropertyValue, PropertyValue]]:
    found: list[tuple[tuple[str, ...], PropertyValue, PropertyValue]] = []
    for name in news:
        before, after = unwrap_secrets(held.get(name)), unwrap_secrets(news[name])
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found.extend(((name, key), before.get(key), after.get(key)) for key in {**before, **after})
        else:
            found.append(((name,), before, after))
    return found


class FakeSession:
    """What connections look at: where they lead, and whom they tell secrets."""

    def __init__(self, values: Mapping[str, PropertyValue]) -> None:
        self.project_key = values.get("projectKey")
        self.client = SimpleNamespace(connection=SimpleNamespace(connect_url=values.get("connectUrl") or ""))
        self.secrets = SecretRegistry()


class Provider:
    def __init__(self, values: Mapping[str, PropertyValue]) -> None:
        self.validation = PreviewValidation()
        self.session = FakeSession(values)
        resource, secrets = FakeResource(values), SecretRegistry()
        self._resources = {
            name: RedactingResource(resource, schema, secrets) for name, schema in RESOURCE_SCHEMAS.items()
        }

    @classmethod
    def configure(
        cls,
        values: PropertyMap,
        environ: Mapping[str, str],
        clock: Clock | None = None,
        registry: object = None,
        beside: Provider | None = None,
    ) -> Provider:
        if values.get("region") == "mars":
            raise ConfigurationError("commercetools-connect:region: mars is not a region", "Choose another.")
        return cls(values)

    def resource(self, name: str) -> Resource:
        return self._resources[name]

    async def aclose(self) -> None:
        print("farewell", flush=True)
