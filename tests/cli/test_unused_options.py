"""An option that would change nothing beside the others is refused, before any call; none is left out silently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from commercetools_connect.emulator import ClientSpec
from tests.cli.stacks import FakePulumi, Run
from tests.support.world import PROJECT, World

REGION = ("--region", "europe-west1.gcp")


@pytest.mark.parametrize(
    ("command", "option", "said"),
    [
        (("import-file", "--stack", "dev", *REGION), "--region", "the configuration of the stack says where"),
        (("import-file", "--connection", "us", *REGION), "--region", "leave it out with --connection"),
        (
            ("import-file", "--connection", "us", "--project", PROJECT),
            "--project",
            "leave it out with --connection",
        ),
        (("import-file", "--only", "drafts", "--project", PROJECT), "--project", "they belong to no project"),
        (("doctor", "--stack", "dev", *REGION), "--stack", "give only one of"),
        (("doctor", "--environment", "--projects", "estate.json"), "--projects", "give only one of"),
        (("status", "--projects", "estate.json", "--interval", "5"), "--interval", "is of --watch"),
        (("status", "--projects", "estate.json", "--wiring", "--html", "page.html"), "--html", "leave --html out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_option_that_would_change_nothing_is_refused(
    world: World, pulumi: FakePulumi, run: Run, command: tuple[str, ...], option: str, said: str
) -> None:
    pulumi.install()
    Path("estate.json").write_text(json.dumps([{"projectKey": PROJECT, "connectUrl": world.emulator.url}]))
    world.emulator.admin.clear_journal()

    result = run(*command)

    words = " ".join(result.stderr.replace("│", " ").split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert option in words
    assert said in words
    assert not world.emulator.admin.journal()


@pytest.mark.parametrize(
    "command",
    [
        ("import-file", *REGION),
        ("import-file", "--project", PROJECT),
        ("doctor", "--environment", *REGION),
    ],
    ids=" ".join,
)
def test_an_option_of_the_configuration_itself_needs_credentials_for_it(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Without that option, named connections alone are listed and checked."""
    us = {"clientId": "us", "clientSecret": "c4n4ry-of-us"}
    members = {**us, "projectKey": "acme-us", "connectUrl": world.emulator.url}
    monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": members}))
    world.emulator.admin.clients([cast("ClientSpec", {**us, "scopes": ["manage_project:acme-us"]})])
    monkeypatch.delenv("CTP_CLIENT_ID")
    monkeypatch.delenv("CTP_CLIENT_SECRET")
    if "--region" in command:
        monkeypatch.delenv("CTP_CONNECT_URL")

    result = run(*command)

    assert result.exit_code == 1
    assert "CTP_CLIENT_ID" in result.output
    assert "c4n4ry" not in result.output
