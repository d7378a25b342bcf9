"""The workflows of `examples/gitops` are such as GitHub takes, and give nobody more than is needed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sdk.toolchains import FIRST, needs_go
from tests.support.workflows import linted, schema_complaints

ROOT = Path(__file__).parents[2]
REPOSITORY = ROOT / "examples" / "gitops"
FOLDER = REPOSITORY / ".github" / "workflows"
WORKFLOWS = {path.stem: path for path in sorted(FOLDER.glob("*.yml"))}


@pytest.fixture(params=WORKFLOWS)
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(yaml.safe_load(WORKFLOWS[request.param].read_text()))


def jobs(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from workflow["jobs"].values()


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in jobs(workflow):
        yield from job.get("steps", ())


def test_they_have_the_form_that_github_asks_for() -> None:
    assert WORKFLOWS.keys() == {"preview", "up", "stack", "drift"}
    assert schema_complaints(WORKFLOWS.values()) == ""


@pytest.mark.timeout(FIRST)
def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    """It knows the types of expressions, contexts, reusable workflows, and looks into scripts with shellcheck."""
    needs_go()

    shutil.copytree(REPOSITORY / ".github", tmp_path / ".github")
    (tmp_path / ".git").mkdir()  # it looks for reusable workflows in the repository
    assert linted(sorted((tmp_path / ".github" / "workflows").iterdir())) == ""


def test_no_expression_is_filled_into_a_script(workflow: dict[str, Any]) -> None:
    """The name of a branch, or whatever else a stranger may choose, is never code."""
    for step in steps(workflow):
        assert "${{" not in step.get("run", "")


def test_actions_are_pinned_or_say_that_they_are_not(workflow: dict[str, Any]) -> None:
    """By a commit with its version beside it; a tag has a remark that it is one."""
    text = "\n".join(path.read_text() for path in WORKFLOWS.values())
    for step in steps(workflow):
        if "uses" in step:
            (line,) = {each.strip(" -") for each in text.splitlines() if f"uses: {step['uses']}" in each}
            pinned = re.fullmatch(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
            assert pinned or "# a tag: replace it by the commit" in line, line


def test_no_job_may_more_than_it_needs(workflow: dict[str, Any]) -> None:
    """Nothing is allowed but what a job says; only the one that comments may write, and it has no secret."""
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for job in jobs(workflow):
        allowed = job.get("permissions", workflow["permissions"])
        assert allowed in ({"contents": "read"}, {"pull-requests": "write"})
        if "write" in allowed.values():
            assert "secrets." not in str(job)
            assert not [step for step in job["steps"] if "uses" in step]


def test_pull_requests_of_forks_get_no_secret() -> None:
    """Neither by the event that would give them one, nor by the job."""
    preview = yaml.safe_load(WORKFLOWS["preview"].read_text())
    with_secrets = [job for job in jobs(preview) if "secrets." in str(job)]

    # YAML reads `on` as true
    assert preview[True].keys() == {"pull_request"}
    assert with_secrets
    for job in with_secrets:
        assert job["if"] == "github.event.pull_request.head.repo.full_name == github.repository"


def test_what_is_checked_out_leaves_no_token_behind(workflow: dict[str, Any]) -> None:
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_rollouts_wait_for_each_other_and_everything_ends_some_time() -> None:
    stack = yaml.safe_load(WORKFLOWS["stack"].read_text())["jobs"]["up"]
    up = yaml.safe_load(WORKFLOWS["up"].read_text())["jobs"]

    assert stack["concurrency"] == {"group": "up-${{ inputs.stack }}", "cancel-in-progress": False}
    assert stack["environment"] == "${{ inputs.stack }}"
    assert up["production"]["needs"] == "sandbox"
    for path in WORKFLOWS.values():
        for job in jobs(yaml.safe_load(path.read_text())):
            assert "uses" in job or job["timeout-minutes"] <= 180


def test_all_stacks_are_previewed_rolled_out_and_watched() -> None:
    stacks = {path.name.split(".")[1] for path in REPOSITORY.glob("Pulumi.*.yaml")}
    up = yaml.safe_load(WORKFLOWS["up"].read_text())["jobs"]
    drift = yaml.safe_load(WORKFLOWS["drift"].read_text())["jobs"]["drift"]
    (loop,) = re.findall(r"for stack in (.*); do", WORKFLOWS["preview"].read_text())

    assert set(loop.split()) == stacks
    assert {job["with"]["stack"] for job in up.values()} == stacks
    assert set(drift["strategy"]["matrix"]["stack"]) == stacks
