"""Connections: the providers of a process, by what a program names or holds and by what a state was made with.

A program says for each resource by whose credentials it is reached: by the name of a configured connection, by the
members of a connection, or by nothing, which is the configuration itself. What a state was made with is found by
that name, else by its place: a host and a project.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, cast

from commercetools_connect.api import hosts
from commercetools_connect.api.http import URL, is_loopback
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import Path, escape_untrusted, nearest
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainMap,
    PropertyMap,
    PropertyValue,
    Secret,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import (
    CONNECTION,
    CONNECTION_NAME,
    CONNECTIONS_PATH,
    NAME_FORM,
    PROGRAM_FIELDS,
    ConnectionInputs,
    ProviderConfiguration,
    connection_hint,
    of_connection,
    read_connections,
)
from commercetools_connect.resources.connection_secrets import connection_secrets
from commercetools_connect.resources.inner_connections import SECRET_FIELDS
from commercetools_connect.resources.inputs import member_names, validate_inputs
from commercetools_connect.resources.provider import Provider
from commercetools_connect.resources.session import HOST, OWNER

CONNECTIONS: Final = "connections"

CONNECTED_TO: Final = "connectedTo"
"""The output that has the place of a named connection, as it was when the state was written."""

CREDENTIALS_PREFIX: Final = "CTP_"


@dataclass(frozen=True)
class ProjectAddress:
    """Where a connection leads: the host of Connect, and its project. What is not known is empty."""

    host: str
    project: str

    @classmethod
    def of(cls, provider: Provider) -> ProjectAddress:
        """Return where a provider leads."""
        session = provider.session
        url = session.client.connection.connect_url
        return cls(URL(url).netloc.decode("ascii") if url else "", session.project_key or "")

    @classmethod
    def of_state(cls, outputs: PropertyMap) -> ProjectAddress:
        """Return where a state was made, as far as it tells: earlier versions did not write it as a whole."""
        noted = unwrap_secrets(outputs.get(CONNECTED_TO))
        if isinstance(noted, Mapping):
            return cls(str(noted.get("host") or ""), str(noted.get("project") or ""))
        project = unwrap_secrets(outputs.get(OWNER)) or unwrap_secrets(outputs.get("projectKey"))
        return cls(str(unwrap_secrets(outputs.get(HOST)) or ""), str(project or ""))

    def to_property(self) -> dict[str, PropertyValue]:
        """Return the form that states keep."""
        return {"host": self.host, "project": self.project}

    def has_moved_to(self, other: ProjectAddress) -> bool:
        """Return whether `other` is another place; the address of an emulator or a proxy may change."""
        return self.is_on_another_host(other) or self.project != other.project

    def is_on_another_host(self, other: ProjectAddress) -> bool:
        """Return whether both are on hosts of commercetools, and on two of them."""
        return _are_two(_region(self.host), _region(other.host))

    def other_than(self, deployment: ProjectAddress) -> str:
        """Return how this is another place than that of a Deployment, `""` if it is not, as far as is known."""
        project, host = deployment.project, deployment.host
        if _are_two(self.project, project):
            return f"is of project {self.project}, but the deployment is in project {project}"
        if _are_two(_home(self.host), _home(host)):
            return f"leads to {self.host}, but that of the deployment leads to {host}"
        return ""

    def __str__(self) -> str:
        return f"project {self.project or '(none)'} at {self.host or 'an unknown host'}"


def _are_two(one: str, other: str) -> bool:
    """Return whether both are known, and not the same."""
    return bool(one and other) and one != other


def _region(host: str) -> str:
    """Return the region of a host of commercetools, `""` for an emulator or a proxy."""
    return hosts.region_of(f"https://{host}") if host else ""


def _home(host: str) -> str:
    """Return the region of a host, or the address of an emulator on this machine; a proxy may lead to any host."""
    return _region(host) or (host if host and is_loopback(f"http://{host}") else "")


def connection_failures(connection: PropertyValue, path: Path = (CONNECTION,)) -> tuple[CheckFailure, ...]:
    """Return every mistake in what is known of a connection, with paths from `path`. Pure; shows no value."""
    plain = unwrap_secrets(connection)
    if plain is None or plain is UNKNOWN:
        return ()
    if isinstance(plain, str):
        named = CONNECTION_NAME.fullmatch(plain)
        return () if named else (CheckFailure(path, f"is no name of a connection: {NAME_FORM}"),)
    if not isinstance(plain, Mapping):
        return (CheckFailure(path, "must be the name of a connection, or an object with its members"),)
    return tuple(replace(each, path=(*path, *each.path)) for each in validate_inputs(ConnectionInputs, plain))


class Connections:
    """The providers of one process, each made when it is needed first. May be used from any thread.

    `options` are those of `Provider.configure`: what all providers share.
    """

    def __init__(self, values: PropertyMap, environ: Mapping[str, str], **options: Any) -> None:
        self._own = {name: value for name, value in values.items() if name != CONNECTIONS}
        self._given = values.get(CONNECTIONS)
        self._environ = environ
        self._options = options
        self._lock = threading.Lock()
        self._providers: dict[str, Provider] = {}
        self._first: Provider | None = None

    @property
    def own(self) -> Provider:
        """The provider of the configuration itself. Raises `ConfigurationError`."""
        return self._configured(self._own, self._environ)

    @property
    def unconnected(self) -> Provider:
        """A provider that leads nowhere: for what needs no call, while a connection is not known."""
        return self._configured(*self._complete({}))

    @cached_property
    def named(self) -> Mapping[str, object]:
        """The configured connections by name, as they are written. Raises `ConfigurationError`."""
        try:
            return read_connections(self._written)
        except ValueError as error:
            reason = str(error)
        raise ConfigurationError(f"{CONNECTIONS_PATH} {reason}")

    @property
    def _written(self) -> PropertyValue:
        """The configured connections as they are written, which may be anything."""
        given = unwrap_secrets(self._given)
        return given if given not in (None, "") else self._environ.get(hosts.ENVIRONMENT_NAMES[CONNECTIONS]) or {}

    def failures(self) -> tuple[CheckFailure, ...]:
        """Return what is wrong with the configured connections; calls nothing."""
        try:
            names = self.named
        except ConfigurationError as error:
            return (CheckFailure((), str(error)),)
        found = []
        for name in names:
            if not CONNECTION_NAME.fullmatch(name):
                found.append(CheckFailure((), f"{CONNECTIONS_PATH}: {escape_untrusted(name, 80)!r}: {NAME_FORM}"))
                continue
            try:
                self.settings(name).connection()
            except ConfigurationError as error:
                path, said = f"{CONNECTIONS_PATH}.{name}", of_connection(str(error), name)
                found.append(CheckFailure((), said if said.startswith(path) else f"{path}: {said}"))
        return tuple(found)

    def settings(self, connection: str | PlainMap | None) -> ProviderConfiguration:
        """Return the settings of a name, of members, or without either of the configuration itself; calls nothing.

        Raises `ConfigurationError` wherever the provider for it could not be made.
        """
        if connection is None:
            return ProviderConfiguration.read(self._own, self._environ)
        if isinstance(connection, str) and not CONNECTION_NAME.fullmatch(connection):
            raise ConfigurationError(f"{CONNECTIONS_PATH}: {escape_untrusted(connection, 80)!r}: {NAME_FORM}")
        return ProviderConfiguration.read(*self._complete(connection))

    def provider(self, connection: PropertyValue) -> Provider:
        """Return the provider for what a program declares; of a connection's members some may be unknown.

        Raises `ConfigurationError` for a name that is not configured and for members that contradict each other.
        """
        plain = unwrap_secrets(connection, leave_out=(None, UNKNOWN))
        if plain is None:
            return self.own
        if plain is UNKNOWN:
            plain = {}
        if isinstance(connection, Secret) and isinstance(plain, str) and plain not in self.named:
            raise self._unknown()
        if not isinstance(plain, (str, Mapping)):
            raise InvalidInputError(
                f"{CONNECTION} must be the name of a connection, or an object with its members"
            )
        return self._configured(*self._complete(plain))

    def of_state(self, what: str, outputs: PropertyMap) -> Provider:
        """Return the provider for what a state was made with; `what` names its resource in errors.

        Raises `ConfigurationError` for a connection that has moved, or that neither its name nor its place leads
        to.
        """
        connection = unwrap_secrets(outputs.get(CONNECTION))
        if not isinstance(connection, str):
            return self.provider(connection)
        made_at = ProjectAddress.of_state(outputs)
        if connection in self.named:
            found = self.provider(connection)
            if CONNECTED_TO not in outputs or not made_at.has_moved_to(ProjectAddress.of(found)):
                return found
        others = self.at(made_at)
        if not others:
            raise ConfigurationError(
                f"{CONNECTIONS_PATH}.{connection}: {what} was made with the connection {connection}, which is not "
                f"configured any more (known: {self._listed()}), and no other connection leads to {made_at}. "
                "Nothing was changed.",
                f"Put {connection} back until the next `pulumi up` is through; then it can be removed. "
                f"{connection_hint(connection)}",
            )
        return others[0]

    def require_unmoved(self, what: str, outputs: PropertyMap) -> None:
        """Raise `ConfigurationError` for a state whose named connection leads to another place now."""
        connection = unwrap_secrets(outputs.get(CONNECTION))
        if not isinstance(connection, str) or CONNECTED_TO not in outputs or connection not in self.named:
            return
        made_at, now = ProjectAddress.of_state(outputs), ProjectAddress.of(self.provider(connection))
        if made_at.has_moved_to(now):
            raise ConfigurationError(
                f"{CONNECTIONS_PATH}.{connection}: the connection {connection} has moved: {what} was made with it "
                f"in {made_at}, and it leads to {now} now. A connection never moves, and nothing was changed.",
                "Set it back, and give the new place a connection of its own. Move the Deployments to that one. "
                "When the next `pulumi up` is through, remove the old one, unless a ConnectorStaged needs it.",
            )

    def at(self, place: ProjectAddress) -> list[Provider]:
        """Return the providers at a place: those of the names, that of the configuration, and those in use.

        A place without a host, as earlier versions left it, is matched by its project if that tells one host. A
        provider that has no host leads nowhere.
        """
        known: list[Provider] = []
        for connection in (*self.named, None):
            with suppress(ConfigurationError):
                known.append(self.provider(connection))
        with self._lock:
            known += self._providers.values()
        known = [*{id(each): each for each in known}.values()]
        places = [(each, ProjectAddress.of(each)) for each in known]
        there = [
            (each, at.host) for each, at in places if at.host and place.project and at.project == place.project
        ]
        if place.host:
            return [each for each, host in there if host == place.host]
        return [each for each, _ in there] if len({host for _, host in there}) == 1 else []

    def address_of_state(self, outputs: PropertyMap) -> ProjectAddress:
        """Return where a state was made, as far as that is known."""
        noted, connection = ProjectAddress.of_state(outputs), outputs.get(CONNECTION)
        if connection is not None and CONNECTED_TO not in outputs:
            with suppress(ConfigurationError):
                made_with = ProjectAddress.of(self.provider(connection))
                return ProjectAddress(made_with.host, made_with.project or noted.project)
        return noted

    def of_import(self, given: str, project: str) -> tuple[str, str]:
        """Return the name of the connection that an import's id names before a colon, and the rest of the id.

        `project` is that of a Deployment's id, `""` for other kinds; the name is `""` where the provider's own
        configuration leads there. Raises `InvalidInputError` for a name that is not configured, and where none is
        named and none or several may be meant.
        """
        name, colon, identity = given.partition(":")
        shown, named = escape_untrusted(given, 80), self.named
        if not (colon and CONNECTION_NAME.fullmatch(name)):
            name, identity = self._only_name_at(project), given
            with suppress(ConfigurationError):
                if not name and named and not ProjectAddress.of(self.own).host:
                    raise InvalidInputError(
                        f"{shown}: the id names no connection, and the provider's own configuration leads nowhere "
                        f"(known connections: {self._listed()}).",
                        f"Write the connection before the id, such as `{min(named)}:{shown}`.",
                    )
        elif name not in named:
            error = self._unknown(name)
            raise InvalidInputError(f"{shown}: {error.message}", error.remedy)
        return name, identity

    def _only_name_at(self, project: str) -> str:
        """Return the name of the connection to a project, `""` where it is the configuration's own or has none.

        Raises `InvalidInputError` where there are several.
        """
        names = [
            name
            for name, fields in self.named.items()
            if project and isinstance(fields, Mapping) and fields.get("projectKey") == project
        ]
        with suppress(ConfigurationError):
            if not names or ProjectAddress.of(self.own).project == project:
                return ""
        if len(names) > 1:
            raise InvalidInputError(
                f"project {project} is reached by several connections: {', '.join(sorted(names))}.",
                f"Write the one that is meant before the id, such as `{names[0]}:{project}/…`.",
            )
        return names[0]

    def failures_of(self, connection: PropertyValue) -> tuple[CheckFailure, ...]:
        """Return every mistake in what a program gives as `connection`, with its path; calls nothing.

        Raises `ConfigurationError` for a mistake in the provider's own configuration, if the program gives none.
        """
        if found := connection_failures(connection):
            return found
        try:
            self.provider(connection)
        except ConfigurationError as error:
            if connection is None:
                raise
            return (CheckFailure((CONNECTION,), of_connection(str(error), connection)),)
        return ()

    def for_inputs(self, inputs: PropertyMap) -> Provider:
        """Return the provider for what a program declares, one that leads nowhere if there is none."""
        try:
            return self.provider(inputs.get(CONNECTION))
        except ConfigurationError:
            return self.unconnected

    async def aclose(self) -> None:
        """Close the connections of every provider."""
        made, self._providers, self._first = [*self._providers.values()], {}, None
        for each in made:
            await each.aclose()

    def _complete(self, connection: str | PlainMap) -> tuple[PropertyMap, Mapping[str, str]]:
        """Return the values and the environment of a connection.

        What it leaves out is not filled in from the configuration, nor from the environment, which may belong to
        another project; only what belongs to the program is. Raises `ConfigurationError`.
        """
        kept = {hosts.ENVIRONMENT_NAMES.get(name) for name in PROGRAM_FIELDS}
        environ = {k: v for k, v in self._environ.items() if k in kept or not k.startswith(CREDENTIALS_PREFIX)}
        shared = {name: value for name, value in self._own.items() if name in PROGRAM_FIELDS}
        fields = self._members(connection) if isinstance(connection, str) else connection
        marked = {name: Secret(value) if name in SECRET_FIELDS else value for name, value in fields.items()}
        return {**shared, **cast("PropertyMap", marked)}, environ

    def _members(self, name: str) -> PlainMap:
        """Return the members of a named connection. Raises `ConfigurationError`."""
        named = self.named
        if name not in named:
            raise self._unknown(name)
        members = named[name]
        if not isinstance(members, Mapping):
            raise ConfigurationError(f"{CONNECTIONS_PATH}.{name} is not an object", connection_hint(name))
        known = (*member_names(ConnectionInputs), *PROGRAM_FIELDS)
        if unknown := sorted(set(members) - set(known)):
            raise ConfigurationError(
                f"{CONNECTIONS_PATH}.{name} has unknown members: {', '.join(map(repr, unknown))}",
                f"Known members: {', '.join(known)}.",
            )
        return {member: value for member, value in members.items() if value is not None}

    def _unknown(self, name: str = "") -> ConfigurationError:
        """Return the error for a name that is not configured; a name that is a secret is left out."""
        shown = f"{escape_untrusted(name, 80)!r}" if name else "of the given name, which is a secret,"
        near = nearest(name, self.named)
        return ConfigurationError(
            f"there is no connection {shown} in the configuration {CONNECTIONS_PATH} (known: {self._listed()})"
            f"{f'; did you mean {escape_untrusted(near)}?' if near else ''}",
            f"Add it with `pulumi config set --secret --path '{CONNECTIONS_PATH}.{name or '<name>'}.clientId' …`.",
        )

    def _listed(self) -> str:
        return ", ".join(sorted(self.named)) or "none"

    def _configured(self, values: PropertyMap, environ: Mapping[str, str]) -> Provider:
        # The same values with another environment behind them are another configuration.
        known = {name: value for name, value in values.items() if value is not None}
        identity = json.dumps([environ is self._environ, unwrap_secrets(known)], sort_keys=True, default=str)
        with self._lock:
            found = self._providers.get(identity)
            if found is None:
                options = self._options if self._first is None else {**self._options, "beside": self._first}
                found = self._providers[identity] = Provider.configure(known, environ, **options)
                found.session.route = lambda connection: self.provider(connection).session
                if self._first is None:
                    self._first = found
                    # no message shows a secret of any connection: a script may print those of another Deployment
                    found.session.secrets.learn(connection_secrets(self._written))
                    with suppress(ConfigurationError):
                        found.session.secrets.learn(cast("PropertyMap", self.named))
            return found
