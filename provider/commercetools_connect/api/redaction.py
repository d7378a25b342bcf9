"""Redaction of secrets in a server's text, in every encoding that the server may use. Pure.

Three searches, by the length of what is searched for: one regular expression for short forms, an index of
8-character pieces for forms under 1 kB, and `str.find` for each form of longer secrets.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import quote

Encoder: TypeAlias = Callable[[str], str]

LATIN_1: Final = 256
MIXED_CHARACTERS: Final = (0, 2, 3)
"""How many base64 characters at the start depend on the text before, for each of three alignments."""

# `urllib.parse.quote` needs 0.1 s for each megabyte; `str.translate` with the same table a fraction of that.
PERCENT: Final = {code: quote(bytes([code]), safe="") for code in range(LATIN_1)}


def fold(text: str) -> str:
    """Return the text with ASCII letters in lower case and positions unchanged: a server may write %2F as %2f."""
    if text.isascii():
        return text.lower()
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def encoded_forms(secret: str) -> Iterator[str]:
    """Yield each distinct form, folded."""
    yield from dict.fromkeys(form for encode in ENCODERS if (form := fold(encode(secret))))


def _percent(secret: str, kept: str = "", written: str = "") -> str:
    encoded = secret.encode("utf-8", "surrogatepass").decode("latin-1").translate(PERCENT)
    return encoded.replace(kept, written) if kept else encoded


def _json(secret: str, *, ascii_only: bool, nested: bool = False) -> str:
    encoded = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    return _json(encoded, ascii_only=ascii_only) if nested else encoded


def _base64(secret: str, offset: int, *, for_urls: bool) -> str:
    """Return the part of the base64 form that depends only on the secret, at one of the three alignments."""
    raw = b"\0" * offset + secret.encode("utf-8", "surrogatepass")
    encoded = base64.urlsafe_b64encode(raw) if for_urls else base64.b64encode(raw)
    return encoded[MIXED_CHARACTERS[offset] : len(raw) * 8 // 6].decode("ascii")


ENCODERS: Final[tuple[Encoder, ...]] = (
    str,
    _percent,
    partial(_percent, kept="%2F", written="/"),
    partial(_percent, kept="%20", written="+"),
    *(partial(_json, ascii_only=only, nested=nested) for nested in (False, True) for only in (True, False)),
    *(partial(_base64, offset=offset, for_urls=urls) for offset in (0, 1, 2) for urls in (False, True)),
)
"""One encoder for each form. The form of a secret's beginning is the beginning of the secret's form."""


MASK: Final = "***"

SHORTEST: Final = 6
"""A secret of fewer characters may be a word of any report: it is masked only next to its own key."""

PART: Final = 12
"""A server may cut what it repeats: a part of a secret is masked from this many characters on."""

PIECE: Final = 8
STRIDE: Final = PART - PIECE + 1
"""Every run of `PART` characters contains a piece that starts at a multiple of this."""

LONG: Final = 1024
HEAD: Final = 1024
PROBE: Final = 48
"""The form of a long secret is computed only if the form of its first characters is in the text."""

PARTS_UP_TO: Final = 16_384
MOST_PIECES: Final = 60_000
"""About 200 bytes each. Beyond it, only a whole secret and its first characters are found, not other parts."""

OFFSET_BITS: Final = 24
BLANK: Final = "\0"
URL_LIKE: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Redactor:
    """Redacts the secrets that were added so far. Memory is bounded for each secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[tuple[str, str]] = set()
        self._long: list[str] = []
        self._short: set[str] = set()
        self._short_pattern: re.Pattern[str] | None = None
        self._beside_key: dict[str, list[re.Pattern[str]]] = {}
        self._forms: list[str] = []
        self._only_whole: set[int] = set()
        self._pieces: dict[str, int | list[int]] = {}
        for secret in secrets:
            self.add(secret)

    def __bool__(self) -> bool:
        return bool(self._known)

    def add(self, secret: str, key: str = "") -> bool:
        """Add a secret, and return whether it was new. `key` is its name in the program."""
        short = len(secret) < SHORTEST
        entry = (secret, key if short else "")
        if not secret.strip("*") or (short and not key) or entry in self._known:
            return False
        self._known.add(entry)
        if short:
            self._beside_key.setdefault(fold(key), []).append(_beside(key, secret))
        elif len(secret) >= LONG:
            self._long.append(secret)
            self._add_forms(secret if len(secret) <= PARTS_UP_TO else secret[:HEAD])
        else:
            self._add_forms(secret)
        return True

    def redact(self, text: str) -> str:
        """Return the text with every secret masked, also where the text has only a part of it."""
        if not self._known or not text:
            return text
        folded = fold(text)
        long = list(self._long_spans(folded))
        # The index has each piece of a long secret as well, perhaps thousands of times.
        rest = _blanked(folded, long)
        spans = sorted((*long, *self._short_spans(rest), *self._keyed_spans(rest), *self._part_spans(rest)))
        return _masked(text, spans) if spans else text

    def _add_forms(self, secret: str) -> None:
        # A URL shares its first characters, which are not secret, with every other URL of its host.
        only_whole = URL_LIKE.match(secret) is not None
        for form in encoded_forms(secret):
            if len(form) < PART:
                self._short.add(form)
                self._short_pattern = None
                continue
            if only_whole:
                self._only_whole.add(len(self._forms))
            every = not only_whole and len(self._pieces) + len(form) <= MOST_PIECES
            self._index(form, len(form) - PIECE + 1 if every else STRIDE)

    def _index(self, form: str, count: int) -> None:
        number = len(self._forms) << OFFSET_BITS
        self._forms.append(form)
        own: set[str] = set()
        for offset in range(count):
            piece = form[offset : offset + PIECE]
            if piece in own:
                continue
            own.add(piece)
            there = self._pieces.get(piece)
            if there is None:
                self._pieces[piece] = number | offset
            elif isinstance(there, int):
                self._pieces[piece] = [there, number | offset]
            else:
                there.append(number | offset)

    def _short_spans(self, text: str) -> Iterator[tuple[int, int]]:
        if not self._short:
            return
        pattern = self._short_pattern
        if pattern is None:
            # one pattern for all forms, grouped by their first character for speed
            groups: dict[str, list[str]] = {}
            for form in sorted(self._short, key=lambda each: (-len(each), each)):
                groups.setdefault(form[0], []).append(re.escape(form[1:]))
            any_of = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items())
            pattern = self._short_pattern = re.compile(any_of)
        yield from (match.span() for match in pattern.finditer(text))

    def _keyed_spans(self, text: str) -> Iterator[tuple[int, int]]:
        # Copies, because another thread may add a secret at the same time.
        for key, patterns in list(self._beside_key.items()):
            if key in text:
                for pattern in list(patterns):
                    yield from (match.span("value") for match in pattern.finditer(text))

    def _part_spans(self, text: str) -> Iterator[tuple[int, int]]:
        pieces = self._pieces
        if not pieces:
            return
        stops = range(0, len(text) - PIECE + 1, STRIDE)
        reached: dict[int, int] = {}
        for start in [start for start in stops if text[start : start + PIECE] in pieces]:
            there = pieces[text[start : start + PIECE]]
            for code in (there,) if isinstance(there, int) else there:
                number, offset = code >> OFFSET_BITS, code & ((1 << OFFSET_BITS) - 1)
                form = self._forms[number]
                # A further piece of the same occurrence gives the same span.
                if start + PIECE <= reached.get(number, 0):
                    continue
                first = start - _common_end(text, start, form, offset)
                last = reached[number] = start + _common_start(text, start, form, offset)
                if last - first >= (len(form) if number in self._only_whole else PART):
                    yield first, last

    def _long_spans(self, text: str) -> Iterator[tuple[int, int]]:
        for secret in list(self._long):
            # Most texts are shorter than a long secret.
            if len(secret) > len(text):
                continue
            for encode in ENCODERS:
                if fold(encode(secret[:PROBE])) not in text:
                    continue
                form = fold(encode(secret))
                start = text.find(form)
                while start >= 0:
                    yield start, start + len(form)
                    start = text.find(form, start + len(form))


