"""A core for tests of the frontend, with the shape of `commercetools_connect.resources.provider`.

What a call does is written in the inputs: `act` names it. Each state has what the resource received, so that a
test on the other side of the process can look.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from commercetools_connect.api import NetworkError
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.errors import ConfigurationError, InitFailedError, InvalidInputError, ProviderError
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.core.values import (
    UNKNOWN,
    PropertyMap,
    PropertyValue,
    Secret,
    equivalent,
    unwrap_secrets,
)
from commercetools_connect.resources.connector_publication.model import CONNECTOR_PUBLICATION
from commercetools_connect.resources.connector_staged.model import CONNECTOR_STAGED
from commercetools_connect.resources.deployment.model import DEPLOYMENT
from commercetools_connect.resources.rollout_gate.model import ROLLOUT_GATE

RESOURCE_SCHEMAS = {
    "ConnectorStaged": CONNECTOR_STAGED,
    "ConnectorPublication": CONNECTOR_PUBLICATION,
    "Deployment": DEPLOYMENT,
    "RolloutGate": ROLLOUT_GATE,
}
RESOURCE_NAMES = tuple(RESOURCE_SCHEMAS)
CANARY = "canary-5ecret"


class FakeResource:
    def __init__(self, name: str, values: Mapping[str, PropertyValue], environ: Mapping[str, str]) -> None:
        self.name = name
        self.values = values
        self.environ = environ
        self.waiting = 0
        self.released = asyncio.Event()

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        self._act(context, news, "check")
        inputs = {**news, "key": news.get("key") or olds.get("key") or context.default_key}
        failures = tuple(
            CheckFailure(("configurations", "api", name), "is not known")
            for name in ("mistake", "blunder")
            if news.get(name)
        )
        return Checked(inputs, failures, warnings=("heads up",) if news.get("warn") else ())

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        return {"previewed": inputs["name"]} if inputs.get("name") else {}

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
        changed: dict[tuple[str | int, ...], Change] = {
            (name,): Change.UPDATE for name in news if not equivalent(news[name], state.outputs.get(name))
        }
        replaces = frozenset(path for path in changed if path == ("key",))
        return Diff(changed, replaces, delete_before_replace=bool(replaces))

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        self._act(context, news, "create")
        if news.get("party"):
            await self._meet(unwrap_secrets(news["party"]))
        return self._state("id-1", context, news)

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        self._act(context, news, "update", state)
        return self._state(state.id, context, news, saw=state.outputs)

    async def read(self, context: OperationContext, state: State) -> State | None:
        self._act(context, state.outputs, "read", state)
        if state.outputs.get("act") == "gone":
            return None
        return self._state(state.id, context, state.outputs)

    async def delete(self, context: OperationContext, state: State) -> None:
        self._act(context, state.outputs, "delete", state)
        if state.outputs.get("act") == "tell":
            raise ProviderError(f"limit {context.time_limit:g}, urn {context.urn}")

    async def _meet(self, party: Any) -> None:
        """Return when that many creates are waiting here at the same time."""
        self.waiting += 1
        if self.waiting >= party:
            self.released.set()
        await self.released.wait()
        self.waiting -= 1

    def _state(
        self, id_: str, context: OperationContext, inputs: PropertyMap, saw: PropertyMap | None = None
    ) -> State:
        outputs: dict[str, PropertyValue] = {
            **inputs,
            "received": {
                "name": context.name,
                "derivedKey": context.default_key,
                "urn": context.urn,
                "timeLimit": context.time_limit,
            },
            "configured": {
                name: unwrap_secrets(value) if name != "clientSecret" else None
                for name, value in self.values.items()
            },
            "environ": sorted(name for name in self.environ if name.startswith("CTP_")),
            "token": Secret("computed-secret"),
            "nested": {"list": [Secret({"deep": "computed-secret"}), 1.5], "n": 3},
            "saw": sorted(saw) if saw is not None else None,
        }
        return State(id_, outputs, {k: v for k, v in inputs.items() if k not in ("received", "configured", "saw")})

    def _act(self, context: OperationContext, tree: PropertyMap, method: str, state: State | None = None) -> None:
        act = tree.get("act")
        if tree.get("on", method) != method or act is UNKNOWN:
            return
        if act == "unreachable":
            raise NetworkError("Could not read it: no route.", "Check the network.")
        if act == "configuration":
            raise ConfigurationError("no client id", "Set it.")
        if act == "refuse":
            raise InvalidInputError("there is no connector gadget", "Publish it first.\nOr name another.")
        if act == "bug":
            raise KeyError(f"password {CANARY}")
        if act == "exit":
            raise SystemExit(3)
        if act == "where":
            context.reporter.info(f"{method} runs on {threading.current_thread().name}")
        if act == "talk":
            context.reporter.info("first\nsecond")
        if act == "partial":
            id_ = state.id if state else "id-1"
            raise InitFailedError(
                self._state(id_, context, tree), ["api: build failed", "worker: out of memory\n  line 2"]
            )


class FakeSession:
    """What connections look at: where they lead, and whom they tell secrets."""

    def __init__(self, values: Mapping[str, PropertyValue]) -> None:
        self.project_key = values.get("projectKey")
        self.client = SimpleNamespace(connection=SimpleNamespace(connect_url=values.get("connectUrl") or ""))
        self.secrets = SecretRegistry()


class Provider:
    def __init__(self, values: Mapping[str, PropertyValue], environ: Mapping[str, str]) -> None:
        self.validation = PreviewValidation()
        self.session = FakeSession(values)
        self.resources = {name: FakeResource(name, values, environ) for name in RESOURCE_NAMES}

    @classmethod
    def configure(
        cls,
        values: Mapping[str, PropertyValue],
        environ: Mapping[str, str],
        clock: Clock | None = None,
        publications: object = None,
        registry: object = None,
        secrets: object = None,
        beside: Provider | None = None,
    ) -> Provider:
        if values.get("region") == "mars":
            raise ConfigurationError("commercetools-connect:region: mars is not a region", "Choose another.")
        return cls(values, environ)

    def resource(self, name: str) -> FakeResource:
        return self.resources[name]

    async def aclose(self) -> None:
        print("farewell", flush=True)
