"""Writes docs/inputs.md from the checks that the tests run: `make docs`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from commercetools_connect.core.text import escape_untrusted, format_path
from tests.inputs.sweep import KINDS, PROGRAMS, Case, all_cases, check

__all__ = ["DOCUMENT", "render"]

DOCUMENT = Path(__file__).parents[2] / "docs" / "inputs.md"

HEAD = """# What each input accepts

Read this page if the provider refuses an input, or if you generate programs. Generated from the tests that put
every kind of bad value in every place (`make docs`); do not edit.

- `error`: the preview fails with a message that begins with the path. The messages are below each table.
- `ok`: the provider accepts the value and sends it to Connect as it is. Connect may still refuse it.
- `-`: there is no such value.

The first element of a list, and one key of a map of configurations, represent all others.

- "Missing" and "null" are the same to the provider. If the key is missing, the provider derives it. If the type
  is missing, it follows from the connector. If the project is missing, it is the project of the provider. An
  empty text in an optional member of a ConnectorStaged is the same as a missing one.
- "Unknown" is a value that is known only in the `up`. It is never a mistake at preview.
- "Secret" is accepted wherever the value is accepted, and stays encrypted in the state.
- "Too long" is 10,000 characters or elements, or 10^30. Where Connect documents no limit, the provider has none.
- Control characters in a text are sent as they are. In messages they are escaped.
"""


def render() -> str:
    """Return the document: a table for each kind of object."""
    return "\n".join([HEAD, *(line for resource in PROGRAMS for line in _section(resource))])


def _section(resource: str) -> Iterator[str]:
    cells: dict[str, dict[str, str]] = defaultdict(dict)
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    for case in all_cases():
        if case.resource == resource:
            path = format_path(case.path)
            cells[path][case.kind] = _outcome(case, reasons[path])
    yield f"## {resource}\n"
    yield "| input | " + " | ".join(KINDS) + " |"
    yield "|---|" + "---|" * len(KINDS)
    for path, row in cells.items():
        yield f"| `{path}` | " + " | ".join(row[kind] for kind in KINDS) + " |"
    yield "\nWhat the errors say:\n"
    for path, said in reasons.items():
        if said:
            yield f"- `{path}`: " + "; ".join(said)
    yield ""


def _outcome(case: Case, reasons: dict[str, None]) -> str:
    if case.inputs is None:
        return "-"
    failures = check(case).failures
    for failure in failures:
        inside = format_path(failure.path[len(case.path) :])
        where = f"`{escape_untrusted(inside, 40)}` " if inside else ""
        reasons.setdefault(where + failure.reason)
    return "error" if failures else "ok"


if __name__ == "__main__":
    DOCUMENT.write_text(render())