def _beside(key: str, value: str) -> re.Pattern[str]:
    """Return the pattern of a value as a whole token after its key: `KEY=value`, `"KEY": "value"`."""
    between = r"[\"'\\]*\s*(?:=>|[:=])\s*[\"'\\]*"
    return re.compile(rf"(?<!\w){re.escape(fold(key))}{between}(?P<value>{re.escape(fold(value))})(?!\w)")


def _common_start(left: str, i: int, right: str, j: int) -> int:
    """Return how many characters of `left` from `i` and of `right` from `j` are the same."""
    most = min(len(left) - i, len(right) - j)
    return _longest(most, lambda low, high: left[i + low : i + high] == right[j + low : j + high])


def _common_end(left: str, i: int, right: str, j: int) -> int:
    """Return how many characters of `left` before `i` and of `right` before `j` are the same."""
    return _longest(min(i, j), lambda low, high: left[i - high : i - low] == right[j - high : j - low])


def _longest(most: int, same: Callable[[int, int], bool]) -> int:
    """Return the greatest length, at most `most`, up to which all parts are the same; a bisection."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with blanks in the spans, and positions unchanged."""
    kept: list[str] = []
    end = 0
    for first, last in sorted(spans):
        kept += (text[end:first], BLANK * (last - max(first, end)))
        end = max(end, last)
    return "".join((*kept, text[end:])) if kept else text


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with one mask instead of each run of touching spans."""
    kept: list[str] = []
    end = -1
    for first, last in spans:
        if first > end:
            kept += (text[max(end, 0) : first], MASK)
        end = max(end, last)
    return "".join((*kept, text[end:]))
