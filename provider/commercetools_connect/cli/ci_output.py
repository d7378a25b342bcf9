"""Output for CI: GitHub annotations and Markdown tables. Pure.

Untrusted text cannot give the runner a command: it has neither line breaks nor control characters, and what a
command is made of is escaped (docs.github.com: workflow commands). A cell is code, without links, mentions and
references, and all of its punctuation is written by number: nothing in it is Markdown or HTML.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from commercetools_connect.cli.common import append_text
from commercetools_connect.cli.pulumi_run import Level
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.text import escape_untrusted

LONGEST_TITLE: Final = 120
LONGEST_MESSAGE: Final = 2_000
LONGEST_CELL: Final = 400
LONGEST_DOCUMENT: Final = 60_000
"""Characters; a comment on GitHub has 65,536 at most, and what is longer is refused as a whole."""


def annotation(level: Level, title: str, message: str) -> str:
    """Return the line that shows a message at the run and at the pull request; title and message are any text."""
    title = escape_untrusted(title, LONGEST_TITLE).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={title}::{escape_untrusted(message, LONGEST_MESSAGE).replace('%', '%25')}"


def output(name: str, value: object) -> str:
    """Return the line that gives an output of a step to the steps after it, as JSON: one line of ASCII."""
    return f"{name}={json.dumps(value)}\n"


def append_to(variable: str, environ: Mapping[str, str], text: str) -> None:
    """Append to the file that the runner names in a variable.

    Raises `ConfigurationError` where it names none, or one that cannot be written.
    """
    name = environ.get(variable)
    if not name:
        raise ConfigurationError(f"{variable} is not set.", "--github is for steps of GitHub Actions.")
    append_text(Path(name), text)


def code(text: str) -> str:
    """Return any text as code, in one line."""
    escaped = "".join(
        char if char.isalnum() or char in " -" else f"&#{ord(char)};"
        for char in escape_untrusted(text, LONGEST_CELL)
    )
    return f"<code>{escaped}</code>" if text else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], budget: int) -> str:
    """Return a table of any text, `""` without rows; rows that do not fit into `budget` characters are counted."""
    lines: list[str] = []
    heading = _table_line(head) + _table_line(["---"] * len(head))
    size, left_out = len(heading), 0
    for row in rows:
        line = _table_line(list(map(code, row)))
        size += len(line)
        if size > budget:
            left_out += 1
        else:
            lines.append(line)
    if not lines and not left_out:
        return ""
    more = f"\n{left_out} more are left out.\n" if left_out else ""
    return heading + "".join(lines) + more + "\n"


def _table_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
