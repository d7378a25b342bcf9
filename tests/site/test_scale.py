"""The figures of the page about scale are those of the measurements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.site.blocks import DOCS, ROOT

ESTATE: list[dict[str, Any]] = json.loads((ROOT / "benchmarks" / "results.json").read_text())["estate"]
PAGE = (DOCS / "scale.md").read_text()
CHANGING = ("create", "new tag", "destroy")
ONE, ALONE, MANY = "one stack", "engine alone", "15 stacks of 36"


def median(form: str, step: str, *, checkpoints: bool = True, of: str = "seconds") -> float:
    (row,) = (each for each in ESTATE if (each["form"], each["checkpoints"]) == (form, checkpoints))
    return float(row[of][step]["median"])


@pytest.mark.parametrize(
    ("label", "form", "checkpoints"),
    [
        ("one stack", ONE, True),
        ("one stack, a provider that does nothing", ALONE, True),
        ("one stack without checkpoints", ONE, False),
        ("15 stacks of 36, two runs at a time", MANY, True),
    ],
)
def test_the_page_has_the_measured_seconds(label: str, form: str, checkpoints: bool) -> None:
    steps = ("create", "no change", "new tag", "destroy")
    cells = " | ".join(f"{median(form, step, checkpoints=checkpoints):.0f} s" for step in steps)
    assert f"| {label} | {cells} |" in PAGE


def test_checkpoints_are_as_large_a_part_as_the_page_says() -> None:
    assert "the checkpoints are three quarters of a create" in PAGE
    assert 0.7 <= 1 - median(ONE, "create", checkpoints=False) / median(ONE, "create") <= 0.8


@pytest.mark.parametrize("step", CHANGING)
def test_where_something_changes_the_provider_adds_almost_nothing(step: str) -> None:
    assert median(ONE, step, of="cpu_seconds") <= 1.05 * median(ALONE, step, of="cpu_seconds")


def test_many_stacks_are_faster_where_something_changes_and_slower_without() -> None:
    assert [step for step in CHANGING if median(MANY, step) >= median(ONE, step)] == []
    assert median(MANY, "no change") > median(ONE, "no change")
