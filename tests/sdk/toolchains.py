"""The toolchains of other languages: found or the reason why not, and run within a time limit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest


__all__ = ["FIRST", "ROOT", "attempt", "needs_go", "run", "run_go"]

ROOT = Path(__file__).parents[2]
FIRST = 900
"""Seconds that the first use of a toolchain may take: it downloads and compiles what it keeps for later ones."""


def needs_go() -> None:
    """Skip the test where there is no Go that is new enough for our modules."""
    if shutil.which("go") is None:
        pytest.skip("no go on PATH")
    needed = re.search(r"^go (\d+)\.(\d+)", (ROOT / "tools" / "sdk" / "go.mod").read_text(), re.MULTILINE)
    found = re.search(r"go(\d+)\.(\d+)", run(["go", "version"], ROOT))
    assert needed
    assert found
    if tuple(map(int, found.groups())) < tuple(map(int, needed.groups())):
        pytest.skip(f"{found.group()} on PATH is older than {needed.group()}, which the modules need")


def run(command: Sequence[str], folder: Path, **environ: str) -> str:
    """Run a program to success, and return what it said."""
    done = attempt(command, folder, **environ)
    assert done.returncode == 0, done.stdout
    return done.stdout


def attempt(command: Sequence[str], folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a program, and return how it ended and what it said."""
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=FIRST,
    )


def run_go(folder: Path, *arguments: str) -> str:
    """Run Go in a module, with the Go that is there and no workspace around it."""
    return run(["go", *arguments], folder, GOWORK="off", GOTOOLCHAIN="local")
