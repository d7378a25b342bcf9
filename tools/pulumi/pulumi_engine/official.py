"""Pulumi's own installer, as ``pulumi.automation.PulumiCommand.install`` calls it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pulumi_engine.running import Unusable, run, say

if TYPE_CHECKING:
    from pathlib import Path

_PROBE = """\
import sys, urllib.request
try:
    urllib.request.urlopen("https://get.pulumi.com/install.sh", timeout=3).close()
except OSError as problem:
    sys.exit(str(problem))
"""
"""Asks for the file that ``PulumiCommand.install`` starts with, and like it through the user's proxy."""

_INSTALL = """\
import subprocess, sys
try:
    from pulumi.automation import PulumiCommand
    from semver import VersionInfo
    PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
except subprocess.CalledProcessError as problem:
    sys.exit(problem.output.decode(errors="replace")[-300:] or str(problem))
except (ImportError, OSError, RuntimeError) as problem:
    sys.exit(f"{type(problem).__name__}: {problem}")
"""

_PROBE_LIMIT = 4.0  # also bounds the name look-up, which the socket's time limit does not
_INSTALL_LIMIT = 180.0  # about 150 MB; the build that comes next would download far more


def install(root: Path, version: str) -> None:
    """Install that version of the CLI with its language hosts into ``root``; raises ``Unusable``."""
    # A process of its own: neither the look-up nor the installer can be stopped within this one.
    try:
        run([sys.executable, "-c", _PROBE], limit=_PROBE_LIMIT)
    except Unusable as problem:
        raise Unusable(f"get.pulumi.com cannot be reached ({_reason(problem)})") from None
    say(f"downloading Pulumi {version} with the official installer")
    try:
        run(
            [sys.executable, "-c", _INSTALL, str(root), version],
            limit=_INSTALL_LIMIT,
            alive=lambda spent: say(f"still downloading ({spent:.0f} s)"),
        )
    except Unusable as problem:
        raise Unusable(f"the installer failed ({_reason(problem)})") from None


def _reason(problem: Unusable) -> str:
    """Return what the child process said, without the name of the Python that ran it."""
    return str(problem).removeprefix(f"{sys.executable} ")
