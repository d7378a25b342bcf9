"""The build report is readable at a terminal, in a log of CI and by a program."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cli.stacks import Run
from tests.support.world import World

CANARY = "c4n4ry-1"


def failed(world: World) -> None:
    """Leave a deployment whose last run ended badly."""
    said = {"title": "Build\x1b[31m failed", "message": "npm: exit code 1"}
    entry = {"type": "Error", "application": "service", **said}
    state = world.deployed(key="greeter-dev")
    patch: Any = {"status": "Failed", "report": [entry]}
    world.emulator.admin.patch("deployments", str(state.outputs["deploymentId"]), patch)


def test_a_report_shows_status_addresses_and_every_entry_by_application(world: World, run: Run) -> None:
    failed(world)

    result = run("report", "demo-project/greeter-dev")

    assert result.exit_code == 0, result.output
    first, named, second, third = result.stdout.splitlines()[:4]
    assert first == "demo-project/greeter-dev  Failed  sandbox in europe-west1.gcp"
    assert re.fullmatch(r"key greeter-dev, id [0-9a-f-]{36}", named)
    assert second.startswith("Greeter v1.0.0, build ")
    assert third.startswith("  service  https://")
    (line,) = [line for line in result.stdout.splitlines() if "npm: exit code 1" in line]
    assert "service" in line
    assert "Error" in line
    assert "\\u001b[31m" in line
    assert "\x1b" not in result.stdout


def test_a_report_for_programs_is_what_get_deployment_returns(world: World, run: Run) -> None:
    failed(world)

    found = json.loads(run("report", "demo-project/greeter-dev", "--json").stdout)

    assert (found["status"], found["report"][0]["message"]) == ("Failed", "npm: exit code 1")
    assert found["configurations"]["service"]["securedKeys"] == ["API_TOKEN"]
    assert CANARY not in json.dumps(found)


def test_an_id_names_a_deployment_as_well_and_the_environment_may_name_the_project(world: World, run: Run) -> None:
    state = world.deployed(key="greeter-dev")

    by_id = run("report", f"demo-project/{state.outputs['deploymentId']}")

    assert by_id.exit_code == 0, by_id.output
    assert by_id.stdout == run("report", "greeter-dev").stdout


def test_a_key_that_looks_like_an_id_is_found(world: World, run: Run) -> None:
    key = "0b7c0000-0000-4000-8000-000000000000"
    world.deployed(key=key)
    assert run("report", f"demo-project/{key}").stdout.startswith(f"demo-project/{key}")


def test_what_is_not_there_is_said_without_a_traceback(run: Run) -> None:
    result = run("report", "demo-project/unknown")

    assert result.exit_code == 1
    assert "the Deployment with key 'unknown' in project 'demo-project'" in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize("missing", ["CTP_CLIENT_ID", "CTP_CLIENT_SECRET"])
def test_missing_credentials_are_named_and_nothing_is_called(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)

    result = run("report", "demo-project/greeter-dev")

    assert result.exit_code == 1
    assert f"({missing}) is missing." in result.stderr
    assert "Set them in the environment" in result.stderr
    assert "demo-secret" not in result.output
    assert world.emulator.admin.journal() == []


def test_without_an_address_the_error_names_the_option(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CTP_CONNECT_URL")

    result = run("report", "demo-project/greeter-dev")

    assert result.exit_code == 1
    assert "--region" in result.stderr


def test_a_deployment_without_a_project_is_a_mistake_in_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CTP_PROJECT_KEY")

    result = run("report", "greeter-dev")

    assert result.exit_code == 2
    assert "<project>/<key or id" in result.output
