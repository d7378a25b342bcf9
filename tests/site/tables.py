"""Tables in Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["cell", "sentence", "table"]

CODE = re.compile(r"(`[^`]*`)")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(cell(each) for each in row)} |"


def cell(text: str) -> str:
    """Return a text as it may stand in a table. In code, Markdown shows `<` and entities as they are."""
    parts = CODE.split(text.replace("|", "\\|").replace("\n", " "))
    return "".join(part if CODE.fullmatch(part) else part.replace("<", "&lt;") for part in parts)


def sentence(documented: object) -> str:
    """Return the first paragraph of a docstring, in one line."""
    return " ".join((inspect.getdoc(documented) or "").partition("\n\n")[0].split())
