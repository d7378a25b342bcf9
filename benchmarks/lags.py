"""How late each contender notices, with how many calls, and how often wrongly: exactly, on virtual time.

The contenders are the same functions as in `costs`, at their real intervals; the emulator runs in the same event
loop, whose time jumps to the next timer. So nothing of this machine is in the numbers, and every run gives the
same ones.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

import httpx

from benchmarks.api import PROJECT, deployment_draft
from benchmarks.contenders import CONTENDERS, Job
from benchmarks.emulator_process import COUNTS, REPOSITORY, Unreliable, connector_draft
from benchmarks.scale import Scale
from benchmarks.stats import FAILING, GOLDEN, percentile, spread
from commercetools_connect.emulator.app import create_app
from tests.support.virtual import run_virtually

__all__ = ["measure_lags"]

URL: Final = "http://127.0.0.1:1"
LATENCY: Final = 0.05
QUEUED: Final = 10.0
NAMES: Final = ("ours", "naive script", "official CLI", "undeploy, deploy")


@dataclass(frozen=True)
class Truth:
    """Of one deployment: when its run ends, in seconds after the start, and whether it succeeds."""

    ends: float
    succeeds: bool


class World(httpx.AsyncBaseTransport):
    """An emulator in this event loop; its clock follows the loop's with each call."""

    def __init__(self, error_rate: float, seed: int) -> None:
        self._app = httpx.ASGITransport(Unreliable(create_app(), error_rate, seed))
        self._synced = asyncio.get_running_loop().time()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let the emulator's time pass, then serve the call."""
        now = asyncio.get_running_loop().time()
        passed, self._synced = now - self._synced, now
        if passed > 0:
            await self.admin("POST", "clock", {"advance": passed})
        return await self._app.handle_async_request(request)

    async def admin(self, method: str, path: str, body: object = None) -> Any:
        """Make a control call."""
        url = URL + (path if path.startswith("/") else f"/__admin/{path}")
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = httpx.Request(method, url, content=content, headers=headers)
        response = await self._app.handle_async_request(request)
        found = json.loads(await response.aread() or b"null")
        if response.is_error:
            raise RuntimeError(f"{method} {path}: {found}")
        return found


