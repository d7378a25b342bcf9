"""Writes docs/preview-checks.md by trying every program of the table: `make docs`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from commercetools_connect.emulator import Emulator
from tests.resources.preview_harness import CONNECT_YAML, Harness
from tests.resources.table_preview import PROGRAMS, Wrong
from tests.support.world import build_world

__all__ = ["HEAD", "PREVIEW_DOCUMENT", "render", "row"]

PREVIEW_DOCUMENT = Path(__file__).parents[2] / "docs" / "preview-checks.md"

HEAD = f"""# What a preview finds

Read this page to know which mistakes a preview reports, and what the messages say. Generated from the tests
that run every row (`make docs`); do not edit.

The provider checks a `Deployment` against the connector version that will run. If the tag does not change, that
is the version that runs now. Otherwise it is the published version, or the previewable one for `staged: true`.
The provider reports all mistakes at once, and checks again before it sends a request. If the same `up`
publishes the tag, the provider checks before it deploys. Values that are not known yet are not checked at
preview.

- **Certain mistakes are errors**: those below, refused credentials (401), no region or no credentials, and a
  project that no scope of the API client names. Scopes for reading are enough: `view_connectors:<project>` and
  `view_connectors_deployments:<project>`.
- **If something cannot be checked, the preview prints one warning** with its remedy: no network, a missing
  right to read (403), an error of the server. `strictPreview: true` (`CTP_STRICT_PREVIEW=1`) makes it an error.
- **Previews without credentials**: with `offlinePreview: true` (`CTP_OFFLINE_PREVIEW=1`) the provider makes no
  call before the apply, and one warning says what is not checked.
- `skipPlanTimeValidation`, on a deployment or as `commercetools-connect:skipPlanTimeValidation` for all, disables
  these checks of Deployments.

With the plugin, Pulumi shows the errors of all resources that it previews in parallel. Pulumi has no preview of
a create or an update of dynamic resources. Their mistakes are errors of `check` and `diff`, and Pulumi ends the
preview at the first resource that has one.

This is the connector of the examples. Except for the mistake that a row shows, its program has none:

```yaml
{CONNECT_YAML}```
"""


def row(wrong: Wrong, says: Sequence[str]) -> str:
    """Return a row of the document."""
    program = "<br>".join(f"`{path}: {_shown(value)}`" for path, value in wrong.changes.items())
    messages = "<br>".join(_escaped(line) for line in says)
    return f"| {_escaped(wrong.mistake)} | {program} | {messages} |"


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
        harness = Harness.build(world)
        PREVIEW_DOCUMENT.write_text(render([(wrong, harness.look(wrong)) for wrong in PROGRAMS]))
