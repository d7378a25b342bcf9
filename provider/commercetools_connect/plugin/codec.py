"""Property values as the engine writes them on the wire, to and from the contract's tree.

The wire is `google.protobuf.Struct`, JSON with some conventions: a text that stands for "not known yet", and
objects that a signature marks as something else than an object. `Secret` goes out as an envelope at every depth:
the engine re-marks by itself only what is secret as a top-level input, and would store the rest in plain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from google.protobuf import struct_pb2

from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Unknown, Value

__all__ = ["decode", "decode_tree", "encode", "encode_tree"]

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark of the protocol
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFUSED: Final = {
    "c44067f5952c0a294b673a41bacd8c17": ("a file asset", "Write its text, with fn::readFile or the like."),
    "0def7320c3a5731c473e5ecbe6d01bc7": ("an archive", "Write a text, number, boolean, list or map."),
    "5cf8f73096256a8f31e491e813e4eb8e": ("a whole resource", "Write the output that is meant, such as its id."),
}

Leaf: TypeAlias = bool | int | float | str | Unknown | None

UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_TEXTS: Final = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)
"""Texts that stand for a value which only an apply will tell; the engine has one per type."""


def decode(value: struct_pb2.Value, path: Path = ()) -> Value:
    """Read a value. Raises `InvalidInputError` naming `path` for what no input of ours can be."""
    kind = value.WhichOneof("kind")
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        # The wire has only doubles; a whole number is one that a program wrote as 3.
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWN_TEXTS else value.string_value
    if kind == "list_value":
        return [decode(child, (*path, index)) for index, child in enumerate(value.list_value.values)]
    if kind == "struct_value":
        return _decode_object(value.struct_value, path)
    return None


def decode_tree(properties: struct_pb2.Struct) -> Tree:
    """Read a resource's properties, without those that belong to Pulumi or to another door (`__provider`)."""
    return {name: decode(value, (name,)) for name, value in properties.fields.items() if not name.startswith("__")}


def encode(value: Value) -> struct_pb2.Value:
    """Write a value; `Secret` becomes an envelope, never one inside another."""
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Secret):
        return _envelope(value)
    if isinstance(value, (dict, Mapping)):
        fields = {key: encode(child) for key, child in value.items()}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    if isinstance(value, Sequence):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[encode(child) for child in value]))
    return _encode_leaf(value)


def encode_tree(tree: Tree) -> struct_pb2.Struct:
    """Write a resource's properties; absent ones stay absent."""
    return struct_pb2.Struct(fields={name: encode(value) for name, value in tree.items() if value is not None})


def _encode_leaf(value: Leaf) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    return struct_pb2.Value(string_value=UNKNOWN_TEXT if value is UNKNOWN else value)


def _decode_object(found: struct_pb2.Struct, path: Path) -> Value:
    signature = found.fields[SIGNATURE].string_value if SIGNATURE in found.fields else ""
    if not signature:
        return {key: decode(child, (*path, key)) for key, child in found.fields.items()}
    if signature == SECRET:
        return _once_secret(decode(found.fields["value"], path)) if "value" in found.fields else Secret(None)
    if signature == OUTPUT:
        return _decode_output(found, path)
    what, remedy = REFUSED.get(signature, ("a value of a kind that this version does not know", ""))
    raise InvalidInputError(f"{format_path(path) or 'a value'} is {what}, which cannot be used here.", remedy)


def _decode_output(found: struct_pb2.Struct, path: Path) -> Value:
    """Read an output value: an output without a value is one that is not known yet."""
    inner = decode(found.fields["value"], path) if "value" in found.fields else UNKNOWN
    secret = "secret" in found.fields and found.fields["secret"].bool_value
    return _once_secret(inner) if secret else inner


def _once_secret(value: Value) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def _envelope(secret: Secret) -> struct_pb2.Value:
    inner: Value = secret
    while isinstance(inner, Secret):
        inner = inner.value
    if inner is None:
        return encode(None)  # the engine takes an envelope around nothing for a broken one
    fields = {SIGNATURE: struct_pb2.Value(string_value=SECRET), "value": encode(inner)}
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
