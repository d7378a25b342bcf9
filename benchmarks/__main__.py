"""Measure everything, and write down what came of it.

`python -m benchmarks growth estate` measures these parts again and keeps what the last time found of the others.
`python -m benchmarks pages` writes the page and the pictures from the results of the last time.
`BENCH_QUICK=1` measures next to nothing and writes into the folder `BENCH_RESULTS` only: the script works.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.costs import measure_costs
from benchmarks.estate import measure_estate
from benchmarks.hosts import measure_hosts
from benchmarks.lags import measure_lags
from benchmarks.limits import measure_limits
from benchmarks.pictures import draw
from benchmarks.redaction import measure_redaction
from benchmarks.report import document, tables
from benchmarks.rollouts import measure_rollouts
from benchmarks.scale import FULL, QUICK, Scale
from benchmarks.ups import measure_refresh, measure_ups
from examples.demo.engine import find_engine

ROOT: Final = Path(__file__).parents[1]


def measure(scale: Scale, chosen: Collection[str] = (), before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return all results: new ones of the chosen parts, by default of all, and of the others those of `before`."""
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True)

    parts: dict[str, Callable[[], Any]] = {
        "limits": lambda: measure_limits(scale, say),
        "redaction": lambda: measure_redaction(scale, say),
        "waits": lambda: measure_lags(scale, say),
        "costs": lambda: measure_costs(scale, say),
        "growth": lambda: measure_refresh(scale, engine, say),
        "ups": lambda: measure_ups(scale, engine, say),
        "rollouts": lambda: measure_rollouts(scale, engine, say),
        "estate": lambda: measure_estate(scale, engine, say),
        "hosts": lambda: measure_hosts(scale.hosts, say),
    }
    if unknown := sorted({*chosen} - {*parts}):
        raise SystemExit(f"there is no {', '.join(unknown)}; there are {', '.join(parts)}")
    engine = find_engine()
    results = dict(before or {})
    loads = dict(results.get("load", {}))
    for part, measure_part in parts.items():
        if part in chosen or not chosen:
            load = os.getloadavg()[0]
            results[part] = measure_part()
            loads[part] = [round(load, 1), round(os.getloadavg()[0], 1)]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return {**results, "factor": scale.factor, "machine": machine, "load": loads}


def main() -> None:
    """Run the bench."""
    chosen, committed = sys.argv[1:], ROOT / "benchmarks" / "results.json"
    if chosen == ["pages"]:
        write_pages(json.loads(committed.read_text()), ROOT / "docs")
        return
    quick = os.environ.get("BENCH_QUICK", "") not in ("", "0")
    results = measure(QUICK if quick else FULL, chosen, json.loads(committed.read_text()) if chosen else None)
    print("\n".join(["", *tables(results)]))
    folder = Path(os.environ["BENCH_RESULTS"]) if quick else ROOT / "benchmarks"
    documents = folder if quick else ROOT / "docs"
    (folder / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    write_pages(results, documents)


def write_pages(results: dict[str, Any], folder: Path) -> None:
    """Write the page and its pictures."""
    (folder / "performance.md").write_text(document(results))
    draw(results, folder)


if __name__ == "__main__":
    main()
