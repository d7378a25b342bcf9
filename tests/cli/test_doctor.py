"""One command says what credentials reach: host, token, scopes and reads, each as a row with its next step."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from commercetools_connect.api import RetryPolicy
from commercetools_connect.cli import doctor_checks
from tests.cli.stacks import Run
from tests.support.world import PROJECT, World

CANARY = "c4n4ry-5ecret-of-a-client"


@pytest.fixture(autouse=True)
def _quick_and_outside_of_a_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor_checks, "RETRIES", RetryPolicy(attempts=2, base=0.0))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def client_with(world: World) -> Callable[..., None]:
    """Give the client of the environment other scopes, of the project unless they name one."""

    def change(*scopes: str) -> None:
        named = [scope if ":" in scope else f"{scope}:{PROJECT}" for scope in scopes]
        world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": named}])

    return change


def rows(result: Result) -> dict[str, dict[str, str]]:
    """Return the rows of a run with `--json`, by check."""
    return {row["check"]: row for row in json.loads(result.stdout)}


def problems(result: Result) -> list[str]:
    return [name for name, row in rows(result).items() if row["result"] == "problem"]


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_an_environment_that_reaches_everything_is_well(world: World, run: Run) -> None:
    result = run("doctor")

    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert result.stdout.startswith("The environment.\n")
    assert ["environment", "host", "ok", world.emulator.url] in lines
    assert ["environment", PROJECT, "scopes", "for", "deployments", "ok", f"manage_project:{PROJECT}"] in lines
    assert ["environment", PROJECT, "read", "deployments", "ok"] in lines
    assert lines[-1] == ["All", "is", "well."]


def test_it_only_reads_and_asks_each_thing_once(world: World, run: Run) -> None:
    world.emulator.admin.clear_journal()

    run("doctor")

    assert sorted(world.calls()) == [
        "GET /connectors/drafts 200",
        "GET /connectors/drafts 401",
        "GET /connectors/search 200",
        f"GET /{PROJECT}/deployments 200",
    ]
    assert [call["path"] for call in world.emulator.admin.journal()].count("/oauth/token") == 1


def test_a_refused_token_says_where_the_credentials_come_from_and_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTP_CLIENT_SECRET", CANARY)

    table, listed = run("doctor"), run("doctor", "--json")

    assert (table.exit_code, listed.exit_code) == (1, 1)
    found = rows(listed)
    assert found["host"]["result"] == "ok"
    assert "HTTP 401" in found["token"]["finding"]
    assert "clientId from CTP_CLIENT_ID and clientSecret from CTP_CLIENT_SECRET" in found["token"]["remedy"]
    assert "that the API client still exists" in found["token"]["remedy"]
    assert found["scopes and reads"]["result"] == "skipped"
    assert "that the API client still exists" in table.stdout
    assert "1 problem." in table.stdout
    assert CANARY not in table.output + listed.output
    assert "doctor" not in table.stdout


def test_a_client_that_may_only_deploy_lacks_a_scope_for_drafts_and_is_well_where_it_only_deploys(
    run: Run, client_with: Callable[..., None]
) -> None:
    client_with("manage_connectors_deployments", "view_connectors")

    whole, less = run("doctor", "--json"), run("doctor", "--only", "deployments")

    assert (whole.exit_code, less.exit_code) == (1, 0)
    assert problems(whole) == ["scopes for drafts"]
    row = rows(whole)["scopes for drafts"]
    assert "`pulumi up` cannot write ConnectorStaged and ConnectorPublication" in row["finding"]
    assert f"create a new API client with manage_connectors:{PROJECT}" in row["remedy"]


def test_a_client_that_may_only_read_is_well_for_previews(run: Run, client_with: Callable[..., None]) -> None:
    client_with("view_connectors", "view_connectors_deployments")

    whole, preview = run("doctor", "--json"), run("doctor", "--preview")

    assert problems(whole) == ["scopes for drafts", "scopes for deployments"]
    assert "add --preview" in rows(whole)["scopes for deployments"]["remedy"]
    assert preview.exit_code == 0, preview.output


def test_what_nothing_needs_is_only_noted_where_it_is_refused(run: Run, client_with: Callable[..., None]) -> None:
    client_with("manage_connectors")

    result = run("doctor", "--only", "drafts", "--json")

    assert result.exit_code == 0, result.output
    assert rows(result)["read deployments"]["result"] == "note"
    assert "HTTP 403" in rows(result)["read deployments"]["finding"]


def test_scopes_of_another_project_do_not_count_for_deployments(
    run: Run, client_with: Callable[..., None]
) -> None:
    client_with("manage_project:other-project")

    result = run("doctor", "--json")

    assert result.exit_code == 1
    assert problems(result) == ["scopes for deployments", "read deployments"]
    assert "HTTP 403" in rows(result)["read deployments"]["finding"]


def test_a_token_host_that_names_no_scopes_is_noted(world: World, run: Run) -> None:
    world.emulator.admin.fault(
        {"status": 200, "body": {"access_token": "t0ken", "expires_in": 60}}, path="/oauth/token"
    )
    world.emulator.admin.settings(enforceScopes=False)

    assert rows(run("doctor", "--json"))["scopes"]["result"] == "note"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 503}, "HTTP 503"),
        ({"status": 403, "body": {"statusCode": 403, "message": "Access denied"}}, "HTTP 403"),
        ({"html": True}, "not in the form of the API"),
        ({"status": 200, "body": {"results": 3}}, "the answer has another shape"),
        ({"drop": "before"}, "could not be talked to"),
    ],
    ids=["503", "403", "page of a gateway", "another shape", "broken connection"],
)
def test_a_read_that_fails_is_a_row_and_the_others_go_on(
    world: World, run: Run, fault: dict[str, Any], said: str
) -> None:
    world.emulator.admin.fault(fault, path="/*/deployments", times=2)

    result = run("doctor", "--json")

    assert (result.exit_code, problems(result)) == (1, ["read deployments"])
    assert said in rows(result)["read deployments"]["finding"]
    assert rows(result)["read connectors"]["result"] == "ok"


def test_one_failure_of_a_gateway_is_no_finding(world: World, run: Run) -> None:
    world.emulator.admin.fault({"status": 503}, path="/*/deployments")

    assert run("doctor").exit_code == 0


def test_a_dead_host_is_a_row(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTP_CONNECT_URL", f"http://127.0.0.1:{closed_port()}")

    result = run("doctor", "--json")

    assert (result.exit_code, problems(result)) == (1, ["host", "token"])
    assert "could not be talked to" in rows(result)["host"]["finding"]
    assert "Check the network" in rows(result)["host"]["remedy"]


def test_a_token_is_asked_for_also_where_only_the_connect_host_is_dead(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTP_AUTH_URL", world.emulator.url)
    monkeypatch.setenv("CTP_CONNECT_URL", f"http://127.0.0.1:{closed_port()}")

    result = run("doctor", "--json")

    assert problems(result) == ["host"]
    assert rows(result)["token"]["result"] == "ok"
    assert rows(result)["scopes and reads"]["finding"] == "not checked: the host does not answer"


def test_a_host_that_never_answers_is_a_row_after_the_time_limit(world: World, run: Run) -> None:
    world.emulator.admin.fault({"slow": 60}, path="/*/deployments")

    result = run("doctor", "--json", "--timeout", "3")

    assert problems(result) == ["read deployments"]
    host = world.emulator.url.removeprefix("http://")
    assert f"no answer from {host} within 3 s" in rows(result)["read deployments"]["finding"]


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("CTP_CLIENT_SECRET", "CTP_CLIENT_SECRET"),
        ("CTP_CONNECT_URL", "It is not known which commercetools region"),
    ],
)
def test_what_is_not_configured_is_reported_before_any_call(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, said: str
) -> None:
    monkeypatch.delenv(variable)
    world.emulator.admin.clear_journal()

    result = run("doctor")

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "doctor" not in result.stderr
    assert not world.emulator.admin.journal()


def test_two_subjects_are_a_mistake_of_usage(run: Run) -> None:
    result = run("doctor", "--stack", "dev", "--environment")

    assert result.exit_code == 2
    assert "only one of" in result.stderr


def test_a_service_that_repeats_the_secret_and_gives_orders_to_terminals_shows_neither(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTP_CLIENT_SECRET", CANARY)
    said = f"\x1b[31m{CANARY} is wrong"
    body: dict[str, Any] = {
        "statusCode": 401,
        "message": said,
        "error": "invalid_client",
        "error_description": said,
    }
    world.emulator.admin.fault({"status": 401, "body": body}, path="/oauth/token", times=2)

    table, listed = run("doctor"), run("doctor", "--json")

    assert "is wrong" in table.stdout
    assert CANARY not in table.output + listed.output
    assert "\x1b" not in table.output + listed.output


class TestEstates:
    @pytest.fixture
    def estate(self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        """Return a file of two projects; the second one has a wrong secret."""
        world.emulator.admin.clients(
            [
                {
                    "clientId": "demo-client",
                    "clientSecret": "demo-secret",
                    "scopes": [f"manage_project:{PROJECT}"],
                },
                {"clientId": "us", "clientSecret": "right", "scopes": ["manage_project:acme-us"]},
            ]
        )
        monkeypatch.setenv("US_CLIENT_ID", "us")
        monkeypatch.setenv("US_CLIENT_SECRET", CANARY)
        url = world.emulator.url
        entries = [
            {"projectKey": PROJECT, "connectUrl": url},
            {"projectKey": "acme-us", "connectUrl": url, "credentials": "US"},
        ]
        path = tmp_path / "estate.yaml"
        path.write_text(json.dumps(entries))
        return str(path)

    def test_a_project_without_problems_is_one_line_and_one_with_problems_is_shown_in_full(
        self, run: Run, estate: str
    ) -> None:
        result = run("doctor", "--projects", estate)

        assert result.exit_code == 1
        assert "estate.yaml: 2 projects." in result.stdout
        lines = [line.split() for line in result.stdout.splitlines()]
        assert [line[:4] for line in lines if line[:1] == [PROJECT]] == [[PROJECT, "9", "checks", "ok"]]
        assert ["acme-us", "token", "problem"] in [line[:3] for line in lines]
        assert "- acme-us: token" in result.stdout
        assert CANARY not in result.output

    def test_verbose_shows_every_check(self, run: Run, estate: str) -> None:
        result = run("doctor", "--projects", estate, "--verbose")

        assert "scopes for deployments" in result.stdout

    def test_all_projects_are_well_with_the_right_secrets(
        self, run: Run, estate: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("US_CLIENT_SECRET", "right")

        assert run("doctor", "--projects", estate).exit_code == 0

    def test_a_file_that_cannot_be_read_is_reported(self, run: Run) -> None:
        result = run("doctor", "--projects", "nowhere.yaml")

        assert (result.exit_code, result.stdout) == (2, "")
        assert "cannot be read" in result.stderr
