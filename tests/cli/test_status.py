"""One command says who runs what in many projects, and its exit code whether someone has to look."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from commercetools_connect.emulator import ClientSpec
from tests.support.world import PROJECT, World

Run = Callable[..., Result]
SECRET = "c4n4ry-5ecret"


@pytest.fixture
def estate(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Give a way to write the file; each further project has a client of its own."""

    def write(*others: str, **changes: Any) -> str:
        scopes = {PROJECT: f"manage_project:{PROJECT}", **{name: f"manage_project:{name}" for name in others}}
        world.emulator.admin.clients(
            [
                {"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": [scopes[PROJECT]]},
                *(ClientSpec(clientId=name, clientSecret=SECRET, scopes=[scopes[name]]) for name in others),
            ]
        )
        entries: list[dict[str, Any]] = [{"projectKey": PROJECT, "connectUrl": world.emulator.url}]
        for name in others:
            prefix = name.upper().replace("-", "_")
            monkeypatch.setenv(f"{prefix}_CLIENT_ID", name)
            monkeypatch.setenv(f"{prefix}_CLIENT_SECRET", SECRET)
            entries.append({"projectKey": name, "connectUrl": world.emulator.url, "credentials": prefix})
        path = tmp_path / "estate.yaml"
        path.write_text(json.dumps([{**each, **changes} for each in entries]))
        return str(path)

    return write


def rows(result: Result) -> list[dict[str, str]]:
    return list(json.loads(result.stdout))


def test_an_estate_that_runs_what_is_published_is_fine(world: World, run: Run, estate: Callable[..., str]) -> None:
    world.deployed(key="api")

    result = run("status", "--projects", estate())

    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stdout.splitlines() if " api " in line]
    assert line.split()[:7] == [PROJECT, "api", "europe-west1.gcp", "Greeter", "v1.0.0", "v1.0.0", "Deployed"]
    assert result.stdout.splitlines()[-1] == "1 current"


def test_an_older_tag_than_the_published_one_is_behind(world: World, run: Run, estate: Callable[..., str]) -> None:
    staged, _ = world.published()
    world.create("Deployment", world.deployment_inputs(staged.id, key="api"))
    newer = {"url": "https://github.com/acme/demo-connector.git", "tag": "v1.1.0"}
    staged = world.up("ConnectorStaged", staged, world.staged_inputs(repository=newer))
    world.create("ConnectorPublication", world.publication_inputs(staged), name="again")

    result = run("status", "--projects", estate(), "--json")

    assert result.exit_code == 3
    (row,) = rows(result)
    assert (row["tag"], row["publishedTag"], row["verdict"]) == ("v1.0.0", "v1.1.0", "behind")


def test_a_failed_deployment_is_broken_and_shows_its_last_report_line(
    world: World, run: Run, estate: Callable[..., str]
) -> None:
    state = world.deployed(key="api")
    entry = {"type": "Error", "application": "service", "title": "Build\x1b[31m failed", "message": "exit code 1"}
    world.emulator.admin.patch(
        "deployments", str(state.outputs["deploymentId"]), {"status": "Failed", "report": [entry]}
    )

    result = run("status", "--projects", estate())

    assert result.exit_code == 4
    assert "broken" in result.stdout
    assert "service: Build" in result.stdout
    assert "exit code 1" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_project_that_cannot_be_asked_hides_no_other(
    world: World, run: Run, estate: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deployed(key="api")
    path = estate("acme-us")
    monkeypatch.setenv("ACME_US_CLIENT_SECRET", "wrong-c4n4ry")

    result = run("status", "--projects", path, "--json")

    assert result.exit_code == 1
    assert [(row["project"], row["verdict"]) for row in rows(result)] == [
        (PROJECT, "current"),
        ("acme-us", "unasked"),
    ]
    assert rows(result)[1]["message"]
    assert "c4n4ry" not in result.output


def test_each_project_is_asked_with_its_own_credentials(
    world: World, run: Run, estate: Callable[..., str]
) -> None:
    path = estate("acme-us", "acme-eu")
    world.emulator.admin.clear_journal()

    assert run("status", "--projects", path).exit_code == 0
    asked = {
        call["path"].split("/")[1]: call["client"]
        for call in world.emulator.admin.journal()
        if "deploy" in call["path"]
    }
    assert asked == {PROJECT: "demo-client", "acme-us": "acme-us", "acme-eu": "acme-eu"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"projctKey": "x"}, "projects[0].projctKey: unknown argument; did you mean projectKey?"),
        ({"credentials": "NOBODY"}, "projects[0]: NOBODY_CLIENT_ID and NOBODY_CLIENT_SECRET must be set"),
        ({"connectUrl": None}, "projects[0]: needs region, or connectUrl and authUrl"),
        ({"projectKey": "!"}, "projects[0].projectKey: must have 2 to 36 characters"),
    ],
)
def test_a_mistake_in_the_file_is_named(
    run: Run, estate: Callable[..., str], changes: dict[str, Any], said: str
) -> None:
    result = run("status", "--projects", estate(**changes))

    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), ("{[", "neither YAML nor JSON")])
def test_a_file_that_is_none_is_told(run: Run, tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "estate.yaml"
    if content is not None:
        path.write_text(content)

    result = run("status", "--projects", str(path))

    assert result.exit_code == 1
    assert said in result.stderr
