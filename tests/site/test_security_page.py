"""The page about security names scopes that exist, and all that a task needs."""

from __future__ import annotations

import re
from typing import get_args

from commercetools_connect.emulator.scopes import Operation
from tests.site.blocks import DOCS

SECTION = (DOCS / "security.md").read_text(encoding="utf-8").partition("## Scopes for each task\n")[2]
TABLE = SECTION.partition("\n## ")[0]


def scopes_of(task: str) -> set[str]:
    """Return the scopes in the row of a task."""
    (row,) = (line for line in TABLE.splitlines() if line.startswith(f"| {task} |"))
    return set(re.findall(r"`([a-z_]+)`", row.rpartition(" | ")[2]))


def test_every_scope_of_the_table_is_one_of_the_api() -> None:
    cells = [line.rpartition(" | ")[2] for line in TABLE.splitlines() if line.startswith("| ")]
    named = {scope for cell in cells for scope in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", cell)}

    assert named == set(get_args(Operation))


def test_a_deployment_with_expect_needs_the_scopes_of_what_it_looks_at() -> None:
    assert scopes_of("deploy with [`expect`](wiring.md)") == {"manage_extensions", "manage_subscriptions"}
