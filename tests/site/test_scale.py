"""The figures of the page about scale are those of the measurements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.site.blocks import DOCS, ROOT

ESTATE: list[dict[str, Any]] = json.loads((ROOT / "benchmarks" / "results.json").read_text())["estate"]
PAGE = (DOCS / "scale.md").read_text()
STEPS = ("create", "no change", "new tag", "destroy")


@pytest.mark.parametrize(
    ("label", "form", "checkpoints"),
    [
        ("one stack", "one stack", True),
        ("one stack, a provider that does nothing", "engine alone", True),
        ("one stack without checkpoints", "one stack", False),
        ("15 stacks of 36, two runs at a time", "15 stacks of 36", True),
    ],
)
def test_the_page_has_the_measured_seconds(label: str, form: str, checkpoints: bool) -> None:
    (row,) = (each for each in ESTATE if (each["form"], each["checkpoints"]) == (form, checkpoints))
    cells = " | ".join(f"{row['seconds'][step]['median']:.0f} s" for step in STEPS)
    assert f"| {label} | {cells} |" in PAGE


def test_checkpoints_are_as_large_a_part_as_the_page_says() -> None:
    with_them, without = (
        next(each for each in ESTATE if (each["form"], each["checkpoints"]) == ("one stack", checkpoints))
        for checkpoints in (True, False)
    )
    created, bare = (each["seconds"]["create"]["median"] for each in (with_them, without))
    assert 0.7 <= 1 - bare / created <= 0.8
