"""A provider and an emulator on one clock, without real waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias, TypeVar

from commercetools_connect.api import ConnectClient
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import OperationContext, Resource
from commercetools_connect.core.results import CheckFailure, State
from commercetools_connect.core.values import PropertyMap, PropertyValue
from commercetools_connect.emulator import Emulator
from commercetools_connect.resources.planned_publications import PlannedPublications
from commercetools_connect.resources.provider import Provider
from tests.support.clock import Appointments
from tests.support.socketless import SocketlessEmulator

__all__ = ["PROJECT", "REGION", "REPOSITORY", "ResourceOf", "World", "build_world", "validated"]

T = TypeVar("T")

AnyEmulator: TypeAlias = Emulator | SocketlessEmulator
ResourceOf: TypeAlias = Callable[[str], Resource]

REGION = "europe-west1.gcp"
PROJECT = "demo-project"
REPOSITORY = "https://github.com/acme/demo-connector.git"


class EmulatedClock:
    """The provider's time: a task that sleeps moves the emulator's manual clock on, and it passes at once.

    `at` calls something when a moment has come, so that a test can act in the middle of a wait.
    """

    def __init__(self, emulator: AnyEmulator) -> None:
        self._emulator = emulator
        self._passed = 0.0
        self._appointments: list[tuple[float, Any]] = []
        self._limits = Appointments()

    def monotonic(self) -> float:
        return self._passed

    def wall(self) -> float:
        return 1_790_000_000.0 + self._passed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        end = self._passed + seconds
        while self._passed < end:
            await self._pass(self._limits.next(end) - self._passed)

    async def until(self, moment: float) -> None:
        await self._limits.keep(moment, self._passed)

    async def _pass(self, seconds: float) -> None:
        self._passed += seconds
        await asyncio.sleep(0)
        self._emulator.admin.advance(seconds)
        await self._limits.wake(self._passed)
        due = [act for moment, act in self._appointments if moment <= self._passed]
        self._appointments = [each for each in self._appointments if each[0] > self._passed]
        for act in due:
            act()

    def after(self, seconds: float, act: Any) -> None:
        self._appointments.append((self._passed + seconds, act))


@dataclass
class MessageLog:
    """Everything that a resource said."""

    infos: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)

    def info(self, message: str) -> None:
        self.infos.append(message)

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    def status(self, message: str, time: str = "") -> None:
        self.statuses.append(f"{message} ({time})" if time else message)


async def validated(
    resource: Any, context: OperationContext, news: PropertyMap, state: State | None = None
) -> tuple[CheckFailure, ...]:
    """Return the mistakes that a preview finds by reading, in a create or in an update of `state`."""
    validation: PreviewValidation = resource._resource._session.validation
    if state is None:
        return await validation.validate_create(resource, context, news)
    return await validation.validate_update(resource, context, state, news)


@dataclass
class World:
    """What a test of a resource needs; each `run` is a process of its own, as far as a resource can tell."""

    emulator: AnyEmulator
    clock: EmulatedClock
    said: MessageLog = field(default_factory=MessageLog)
    settings: dict[str, str] = field(default_factory=dict)

    def provider(self, publications: PlannedPublications | None = None) -> Provider:
        """Return a freshly configured provider."""
        values: dict[str, PropertyValue] = {
            "connectUrl": self.emulator.url,
            "clientId": "demo-client",
            "clientSecret": "demo-secret",
            "projectKey": PROJECT,
            "pollInterval": 5,
            **self.settings,
        }
        return Provider.configure(values, {}, self.clock, publications, connect=self.connect)

    @property
    def connect(self) -> Callable[..., ConnectClient]:
        """What makes a client of this emulator."""
        if isinstance(self.emulator, SocketlessEmulator):
            return partial(ConnectClient, transport=self.emulator.transport)
        return ConnectClient

    def context(self, name: str = "greeter", **options: Any) -> OperationContext:
        """Return what a resource of that name receives about one call."""
        return OperationContext(
            name=name,
            **{"reporter": self.said, "default_key": f"derived-{name}", "key_proves_ownership": True, **options},
        )

    def run(self, act: Callable[[ResourceOf], Awaitable[T]], publications: PlannedPublications | None = None) -> T:
        """Run `act(resource_of)` in a provider of its own; `resource_of(name)` gives its resources."""

        async def whole() -> T:
            provider = self.provider(publications)
            try:
                return await act(provider.resource)
            finally:
                await provider.aclose()

        return asyncio.run(whole())

    def checked(
        self, kind: str, inputs: PropertyMap, name: str = "greeter", olds: PropertyMap | None = None
    ) -> PropertyMap:
        """Return the inputs after a check that found no mistake."""

        async def act(resource_of: ResourceOf) -> PropertyMap:
            return self.check(resource_of(kind), self.context(name), olds or {}, inputs)

        return self.run(act)

    def create(self, kind: str, inputs: PropertyMap, name: str = "greeter", **options: Any) -> State:
        """Check and create."""
        news = self.checked(kind, inputs, name)
        return self.run(lambda resource_of: resource_of(kind).create(self.context(name, **options), news))

    def up(self, kind: str, state: State, inputs: PropertyMap, name: str = "greeter", **options: Any) -> State:
        """Do what an engine's `up` does for an existing resource: check, diff, and update if anything differs."""

        async def act(resource_of: ResourceOf) -> State:
            resource = resource_of(kind)
            context = self.context(name, **options)
            news = self.check(resource, context, state.outputs, inputs)
            if await resource.diff(context, state, news):
                return await resource.update(context, state, news)
            return state

        return self.run(act)

    def diff(self, kind: str, state: State, inputs: PropertyMap, name: str = "greeter") -> Any:
        """Check and diff."""

        async def act(resource_of: ResourceOf) -> Any:
            resource, context = resource_of(kind), self.context(name)
            return await resource.diff(context, state, self.check(resource, context, state.outputs, inputs))

        return self.run(act)

    @staticmethod
    def check(
        resource: Resource, context: OperationContext, olds: PropertyMap, inputs: PropertyMap
    ) -> PropertyMap:
        """Return the inputs after a check that found no mistake."""
        checked = resource.check(context, olds, inputs)
        assert not checked.failures, checked.failures
        return checked.inputs

    def mistakes(self, kind: str, state: State, inputs: PropertyMap, name: str = "greeter") -> list[str]:
        """Return the mistakes that a preview finds in an update."""
        news = self.checked(kind, inputs, name, state.outputs)

        async def find(resource_of: ResourceOf) -> list[str]:
            return [*map(str, await validated(resource_of(kind), self.context(name), news, state))]

        return self.run(find)

    def read(self, kind: str, state: State, name: str = "greeter") -> State | None:
        """Refresh."""
        return self.run(lambda resource_of: resource_of(kind).read(self.context(name), state))

    def refreshed(self, kind: str, state: State, name: str = "greeter") -> State:
        """Refresh what must still be there."""
        found = self.read(kind, state, name)
        assert found is not None, f"{kind} {state.id} is gone"
        return found

    def delete(self, kind: str, state: State, name: str = "greeter", **options: Any) -> None:
        """Delete."""
        self.run(lambda resource_of: resource_of(kind).delete(self.context(name, **options), state))

    def calls(self) -> list[str]:
        """Return the calls since the journal was cleared, without tokens: `POST /connectors/drafts 201`."""
        return [
            f"{call['method']} {call['path']} {call['status']}"
            for call in self.emulator.admin.journal()
            if call["path"] != "/oauth/token"
        ]

    def writes(self) -> list[str]:
        """Return the calls that change something, refused ones included."""
        return [call for call in self.calls() if not call.startswith("GET")]

    # What most tests start from.

    def staged_inputs(self, **changes: Any) -> dict[str, Any]:
        """Return the inputs of a draft at v1.0.0 of the demo repository; `None` removes a member."""
        inputs: dict[str, Any] = {
            "name": "Greeter",
            "creator": {"email": "dev@acme.example"},
            "repository": {"url": REPOSITORY, "tag": "v1.0.0"},
            "privateProjects": [f"{REGION}:{PROJECT}"],
            **changes,
        }
        return {name: value for name, value in inputs.items() if value is not None}

    def publication_inputs(self, staged: State, **changes: Any) -> dict[str, Any]:
        """Return the inputs of a private publication of the draft as it is."""
        repository: Any = staged.outputs["repository"]
        inputs: dict[str, Any] = {
            "connectorStagedId": staged.id,
            "tag": repository["tag"],
            "contentHash": staged.outputs["contentHash"],
            "target": "private",
            **changes,
        }
        return {name: value for name, value in inputs.items() if value is not None}

    def deployment_inputs(self, connector_id: str, **changes: Any) -> dict[str, Any]:
        """Return the inputs of a sandbox deployment of the demo connector."""
        inputs: dict[str, Any] = {
            "region": REGION,
            "connector": {"id": connector_id},
            "configurations": {
                "service": {
                    "standardConfiguration": {"SHOP_NAME": "Acme"},
                    "securedConfiguration": {"API_TOKEN": "c4n4ry-1"},
                }
            },
            **changes,
        }
        return {name: value for name, value in inputs.items() if value is not None}

    def published(self, **changes: Any) -> tuple[State, State]:
        """Return a draft and its private publication."""
        staged = self.create("ConnectorStaged", self.staged_inputs(**changes))
        return staged, self.create("ConnectorPublication", self.publication_inputs(staged))

    def deployed(self, **changes: Any) -> State:
        """Return a live deployment of a published connector."""
        staged, _ = self.published()
        return self.create("Deployment", self.deployment_inputs(staged.id, **changes))


@contextmanager
def build_world(emulator: AnyEmulator) -> Iterator[World]:
    """Give a fresh world on an emulator that may have been used before; delays are long enough to be seen."""
    emulator.admin.reset()
    emulator.admin.settings(clock="manual", delays=dict(DELAYS))
    emulator.admin.clear_journal()
    yield World(emulator, EmulatedClock(emulator))


DELAYS: Mapping[str, float] = {
    "queued": 8.0,
    "deploying": 30.0,
    "undeploying": 20.0,
    "preview": 40.0,
    "publish": 60.0,
}
