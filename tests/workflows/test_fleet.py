"""`examples/fleet`: its workflow for GitHub, and its manifests and image for the Pulumi Kubernetes Operator.

Neither GitHub nor a cluster is asked: the files are checked by schemas and linters. `tests/engine/test_fleet.py`
runs the programs in the order that these files give.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from commercetools_connect import __version__
from tests.sdk.toolchains import needs_go
from tests.support.fleet import (
    EXAMPLE,
    REGIONS,
    Step,
    manifests,
    operator_steps,
    secrets_of_program,
    workflow_steps,
)
from tests.support.locked_venv import ROOT, locked_python
from tests.support.workflows import (
    expressions_in_scripts,
    linted,
    schema_complaints,
    script_complaints,
    unpinned_actions,
)

WORKFLOWS = sorted((EXAMPLE / ".github" / "workflows").glob("*.yml"))
DOCKERFILE = EXAMPLE / "operator" / "Dockerfile"
SCHEMA = yaml.safe_load((ROOT / "tests" / "support" / "operator_stack.yaml").read_text())
STACKS = [each for each in manifests() if each["kind"] == "Stack"]
every_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
every_stack = pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack["metadata"]["name"])


def document(file: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(file.read_text()))


def complaints(stack: dict[str, Any]) -> list[str]:
    return [each.message for each in jsonschema_rs.validator_for(SCHEMA).iter_errors(stack)]


def test_the_workflows_have_the_form_that_github_asks_for() -> None:
    assert [file.stem for file in WORKFLOWS] == ["fleet", "stack"]
    assert schema_complaints(WORKFLOWS) == ""


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    needs_go()
    shutil.copytree(EXAMPLE / ".github", tmp_path / ".github")
    (tmp_path / ".git").mkdir()  # it looks for reusable workflows in the repository

    assert linted((tmp_path / ".github" / "workflows").glob("*.yml")) == ""


@every_workflow
def test_scripts_are_sound_and_no_value_becomes_code(file: Path) -> None:
    assert expressions_in_scripts(file) == []
    assert script_complaints(file) == ""


@every_workflow
def test_actions_are_named_by_commit_or_marked_as_a_tag_to_replace(file: Path) -> None:
    ours = "".join(path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml"))

    for line in re.findall(r"- (uses: .*)", file.read_text()):
        assert line in ours or "# a tag: replace it by the commit" in line, line
    assert all("pulumi/actions@" in each for each in unpinned_actions(file))


@every_workflow
def test_jobs_may_read_the_repository_and_no_more(file: Path) -> None:
    workflow = document(file)

    assert workflow["permissions"] in ({}, {"contents": "read"})
    for job in workflow["jobs"].values():
        assert job.get("permissions", workflow["permissions"]) == {"contents": "read"}


def test_no_running_wave_is_cancelled() -> None:
    """Neither by a newer commit nor by a failing region of the same wave."""
    fleet, stack = map(document, WORKFLOWS)

    assert fleet["concurrency"]["cancel-in-progress"] is False
    assert stack["jobs"]["up"]["concurrency"]["cancel-in-progress"] is False
    assert [job["strategy"]["fail-fast"] for job in fleet["jobs"].values() if "strategy" in job] == [False, False]


def order(steps: list[Step]) -> dict[str, set[str]]:
    """Return for each stack the stacks that must have succeeded before it runs."""
    stacks = {step.name: {run.stack for run in step.runs} for step in steps}
    stacks |= {run.name: {run.stack} for step in steps for run in step.runs}
    return {
        run.stack: {stack for name in step.needs for stack in stacks[name]} for step in steps for run in step.runs
    }


def test_github_and_the_operator_run_the_same_waves() -> None:
    waves = {
        "production": set(),
        "europe": {"production"},
        "america": {"europe"},
        "australia": {"europe"},
    }

    assert order(workflow_steps()) == waves
    assert order(operator_steps("v1.0.0")) == waves


@every_stack
def test_manifests_have_fields_that_the_operator_heeds(stack: dict[str, Any]) -> None:
    assert complaints(stack) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda stack: stack["metadata"].update(name="x" * 43),
        lambda stack: stack["spec"].update(expectNoRefreshChanges=True),
        lambda stack: stack["spec"].update(secretRefs={}),
        lambda stack: stack["spec"]["envRefs"].update(TOKEN={"type": "Env", "env": {"name": "TOKEN"}}),
        lambda stack: stack["spec"]["workspaceTemplate"]["spec"]["podTemplate"]["spec"].pop("containers"),
    ],
    ids=["long name", "ignored field", "misspelled field", "refused reference", "no containers"],
)
def test_a_manifest_that_the_operator_ignores_or_refuses_is_found(change: Callable[[Any], object]) -> None:
    stack = deepcopy(STACKS[0])
    change(stack)

    assert complaints(stack)


@every_stack
def test_a_stack_brings_all_that_its_program_asks_for(stack: dict[str, Any]) -> None:
    """A workspace has no stack file: tag, values and secrets come from the `Stack` alone."""
    project = stack["spec"]["stack"].split("/")[1].removeprefix("fleet-")
    program = document(EXAMPLE / project / "Pulumi.yaml")
    needed = {f"{program['name']}:{name}" for name, each in program["config"].items() if "default" not in each}

    assert needed <= {*stack["spec"]["config"], *stack["spec"]["secretsRef"]}
    assert set(stack["spec"]["secretsRef"]) == set(secrets_of_program(project))
    # the tag is part of the spec: a release is then a new generation, for which prerequisites wait
    assert stack["spec"]["config"][f"{program['name']}:tag"] == program["config"]["tag"]["default"]


def test_prerequisites_are_applied_before_the_stacks_that_wait_for_them() -> None:
    """Else a stack would be compared with the generation that its prerequisite had before."""
    applied: set[str] = set()
    for stack in STACKS:
        assert {each["name"] for each in stack["spec"].get("prerequisites", [])} <= applied
        applied.add(stack["metadata"]["name"])


def test_the_account_of_the_workspaces_may_authenticate_the_operator() -> None:
    account, binding = manifests()[:2]
    subject = {"kind": "ServiceAccount", **account["metadata"]}

    assert binding["roleRef"]["name"] == "system:auth-delegator"
    assert binding["subjects"] == [subject]
    assert {each["spec"]["serviceAccountName"] for each in STACKS} == {account["metadata"]["name"]}


def test_no_secret_is_in_the_manifests() -> None:
    assert {each["kind"] for each in manifests()} == {"ServiceAccount", "ClusterRoleBinding", "Stack"}


def test_hadolint_has_no_complaint_about_the_dockerfile() -> None:
    hadolint = locked_python("release").parent / "hadolint"
    done = subprocess.run(
        [hadolint, "--no-color", DOCKERFILE], check=False, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_holds_the_archive_of_this_version_and_the_programs() -> None:
    """The image's own user installs it, as the workspace looks into that user's home; no stack file is copied."""
    text = DOCKERFILE.read_text().replace("\\\n", "")
    copied = dict(re.findall(r"COPY --chown=1000:1000 (\S+) (\S+)", text))
    folders = {stack["spec"]["workspaceTemplate"]["spec"]["local"]["dir"] for stack in STACKS}

    assert f"ARG VERSION={__version__}\n" in text
    assert "pulumi-resource-commercetools-connect-v${VERSION}-linux-${TARGETARCH}.tar.gz" in text
    assert "USER" not in text
    assert re.search(r"^FROM pulumi/pulumi:\d+\.\d+\.\d+-nonroot$", text, flags=re.MULTILINE)
    assert all((ROOT / source).is_file() for source in copied)
    assert set(copied.values()) == {f"{folder}/Pulumi.yaml" for folder in folders}


def test_the_readme_sets_every_secret_of_every_stack() -> None:
    text = (EXAMPLE / "README.md").read_text().replace("\\\n  ", "")
    wanted = [("production", "commercetools-connect:clientSecret")]
    wanted += [(region, name.partition(":")[2]) for region in REGIONS for name in secrets_of_program("region")]

    assert [f"config set --stack {stack} --secret {name}" in text for stack, name in wanted] == [True] * len(
        wanted
    )
    for stack in STACKS:
        for name in stack["spec"]["secretsRef"]:
            assert f"--from-file={name.partition(':')[2]}=" in text
