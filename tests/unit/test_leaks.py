"""A test that leaves something open is named, and no other test, in any order of tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FIXTURES = "nothing_left_open, nothing_left_open_by_module, nothing_left_open_by_session"
HEAD = """
import asyncio, gc, socket
import pytest

gc.disable()  # or it may find what is left in time, by chance
KEPT = []

def in_a_cycle(thing):
    cycle = [thing]
    cycle.append(cycle)
"""
INNOCENT = """
def test_innocent():
    gc.collect()
    KEPT.clear()
    gc.collect()
"""

LEAKS = {
    "loop in a cycle": "def test_guilty():\n    in_a_cycle(asyncio.new_event_loop())\n",
    "loop that is held": "def test_guilty():\n    KEPT.append(asyncio.new_event_loop())\n",
    "socket in a cycle": "def test_guilty():\n    in_a_cycle(socket.socket())\n",
    "coroutine in a cycle": "async def work(): pass\n\ndef test_guilty():\n    in_a_cycle(work())\n",
    "loop of a module's fixture": (
        "@pytest.fixture(scope='module')\n"
        "def loop():\n"
        "    loop = asyncio.new_event_loop()\n"
        "    yield loop.call_later(1, loop.stop) and None\n"
        "    in_a_cycle(loop)\n\n"
        "def test_guilty(loop): pass\n"
    ),
}


def outcomes(folder: Path, **modules: str) -> list[str]:
    """Run modules of tests in the order of their names, and return those that failed or ended in an error."""
    (folder / "conftest.py").write_text(f"from tests.support.leaks import {FIXTURES}\n")
    for name, text in modules.items():
        (folder / f"test_{name}.py").write_text(HEAD + text)
    options = [
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-n0",
        "-qrA",
        "-W",
        "error",
        "--rootdir",
        str(folder),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(folder)],
        check=False,
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=120,
    )
    assert "passed" in done.stdout, done.stdout + done.stderr
    lines = [line.split(" - ")[0].split() for line in done.stdout.splitlines()]
    return [line[1].rpartition("::")[2] for line in lines if line and line[0] in ("FAILED", "ERROR")]


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_reported_at_the_test_that_made_it(tmp_path: Path, leak: str) -> None:
    assert outcomes(tmp_path, first=LEAKS[leak], second=INNOCENT) == ["test_guilty"]


def test_what_is_closed_is_no_leak(tmp_path: Path) -> None:
    well = "def test_well():\n    loop = asyncio.new_event_loop()\n    loop.close()\n    in_a_cycle(loop)\n"
    assert outcomes(tmp_path, first=well, second=INNOCENT) == []
