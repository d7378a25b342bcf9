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

Read this page before you use the provider with commercetools itself: it lists what has not been tried there,
and what is not possible. Generated from the list of questions and from the emulator (`make docs`); do not edit.

## Not run against commercetools

All tests run on the emulator. The emulator follows what commercetools has published about Connect. Where that
does not answer a question, the emulator makes an assumption. This page lists each question, what the provider
does, what you would see if Connect behaves differently, and what the emulator does.

Some assumptions have a second reading, and a few a third one. To switch the emulator to it, use `PUT
/__admin/settings {"assumptions": {"8": "other"}}`, or `"third"`. The code cites a question as "API §19" with
its number.

**You can help.** `make acceptance` asks a test project of yours; [how](reliability.md#on-a-real-project).

## What is not possible

- Secured values cannot be read, so a change by another client is not seen
  ([what that means](rotate-a-secret.md#what-cannot-be-seen)).
- A key of a configuration cannot be unset. A standard key gets its default or `""`. A secured key stays set.
- Pulumi cannot import dynamic resources; [the program adopts objects](adopt.md#by-the-program-without-an-import).
- commercetools ends the endpoints behind `commercetools-connect logs` after 2027-01-31.
- Revisions and rollback are experimental: commercetools has not fully published their form.

## Where the emulator follows the types

The published types decide what an answer has, even where users have seen other answers. The tests of the emulator
compare every answer with the types.

- A ConnectorStaged always has a `description`, because its type requires one: `""` if none was given, or if it was
  cleared. A Connector without a description leaves it out.
- The `connector` of a Deployment has no `apiClient`, because its type has none. The `apiClient` of the
  Deployment names the generated client.
- The emulator refuses a request with a member that no type has, although Connect is said to ignore it (question
  46). This finds mistakes in a client.
- A call without the scope that it needs gets 403, with any body.
- `responses` in the settings adds what users have seen: `nullMembers`, `omitOldMembers`, `unknownMember`, and
  `emptyDetails` (question 44).

## The questions
"""


def render() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(line for number in QUESTIONS for line in _section(number))])


def _section(number: int) -> Iterator[str]:
    question, reading = QUESTIONS[number], ASSUMPTIONS.get(number)
    yield f"### {number}. {question.asks}\n"
    yield f"- What the provider does: {cell(question.does)}"
    yield f"- If Connect behaves differently: {cell(question.otherwise)}"
    if reading is not None:
        yield f"- The emulator: {cell(reading.default)}"
        if reading.other is not None:
            yield f"- The emulator, switched to `other`: {cell(reading.other)}"
        if reading.third is not None:
            yield f"- The emulator, switched to `third`: {cell(reading.third)}"
    yield ""


def cited(folder: Path) -> set[int]:
    """Return the numbers that the sources below a folder cite."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py"))
    found = (match for text in texts for match in re.finditer(r"§19((?:[\s,]|and|#\d+)+)", text))
    return {int(number) for match in found for number in re.findall(r"#(\d+)", match[1])}
