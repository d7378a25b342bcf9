"""Reads the scopes of each task from the page about security."""

from __future__ import annotations

import re
from typing import Final

from tests.site.blocks import DOCS

__all__ = ["LOOK_AT_THE_WIRING", "scopes_of", "scopes_on_the_page"]

LOOK_AT_THE_WIRING: Final = "look at the wiring only: `getWiring`, `status --wiring`"


def scopes_of(task: str) -> set[str]:
    """Return the scopes in the row of a task."""
    (row,) = (line for line in _rows() if line.startswith(f"| {task} |"))
    return set(re.findall(r"`([a-z_]+)`", row.rpartition(" | ")[2]))


def scopes_on_the_page() -> set[str]:
    """Return all scopes of the table."""
    cells = (row.rpartition(" | ")[2] for row in _rows())
    return {scope for cell in cells for scope in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", cell)}


def _rows() -> list[str]:
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    section = page.partition("## Scopes for each task\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| ")]
