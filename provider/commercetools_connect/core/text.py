"""Text helpers: escaping, cutting, parsing of durations, property paths and suggestions. Pure."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final, TypeAlias, TypeVar

UNTRUSTED_TEXT_LIMIT = 500

BASIC_PLANE_END = 0xFFFF
"""Last character that four hex digits can write."""

_CI_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#(\[|vso\[|teamcity\[))")
"""Start of a line that is a command to GitHub's runners; anywhere, commands to Azure Pipelines and TeamCity."""


def escape_untrusted(text: str, limit: int = UNTRUSTED_TEXT_LIMIT) -> str:
    """Return text of a server or a file in a form that is safe to print: one line, escaped, cut to `limit`.

    Neither a terminal nor a CI system that reads the output finds a command in it.
    """
    safe = "".join(map(_escape_character, text[: limit + 1]))
    safe = _CI_COMMAND.sub(lambda found: f"{found[0][:-1]}\\u{ord(found[0][-1]):04x}", safe)
    return safe if len(safe) <= limit else f"{safe[: limit - 1]}…"


def _escape_character(char: str) -> str:
    category = unicodedata.category(char)
    if char in "\r\n\t" or category in ("Zl", "Zp"):  # U+2028 and U+2029 break a line as well
        return " "
    if not category.startswith("C"):
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= BASIC_PLANE_END else f"\\U{ord(char):08x}"


_UNITS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")


def parse_duration(value: object) -> float | None:
    """Return the seconds of a number, a text such as "1h 30m" or a `timedelta`; `None` for anything else."""
    seconds = math.nan
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str):
        text = re.sub(r"\s+", "", value)
        if text and _PART.sub("", text) == "":
            seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return seconds if math.isfinite(seconds) else None


Path: TypeAlias = tuple[str | int, ...]

_PLAIN_MEMBER = re.compile(r"[A-Za-z_$][\w$-]*")


def format_path(path: Iterable[str | int]) -> str:
    r"""Write a path in the engine's notation; names that are not plain identifiers are quoted.

    In quotes the engine knows one escape, `\"`; a backslash before anything else is a backslash.
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_MEMBER.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


SECRET_WORDS: Final = frozenset(
    {"secret", "secrets", "password", "passwd", "passphrase", "token", "apikey", "credential", "credentials"}
)
WORDS_BEFORE_KEY: Final = frozenset(
    {"api", "private", "access", "signing", "encryption", "secret", "master", "webhook"}
)
"""Words before `KEY` that make it a secret; a plain `KEY` is often a name."""

HARMLESS_LAST_WORDS: Final = frozenset(
    {"url", "uri", "endpoint", "host", "path", "id", "name", "type", "header", "field", "ttl", "timeout", "expiry",
     "seconds", "minutes", "hours", "days", "length", "size", "limit", "enabled", "required", "issuer", "audience"}
)  # fmt: skip
"""Last words of names of something about a secret that is not the secret."""

WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def looks_secret(key: str) -> bool:
    """Tell whether a name such as `API_TOKEN`, `clientSecret` or `DB_PASSWORD` names a secret."""
    words = [word.casefold() for word in WORD.findall(key)]
    if not words or words[-1] in HARMLESS_LAST_WORDS:
        return False
    pairs = pairwise(words)
    return bool(SECRET_WORDS & set(words)) or any(
        first in WORDS_BEFORE_KEY and second == "key" for first, second in pairs
    )


T = TypeVar("T")
V = TypeVar("V")

DETAILS_LIMIT: Final = 11 * 1024 * 1024
"""Bytes of status details: 15 MiB in base64.

gRPC sends a partial failure in a header. The engine's library takes headers of 16 MiB. A larger one ends the
connection (`COMPRESSION_ERROR`), and with it the id of the object that exists.
"""

MAX_LINES: Final = 50
MAX_CHARACTERS: Final = 32_000


def capped_text(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return the text, at most 50 lines of it and `limit` characters, with a note of what was left out."""
    lines = text.split("\n")
    if len(lines) > MAX_LINES + 1:
        text = "\n".join([*lines[:MAX_LINES], f"… and {len(lines) - MAX_LINES:,} more"])
    return text if len(text) <= limit else f"{text[:limit]}… and {len(text) - limit:,} more characters"


def capped_reasons(reasons: Sequence[str]) -> tuple[str, ...]:
    """Return the first 50 reasons, each capped and all of them together, with a note of how many are left out."""
    shown = capped_list([capped_text(reason) for reason in reasons], MAX_LINES, lambda note: note)
    left = MAX_CHARACTERS
    kept: list[str] = []
    for reason in shown:
        if left <= 0:
            kept.append(f"… and {len(shown) - len(kept):,} more")
            break
        kept.append(capped_text(reason, left))
        left -= len(kept[-1])
    return tuple(kept)


def capped_list(entries: Sequence[T], most: int, note: Callable[[str], T]) -> list[T]:
    """Return at most that many entries; `note` makes an entry of "… and 49,950 more" instead of the others."""
    if len(entries) <= most + 1:
        return list(entries)
    return [*entries[:most], note(f"… and {len(entries) - most:,} more")]


def largest_left_out(
    members: Mapping[str, V], size: Callable[[V], int], limit: int, kept: frozenset[str] = frozenset()
) -> dict[str, V]:
    """Return the members without the largest ones, as many as must go to keep within `limit` bytes."""
    left = dict(members)
    sizes = {name: size(value) for name, value in left.items()}
    while sum(sizes.values()) > limit and (candidates := sizes.keys() - kept):
        largest = max(sorted(candidates), key=lambda name: sizes[name])
        del sizes[largest], left[largest]
    return left


MAX_SUGGESTIONS: Final = 12
SIMILARITY: Final = 0.75
"""Less alike than that is another name: `demo-project` is not a misspelt `other-project`."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the most similar known name, in any case of letters; `None` if none is similar."""
    by_folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=SIMILARITY)
    return by_folded[near[0]] if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: the probable one, else the known names."""
    known = sorted(known)
    near = nearest(name, known)
    if near is not None:
        return f"; did you mean {escape_untrusted(near)}?"
    shown = [*map(escape_untrusted, known[:MAX_SUGGESTIONS]), *(["…"] if len(known) > MAX_SUGGESTIONS else [])]
    return f"; known: {', '.join(shown)}" if shown else ""
