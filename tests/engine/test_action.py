"""The GitHub Action's own steps, run as GitHub's runner runs them, on a real engine and the emulator."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from commercetools_connect.emulator import Emulator
from tests.engine.estate import CANARY, furnish
from tests.engine.project import Project
from tests.engine.test_templates import PROVIDER, instantiate
from tests.support.github_runner import Job, tools

pytestmark = [pytest.mark.team, pytest.mark.timeout(600)]  # starts of the CLI take long on a busy machine

ROOT = Path(__file__).parents[2]
INSTALL = "Install the provider"
FORGED = "Health check failed\n::error::forged\r::stop-commands::x\n##[error]forged</code><script>%0A::error::x"


@pytest.fixture
def project(engine_root: Path, tmp_path: Path) -> Iterator[Project]:
    with Emulator() as emulator:
        project = Project(tmp_path, engine_root, emulator)
        yield project
        project.expect_no_secrets(CANARY)


def job(project: Project) -> Job:
    """Return a new job, with this environment's programs where the action would have installed them."""
    temp = project.base / f"runner-{time.monotonic_ns()}"
    tools(temp, Path(sys.executable).parent)
    return Job(temp, project.folder, project.environment())


def roll_out(project: Project, tag: str, **more: str) -> tuple[Job, dict[str, str]]:
    """Use the action in a new job; what it says and writes must hold no secret."""
    run = job(project)
    outputs = run.use(ROOT, {"tag": tag, "stack": "dev", **more}, skip=[INSTALL])
    project.said += [run.printed, run.summary, *outputs.values()]
    return run, outputs


def author(project: Project) -> None:
    """Make a project of the template for connector authors."""
    project.emulator.admin.settings(productionEnabled=True)
    secrets = {
        f"{PROVIDER}:clientSecret": "demo-secret",
        "sandboxApiToken": f"{CANARY}-sandbox",
        "productionApiToken": f"{CANARY}-production",
    }
    answers = {
        f"{PROVIDER}:projectKey": "demo-project",
        f"{PROVIDER}:clientId": "demo-client",
        "email": "dev@acme.example",
        "repository": "https://github.com/acme/demo-connector.git",
        "tag": "none",
        "bakeTime": "0.1s",
    }
    instantiate(project, "connect-author-python", answers, secrets)


def test_a_tag_is_published_and_rolled_out_once(project: Project) -> None:
    """The outputs say who runs what, and whether anything changed; neither a preview nor a repetition does."""
    author(project)

    first, outputs = roll_out(project, "v1.0.0")
    running = json.loads(outputs["deployments"])
    project.emulator.admin.clear_journal()
    again, unchanged = roll_out(project, "v1.0.0")
    silent = project.emulator.admin.journal()
    previewed, preview = roll_out(project, "v1.1.0", preview="true")
    posts = [
        each
        for each in project.emulator.admin.journal()
        if each["method"] == "POST" and "oauth" not in each["path"]
    ]
    shown = BeautifulSoup(first.summary, "html.parser").get_text()

    assert [each.failed for each in (first, again, previewed)] == [False] * 3, project.said
    assert (outputs["changed"], unchanged["changed"], preview["changed"]) == ("true", "false", "true")
    assert {(each["type"], each["tag"], each["status"]) for each in running} == {
        ("preview", "v1.0.0", "Deployed"),
        ("sandbox", "v1.0.0", "Deployed"),
        ("production", "v1.0.0", "Deployed"),
    }
    assert {each["project"] for each in running} == {"demo-project"}
    assert unchanged["deployments"] == outputs["deployments"]
    assert (silent, posts) == ([], [])
    assert "### dev v1.0.0: 7 changed" in shown
    assert "| created | Deployment | production |" in shown
    assert "### dev v1.0.0: no changes" in BeautifulSoup(again.summary, "html.parser").get_text()
    assert first.annotations() == []


def test_a_failed_rollout_shows_the_report_and_obeys_nothing_in_it(project: Project) -> None:
    """The run fails, its annotations are the entries of the report, and the next run goes on."""
    author(project)
    entry = {"type": "Error", "title": FORGED, "application": "service"}
    project.emulator.admin.outcome("deploy", "*", "failure", report=[entry])

    failed, outputs = roll_out(project, "v1.0.0")
    healed, after = roll_out(project, "v1.0.0")

    assert failed.failed
    assert [(each.name, each.properties["title"]) for each in failed.annotations()] == [("error", "preview")]
    assert "Health check failed" in failed.annotations()[0].data
    assert [each["status"] for each in json.loads(outputs["deployments"])] == ["Failed"]
    assert "<script>" not in failed.summary
    assert not healed.failed, healed.printed
    assert len(json.loads(after["deployments"])) == 3


