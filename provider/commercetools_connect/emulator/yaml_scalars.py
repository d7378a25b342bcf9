"""The value of a YAML scalar: the core schema of YAML 1.2, and that of 1.1 behind `%YAML 1.1` (API §22)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

TAGS: Final = "tag:yaml.org,2002:"


class OtherValue:
    """A value that is no string, number, boolean, null, list or mapping, such as a date or bytes."""


def clipped(text: str, length: int = 60) -> str:
    """Return a text of the file as a message may quote it: one short line."""
    line = "".join(each if each.isprintable() else "\ufffd" for each in text[: length + 1])
    return line if len(line) <= length else f"{line[:length]}…"


def is_old(version: object) -> bool:
    """Tell whether the version that a file names is 1.1."""
    return version == (1, 1)


def scalar(text: str, tag: str | None, *, plain: bool, old: bool = False) -> object:
    """Return the value of a scalar: `str`, `float`, `bool`, `None` or `OtherValue`.

    A tag that the schema does not have, or whose pattern the text does not match, makes it a text. Raises
    `ValueError` if the text is no timestamp and the tag says so.
    """
    schema = _OLD if old else _CORE
    if tag is None:
        return _resolved(text, schema) if plain else text
    kind = tag.removeprefix(TAGS) if tag.startswith(TAGS) else ""
    if kind in {"binary", "merge"}:
        return OtherValue()
    if kind == "timestamp":
        if not _TIMESTAMP.fullmatch(text):
            raise ValueError(f"{clipped(text)} is no timestamp")
        return OtherValue()
    return _resolved(text, {pattern: reading for pattern, reading in schema.items() if reading.kind == kind})


class _Reading:
    """The kind of a pattern, and how to read a text that matches it."""

    def __init__(self, kind: str, read: Callable[[str], object]) -> None:
        self.kind = kind
        self.read = read


def _resolved(text: str, schema: Mapping[re.Pattern[str], _Reading]) -> object:
    for pattern, reading in schema.items():
        if pattern.fullmatch(text):
            return reading.read(text)
    return text


def _whole(base: int, skip: int = 0) -> Callable[[str], float]:
    """Return a reader of whole numbers of one base, whose mark has `skip` characters."""

    def read(text: str) -> float:
        digits = text.replace("_", "")
        sign = -1 if digits.startswith("-") else 1
        try:
            return sign * float(int(digits.lstrip("+-")[skip:] or "0", base))
        except OverflowError:
            return sign * float("inf")

    return read


def _decimal(text: str) -> float:
    try:
        return float(text.replace("_", ""))
    except ValueError:  # a single dot is a number of YAML 1.1
        return float("nan")


_NULL = {re.compile(r"~|[Nn]ull|NULL|"): _Reading("null", lambda _: None)}
_SPECIAL = {
    re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"): _Reading(
        "float", lambda text: float(text.replace(".", ""))
    )
}
_CORE: dict[re.Pattern[str], _Reading] = {
    **_NULL,
    re.compile(r"[Tt]rue|TRUE"): _Reading("bool", lambda _: True),
    re.compile(r"[Ff]alse|FALSE"): _Reading("bool", lambda _: False),
    re.compile(r"[-+]?[0-9]+"): _Reading("int", _decimal),
    re.compile(r"0x[0-9a-fA-F]+"): _Reading("int", _whole(16, skip=2)),
    re.compile(r"0o[0-7]+"): _Reading("int", _whole(8, skip=2)),
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)"): _Reading("float", _decimal),
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+"): _Reading("float", _decimal),
    **_SPECIAL,
}
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?"
    r"([ \t]*(Z|[-+][012]?[0-9](:[0-9]{2})?))?)?"
)
_OLD: dict[re.Pattern[str], _Reading] = {
    **_NULL,
    re.compile(r"Y|y|[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON"): _Reading("bool", lambda _: True),
    re.compile(r"N|n|[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF"): _Reading("bool", lambda _: False),
    re.compile(r"[-+]?0b[01_]+"): _Reading("int", _whole(2, skip=2)),
    re.compile(r"[-+]?0[0-7_]+"): _Reading("int", _whole(8, skip=1)),
    re.compile(r"[-+]?[0-9][0-9_]*"): _Reading("int", _decimal),
    re.compile(r"[-+]?0x[0-9a-fA-F_]+"): _Reading("int", _whole(16, skip=2)),
    re.compile(r"[-+]?([0-9][0-9_]*)?(\.[0-9_]*)?[eE][-+]?[0-9]+"): _Reading("float", _decimal),
    re.compile(r"[-+]?([0-9][0-9_]*)?\.[0-9_]*"): _Reading("float", _decimal),
    **_SPECIAL,
    re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"): _Reading("other", lambda _: OtherValue()),
    _TIMESTAMP: _Reading("other", lambda _: OtherValue()),
}
