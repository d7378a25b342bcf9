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
from commercetools_connect.core.values import SECRETS_MARK, SIGNATURE, PropertyValue, Secret

T = TypeVar("T")


def redacted(value: T, secrets: SecretRegistry) -> T:
    """Return text, models, dataclasses, and collections of them, with every secret masked in every text.

    Only for what is shown: what goes back to Connect must stay as it is.
    """
    return cast("T", _copy(value, secrets))


def secrets_of_connections(connections: Iterable[Connection]) -> SecretRegistry:
    """Return a registry of the credentials of all connections: the report of one may show those of another."""
    secrets = SecretRegistry()
    for connection in connections:
        secrets.add(connection.client_secret)
    return secrets


def secrets_of_run(environ: Mapping[str, str], state: str) -> SecretRegistry:
    """Return a registry of the environment's client secret, and of what an exported state shows of its secrets."""
    secrets = SecretRegistry()
    secrets.add(environ.get(ENVIRONMENT_NAMES["clientSecret"], ""))
    for value in _plaintexts(json.loads(state)) if SECRETS_MARK in state else ():
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


def _plaintexts(value: object) -> Iterator[PropertyValue]:
    """Yield what is in the envelopes of secrets that `pulumi stack export --show-secrets` has opened."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRETS_MARK and isinstance(value.get("plaintext"), str):
            yield Secret(_plaintext(value["plaintext"]))
        for child in value.values():
            yield from _plaintexts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _plaintexts(child)


def _plaintext(text: str) -> PropertyValue:
    try:
        value: PropertyValue = json.loads(text)
    except ValueError:
        return text
    return value
