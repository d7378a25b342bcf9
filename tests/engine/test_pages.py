"""The documentation's first page and the tasks that follow it, run as written: `make pages`.

All commands run in one shell, one page after the other. A block of YAML on a page after the first one is added
to the program. A block of text is what the terminal shows: its lines come in that order, and `…` stands for
anything.
"""

from __future__ import annotations

import contextlib
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

from tests.site.blocks import DOCS, ROOT, Block, blocks_of
from tests.support.canaries import text_of

pytestmark = [pytest.mark.pages, pytest.mark.timeout(600)]

PAGES = ("index", "rotate-a-secret", "new-version", "add-a-region", "adopt")
SECTIONS = {
    "rotate-a-secret": "A value of a connector",
    "new-version": "",
    "add-a-region": "",
    "adopt": "A whole project",
}
"""Of these pages one section is about the stack of the first page; "" is what comes before the first headline."""

END = "When you are done"
MARK = "@@ after block"
PORT = "8085"
LIMIT = 540
EXTEND = f"{shlex.quote(sys.executable)} -m tests.site.extend ~/start/Pulumi.yaml"


def told(page: str) -> list[Block]:
    """Return the blocks of a page that belong to the story."""
    blocks = blocks_of(DOCS / f"{page}.md")
    return [block for block in blocks if block.section == SECTIONS.get(page, block.section)]


def story() -> list[Block]:
    """Return all blocks in the order in which they run; how to end it, told on the first page, comes last."""
    blocks = [block for page in PAGES for block in told(page)]
    return [each for each in blocks if each.section != END] + [each for each in blocks if each.section == END]


def script(blocks: list[Block], folder: Path, port: str) -> str:
    """Return one script; after each block it says so."""
    lines = ["set -e", f"cd {shlex.quote(str(ROOT))}"]
    for number, block in enumerate(blocks):
        if block.language == "sh":
            lines.append(block.text.replace(PORT, port))
        elif block.language == "yaml" and block.page != "docs/index.md":
            addition = folder / f"{number}.yaml"
            addition.write_text(block.text)
            lines.append(f"(cd {shlex.quote(str(ROOT))} && {EXTEND} {shlex.quote(str(addition))})")
        lines.append(f"echo; echo '{MARK} {number}'")
    return "\n".join(lines)


@dataclass
class Played:
    """The exit code of the shell, and what the terminal showed in each block."""

    code: int
    said: list[str]
    folder: Path


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def environment(folder: Path, engine_root: Path) -> dict[str, str]:
    """Return the environment of a newcomer who has Pulumi and the Python that these tests run on."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return {
        "PATH": os.pathsep.join(
            [str(engine_root / "bin"), str(Path(sys.base_prefix) / "bin"), "/usr/bin", "/bin"]
        ),
        "HOME": str(folder),
        "XDG_CACHE_HOME": cache,
        "PULUMI_HOME": str(folder / ".pulumi"),  # without it the engine takes that of the account
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "LANG": "C.UTF-8",
    }


@pytest.fixture(scope="module")
def played(engine_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play the story."""
    folder = tmp_path_factory.mktemp("newcomer")
    terminal = folder / "terminal.txt"
    with terminal.open("w") as output:
        process = subprocess.Popen(
            ["/bin/bash", "-c", script(story(), folder, free_port())],
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
    secrets = set(re.findall(r"(?:acme|dev|us)-secret\b|t0ken-\d", typed))
    kept = text_of(played.folder / ".pulumi")

    assert len(secrets) == 5
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


def test_the_test_that_the_page_about_the_emulator_shows_passes(engine_root: Path, tmp_path: Path) -> None:
    (shown,) = (block for block in blocks_of(DOCS / "emulator.md") if "def test_" in block.text)
    shutil.copytree(ROOT / "examples" / "start", tmp_path / "start")
    plain = environment(tmp_path, engine_root)

    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tmp_path / "start")],
        cwd=tmp_path,
        env={**plain, "PATH": os.pathsep.join([str(Path(sys.executable).parent), plain["PATH"]])},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert shown.text == (ROOT / "examples" / "start" / "test_start.py").read_text()
    assert result.returncode == 0, result.stdout
    assert "1 passed" in result.stdout
