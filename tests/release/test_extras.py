"""A fresh installation of the wheel, with each choice of extras, does what that choice promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from commercetools_connect.emulator import Emulator

pytestmark = [pytest.mark.dist, pytest.mark.timeout(900)]  # installs packages, on a machine that may be busy

TOOL = "commercetools-connect"
LIMIT = 120
ONLY_IN_EXTRAS = ("jinja2", "pulumi_policy", "rich", "ruamel", "starlette", "typer", "uvicorn")
IMPORT = """
import importlib, pkgutil, sys
import commercetools_connect
skipped = tuple(f"commercetools_connect.{name}" for name in sys.argv[1:])
for module in pkgutil.walk_packages(commercetools_connect.__path__, "commercetools_connect."):
    if not (module.name + ".").startswith(tuple(f"{name}." for name in skipped)):
        importlib.import_module(module.name)
"""
PROGRAM = """
import pulumi

class Engine(pulumi.runtime.Mocks):
    def new_resource(self, args):
        print(args.typ)
        return "demo-project/d1", args.inputs

    def call(self, args):
        return {}

pulumi.runtime.set_mocks(Engine())
from commercetools_connect.dynamic import Deployment

@pulumi.runtime.test
def declare():
    return Deployment("greeter", region="europe-west1.gcp", connector={"key": "greeter"}, configurations={}).urn

declare()
"""


def run(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command of an installation, in an environment that has nothing else of ours."""
    return subprocess.run(
        [folder / command[0], *command[1:]],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=LIMIT,
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", **environ},
    )


def modules_of(folder: Path) -> set[str]:
    """Return which of the modules that only extras bring are installed."""
    (packages,) = folder.parent.glob("lib/python*/site-packages")
    return {name for name in ONLY_IN_EXTRAS if (packages / name).exists()}


def expect_instructions(done: subprocess.CompletedProcess[str], extra: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == f"  pip install 'commercetools-connect-provider[{extra}]'"


def test_a_plain_installation_serves_programs_and_the_plugin_without_a_web_server(bin_folder: Path) -> None:
    """`test_wheel` has an engine run its plugin."""
    imported = run(bin_folder, "python", "-c", IMPORT, "cli", "emulator", "policy")
    program = run(bin_folder, "python", "-c", PROGRAM)

    assert modules_of(bin_folder) == set()
    assert imported.returncode == 0, imported.stderr
    assert program.returncode == 0, program.stderr
    assert "Deployment" in program.stdout


@pytest.mark.parametrize("arguments", [[], ["--version"], ["report", "a/b"]])
def test_the_command_of_a_plain_installation_answers_with_what_to_install(
    bin_folder: Path, arguments: list[str]
) -> None:
    expect_instructions(run(bin_folder, TOOL, *arguments), "cli")


def test_the_emulator_of_an_installation_without_it_answers_with_what_to_install(
    bin_folder: Path, cli_folder: Path
) -> None:
    for folder in (bin_folder, cli_folder):
        expect_instructions(run(folder, TOOL, "emulator", "--port", "0"), "emulator")


def test_the_extra_cli_has_every_command_but_no_web_server(cli_folder: Path) -> None:
    """One that calls Connect, one that writes for CI; all of them are in the help."""
    imported = run(cli_folder, "python", "-c", IMPORT, "emulator", "policy")
    with Emulator() as emulator:
        credentials = {"CTP_CLIENT_ID": "demo-client", "CTP_CLIENT_SECRET": "demo-secret"}
        listed = run(
            cli_folder, TOOL, "import-file", "--project=demo-project", CTP_CONNECT_URL=emulator.url, **credentials
        )
    helped = run(cli_folder, TOOL, "--help")

    assert modules_of(cli_folder) == {"rich", "typer"}
    assert imported.returncode == 0, imported.stderr
    assert listed.returncode == 0, listed.stderr
    assert json.loads(listed.stdout) == {"resources": []}
    for command in ("doctor", "emulator", "import-file", "logs", "report", "rollback", "status", "summary"):
        assert f" {command} " in helped.stdout


def test_all_extras_have_the_emulator_and_the_policy_pack(full_folder: Path) -> None:
    imported = run(full_folder, "python", "-c", IMPORT)
    command = [str(full_folder / TOOL), "emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PATH": os.defpath}) as emulator:
        assert emulator.stdout is not None
        try:
            url = emulator.stdout.readline().strip()
            with urllib.request.urlopen(f"{url}/__admin/clock", timeout=LIMIT) as answer:  # noqa: S310 - loopback
                assert answer.status == 200
        finally:
            emulator.terminate()

    assert modules_of(full_folder) == set(ONLY_IN_EXTRAS), sys.version
    assert imported.returncode == 0, imported.stderr
