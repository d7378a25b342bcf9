"""What waiting takes of a machine: CPU and memory of a process of its own, on real time divided by the factor."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.api import PROJECT, deployment_draft
from benchmarks.emulator_process import EmulatorProcess, run_emulator
from benchmarks.scale import Scale
from benchmarks.stats import spread

__all__ = ["measure_costs"]

QUEUED: Final = 10.0
LIMIT: Final = 300
NAMES: Final = ("ours", "naive script", "official CLI")


def measure_costs(scale: Scale, say: Any) -> list[dict[str, Any]]:
    """Return one row for each contender and size."""
    rows = []
    for name, size in [(name, size) for size in scale.cost_sizes for name in NAMES]:
        runs = [_one(scale, name, size, seed) for seed in range(scale.repeats)]
        rows.append(_row(name, size, runs))
        say(f"costs: {name}, {size} deployments: {rows[-1]['percent_of_a_core']['median']} % of a core")
    return rows


def _one(scale: Scale, name: str, size: int, seed: int) -> dict[str, float]:
    with run_emulator() as emulator:
        job = _prepare(scale, emulator, size, seed)
        command = [sys.executable, "-m", "benchmarks.contenders", name]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdin is not None  # for the type checker
            assert process.stdout is not None
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            process.stdout.readline()
            cpu_before = emulator.cpu()
            emulator.admin.settings(clock="real")
            began = time.monotonic()
            said, _ = process.communicate("go\n", timeout=LIMIT)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        seconds = (time.monotonic() - began) * scale.factor
        result = json.loads(said)
        return {
            "seconds": seconds,
            "cpu": result["cpu"],
            "peak_mib": result["peak_mib"],
            "emulator_cpu": emulator.cpu() - cpu_before,
        }


def _prepare(scale: Scale, emulator: EmulatorProcess, size: int, seed: int) -> dict[str, Any]:
    """Make the deployments while the clock stands, each with a run of its own length."""
    chance = random.Random(seed * 1000 + size)  # noqa: S311 - repeatable, not secret
    connector_id = emulator.publish()
    emulator.admin.settings(clock="manual")
    waits, keys = {}, {}
    with emulator.client() as client:
        for number in range(size):
            length = chance.uniform(scale.shortest_run, scale.longest_run) / scale.factor
            emulator.admin.settings(delays={"queued": QUEUED / scale.factor, "deploying": length})
            key = f"bench-{number}"
            body = deployment_draft(connector_id, key)
            made = client.post(f"/{PROJECT}/deployments", json=body).raise_for_status().json()
            waits[made["id"]], keys[made["id"]] = made["version"], key
    return {
        "url": emulator.url,
        "factor": scale.factor,
        "waits": waits,
        "connector_id": connector_id,
        "keys": keys,
    }


def _row(name: str, size: int, runs: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    return {
        "contender": name,
        "deployments": size,
        "runs": len(runs),
        "cpu_seconds": spread([run["cpu"] for run in runs]),
        "percent_of_a_core": spread([run["cpu"] / run["seconds"] * 100 for run in runs], 2),
        "peak_mib": spread([run["peak_mib"] for run in runs], 1),
        "emulator_cpu_seconds": spread([run["emulator_cpu"] for run in runs]),
    }
