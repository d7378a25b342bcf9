"""Environments beside ours, each with what one `requirements-*.txt` locks, made at the first use and kept.

`python -m tests.support.locked_venv policy release` makes those that are missing, so that no test waits for them,
and prints the Python of each.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.kept import kept

__all__ = ["ROOT", "locked_python"]

ROOT = Path(__file__).parents[2]
LIMIT = 600
"""Seconds that an installation may take."""


def locked_python(name: str) -> Path:
    """Return the Python of an environment with what `requirements-<name>.txt` locks; all checkouts share it."""
    lock = ROOT / f"requirements-{name}.txt"
    recipe = b"\n".join([lock.read_bytes(), sys.version.encode(), sys.base_prefix.encode()])
    return kept(name, recipe, lambda folder: _fill(folder, lock)) / "bin" / "python"


def _fill(folder: Path, lock: Path) -> None:
    _run(sys.executable, "-m", "venv", str(folder))
    options = ("--quiet", "--disable-pip-version-check", "--require-hashes")
    _run(str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(lock))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=LIMIT, stdin=subprocess.DEVNULL, stdout=sys.stderr)


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        sys.stdout.write(f"{locked_python(wanted)}\n")
