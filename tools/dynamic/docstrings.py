"""Docstrings, wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

__all__ = ["docstring", "field", "parameters"]

WIDTH: Final = 115


def docstring(text: str, indent: int, *more: str) -> str:
    """Return a docstring: the text as a line if it fits, and `more` lines after it."""
    space = " " * indent
    if not more and len(text) <= WIDTH - indent - 6:
        return f'{space}"""{text}"""\n'
    summary, rest = _sentences(text) if len(text) > WIDTH - indent - 6 else (text, "")
    lines = textwrap.wrap(f'"""{summary}', WIDTH - indent, break_on_hyphens=False)
    if rest:
        lines += ["", *textwrap.wrap(rest, WIDTH - indent, break_on_hyphens=False)]
    if more:
        lines += ["", *more]
    return "".join(f"{space}{line}\n" if line else "\n" for line in [*lines, '"""'])


def parameters(described: Iterable[tuple[str, str]], indent: int) -> list[str]:
    """Return the lines that describe the parameters."""
    return [line for name, text in described for line in field(f":param {name}: {text}", indent)]


def field(text: str, indent: int) -> list[str]:
    """Return the lines of one field, such as `:raises …`."""
    return textwrap.wrap(text, WIDTH - indent, subsequent_indent="    ", break_on_hyphens=False)


def _sentences(text: str) -> tuple[str, str]:
    """Return the first sentence, and what comes after it."""
    first, stop, rest = text.partition(". ")
    return first + stop.strip(), rest
