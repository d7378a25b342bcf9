"""For a stack, the doctor checks the connections that it uses, and finds objects that its state does not have."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from commercetools_connect.cli import doctor_checks
from commercetools_connect.core.results import State
from commercetools_connect.resources.keys import derive_key
from tests.cli.stacks import CANARY, TYPE, FakePulumi, Run, in_state, resource, rows
from tests.support.world import PROJECT, World

PROVIDER = "pulumi:providers:commercetools-connect"


def deployments(world: World, *keys: str, **changes: Any) -> list[str]:
    """Make deployments with these keys in Connect, and return their ids."""
    state: State = world.deployed(key="model")
    dump: Any = world.emulator.admin.dump()
    (model,) = dump["deployments"]
    made = [{**model, "id": str(uuid.uuid4()), "key": key, **changes} for key in keys]
    dump["deployments"] = made
    world.emulator.admin.load(dump)
    assert state.id
    return [str(each["id"]) for each in made]


def test_a_stack_whose_state_has_everything_is_well(world: World, pulumi: FakePulumi, doctor: Run) -> None:
    key = derive_key("shop", "dev", "api")
    (found,) = deployments(world, key)
    pulumi.resources = [in_state("Deployment", "api", f"{PROJECT}/{found}")]

    result = doctor()

    assert result.exit_code == 0, result.output
    assert "Stack dev of project shop: 1 connection, 1 object in the state." in result.stdout
    assert "none with a key that begins with shop-dev-" in result.stdout
    assert "All is well." in result.stdout
    assert not [call for call in world.writes() if "drafts" not in call and "deployments" not in call]


def test_an_object_of_an_interrupted_create_was_left_by_a_killed_run(
    world: World, pulumi: FakePulumi, doctor: Run
) -> None:
    key = derive_key("shop", "dev", "a name/that is sanitised")
    (found,) = deployments(world, key, status="Deploying")
    pulumi.pending = [
        resource("dev", "shop", f"{TYPE}:Deployment", "a name/that is sanitised", inputs={"key": key})
    ]

    table, listed = doctor(), doctor("--json")

    assert listed.exit_code == 1
    (row,) = rows(listed, "Deployment objects not in the state")
    assert (row["key"], row["id"], row["result"]) == (key, found, "problem")
    assert row["finding"] == f"{key}, Deploying: left by a killed run"
    assert "`pulumi up` goes on with it" in row["remedy"]
    assert f"pulumi import commercetools-connect:index:Deployment NAME {PROJECT}/{found}" in row["remedy"]
    assert "another backend has the same keys" in row["remedy"]
    assert f"- configuration: {key}" in table.stdout


def test_the_key_of_an_interrupted_create_is_known_also_where_it_was_derived_in_another_way(
    world: World, pulumi: FakePulumi, doctor: Run
) -> None:
    """Other versions of the provider derive other keys; the state has the one that the run was creating."""
    deployments(world, "shop-dev-api-0a0b0c0d")
    inputs = {"key": "shop-dev-api-0a0b0c0d"}
    pulumi.pending = [resource("dev", "shop", f"{TYPE}:Deployment", "api", inputs=inputs)]

    (row,) = rows(doctor("--json"), "Deployment objects not in the state")

    assert "left by a killed run" in row["finding"]


def test_a_derived_key_is_known_also_when_the_state_forgot_the_resource(
    world: World, pulumi: FakePulumi, doctor: Run
) -> None:
    deployments(world, derive_key("shop", "dev", "gone"))
    pulumi.resources = [in_state("Deployment", "api", f"{PROJECT}/{uuid.uuid4()}")]

    (row,) = rows(doctor("--json"), "Deployment objects not in the state")

    assert "left by a killed run" in row["finding"]


def test_a_second_object_for_a_resource_of_the_state_is_not_said_to_be_useless(
    world: World, pulumi: FakePulumi, doctor: Run
) -> None:
    """It has the derived key, and the state has an object under another one: either may be the live one."""
    deployments(world, derive_key("shop", "dev", "api"))
    pulumi.resources = [in_state("Deployment", "api", f"{PROJECT}/{uuid.uuid4()}", outputs={"key": "chosen"})]

    (row,) = rows(doctor("--json"), "Deployment objects not in the state")

    assert "The state has another object for api" in row["remedy"]
    assert "which of the two is used before you remove one" in row["remedy"]


def test_a_key_that_only_looks_like_the_stacks_is_perhaps_of_it(world: World, doctor: Run) -> None:
    deployments(world, "shop-dev-api-00000000", "shop-prod-api-00000000")

    (row,) = rows(doctor("--json"), "Deployment objects not in the state")

    assert row["finding"] == "shop-dev-api-00000000, Deployed: perhaps of this stack"
    assert row["remedy"].startswith("Find out who uses it before you change anything.")


def test_keys_of_a_stack_with_a_longer_name_are_a_note(world: World, pulumi: FakePulumi, doctor: Run) -> None:
    deployments(world, "shop-dev-eu-api-00000000", "shop-dev-eu-web-00000000")
    pulumi.others = ["dev-eu", "prod"]

    result = doctor("--json")

    assert result.exit_code == 0
    (row,) = rows(result, "Deployment objects not in the state")
    assert row["finding"].startswith("2 with keys like those of stack dev-eu")


def test_what_is_being_undeployed_is_a_note(world: World, doctor: Run) -> None:
    deployments(world, derive_key("shop", "dev", "api"), status="Undeploying")

    assert doctor().exit_code == 0


def test_drafts_are_compared_as_well(world: World, pulumi: FakePulumi, doctor: Run) -> None:
    key = derive_key("shop", "dev", "greeter")
    draft = world.create("ConnectorStaged", world.staged_inputs(key=key))
    unknown = doctor("--json")
    pulumi.resources = [in_state("ConnectorStaged", "greeter", draft.id)]

    assert [row["id"] for row in rows(unknown, "ConnectorStaged objects not in the state")] == [draft.id]
    assert doctor().exit_code == 0


def test_a_draft_that_two_connections_see_is_reported_once(world: World, pulumi: FakePulumi, doctor: Run) -> None:
    draft = world.create("ConnectorStaged", world.staged_inputs(key=derive_key("shop", "dev", "greeter")))
    pulumi.config = {**pulumi.config, "connections": {"second": pulumi.config}}
    pulumi.resources = [in_state("Deployment", "api", f"{PROJECT}/{uuid.uuid4()}")]

    result = doctor("--json")

    assert [row["connection"] for row in rows(result, "read drafts")] == ["configuration", "second"]
    assert [(row["connection"], row["id"]) for row in rows(result) if "id" in row] == [("configuration", draft.id)]


def test_a_big_estate_is_read_to_the_end(world: World, doctor: Run) -> None:
    keys = [f"many-{number:04}" for number in range(1_100)]
    deployments(world, *keys, derive_key("shop", "dev", "last"))
    world.emulator.admin.clear_journal()

    result = doctor("--json")

    assert [row["key"] for row in rows(result, "Deployment objects not in the state")] == [
        derive_key("shop", "dev", "last")
    ]
    assert world.calls().count(f"GET /{PROJECT}/deployments 200") == 4


def test_a_list_that_breaks_off_is_a_row(world: World, doctor: Run) -> None:
    world.emulator.admin.fault({"status": 500}, path="/*/deployments", skip=1, times=2)

    result = doctor("--json")

    assert result.exit_code == 1
    (row,) = rows(result, "Deployment objects not in the state")
    assert "HTTP 500" in row["finding"]


def test_the_kinds_that_a_stack_has_decide_which_scopes_it_needs(
    world: World, pulumi: FakePulumi, doctor: Run
) -> None:
    scopes = [f"{name}:{PROJECT}" for name in ("manage_connectors_deployments", "view_connectors")]
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": CANARY, "scopes": scopes}])
    deployment = in_state("Deployment", "api", f"{PROJECT}/{uuid.uuid4()}")
    draft = in_state("ConnectorStaged", "greeter", str(uuid.uuid4()))
    pulumi.resources = [deployment]
    only_deployments = doctor()
    pulumi.resources = [deployment, draft]

    with_a_draft = doctor("--json")

    assert only_deployments.exit_code == 0, only_deployments.output
    assert [row["check"] for row in rows(with_a_draft) if row["result"] == "problem"] == ["scopes for drafts"]


def test_a_connector_with_its_own_api_client_needs_one_more_scope(pulumi: FakePulumi, doctor: Run) -> None:
    outputs = {"apiClientName": "connect-api-client"}
    pulumi.resources = [in_state("Deployment", "api", f"{PROJECT}/{uuid.uuid4()}", outputs=outputs)]

    (row,) = rows(doctor("--json"), "scopes for API clients")

    assert row["result"] == "problem"
    assert f"manage_api_clients:{PROJECT}" in row["remedy"]


def test_a_list_that_does_not_end_is_a_problem_and_no_hint_at_an_option_that_does_not_help(
    world: World, pulumi: FakePulumi, doctor: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi.resources = [in_state("Deployment", "api", f"{PROJECT}/{uuid.uuid4()}")]
    monkeypatch.setattr(doctor_checks, "LIST_TIME_LIMIT", 0.3)
    world.emulator.admin.fault({"slow": 60}, path="/*/deployments", skip=1)

    (row,) = rows(doctor("--json"), "Deployment objects not in the state")

    assert row["result"] == "problem"
    assert row["finding"] == "The list of all Deployment objects was not complete within 0.3 s."
    assert "--timeout gives" not in row["remedy"]


def test_the_environment_can_be_checked_in_the_folder_of_a_project(
    world: World, pulumi: FakePulumi, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTP_CONNECT_URL", world.emulator.url)
    monkeypatch.setenv("CTP_CLIENT_SECRET", CANARY)
    pulumi.install()

    result = run("doctor", "--environment")

    assert result.exit_code == 0, result.output
    assert not pulumi.asked()


@pytest.mark.parametrize(
    ("command", "answer", "said"),
    [
        (
            "stack-export",
            {"code": 255, "stderr": "error: no stack named 'dev' found"},
            "no stack named 'dev' found",
        ),
        ("stack-export", {"stdout": "[]"}, "not what `pulumi stack export` prints"),
        ("config", {"stdout": "[]"}, "not what `pulumi config --json` prints"),
        (
            "config",
            {"code": 1, "stderr": "error: passphrase must be set"},
            "`pulumi config --show-secrets` failed",
        ),
        ("stack-ls", {"stdout": "[1]"}, "not what `pulumi stack ls --json` prints"),
        ("stack-ls", {"stdout": "[]"}, "Give --stack NAME"),
    ],
)
def test_a_stack_that_cannot_be_read_is_reported_in_words(
    pulumi: FakePulumi, run: Run, command: str, answer: dict[str, Any], said: str
) -> None:
    pulumi.install()
    pulumi.answer(command, **answer)

    result = run("doctor")

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_without_the_pulumi_cli_a_stack_cannot_be_read(
    pulumi: FakePulumi, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(pulumi.folder))

    result = run("doctor", "--stack", "dev")

    assert result.exit_code == 2
    assert "The Pulumi CLI is not found" in result.stderr


def test_neither_secrets_of_state_and_configuration_nor_their_reports_are_shown(
    world: World, pulumi: FakePulumi, doctor: Run
) -> None:
    pulumi.resources = [
        in_state(
            "Deployment",
            "api",
            f"{PROJECT}/{uuid.uuid4()}",
            outputs={"configurations": {"service": {"securedConfiguration": {"TOKEN": CANARY}}}},
        )
    ]
    body: dict[str, Any] = {"statusCode": 500, "message": f"Bearer, {CANARY}"}
    world.emulator.admin.fault({"status": 500, "body": body}, path="/*/deployments", times=2)

    table, listed = doctor("--verbose"), doctor("--json")

    assert "HTTP 500" in table.output
    assert "c4n4ry" not in table.output + listed.output
