"""Connections that `commercetools-connect doctor` checks, and what a stack or an estate uses each of them for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from commercetools_connect.api import Connection
from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.cli.common import CREDENTIALS
from commercetools_connect.cli.estate import EstateProject
from commercetools_connect.cli.stack import Stack, StackObject
from commercetools_connect.core.errors import ConfigurationError, ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyValue, unwrap_secrets
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.connections import CONNECTIONS

FIELDS: Final = (*(name for name in ENVIRONMENT_NAMES if name != CONNECTIONS), "region")
SEPARATOR: Final = " "
"""Between the URN of a provider, which is empty for the configuration, and the name of a connection."""

ENVIRONMENT_PREFIX: Final = "CTP_"


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
class Target:
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


def environment_target(environ: Mapping[str, str], region: str, needs: Needs) -> Target:
    """Return the connection that the environment describes."""
    return _target("environment", {"region": region}, environ, needs, ())


def estate_targets(projects: Sequence[EstateProject], needs: Needs) -> list[Target]:
    """Return a connection for each project of an estate file."""
    return [Target(each.project_key, each.connection, needs, (each.project_key,)) for each in projects]


def stack_targets(stack: Stack, environ: Mapping[str, str], needs: Needs) -> list[Target]:
    """Return all connections of a stack.

    These are its configuration, the named connections, the provider resources of its program with theirs, and the
    connections that the state of a resource has. `needs` counts for a stack that has no objects yet. The
    configuration is left out where nothing uses it.
    """
    all_needs = Needs.of(stack.objects, stack.objects, writes=needs.writes)
    served, listed, held = _by_connection(stack)

    def target(name: str, owner: str, values: Mapping[str, PropertyValue], environ: Mapping[str, str]) -> Target:
        own, watched = served.get(owner, []), listed.get(owner, [])
        # the ConnectorStaged that tells whether its connector gets an API client may belong to another connection
        used = replace(Needs.of(own, watched, writes=needs.writes), api_clients=all_needs.api_clients)
        return _target(name, values, environ, used if stack.objects else needs, [*own, *watched])

    targets = []
    # the provider does not complete a connection from the environment
    without = {name: value for name, value in environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
    for own_provider in sorted(stack.providers, key=lambda provider: provider.name):
        owner = f"{own_provider.urn}{SEPARATOR}"
        targets.append(target(own_provider.name, owner, own_provider.inputs, environ))
        for name, values in _named_connections(own_provider.inputs.get(CONNECTIONS)):
            targets.append(target(f"{own_provider.name}.{name}", f"{owner}{name}", values, without))
    configured = stack.config.get(CONNECTIONS) or environ.get(ENVIRONMENT_NAMES[CONNECTIONS])
    for name, values in _named_connections(configured):
        targets.append(target(name, f"{SEPARATOR}{name}", values, without))
    for owner, values in held.items():
        name = served[owner][0].name if owner in served else f"{listed[owner][0].name} (expect)"
        targets.append(target(name, owner, values, without))
    own = {name: stack.config.get(name) for name in FIELDS}
    given = any(unwrap_secrets(own[name]) or environ.get(ENVIRONMENT_NAMES[name]) for name in CREDENTIALS)
    if SEPARATOR in {**served, **listed} or not targets or (given and not stack.objects):
        targets.insert(0, target("configuration", SEPARATOR, own, environ))
    return targets


def _by_connection(
    stack: Stack,
) -> tuple[
    Mapping[str, Sequence[StackObject]],
    Mapping[str, Sequence[StackObject]],
    Mapping[str, Mapping[str, PropertyValue]],
]:
    """Return the objects of each connection, those that it lists for, and the members of those of states."""
    explicit = {each.urn for each in stack.providers}
    served: dict[str, list[StackObject]] = {}
    listed: dict[str, list[StackObject]] = {}
    held: dict[str, Mapping[str, PropertyValue]] = {}

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


def _named_connections(value: PropertyValue) -> Iterator[tuple[str, Mapping[str, PropertyValue]]]:
    """Yield name and fields of each connection in the configuration; one of another shape has no fields."""
    found = unwrap_secrets(value)
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except ValueError:
            found = None
    for name, fields in found.items() if isinstance(found, Mapping) else ():
        yield str(name), fields if isinstance(fields, Mapping) else {}


def _target(
    name: str,
    values: Mapping[str, PropertyValue],
    environ: Mapping[str, str],
    needs: Needs,
    objects: Sequence[StackObject],
) -> Target:
    given = {field: values[field] for field in FIELDS if unwrap_secrets(values.get(field)) not in (None, "")}
    projects = {each.project_key for each in objects if each.project_key}
    try:
        connection = ProviderConfiguration.read(given, environ).connection()
        connection.require_hosts()
        connection.require_credentials()
    except ConfigurationError as error:
        return Target(escape_untrusted(name), Connection(), needs, tuple(sorted(projects)), error=error)
    projects |= {connection.project_key} - {""}
    # Connect refuses a mixture of two clients like a wrong secret
    sources = " and ".join(
        f"{field} from {'the configuration' if field in given else ENVIRONMENT_NAMES[field]}"
        for field in CREDENTIALS
    )
    return Target(escape_untrusted(name), connection, needs, tuple(sorted(projects)), sources)
