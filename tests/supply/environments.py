"""Small environments with packages that are nothing but what they say of themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from tests.support.locked_venv import ROOT, locked_python

__all__ = ["OURS", "TOOLS", "Environment", "tool"]

TOOLS = ROOT / "tools" / "release"
OURS = "commercetools-connect-provider"
LIMIT = 120


class Environment:
    """A virtual environment with packages that exist only as metadata."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=LIMIT)
        self.python = folder / "bin" / "python"
        (self._packages,) = folder.glob("lib/python*/site-packages")
        # what reads requirements, and comes with every environment that builds a release
        shutil.copytree(Path(sysconfig.get_path("purelib")) / "packaging", self._packages / "packaging")

    def add(self, name: str, *, licence: str, needs: Iterable[str] = ()) -> None:
        """Install version 1.0 of a package; `licence` is an SPDX expression or the name in a classifier."""
        folder = self._packages / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        spdx = " " not in licence or " OR " in licence or " AND " in licence
        said = f"License-Expression: {licence}" if spdx else f"Classifier: License :: OSI Approved :: {licence}"
        lines = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", said]
        lines += [f"Requires-Dist: {needed}" for needed in needs]
        (folder / "METADATA").write_text("\n".join(lines) + "\n")
        (folder / "RECORD").write_text("")


def tool(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a release tool in the environment that is locked for it."""
    return subprocess.run(
        [str(locked_python("release")), str(TOOLS / name), *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=LIMIT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
