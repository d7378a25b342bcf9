"""The side tool on the emulator: its environment, and what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commercetools_connect.api import RetryPolicy
from commercetools_connect.cli import doctor_checks
from commercetools_connect.cli.main import app
from commercetools_connect.emulator import Emulator
from tests.cli.stacks import CANARY, FakePulumi, Run
from tests.support.world import PROJECT, World, build_world


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def world(emulator: Emulator) -> Iterator[World]:
    with build_world(emulator) as fresh:
        yield fresh


@pytest.fixture
def environment(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set the environment of a user of the emulator."""
    variables = {
        "CTP_CONNECT_URL": world.emulator.url,
        "CTP_CLIENT_ID": "demo-client",
        "CTP_CLIENT_SECRET": "demo-secret",
        "CTP_PROJECT_KEY": PROJECT,
    }
    for name in ("CTP_API_URL", "CTP_AUTH_URL", "CTP_SCOPES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def run(environment: dict[str, str]) -> Run:  # noqa: ARG001 - it is set by then
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def pulumi(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    """Return a Pulumi CLI for the stack `dev` of a project `shop`, whose folder is the current one."""
    monkeypatch.setattr(doctor_checks, "RETRIES", RetryPolicy(attempts=2, base=0.0))
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    for name in ("CTP_CLIENT_ID", "CTP_CLIENT_SECRET", "CTP_PROJECT_KEY", "CTP_CONNECT_URL"):
        monkeypatch.delenv(name, raising=False)
    config = {
        "connectUrl": world.emulator.url,
        "clientId": "demo-client",
        "clientSecret": CANARY,
        "projectKey": PROJECT,
    }
    scopes = [f"manage_project:{PROJECT}"]
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": CANARY, "scopes": scopes}])
    world.settings["clientSecret"] = CANARY
    return FakePulumi(tmp_path / "bin", config=config)


@pytest.fixture
def doctor(pulumi: FakePulumi, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on the stack, with nothing in the environment."""

    def act(*arguments: str) -> Result:
        for name in ("CTP_CLIENT_ID", "CTP_CLIENT_SECRET", "CTP_PROJECT_KEY", "CTP_CONNECT_URL"):
            monkeypatch.delenv(name, raising=False)
        pulumi.install()
        return run("doctor", *arguments)

    return act
