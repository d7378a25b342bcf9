"""The stacks of `examples/fleet` and their order: read from its workflow, and from the operator's manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from tests.support.locked_venv import ROOT

__all__ = ["EXAMPLE", "PUBLISHER", "REGIONS", "StackRun", "Step", "manifests", "operator_steps", "workflow_steps"]

EXAMPLE: Final = ROOT / "examples" / "fleet"
PUBLISHER: Final = "publisher"
REGIONS: Final = ("europe", "america", "australia")


@dataclass(frozen=True)
class StackRun:
    """One `pulumi up`: `from_repository` says whether the stack file of the repository is there."""

    name: str
    """Of the stack, or of the operator's resource for it."""
    project: str
    stack: str
    from_repository: bool
    config: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """Stacks that run at the same time, after the jobs or resources that they need."""

    name: str
    needs: frozenset[str]
    runs: tuple[StackRun, ...]


def workflow_steps() -> list[Step]:
    """Return the jobs of the workflow that GitHub runs, each with the stacks of its matrix."""
    jobs = yaml.safe_load((EXAMPLE / ".github" / "workflows" / "fleet.yml").read_text())["jobs"]
    return [Step(name, frozenset(_list(job.get("needs", []))), tuple(_runs(job))) for name, job in jobs.items()]


def _runs(job: Mapping[str, Any]) -> Iterator[StackRun]:
    project, stack = job["with"]["project"], job["with"]["stack"]
    stacks = job["strategy"]["matrix"]["stack"] if stack == "${{ matrix.stack }}" else [stack]
    secrets = secrets_of_program(project)
    yield from (StackRun(each, project, each, from_repository=True, secrets=secrets) for each in stacks)


def secrets_of_program(project: str) -> tuple[str, ...]:
    """Return the secrets that a program asks for; the publisher's is the one of its API client."""
    program = yaml.safe_load((EXAMPLE / project / "Pulumi.yaml").read_text())
    asked = [f"{program['name']}:{name}" for name, each in program["config"].items() if each.get("secret")]
    return tuple(asked or ["commercetools-connect:clientSecret"])


def manifests() -> list[dict[str, Any]]:
    """Return the objects that are applied to the cluster, in their order."""
    return [dict(each) for each in yaml.safe_load_all((EXAMPLE / "operator" / "stacks.yaml").read_text())]


def operator_steps(tag: str) -> list[Step]:
    """Return the waves that the prerequisites of the Stacks make, with `tag` in the place of the committed one."""
    waves: dict[frozenset[str], list[StackRun]] = {}
    for each in manifests():
        if each["kind"] == "Stack":
            needs = frozenset(before["name"] for before in each["spec"].get("prerequisites", []))
            waves.setdefault(needs, []).append(_run(each["metadata"]["name"], each["spec"], tag))
    return [Step(f"after {', '.join(needs)}", needs, tuple(runs)) for needs, runs in waves.items()]


def _run(name: str, spec: Mapping[str, Any], tag: str) -> StackRun:
    _, project, stack = spec["stack"].split("/")
    project = project.removeprefix("fleet-")
    config = {key: tag if key.endswith(":tag") else str(value) for key, value in spec["config"].items()}
    return StackRun(name, project, stack, from_repository=False, config=config, secrets=tuple(spec["secretsRef"]))


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
