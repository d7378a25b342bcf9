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
from commercetools_connect.contract.marks import SECRET_MARK, SIGNATURE, UNKNOWN_TEXT, UNKNOWN_TEXTS
from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Unknown, Value

__all__ = ["decode", "decode_tree", "encode", "encode_tree"]

OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFUSED: Final = {
    "c44067f5952c0a294b673a41bacd8c17": ("a file asset", "Write its text, with fn::readFile or the like."),
    "0def7320c3a5731c473e5ecbe6d01bc7": ("an archive", "Write a text, number, boolean, list or map."),
    "5cf8f73096256a8f31e491e813e4eb8e": ("a whole resource", "Write the output that is meant, such as its id."),
}

Leaf: TypeAlias = bool | int | float | str | Unknown | None


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
    if signature == SECRET_MARK:
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
    fields = {SIGNATURE: struct_pb2.Value(string_value=SECRET_MARK), "value": encode(inner)}
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
