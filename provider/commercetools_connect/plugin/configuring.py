"""The provider's own configuration: what the engine gives, what may be wrong with it, and what a change means.

Nothing here touches the network, and nothing is filled in from the environment: what a check returns is kept in
the state, and would be used by a refresh in another place, long after the credentials were changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from google.protobuf import struct_pb2
from google.protobuf.json_format import ParseDict, ParseError
from pydantic import SecretStr

from commercetools_connect.contract.errors import ConfigurationError
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value, has_unknown, reveal, same
from commercetools_connect.plugin.codec import decode, decode_tree, encode
from commercetools_connect.plugin.protocol import provider_pb2
from commercetools_connect.resources.configuration import ADDRESSES, ProviderConfiguration
from commercetools_connect.resources.inputs import find_mistakes, member_names
from commercetools_connect.resources.secrecy import secret_names, without_absence

__all__ = ["configuration", "configuration_diff", "configuration_mistakes", "with_sealed_secrets"]

NOT_OURS: Final = frozenset({"version", "pluginDownloadURL", "connections"})
"""Keys that stand beside the configuration: two of the engine, and one of the door for Python programs."""

TEXT: Final = frozenset(
    info.alias or name
    for name, info in ProviderConfiguration.model_fields.items()
    if without_absence(info.annotation) in (str, SecretStr)
)
"""Members that are text, in which JSON would be text as well."""

SECRET_MEMBERS: Final = secret_names(ProviderConfiguration)


def configuration(properties: struct_pb2.Struct) -> Tree:
    """Read what the engine gives, to the types that are meant: an SDK sends everything but text as JSON."""
    tree = decode_tree(properties)
    return {
        name: value if name in TEXT else _parsed(value) for name, value in tree.items() if name not in NOT_OURS
    }


def with_sealed_secrets(properties: struct_pb2.Struct) -> struct_pb2.Struct:
    """Return checked configuration as it came, its secrets marked: a program may have forgotten it."""
    sealed = struct_pb2.Struct()
    sealed.CopyFrom(properties)
    for name in SECRET_MEMBERS & properties.fields.keys():
        value = decode(properties.fields[name])
        if value is not None and value is not UNKNOWN:
            sealed.fields[name].CopyFrom(encode(value if isinstance(value, Secret) else Secret(value)))
    return sealed


def configuration_mistakes(given: Tree, environ: Mapping[str, str]) -> tuple[CheckFailure, ...]:
    """Return every mistake that can be seen; with something unknown, only those in the known members."""
    found = find_mistakes(ProviderConfiguration, given)
    if found or has_unknown(given):
        return found
    try:
        ProviderConfiguration.read(given, environ).connection()
    except ConfigurationError as error:
        return (CheckFailure((), str(error)),)
    return ()


def configuration_diff(before: Tree, after: Tree) -> provider_pb2.DiffResponse:
    """Tell what a change means: another host of commercetools is another place, all else the same one.

    Credentials, spellings of an address and the project are no reason to replace every object of a stack.
    """
    names = [name for name in member_names(ProviderConfiguration) if not same(before.get(name), after.get(name))]
    homes = _region(before), _region(after)
    moved = all(homes) and homes[0] != homes[1]
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=names,
        replaces=[name for name in names if name in ADDRESSES] if moved else [],
    )


def _region(given: Tree) -> str:
    """Return the region of the Connect host, `""` where it is not known or none of the vendor's."""
    addresses = {name: reveal(given.get(name)) for name in ADDRESSES}
    if has_unknown(addresses):
        return ""
    try:
        return ProviderConfiguration.read(addresses, {}).connection().region
    except ConfigurationError:
        return ""


def _parsed(value: Value) -> Value:
    """Return what a text says as JSON, with the envelopes of secrets in it read as such; other text as it is."""
    if not isinstance(value, str):
        return value
    try:
        return decode(ParseDict(json.loads(value), struct_pb2.Value()))
    except (ValueError, ParseError):
        return value
