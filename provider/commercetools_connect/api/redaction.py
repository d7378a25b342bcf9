"""Takes secrets that we sent out of text that a server sent back, in whatever encoding it repeats them. Pure."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

__all__ = ["MASK", "redact"]

MASK = "***"

# A server that cuts what it repeats still shows a part; any run of a secret this long is taken out as well.
_FRAGMENT = 12
# Shorter forms are words like "true" or "on": taken out only where they stand alone.
_WORD = 4


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return `text` with every secret masked: as it is, and url-, JSON- or base64-encoded, also in parts."""
    hidden = bytearray(len(text))
    for form in {form for secret in secrets if secret for form in _forms(secret)}:
        for start, end in _occurrences(text, form):
            hidden[start:end] = b"\x01" * (end - start)
    return "".join(_masked(text, hidden))


def _masked(text: str, hidden: bytearray) -> Iterator[str]:
    for position, char in enumerate(text):
        if not hidden[position]:
            yield char
        elif position == 0 or not hidden[position - 1]:
            yield MASK


def _forms(secret: str) -> Iterator[str]:
    yield secret
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
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


def _occurrences(text: str, form: str) -> Iterator[tuple[int, int]]:
    if len(form) < _WORD:
        yield from (match.span() for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text))
    elif len(form) <= _FRAGMENT:
        yield from (match.span() for match in re.finditer(re.escape(form), text))
    else:
        fragments = {form[start : start + _FRAGMENT] for start in range(len(form) - _FRAGMENT + 1)}
        for start in range(len(text) - _FRAGMENT + 1):
            if text[start : start + _FRAGMENT] in fragments:
                yield start, start + _FRAGMENT
