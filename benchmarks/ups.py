"""Real runs of the engine: `up` through both frontends, no changes, a preview, a refresh; and the engine alone."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.api import PROJECT, deployment_draft
from benchmarks.emulator_process import EmulatorProcess, run_emulator
from benchmarks.project_stack import ProjectStack, Ran, project_stack
from benchmarks.scale import Scale
from benchmarks.stats import exponent, spread
from commercetools_connect.resources.configuration import POLL_INTERVAL

__all__ = ["measure_refresh", "measure_ups"]

PARALLEL: Final = 50
LATENCY: Final = 0.05
FEW: Final = 10


def measure_ups(scale: Scale, engine: Path, say: Any) -> list[dict[str, Any]]:
    """Return a row for each frontend, size and `--parallel`: time, calls, and the same by the engine alone."""
    rows = []
    for size in scale.ups:
        # a few resources are the same at any number
        for parallel in scale.parallel if size > FEW else scale.parallel[:1]:
            alone = _repeat(scale, functools.partial(_engine_alone, engine, size, parallel))
            for frontend in scale.frontends:
                runs = _repeat(scale, functools.partial(_up, scale, engine, frontend, size, parallel))
                rows.append(_up_row(scale, frontend, size, parallel, runs, alone))
                say(
                    f"up: {frontend}, {size} deployments, --parallel {parallel}: {rows[-1]['seconds']['median']} s"
                )
    return rows


def _repeat(scale: Scale, act: Callable[[], Any]) -> list[Any]:
    return [act() for _ in range(scale.repeats)]


def _engine_alone(engine: Path, size: int, parallel: int) -> Ran:
    with project_stack(engine, "noop", None, "", 1) as stack:
        stack.write(size)
        return stack.up(parallel)


def _up(scale: Scale, engine: Path, frontend: str, size: int, parallel: int) -> dict[str, Any]:
    """Create so many deployments, then do it again without changes."""
    with run_emulator() as emulator:
        connector_id = emulator.publish()
        run = scale.up_run / scale.factor
        emulator.admin.settings(delays={"queued": run / 4, "deploying": run * 3 / 4})
        with project_stack(engine, frontend, emulator, connector_id, POLL_INTERVAL / scale.factor) as stack:
            stack.write(size)
            emulator.calls()
            cpu_before = emulator.cpu()
            created = stack.up(parallel)
            calls, emulated = emulator.calls(), emulator.cpu() - cpu_before
            again = stack.up(parallel)
            return {
                "created": created,
                "again": again,
                "calls": calls,
                "again_calls": emulator.calls(),
                "emulator": emulated,
            }


def _up_row(
    scale: Scale, frontend: str, size: int, parallel: int, runs: Sequence[dict[str, Any]], alone: Sequence[Ran]
) -> dict[str, Any]:
    kinds = sorted({kind for run in runs for kind in run["calls"]})
    return {
        "frontend": frontend,
        "deployments": size,
        "parallel": parallel,
        "runs": len(runs),
        "seconds": spread([run["created"].seconds for run in runs], 2),
        "engine_alone_seconds": spread([run.seconds for run in alone], 2),
        "run_seconds": scale.up_run / scale.factor,
        "cpu_seconds": spread([run["created"].cpu for run in runs], 2),
        "emulator_cpu_seconds": spread([run["emulator"] for run in runs], 2),
        "calls": {kind: spread([run["calls"].get(kind, 0) for run in runs], 1) for kind in kinds},
        "no_op_seconds": spread([run["again"].seconds for run in runs], 2),
        "no_op_calls": max(sum(run["again_calls"].values()) for run in runs),
    }


def measure_refresh(scale: Scale, engine: Path, say: Any) -> dict[str, Any]:
    """Return time and calls of preview, `up` without changes and refresh, for growing numbers, 50 ms away."""
    rows = []
    for size in scale.growth:
        repeats = scale.repeats
        with run_emulator() as emulator:
            ids = _deploy(emulator, connector_id := emulator.publish(), size)
            with project_stack(engine, "plugin", emulator, connector_id, POLL_INTERVAL / scale.factor) as stack:
                stack.write(size)
                previews = [stack.run("preview") for _ in range(repeats)]
                model = _first(stack, emulator, size, ids)
                emulator.admin.settings(latency=LATENCY)
                alone = _refresh_alone(engine, model, size, repeats)
                rows.append(_growth_row(stack, emulator, size, repeats, previews, alone))
        say(f"refresh: {size} deployments: {rows[-1]['refresh_seconds']['median']} s")
    sizes = [row for row in rows if row["deployments"] >= min(10, scale.growth[-1])]
    names = ("preview_seconds", "no_op_seconds", "refresh_seconds")
    fits = {
        name: exponent({row["deployments"]: row[name]["median"] for row in sizes})
        for name in names
        if len(sizes) > 1
    }
    return {"latency_seconds": LATENCY, "alone": "states like ours", "rows": rows, "exponents": fits}


def _deploy(emulator: EmulatorProcess, connector_id: str, size: int) -> list[str]:
    """Make live deployments as another tool would."""
    with emulator.client() as client:
        made = [
            client.post(f"/{PROJECT}/deployments", json=deployment_draft(connector_id, f"bench-{number}"))
            for number in range(size)
        ]
    emulator.admin.advance(60)
    return [str(each.raise_for_status().json()["id"]) for each in made]


def _first(stack: ProjectStack, emulator: EmulatorProcess, size: int, ids: Sequence[str]) -> Mapping[str, Any]:
    """Make a state of so many from one real `up`, and return what it says of that one."""
    stack.write(1)
    stack.up(PARALLEL)
    stack.ids = ids
    model = stack.multiply(size)
    stack.write(size)
    emulator.calls()
    return model


def _refresh_alone(engine: Path, model: Mapping[str, Any], size: int, repeats: int) -> list[Ran]:
    """Refresh so many resources with states like ours, of a provider that does nothing."""
    with project_stack(engine, "noop", None, "", 1) as stack:
        stack.write(1)
        stack.up(PARALLEL)
        stack.multiply_as(model, size)
        return [stack.refresh(PARALLEL) for _ in range(repeats)]


def _growth_row(
    stack: ProjectStack,
    emulator: EmulatorProcess,
    size: int,
    repeats: int,
    previews: Sequence[Ran],
    alone: Sequence[Ran],
) -> dict[str, Any]:
    refreshes, refresh_calls = [], []
    for _ in range(repeats):
        emulator.calls()
        refreshes.append(stack.refresh(PARALLEL))
        refresh_calls.append(emulator.calls())
    no_ops = [stack.up(PARALLEL) for _ in range(repeats)]
    calls = emulator.calls()
    return {
        "deployments": size,
        "runs": repeats,
        "preview_seconds": spread([each.seconds for each in previews], 2),
        "no_op_seconds": spread([each.seconds for each in no_ops], 2),
        "no_op_calls": sum(calls.values()),
        "refresh_seconds": spread([each.seconds for each in refreshes], 2),
        "engine_refresh_seconds": spread([each.seconds for each in alone], 2),
        "refresh_list_calls": max(each.get("list", 0) for each in refresh_calls),
        "refresh_calls": max(sum(each.values()) for each in refresh_calls),
    }
