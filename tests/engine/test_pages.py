"""The documentation's first page and the tasks that follow it, run as written: `make pages`.

All commands run in one shell, one page after the other, in the order of the menu. A block of YAML that is a part
of a program is added to the program in the present folder. A block of text is what the terminal shows: its lines
come in that order, and `…` means anything.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.site.blocks import DOCS, ROOT, Block, blocks_of
from tests.support.canaries import text_of
from tests.support.policy_venv import PACK_ENVIRONMENT, policy_host, policy_python

pytestmark = [pytest.mark.pages, pytest.mark.timeout(1560)]

PAGES = (
    "index",
    "rotate-a-secret",
    "see-a-failure",
    "new-version",
    "add-a-region",
    "doctor",
    "wiring",
    "rollback",
    "adopt",
    "emulator",
    "unit-tests",
    "first-connector",
    "publish-and-deploy",
    "automation-api",
    "policy",
    "skill/SKILL",
)
SECTIONS = {
    "rotate-a-secret": "A value of a connector",
    "new-version": "",
    "add-a-region": "",
    "doctor": "",
    "wiring": "A script that fails",
    "adopt": "A whole project",
    "emulator": "A test of your program",
    "policy": "Try it",
}
"""Of these pages one section is about the stack of the first page; "" is what comes before the first headline."""

END = "When you are done"
MARK = "@@ after block"
PORTS = ("8085", "8086")
LIMIT = 1500
SDK = ROOT / "sdk" / "python"


def run_blocks(page: str) -> list[Block]:
    """Return the blocks of a page that belong to the story."""
    blocks = blocks_of(DOCS / f"{page}.md")
    return [block for block in blocks if block.section == SECTIONS.get(page, block.section)]


@functools.cache
def story() -> list[Block]:
    """Return all blocks in the order in which they run; how to end it, shown on the first page, comes last."""
    blocks = [block for page in PAGES for block in run_blocks(page)]
    return [each for each in blocks if each.section != END] + [each for each in blocks if each.section == END]


def is_addition(block: Block) -> bool:
    """Return whether the reader adds this block to a program."""
    if block.language != "yaml":
        return False
    content = yaml.safe_load(block.text)
    return "resources" in content and "name" not in content


def script(blocks: list[Block], folder: Path, ports: dict[str, str]) -> str:
    """Return one script; after each block it says so."""
    lines = ["set -e", f"cd {shlex.quote(str(ROOT))}"]
    extend = f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)} -m tests.site.extend Pulumi.yaml"
    for number, block in enumerate(blocks):
        if block.language == "sh":
            text = block.text
            for port, free in ports.items():
                text = text.replace(port, free)
            lines.append(text)
        elif is_addition(block):
            addition = folder / f"{number}.yaml"
            addition.write_text(block.text)
            lines.append(f"{extend} {shlex.quote(str(addition))}")
        lines.append(f"echo; echo '{MARK} {number}'")
    return "\n".join(lines)


@dataclass
class Played:
    """The exit code of the shell, and what the terminal showed in each block."""

    code: int
    said: list[str]
    folder: Path


def free_port() -> str:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return str(server.getsockname()[1])


def engine_with_policies(engine: Path, folder: Path) -> Path:
    """Fill a folder with an engine that runs policy packs, as an installed Pulumi does.

    The engine looks for what belongs to it beside its own program, so that one must not be a link to elsewhere.
    """
    policy_host(folder)
    for program in engine.iterdir():
        target = folder / program.name
        if program.name == "pulumi":
            shutil.copy(program, target)
        elif not target.exists() and not program.name.startswith("pulumi-analyzer"):
            target.symlink_to(program)
    return folder


def environment(folder: Path, engine_root: Path) -> dict[str, str]:
    """Return the environment of a newcomer who has Pulumi and the Python that these tests run on."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    engine = engine_with_policies(engine_root / "bin", folder / "engine" / "bin")
    return {
        "PATH": os.pathsep.join([str(engine), str(Path(sys.base_prefix) / "bin"), "/usr/bin", "/bin"]),
        "POLICY_PYTHON": str(policy_python()),
        "HOME": str(folder),
        "XDG_CACHE_HOME": cache,
        "PULUMI_HOME": str(folder / ".pulumi"),  # without it the engine takes that of the account
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "LANG": "C.UTF-8",
        # what `pip install` does on these pages: without a network, and not into the environment of these tests
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_TARGET": str(folder / "site"),
        "PYTHONPATH": os.pathsep.join([str(folder / "site"), PACK_ENVIRONMENT["PYTHONPATH"]]),
    }


@pytest.fixture(scope="module")
def played(engine_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play the story."""
    folder = tmp_path_factory.mktemp("newcomer")
    terminal = folder / "terminal.txt"
    with terminal.open("w") as output:
        process = subprocess.Popen(
            ["/bin/bash", "-c", script(story(), folder, {port: free_port() for port in PORTS})],
            env=environment(folder, engine_root),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(timeout=LIMIT)
        finally:
            with contextlib.suppress(ProcessLookupError):  # also what the story has left behind
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for left in (SDK / "build", *SDK.glob("*.egg-info")):  # by the build of the SDK
                shutil.rmtree(left, ignore_errors=True)
    return Played(process.returncode, re.split(rf"{MARK} \d+\n", terminal.read_text()), folder)


def lines_missing(expected: str, said: str) -> list[str]:
    """Return the lines that the terminal did not show, from the first that is missing on."""
    wanted = [line for line in expected.splitlines() if line.strip()]
    place = 0
    for number, line in enumerate(wanted):
        pattern = ".*".join(re.escape(part) for part in line.rstrip().split("…"))
        found = re.compile(rf"^{pattern}$", re.MULTILINE).search(said, place)
        if not found:
            return wanted[number:]
        place = found.end()
    return []


def test_a_newcomer_gets_from_nothing_to_a_running_rollout_and_through_every_task(played: Played) -> None:
    """Every command of these pages succeeds."""
    assert played.code == 0, "".join(played.said[-2:])
    assert len(played.said) == len(story()) + 1


def test_none_of_the_secrets_is_shown_or_kept_in_clear(played: Played) -> None:
    typed = "\n".join(block.text for block in story() if block.language == "sh")
    secrets = set(re.findall(r"(?:acme|dev|eu|us|my)-secret\b|t0ken-\d", typed))
    kept = text_of(played.folder / ".pulumi")

    assert len(secrets) == 9
    assert len(kept) > 10_000
    for secret in secrets:
        assert secret not in "".join(played.said)
        assert secret not in kept


@pytest.mark.parametrize(
    "block", [pytest.param(each, id=str(each)) for each in story() if each.language == "text"]
)
def test_the_terminal_shows_what_the_page_says(played: Played, block: Block) -> None:
    said = played.said[story().index(block) - 1]
    missing = lines_missing(block.text, said)
    assert not missing, f"not shown: {missing}\n{said}"
