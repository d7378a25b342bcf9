"""Takes secrets that we sent out of text that a server sent back, in whatever encoding it repeats them. Pure."""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

__all__ = ["MASK", "Redactor"]

MASK = "***"

# A server that cuts what it repeats still shows a part; any run of a secret this long is taken out as well.
_FRAGMENT = 12
# Shorter forms are words like "true" or "on": taken out only where they stand alone.
_WORD = 4
# Percent-encoding has digits of either case. Only ASCII is folded, so that positions stay what they are.
_FOLD = {ord(upper): ord(upper.lower()) for upper in string.ascii_uppercase}


class Redactor:
    """Knows some secrets in every form they may come back in: as they are, and url-, JSON- or base64-encoded."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form.translate(_FOLD) for secret in secrets if secret for form in _forms(secret)}
        self._short = tuple(_pattern(form) for form in forms if len(form) <= _FRAGMENT)
        self._fragments = frozenset(
            form[start : start + _FRAGMENT]
            for form in forms
            if len(form) > _FRAGMENT
            for start in range(len(form) - _FRAGMENT + 1)
        )

    def redact(self, text: str) -> str:
        """Return the text with every secret masked, also where only a part of it is repeated."""
        hidden = bytearray(len(text))
        for start, end in self._occurrences(text.translate(_FOLD)):
            hidden[start:end] = b"\x01" * (end - start)
        return "".join(_masked(text, hidden))

    def _occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        for pattern in self._short:
            yield from (match.span() for match in pattern.finditer(text))
        if self._fragments:
            for start in range(len(text) - _FRAGMENT + 1):
                if text[start : start + _FRAGMENT] in self._fragments:
                    yield start, start + _FRAGMENT


def _pattern(form: str) -> re.Pattern[str]:
    whole = re.escape(form)
    return re.compile(rf"(?<!\w){whole}(?!\w)" if len(form) < _WORD else whole)


def _masked(text: str, hidden: bytearray) -> Iterator[str]:
    for position, char in enumerate(text):
        if not hidden[position]:
            yield char
        elif position == 0 or not hidden[position - 1]:
            yield MASK


def _forms(secret: str) -> Iterator[str]:
    yield secret
    for encode, safe in ((quote, ""), (quote, "/"), (quote_plus, "")):
        yield encode(secret, safe=safe, errors="surrogatepass")
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield once
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1]
    yield from _base64_forms(secret.encode("utf-8", "surrogatepass"))


def _base64_forms(secret: bytes) -> Iterator[str]:
    """Yield what a secret looks like inside base64, for each of the three ways it can be aligned in it."""
    for offset, mixed_chars in enumerate((0, 2, 3)):
        encoded = base64.b64encode(b"\0" * offset + secret)
        own = encoded[mixed_chars : (offset + len(secret)) * 8 // 6].decode("ascii")
        if len(own) >= _WORD:
            yield own
            yield own.replace("+", "-").replace("/", "_")
