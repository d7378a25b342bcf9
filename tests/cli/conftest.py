"""The side tool on the emulator: its environment, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

from commercetools_connect.cli.main import app
from commercetools_connect.emulator import Emulator
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
def run(environment: dict[str, str]) -> Callable[..., Result]:  # noqa: ARG001 - it is set by then
    return lambda *arguments: CliRunner().invoke(app, list(arguments))
