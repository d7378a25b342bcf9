"""Values as dynamic providers get and give them, to and from the contract's tree.

Pulumi hands a dynamic provider everything in plain text, every number as a float, and an `Unknown` object for what
a preview does not know. What goes back may hold secrets, as Pulumi's wire envelope, at any depth: the engine
re-marks by itself only what a secret *input* of the same name covers, and an envelope copied from the old state
is gone, so every answer wraps its secrets anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi.output import Unknown
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret, wrap_rpc_secret

from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value

__all__ = ["decode", "decode_tree", "encode", "encode_tree", "is_internal"]


def is_internal(name: str) -> bool:
    """Tell whether a top-level property belongs to Pulumi or to this door; the engine shows none of these."""
    return name.startswith("__")


def decode(value: object) -> Value:
    """Read a value that Pulumi handed over. Raises `InvalidInputError` for assets and the like."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Unknown):
        return UNKNOWN
    if is_rpc_secret(value):
        return Secret(decode(unwrap_rpc_secret(value)))
    if isinstance(value, Mapping):
        return {str(key): decode(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [decode(child) for child in value]
    raise InvalidInputError(
        f"a value of type {type(value).__name__} cannot be used here",
        "Use text, numbers, booleans, lists and maps.",
    )


def decode_tree(properties: Mapping[str, object]) -> Tree:
    """Read a resource's properties, without the internal ones."""
    return {name: decode(value) for name, value in properties.items() if not is_internal(name)}


def encode(value: Value) -> object:
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


def encode_tree(tree: Tree) -> dict[str, object]:
    """Write a resource's properties; absent ones stay absent."""
    return {name: encode(value) for name, value in tree.items() if value is not None}
