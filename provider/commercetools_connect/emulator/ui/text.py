"""Foreign text made harmless to look at: what would not be seen, or would turn the line around, is spelled out."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup

_KEPT = frozenset("\n\t")


def visible(value: object) -> object:
    """Return a text with each unseen character written as its code; markup is made of visible texts already."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(_spelled(letter) for letter in value)


def _spelled(letter: str) -> str:
    if letter in _KEPT or letter.isprintable() or unicodedata.category(letter) == "Zs":
        return letter
    return letter.encode("unicode_escape").decode("ascii")
