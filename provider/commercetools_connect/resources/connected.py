"""Resource behind connections: each operation uses those of the program, or those that a state was made with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar, overload

from commercetools_connect.api import AuthenticationFailedError
from commercetools_connect.api.hosts import setting
from commercetools_connect.core.errors import ConfigurationError, InitFailedError
from commercetools_connect.core.resource import OperationContext, Resource, SilentReporter
from commercetools_connect.core.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.core.text import Path
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainValue,
    PropertyMap,
    PropertyValue,
    as_map,
    equivalent,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import (
    CONNECTION,
    CONNECTIONS_PATH,
    connection_name,
    errors_about_connection,
)
from commercetools_connect.resources.connections import (
    CONNECTED_TO,
    Connections,
    ProjectAddress,
    connection_failures,
)
from commercetools_connect.resources.deployment.validation import NO_PROJECT
from commercetools_connect.resources.inner_connections import (
    align_connections,
    changed_connections,
    find_connections,
    mark_connections,
    mark_outputs,
    marked_connection,
    rewrite_connections,
    unmarked_connection,
    without_members,
)
from commercetools_connect.resources.inputs import text_of
from commercetools_connect.resources.provider import RESOURCE_SCHEMAS, Provider
from commercetools_connect.resources.schema import restore_secrets
from commercetools_connect.resources.session import OWNER


def moved_object(
    what: str, outputs: PropertyMap, connection: PropertyValue, owner: ProjectAddress, now: ProjectAddress
) -> ConfigurationError:
    """Return the error for a `connection` that leads an object away from the project that owns it."""
    before, after = (unwrap_secrets(each) for each in (outputs.get(CONNECTION), connection))
    is_own = before is None and after is None
    if is_own:
        keep = f"set it back to {owner.project}"
    elif before is None:
        keep = f"take `{CONNECTION}` out"
    else:
        keep = f"put `{CONNECTION}` back to {before if isinstance(before, str) else 'the former members'}"
    return ConfigurationError(
        f"{setting('projectKey') if is_own else CONNECTION}: {what} belongs to {owner}, and "
        f"{connection_name(connection)} leads to {now}. A connection never moves an object, and nothing was "
        "changed.",
        f"Keep credentials of its owner: {keep}, or give this resource a `{CONNECTION}` to {owner.project}. In a "
        f"Rollout, keep a target of {owner.project}, with `enabled: false` if need be, and name it in "
        f"`draft.owners`. If {now.project} shall have a connector of its own, declare it as a resource "
        "with a new name and a new key, move publications and deployments to it, and remove this one after that.",
    )


T = TypeVar("T")

PROJECT: Final = "projectKey"
STAGED_ID: Final = "connectorStagedId"

NO_CONNECTION: Final = "unknown argument; write it in each of its deployments"

INIT_FAILED: Final = "initFailed"
"""The output of an object that is not as asked. The engine knows that as well, and does not tell an update."""

OWNED: Final = frozenset({"ConnectorStaged", "ConnectorPublication"})
"""The kinds of objects that belong to the project of the API client that made them (API §1.3)."""


@dataclass(frozen=True)
class ConnectedResource:
    """The resource of one kind, behind whichever connection an operation is about.

    The resources themselves know nothing of connections: the input `connection` is taken out before they are
    asked, and put back into their states, its members sealed as a whole. They get those in other inputs, such as
    `expect`, and find the session of one by `Session.connected`.
    """

    kind: str
    connections: Connections

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        """Check as the resource does, for the project of the connection."""
        connection, given = news.get(CONNECTION), self._unmarked(news)
        if connection is not None and self.kind == "RolloutGate":
            failures = [CheckFailure((CONNECTION,), NO_CONNECTION)]
        else:
            failures = [*self.connections.failures_of(connection)]
        provider = self.connections.unconnected if failures else self.connections.provider(connection)
        plain = unwrap_secrets(connection)
        is_late = bool(failures) or UNKNOWN in (plain, as_map(plain).get(PROJECT))
        if self.kind == "Deployment" and given.get(PROJECT) is None and is_late:
            given = {**given, PROJECT: UNKNOWN}
        checked = provider.resource(self.kind).check(context, self._unmarked(olds), given)
        project = text_of(checked.inputs, PROJECT)
        failures += self._inner_failures(given, ProjectAddress(ProjectAddress.of(provider).host, project))
        inputs = {**mark_connections(self.kind, checked.inputs, news), **_marked(connection)}
        failures += (_of_connection(each, plain) for each in checked.failures)
        return replace(checked, inputs=inputs, failures=tuple(failures))

    def _inner_failures(self, inputs: PropertyMap, own: ProjectAddress) -> list[CheckFailure]:
        """Return every mistake in connections inside other inputs.

        Those of `expect` lead to the place of the Deployment.
        """
        failures: list[CheckFailure] = []
        for path, connection in find_connections(self.kind, inputs):
            found = connection_failures(connection, path)
            failures += found
            if found or connection is UNKNOWN:
                continue
            try:
                there = ProjectAddress.of(self.connections.provider(connection))
                wrong = there.other_than(self._place_at(path, inputs, own)) if "expect" in path else ""
            except ConfigurationError as error:
                wrong = str(error)
            failures += [CheckFailure(path, wrong)] if wrong else []
        return failures

    def _place_at(self, path: Path, inputs: PropertyMap, own: ProjectAddress) -> ProjectAddress:
        """Return where the Deployment is whose `expect` has the connection at the path: of a gate, one of many."""
        if self.kind != "RolloutGate":
            return own
        deployments = unwrap_secrets(inputs.get(str(path[0])))
        found = deployments[int(path[1])] if isinstance(deployments, list) else None
        members = as_map(found)
        connection, project = members.get(CONNECTION), members.get("project")
        host = own.host if connection is None else ProjectAddress.of(self.connections.for_inputs(members)).host
        return ProjectAddress(host, project if isinstance(project, str) else "")

    def _unmarked(self, properties: PropertyMap) -> PropertyMap:
        own = (CONNECTION, CONNECTED_TO, INIT_FAILED)
        shown = {name: each for name, each in properties.items() if name not in own}
        return rewrite_connections(self.kind, shown, unmarked_connection)

    def _bare(self, state: State) -> State:
        """Return the state as the resource knows it."""
        return replace(state, outputs=self._unmarked(state.outputs), inputs=self._unmarked(state.inputs))

    def _aligned(self, state: State, news: PropertyMap) -> State:
        """Return the state as the resource knows it, with the connections that its `expect` has now."""
        bare = self._bare(state)
        if self.kind != "Deployment":
            return bare
        return replace(bare, outputs=align_connections(bare.outputs, self._unmarked(news)))

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return what the resource returns."""
        before = None if state is None else self._bare(state)
        resource = self.connections.for_inputs(inputs).resource(self.kind)
        return resource.preview_outputs(self._unmarked(inputs), before)

    async def validate(self, context: OperationContext, news: PropertyMap) -> tuple[CheckFailure, ...]:
        """Validate as the resource does, once the connection is known."""
        if has_unknown(news.get(CONNECTION)):
            return ()
        with self._naming(news):
            return await self._provider(news).resource(self.kind).validate(context, self._unmarked(news))

    async def validate_update(
        self, context: OperationContext, state: State, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        """Validate as the resource does, once the connection is known."""
        if has_unknown(news.get(CONNECTION)):
            return ()
        before, resource = self._aligned(state, news), self._provider(news).resource(self.kind)
        with self._naming(news):
            return await resource.validate_update(context, before, self._unmarked(news))

    async def preview_create(self, context: OperationContext, news: PropertyMap) -> None:
        """Preview as the resource does, once the connection is known."""
        if not has_unknown(news.get(CONNECTION)):
            with self._naming(news):
                await self._provider(news).resource(self.kind).preview_create(context, self._unmarked(news))

    async def diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        """Compare as the resource does. Another connection is an update, on another host a replacement.

        Raises `ConfigurationError`, before any call, for a connection that would move the object.
        """
        found = await self._diff(context, state, news)
        if self.kind != "Deployment":
            return found
        changed = changed_connections(state.outputs, news)
        return without_members(replace(found, changes={**found.changes, **changed}))

    async def _diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        before, now, what = state.outputs.get(CONNECTION), news.get(CONNECTION), self._name(context)
        self.connections.require_unmoved(what, state.outputs)
        self._require_owner(what, state, news)
        if equivalent(before, now):
            resource = self.connections.of_state(what, state.outputs).resource(self.kind)
            with self._naming(news):
                return await resource.diff(context, self._aligned(state, news), self._unmarked(news))
        # what is not known yet is read with what the state was made with
        late = before is not None and has_unknown(now)
        provider = self.connections.of_state(what, state.outputs) if late else self._provider(news)
        path: Path = (CONNECTION,)
        change = Change.ADD if before is None else Change.DELETE if now is None else Change.UPDATE
        if self.connections.address_of_state(state.outputs).is_on_another_host(
            ProjectAddress.of(self._provider(news))
        ):
            found = Diff({path: change}, frozenset({path}), delete_before_replace=False)
            provider.session.registry.record_diff(self.kind, context, state.id, found)
        else:
            aligned = self._aligned(state, news)
            with self._naming(state.outputs if late else news):
                found = await provider.resource(self.kind).diff(context, aligned, self._unmarked(news))
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
        owner, now = self.connections.address_of_state(state.outputs), ProjectAddress.of(self._provider(news))
        if "" in (owner.project, now.project) or owner.project == now.project or owner.is_on_another_host(now):
            return
        raise moved_object(what, state.outputs, connection, owner, now)

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        """Create as the resource does."""
        provider = self._provider(news)
        complete = partial(self._connected, news=news, provider=provider)
        with self._naming(news):
            return await _completed(provider.resource(self.kind).create(context, self._unmarked(news)), complete)

    async def read(self, context: OperationContext, state: State) -> State | None:
        """Read as the resource does. An import may name a connection before the id: `eu:key=shop`."""
        if state.outputs:
            kept = partial(self._connected_as_before, before=state)
            return await self._with_accepted(
                context, state, lambda resource: _completed(resource.read(context, self._bare(state)), kept)
            )
        project = state.id.rpartition("/")[0] if self.kind == "Deployment" else ""
        name, identity = self.connections.of_import(state.id, project)
        provider = self.connections.provider(name or None)
        complete = partial(self._connected, news={CONNECTION: name or None}, provider=provider)
        named_project = identity.rpartition("/")[0] if self.kind == "Deployment" else ""
        with self._naming({CONNECTION: name or None, PROJECT: named_project}):
            return await _completed(provider.resource(self.kind).read(context, State(identity, {})), complete)

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        """Update as the resource does; another connection to the same object alone makes no call.

        It does after an operation that ended in `InitFailedError`, and where the state does not tell its project:
        then nothing but a look at the object tells whether it is as declared. Raises as `diff` does for a
        connection that would move the object.
        """
        self._require_owner(self._name(context), state, news)
        provider, before, after = self._provider(news), self._aligned(state, news), self._unmarked(news)
        resource = provider.resource(self.kind)
        complete = partial(self._connected, news=news, provider=provider)
        is_same = equivalent(state.outputs.get(CONNECTION), news.get(CONNECTION))
        is_same = is_same and not (self.kind == "Deployment" and changed_connections(state.outputs, news))
        made_at, now = self.connections.address_of_state(state.outputs), ProjectAddress.of(provider)
        must_look = state.outputs.get(INIT_FAILED) is not None or (not made_at.project and bool(now.project))
        if not is_same and not must_look:
            silent = replace(context, reporter=SilentReporter())
            with self._naming(news):
                if not await resource.diff(silent, before, after):
                    # what has become secret since is marked as such
                    schema = RESOURCE_SCHEMAS[self.kind]
                    kept = {name: restore_secrets(each, after.get(name)) for name, each in before.outputs.items()}
                    return complete(State(before.id, schema.mark_secrets(kept), schema.mark_secrets(after)))
        with self._naming(news):
            return await _completed(resource.update(context, before, after), complete)

    async def delete(self, context: OperationContext, state: State) -> None:
        """Delete as the resource does, with the connection that the object was made with."""
        await self._with_accepted(context, state, lambda resource: resource.delete(context, self._bare(state)))

    async def _with_accepted(
        self, context: OperationContext, state: State, call: Callable[[Resource], Awaitable[T]]
    ) -> T:
        """Return what the call returns with the connection of the state.

        If Connect refuses credentials that the state holds, those of any connection to the object's own place are
        tried: a Deployment may be in another project than the one that its connection names.
        """
        first = self.connections.of_state(self._name(context), state.outputs)
        with self._naming(state.outputs):
            try:
                return await call(first.resource(self.kind))
            except AuthenticationFailedError as error:
                refused = error
            if isinstance(unwrap_secrets(state.outputs.get(CONNECTION)), Mapping):
                at = ProjectAddress.of(first)
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
        return errors_about_connection(connection, "" if connection is None else self._project(properties))

    def _project(self, properties: PropertyMap) -> str:
        """Return the project of the object of inputs or outputs, `""` if it is not known."""
        own = text_of(properties, PROJECT if self.kind == "Deployment" else OWNER)
        return own or ProjectAddress.of(self.connections.for_inputs(properties)).project

    def _connected(self, state: State, news: PropertyMap, provider: Provider) -> State:
        """Return the state with the connection that it was made with, and the place of one that has a name."""
        marked = _marked(news.get(CONNECTION))
        named = isinstance(marked.get(CONNECTION), str)
        place = {CONNECTED_TO: ProjectAddress.of(provider).to_property()} if named else {}
        return self._completed_state(state, news, {**marked, **place}, marked if state.inputs else {})

    def _connected_as_before(self, state: State, before: State) -> State:
        """Return what was read of an object, with the connection of its state."""
        marked = _marked(before.outputs.get(CONNECTION))
        place = {name: before.outputs[name] for name in (CONNECTED_TO,) if name in before.outputs}
        return self._completed_state(state, before.outputs, {**marked, **place}, marked)

    def _completed_state(
        self, state: State, like: PropertyMap, outputs: PropertyMap, inputs: PropertyMap
    ) -> State:
        return replace(
            state,
            outputs={**mark_outputs(self.kind, state.outputs, like), **outputs},
            inputs={**mark_connections(self.kind, state.inputs, like), **inputs},
        )

    def _provider(self, news: PropertyMap) -> Provider:
        return self.connections.provider(news.get(CONNECTION))

    def _name(self, context: OperationContext) -> str:
        return f"{self.kind} {context.name}"


def _of_connection(failure: CheckFailure, connection: PlainValue) -> CheckFailure:
    """Return the failure; one for want of a project says where the connection has it."""
    if connection is None or failure.reason != NO_PROJECT:
        return failure
    there = f"{CONNECTIONS_PATH}.{connection}" if isinstance(connection, str) else CONNECTION
    return replace(failure, reason=f"is required; set it here, or as {there}.{PROJECT}")


def _marked(connection: PropertyValue) -> dict[str, PropertyValue]:
    """Return the input as states have it: a name as it is, members as one secret."""
    marked = marked_connection(connection)
    return {} if marked is None else {CONNECTION: marked}


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
