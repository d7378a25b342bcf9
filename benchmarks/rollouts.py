"""A Rollout over many projects beside as many plain Deployments, through the plugin, step by step in turns.

Each project of the rollout has an API client of its own, as estates have; the plain Deployments share one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.api import PROJECT, REGION
from benchmarks.emulator_process import run_emulator
from benchmarks.measured import Measured
from benchmarks.project_stack import project_stack
from benchmarks.scale import Scale
from benchmarks.stats import spread
from commercetools_connect.resources.configuration import POLL_INTERVAL

__all__ = ["measure_rollouts"]

FORMS: Final = ("rollout", "plain")
VALUES: Final = {
    "service": {"standardConfiguration": {"SHOP_NAME": "Acme"}, "securedConfiguration": {"API_TOKEN": "anything"}}
}


def measure_rollouts(scale: Scale, engine: Path, say: Any) -> list[dict[str, Any]]:
    """Return a row for each form and number of projects."""
    rows = []
    for size in scale.rollouts:
        with ExitStack() as stack:
            both = {form: stack.enter_context(_prepared(scale, engine, form, size)) for form in FORMS}
            parallel = f"--parallel={size + 8}"
            for step, arguments in _steps(scale):
                for each in both.values():
                    each.run(step, *arguments, "--yes", "--skip-preview", parallel)
        rows += [_row(form, size, each) for form, each in both.items()]
        say(f"rollouts: {size} projects: {[row['seconds']['no change']['median'] for row in rows[-2:]]} s")
    return rows


def _steps(scale: Scale) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "create", ("up",)
    for _ in range(scale.repeats):
        yield "no change", ("up",)
    for _ in range(scale.repeats):
        yield "refresh", ("refresh",)
    yield "destroy", ("destroy",)


@contextmanager
def _prepared(scale: Scale, engine: Path, form: str, size: int) -> Iterator[Measured]:
    projects = [f"shop-{number:03}" for number in range(size)]
    with run_emulator() as emulator:
        connector_id = emulator.publish((PROJECT, *projects))
        run = scale.up_run / scale.factor
        emulator.admin.settings(delays={"queued": run / 4, "deploying": run * 3 / 4})
        emulator.admin.clients([_client("demo", *projects), *(_client(each, each) for each in projects)])
        poll = POLL_INTERVAL / scale.factor
        with project_stack(engine, "plugin", emulator, connector_id, poll) as stack:
            make = _rollout if form == "rollout" else _plain
            stack.write_resources(make(emulator.url, connector_id, projects))
            yield Measured(stack, emulator)


def _client(name: str, *projects: str) -> Any:
    return {**_credentials(name), "scopes": [f"manage_project:{each}" for each in projects]}


def _credentials(name: str) -> Mapping[str, str]:
    return {"clientId": f"{name}-client", "clientSecret": f"{name}-secret"}


def _rollout(url: str, connector_id: str, projects: list[str]) -> Mapping[str, Any]:
    targets = [
        {
            "name": each,
            "region": REGION,
            "connection": {"connectUrl": url, "projectKey": each, **_credentials(each)},
        }
        for each in projects
    ]
    inputs = {"connector": {"id": connector_id}, "connectorTag": "v1.0.0", "configurations": VALUES}
    return {"all": {"type": "commercetools-connect:Rollout", "properties": {**inputs, "targets": targets}}}


def _plain(_url: str, connector_id: str, projects: list[str]) -> Mapping[str, Any]:
    inputs = {"connector": {"id": connector_id}, "connectorTag": "v1.0.0", "configurations": VALUES}
    return {
        each: {
            "type": "commercetools-connect:Deployment",
            "properties": {**inputs, "projectKey": each, "region": REGION},
        }
        for each in projects
    }


def _row(form: str, size: int, measured: Measured) -> dict[str, Any]:
    return {
        "form": form,
        "projects": size,
        "seconds": {step: spread(values, 2) for step, values in measured.seconds.items()},
        "cpu_seconds": {step: spread(values, 2) for step, values in measured.cpu.items()},
        "calls": {step: max(values) for step, values in measured.calls.items()},
        "processes": measured.processes,
        "mebibytes": round(measured.mebibytes),
    }
