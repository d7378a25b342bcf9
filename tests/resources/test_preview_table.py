"""Every row of docs/preview-checks.md is true: a program with a mistake, and all that a preview says of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from commercetools_connect.emulator import Emulator
from tests.resources.preview_document import PREVIEW_DOCUMENT, row
from tests.resources.preview_harness import Harness
from tests.resources.table_preview import ALL_AT_ONCE, PROGRAMS, Wrong
from tests.support.world import build_world

ROWS = PREVIEW_DOCUMENT.read_text().splitlines()


@pytest.fixture(scope="module")
def harness(emulator: Emulator) -> Iterator[Harness]:
    with build_world(emulator) as world:
        yield Harness.build(world)


@pytest.mark.parametrize("wrong", PROGRAMS, ids=lambda wrong: f"{wrong.group}: {wrong.mistake}")
def test_a_preview_says_what_is_wrong(harness: Harness, wrong: Wrong) -> None:
    """All of it, each with its path; and no secret. Otherwise: `make docs`, and read what has changed."""
    harness.world.emulator.admin.clear_journal()

    says = harness.look(wrong)

    assert row(wrong, says) in ROWS
    assert "secret-" not in "\n".join(says)
    assert not harness.world.writes()


def test_the_document_has_no_other_rows() -> None:
    assert len([line for line in ROWS if line.startswith("| ")]) == len(PROGRAMS) + len(
        {each.group for each in PROGRAMS}
    )


def test_the_table_is_long_enough_to_be_of_use() -> None:
    assert len(PROGRAMS) >= 60


def test_ten_mistakes_are_reported_at_once(harness: Harness) -> None:
    assert len([line for line in harness.look(ALL_AT_ONCE) if line.startswith("error: ")]) == 10
