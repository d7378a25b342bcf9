"""Waiting alone: deployments whose runs end one after another, and every contender waiting for the same ones."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any, Final

from benchmarks.api import PROJECT, deployment_draft
from benchmarks.box import Box, boxed
from benchmarks.scale import Scale
from benchmarks.stats import percentile, spread

__all__ = ["measure_waits"]

QUEUED: Final = 10.0
FAILING: Final = 10
"""One of so many runs fails."""
LIMIT: Final = 300


@dataclass(frozen=True)
class Truth:
    """Of one deployment: when its run ends, in seconds after the start, and whether it succeeds."""

    ends: float
    succeeds: bool


@dataclass
class Stage:
    """Deployments that are about to run, and the contender that will wait for them."""

    box: Box
    connector_id: str
    waits: dict[str, int]
    keys: dict[str, str]
    truth: dict[str, Truth]


def measure_waits(scale: Scale, say: Any) -> list[dict[str, Any]]:
    """Return one row for each contender, size and error rate."""
    cases = [(name, size, 0.0) for size in scale.sizes for name in ("ours", "naive script", "official CLI")]
    cases += [("undeploy, deploy", size, 0.0) for size in scale.sizes[:3]]
    cases += [("ours", scale.largest, 0.0)]
    rates = [rate for rate in scale.error_rates if rate]
    names = ("ours", "naive script", "official CLI", "undeploy, deploy")
    cases += [(name, scale.error_size, rate) for rate in rates for name in names]
    rows = []
    for name, size, rate in cases:
        repeats = scale.repeats if size <= scale.error_size else min(3, scale.repeats)
        runs = _repeat(scale, name, size, rate, repeats)
        row = _row(name, size, rate, runs)
        rows.append(row)
        say(f"waits: {name}, {size} deployments, {rate:.0%} errors: {row['calls_per_second']['median']} calls/s")
    return rows


def _repeat(scale: Scale, name: str, size: int, rate: float, repeats: int) -> list[dict[str, Any]]:
    """Repeat it; where a run uses next to nothing of the machine, its repetitions run side by side."""
    with ThreadPoolExecutor(repeats if size <= scale.error_size else 1) as pool:
        return list(pool.map(lambda seed: _one(scale, name, size, rate, seed), range(repeats)))


def _one(scale: Scale, name: str, size: int, rate: float, seed: int) -> dict[str, Any]:
    with boxed(rate) as box:
        recreates = name == "undeploy, deploy"
        stage = _prepare(scale, box, size, seed, running=not recreates)
        job = {
            "url": box.url,
            "factor": scale.factor,
            "waits": stage.waits,
            "connector_id": stage.connector_id,
            "keys": stage.keys,
        }
        command = [sys.executable, "-m", "benchmarks.contenders", name]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdin is not None and process.stdout is not None  # noqa: PT018 - for the type checker
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            process.stdout.readline()
            box.calls()
            emulator = box.cpu()
            box.admin.settings(clock="real")
            began = time.time()
            said, _ = process.communicate("go\n", timeout=LIMIT)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        result = json.loads(said)
        emulated = box.cpu() - emulator
        truth = _ends_of(box, stage, began) if recreates else stage.truth
        return _figures(scale, result, truth, began, box.calls()) | {"emulator_cpu": emulated}


def _prepare(scale: Scale, box: Box, size: int, seed: int, *, running: bool) -> Stage:
    """Make the deployments while the clock stands, each with a run of its own length."""
    chance = random.Random(seed * 1000 + size)  # noqa: S311 - repeatable, not secret
    connector_id = box.publish()
    box.admin.settings(clock="manual")
    stage = Stage(box, connector_id, {}, {}, {})
    with box.client() as client:
        for number in range(size):
            length = chance.uniform(scale.shortest_run, scale.longest_run) / scale.factor
            box.admin.settings(delays={"queued": QUEUED / scale.factor, "deploying": length})
            key = f"bench-{number}"
            succeeds = not running or number % FAILING != FAILING - 1
            if not succeeds:
                box.admin.outcome("deploy", key, "failure")
            body = deployment_draft(connector_id, key)
            made = client.post(f"/{PROJECT}/deployments", json=body).raise_for_status().json()
            stage.waits[made["id"]], stage.keys[made["id"]] = made["version"], key
            stage.truth[made["id"]] = Truth(QUEUED / scale.factor + length, succeeds)
    if not running:
        box.admin.advance(scale.longest_run)
        run = (scale.shortest_run + scale.longest_run) / 2 / scale.factor
        box.admin.settings(delays={"queued": QUEUED / scale.factor, "deploying": run, "undeploying": run / 2})
    return stage


def _ends_of(box: Box, stage: Stage, began: float) -> dict[str, Truth]:
    """Return when each deployment that was made anew became live, by the id of the one before it."""
    states: Any = box.admin.dump()["deployments"]
    offset = time.time() - _now(box)
    ends = {each["key"]: float(each["modifiedAt"]) + offset - began for each in states}
    return {name: Truth(ends[key], succeeds=True) for name, key in stage.keys.items() if key in ends}


def _now(box: Box) -> float:
    box.admin.clear_journal()
    with box.client():
        entry = box.admin.journal()[-1]
    return datetime.fromisoformat(entry["time"].replace("Z", "+00:00")).timestamp()


def _figures(
    scale: Scale,
    result: Mapping[str, Any],
    truth: Mapping[str, Truth],
    began: float,
    calls: Mapping[str, int],
) -> dict[str, Any]:
    lags, wrong, outages = [], 0, []
    ended: Mapping[str, Sequence[Any]] = result["ended"]
    for object_id, (at, verdict) in ended.items():
        real = truth.get(object_id)
        lag = None if real is None else (at - began - real.ends) * scale.factor
        right = real is not None and verdict == ("success" if real.succeeds else "failure") and (lag or 0) >= 0
        if right and lag is not None:
            lags.append(lag)
        else:
            wrong += 1
        if real is not None and object_id in result["deleted"]:
            outages.append((real.ends - (result["deleted"][object_id] - began)) * scale.factor)
    took = (max((at for at, _ in ended.values()), default=began) - began) * scale.factor
    return {
        "lags": lags,
        "wrong": wrong / len(ended),
        "seconds": took,
        "calls": dict(calls),
        "calls_per_second": sum(calls.values()) / took if took > 0 else 0.0,
        "cpu": result["cpu"],
        "peak_mib": result["peak_mib"],
        "outages": outages,
    }


def _row(name: str, size: int, rate: float, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    kinds = sorted({kind for run in runs for kind in run["calls"]})
    good = [run["lags"] for run in runs if run["lags"]]
    outages = [outage for run in runs for outage in run["outages"]]
    cores = [run["cpu"] / run["seconds"] * 100 for run in runs]
    return {
        "contender": name,
        "deployments": size,
        "error_rate": rate,
        "runs": len(runs),
        "lag_mean": spread([fmean(lags) for lags in good], 2) if good else None,
        "lag_p95": spread([percentile(lags, 0.95) for lags in good], 2) if good else None,
        "lag_max": spread([max(lags) for lags in good], 2) if good else None,
        "wrong_share": spread([run["wrong"] for run in runs]),
        "calls": {kind: spread([run["calls"].get(kind, 0) for run in runs], 1) for kind in kinds},
        "calls_per_second": spread([run["calls_per_second"] for run in runs]),
        "cpu_seconds": spread([run["cpu"] for run in runs]),
        "percent_of_a_core": spread(cores, 2),
        "peak_mib": spread([run["peak_mib"] for run in runs], 1),
        "emulator_cpu_seconds": spread([run["emulator_cpu"] for run in runs]),
        "outage_mean": round(fmean(outages), 1) if outages else None,
    }
