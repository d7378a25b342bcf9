"""The page and the pictures show what was measured, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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


def spread(value: float) -> dict[str, float]:
    """Return the figures of a run that always took the same."""
    return {"median": value, "min": value, "max": value, "runs": 5}


@pytest.mark.parametrize(("refresh", "held"), [(7.5, "yes"), (7.6, "**no**")])
def test_a_refresh_is_compared_with_the_engine_alone_of_the_same_run(refresh: float, held: str) -> None:
    last = RESULTS["growth"]["rows"][-1]
    row = {**last, "refresh_seconds": spread(refresh), "engine_refresh_seconds": spread(5.0)}
    results = {**RESULTS, "growth": {**RESULTS["growth"], "rows": [row]}}

    (shown,) = (each for each in goals(results) if each[0] == "refresh of 1,000, 50 ms away")

    assert shown[1:] == ("≤ 1.5 times the engine alone", f"{refresh / 5:g} times the engine alone", held)
    assert ("the engine alone 5 s for as many resources" in document(results)) == (held != "yes")


def rollout_row(form: str, seconds: float, processes: int, mebibytes: int) -> dict[str, object]:
    steps = dict.fromkeys(("create", "no change", "refresh", "destroy"), spread(seconds))
    return {"form": form, "projects": 24, "seconds": steps, "processes": processes, "mebibytes": mebibytes}


@pytest.mark.parametrize(
    ("seconds", "processes", "mebibytes", "held"),
    [(13.0, 6, 300, ["yes"] * 3), (13.2, 7, 301, ["**no**"] * 3)],
)
def test_a_rollout_is_compared_with_plain_deployments(
    seconds: float, processes: int, mebibytes: int, held: list[str]
) -> None:
    rows = [rollout_row("rollout", seconds, processes, mebibytes), rollout_row("plain", 10.0, 4, 226)]

    shown = [each for each in goals({**RESULTS, "rollouts": rows}) if "`Rollout` of 24" in each[0]]

    assert [(what.partition(", ")[2], limit) for what, limit, *_ in shown] == [
        ("`up` without changes", "≤ 1.3 times plain deployments"),
        ("processes", "≤ 6 processes"),
        ("memory", "≤ 300 MiB"),
    ]
    assert [each[-1] for each in shown] == held


def test_the_page_has_no_figures_of_rollouts_that_the_results_lack() -> None:
    def headlines(results: dict[str, object]) -> list[str]:
        return [line for line in document(results).splitlines() if line.startswith("#") and "Rollout" in line]

    rows = [rollout_row("rollout", 13.0, 4, 230), rollout_row("plain", 10.0, 4, 226)]
    assert headlines({**RESULTS, "rollouts": rows})
    assert not headlines({**RESULTS, "rollouts": None})


def test_a_real_run_is_committed() -> None:
    assert max(row["deployments"] for row in RESULTS["growth"]["rows"]) == 1000
    assert max(row["deployments"] for row in RESULTS["waits"]) == 1000
    assert max(row["deployments"] for row in RESULTS["costs"]) == 500
    assert {row["frontend"] for row in RESULTS["ups"]} == {"plugin", "dynamic"}
    assert RESULTS["load"]
