"""Resource behind connections: each operation uses those of the program, or those that a state was made with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar, overload

from commercetools_connect.api import AuthenticationFailedError
from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.resource import OperationContext, Resource, SilentReporter
from commercetools_connect.core.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.core.text import Path
from commercetools_connect.core.values import (
    UNKNOWN,
    PropertyMap,
    PropertyValue,
    Secret,
    equivalent,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import CONNECTION
from commercetools_connect.resources.connection_errors import moved_object, naming
from commercetools_connect.resources.connections import CONNECTED_TO, Connections, Place
from commercetools_connect.resources.inputs import text_of
from commercetools_connect.resources.provider import RESOURCE_SCHEMAS, Provider
from commercetools_connect.resources.schema import restore_secrets
from commercetools_connect.resources.session import OWNER

T = TypeVar("T")

PROJECT: Final = "projectKey"
STAGED_ID: Final = "connectorStagedId"

NO_CONNECTION: Final = "unknown argument; a gate uses the connections to the projects of its deployments"

INIT_FAILED: Final = "initFailed"
"""The output of an object that is not as asked. The engine knows that as well, and does not tell an update."""

OWNED: Final = frozenset({"ConnectorStaged", "ConnectorPublication"})
"""The kinds of objects that belong to the project of the API client that made them (API §1.3)."""


@dataclass(frozen=True)
class ConnectedResource:
    """The resource of one kind, behind whichever connection an operation is about.

    The resources themselves know nothing of connections: the input `connection` is taken out before they are
    asked, and put back into their states, its members sealed as a whole.
    """

    kind: str
    connections: Connections

    def check(self, operation: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        """Check as the resource does, for the project of the connection."""
        connection, given = news.get(CONNECTION), _without(news)
        if connection is not None and self.kind == "RolloutGate":
            failures: tuple[CheckFailure, ...] = (CheckFailure((CONNECTION,), NO_CONNECTION),)
        else:
            failures = self.connections.failures_of(connection)
        provider = self.connections.unconnected if failures else self.connections.provider(connection)
        is_late = bool(failures) or _project_is_unknown(connection)
        if self.kind == "Deployment" and given.get(PROJECT) is None and is_late:
            given = {**given, PROJECT: UNKNOWN}
        checked = provider.resource(self.kind).check(operation, _without(olds), given)
        inputs = {**checked.inputs, **_sealed(connection)}
        return replace(checked, inputs=inputs, failures=(*failures, *checked.failures))

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return what the resource returns."""
        before = None if state is None else _bare(state)
        return self.connections.for_inputs(inputs).resource(self.kind).preview_outputs(_without(inputs), before)

    async def validate(self, operation: OperationContext, news: PropertyMap) -> tuple[CheckFailure, ...]:
        """Validate as the resource does, once the connection is known."""
        if has_unknown(news.get(CONNECTION)):
            return ()
        with self._naming(news):
            return await self._provider(news).resource(self.kind).validate(operation, _without(news))

    async def validate_update(
        self, operation: OperationContext, state: State, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        """Validate as the resource does, once the connection is known."""
        if has_unknown(news.get(CONNECTION)):
            return ()
        resource = self._provider(news).resource(self.kind)
        with self._naming(news):
            return await resource.validate_update(operation, _bare(state), _without(news))

    async def preview_create(self, operation: OperationContext, news: PropertyMap) -> None:
        """Preview as the resource does, once the connection is known."""
        if not has_unknown(news.get(CONNECTION)):
            with self._naming(news):
                await self._provider(news).resource(self.kind).preview_create(operation, _without(news))

    async def diff(self, operation: OperationContext, state: State, news: PropertyMap) -> Diff:
        """Compare as the resource does. Another connection is an update, on another host a replacement.

        Raises `ConfigurationError`, before any call, for a connection that would move the object.
        """
        before, now, what = state.outputs.get(CONNECTION), news.get(CONNECTION), self._name(operation)
        self.connections.require_unmoved(what, state.outputs)
        self._require_owner(what, state, news)
        if equivalent(before, now):
            resource = self.connections.of_state(what, state.outputs).resource(self.kind)
            with self._naming(news):
                return await resource.diff(operation, _bare(state), _without(news))
        # what is not known yet is read with what the state was made with
        late = before is not None and has_unknown(now)
        provider = self.connections.of_state(what, state.outputs) if late else self._provider(news)
        path: Path = (CONNECTION,)
        change = Change.ADD if before is None else Change.DELETE if now is None else Change.UPDATE
        if self.connections.place_of_state(state.outputs).is_on_another_host(Place.of(self._provider(news))):
            found = Diff({path: change}, frozenset({path}), delete_before_replace=False)
            provider.session.registry.record_diff(self.kind, operation, state.id, found)
        else:
            with self._naming(state.outputs if late else news):
                found = await provider.resource(self.kind).diff(operation, _bare(state), _without(news))
            found = replace(found, changes={**found.changes, path: change})
        if found.replaces:
            self.connections.of_state(what, state.outputs)  # an error, if the old object could not be deleted
        return found

    def _require_owner(self, what: str, state: State, news: PropertyMap) -> None:
        """Raise `ConfigurationError` for credentials of another project than the one that owns the object.

        Connect has one connector of a key on a host, whichever project owns it, and shows a ConnectorStaged to its
        owner only: a replacement could not create the new one, and its delete would take the published Connector
        along. A publication of another ConnectorStaged is another object.
        """
        connection = news.get(CONNECTION)
        if self.kind not in OWNED or unwrap_secrets(connection) is UNKNOWN:
            return
        if (
            not equivalent(state.outputs.get(STAGED_ID), news.get(STAGED_ID))
            and self.kind == "ConnectorPublication"
        ):
            return
        owner, now = self.connections.place_of_state(state.outputs), Place.of(self._provider(news))
        if "" in (owner.project, now.project) or owner.project == now.project or owner.is_on_another_host(now):
            return
        raise moved_object(what, state.outputs, connection, owner, now)

    async def create(self, operation: OperationContext, news: PropertyMap) -> State:
        """Create as the resource does."""
        provider = self._provider(news)
        complete = partial(_connected, connection=news.get(CONNECTION), provider=provider)
        with self._naming(news):
            return await _completed(provider.resource(self.kind).create(operation, _without(news)), complete)

    async def read(self, operation: OperationContext, state: State) -> State | None:
        """Read as the resource does. An import may name a connection before the id: `eu:key=shop`."""
        if state.outputs:
            kept = partial(_connected_as_before, before=state)
            return await self._with_accepted(
                operation, state, lambda resource: _completed(resource.read(operation, _bare(state)), kept)
            )
        project = state.id.rpartition("/")[0] if self.kind == "Deployment" else ""
        name, identity = self.connections.of_import(state.id, project)
        provider = self.connections.provider(name or None)
        complete = partial(_connected, connection=name or None, provider=provider)
        with self._naming(self._imported(name, identity)):
            return await _completed(provider.resource(self.kind).read(operation, State(identity, {})), complete)

    async def update(self, operation: OperationContext, state: State, news: PropertyMap) -> State:
        """Update as the resource does; another connection to the same object alone makes no call.

        It does after an operation that ended in `InitFailedError`, and where the state does not tell its project:
        then nothing but a look at the object tells whether it is as declared. Raises as `diff` does for a
        connection that would move the object.
        """
        self._require_owner(self._name(operation), state, news)
        provider, before, after = self._provider(news), _bare(state), _without(news)
        resource = provider.resource(self.kind)
        complete = partial(_connected, connection=news.get(CONNECTION), provider=provider)
        is_same = equivalent(state.outputs.get(CONNECTION), news.get(CONNECTION))
        if not is_same and not self._must_look(state, provider):
            silent = replace(operation, reporter=SilentReporter())
            with self._naming(news):
                if not await resource.diff(silent, before, after):
                    return complete(self._kept(before, after))
        with self._naming(news):
            return await _completed(resource.update(operation, before, after), complete)

    def _must_look(self, state: State, provider: Provider) -> bool:
        """Return whether only a call can tell that the object of the state is as declared."""
        is_owner_unknown = not self.connections.place_of_state(state.outputs).project
        return state.outputs.get(INIT_FAILED) is not None or (
            is_owner_unknown and bool(Place.of(provider).project)
        )

    def _kept(self, before: State, after: PropertyMap) -> State:
        """Return the state of an object that is as declared, with what has become secret since marked as such."""
        schema = RESOURCE_SCHEMAS[self.kind]
        outputs = {name: restore_secrets(value, after.get(name)) for name, value in before.outputs.items()}
        return State(before.id, schema.seal(outputs), schema.seal(after))

    async def delete(self, operation: OperationContext, state: State) -> None:
        """Delete as the resource does, with the connection that the object was made with."""
        await self._with_accepted(operation, state, lambda resource: resource.delete(operation, _bare(state)))

    async def _with_accepted(
        self, operation: OperationContext, state: State, call: Callable[[Resource], Awaitable[T]]
    ) -> T:
        """Return what the call returns with the connection of the state.

        If Connect refuses credentials that the state holds, those of any connection to the object's own place are
        tried: a Deployment may be in another project than the one that its connection names.
        """
        first = self.connections.of_state(self._name(operation), state.outputs)
        with self._naming(state.outputs):
            try:
                return await call(first.resource(self.kind))
            except AuthenticationFailedError as error:
                refused = error
            if isinstance(unwrap_secrets(state.outputs.get(CONNECTION)), Mapping):
                at = Place.of(first)
                places = dict.fromkeys((replace(at, project=self._project(state.outputs)), at))
                others = {id(each): each for place in places for each in self.connections.at(place)}
                for other in others.values():
                    if other is not first:
                        with suppress(AuthenticationFailedError):
                            return await call(other.resource(self.kind))
            raise refused

    def _naming(self, properties: PropertyMap) -> AbstractContextManager[None]:
        """Let errors name the connection in inputs or outputs, and the project of their object."""
        connection = properties.get(CONNECTION)
        return naming(connection, "" if connection is None else self._project(properties))

    def _project(self, properties: PropertyMap) -> str:
        """Return the project of the object of inputs or outputs, `""` if it is not known."""
        own = text_of(properties, PROJECT if self.kind == "Deployment" else OWNER)
        return own or Place.of(self.connections.for_inputs(properties)).project

    def _imported(self, name: str, identity: str) -> PropertyMap:
        """Return what an import tells: the name of a connection, and the project of a Deployment."""
        project = identity.rpartition("/")[0] if self.kind == "Deployment" else ""
        return {**({CONNECTION: name} if name else {}), **({PROJECT: project} if project else {})}

    def _provider(self, news: PropertyMap) -> Provider:
        return self.connections.provider(news.get(CONNECTION))

    def _name(self, operation: OperationContext) -> str:
        return f"{self.kind} {operation.name}"


def _without(properties: PropertyMap) -> PropertyMap:
    own = (CONNECTION, CONNECTED_TO, INIT_FAILED)
    return {name: value for name, value in properties.items() if name not in own}


def _bare(state: State) -> State:
    return replace(state, outputs=_without(state.outputs), inputs=_without(state.inputs))


def _sealed(connection: PropertyValue) -> dict[str, PropertyValue]:
    """Return the input as states have it: a name as it is, members as one secret."""
    plain = unwrap_secrets(connection)
    if plain is None:
        return {}
    return {CONNECTION: Secret(plain) if isinstance(plain, Mapping) else plain}


def _project_is_unknown(connection: PropertyValue) -> bool:
    plain = unwrap_secrets(connection)
    return plain is UNKNOWN or (isinstance(plain, Mapping) and plain.get(PROJECT) is UNKNOWN)


def _connected(state: State, connection: PropertyValue, provider: Provider) -> State:
    """Return the state with the connection that it was made with, and the place of one that has a name."""
    sealed = _sealed(connection)
    named = isinstance(sealed.get(CONNECTION), str)
    place = {CONNECTED_TO: Place.of(provider).to_property()} if named else {}
    return replace(
        state,
        outputs={**state.outputs, **sealed, **place},
        inputs={**state.inputs, **sealed} if state.inputs else {},
    )


def _connected_as_before(state: State, before: State) -> State:
    """Return what was read of an object, with the connection of its state."""
    sealed = _sealed(before.outputs.get(CONNECTION))
    place = {name: before.outputs[name] for name in (CONNECTED_TO,) if name in before.outputs}
    return replace(state, outputs={**state.outputs, **sealed, **place}, inputs={**state.inputs, **sealed})


@overload
async def _completed(work: Awaitable[State], complete: Callable[[State], State]) -> State: ...


@overload
async def _completed(work: Awaitable[State | None], complete: Callable[[State], State]) -> State | None: ...


async def _completed(work: Awaitable[State | None], complete: Callable[[State], State]) -> State | None:
    """Return the state, completed, also that of an object that is not as asked, which says so."""
    try:
        found = await work
    except InitFailedError as error:
        kept = complete(error.state)
        error.state = replace(kept, outputs={**kept.outputs, INIT_FAILED: True})
        raise
    return None if found is None else complete(found)
