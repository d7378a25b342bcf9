"""Writes docs/limits.md from the open questions and the emulator's readings of them: `make docs`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from commercetools_connect.emulator.assumptions import ASSUMPTIONS
from tests.site.blocks import DOCS, ROOT
from tests.site.questions import QUESTIONS
from tests.site.tables import cell

__all__ = ["LIMITS_PAGE", "cited", "render"]

LIMITS_PAGE = DOCS / "limits.md"

HEAD = """# Assumptions and limits

Generated from the list of questions and from the emulator (`make docs`); do not edit.

## Not run against commercetools

Everything that is tested here is tested on the emulator: it follows what commercetools has published about
Connect, and where that is silent it assumes something. This page lists each of these questions, how the emulator
reads it, what the provider does because it does not know, and what you would see if Connect does it otherwise.

Where there is a second reading, the emulator can be switched to it: `PUT /__admin/settings
{"assumptions": {"8": "other"}}`. The code cites a question as "API §19" with its number: this is that list.

**You can help.** `make acceptance` asks a test project of yours; [how](reliability.md#on-a-real-project).

## What there is no way around

- Secured values cannot be read, so a change of one by somebody else is not seen
  ([what that means](rotate-a-secret.md#what-cannot-be-seen)).
- A key of a configuration cannot be unset. A standard key goes back to its default or to `""`, a secured one
  stays set.
- `pulumi import` has no way for dynamic resources; [they are taken
  over](adopt.md#by-the-program-without-an-import).
- commercetools ends the endpoints behind `commercetools-connect logs` after 2027-01-31.
- Revisions and rollback are experimental: commercetools has not published their form in full.

## The questions
"""


def render() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(line for number in QUESTIONS for line in _section(number))])


def _section(number: int) -> Iterator[str]:
    question, reading = QUESTIONS[number], ASSUMPTIONS.get(number)
    yield f"### {number}. {question.asks}\n"
    yield f"- The provider: {cell(question.does)}"
    yield f"- If it is otherwise: {cell(question.otherwise)}"
    if reading is not None:
        yield f"- The emulator: {cell(reading.default)}"
        if reading.other is not None:
            yield f"- The emulator, switched: {cell(reading.other)}"
    yield ""


def cited(folder: Path) -> set[int]:
    """Return the numbers that the sources below a folder cite."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py"))
    found = (match for text in texts for match in re.finditer(r"§19((?:[\s,]|and|#\d+)+)", text))
    return {int(number) for match in found for number in re.findall(r"#(\d+)", match[1])}
