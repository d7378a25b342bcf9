"""Text from elsewhere, made safe to print. Pure."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["quote_foreign"]

FOREIGN_TEXT_LIMIT = 500

BASIC_PLANE_END = 0xFFFF
"""The last character that four hex digits can write."""


_CI_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#(\[|vso\[|teamcity\[))")
"""How a line begins that GitHub's runners obey, and what those of Azure Pipelines and TeamCity obey anywhere."""


def quote_foreign(text: str, limit: int = FOREIGN_TEXT_LIMIT) -> str:
    """Return text of a server or a file in a form that is safe to print: one line, escaped, cut to `limit`.

    Neither a terminal nor a CI system that reads along finds a command in it.
    """
    safe = "".join(map(_harmless, text[: limit + 1]))
    safe = _CI_COMMAND.sub(_obeyed_by_nobody, safe)
    return safe if len(safe) <= limit else f"{safe[: limit - 1]}…"


def _obeyed_by_nobody(command: re.Match[str]) -> str:
    found = command.group()
    return f"{found[:-1]}\\u{ord(found[-1]):04x}"


def _harmless(char: str) -> str:
    category = unicodedata.category(char)
    if char in "\r\n\t" or category in ("Zl", "Zp"):  # U+2028 and U+2029 break a line as well
        return " "
    if not category.startswith("C"):
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= BASIC_PLANE_END else f"\\U{ord(char):08x}"
