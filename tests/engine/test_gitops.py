"""The repository of `examples/gitops`: what its README and workflows run, on a real engine and the emulator."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from commercetools_connect.emulator import Emulator
from tests.engine.estate import CANARY, deployments, furnish, publish
from tests.engine.project import Project
from tests.support.github_runner import Job
from tests.support.language_host import link_dependencies
from tests.support.policy_venv import PACK_ENVIRONMENT, ROOT, policy_python

pytestmark = [pytest.mark.team, pytest.mark.timeout(600)]

EXAMPLE = ROOT / "examples" / "gitops"
INSTALL = "./install.sh"
"""What needs the package index; `tests/workflows/test_gitops.py` looks at it."""

SHOPS = ("acme-dev", "acme-eu", "acme-us")


@pytest.fixture
def project(engine_root: Path, tmp_path: Path) -> Iterator[Project]:
    """Give a copy of the repository whose shops are on an emulator, set up as its README says."""
    with Emulator() as emulator:
        furnish(emulator, SHOPS)
        emulator.admin.settings(productionEnabled=True)
        environ = {"POLICY_PYTHON": str(policy_python()), **PACK_ENVIRONMENT}
        project = Project(tmp_path, engine_root, emulator, environ)
        shutil.copytree(EXAMPLE, project.folder, dirs_exist_ok=True)
        edit(project, "Pulumi.*.yaml", r"region: .*", f"connectUrl: {emulator.url}\n      pollInterval: 0.05")
        edit(project, "rollout/*.yaml", "10m", "0.1s")
        set_up(project)
        yield project
        project.expect_no_secrets(CANARY)


def edit(project: Project, pattern: str, old: str, new: str) -> None:
    """Change files as a person would."""
    for path in project.folder.glob(pattern):
        path.write_text(re.sub(old, new, path.read_text()))


def set_up(project: Project) -> None:
    """Run the commands of the README one by one, and type a secret where one is asked for."""
    (commands,) = re.findall(r"```sh\n(.*?)```", (EXAMPLE / "README.md").read_text(), flags=re.DOTALL)
    for command in commands.splitlines():
        shop = next((each for each in SHOPS if each in command), "")
        secret = f"{CANARY}-{shop}" if "clientSecret" in command else f"{CANARY}-token-{shop}"
        done = project.run(shlex.split(command), typed=secret)
        assert done.returncode == 0, done.stdout


def run_workflow(project: Project, name: str, job: str, **values: str) -> Job:
    """Run the scripts of one job of a workflow, in their order, as the runner does."""
    declared: dict[str, Any] = yaml.safe_load((project.folder / ".github/workflows" / f"{name}.yml").read_text())
    temp = project.base / f"runner-{len(list(project.base.iterdir()))}"
    temp.mkdir()
    run = Job(temp, project.folder, project.environment())
    run.values |= {"secrets.PULUMI_ACCESS_TOKEN": "", **values}
    for step in declared["jobs"][job]["steps"]:
        if step.get("run") == INSTALL:
            link_dependencies(project.folder)
        elif "run" in step:
            run.run(step)
    project.said += [run.printed, run.summary]
    return run


def text_of(markdown: str) -> str:
    """Return Markdown as people see it."""
    return BeautifulSoup(markdown, "html.parser").get_text()


def writes(project: Project) -> list[str]:
    """Return what was changed at commercetools since the journal was cleared."""
    calls = project.emulator.admin.journal()
    return [each["path"] for each in calls if each["method"] != "GET" and "oauth" not in each["path"]]


def test_from_a_pull_request_to_production_and_through_the_night(project: Project) -> None:
    """The comment, both stacks, a quiet night, a night with drift, and the release after it.

    One story, as each of its parts needs the ones before.
    """
    proposed = run_workflow(project, "preview", "preview")
    comment = text_of(proposed.values["steps.comment.outputs.comment"])
    untouched = writes(project)
    sandbox = run_workflow(project, "stack", "up", **{"inputs.stack": "sandbox"})
    production = run_workflow(project, "stack", "up", **{"inputs.stack": "production"})
    first = deployments(project.emulator)
    quiet = run_workflow(project, "drift", "drift", **{"matrix.stack": "production"})

    assert not proposed.failed, proposed.printed
    assert "### sandbox: 3 to change" in comment
    assert "### production: 5 to change" in comment
    assert "| create | Deployment | release-acme-eu |" in comment
    assert untouched == []
    assert not sandbox.failed, sandbox.printed
    assert not production.failed, production.printed
    assert first == dict.fromkeys(SHOPS, ("v1.0.0", "Deployed"))
    assert "| acme-us | " in text_of(production.summary)
    assert not quiet.failed, quiet.printed

    tamper(project, "acme-us")
    project.emulator.admin.clear_journal()
    noticed = run_workflow(project, "drift", "drift", **{"matrix.stack": "production"})
    assert noticed.failed
    assert "| update | Deployment | release-acme-us |" in text_of(noticed.summary)
    assert writes(project) == []

    publish(project.emulator, "v1.1.0")
    edit(project, "Pulumi.production.yaml", "tag: v1.0.0", "tag: v1.1.0")
    released = run_workflow(project, "stack", "up", **{"inputs.stack": "production"})
    assert not released.failed, released.printed
    assert deployments(project.emulator)["acme-us"] == ("v1.1.0", "Deployed")
    assert deployments(project.emulator)["acme-dev"] == ("v1.0.0", "Deployed")


def test_a_pull_request_that_breaks_a_rule_says_so_and_fails(project: Project) -> None:
    """The comment is there nevertheless."""
    edit(project, "Pulumi.production.yaml", "tag: v1.0.0", "tag: latest")

    proposed = run_workflow(project, "preview", "preview")

    comment = text_of(proposed.values["steps.comment.outputs.comment"])
    assert proposed.failed
    assert 'connectorTag "latest" is the name of a branch' in comment
    assert "### production: failed" in comment
    assert "### sandbox: 3 to change" in comment


def tamper(project: Project, shop: str) -> None:
    """Change a value behind Pulumi's back."""
    (found,) = [each for each in project.emulator.admin.dump()["deployments"] if each["project"] == shop]
    changes = {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": "another client's"}}}}
    project.emulator.admin.patch("deployments", found["id"], changes)
