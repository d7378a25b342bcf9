"""The content hash: one value that changes whenever a publication would publish something else. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from commercetools_connect.contract.values import UNKNOWN, Plain, Tree, Unknown, has_unknown, reveal

__all__ = ["UNORDERED", "content_hash"]

PUBLISHED: Final = (
    "name",
    "description",
    "creator",
    "repository",
    "integrationTypes",
    "supportedRegions",
    "privateProjects",
    "documentationUrl",
)
"""The members that a publication publishes. Private projects are among them: publishing again is harmless (API §19
#14), a project that is not let in is not."""

UNORDERED: Final = frozenset({"integrationTypes", "supportedRegions", "privateProjects"})
"""Members whose order means nothing."""

HASH_LENGTH: Final = 16


def content_hash(members: Tree) -> str | Unknown:
    """Return a hash of everything that a publication publishes, or `UNKNOWN` while a part of it is unknown."""
    content = {
        name: _canonical(name, reveal(members[name])) for name in PUBLISHED if members.get(name) is not None
    }
    if has_unknown(content):
        return UNKNOWN
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


def _canonical(name: str, value: Plain) -> Plain:
    if isinstance(value, Mapping):
        return {key: _whole(child) for key, child in value.items() if child is not None}
    if name in UNORDERED and isinstance(value, list):
        return sorted(value, key=str)
    return value


def _whole(value: Plain) -> Plain:
    """Engines send every number as a double; `3.0` is the same content as `3`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
