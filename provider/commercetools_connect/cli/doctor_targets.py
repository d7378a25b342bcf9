"""Connections that `commercetools-connect doctor` checks, and what a stack or an estate uses each of them for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from commercetools_connect.api import Connection
from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.cli.common import CREDENTIALS
from commercetools_connect.cli.estate import EstateProject
from commercetools_connect.cli.stack import Stack, StackObject, connections_of, usable_connection
from commercetools_connect.core.errors import ConfigurationError, ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.urns import ENGINE_NAMES, PACKAGE
from commercetools_connect.core.values import PlainMap, PropertyMap, PropertyValue, unwrap_secrets
from commercetools_connect.resources.configuration import SETTINGS, ProviderConfiguration
from commercetools_connect.resources.connections import CONNECTIONS, Connections
from commercetools_connect.resources.inputs import validate_inputs

SEPARATOR: Final = " "
"""Between the URN of a provider, which is empty for the configuration, and the name of a connection."""


@dataclass(frozen=True)
class Needs:
    """What a connection is used for.

    `drafts` includes publications. `writes` is false for credentials that are only for previews. A missing scope
    for what is not needed is not a problem. `api_clients`: whether a connector gets an API client of its own,
    `None` where no state tells it. `wiring`: what Deployments wait for by `expect`, `None` likewise.
    """

    drafts: bool = True
    deployments: bool = True
    writes: bool = True
    api_clients: bool | None = None
    wiring: frozenset[WiringKind] | None = None

    @classmethod
    def of(cls, objects: Iterable[StackObject], listed: Iterable[StackObject], *, writes: bool) -> Needs:
        """Return what objects of a stack need; `listed` are those for which `expect` is looked at."""
        found = tuple(objects)
        return cls(
            drafts=any(each.kind != "Deployment" for each in found),
            deployments=any(each.kind == "Deployment" for each in found),
            writes=writes,
            api_clients=any(each.makes_api_client for each in found),
            wiring=frozenset().union(*(each.expects for each in listed)),
        )


@dataclass(frozen=True)
class CheckTarget:
    """A connection to check.

    `projects` are those of its Deployments, the connection's own among them. `sources` says where its credentials
    come from. `error` is why it cannot be used; `connection` is empty then.
    """

    name: str
    connection: Connection
    needs: Needs
    projects: tuple[str, ...] = ()
    sources: str = ""
    error: ProviderError | None = None


def environment_targets(environ: Mapping[str, str], region: str, needs: Needs) -> list[CheckTarget]:
    """Return the connection that the environment describes, and the named ones that it has.

    Without credentials of its own only those, unless a region is given: it is of no named one.
    """
    owner = _SettingsOwner("", "", {"region": region}, environ)
    named = [*owner.broken(needs), *(owner.target(name, name, needs, ()) for name in owner.names)]
    is_meant = owner.has_credentials or bool(region) or not named
    return [*([owner.target("environment", None, needs, ())] if is_meant else []), *named]


def estate_targets(projects: Sequence[EstateProject], needs: Needs) -> list[CheckTarget]:
    """Return a connection for each project of an estate file."""
    return [CheckTarget(each.project_key, each.connection, needs, (each.project_key,)) for each in projects]


def stack_targets(stack: Stack, environ: Mapping[str, str], needs: Needs) -> list[CheckTarget]:
    """Return all connections of a stack.

    These are its configuration, the named connections, the provider resources of its program with theirs, and the
    connections that the state of a resource has. What the provider would refuse is a target with an error. `needs`
    counts for a stack that has no objects yet. The configuration is left out where nothing uses it.
    """
    all_needs = Needs.of(stack.objects, stack.objects, writes=needs.writes)
    served, listed, held = _by_connection(stack)

    def target(name: str, owner: _SettingsOwner, key: str, connection: str | PlainMap | None) -> CheckTarget:
        own, watched = served.get(key, []), listed.get(key, [])
        # the ConnectorStaged that tells whether its connector gets an API client may belong to another connection
        used = replace(Needs.of(own, watched, writes=needs.writes), api_clients=all_needs.api_clients)
        return owner.target(name, connection, used if stack.objects else needs, [*own, *watched])

    configured = _SettingsOwner("", "", stack.config, environ)
    providers = sorted(stack.providers, key=lambda provider: provider.name)
    used_names = {key: [*served.get(key, []), *listed.get(key, [])] for key in (*served, *listed)}
    targets: list[CheckTarget] = []
    for owner in (*(_SettingsOwner(each.name, each.urn, each.inputs, environ) for each in providers), configured):
        if owner.urn:
            targets.append(target(owner.name, owner, owner.key(), None))
        targets += owner.broken(needs, unknown_are_refused=not _is_dynamic(stack.objects))
        targets += [target(owner.label(each), owner, owner.key(each), each) for each in owner.names]
        targets += [target(owner.label(each), owner, owner.key(each), each) for each in _lost(owner, used_names)]
    for key, members in held.items():
        name = served[key][0].name if key in served else f"{listed[key][0].name} (expect)"
        targets.append(target(name, configured, key, members))
    key = configured.key()
    if key in used_names or not targets or (configured.has_credentials and not stack.objects):
        targets.insert(0, target("configuration", configured, key, None))
    return targets


def _by_connection(
    stack: Stack,
) -> tuple[Mapping[str, Sequence[StackObject]], Mapping[str, Sequence[StackObject]], Mapping[str, PlainMap]]:
    """Return the objects of each connection, those that it lists for, and the members of those of states."""
    explicit = {each.urn for each in stack.providers}
    served: dict[str, list[StackObject]] = {}
    listed: dict[str, list[StackObject]] = {}
    held: dict[str, PlainMap] = {}

    def owner_of(each: StackObject, connection: PropertyValue) -> str:
        members = unwrap_secrets(connection)
        if isinstance(members, Mapping):
            owner = json.dumps(members, sort_keys=True)
            held[owner] = members
            return owner
        urn = each.provider.rpartition("::")[0]
        return f"{urn if urn in explicit else ''}{SEPARATOR}{members or ''}"

    for each in stack.objects:
        own = owner_of(each, each.members or each.connection)
        served.setdefault(own, []).append(each)
        if each.expects:
            listing = own if each.listed_by is None else owner_of(each, each.listed_by)
            listed.setdefault(listing, []).append(each)
    return served, listed, held


def _is_dynamic(objects: Sequence[StackObject]) -> bool:
    """Return whether the state is of the dynamic frontend, which only warns of unknown settings."""
    return bool(objects) and all(each.is_dynamic for each in objects)


def _lost(owner: _SettingsOwner, served: Mapping[str, Sequence[StackObject]]) -> Iterator[str]:
    """Yield the names that the state has and the settings have not; one that was renamed is found by its place."""
    if owner.shape_error is not None:
        return
    projects = {each.get("projectKey") for each in owner.connections.named.values() if isinstance(each, Mapping)}
    for key, objects in served.items():
        urn, _, name = key.rpartition(SEPARATOR)
        if urn == owner.urn and name and name not in owner.names:
            found = {each.place_project or each.project_key for each in objects}
            if not found <= projects - {None, ""}:
                yield name


@dataclass(frozen=True)
class _SettingsOwner:
    """A provider resource, or without a URN the configuration of the stack, as the provider reads its settings."""

    name: str
    urn: str
    values: PropertyMap
    environ: Mapping[str, str]

    @cached_property
    def connections(self) -> Connections:
        """The connections as the provider has them; no call is made."""
        return connections_of(self.values, self.environ)

    @cached_property
    def shape_error(self) -> ConfigurationError | None:
        """Why the configured connections are none at all."""
        try:
            _ = self.connections.named
        except ConfigurationError as error:
            return error
        return None

    @property
    def names(self) -> Sequence[str]:
        """The names of its connections."""
        return () if self.shape_error else tuple(map(str, self.connections.named))

    @property
    def has_credentials(self) -> bool:
        """Whether it has credentials of its own."""
        return any(
            unwrap_secrets(self.values.get(name)) or self.environ.get(ENVIRONMENT_NAMES[name])
            for name in CREDENTIALS
        )

    def key(self, connection: str = "") -> str:
        """Return what `_by_connection` calls one of its connections."""
        return f"{self.urn}{SEPARATOR}{connection}"

    def label(self, connection: str) -> str:
        """Return the name of one of its connections for people."""
        return f"{self.name}.{connection}" if self.name else connection

    def broken(self, needs: Needs, *, unknown_are_refused: bool = False) -> Iterator[CheckTarget]:
        """Yield what the provider refuses of the settings as a whole."""
        if self.shape_error is not None:
            yield CheckTarget(self.label(CONNECTIONS), Connection(), needs, error=self.shape_error)
        given = {name: unwrap_secrets(value) for name, value in self.values.items() if name not in ENGINE_NAMES}
        unknown = [
            each
            for each in validate_inputs(ProviderConfiguration, given)
            if len(each.path) == 1 and each.path[0] not in SETTINGS
        ]
        if unknown and unknown_are_refused:
            said = "\n".join(f"{PACKAGE}:{each}" for each in unknown)
            error = ConfigurationError(said, "Correct the name of the setting, or remove it.")
            yield CheckTarget(self.name or "configuration", Connection(), needs, error=error)

    def target(
        self, name: str, connection: str | PlainMap | None, needs: Needs, objects: Sequence[StackObject]
    ) -> CheckTarget:
        """Return one of its connections, or itself, for the objects that it serves."""
        projects = {each.project_key for each in objects if each.project_key}
        try:
            found = usable_connection(self.connections, connection)
        except ConfigurationError as error:
            return CheckTarget(escape_untrusted(name), Connection(), needs, tuple(sorted(projects)), error=error)
        projects |= {found.project_key} - {""}
        return CheckTarget(
            escape_untrusted(name), found, needs, tuple(sorted(projects)), self._sources(connection)
        )

    def _sources(self, connection: str | PlainMap | None) -> str:
        """Return where the credentials come from: Connect refuses a mixture of two clients like a wrong secret."""
        own = {name for name in CREDENTIALS if connection is not None or unwrap_secrets(self.values.get(name))}
        return " and ".join(
            f"{name} from {'the configuration' if name in own else ENVIRONMENT_NAMES[name]}"
            for name in CREDENTIALS
        )
