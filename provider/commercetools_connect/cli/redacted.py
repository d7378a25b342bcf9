"""Redaction of what a command shows: Connect or Pulumi may have sent secrets that the process was given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar, cast

from pydantic import BaseModel

from commercetools_connect.api import Connection
from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.cli.stack import Stack, opened, property_of
from commercetools_connect.core.urns import Urn
from commercetools_connect.core.values import SECRETS_MARK, SIGNATURE, PropertyValue, Secret, unwrap_secrets
from commercetools_connect.resources.configuration import CONNECTION
from commercetools_connect.resources.connection_secrets import connection_secrets
from commercetools_connect.resources.connections import CONNECTIONS
from commercetools_connect.resources.inner_connections import holders_of_connections

T = TypeVar("T")


def redacted(value: T, secrets: SecretRegistry) -> T:
    """Return text, models, dataclasses, and collections of them, with every secret masked in every text.

    Only for what is shown: what goes back to Connect must stay as it is.
    """
    return cast("T", _copy(value, secrets))


def secrets_of_environment(environ: Mapping[str, str]) -> SecretRegistry:
    """Return a registry of the client secrets in the environment: of its own client, and of named connections."""
    secrets = SecretRegistry()
    secrets.add(environ.get(ENVIRONMENT_NAMES["clientSecret"], ""))
    secrets.learn(connection_secrets(environ.get(ENVIRONMENT_NAMES[CONNECTIONS], "")))
    return secrets


def secrets_of_connections(connections: Iterable[Connection], environ: Mapping[str, str]) -> SecretRegistry:
    """Return a registry of the credentials of all connections: the report of one may show those of another."""
    secrets = secrets_of_environment(environ)
    for connection in connections:
        secrets.add(connection.client_secret)
    return secrets


def secret_values(stack: Stack) -> Iterator[PropertyValue]:
    """Yield what holds the secrets of a stack; those in settings that the provider refuses are secret as well.

    Unwrapped: of a connection that is sealed as a whole only the members that are secrets must not be shown.
    """
    for values in (stack.config, *(each.inputs for each in stack.providers)):
        connections = opened(values.get(CONNECTIONS))
        yield connection_secrets(connections)
        yield unwrap_secrets({**values, CONNECTIONS: connections})
    for each in stack.objects:
        yield from (unwrap_secrets(each.members), unwrap_secrets(each.listed_by))
    yield stack.secrets


def secrets_of_run(environ: Mapping[str, str], state: str) -> SecretRegistry:
    """Return a registry of the client secrets in the environment, and of the secrets that a state shows."""
    secrets = secrets_of_environment(environ)
    for value in _plaintexts(_without_repeats(json.loads(state))) if SECRETS_MARK in state else ():
        secrets.learn(value)
    return secrets


def _copy(value: object, secrets: SecretRegistry) -> object:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else secrets.redact(value)
    if isinstance(value, BaseModel):
        members = {name: _copy(getattr(value, name), secrets) for name in type(value).model_fields}
        return value.model_copy(update=members)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _copy(getattr(value, each.name), secrets) for each in fields(value)})
    if isinstance(value, Mapping):
        return {_copy(name, secrets): _copy(child, secrets) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copy(child, secrets) for child in value)
    return value


def _without_repeats(value: object) -> object:
    """Return a state without the outputs that are sealed as a whole for connections inside of them.

    The inputs of the same value tell which parts of it are secret; a project or a count is not.
    """
    if isinstance(value, list):
        return [_without_repeats(child) for child in value]
    if not isinstance(value, Mapping):
        return value
    inputs, outputs = value.get("inputs"), value.get("outputs")
    if not isinstance(inputs, Mapping) or not isinstance(outputs, Mapping):
        return {name: _without_repeats(child) for name, child in value.items()}
    names = holders_of_connections(Urn.parse(str(value.get("urn", ""))).kind)
    asked = value.get("additionalSecretOutputs") or ()
    repeats = {
        name
        for name in names
        if name not in asked and name in inputs and _open(inputs[name]) == _open(outputs.get(name))
    }
    return {**value, "outputs": {name: child for name, child in outputs.items() if name not in repeats}}


def _open(value: object) -> PropertyValue:
    """Return a value of a state without its secrets' envelopes."""
    return unwrap_secrets(property_of(value))


def _plaintexts(value: object, name: str = "") -> Iterator[PropertyValue]:
    """Yield what is in the envelopes of secrets that `pulumi stack export --show-secrets` has opened.

    Connections are sealed as a whole; of their members only the client secret must not be shown.
    """
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRETS_MARK and isinstance(value.get("plaintext"), str):
            found = _plaintext(value["plaintext"])
            if name == CONNECTIONS and isinstance(found, str):
                found = _plaintext(found)
            is_connection = name in (CONNECTION, CONNECTIONS) and isinstance(found, Mapping)
            yield found if is_connection else Secret(found)
        for member, child in value.items():
            yield from _plaintexts(child, str(member))
    elif isinstance(value, list):
        for child in value:
            yield from _plaintexts(child)


def _plaintext(text: str) -> PropertyValue:
    try:
        value: PropertyValue = json.loads(text)
    except ValueError:
        return text
    return value
