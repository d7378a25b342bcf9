"""Codec between property maps and the engine's messages.

The wire is `google.protobuf.Struct`, JSON with some conventions: a text that means "not known yet", and
objects that a signature marks as something else than an object. `Secret` goes out as an envelope at every depth:
the engine re-marks by itself only what is secret as a top-level input, and would store the rest in plain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from google.protobuf import struct_pb2

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import Path, format_path
from commercetools_connect.core.values import (
    SECRETS_MARK,
    SIGNATURE,
    UNKNOWN,
    UNKNOWN_TEXT,
    UNKNOWN_TEXTS,
    PropertyMap,
    PropertyValue,
    Secret,
    Unknown,
)

OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFUSED: Final = {
    "c44067f5952c0a294b673a41bacd8c17": ("a file asset", "Write its text, with fn::readFile or the like."),
    "0def7320c3a5731c473e5ecbe6d01bc7": ("an archive", "Write a text, number, boolean, list or map."),
    "5cf8f73096256a8f31e491e813e4eb8e": ("a whole resource", "Write the output that is meant, such as its id."),
}

UNKNOWN_KIND: Final = (
    "a value of a kind that this version does not know",
    "Write a text, number, boolean, list or map, or install a newer version.",
)

UNKNOWN_VALUE: Final = struct_pb2.Value(string_value=UNKNOWN_TEXT)

Leaf: TypeAlias = bool | float | Unknown | None


def decode(value: struct_pb2.Value, path: Path = ()) -> PropertyValue:
    """Read a value. Raises `InvalidInputError` naming `path` for what no input of ours can be."""
    root: list[Any] = [None]
    pending: list[tuple[Any, Any, struct_pb2.Value, Path]] = [(root, 0, value, path)]
    while pending:
        parent, place, value, path = pending.pop()
        found: Any = None
        kind, is_secret = value.WhichOneof("kind"), False
        if kind == "struct_value" and SIGNATURE in value.struct_value.fields:
            value, is_secret = _open_envelope(value, path)
            kind = value.WhichOneof("kind")
        if kind == "bool_value":
            found = value.bool_value
        elif kind == "number_value":
            # The wire has only doubles; a whole number is one that a program wrote as 3.
            number = value.number_value
            found = int(number) if number.is_integer() else number
        elif kind == "string_value":
            found = UNKNOWN if value.string_value in UNKNOWN_TEXTS else value.string_value
        elif kind == "list_value":
            found = [None] * len(value.list_value.values)
            for index, child in enumerate(value.list_value.values):
                pending.append((found, index, child, (*path, index)))
        elif kind == "struct_value":
            found = dict.fromkeys(value.struct_value.fields)
            for key, child in value.struct_value.fields.items():
                pending.append((found, key, child, (*path, key)))
        parent[place] = Secret(found) if is_secret else found
    whole: PropertyValue = root[0]
    return whole


def decode_properties(properties: struct_pb2.Struct) -> PropertyMap:
    """Read a resource's properties, without those of Pulumi or the dynamic frontend (`__provider`)."""
    return {name: decode(value, (name,)) for name, value in properties.fields.items() if not name.startswith("__")}


def encode(value: PropertyValue) -> struct_pb2.Value:
    """Write a value; `Secret` becomes an envelope, never one inside another."""
    message = struct_pb2.Value()
    _write(value, message)
    return message


def encode_properties(properties: PropertyMap) -> struct_pb2.Struct:
    """Write a resource's properties; absent ones stay absent."""
    message = struct_pb2.Struct()
    for name, value in properties.items():
        if value is not None:
            _write(value, message.fields[name])
    return message


def _write(value: PropertyValue, message: struct_pb2.Value) -> None:
    """Write the value into an empty message, in place: a message that is put into another one is copied."""
    pending = [(value, message)]
    while pending:
        value, message = pending.pop()
        is_secret = isinstance(value, Secret)
        while isinstance(value, Secret):
            value = value.value
        if is_secret and value is not None:  # the engine takes an envelope around nothing for a broken one
            envelope = message.struct_value.fields
            envelope[SIGNATURE].string_value = SECRETS_MARK
            message = envelope["value"]
        if isinstance(value, str):
            message.string_value = value
        elif isinstance(value, (dict, Mapping)):
            message.struct_value.SetInParent()
            for key, child in value.items():
                pending.append((child, message.struct_value.fields[key]))
        elif isinstance(value, Sequence):
            message.list_value.SetInParent()
            pending += zip(value, [message.list_value.values.add() for _ in value], strict=True)
        else:
            _write_leaf(value, message)


def _write_leaf(value: Leaf, message: struct_pb2.Value) -> None:
    if value is None:
        message.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, Unknown):
        message.string_value = UNKNOWN_TEXT
    else:
        message.number_value = value


def _open_envelope(value: struct_pb2.Value, path: Path) -> tuple[struct_pb2.Value, bool]:
    """Return the value that an object with a signature represents, and whether that is secret."""
    is_secret = False
    while signature := _signature(value):
        found = value.struct_value.fields
        if signature == SECRETS_MARK:
            value, is_secret = (found["value"] if "value" in found else struct_pb2.Value()), True
        elif signature == OUTPUT:
            is_secret = is_secret or ("secret" in found and found["secret"].bool_value)
            # An output without a value is one that is not known yet.
            value = found.get("value", UNKNOWN_VALUE)
        else:
            what, remedy = REFUSED.get(signature, UNKNOWN_KIND)
            message = f"{format_path(path) or 'a value'} is {what}, which cannot be used here."
            raise InvalidInputError(message, remedy)
    return value, is_secret


def _signature(value: struct_pb2.Value) -> str:
    is_object = value.WhichOneof("kind") == "struct_value"
    marked = is_object and SIGNATURE in value.struct_value.fields
    return value.struct_value.fields[SIGNATURE].string_value if marked else ""
