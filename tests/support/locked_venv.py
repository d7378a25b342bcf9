"""Environments of their own, beside `.venv`: what is locked in a `requirements-<name>.txt`, made once and kept.

`python -m tests.support.locked_venv NAME` makes one and prints its Python.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.kept import kept

__all__ = ["locked_python"]

ROOT = Path(__file__).parents[2]
LIMIT = 600
"""Seconds that the installation may take."""


def locked_python(name: str) -> Path:
    """Return the Python of an environment with what `requirements-<name>.txt` locks, made at the first use.

    Raises `subprocess.CalledProcessError` when it cannot be installed.
    """
    lock = ROOT / f"requirements-{name}.txt"
    recipe = b"\n".join([lock.read_bytes(), sys.version.encode(), sys.base_prefix.encode()])
    return kept(name, recipe, lambda folder: _fill(folder, lock)) / "bin" / "python"


def _fill(folder: Path, lock: Path) -> None:
    _run(sys.executable, "-m", "venv", str(folder))
    options = ("--quiet", "--disable-pip-version-check", "--require-hashes")
    _run(str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(lock))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=LIMIT, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.stdout.write(f"{locked_python(sys.argv[1])}\n")
