"""Tables in Markdown with text from elsewhere in them. Pure.

A cell is code, in which nothing is a link, a mention or a reference, and all of its punctuation is written by
number: nothing in it is Markdown or HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from commercetools_connect.contract.foreign import quote_foreign

__all__ = ["LONGEST_DOCUMENT", "code", "table"]

LONGEST_CELL: Final = 400

LONGEST_DOCUMENT: Final = 60_000
"""Characters; a comment on GitHub has 65,536 at most, and what is longer is refused as a whole."""


def code(text: str) -> str:
    """Return any text as code, in one line."""
    return f"<code>{''.join(map(_literal, quote_foreign(text, LONGEST_CELL)))}</code>" if text else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], budget: int) -> str:
    """Return a table of any text, `""` without rows; rows that do not fit into `budget` characters are counted."""
    lines = [_line(head), _line(["---"] * len(head))]
    size, left_out = sum(map(len, lines)), 0
    for row in rows:
        line = _line(list(map(code, row)))
        size += len(line)
        if size > budget:
            left_out += 1
        else:
            lines.append(line)
    if len(lines) == 2 and not left_out:  # noqa: PLR2004 - the head
        return ""
    more = f"\n{left_out} more are left out.\n" if left_out else ""
    return "".join(lines) + more + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _literal(char: str) -> str:
    return char if char.isalnum() or char in " -" else f"&#{ord(char)};"
