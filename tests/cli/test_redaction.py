"""No command shows a secret that its process was given, also if Connect, a state or an event log repeats it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.stacks import FakePulumi, Run, resource, sealed
from tests.support.canaries import Canaries
from tests.support.world import PROJECT, World

SECRET = "c4n4ry-of-the-client"
OTHER = "c4n4ry-of-another-client"
CONFIGURED = "c4n4ry-of-the-program"
URN = "urn:pulumi:dev::shop::commercetools-connect:index:Deployment::greeter"
COMMANDS = (
    ("logs", f"{PROJECT}/api"),
    ("logs", f"{PROJECT}/api", "--json"),
    ("report", f"{PROJECT}/api"),
    ("report", f"{PROJECT}/api", "--json"),
    ("rollback", f"{PROJECT}/api", "--to", "1", "--yes"),
    ("rollback", f"{PROJECT}/api", "--to", "99", "--yes"),
)


@pytest.fixture
def printing(world: World, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world in which a deployment prints the client's secret wherever a deployment can."""
    assert environment["CTP_CLIENT_SECRET"]
    scopes = [f"manage_project:{PROJECT}"]
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": SECRET, "scopes": scopes}])
    world.settings["clientSecret"] = SECRET
    monkeypatch.setenv("CTP_CLIENT_SECRET", SECRET)
    staged, _ = world.published(name=f"Greeter {SECRET}")

    def inputs(shop: str) -> dict[str, Any]:
        values = {"standardConfiguration": {"SHOP_NAME": shop}, "securedConfiguration": {"API_TOKEN": "c4n4ry-1"}}
        return world.deployment_inputs(staged.id, key="api", configurations={"service": values})

    state = world.create("Deployment", inputs(f"shop-{SECRET}"))
    state = world.up("Deployment", state, inputs("shop"))
    entry = {
        "type": "Warning",
        "application": "service",
        "title": f"env {SECRET}",
        "message": f"{SECRET} and {OTHER}",
    }
    world.emulator.admin.patch("deployments", str(state.outputs["deploymentId"]), {"report": [entry]})
    said = [{"message": f"started with {SECRET}"}, {"message": "env", "values": {"CTP_CLIENT_SECRET": SECRET}}]
    lines: Any = [{"applicationName": "service", "severity": "INFO", "details": each} for each in said]
    world.emulator.admin.log(PROJECT, "api", lines)
    world.emulator.admin.settings(clock="real", delays={"queued": 0.05, "deploying": 0.1})
    return world


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Configure named connections in the environment, one of which the provider refuses; return a free folder."""
    connections = {"us": {"clientSecret": SECRET}, "broken": {"clientSecret": OTHER, "unknown": 1}}
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps(connections))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        *COMMANDS[:4],
        ("status",),
        ("status", "--json"),
    ],
    ids=" ".join,
)
def test_what_connect_sends_is_shown_without_the_secrets_of_connections(
    printing: World, run: Run, command: tuple[str, ...], named: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script of one deployment may print what another connection logs in with."""
    printing.emulator.admin.clients(
        [{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": [f"manage_project:{PROJECT}"]}]
    )
    monkeypatch.setenv("CTP_CLIENT_SECRET", "demo-secret")
    (named / "estate.json").write_text(json.dumps([{"projectKey": PROJECT, "connectUrl": printing.emulator.url}]))
    projects = ("--projects", str(named / "estate.json")) if command[0] == "status" else ()

    result = run(*command, *projects)

    assert "***" in result.output
    assert not Canaries([SECRET, OTHER]).found_in(result.output)
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "written",
    [
        '{"us": {"clientId": "us", "clientSecret": "%s"',
        "us: {clientSecret: %s}",
        '{"us": {"clientSecret": "%s}}',
        '{"us": {"cliendSecret": "%s"}}',
        '{"us": "%s"}',
        '["%s"]',
        "%s",
    ],
)
def test_connections_that_nothing_can_read_are_as_secret_as_others(
    printing: World, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """A command that needs none of them is not refused, and a script may print them nevertheless."""
    path = tmp_path / "estate.json"
    path.write_text(json.dumps([{"projectKey": PROJECT, "connectUrl": printing.emulator.url}]))
    monkeypatch.setenv("CTP_CONNECTIONS", written % OTHER)

    said = run("status", "--projects", str(path)).output

    assert "*** and ***" in said
    assert not Canaries([SECRET, OTHER]).found_in(said)


def test_a_file_for_an_import_holds_no_secret_of_a_named_connection(
    printing: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names in the program come from names in Connect."""
    admin = printing.emulator.admin
    dump: Any = admin.dump()
    for each in dump["deployments"]:
        each["key"] = f"api-{OTHER}"
    admin.load(dump)
    clients = (("demo-client", "demo-secret", PROJECT), ("us", OTHER, "acme-us"))
    admin.clients(
        [
            {"clientId": name, "clientSecret": value, "scopes": f"manage_project:{of}"}
            for name, value, of in clients
        ]
    )
    members = {
        "clientId": "us",
        "clientSecret": OTHER,
        "projectKey": "acme-us",
        "connectUrl": printing.emulator.url,
    }
    monkeypatch.setenv("CTP_CLIENT_SECRET", "demo-secret")
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": members}))

    result = run("import-file", "--project", PROJECT)

    assert result.exit_code == 0, result.output
    assert "Deployment api-***" in result.stderr  # left out: a mask is not a key
    assert not Canaries([OTHER]).found_in(result.output)


@pytest.mark.parametrize("where", ["environment", "provider", "resource", "expect", "gate"])
def test_a_summary_shows_no_secret_of_connections_and_all_of_their_projects(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Connections are sealed as a whole; other members are shown."""
    members = {"clientId": "acme-us-client", "clientSecret": SECRET, "projectKey": "acme-us"}
    connections = {"us": members}
    message = f"{SECRET} was refused in acme-us"
    events = tmp_path / "events"
    events.write_text(
        json.dumps({"diagnosticEvent": {"urn": URN, "severity": "error", "message": message}}) + "\n"
    )
    held: dict[str, Any] = {"urn": URN, "type": "commercetools-connect:index:Deployment", "outputs": {}}
    if where == "environment":
        monkeypatch.setenv("CTP_CONNECTIONS", json.dumps(connections))
    elif where == "provider":
        held["inputs"] = {"connections": sealed(json.dumps(connections))}
    elif where == "resource":
        held["inputs"] = {"connection": sealed(members)}
    else:
        kind, name = {"expect": ("Deployment", "expect"), "gate": ("RolloutGate", "deployments")}[where]
        both = (watched_by(sealed(members)), watched_by(members))
        given, whole = ([{"expect": each}] if where == "gate" else each for each in both)
        held["urn"] = URN.replace("Deployment", kind)
        held.update(inputs={name: given}, outputs={name: sealed(whole)})
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": [held]}}))

    said = run("summary", "--events", str(events), "--state", str(state)).output

    assert "acme-us" in said
    assert not Canaries([SECRET]).found_in(said)


def watched_by(connection: dict[str, str]) -> dict[str, Any]:
    """Return an `expect` whose Extensions another client lists."""
    return {"service": {"extensions": 1, "connection": connection}}


@pytest.mark.parametrize(
    ("inputs", "asked"),
    [
        ({"expect": sealed(watched_by({"clientId": CONFIGURED}))}, []),
        ({"expect": watched_by({"clientId": "another"})}, []),
        ({}, []),
        ({"expect": watched_by({"clientId": CONFIGURED})}, ["expect"]),
    ],
    ids=["secret input", "another input", "no input", "secret output"],
)
def test_a_summary_shows_nothing_that_a_program_has_made_secret_as_a_whole(
    run: Run, tmp_path: Path, inputs: dict[str, Any], asked: list[str]
) -> None:
    held: dict[str, Any] = {"urn": URN, "type": "commercetools-connect:index:Deployment", "inputs": inputs}
    held.update(outputs={"expect": sealed(watched_by({"clientId": CONFIGURED}))}, additionalSecretOutputs=asked)
    message = {"urn": URN, "severity": "error", "message": f"refused: {CONFIGURED}"}
    (tmp_path / "events").write_text(json.dumps({"diagnosticEvent": message}) + "\n")
    (tmp_path / "state.json").write_text(json.dumps({"version": 3, "deployment": {"resources": [held]}}))

    said = run("summary", "--events", str(tmp_path / "events"), "--state", str(tmp_path / "state.json")).output

    assert "refused" in said
    assert not Canaries([CONFIGURED]).found_in(said)


@pytest.mark.usefixtures("printing")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_connect_sends_is_shown_without_the_client_secret(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command)

    assert not Canaries([SECRET]).found_in(result.output)
    assert ("***" in result.output) is ("99" not in command)
    assert "Traceback" not in result.output


def test_an_error_that_names_what_connect_has_shows_no_client_secret(printing: World, run: Run) -> None:
    """The names of applications come from a file in the connector's repository."""
    dump: Any = printing.emulator.admin.dump()
    for deployment in dump["deployments"]:
        for application in deployment["applications"]:
            application["name"] = f"service-{SECRET}"
    printing.emulator.admin.load(dump)

    result = run("logs", f"{PROJECT}/api", "--application", "other")

    assert result.exit_code == 1
    assert "It has service-***" in result.output
    assert not Canaries([SECRET]).found_in(result.output)


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["table", "JSON"])
def test_status_shows_no_secret_of_any_project_that_it_asks(
    printing: World, run: Run, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script in one project may print the credentials of another one."""
    admin = printing.emulator.admin
    clients = (("demo-client", SECRET, PROJECT), ("other", OTHER, "acme-us"))
    admin.clients(
        [
            {"clientId": name, "clientSecret": value, "scopes": f"manage_project:{of}"}
            for name, value, of in clients
        ]
    )
    monkeypatch.setenv("OTHER_CLIENT_ID", "other")
    monkeypatch.setenv("OTHER_CLIENT_SECRET", OTHER)
    path = tmp_path / "estate.json"
    own = {"connectUrl": printing.emulator.url}
    path.write_text(
        json.dumps([{**own, "projectKey": PROJECT}, {**own, "projectKey": "acme-us", "credentials": "OTHER"}])
    )

    said = run("status", "--projects", str(path), *options).output

    assert "*** and ***" in said
    assert not Canaries([SECRET, OTHER]).found_in(said)


def test_a_file_for_an_import_holds_no_client_secret(printing: World, run: Run) -> None:
    """Names in the program come from names in Connect."""
    dump: Any = printing.emulator.admin.dump()
    for each in dump["deployments"]:
        each["key"] = f"api-{SECRET}"
    printing.emulator.admin.load(dump)

    result = run("import-file", "--project", PROJECT)

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["resources"]
    assert not Canaries([SECRET]).found_in(result.output)


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["table", "JSON"])
def test_the_doctor_shows_no_secret_of_the_stack(
    printing: World, run: Run, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the client's nor one that the stack has configured for something else."""
    dump: Any = printing.emulator.admin.dump()
    (model,) = dump["deployments"]
    dump["deployments"] = [
        {**model, "id": f"00000000-0000-4000-8000-00000000000{number}", "key": f"shop-dev-{value}-0a0b0c0d"}
        for number, value in enumerate((SECRET, CONFIGURED))
    ]
    printing.emulator.admin.load(dump)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    pulumi = FakePulumi(tmp_path / "bin", resources=[resource("dev", "shop", "x:y:Z", "z", id="1")])
    pulumi.install()
    configured = {"shop:apiToken": {"value": CONFIGURED, "secret": True}, "shop:region": {"value": "mars"}}
    pulumi.answer("config", json.dumps(configured))

    said = run("doctor", *options).output

    assert said.count("shop-dev-***-0a0b0c0d") >= 2
    assert not Canaries([SECRET, CONFIGURED]).found_in(said)


def test_a_summary_shows_no_secret_of_the_environment_or_of_a_state_with_open_secrets(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pulumi stack export --show-secrets` writes them in clear; a message of another plugin may name them."""
    monkeypatch.setenv("CTP_CLIENT_SECRET", SECRET)
    events = tmp_path / "events"
    message = {"urn": URN, "severity": "error", "message": f"refused: {SECRET}, {CONFIGURED}"}
    events.write_text(json.dumps({"diagnosticEvent": message}) + "\n")
    outputs = {"key": "greeter", "report": [{"type": "Error", "title": f"env {CONFIGURED}"}]}
    inputs = {"configurations": {"service": {"securedConfiguration": {"API_TOKEN": sealed(CONFIGURED)}}}}
    held = {"urn": URN, "type": "commercetools-connect:index:Deployment", "outputs": outputs, "inputs": inputs}
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": [held]}}))

    said = run("summary", "--events", str(events), "--state", str(state)).output

    assert "refused" in said
    assert not Canaries([SECRET, CONFIGURED]).found_in(said)
