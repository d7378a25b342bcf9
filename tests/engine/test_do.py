"""`pulumi do` on a real engine: what its page says, and lists of hundreds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from commercetools_connect import __version__
from commercetools_connect.emulator import Emulator
from examples.demo.engine import environment as isolated_environment
from tests.engine.yaml_harness import PLUGIN
from tests.site.blocks import DOCS, blocks_of
from tests.support.many import multiply
from tests.support.world import PROJECT, World, build_world

pytestmark = pytest.mark.long

MANY = 501
LIMIT = 120
CREDENTIALS = {
    "CTP_CLIENT_ID": "demo-client",
    "CTP_CLIENT_SECRET": "demo-secret",
    "CTP_PROJECT_KEY": PROJECT,
}


@dataclass
class Shell:
    """A shell with the CLI and the installed plugin."""

    world: World
    folder: Path
    environ: dict[str, str]

    def run(self, script: str) -> str:
        """Run a script to success, and return what it printed."""
        done = subprocess.run(
            ["/bin/sh", "-ec", script],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert CREDENTIALS["CTP_CLIENT_SECRET"] not in done.stdout + done.stderr
        return done.stdout

    def lists(self, script: str) -> list[Any]:
        """Run a script whose commands print lists, and return them."""
        text, decoder = self.run(script).strip(), json.JSONDecoder()
        found: list[Any] = []
        while text:
            value, end = decoder.raw_decode(text)
            found.append(value)
            text = text[end:].strip()
        return found


@pytest.fixture(scope="module")
def shell(engine_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("do")
    for name in ("home", "state", "work"):
        (folder / name).mkdir()
    with Emulator() as emulator, build_world(emulator) as world:
        world.deployed()
        multiply(emulator, MANY)
        environ = {
            **isolated_environment(folder, engine_root, Path(sys.executable).parent),
            "CTP_CONNECT_URL": emulator.url,
            **CREDENTIALS,
        }
        made = Shell(world, folder / "work", environ)
        plugin = Path(sys.executable).parent / PLUGIN
        made.run(f"pulumi plugin install resource commercetools-connect v{__version__} --file '{plugin}'")
        yield made


def test_501_deployments_are_listed_with_the_ids_that_import_file_writes(shell: Shell) -> None:
    (everything, page, few) = shell.lists(
        "for more in --all '' '--count 3'; do pulumi do commercetools-connect:index:Deployment list $more; done"
    )
    entries = json.loads(shell.run(f"commercetools-connect import-file --project {PROJECT} 2>/dev/null"))[
        "resources"
    ]
    imported = [each["id"] for each in entries if each["type"].endswith(":Deployment")]

    assert sorted(each["id"] for each in everything) == sorted(imported)
    assert (len(everything), len(page), len(few)) == (MANY, 500, 3)


def test_every_command_of_the_page_runs_and_its_filters_choose(shell: Shell) -> None:
    scripts = [each.text for each in blocks_of(DOCS / "pulumi-do.md")]

    drafts, publications, deployments = shell.lists(scripts[0])
    production, private, integrations = shell.lists(scripts[1])
    (function,) = shell.lists(scripts[2])

    assert [len(each) for each in (drafts, publications, deployments)] == [1, 1, MANY]
    assert publications[0]["id"] == f"{drafts[0]['id']}/publish"
    assert [len(each) for each in (production, integrations)] == [50, 0]
    assert [each["name"] for each in private] == ["derived-greeter"]
    assert len(function["deployments"]) == 500


def test_a_list_takes_the_name_of_a_connection(shell: Shell) -> None:
    """Its ids begin with the name, as imports take them."""
    members = {"clientId": "demo-client", "clientSecret": CREDENTIALS["CTP_CLIENT_SECRET"], "projectKey": PROJECT}
    members["connectUrl"] = shell.world.emulator.url
    environ = {**shell.environ, "CTP_CONNECTIONS": json.dumps({"us": members})}
    command = "pulumi do commercetools-connect:index:Deployment list --count 3 --connection us"

    (few,) = replace(shell, environ=environ).lists(command)

    assert len(few) == 3
    assert all(each["id"].startswith(f"us:{PROJECT}/") for each in few)
