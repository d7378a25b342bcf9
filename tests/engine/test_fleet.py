"""The fleet of `examples/fleet`: one stack publishes, regions follow in waves, in parallel, on a real engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.engine.fleet import SHOPS, Fleet, running_fleet
from tests.support.fleet import EXAMPLE, operator_steps, workflow_steps
from tests.support.github_runner import Job

pytestmark = [pytest.mark.team, pytest.mark.timeout(900)]

HEALTH = {"type": "Error", "title": "Health check failed", "application": "service"}


@pytest.fixture
def fleet(engine_root: Path, tmp_path: Path) -> Iterator[Fleet]:
    with running_fleet(tmp_path, engine_root) as fleet:
        yield fleet


def fail_once(fleet: Fleet, shop: str) -> None:
    """Let the next deploy run of a shop fail."""
    fleet.emulator.admin.outcome("deploy", "*", "failure", project=shop, report=[HEALTH])


def run_job(fleet: Fleet, project: str, stack: str) -> Job:
    """Run the script of the job for one stack, in the folder of its last run; the plugin is installed already."""
    (declared,) = yaml.safe_load((EXAMPLE / ".github" / "workflows" / "stack.yml").read_text())["jobs"].values()
    temp = fleet.folder / "runner"
    temp.mkdir()
    values = {"inputs.project": project, "inputs.stack": stack, "secrets.PULUMI_ACCESS_TOKEN": ""}
    job = Job(temp, fleet.places[stack].parent, dict(os.environ), values)
    job.run(next(step for step in declared["steps"] if step.get("name") == "Up"))
    fleet.said.append(job.printed)
    return job


def test_the_jobs_of_the_workflow_take_a_tag_through_the_waves(fleet: Fleet) -> None:
    """A first rollout, one that a failing region stops, the repeated run, and one that has nothing to do."""
    steps = workflow_steps()
    first = fleet.roll_out(steps, tag="v1.0.0")

    assert list(first) == ["production", "europe", "america", "australia"]
    assert None not in first.values(), fleet.said
    assert fleet.tags() == dict.fromkeys(SHOPS, ("v1.0.0", "Deployed"))
    assert fleet.overlapped("america", "australia")
    assert not fleet.overlapped("europe", "america")

    fail_once(fleet, "apex-europe")
    stopped = fleet.roll_out(steps, tag="v1.1.0")
    untouched = {shop: tag for shop, tag in fleet.tags().items() if "europe" not in shop}

    assert stopped.keys() == {"production", "europe"}
    assert stopped["europe"] is None
    assert "Health check failed" in "\n".join(fleet.said)
    assert set(untouched.values()) == {("v1.0.0", "Deployed")}

    repeated = fleet.roll_out(steps, tag="v1.1.0")

    assert repeated["production"] == {}
    assert None not in repeated.values()
    assert fleet.tags() == dict.fromkeys(SHOPS, ("v1.1.0", "Deployed"))

    fleet.emulator.admin.clear_journal()
    assert set(map(str, fleet.roll_out(steps, tag="v1.1.0").values())) == {"{}"}
    job = run_job(fleet, "region", "europe")
    assert not job.failed, job.printed
    assert "5 unchanged" in job.printed
    assert fleet.writes() == []


def test_the_stacks_of_the_operator_do_the_same_from_an_empty_workspace_each_time(fleet: Fleet) -> None:
    """A workspace has the programs of its image, the configuration of its `Stack` and no stack file.

    The operator repeats a failed run by itself; a region of the same wave is not held back by the failure.
    """
    first = fleet.roll_out(operator_steps("v1.0.0"), tag="")

    assert list(first) == ["publish", "europe", "america", "australia"]
    assert None not in first.values(), fleet.said
    assert fleet.tags() == dict.fromkeys(SHOPS, ("v1.0.0", "Deployed"))
    assert fleet.overlapped("america", "australia")

    fail_once(fleet, "acme-america")
    failed = fleet.roll_out(operator_steps("v1.1.0"), tag="")
    running = fleet.tags()
    repeated = fleet.roll_out(operator_steps("v1.1.0"), tag="")

    assert [name for name, changes in failed.items() if changes is None] == ["america"]
    assert running["acme-australia"] == ("v1.1.0", "Deployed")
    assert [name for name, changes in repeated.items() if changes] == ["america"]
    assert fleet.tags() == dict.fromkeys(SHOPS, ("v1.1.0", "Deployed"))
