"""Writes docs/preview-checks.md by trying every program of the table: `make docs`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from commercetools_connect.emulator import Emulator
from tests.resources.preview_stage import CONNECT_YAML, Stage
from tests.resources.table_preview import PROGRAMS, Wrong
from tests.support.world import build_world

__all__ = ["HEAD", "PREVIEW_DOCUMENT", "render", "row"]

PREVIEW_DOCUMENT = Path(__file__).parents[2] / "docs" / "preview-checks.md"

HEAD = f"""# What a preview finds

Generated from the tests that run every row (`make docs`); do not edit.

A `Deployment` is checked against the connector version that will run: its own while the tag does not move, else
the published one (staged: the previewable one). All mistakes are told at once, and again right before a request is
made. What is not known yet passes; a tag that the same `up` publishes is checked then, before it is deployed.
Without network, credentials or permission there is one warning, and the preview goes on. `skipPlanTimeValidation`,
on a deployment or as `commercetools-connect:skipPlanTimeValidation` for all, switches the checks off.

The connector of the examples, and a program that has no mistake but for the one that each row shows:

```yaml
{CONNECT_YAML}```
"""


def row(wrong: Wrong, says: Sequence[str]) -> str:
    """Return a row of the document."""
    program = "<br>".join(f"`{path}: {_shown(value)}`" for path, value in wrong.changes.items())
    told = "<br>".join(_escaped(line) for line in says)
    return f"| {_escaped(wrong.mistake)} | {program} | {told} |"


def render(said: Iterable[tuple[Wrong, Sequence[str]]]) -> str:
    """Return the document: a table for each group of mistakes."""
    lines, group = [HEAD], ""
    for wrong, says in said:
        if wrong.group != group:
            group = wrong.group
            lines += [f"## {group}\n" if len(lines) == 1 else f"\n## {group}\n"]
            lines += ["| what is wrong | in the program | what the preview says |", "|---|---|---|"]
        lines.append(row(wrong, says))
    return "\n".join([*lines, ""])


def _shown(value: Any) -> str:
    return "(removed)" if value is None else json.dumps(value).replace("|", "\\|")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


if __name__ == "__main__":
    with Emulator() as emulator, build_world(emulator) as world:
        stage = Stage.build(world)
        PREVIEW_DOCUMENT.write_text(render([(wrong, stage.look(wrong)) for wrong in PROGRAMS]))
