"""`commercetools-connect import-file` against an emulator: what is written, what is said, what is asked."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from commercetools_connect.cli.main import app
from commercetools_connect.emulator import ClientSpec
from tests.support.world import PROJECT, World


def run(world: World, *arguments: str, **environ: str | None) -> Result:
    """Run the command with the environment of a user."""
    credentials = {
        "CTP_CONNECT_URL": world.emulator.url,
        "CTP_CLIENT_ID": "demo-client",
        "CTP_CLIENT_SECRET": "demo-secret",
        "CTP_PROJECT_KEY": None,
    }
    world.emulator.admin.clear_journal()
    return CliRunner().invoke(app, ["import-file", *arguments], env={**credentials, **environ})


def entries(text: str) -> list[dict[str, str]]:
    """Return what the file holds."""
    content = json.loads(text)
    assert set(content) == {"resources"}
    return list(content["resources"])


def test_a_project_is_written_to_stdout_and_explained_on_stderr(world: World) -> None:
    """Drafts, publications and deployments; only reads; what will be gone is left out, with the reason."""
    state = world.deployed()
    leaving = world.create("Deployment", world.deployment_inputs(str(state.outputs["connectorId"])), "leaving")
    world.emulator.admin.patch("deployments", str(leaving.outputs["deploymentId"]), {"status": "Undeploying"})
    draft = world.create("ConnectorStaged", world.staged_inputs(name="Idle"), "idle")

    result = run(world, "--project", PROJECT)

    assert result.exit_code == 0, result.output
    assert [(entry["name"], entry["id"]) for entry in entries(result.stdout)] == [
        ("draft-derived-greeter", state.outputs["connectorId"]),
        ("draft-derived-idle", draft.id),
        ("publication-derived-greeter", f"{state.outputs['connectorId']}/publish"),
        ("deployment-derived-greeter", state.id),
    ]
    assert "Wrote to stdout: 2 ConnectorStaged, 1 ConnectorPublication, 1 Deployment." in result.stderr
    assert "Left out: Deployment derived-leaving: it is Undeploying and will be gone." in result.stderr
    assert "Secured values cannot be read" in result.stderr
    assert not world.writes()


def test_the_same_project_gives_the_same_file(world: World, tmp_path: Path) -> None:
    world.deployed()
    for name in ("one", "two"):
        result = run(world, "--output", str(tmp_path / name), CTP_PROJECT_KEY=PROJECT)
        assert (result.exit_code, result.stdout) == (0, "")

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert len(entries((tmp_path / "one").read_text())) == 3


def test_a_project_of_more_than_a_page_is_read_to_the_end(world: World) -> None:
    world.deployed()
    dump: Any = world.emulator.admin.dump()
    (model,) = dump["deployments"]
    for number in range(520):
        dump["deployments"].append({**model, "id": str(uuid.uuid4()), "key": f"many-{number:03}"})
    world.emulator.admin.load(dump)

    result = run(world, "--project", PROJECT, "--only", "deployments")

    assert len({entry["id"] for entry in entries(result.stdout)}) == 521
    assert len(world.calls()) == 2


def test_an_empty_project_gives_a_valid_file_and_says_so(world: World) -> None:
    result = run(world, "--project", PROJECT)

    assert result.exit_code == 0
    assert entries(result.stdout) == []
    assert "Wrote to stdout: nothing: there is nothing to import." in result.stderr


def test_a_client_that_may_only_deploy_reads_what_is_missing_and_can_ask_for_less(world: World) -> None:
    """Half a file would pass for a whole one; `--only` asks for the half that the client may see."""
    world.deployed()
    scopes = f"manage_connectors_deployments:{PROJECT}"
    client: ClientSpec = {"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}
    world.emulator.admin.clients([client])

    refused = run(world, "--project", PROJECT)
    less = run(world, "--project", PROJECT, "--only", "deployments")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "HTTP 403" in refused.stderr
    assert "view_connectors" in refused.stderr
    assert [entry["name"] for entry in entries(less.stdout)] == ["deployment-derived-greeter"]


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        (
            (),
            {"CTP_CLIENT_ID": None, "CTP_CLIENT_SECRET": None},
            ["(CTP_CLIENT_ID) and ", "(CTP_CLIENT_SECRET) are missing", "Set them in the environment"],
        ),
        ((), {"CTP_CONNECT_URL": None}, ["Give --region", "CTP_API_URL"]),
        (("--project", f"europe-west1.gcp:{PROJECT}"), {}, ["is not the key of a commercetools project"]),
    ],
    ids=["credentials", "place", "project"],
)
def test_what_is_missing_is_said_before_any_call(
    world: World, arguments: tuple[str, ...], environ: dict[str, str | None], words: list[str]
) -> None:
    result = run(world, *(arguments or ("--project", PROJECT)), **environ)

    assert (result.exit_code, result.stdout) == (1, "")
    for word in words:
        assert word in result.stderr
    assert not world.emulator.admin.journal()


def test_a_file_that_cannot_be_written_is_an_error_in_words(world: World, tmp_path: Path) -> None:
    result = run(world, "--project", PROJECT, "--output", str(tmp_path / "missing" / "file.json"))

    assert result.exit_code == 1
    assert "file.json cannot be written: No such file or directory." in result.stderr
    assert "Wrote" not in result.stderr
