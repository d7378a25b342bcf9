"""Two projects with an API client each, their connections, and resources that are behind those."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from commercetools_connect.core.results import Diff, State
from commercetools_connect.core.values import PropertyMap, Secret
from commercetools_connect.resources.connected import ConnectedResource
from commercetools_connect.resources.connections import Connections
from tests.support.world import PROJECT, REGION, World

T = TypeVar("T")

DEPLOYMENT = "Deployment"
SHOPS = ("acme-eu", "acme-us")


def secret_of(shop: str) -> str:
    """Return the secret of the shop's client, which shows nowhere."""
    return f"c4n4ry-client-of-{shop}"


class Shops:
    """Two projects with a client each, and a connector that may run in both."""

    def __init__(self, world: World) -> None:
        self.world = world
        own: Any = {
            "clientId": "demo-client",
            "clientSecret": "demo-secret",
            "scopes": [f"manage_project:{PROJECT}"],
        }
        self.clients: list[Any] = [own, *(self.client(shop) for shop in SHOPS)]
        world.emulator.admin.clients(self.clients)
        projects = [f"{REGION}:{each}" for each in (PROJECT, *SHOPS)]
        self.connector, _ = world.published(privateProjects=projects)
        world.emulator.admin.clear_journal()
        self.own: dict[str, Any] = {}
        self.connections: Any = {shop.removeprefix("acme-"): self.connection(shop) for shop in SHOPS}

    def client(self, shop: str) -> Any:
        """Return the API client of a project."""
        return {"clientId": shop, "clientSecret": secret_of(shop), "scopes": [f"manage_project:{shop}"]}

    def connection(self, shop: str, **changes: Any) -> dict[str, Any]:
        """Return the members of the connection to a project."""
        members = {"connectUrl": self.world.emulator.url, "projectKey": shop, "clientId": shop}
        return {**members, "clientSecret": secret_of(shop), **changes}

    def inputs(self, connection: Any, **changes: Any) -> dict[str, Any]:
        """Return a deployment through a connection."""
        inputs = {**self.world.deployment_inputs(self.connector.id), "connection": connection, **changes}
        return {name: value for name, value in inputs.items() if name != "projectKey" or "projectKey" in changes}

    def run(self, act: Callable[[ConnectedResource], Awaitable[T]], kind: str = DEPLOYMENT) -> T:
        """Run it in a process of its own."""

        async def whole() -> T:
            values: PropertyMap = {
                "connectUrl": self.world.emulator.url,
                "clientId": "demo-client",
                "clientSecret": Secret("demo-secret"),
                "projectKey": PROJECT,
                "pollInterval": 5,
                "connections": Secret(json.dumps(self.connections)),
                **self.own,
            }
            connections = Connections(values, {}, clock=self.world.clock, connect=self.world.connect)
            try:
                return await act(ConnectedResource(kind, connections))
            finally:
                await connections.aclose()

        return asyncio.run(whole())

    def checked(self, resource: ConnectedResource, inputs: PropertyMap, olds: PropertyMap | None = None) -> Any:
        checked = resource.check(self.world.context(), olds or {}, inputs)
        assert not checked.failures, checked.failures
        return checked.inputs

    def create(self, connection: Any, **changes: Any) -> State:
        return self.create_of(DEPLOYMENT, self.inputs(connection, **changes))

    def diff(self, state: State, connection: Any, **changes: Any) -> Diff:
        return self.diff_of(DEPLOYMENT, state, self.inputs(connection, **changes))

    def update(self, state: State, connection: Any, **changes: Any) -> State:
        return self.update_of(DEPLOYMENT, state, self.inputs(connection, **changes))

    def read(self, state: State) -> State | None:
        return self.run(lambda resource: resource.read(self.world.context(), state))

    def delete(self, state: State) -> None:
        self.run(lambda resource: resource.delete(self.world.context(), state))

    def draft(self, connection: Any, **changes: Any) -> dict[str, Any]:
        """Return a ConnectorStaged of a connection's project; `None` is the provider's own configuration."""
        return {**self.world.staged_inputs(**{"key": "own-draft", **changes}), "connection": connection}

    def publication(self, staged: State, connection: Any, **changes: Any) -> dict[str, Any]:
        """Return its publication, which does not follow changes of the content."""
        inputs = self.world.publication_inputs(staged, contentHash=None, **changes)
        return {**inputs, "connection": connection}

    def create_of(self, kind: str, inputs: PropertyMap) -> State:
        """Check and create an object of that kind."""

        async def act(resource: ConnectedResource) -> State:
            return await resource.create(self.world.context(), self.checked(resource, inputs))

        return self.run(act, kind)

    def diff_of(self, kind: str, state: State, inputs: PropertyMap) -> Diff:
        """Check, and compare with an object of that kind."""

        async def act(resource: ConnectedResource) -> Diff:
            news = self.checked(resource, inputs, state.inputs)
            return await resource.diff(self.world.context(), state, news)

        return self.run(act, kind)

    def update_of(self, kind: str, state: State, inputs: PropertyMap) -> State:
        """Check, and update an object of that kind."""

        async def act(resource: ConnectedResource) -> State:
            news = self.checked(resource, inputs, state.inputs)
            return await resource.update(self.world.context(), state, news)

        return self.run(act, kind)

    def callers(self) -> set[tuple[str, str]]:
        """Return client and project of each call about deployments since the journal was cleared."""
        journal = self.world.emulator.admin.journal()
        paths = [(str(each["client"]), each["path"].split("/")) for each in journal]
        return {(client, parts[1]) for client, parts in paths if parts[2:3] == ["deployments"]}

    def forget_calls(self) -> None:
        self.world.emulator.admin.clear_journal()


def changes(found: Diff) -> set[str]:
    """Return the names of the properties that a diff changes."""
    return {str(path[0]) for path in found.changes}
