"""`import-file` with named connections: the objects of each, once, by the ids that imports with it take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from commercetools_connect.emulator import ClientSpec
from tests.cli.stacks import FakePulumi, Run
from tests.support.canaries import Canaries
from tests.support.world import PROJECT, World

SECRET = "c4n4ry-of-us"
OTHER = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def members(world: World) -> dict[str, str]:
    """Make a deployment in each of two projects; return how to reach the other one, which sees the drafts too."""
    world.deployed(key="api")
    dump: Any = world.emulator.admin.dump()
    (model,) = dump["deployments"]
    dump["deployments"].append({**model, "id": OTHER, "project": "acme-us"})
    world.emulator.admin.load(dump)
    own = ClientSpec(clientId="demo-client", clientSecret="demo-secret", scopes=[f"manage_project:{PROJECT}"])
    scopes = ["manage_project:acme-us", f"view_connectors:{PROJECT}"]
    world.emulator.admin.clients([own, ClientSpec(clientId="us", clientSecret=SECRET, scopes=scopes)])
    return {"clientId": "us", "clientSecret": SECRET, "projectKey": "acme-us", "connectUrl": world.emulator.url}


def entries(result: Result) -> list[tuple[str, str]]:
    assert result.exit_code == 0, result.output
    return [(each["name"], each["id"]) for each in json.loads(result.stdout)["resources"]]


def deployments(result: Result) -> list[tuple[str, str]]:
    return [each for each in entries(result) if each[0].startswith("deployment-")]


def test_credentials_of_the_environment_without_a_project_do_not_hold_back_the_connections(
    run: Run, members: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may have been exported for another command in the same shell."""
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": members}))
    monkeypatch.delenv("CTP_PROJECT_KEY")

    result = run("import-file")

    assert deployments(result) == [("deployment-us-api", f"us:acme-us/{OTHER}")]
    assert "no project is set for them (commercetools-connect:projectKey, CTP_PROJECT_KEY)" in result.stderr
    assert run("import-file", "--only", "drafts").exit_code == 0


def test_each_connection_is_listed_and_what_two_of_them_see_is_imported_once(
    run: Run, members: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": members}))

    result = run("import-file")

    found = entries(result)
    assert [name for name, _ in found] == [
        "draft-derived-greeter",
        "publication-derived-greeter",
        "deployment-api",
        "deployment-us-api",
    ]
    assert found[-2][1].startswith(f"{PROJECT}/")
    assert found[-1][1] == f"us:acme-us/{OTHER}"
    assert not Canaries([SECRET]).found_in(result.output)


def test_only_a_chosen_connection_is_listed_with_the_drafts_that_it_sees(
    world: World, run: Run, members: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": members, "broken": {}}))
    world.emulator.admin.clear_journal()

    found = dict(entries(run("import-file", "--connection", "us")))

    assert {name: id_.partition(":")[0] for name, id_ in found.items()} == {
        "draft-us-derived-greeter": "us",
        "publication-us-derived-greeter": "us",
        "deployment-us-api": "us",
    }
    assert not [each for each in world.calls() if PROJECT in each]


def test_without_credentials_of_its_own_the_configuration_is_left_out(
    run: Run, members: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": members}))
    for name in ("CTP_CLIENT_ID", "CTP_CLIENT_SECRET", "CTP_PROJECT_KEY"):
        monkeypatch.delenv(name)

    assert deployments(run("import-file")) == [("deployment-us-api", f"us:acme-us/{OTHER}")]


@pytest.mark.parametrize("as_text", [True, False], ids=["JSON text", "object"])
def test_connections_of_a_stack_are_listed_with_its_own_configuration(
    world: World, pulumi: FakePulumi, members: dict[str, str], doctor: Run, run: Run, as_text: bool
) -> None:
    connections = {"us": members}
    own = {"clientId": "demo-client", "clientSecret": "demo-secret", "connectUrl": world.emulator.url}
    pulumi.config = {
        **own,
        "projectKey": PROJECT,
        "connections": json.dumps(connections) if as_text else connections,
    }
    doctor()  # clears the environment

    result = run("import-file", "--stack", "dev", "--only", "deployments")

    assert [name for name, _ in deployments(result)] == ["deployment-api", "deployment-us-api"]
    assert not Canaries([SECRET]).found_in(result.output)


def test_an_error_says_where_the_credentials_of_a_stack_go(
    world: World, pulumi: FakePulumi, doctor: Run, run: Run
) -> None:
    pulumi.config = {"connectUrl": world.emulator.url}
    doctor()  # clears the environment

    result = run("import-file", "--stack", "dev")

    assert result.exit_code == 1
    assert (
        "Set them in the stack's configuration (the secret with --secret) or in the environment." in result.stderr
    )


@pytest.mark.parametrize(
    ("connections", "arguments", "said"),
    [
        ({"us": {"clientId": "us"}}, (), "connection us: "),
        ({"us": {"cliendSecret": SECRET}}, (), "has unknown members: 'cliendSecret'"),
        ({"1us": {"clientSecret": SECRET}}, (), "'1us': a name has a letter first"),
        ([SECRET], (), "commercetools-connect:connections is not an object"),
        ({}, ("--connection", "us"), "there is no connection 'us'"),
    ],
)
def test_what_the_provider_refuses_is_an_error_before_any_call(
    world: World,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    connections: Any,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    """Half a file would pass for a whole one."""
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps(connections))
    world.emulator.admin.clear_journal()

    result = run("import-file", *arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert SECRET not in result.output
    assert not world.emulator.admin.journal()


def test_a_connection_that_is_refused_is_named_and_nothing_is_written(
    run: Run, members: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": {**members, "clientSecret": f"{SECRET}-old"}}))
    path = tmp_path / "import.json"

    result = run("import-file", "--output", str(path))

    assert result.exit_code == 1
    assert "connection us: " in result.stderr
    assert "Check commercetools-connect:connections.us.clientId" in result.stderr
    assert SECRET not in result.output
    assert not path.exists()
