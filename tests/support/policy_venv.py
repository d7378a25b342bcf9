"""The environment that policy packs run in: Pulumi's policy SDK holds an older protobuf than ours.

`python -m tests.support.policy_venv` makes it, so that no test waits for it, and prints its Python.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.locked_venv import locked_python

__all__ = ["PACK_ENVIRONMENT", "ROOT", "policy_python"]

ROOT = Path(__file__).parents[2]

PACK_ENVIRONMENT = {"PYTHONPATH": str(ROOT / "provider")}
"""With the rules as they are in this checkout; the environment is shared by all checkouts with the same lock."""


def policy_python() -> Path:
    """Return the Python of an environment with what is locked, made at the first use and kept."""
    return locked_python("policy")


if __name__ == "__main__":
    sys.stdout.write(f"{policy_python()}\n")
