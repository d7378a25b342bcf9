"""The generated Python SDK, installed the way a user installs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["install_python_sdk"]

SDK = Path(__file__).parents[2] / "sdk" / "python"
LIMIT = 120


def install_python_sdk(folder: Path) -> Path:
    """Let pip build and install it into a folder for `sys.path`, without any index; return that folder."""
    source = folder / "source"
    shutil.copytree(SDK, source)  # a build leaves files in its source
    target = folder / "site"
    alone = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", *alone, "--target", str(target), str(source)],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stdout
    return target