def test_inputs_reach_the_stack_as_they_are(project: Project) -> None:
    """A user who may push chooses the tag: to the shell it is a value, with any content."""
    author(project)
    tag = "--plaintext=x=y $(touch pwned) `touch pwned`; touch pwned #\"' \\"

    roll_out(project, tag, preview="true", connector="--secret", **{"rollout-file": "a b.yaml"})

    written = yaml.safe_load((project.folder / "Pulumi.dev.yaml").read_text())["config"]
    configured = {name: written[f"shop:{name}"] for name in ("tag", "connectorKey", "rolloutFile")}
    assert configured == {"tag": tag, "connectorKey": "--secret", "rolloutFile": "a b.yaml"}
    assert "shop:x" not in written
    assert not list(project.base.rglob("pwned"))


def test_a_cancelled_job_leaves_everything_in_the_state(project: Project) -> None:
    """The signal that the runner sends reaches Pulumi; the deployment under way is found again by the next run."""
    furnish(project.emulator)
    secrets = {f"{PROVIDER}:clientSecret": f"{CANARY}-acme-dev", "apiToken": f"{CANARY}-token"}
    answers = {f"{PROVIDER}:projectKey": "acme-dev", f"{PROVIDER}:clientId": "acme-dev-client", "tag": "none"}
    instantiate(project, "connect-deployment-yaml", answers, secrets)
    project.emulator.admin.settings(delays={"queued": 0.1, "deploying": 600})
    (step,) = [
        each
        for each in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
        if each.get("id") == "rollout"
    ]
    run = job(project)
    run.values |= {
        f"inputs.{name}": "" for name in ("policy-pack", "rollout-file", "rollout-file-config", "preview")
    }
    run.values |= {
        "inputs.tag": "v1.0.0",
        "inputs.stack": "dev",
        "inputs.tag-config": "tag",
        "runner.temp": str(run.temp),
    }
    run.values |= {
        "inputs.connector": "greeter",
        "inputs.connector-config": "connectorKey",
        "inputs.working-directory": ".",
    }

    process = run.start(step)
    for _ in range(600):
        if any(
            each["method"] == "POST" and "/deployments" in each["path"]
            for each in project.emulator.admin.journal()
        ):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    (left,) = project.emulator.admin.dump()["deployments"]
    project.emulator.admin.advance(600)
    project.emulator.admin.clear_journal()
    resumed, outputs = roll_out(project, "v1.0.0", connector="greeter")
    posts = [each["path"] for each in project.emulator.admin.journal() if each["method"] == "POST"]

    assert process.returncode != 0, text
    assert left["status"] == "Deploying", text
    assert not resumed.failed, resumed.printed
    assert [each["status"] for each in json.loads(outputs["deployments"])] == ["Deployed"]
    assert not [path for path in posts if "/deployments" in path]


def test_without_a_tag_or_without_pulumi_nothing_begins(project: Project) -> None:
    """Both are reported as annotations of their own."""
    run = job(project)
    run.use(ROOT, {"tag": "", "stack": "dev"}, skip=[INSTALL, "Report"])
    bare = Job(run.temp, project.folder, {"PATH": "/usr/bin:/bin"})
    bare.use(ROOT, {"tag": "v1.0.0", "stack": "dev"}, skip=["Publish and roll out", "Report"])

    assert run.failed
    assert [each.data for each in run.annotations()] == ["The input tag is empty."]
    assert bare.failed
    assert [each.properties["title"] for each in bare.annotations()] == ["No Pulumi"]


def test_a_project_may_have_modules_with_names_of_the_standard_library(project: Project) -> None:
    """The action installs itself and rolls out in a folder with `secrets.py`, `queue.py` and `json.py`."""
    furnish(project.emulator)
    secrets = {f"{PROVIDER}:clientSecret": f"{CANARY}-acme-dev", "apiToken": f"{CANARY}-token"}
    answers = {f"{PROVIDER}:projectKey": "acme-dev", f"{PROVIDER}:clientId": "acme-dev-client", "tag": "none"}
    instantiate(project, "connect-deployment-yaml", answers, secrets)
    for name in ("secrets", "queue", "json"):
        (project.folder / f"{name}.py").write_text("raise SystemExit('the module of the project')")
    temp = project.base / "runner"
    temp.mkdir()
    run = Job(temp, project.folder, project.environment() | index_settings())

    outputs = run.use(ROOT, {"tag": "v1.0.0", "stack": "dev", "connector": "greeter"})

    assert not run.failed, run.printed
    assert "the module of the project" not in run.printed
    assert [each["status"] for each in json.loads(outputs["deployments"])] == ["Deployed"]
    assert (temp / "commercetools-connect" / "bin" / "commercetools-connect").is_file()


def index_settings() -> dict[str, str]:
    """Return what this machine says about where packages come from."""
    return {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
