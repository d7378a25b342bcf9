"""Pulumi's own `python -m pulumi.dynamic` around a fake core. Started by the tests as a process.

`BREAK=frames` makes the frontend meet a Pulumi whose frames look different.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fake_core  # type: ignore[import-not-found]  # it lies beside this file, which runs as a program

sys.modules["commercetools_connect.resources.provider"] = fake_core

if __name__ == "__main__":
    if os.environ.get("BREAK") == "frames":
        from commercetools_connect.frontends.dynamic import pulumi_internals as calls

        calls.MAX_DEPTH = 0  # type: ignore[misc]  # no constant here, so that no frame is found
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
