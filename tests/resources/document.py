"""Writes docs/resources.md from the rows that the tests run: `make docs`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.resources.table import Row

__all__ = ["DOCUMENT", "all_rows", "render"]

DOCUMENT = Path(__file__).parents[2] / "docs" / "resources.md"

HEAD = """# What each operation does in each state

Read this page if you need to know exactly what the provider does with an object in a certain state. Generated from
the tests that run every row (`make docs`); do not edit.

"Calls" are the calls of the API, without the one for the token. "Polls" are further reads of the object until
its run has ended.
"""


def render(rows: Iterable[Row]) -> str:
    """Return the document: a table for each kind of object."""
    by_resource: dict[str, list[Row]] = {}
    for row in rows:
        by_resource.setdefault(row.resource, []).append(row)
    return "\n".join([HEAD, *(line for name, each in by_resource.items() for line in _section(name, each))])


def _section(name: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f"## {name}\n"
    yield "| state | operation | what the user sees | calls |"
    yield "|---|---|---|---|"
    for row in rows:
        cells = (row.state, row.operation, row.sees, row.calls or "none")
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    yield ""


def all_rows() -> list[Row]:
    """Return the rows of every resource."""
    from tests.resources import table_connectors, table_deployments, table_gates  # noqa: PLC0415 - they import this folder's tests

    return [*table_connectors.ROWS, *table_deployments.ROWS, *table_gates.ROWS]


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(render(all_rows()))
