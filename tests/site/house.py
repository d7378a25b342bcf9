"""Writes docs/architecture.md and its picture from the import contracts of pyproject.toml: `make docs`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from tests.site.blocks import DOCS, ROOT
from tests.site.tables import sentence, table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["ARCHITECTURE_PAGE", "PICTURE", "contracts", "layers", "picture", "render", "rooms"]

ARCHITECTURE_PAGE = DOCS / "architecture.md"
PICTURE = DOCS / "architecture.svg"
PACKAGE = "commercetools_connect"

HEAD = """# Architecture

Generated from the import contracts that `make lint` checks, and from the rooms themselves (`make docs`); do not
edit.

![Rooms, the front doors above, each layer knows only what lies below it](architecture.svg)

Two front doors, one house. Programs in Python may take dynamic resources, every language takes the plugin; both
hand plain values to the same resources and functions. These compare what is with what should be, and decide on
the fewest calls. The client makes the calls, waiters know when a run is over.

The emulator never imports the client, nor the client the emulator: two independent readings of the API keep each
other honest. [CONTRIBUTING](../CONTRIBUTING.md) has the way of a value, and where to look for what.

## Rooms
"""

RULES = """
## Who may know whom
"""

WIDTH, ROW, GAP, MARGIN, SIDE = 760, 52, 14, 16, 200
STYLE = (
    "text{font:15px system-ui,sans-serif;fill:#1b1b3a}.room{fill:#e8eaf6;stroke:#3f51b5}"
    ".alone{fill:#fff;stroke:#3f51b5;stroke-dasharray:5 4}.small{font-size:12px}"
)


def contracts() -> list[dict[str, Any]]:
    """Return the contracts of pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(settings["tool"]["importlinter"]["contracts"])


def layers() -> list[list[str]]:
    """Return the rooms of each layer, from the top."""
    (found,) = (each for each in contracts() if each["type"] == "layers")
    return [[name.strip() for name in layer.split("|")] for layer in found["layers"]]


def rooms() -> list[str]:
    """Return every room of the package: those in layers, then those that stand alone."""
    placed = [name for layer in layers() for name in layer]
    folders = sorted(path.parent.name for path in (ROOT / "provider" / PACKAGE).glob("*/__init__.py"))
    return [*placed, *(name for name in folders if name not in placed)]


def picture() -> str:
    """Return the rooms as SVG: layers on the left, rooms that stand alone on the right."""
    rows = layers()
    height = MARGIN * 2 + len(rows) * (ROW + GAP) - GAP
    parts = [part for number, row in enumerate(rows) for part in _row(row, MARGIN + number * (ROW + GAP))]
    alone = rooms()[sum(map(len, rows)) :]
    for number, name in enumerate(alone):
        parts += _box(name, WIDTH - SIDE + GAP, MARGIN + number * (ROW + GAP), SIDE - GAP - MARGIN, "alone")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>Rooms of the house</title><style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _row(names: list[str], top: int) -> Iterator[str]:
    width = (WIDTH - SIDE - MARGIN - GAP * (len(names) - 1)) / len(names)
    for number, name in enumerate(names):
        yield from _box(name, MARGIN + number * (width + GAP), top, width, "room")


def _box(name: str, left: float, top: float, width: float, kind: str) -> Iterator[str]:
    yield f'<rect class="{kind}" x="{left:g}" y="{top}" width="{width:g}" height="{ROW}" rx="6"/>'
    yield f'<text x="{left + width / 2:g}" y="{top + ROW / 2 + 5:g}" text-anchor="middle">{escape(name)}</text>'


def render() -> str:
    """Return the page."""
    described = [(f"`{name}`", sentence(importlib.import_module(f"{PACKAGE}.{name}"))) for name in rooms()]
    return "\n".join([HEAD, *table(("room", "what it is"), described), RULES, *map(_rule, contracts()), ""])


def _rule(contract: dict[str, Any]) -> str:
    if contract["type"] == "layers":
        order = " > ".join(f"`{layer}`" for layer in contract["layers"])
        return f"- **{contract['name']}**: {order}."
    forbidden = ", ".join(_short(name) for name in contract["forbidden_modules"])
    through = ", through others they may" if contract.get("allow_indirect_imports") else ""
    sources = ", ".join(map(_short, contract["source_modules"]))
    return f"- **{contract['name']}**: {sources} never import {forbidden}{through}."


def _short(name: str) -> str:
    return f"`{name.removeprefix(f'{PACKAGE}.')}`"
