"""Without the packages of its extra, the command says how to install them."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMAND = "import sys; sys.modules[{!r}] = None; from commercetools_connect.cli.__main__ import main; main()"
"""Python then raises what it raises when the module is not installed."""


def run(missing: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", COMMAND.format(missing), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("missing", "arguments", "extra"),
    [
        ("typer", ("report", "a/b"), "cli"),
        ("typer", ("emulator",), "emulator"),
        ("starlette", ("emulator", "--port", "0"), "emulator"),
        ("ruamel.yaml", ("emulator", "--port", "0"), "emulator"),
    ],
)
def test_what_is_missing_is_named_with_the_line_that_installs_it(
    missing: str, arguments: tuple[str, ...], extra: str
) -> None:
    done = run(missing, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"such as {missing.partition('.')[0]}." in done.stderr
    assert done.stderr.endswith(f"\n  pip install 'commercetools-connect-provider[{extra}]'\n")
    assert len(done.stderr.splitlines()) == 2


def test_other_commands_do_not_need_the_packages_of_the_emulator() -> None:
    done = run("starlette", "--version")

    assert done.returncode == 0, done.stderr


def test_a_module_that_is_not_part_of_an_extra_is_an_error_of_its_own() -> None:
    """Instructions to install an extra would not help."""
    done = run("httpx", "report", "a/b")

    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr
