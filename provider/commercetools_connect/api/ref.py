"""How a call names an object: by id or by key (API §2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from commercetools_connect.contract.errors import InvalidInputError, quote_foreign

__all__ = ["ById", "ByKey", "Ref"]

# Ids are UUIDs (API §2). What a URL could read as several segments, as none, or as a key is not an id.
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,256}")
_KEY = re.compile(r"[^\x00-\x1f\x7f/\\]{1,256}")
# `/connectors/drafts` and `/connectors/search` are other endpoints (API §3).
_RESERVED = frozenset({"drafts", "search"})


@dataclass(frozen=True)
class ById:
    """An object by the id that the server gave it."""

    id: str

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or self.id.lower() in _RESERVED:
            raise InvalidInputError(
                f"{quote_foreign(self.id, 80)!r} is not the id of an object in Connect.",
                "Give the id as the server shows it, a UUID, or name the object by its key.",
            )

    @property
    def segment(self) -> str:
        """The last part of the object's path, percent-encoded."""
        return quote(self.id, safe="")

    def __str__(self) -> str:
        return f"id {self.id!r}"


@dataclass(frozen=True)
class ByKey:
    """An object by the key that a user gave it."""

    key: str

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise InvalidInputError(
                f"{quote_foreign(self.key, 80)!r} is not the key of an object in Connect.",
                "A key has 2 to 256 letters, digits, '_' or '-'.",
            )

    @property
    def segment(self) -> str:
        """The last part of the object's path, percent-encoded."""
        return f"key={quote(self.key, safe='')}"

    def __str__(self) -> str:
        return f"key {self.key!r}"


Ref: TypeAlias = ById | ByKey
