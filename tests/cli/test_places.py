"""The command line calls one place, and says so where two are named."""

from __future__ import annotations

import pytest

from tests.cli.stacks import Run
from tests.support.world import World

COMMANDS = [
    ("report", "demo-project/greeter-dev"),
    ("logs", "demo-project/greeter-dev"),
    ("rollback", "demo-project/greeter-dev"),
    ("import-file",),
    ("doctor",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_region_beside_an_emulator_in_the_environment_is_an_error_that_names_both(
    world: World, run: Run, command: tuple[str, ...]
) -> None:
    world.emulator.admin.clear_journal()

    result = run(*command, "--region", "europe-west1.gcp")

    assert result.exit_code in (1, 2)
    assert "--region europe-west1.gcp and CTP_CONNECT_URL name two places to call." in result.stderr
    assert "unset CTP_CONNECT_URL" in result.stderr
    assert world.emulator.admin.journal() == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_either_of_them_alone_is_called(
    world: World, run: Run, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the next step of that error says; a region that does not exist is not reached."""
    world.emulator.admin.clear_journal()
    run(*command)
    asked = len(world.emulator.admin.journal())
    monkeypatch.delenv("CTP_CONNECT_URL")

    result = run(*command, "--region", "nowhere")

    assert asked
    assert "'nowhere' is not a region" in result.stderr
