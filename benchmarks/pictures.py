"""One picture for each question, as SVG; the same numbers give the same file."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pygal
from pygal.style import CleanStyle

__all__ = ["draw"]

# pygal adds an import hook of an old kind, for its maps; the imports of others would stumble over it
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
"""pygal writes the date into its files."""


def draw(results: Mapping[str, Any], folder: Path) -> None:
    """Write `performance-lag.svg` and `performance-size.svg`."""
    (folder / "performance-lag.svg").write_bytes(_lag_against_calls(results["waits"]))
    (folder / "performance-size.svg").write_bytes(_time_against_size(results["growth"]["rows"]))


def _lag_against_calls(rows: Sequence[Mapping[str, Any]]) -> bytes:
    chart = _chart(
        "How late an end is noticed, against the calls it takes",
        "calls per second (numbers: deployments)",
        "seconds late, mean",
        xs=(0.01, 0.1, 1, 10, 100),
        ys=(1, 2, 5, 10, 20, 40),
        stroke=True,
    )
    for name in dict.fromkeys(row["contender"] for row in rows):
        found = [row for row in rows if row["contender"] == name and not row["error_rate"] and row["lag_mean"]]
        chart.add(name, _labelled(found))
    return _svg(chart, "lag")


def _labelled(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a point for each row; sizes that need the same calls share one label."""
    same: dict[float, list[int]] = {}
    for row in rows:
        same.setdefault(round(row["calls_per_second"]["median"], 1), []).append(row["deployments"])
    points = []
    for row in rows:
        sizes = same[round(row["calls_per_second"]["median"], 1)]
        several = f"{sizes[0]} to {sizes[-1]}" if len(sizes) > 1 else str(sizes[0])
        label = several if row["deployments"] == sizes[-1] else ""
        points.append(_point(row["calls_per_second"]["median"], row["lag_pooled"]["mean"], label))
    return points


def _time_against_size(rows: Sequence[Mapping[str, Any]]) -> bytes:
    chart = _chart(
        "What a run of the engine takes, against the number of deployments",
        "deployments",
        "seconds",
        xs=(1, 10, 100, 1000),
        ys=(0.5, 1, 2, 5, 10, 20, 50, 100),
        stroke=True,
    )
    names = {
        "preview_seconds": "preview",
        "no_op_seconds": "up without changes",
        "refresh_seconds": "refresh, 50 ms away",
        "engine_refresh_seconds": "refresh, engine alone",
    }
    for key, name in names.items():
        chart.add(name, [_point(row["deployments"], row[key]["median"], "") for row in rows])
    return _svg(chart, "size")


def _chart(
    title: str, x_title: str, y_title: str, *, xs: Sequence[float], ys: Sequence[float], stroke: bool
) -> Any:
    chart = pygal.XY(
        title=title,
        x_title=x_title,
        y_title=y_title,
        stroke=stroke,
        js=(),
        width=800,
        height=480,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        show_x_guides=True,
        print_labels=True,
        style=CleanStyle,
        pretty_print=True,
    )
    # pygal has one logarithmic axis; here both are, by hand
    chart.x_labels = [{"label": f"{x:g}", "value": math.log10(x)} for x in xs]
    chart.y_labels = [{"label": f"{y:g}", "value": math.log10(y)} for y in ys]
    return chart


def _point(x: float, y: float, label: str) -> dict[str, Any]:
    return {"value": (math.log10(max(x, 1e-3)), math.log10(max(y, 1e-3))), "label": label}


def _svg(chart: Any, name: str) -> bytes:
    chart.uuid = name
    return COMMENT.sub(b"", chart.render())
