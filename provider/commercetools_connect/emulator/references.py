"""The last segment of a path: an id, or `key=` and a key (API §2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from commercetools_connect.emulator.collection import Stored
from commercetools_connect.emulator.errors import invalid_path

S = TypeVar("S", bound=Stored)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_-]{2,256}")


@dataclass(frozen=True)
class Reference:
    """One object by id or by key."""

    id: str | None = None
    key: str | None = None

    @classmethod
    def parse(cls, segment: str) -> Reference:
        """Read a path segment; anything else is 400 InvalidPathParam."""
        if segment.startswith("key="):
            key = segment.removeprefix("key=")
            if not _KEY.fullmatch(key):
                raise invalid_path(f"key: must match {_KEY.pattern}")
            return cls(key=key)
        if not _UUID.fullmatch(segment):
            raise invalid_path("id: must be a UUID")
        return cls(id=segment.lower())

    @property
    def described(self) -> str:
        """The reference as error messages name it."""
        return f"key '{self.key}'" if self.key is not None else f"ID '{self.id}'"

    def find(self, items: Iterable[S]) -> S | None:
        """Return the one that is meant."""
        if self.key is not None:
            return next((each for each in items if each.key == self.key), None)
        return next((each for each in items if each.id == self.id), None)
