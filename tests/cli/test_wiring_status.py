"""`status --wiring`: who calls the deployments of many projects, what feeds them, and what points to nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from commercetools_connect.emulator import ScriptSpec
from tests.cli.stacks import Run
from tests.site.scopes import LOOK_AT_THE_WIRING, scopes_of
from tests.support.world import PROJECT, REPOSITORY, World

YAML = """
deployAs:
  - {name: service, applicationType: service, endpoint: /service}
  - {name: listener, applicationType: event, endpoint: /listener}
"""
SERVICE: ScriptSpec = {"application": "service", "key": "acme-cart"}
LISTENER: ScriptSpec = {"application": "listener", "key": "acme-orders"}


@pytest.fixture
def estate(world: World, tmp_path: Path) -> str:
    world.emulator.admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": YAML}])
    path = tmp_path / "estate.yaml"
    path.write_text(json.dumps([{"projectKey": PROJECT, "connectUrl": world.emulator.url}]))
    return str(path)


def deployed(world: World, *scripts: ScriptSpec) -> Any:
    world.emulator.admin.outcome("deploy", "api", "success", scripts=scripts, times=1)
    return world.deployed(key="api", configurations={})


def rows(result: Result) -> dict[str, dict[str, str]]:
    return {each["key"]: each for each in json.loads(result.stdout)}


def test_each_deployment_shows_who_calls_it_and_what_feeds_it(world: World, run: Run, estate: str) -> None:
    state = deployed(world, SERVICE, LISTENER)
    world.emulator.admin.clear_journal()
    result = run("status", "--projects", estate, "--wiring")
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stdout.splitlines() if "acme-cart" in line]
    assert line.split() == [
        PROJECT,
        "api",
        "service",
        "Extension",
        "acme-cart",
        state.outputs["urls"]["service"],
        "-",
    ]
    (line,) = [line for line in result.stdout.splitlines() if "acme-orders" in line]
    assert line.split()[:5] == [PROJECT, "api", "listener", "Subscription", "acme-orders"]
    assert "Healthy" in line
    assert len(world.calls()) == 3


def test_it_needs_no_scope_but_those_of_the_security_page(world: World, run: Run, estate: str) -> None:
    deployed(world, SERVICE)
    scopes = " ".join(f"{each}:{PROJECT}" for each in scopes_of(LOOK_AT_THE_WIRING))
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}])

    result = run("status", "--projects", estate, "--wiring")

    assert result.exit_code == 0, result.output
    assert "acme-cart" in result.stdout


def test_an_application_to_which_nothing_points_has_no_verdict(world: World, run: Run, estate: str) -> None:
    deployed(world, SERVICE)
    result = run("status", "--projects", estate, "--wiring")
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stdout.splitlines() if " listener " in line]
    assert "nothing points to it" in line


def test_a_subscription_on_a_former_topic_is_an_orphan_and_the_exit_code_4(
    world: World, run: Run, estate: str
) -> None:
    state = deployed(world, SERVICE, LISTENER)
    inputs = {**state.inputs, "redeployTrigger": 1}
    world.emulator.admin.outcome("deploy", "api", "success", scripts=[SERVICE], times=1)
    world.up("Deployment", state, inputs)
    result = run("status", "--projects", estate, "--wiring", "--json")
    assert result.exit_code == 4, result.output
    assert rows(result)["acme-orders"]["verdict"] == "orphan"
    assert rows(result)["acme-cart"]["verdict"] == ""


def test_what_is_not_of_connect_has_no_verdict(world: World, run: Run, estate: str) -> None:
    deployed(world)
    draft: Any = {
        "key": "own-hook",
        "destination": {"type": "HTTP", "url": "https://hooks.acme.example/cart"},
        "triggers": [{"resourceTypeId": "cart", "actions": ["Create"]}],
    }
    world.emulator.admin.add_registration(PROJECT, "extensions", draft)
    result = run("status", "--projects", estate, "--wiring", "--json")
    assert result.exit_code == 0, result.output
    assert (rows(result)["own-hook"]["verdict"], rows(result)["own-hook"]["deployment"]) == ("", "")


def test_a_project_whose_lists_may_not_be_read_is_named_with_the_scopes(
    world: World, run: Run, estate: str
) -> None:
    scopes = f"manage_connectors_deployments:{PROJECT}"
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}])
    result = run("status", "--projects", estate, "--wiring")
    assert result.exit_code == 1
    assert "unasked" in result.stdout
    assert f"manage_subscriptions:{PROJECT}. The call was not made" in result.stdout


@pytest.mark.parametrize("option", ["--watch", "--html"])
def test_what_does_not_go_with_it_is_refused_before_any_call(
    world: World, run: Run, estate: str, tmp_path: Path, option: str
) -> None:
    page = tmp_path / "page.html"
    world.emulator.admin.clear_journal()
    result = run("status", "--projects", estate, "--wiring", option, *([str(page)] if option == "--html" else []))
    assert result.exit_code == 2
    assert f"leave {option} out" in " ".join(result.stderr.split())
    assert not page.exists()
    assert not world.emulator.admin.journal()


def test_the_table_names_the_next_step_for_what_is_not_wired(world: World, run: Run, estate: str) -> None:
    state = deployed(world, SERVICE, LISTENER)
    world.emulator.admin.outcome("deploy", "api", "success", scripts=[], times=1)
    world.up("Deployment", state, {**state.inputs, "redeployTrigger": 1})
    result = run("status", "--projects", estate, "--wiring")
    listed = rows(run("status", "--projects", estate, "--wiring", "--json"))
    steps = result.stdout[result.stdout.index("\n- ") :]
    assert f"- {PROJECT}: Subscription acme-orders\n  {listed['acme-orders']['remedy']}" in steps
    assert "Delete it in the project if it is not needed" in steps
    assert f"- {PROJECT}: api/listener\n  If something should point to it, add `expect`" in steps
    assert listed["acme-cart"]["remedy"] == ""


def test_a_subscription_that_is_suspended_has_another_next_step_than_one_that_is_broken(
    world: World, run: Run, estate: str
) -> None:
    deployed(world, SERVICE, LISTENER)
    said = {}
    for status in ("ManuallySuspended", "ConfigurationErrorDeliveryStopped"):
        world.emulator.admin.patch_registration(PROJECT, "subscriptions", "key=acme-orders", {"status": status})
        result = run("status", "--projects", estate, "--wiring", "--json")
        assert result.exit_code == 4
        said[status] = rows(result)["acme-orders"]["remedy"]
    assert "support" in said["ManuallySuspended"]
    assert "Delete it in the project, change redeployTrigger" in said["ConfigurationErrorDeliveryStopped"]
