"""The API's error envelope (API §11.1), and the token host's (API §1.2), read with patience. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from commercetools_connect.api.errors import ErrorDetails
from commercetools_connect.api.models.base import Json, JsonObject

__all__ = ["Envelope", "parse_envelope"]

Quote: TypeAlias = Callable[[str], str]

_OAUTH_ERROR = re.compile(r"[a-z_]{1,80}")


@dataclass(frozen=True)
class Envelope:
    """What an error body says: foreign text, not yet fit to print."""

    message: str
    entries: tuple[JsonObject, ...]
    oauth_error: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the entries, in order; the OAuth error where the entries have none."""
        codes = tuple(code for entry in self.entries if (code := _text(entry, "code")))
        return codes or ((self.oauth_error,) if self.oauth_error else ())

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the server says, one sentence per entry, each with its code."""
        said = tuple(_sentence(entry, self.message) for entry in self.entries)
        return said or (": ".join(part for part in (self.oauth_error, self.message) if part),)

    def details(self, quote: Quote) -> ErrorDetails:
        """Return the extra members of the entries, the first one that has each; texts pass through `quote`."""
        return ErrorDetails(
            field=quote(self._first_text("field")),
            value=quote(self._first_text("value")),
            duplicate_value=quote(self._first_text("duplicateValue")),
            expected_version=self._first_number("expectedVersion"),
            current_version=self._first_number("currentVersion"),
            explanation=quote(self._first_text("detailedErrorMessage")),
        )

    def _first_text(self, name: str) -> str:
        return next((text for entry in self.entries if (text := _text(entry, name))), "")

    def _first_number(self, name: str) -> int | None:
        values = (entry.get(name) for entry in self.entries)
        return next((value for value in values if isinstance(value, int) and not isinstance(value, bool)), None)


def parse_envelope(body: object) -> Envelope | None:
    """Return the envelope, or `None` when the body is not one: then it is not the API that speaks."""
    if not isinstance(body, dict):
        return None
    entries = body.get("errors")
    listed = tuple(entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()
    message = _text(body, "message") or _text(body, "error_description")
    error = _text(body, "error")
    # Web frameworks say "Not Found" in this member; that is not the API speaking.
    oauth_error = error if _OAUTH_ERROR.fullmatch(error) else ""
    if not (listed or message or oauth_error):
        return None
    return Envelope(message, listed, oauth_error)


def _sentence(entry: dict[str, Json], fallback: str) -> str:
    code, message = _text(entry, "code"), _text(entry, "message") or fallback
    explanation = _text(entry, "detailedErrorMessage")
    sentence = ": ".join(part for part in (code, message) if part)
    return f"{sentence} ({explanation})" if explanation and explanation != message else sentence


def _text(entry: dict[str, Json], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
