"""A deployment by a client that may deploy, and another client that may list what it expects."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import Diff, State
from commercetools_connect.core.values import PropertyMap, Secret, unwrap_secrets
from commercetools_connect.emulator import ClientSpec, ScriptSpec
from commercetools_connect.resources.connected import ConnectedResource
from commercetools_connect.resources.connections import Connections
from tests.support.world import PROJECT, REGION, REPOSITORY, World

__all__ = ["DEPLOYER", "OTHER", "SERVICE", "WATCHER", "Shop", "connection_of"]

T = TypeVar("T")

YAML = "deployAs:\n  - {name: service, applicationType: service, endpoint: /service}\n"
SERVICE: ScriptSpec = {"application": "service", "key": "acme-cart"}
DEPLOYS = f"manage_connectors_deployments:{PROJECT} manage_connectors:{PROJECT}"
LISTS = f"manage_extensions:{PROJECT} manage_subscriptions:{PROJECT}"
DEPLOYER: ClientSpec = {"clientId": "deployer", "clientSecret": "c4n4ry-deployer", "scopes": DEPLOYS}
WATCHER: ClientSpec = {"clientId": "watcher", "clientSecret": "c4n4ry-watcher", "scopes": LISTS}
OTHER = "acme-us"


class Shop:
    """A deployment by a client that may deploy and nothing else; the connection `watch` may only list."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admin = world.emulator.admin
        self.admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": YAML}])
        self.connector, _ = world.published(privateProjects=[f"{REGION}:{each}" for each in (PROJECT, OTHER)])
        self.clients: list[Any] = [
            DEPLOYER,
            WATCHER,
            {"clientId": OTHER, "clientSecret": "c4n4ry-us", "scopes": [f"manage_project:{OTHER}"]},
        ]
        self.admin.clients(self.clients)
        self.admin.outcome("deploy", "tax", "success", scripts=[SERVICE], times=10)
        self.named: Any = {"watch": self.members()}
        self.state = State("", {})
        self.strict = False
        self.admin.clear_journal()

    def members(self, client: Any = WATCHER, **changes: Any) -> dict[str, Any]:
        """Return the members of a connection."""
        address = {"connectUrl": self.world.emulator.url, "projectKey": PROJECT}
        return {**address, "clientId": client["clientId"], "clientSecret": client["clientSecret"], **changes}

    def inputs(self, connection: Any = None, **changes: Any) -> dict[str, Any]:
        """Return a deployment whose `expect` has this connection."""
        expected = {"extension": True} if connection is None else {"extension": True, "connection": connection}
        return self.world.deployment_inputs(
            self.connector.id, key="tax", configurations={}, expect={"service": expected}, **changes
        )

    def run(self, act: Callable[[ConnectedResource], Awaitable[T]], kind: str = "Deployment") -> T:
        """Run it in a process of its own."""

        async def whole() -> T:
            values: PropertyMap = {
                "connectUrl": self.world.emulator.url,
                "clientId": "deployer",
                "clientSecret": Secret("c4n4ry-deployer"),
                "projectKey": PROJECT,
                "pollInterval": 5,
                "strictPreview": self.strict,
                "connections": Secret(json.dumps(self.named)),
            }
            connections = Connections(values, {}, clock=self.world.clock, connect=self.world.connect)
            try:
                return await act(ConnectedResource(kind, connections))
            finally:
                await connections.aclose()

        return asyncio.run(whole())

    def failures(self, inputs: dict[str, Any], kind: str = "Deployment") -> list[str]:
        async def act(resource: ConnectedResource) -> list[str]:
            return [*map(str, resource.check(self.world.context(), {}, inputs).failures)]

        return self.run(act, kind)

    def up(self, inputs: dict[str, Any], kind: str = "Deployment") -> tuple[Diff | None, list[str]]:
        """Do what an `up` does; return the diff, and the reasons for which it failed."""
        self.admin.clear_journal()
        found: list[Diff] = []

        async def act(resource: ConnectedResource) -> State:
            context = self.world.context()
            checked = resource.check(context, self.state.inputs, inputs)
            assert not checked.failures, checked.failures
            if not self.state.id:
                return await resource.create(context, checked.inputs)
            found.append(await resource.diff(context, self.state, checked.inputs))
            return await resource.update(context, self.state, checked.inputs) if found[0] else self.state

        try:
            self.state, reasons = self.run(act, kind), []
        except InitFailedError as error:
            self.state, reasons = error.state, [*error.reasons]
        return (found[0] if found else None), reasons

    def refresh(self) -> None:
        self.admin.clear_journal()
        found = self.run(lambda resource: resource.read(self.world.context(), self.state))
        assert found is not None
        self.state = found

    def callers(self) -> set[tuple[str, str]]:
        """Return the client of each call since the journal was cleared, and what it was about."""
        journal = [each for each in self.admin.journal() if each["path"] != "/oauth/token"]
        return {(str(each["client"]), each["path"].split("/")[2]) for each in journal}

    def lists(self) -> list[str]:
        return [
            each for each in self.world.calls() if each.split(" ")[1].endswith(("/extensions", "/subscriptions"))
        ]


def connection_of(properties: PropertyMap) -> Any:
    """Return the connection of the service's `expect`."""
    expect: Any = unwrap_secrets(properties["expect"])
    return expect["service"]["connection"]
