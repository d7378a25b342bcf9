"""The environment that policy packs run in: Pulumi's policy SDK holds an older protobuf than ours."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.locked_venv import ROOT, locked_python

__all__ = ["PACK_ENVIRONMENT", "ROOT", "policy_host", "policy_python"]

PACK_ENVIRONMENT = {"PYTHONPATH": str(ROOT / "provider")}
"""With the rules as they are in this checkout; the environment is shared by all checkouts with the same lock."""


def policy_python() -> Path:
    """Return the Python of an environment with what `requirements-policy.txt` locks."""
    return locked_python("policy")


def policy_host(folder: Path) -> Path:
    """Make a language host for policy packs in a folder for PATH; an installed Pulumi brings its own."""
    script = folder / "pulumi-language-python"
    folder.mkdir(parents=True)
    module = ROOT / "tests" / "support" / "policy_host.py"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{module}" "$@"\n')
    script.chmod(0o755)
    return folder
