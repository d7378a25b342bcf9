"""Codec between property maps and values as dynamic providers get and give them.

Pulumi hands a dynamic provider everything in plain text, every number as a float, and an `Unknown` object for what
a preview does not know. What goes back may hold secrets, as Pulumi's wire envelope, at any depth: the engine
re-marks by itself only what a secret *input* of the same name covers, and an envelope copied from the old state
is gone, so every answer wraps its secrets again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import Path, format_path
from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue, Secret
from commercetools_connect.frontends.dynamic.pulumi_internals import (
    Unknown,
    is_rpc_secret,
    unwrap_rpc_secret,
    wrap_rpc_secret,
)


def is_internal(name: str) -> bool:
    """Tell whether a top-level property belongs to Pulumi or to this frontend; the engine shows none of these."""
    return name.startswith("__")


def decode(value: object, path: Path = ()) -> PropertyValue:
    """Read a value that Pulumi handed over. Raises `InvalidInputError` naming `path` for assets and the like."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Unknown):
        return UNKNOWN
    if is_rpc_secret(value):
        return Secret(decode(unwrap_rpc_secret(value), path))
    if isinstance(value, Mapping):
        return {str(key): decode(child, (*path, str(key))) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [decode(child, (*path, index)) for index, child in enumerate(value)]
    raise InvalidInputError(
        f"{format_path(path) or 'a value'} is of type {type(value).__name__}, which cannot be used here.",
        "Use text, numbers, booleans, lists and maps.",
    )


def decode_properties(properties: Mapping[str, object]) -> PropertyMap:
    """Read a resource's properties, without the internal ones."""
    return {name: decode(value, (name,)) for name, value in properties.items() if not is_internal(name)}


def encode(value: PropertyValue) -> object:
    """Write a value in the form that Pulumi's serializer takes; `Secret` becomes an envelope, never two."""
    if isinstance(value, Secret):
        inner = encode(value.value)
        # The engine takes an envelope around nothing for a broken one.
        return inner if inner is None else wrap_rpc_secret(inner)
    if value is UNKNOWN:
        return Unknown()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    if isinstance(value, Mapping):
        return {key: encode(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [encode(child) for child in value]
    return value


def encode_properties(properties: PropertyMap) -> dict[str, object]:
    """Write a resource's properties; absent ones stay absent."""
    return {name: encode(value) for name, value in properties.items() if value is not None}
