"""Secrets in configured connections, also in those that nothing else can read. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from commercetools_connect.core.values import PropertyValue, Secret, unwrap_secrets
from commercetools_connect.resources.configuration import ConnectionInputs, ProviderConfiguration
from commercetools_connect.resources.inputs import member_names, secret_names

SECRET_MEMBERS: Final = secret_names(ConnectionInputs)
PUBLIC_MEMBERS: Final = frozenset(member_names(ProviderConfiguration)) - SECRET_MEMBERS

TOKEN: Final = re.compile(
    r"""(?:"((?:[^"\\\n]|\\.)*)"?|'([^'\n]*)'?|([^\s"'{}\[\],:=]+))(?P<named>\s*[:=])?""", re.VERBOSE
)
"""A text in quotes, of which the last may be missing, or a word; and whether a value follows."""


def connection_secrets(given: PropertyValue) -> Secret:
    """Return the texts in configured connections that no message may show.

    These are the secrets of clients; values where no value belongs or whose names are unknown, as a misspelled
    name may hide a secret; and in a text that is no JSON, what does not look like something else.
    """
    plain = unwrap_secrets(given)
    if isinstance(plain, str):
        try:
            plain = json.loads(plain)
        except ValueError:
            return Secret([*_values_in(str(plain))])
    return Secret([*_values_of(plain)])


def _values_of(connections: PropertyValue) -> Iterator[PropertyValue]:
    if not isinstance(connections, Mapping):
        yield connections
        return
    for members in connections.values():
        if not isinstance(members, Mapping):
            yield members
            continue
        yield from (value for name, value in members.items() if name not in PUBLIC_MEMBERS)


def _values_in(text: str) -> Iterator[str]:
    """Yield the words of a text that are neither a name nor the value of a member that is not secret."""
    name = ""
    for found in TOKEN.finditer(text):
        word = next((each for each in found.groups()[:3] if each is not None), "")
        if name in SECRET_MEMBERS or not (found["named"] or name in PUBLIC_MEMBERS):
            yield word
            name = ""
        else:
            name = word if found["named"] else ""
