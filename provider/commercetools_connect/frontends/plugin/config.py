"""Provider configuration as the engine sends it, and the source of default keys.

Nothing here touches the network, and nothing is filled in from the environment: the state keeps what a check
returns, and a refresh in another place would use it long after the credentials were changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from google.protobuf import struct_pb2
from google.protobuf.json_format import ParseDict, ParseError
from pydantic import SecretStr

from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.urns import ENGINE_NAMES, Urn
from commercetools_connect.core.values import (
    UNKNOWN,
    UNKNOWN_TEXT,
    PropertyMap,
    PropertyValue,
    Secret,
    Unknown,
    equivalent,
    has_unknown,
)
from commercetools_connect.frontends.plugin.codec import decode, decode_properties, encode
from commercetools_connect.frontends.protocol import provider_pb2
from commercetools_connect.resources.configuration import SECRET_SETTINGS, SETTINGS, ProviderConfiguration
from commercetools_connect.resources.connections import Connections
from commercetools_connect.resources.inputs import validate_inputs
from commercetools_connect.resources.keys import derive_key
from commercetools_connect.resources.schema import without_optional

TEXT: Final = frozenset(
    info.alias or name
    for name, info in ProviderConfiguration.model_fields.items()
    if without_optional(info.annotation) in (str, SecretStr)
)
"""Members that are text, in which JSON would be text as well."""


def configuration(properties: struct_pb2.Struct) -> PropertyMap:
    """Read what the engine gives, to the types that are meant: an SDK sends everything but text as JSON."""
    return {
        name: value if name in TEXT else _parsed(value)
        for name, value in decode_properties(properties).items()
        if name not in ENGINE_NAMES
    }


def configuration_with_marked_secrets(properties: struct_pb2.Struct) -> struct_pb2.Struct:
    """Return checked configuration as it came, its secrets marked: a program may have forgotten it."""
    marked = struct_pb2.Struct()
    marked.CopyFrom(properties)
    for name in SECRET_SETTINGS & properties.fields.keys():
        value = decode(properties.fields[name])
        if value is not None and value is not UNKNOWN:
            marked.fields[name].CopyFrom(encode(value if isinstance(value, Secret) else Secret(value)))
    return marked


def configuration_failures(given: PropertyMap, environ: Mapping[str, str]) -> tuple[CheckFailure, ...]:
    """Return every failure that can be seen; with something unknown, only those in the known members."""
    failures = validate_inputs(ProviderConfiguration, given)
    if failures or has_unknown(given):
        return failures
    try:
        ProviderConfiguration.read(given, environ).connection()
    except ConfigurationError as error:
        return (CheckFailure((), str(error)),)
    return Connections(given, environ).failures()


def configuration_diff(before: PropertyMap, after: PropertyMap) -> provider_pb2.DiffResponse:
    """Return what a change means: never a replacement.

    When the provider is replaced, the engine replaces everything that was made with it, and deletes it without a
    diff. So the diff of each resource decides, and refuses a state that was made on another host.
    """
    names = [name for name in SETTINGS if not equivalent(before.get(name), after.get(name))]
    changes = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(changes=changes, diffs=names)


def _parsed(value: PropertyValue) -> PropertyValue:
    """Return what a text says as JSON, with the envelopes of secrets in it read as such; other text as it is."""
    if not isinstance(value, str):
        return value
    try:
        return decode(ParseDict(json.loads(value), struct_pb2.Value()))
    except (ValueError, ParseError):
        return value


@dataclass(frozen=True)
class KeySource:
    """A provider resource, as far as keys are derived from it; `provider_id` is empty where there is none.

    The engine sends that id with Configure. It is the same after a killed run, after `pulumi stack rename`, and in
    a state that was exported and imported elsewhere; a stack that was made again has another one. In a preview
    that still makes the provider, the engine sends its marker for what is not known.
    """

    provider_id: str = ""

    @property
    def proves_ownership(self) -> bool:
        """Whether no other stack derives the keys."""
        return self.provider_id not in ("", UNKNOWN_TEXT)

    def derive(self, urn: Urn) -> str | Unknown:
        """Return the key of a resource whose program names none; without an id it is derived from names alone."""
        if self.provider_id == UNKNOWN_TEXT:
            return UNKNOWN
        return derive_key(urn.project, urn.stack, urn.name, parents=urn.parents, provider_id=self.provider_id)
