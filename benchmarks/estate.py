"""Hundreds of deployments: in one stack, in many stacks, and as many resources through the engine alone.

*The engine alone* is a provider that answers after the same seconds with inputs and outputs of the same size,
some of them secret (`noop.py`). Without checkpoints the engine does not write its state after each step, which
shows what the provider itself takes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from benchmarks.api import REGION
from benchmarks.emulator_process import EmulatorProcess, run_emulator
from benchmarks.measured import Measured
from benchmarks.project_stack import ProjectStack, project_stack
from benchmarks.scale import Scale
from benchmarks.stats import spread
from commercetools_connect.core.values import SECRETS_MARK, SIGNATURE
from commercetools_connect.resources.configuration import POLL_INTERVAL

__all__ = ["measure_estate"]

Form: TypeAlias = Literal["one stack", "engine alone"]
Resources: TypeAlias = Callable[[str, Sequence[str]], Mapping[str, Any]]
"""Returns the resources of a program for a tag and names."""

OLD, NEW = "v1.0.0", "v1.1.0"
FORMS: Final[tuple[Form, ...]] = ("one stack", "engine alone")
VALUE: Final = "anything"


@dataclass
class Estate:
    """A program in its stack: how many resources it has, and how to write them for a tag."""

    stack: ProjectStack
    names: Sequence[str]
    resources: Resources
    kilobytes: float = 0.0
    """Of one resource in the state, before the stack is destroyed."""

    def write(self, tag: str) -> None:
        """Write the program with this tag."""
        self.stack.write_resources(self.resources(tag, self.names))


def measure_estate(scale: Scale, engine: Path, say: Any) -> list[dict[str, Any]]:
    """Return a row for one stack and the engine alone, with and without checkpoints, and one for many stacks."""
    size, parts = scale.estate
    rows = []
    for checkpoints in (True, False):
        with ExitStack() as entered:
            both = {form: entered.enter_context(_measured(scale, engine, form, checkpoints)) for form in FORMS}
            for step, tag, command in _steps(scale):
                for measured, estate in both.values():
                    _prepare(measured.emulator, estate, step, tag)
                    measured.run(step, *command, "--yes", "--skip-preview", f"--parallel={size + 8}")
        for form, (measured, estate) in both.items():
            figures = {"kilobytes": round(estate.kilobytes, 1), **_figures(measured)}
            rows.append({"form": form, "deployments": size, "checkpoints": checkpoints, **figures})
            say(f"estate: {size} deployments, {form}, checkpoints: {checkpoints}: {_medians(rows[-1])}")
    rows.append(_many_stacks(scale, engine, size, parts))
    say(f"estate: {size} deployments, {rows[-1]['form']}: {_medians(rows[-1])}")
    return rows


def _steps(scale: Scale) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "create", OLD, ("up",)
    for _ in range(scale.repeats):
        yield "no change", OLD, ("up",)
    yield "new tag", NEW, ("up",)
    yield "destroy", NEW, ("destroy",)


def _prepare(emulator: EmulatorProcess | None, estate: Estate, step: str, tag: str) -> None:
    if emulator and step == "new tag":
        emulator.publish_again(estate.stack.connector_id, tag)
    if step == "destroy":
        estate.kilobytes = len(estate.stack.export()) / len(estate.names) / 1000
    estate.write(tag)


@contextmanager
def _measured(scale: Scale, engine: Path, form: Form, checkpoints: bool) -> Iterator[tuple[Measured, Estate]]:
    names = [f"d-{number}" for number in range(scale.estate[0])]
    with _emulator(scale) as (emulator, connector_id):
        poll = POLL_INTERVAL / scale.factor
        if form == "one stack":
            with project_stack(engine, "plugin", emulator, connector_id, poll) as stack:
                stack.environ = _skipping(checkpoints)
                yield Measured(stack, emulator), Estate(stack, names, _deployments(connector_id))
            return
        with project_stack(engine, "plugin", emulator, connector_id, poll) as model:
            answer = _answer(model, connector_id, scale.up_run / scale.factor)
        with project_stack(engine, "noop", None, connector_id, poll) as stack:
            path = stack.folder / "answer.json"
            path.write_text(json.dumps(answer))
            stack.environ = {**_skipping(checkpoints), "BENCH_ANSWER": str(path)}
            yield Measured(stack, None), Estate(stack, names, _things(connector_id))


@contextmanager
def _emulator(scale: Scale) -> Iterator[tuple[EmulatorProcess, str]]:
    run = scale.up_run / scale.factor
    with run_emulator() as emulator:
        connector_id = emulator.publish()
        emulator.admin.settings(delays={"queued": run / 4, "deploying": run * 3 / 4})
        yield emulator, connector_id


def _skipping(checkpoints: bool) -> Mapping[str, str]:
    # the engine skips checkpoints only where experimental features are switched on
    return {} if checkpoints else {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


def _answer(model: ProjectStack, connector_id: str, seconds: float) -> Mapping[str, Any]:
    """Return what a provider answers that gives outputs like those of a real Deployment."""
    Estate(model, ["d-0"], _deployments(connector_id)).write(OLD)
    model.up(1)
    *_, made = json.loads(model.export())["deployment"]["resources"]
    secret = {SIGNATURE: SECRETS_MARK, "value": VALUE}
    plain = json.loads(json.dumps(made["outputs"]), object_hook=lambda each: secret if SIGNATURE in each else each)
    return {"seconds": seconds, "outputs": plain}


def _deployments(connector_id: str) -> Resources:
    return lambda tag, names: {
        name: {"type": "commercetools-connect:Deployment", "properties": _inputs(connector_id, tag, VALUE)}
        for name in names
    }


def _things(connector_id: str) -> Resources:
    value = {"fn::secret": VALUE}
    return lambda tag, names: {
        name: {"type": "noop:Thing", "properties": {"value": _inputs(connector_id, tag, value)}} for name in names
    }


def _inputs(connector_id: str, tag: str, secret: object) -> Mapping[str, Any]:
    values = {"standardConfiguration": {"SHOP_NAME": "Acme"}, "securedConfiguration": {"API_TOKEN": secret}}
    return {
        "region": REGION,
        "connector": {"id": connector_id},
        "connectorTag": tag,
        "configurations": {"service": values},
    }


def _many_stacks(scale: Scale, engine: Path, size: int, parts: int) -> dict[str, Any]:
    """Divide the deployments among stacks, and run as many commands at a time as there are cores."""
    each = size // parts
    seconds: dict[str, list[float]] = {}
    with _emulator(scale) as (emulator, connector_id), ExitStack() as entered:
        poll = POLL_INTERVAL / scale.factor
        estates = [
            Estate(
                entered.enter_context(project_stack(engine, "plugin", emulator, connector_id, poll)),
                [f"d-{part}-{number}" for number in range(each)],
                _deployments(connector_id),
            )
            for part in range(parts)
        ]
        workers = entered.enter_context(ThreadPoolExecutor(os.cpu_count()))
        for step, tag, command in _steps(scale):
            if step == "new tag":
                emulator.publish_again(connector_id, tag)
            for estate in estates:
                estate.write(tag)
            began = time.perf_counter()
            arguments = (*command, "--yes", "--skip-preview", f"--parallel={each + 8}")
            list(workers.map(lambda estate, arguments=arguments: estate.stack.run(*arguments), estates))
            seconds.setdefault(step, []).append(time.perf_counter() - began)
    return {
        "form": f"{parts} stacks of {each}",
        "deployments": each * parts,
        "checkpoints": True,
        "at_once": os.cpu_count(),
        "seconds": {step: spread(values, 2) for step, values in seconds.items()},
    }


def _figures(measured: Measured) -> dict[str, Any]:
    return {
        "seconds": {step: spread(values, 2) for step, values in measured.seconds.items()},
        "cpu_seconds": {step: spread(values, 2) for step, values in measured.cpu.items()},
        "calls": {step: max(values) for step, values in measured.calls.items()},
        "mebibytes": round(measured.mebibytes),
    }


def _medians(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{step} {found['median']} s" for step, found in row["seconds"].items())
