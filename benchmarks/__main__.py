"""Measure everything, and write down what came of it.

`python -m benchmarks pages` writes the page and the pictures from the results of the last time.
`BENCH_QUICK=1` measures next to nothing and writes into the folder `BENCH_RESULTS` only: the script works.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
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


def measure(scale: Scale) -> dict[str, Any]:
    """Return all results."""
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True)

    load, engine = [os.getloadavg()[0]], find_engine()
    results: dict[str, Any] = {
        "factor": scale.factor,
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        "limits": measure_limits(scale, say),
        "redaction": measure_redaction(scale, say),
        "waits": measure_lags(scale, say),
        "costs": measure_costs(scale, say),
        "growth": measure_refresh(scale, engine, say),
        "ups": measure_ups(scale, engine, say),
        "rollouts": measure_rollouts(scale, engine, say),
        "estate": measure_estate(scale, engine, say),
        "hosts": measure_hosts(scale.hosts, say),
    }
    return {**results, "load": [*load, os.getloadavg()[0]], "minutes": round((time.monotonic() - began) / 60, 1)}


def main() -> None:
    """Run the bench."""
    if sys.argv[1:] == ["pages"]:
        write_pages(json.loads((ROOT / "benchmarks" / "results.json").read_text()), ROOT / "docs")
        return
    quick = os.environ.get("BENCH_QUICK", "") not in ("", "0")
    results = measure(QUICK if quick else FULL)
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
