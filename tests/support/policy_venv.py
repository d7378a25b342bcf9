"""The environment that policy packs run in: Pulumi's policy SDK holds an older protobuf than ours.

`python -m tests.support.policy_venv` makes it, so that no test waits for it, and prints its Python.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.kept import kept

__all__ = ["PACK_ENVIRONMENT", "ROOT", "policy_python"]

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-policy.txt"
LIMIT = 600
"""Seconds that the installation may take."""

PACK_ENVIRONMENT = {"PYTHONPATH": str(ROOT / "provider")}
"""With the rules as they are in this checkout; the environment is shared by all checkouts with the same lock."""


def policy_python() -> Path:
    """Return the Python of an environment with what is locked, made at the first use and kept."""
    recipe = b"\n".join([LOCK.read_bytes(), sys.version.encode(), sys.base_prefix.encode()])
    return kept("policy", recipe, _fill) / "bin" / "python"


def _fill(folder: Path) -> None:
    _run(sys.executable, "-m", "venv", str(folder))
    options = ("--quiet", "--disable-pip-version-check", "--require-hashes")
    _run(str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(LOCK))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=LIMIT, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.stdout.write(f"{policy_python()}\n")
