"""The workflows of `examples/gitops` are valid for GitHub, and grant no more permissions than are needed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sdk.toolchains import needs_go
from tests.support.locked_venv import ROOT
from tests.support.workflows import (
    expressions_in_scripts,
    linted,
    schema_complaints,
    script_complaints,
    unpinned_actions,
)

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


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    """It knows the types of expressions and contexts, and what a reusable workflow takes."""
    needs_go()
    shutil.copytree(REPOSITORY / ".github", tmp_path / ".github")
    (tmp_path / ".git").mkdir()  # it looks for reusable workflows in the repository

    assert linted((tmp_path / ".github" / "workflows").glob("*.yml")) == ""


@pytest.mark.parametrize("file", WORKFLOWS.values(), ids=WORKFLOWS)
def test_scripts_are_sound_and_the_name_of_a_branch_is_never_code(file: Path) -> None:
    """Text that any user may choose reaches scripts as a variable only."""
    assert expressions_in_scripts(file) == []
    assert script_complaints(file) == ""


@pytest.mark.parametrize("file", WORKFLOWS.values(), ids=WORKFLOWS)
def test_actions_are_named_by_commit_or_say_that_they_are_not(file: Path) -> None:
    """By the commits that this repository trusts itself, with their versions; a tag has a remark beside it."""
    ours = "".join(path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    for line in re.findall(r"- (uses: .*)", file.read_text()):
        assert line in ours or "# a tag: replace it by the commit" in line, line
    assert all("pulumi/actions@" in each for each in unpinned_actions(file))


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


def test_every_workflow_that_runs_the_program_installs_locked_versions_only() -> None:
    """`pulumi install` would take the newest versions of that day."""
    installing = [path for path in WORKFLOWS.values() if "pulumi/actions@" in path.read_text()]

    assert len(installing) == 3
    for path in installing:
        runs = [step.get("run", "") for step in steps(yaml.safe_load(path.read_text()))]
        assert "./install.sh" in runs
        assert not any(re.search(r"pulumi install|pip install", each) for each in runs)


def test_the_install_script_takes_each_package_by_its_hash_and_the_provider_alone(tmp_path: Path) -> None:
    """Run with a Python that writes down what it was asked."""
    shutil.copytree(REPOSITORY, tmp_path / "copy")
    fake = tmp_path / "bin" / "python3"
    fake.parent.mkdir()
    fake.write_text(
        f"""#!/bin/sh
echo "$@" >> "{tmp_path}/asked"
if [ "$3" = venv ]; then mkdir -p "$4/bin" && ln -sf "$0" "$4/bin/python"; fi
"""
    )
    fake.chmod(0o755)
    environ = {"PATH": f"{fake.parent}:/usr/bin:/bin"}
    subprocess.run(["./install.sh"], cwd=tmp_path / "copy", env=environ, check=True, timeout=60)

    pip = "-I -m pip install --quiet --disable-pip-version-check"
    assert (tmp_path / "asked").read_text().splitlines() == [
        "-I -m venv ./venv",
        f"{pip} --require-hashes -r ./requirements.txt",
        f"{pip} --no-deps -r requirements-provider.txt",
        "-I -m venv policy/venv",
        f"{pip} --require-hashes -r policy/requirements.txt",
        f"{pip} --no-deps -r requirements-provider.txt",
    ]


@pytest.mark.parametrize(
    ("file", "lock"),
    [("requirements.txt", "requirements-action.txt"), ("policy/requirements.txt", "requirements-policy.txt")],
)
def test_the_locks_are_those_that_are_tested_and_name_no_index(file: str, lock: str) -> None:
    text = (REPOSITORY / file).read_text()

    assert text == (ROOT / lock).read_text(), "`make lock` copies it"
    assert not re.search(r"://|--(extra-)?index-url|--find-links", text)
    for each in re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip()):
        assert re.match(r"[a-z0-9._-]+==[^ ]+ ", each), each
        assert "--hash=sha256:" in each
