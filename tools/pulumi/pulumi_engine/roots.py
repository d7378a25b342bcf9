"""The root folder of an engine: what must be in it, and whether it works.

``ROOT/bin/pulumi`` is the layout that ``pulumi.automation.PulumiCommand(root=ROOT)`` wants.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pulumi_engine import versions
from pulumi_engine.running import Unusable, run
from pulumi_engine.versions import Version

if TYPE_CHECKING:
    from pathlib import Path

MINIMUM = Version(3, 255, 0)
"""The oldest CLI that the provider supports, as the SDK in pyproject.toml."""

TOO_NEW = Version(4, 0, 0, final=False)
"""The Python SDK of one major version refuses the CLI of the next."""

PROGRAM = "pulumi"
YAML_HOST = "pulumi-language-yaml"
DYNAMIC = "pulumi-resource-pulumi-python"

# The program's own Python must run it, and nothing here can know which that is. So the choice is the one
# Pulumi's own launcher makes: the project's virtualenv when the engine names one, else PULUMI_PYTHON_CMD,
# else python3 from PATH: put the virtualenv's bin folder first on PATH. No machine's path is in the file.
LAUNCHER = """\
#!/bin/sh
[ -z "$PULUMI_RUNTIME_VIRTUALENV" ] ||
  exec "${PULUMI_RUNTIME_VIRTUALENV%/}/bin/python" -u -m pulumi.dynamic "$@"
exec "${PULUMI_PYTHON_CMD:-python3}" -u -m pulumi.dynamic "$@"
"""


def write_launcher(folder: Path) -> None:
    """Write the dynamic providers' launcher into ``folder``, the one that holds ``pulumi``.

    In any other folder of PATH the engine warns about it on every run.
    """
    launcher = folder / DYNAMIC
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)


def is_program(file: Path) -> bool:
    """Tell whether ``file`` is there and may be run."""
    return file.is_file() and os.access(file, os.X_OK)


def missing_beside(folder: Path) -> list[str]:
    """Return which of the plugins that tests and demo need are not in ``folder``."""
    return [name for name in (YAML_HOST, DYNAMIC) if not is_program(folder / name)]


def version_of(program: Path) -> Version:
    """Ask a CLI for its version; raises ``Unusable`` when it is out of the usable range."""
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    printed = run([str(program), "version"], limit=30, env=env)
    found = versions.parse(printed)
    if found is None:
        raise Unusable(f"{program} names no version")
    if not MINIMUM <= found < TOO_NEW:
        raise Unusable(f"{program} is {found}, needed is {MINIMUM} or newer, below 4")
    return found


def check(root: Path) -> Version:
    """Return the version of the engine in ``root``; raises ``Unusable`` when it is not complete or not new."""
    folder = root / "bin"
    if lacking := missing_beside(folder):
        raise Unusable(f"{folder} has no {' and no '.join(lacking)}")
    return version_of(folder / PROGRAM)
