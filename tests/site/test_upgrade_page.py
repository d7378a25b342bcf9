"""The page about the upgrade has a row for every change that can break what worked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pytest

from tests.site.blocks import DOCS, ROOT

PAGE: Final = (DOCS / "upgrade.md").read_text(encoding="utf-8")

ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "connect-url-wins": (
        "`CTP_CONNECT_URL` in the environment, and `region` or another address in the configuration",
        "`connectUrl` of a proxy on another machine, and `region`",
        "`commercetools-connect … --region` | `CTP_CONNECT_URL` in the environment",
    ),
    "dynamic-delete-before-replace": ("`delete_before_replace` of the class itself",),
    "extras": (
        "after `pip install` without an extra | works | exit code 2, with the line",
        "the command: exit code 2; the import: `ModuleNotFoundError`",
    ),
    "keys-of-one-stack": (
        "a stack that was created again, or one of the same names in another backend",
        "0.1 was killed in a create, and 0.2 continues",
    ),
    "ownership": (
        "a create finds a finished object under an explicit key",
        "the deployment was redeployed outside this stack",
    ),
    "previews-that-tell-the-truth": (
        "no credentials, or no region",
        "credentials that commercetools refuses (401)",
        "a project that no scope of the API client names",
        "a connector that does not exist",
        "a tag that is not published",
    ),
    "provider-is-never-replaced": ("another region or host in the provider's configuration",),
    "replacements": (
        "another `projectKey` of a Deployment; dynamic resources: also another `key`",
        "another region, type or connector under the same key",
        "where the project has no deployment of the new type",
    ),
    "rollout-without-providers": ("the first one of a stack with a `Rollout`",),
}
"""For each fragment `changes/NAME.breaking.md` what its rows say."""


def rows() -> list[str]:
    """Return the rows of all tables."""
    return re.findall(r"^\| .+ \|$", PAGE, flags=re.MULTILINE)


def columns(row: str) -> list[str]:
    """Return the cells of a row."""
    return [each.strip() for each in row.strip("|").split("|")]


def test_every_breaking_change_has_its_rows() -> None:
    """A release moves the fragments to the changelog, and the page stays."""
    changes = {path.name.removesuffix(".breaking.md") for path in (ROOT / "changes").glob("*.breaking.md")}
    is_released = "\n## 0.2.0 (" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert changes == (set() if is_released else ROWS.keys())


@pytest.mark.parametrize(("change", "said"), [(name, said) for name, texts in ROWS.items() for said in texts])
def test_a_row_says_what_changes(change: str, said: str) -> None:
    found = [row for row in rows() if said in row]

    assert len(found) == 1, change
    assert columns(found[0])[2] != columns(found[0])[3]


def test_programs_that_must_change_have_a_section() -> None:
    """The page begins with: no program must change but these."""
    section = PAGE.partition("\n## Programs\n")[2].partition("\n## ")[0]
    found = [columns(row) for row in section.splitlines() if row.startswith("| ")][1:]

    assert "You do not have to change a program, except under [Programs](#programs), and where\nthe last" in PAGE
    assert len(found) == 5
    assert {row[3].partition(",")[0] for row in found} == {"error"}
    assert all(row[4] for row in found)
