"""The figures of the comparison with the official CLI are those of the measurements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.site.blocks import DOCS, ROOT

RESULTS: dict[str, Any] = json.loads((ROOT / "benchmarks" / "results.json").read_text())
PAGE = (DOCS / "compare.md").read_text()
CONTENDERS = ("ours", "official CLI")


def wait(contender: str, deployments: int = 50, errors: float = 0) -> dict[str, Any]:
    """Return what was measured of the waits of a contender."""
    (row,) = (
        each
        for each in RESULTS["waits"]
        if (each["contender"], each["deployments"], each["error_rate"]) == (contender, deployments, errors)
    )
    return dict(row)


def cost(contender: str, name: str) -> float:
    """Return what 50 waits of a contender take of a machine."""
    (row,) = (each for each in RESULTS["costs"] if (each["contender"], each["deployments"]) == (contender, 50))
    return float(row[name]["median"])


def shown(value: float) -> str:
    """Return a number as the pages write it."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@pytest.mark.parametrize(
    ("label", "figures"),
    [
        (
            "notices the end, mean",
            [f"{shown(wait(each)['lag_pooled']['mean'])} s late" for each in CONTENDERS],
        ),
        (
            "notices the end, at worst",
            [f"{shown(wait(each)['lag_pooled']['max'])} s late" for each in CONTENDERS],
        ),
        ("calls per second", [shown(wait(each)["calls_per_second"]["median"]) for each in CONTENDERS]),
        (
            "wrong outcomes without errors of the server",
            [f"{wait(each)['wrong_share']['median']:.0%}" for each in CONTENDERS],
        ),
        (
            "wrong outcomes if 5% of the reads fail",
            [f"{wait(each, errors=0.05)['wrong_share']['median']:.0%}" for each in CONTENDERS],
        ),
        ("CPU seconds", [shown(cost(each, "cpu_seconds")) for each in CONTENDERS]),
        ("memory", [f"{shown(cost(each, 'peak_mib'))} MiB" for each in CONTENDERS]),
    ],
)
def test_a_figure_is_the_measured_one(label: str, figures: list[str]) -> None:
    assert f"| {label} | {' | '.join(figures)} |" in PAGE


def test_the_page_says_where_the_cli_makes_fewer_calls() -> None:
    ours, cli = (
        round(sum(each["median"] for each in wait(name, deployments=1)["calls"].values())) for name in CONTENDERS
    )

    assert cli < ours
    assert f"{cli} against {ours}" in PAGE
