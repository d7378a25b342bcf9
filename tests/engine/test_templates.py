"""Each template becomes a project by `pulumi new`, comes to life, stays as it is, and goes; on a real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from commercetools_connect.emulator import Emulator
from tests.engine.estate import CANARY, SHOPS, connections, furnish
from tests.engine.project import Project
from tests.support.node_sdk import node_modules

TEMPLATES = Path(__file__).parents[2] / "templates"
PROVIDER = "commercetools-connect"
pytestmark = [pytest.mark.team, pytest.mark.timeout(600)]  # starts of the CLI take long on a busy machine


@pytest.fixture
def project(engine_root: Path, tmp_path: Path) -> Iterator[Project]:
    with Emulator() as emulator:
        project = Project(tmp_path, engine_root, emulator)
        yield project
        project.expect_no_secrets(CANARY)


def instantiate(project: Project, template: str, answers: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Make a project of the template, with answers to what it asks for, and set what is secret."""
    given = [f"--config={name}={value}" for name, value in answers.items()]
    described = ("--name=shop", "--description=Connect: as code", "--stack=dev")
    project.pulumi("new", str(TEMPLATES / template), "--offline", "--yes", *described, *given)
    point = {f"{PROVIDER}:connectUrl": project.emulator.url, f"{PROVIDER}:pollInterval": "0.05"}
    project.configure({} if f"{PROVIDER}:connections" in secrets else point, secrets)


def expect_steady(project: Project) -> None:
    """Change nothing by a second `up`, and send no request."""
    project.emulator.admin.clear_journal()
    project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert project.emulator.admin.journal() == []


@pytest.mark.parametrize("language", ["yaml", "python", "typescript"])
def test_the_template_of_one_deployment_goes_live(project: Project, language: str) -> None:
    """From `pulumi new` to a live deployment; the project has the name that was given, and no template in it."""
    furnish(project.emulator)
    if language == "typescript":
        project.environ["NODE_MODULES"] = str(node_modules())
    secrets = {f"{PROVIDER}:clientSecret": f"{CANARY}-acme-dev", "apiToken": f"{CANARY}-token"}
    answers = {
        f"{PROVIDER}:projectKey": "acme-dev",
        f"{PROVIDER}:clientId": "acme-dev-client",
        "connectorKey": "greeter",
        "tag": "v1.0.0",
    }

    instantiate(project, f"connect-deployment-{language}", answers, secrets)
    project.pulumi("up", "--yes", "--skip-preview")
    outputs = project.outputs()
    expect_steady(project)
    project.pulumi("destroy", "--yes", "--skip-preview")

    written = yaml.safe_load((project.folder / "Pulumi.yaml").read_text())
    assert (written["name"], written["description"]) == ("shop", "Connect: as code")
    assert "template" not in written
    assert outputs["runningTag"] == "v1.0.0"
    assert outputs["key"].startswith("shop-")
    assert set(outputs["urls"]) == {"service"}
    assert project.emulator.admin.dump()["deployments"] == []


def test_a_connector_goes_all_the_way_to_production(project: Project) -> None:
    """Preview, publication, sandbox and production of one tag, in this order, in one `up`; then the next tag."""
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
        "tag": "v1.0.0",
        "bakeTime": "0.1s",
    }

    instantiate(project, "connect-author-python", answers, secrets)
    project.pulumi("up", "--yes", "--skip-preview")
    first = project.outputs()
    expect_steady(project)
    project.configure({"tag": "v1.1.0", "protect": "false"}, {})
    project.pulumi("up", "--yes", "--skip-preview")
    second = project.outputs()
    created = [each["type"] for each in project.emulator.admin.dump()["deployments"]]
    project.pulumi("destroy", "--yes", "--skip-preview")

    assert (first["runningTag"], second["runningTag"]) == ("v1.0.0", "v1.1.0")
    assert second["urls"] == first["urls"]
    assert created == ["preview", "sandbox", "production"]
    assert project.emulator.admin.dump()["deployments"] == []


def test_a_rollout_goes_through_its_waves(project: Project) -> None:
    """All targets of rollout.yaml run the tag, the canary first; a target that joins is the only one touched."""
    furnish(project.emulator)
    shops = connections(project.emulator)
    secrets = {
        f"{PROVIDER}:connections": json.dumps(shops),
        **{f"{shop}-token": f"{CANARY}-token-{shop}" for shop in SHOPS},
    }

    instantiate(project, "connect-rollout-python", {"connectorKey": "greeter", "tag": "v1.0.0"}, secrets)
    plan = project.folder / "rollout.yaml"
    assert "bake_time: 10m" in plan.read_text()
    plan.write_text(plan.read_text().replace("bake_time: 10m", "bake_time: 0.1s"))
    project.pulumi("up", "--yes", "--skip-preview")
    summary = project.outputs()["summary"]
    expect_steady(project)
    plan.write_text(plan.read_text() + "  - { name: acme-au, region: australia-southeast1.gcp }\n")
    project.pulumi("up", "--yes", "--skip-preview")
    joined = {call["client"] for call in project.emulator.admin.journal() if call["method"] == "POST"}
    project.pulumi("destroy", "--yes", "--skip-preview")

    assert [(each["target"], each["wave"]) for each in summary] == [
        ("acme-dev", "canary"),
        ("acme-eu", "europe"),
        ("acme-us", "rest"),
    ]
    assert {each["toTag"] for each in summary} == {"v1.0.0"}
    assert joined - {""} == {"acme-au-client"}
    assert project.emulator.admin.dump()["deployments"] == []
