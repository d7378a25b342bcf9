"""The environment that policy packs run in: Pulumi's policy SDK holds an older protobuf than ours."""

from __future__ import annotations

from pathlib import Path

from tests.support.locked_venv import ROOT, locked_python

__all__ = ["PACK_ENVIRONMENT", "ROOT", "policy_python"]

PACK_ENVIRONMENT = {"PYTHONPATH": str(ROOT / "provider")}
"""With the rules as they are in this checkout; the environment is shared by all checkouts with the same lock."""


def policy_python() -> Path:
    """Return the Python of an environment with what `requirements-policy.txt` locks."""
    return locked_python("policy")