def measure_lags(scale: Scale, say: Any) -> list[dict[str, Any]]:
    """Return one row for each contender, size and error rate."""
    cases = [(name, size, 0.0) for size in scale.sizes for name in NAMES]
    cases += [("ours", size, 0.0) for size in scale.largest]
    cases += [(name, scale.error_size, rate) for rate in scale.error_rates for name in NAMES]
    rows = []
    for name, size, rate in cases:
        repeats = max(scale.repeats, scale.waits // size)
        runs = [run_virtually(_one(scale, name, size, rate, seed)) for seed in range(repeats)]
        rows.append(_row(name, size, rate, runs))
        say(f"lags: {name}, {size} deployments, {rate:.0%} errors: {rows[-1]['lag_mean']}")
    return rows


async def _one(scale: Scale, name: str, size: int, rate: float, seed: int) -> dict[str, Any]:
    world = World(rate, seed)
    running = name != "undeploy, deploy"
    loop = asyncio.get_running_loop()
    job = Job(URL, 1, {}, "", {}, now=loop.time, transport=world)
    truth = await _prepare(scale, world, job, size, seed, running=running)
    await world.admin("PUT", "settings", {"latency": LATENCY})
    await world.admin("GET", COUNTS)
    began = loop.time()
    await CONTENDERS[name](job)
    calls = await world.admin("GET", COUNTS)
    if not running:
        truth = await _ends_of(world, job, loop.time())
    return _figures(job, truth, began, calls)


async def _prepare(
    scale: Scale, world: World, job: Job, size: int, seed: int, *, running: bool
) -> Mapping[str, Truth]:
    """Make the deployments, each with a run of its own length that begins now."""
    await world.admin("PUT", "settings", {"clock": "manual"})
    truth, waits, keys = {}, {}, {}
    async with job.client() as client:
        job.connector_id = await _publish(world, client)
        for number in range(size):
            share = (seed * size + number) * GOLDEN % 1
            key, length = f"bench-{number}", scale.shortest_run + share * (scale.longest_run - scale.shortest_run)
            delays = {"queued": QUEUED, "deploying": length, "undeploying": length / 2}
            await world.admin("PUT", "settings", {"delays": delays})
            succeeds = not running or number % FAILING != FAILING - 1
            if not succeeds:
                outcome = {"lifecycle": "deploy", "key": key, "outcome": "failure", "times": 1}
                await world.admin("POST", "outcomes", outcome)
            body = deployment_draft(job.connector_id, key)
            made = (await client.post(f"/{PROJECT}/deployments", json=body)).raise_for_status().json()
            waits[made["id"]], keys[made["id"]] = made["version"], key
            truth[made["id"]] = Truth(asyncio.get_running_loop().time() + QUEUED + length, succeeds)
    if not running:
        await asyncio.sleep(QUEUED + scale.longest_run + 1)
    job.waits, job.keys = waits, keys
    return truth


async def _publish(world: World, client: httpx.AsyncClient) -> str:
    made = (await client.post("/connectors/drafts", json=connector_draft(REPOSITORY))).raise_for_status().json()
    body = {"version": made["version"], "actions": [{"action": "publish", "certification": False}]}
    (await client.post(f"/connectors/drafts/{made['id']}", json=body)).raise_for_status()
    await world.admin("POST", "clock", {"advance": 60})
    return str(made["id"])


async def _ends_of(world: World, job: Job, now: float) -> Mapping[str, Truth]:
    """Return when each deployment that was made again became live, by the id of the one before it."""
    await world.admin("POST", "clock", {"advance": 0})
    dump = await world.admin("GET", "dump")
    offset = now - float(dump["clock"]["now"])
    ends = {each["key"]: float(each["modifiedAt"]) + offset for each in dump["deployments"]}
    return {name: Truth(ends[key], succeeds=True) for name, key in job.keys.items() if key in ends}


def _figures(job: Job, truth: Mapping[str, Truth], began: float, calls: Mapping[str, int]) -> dict[str, Any]:
    lags, wrong, outages = [], 0, []
    for object_id, (at, verdict) in job.ended.items():
        real = truth.get(object_id)
        lag = None if real is None else at - real.ends
        if real is None or lag is None or lag < 0 or verdict != ("success" if real.succeeds else "failure"):
            wrong += 1
            continue
        lags.append(lag)
        if object_id in job.deleted:
            outages.append(real.ends - job.deleted[object_id])
    took = max((at for at, _ in job.ended.values()), default=began) - began
    return {
        "lags": lags,
        "wrong": wrong / len(job.waits),
        "calls": dict(calls),
        "per_second": sum(calls.values()) / took if took else 0.0,
        "outages": outages,
    }


def _pooled(lags: Sequence[float]) -> Mapping[str, float] | None:
    """Return the figures of all waits of all runs together."""
    if not lags:
        return None
    figures = {"mean": fmean(lags), "p95": percentile(lags, 0.95), "max": max(lags)}
    return {**{name: round(value, 2) for name, value in figures.items()}, "waits": len(lags)}


def _row(name: str, size: int, rate: float, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    kinds = sorted({kind for run in runs for kind in run["calls"]})
    good = [run["lags"] for run in runs if run["lags"]]
    outages = [outage for run in runs for outage in run["outages"]]
    return {
        "contender": name,
        "deployments": size,
        "error_rate": rate,
        "runs": len(runs),
        "lag_mean": spread([fmean(lags) for lags in good], 2) if good else None,
        "lag_pooled": _pooled([lag for lags in good for lag in lags]),
        "lag_p95": spread([percentile(lags, 0.95) for lags in good], 2) if good else None,
        "lag_max": spread([max(lags) for lags in good], 2) if good else None,
        "wrong_share": spread([run["wrong"] for run in runs]),
        "calls": {kind: spread([run["calls"].get(kind, 0) for run in runs], 1) for kind in kinds},
        "calls_per_second": spread([run["per_second"] for run in runs]),
        "outage_mean": round(fmean(outages), 1) if outages else None,
    }
