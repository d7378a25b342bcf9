"""The page and the pictures show what was measured, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.pictures import draw
from benchmarks.report import document, goals

ROOT = Path(__file__).parents[3]
RESULTS = json.loads((ROOT / "benchmarks" / "results.json").read_text())


def test_the_page_shows_the_results_that_are_committed() -> None:
    assert (ROOT / "docs" / "performance.md").read_text() == document(RESULTS)


def test_the_pictures_show_the_results_that_are_committed(tmp_path: Path) -> None:
    draw(RESULTS, tmp_path)
    for picture in tmp_path.iterdir():
        assert (ROOT / "docs" / picture.name).read_bytes() == picture.read_bytes()


def test_what_does_not_hold_is_said() -> None:
    slow = {"median": 0.9, "min": 0.9, "max": 0.9, "runs": 5}
    rows = goals({**RESULTS, "limits": {**RESULTS["limits"], "port_seconds": slow}})
    assert ("plugin start → port", "≤ 0.4 s", "0.9 s", "**no**") in rows


def test_a_real_run_is_committed() -> None:
    assert max(row["deployments"] for row in RESULTS["growth"]["rows"]) == 1000
    assert max(row["deployments"] for row in RESULTS["waits"]) == 1000
    assert max(row["deployments"] for row in RESULTS["costs"]) == 500
    assert {row["frontend"] for row in RESULTS["ups"]} == {"plugin", "dynamic"}
    assert RESULTS["load"]
