"""Runs a program on a real Pulumi engine, apart from everything else on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from pulumi import automation

__all__ = ["Engine", "find_engine", "isolated", "kill_engine"]

ROOT_VARIABLE = "PULUMI_ENGINE_ROOT"
TOOL = Path(__file__).parents[2] / "tools" / "pulumi" / "engine.py"


def find_engine() -> Path:
    """Return the root folder of a Pulumi engine, which holds `bin/pulumi`: from the environment, or built."""
    if named := os.environ.get(ROOT_VARIABLE):
        return Path(named)
    found = subprocess.run([sys.executable, str(TOOL)], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own tool
    return Path(found.stdout.splitlines()[-1])


def environment(folder: Path, root: Path, *tools: Path) -> dict[str, str]:
    """Return an environment with nothing of this machine's but this engine and these folders of tools.

    Its home and the state of its stacks are `home` and `state` in the folder.
    """
    return {
        "PATH": os.pathsep.join([str(root / "bin"), *map(str, tools), "/usr/bin", "/bin"]),
        "HOME": str(folder / "home"),
        "PULUMI_HOME": str(folder / "home" / ".pulumi"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase for throw-away stacks",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "LANG": "C.UTF-8",
    }


@contextmanager
def isolated(folder: Path, root: Path) -> Iterator[None]:
    """Replace the environment by a minimal one: the engine reacts to many variables, and finds plugins by PATH."""
    home = folder / "home"
    state = folder / "state"
    for path in (home, state):
        path.mkdir(parents=True, exist_ok=True)
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment(folder, root, Path(sys.executable).parent))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def kill_engine() -> None:
    """Kill the CLI that this process runs and all that it has started, without a chance to clean up."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            process.kill()


class Engine:
    """Stacks on one engine; use inside `isolated`."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._command = automation.PulumiCommand(root=str(root))
        self._folder = folder

    def stack(self, name: str, program: Callable[[], None], config: Mapping[str, str]) -> automation.Stack:
        """Return a new stack of the program; configuration whose name ends in `Secret` is encrypted."""
        work = self._folder / name
        work.mkdir(parents=True, exist_ok=True)
        options = automation.LocalWorkspaceOptions(pulumi_command=self._command, work_dir=str(work))
        stack = automation.create_or_select_stack(name, project_name="demo", program=program, opts=options)
        values = {key: automation.ConfigValue(value, key.endswith("Secret")) for key, value in config.items()}
        stack.set_all_config(values)
        return stack
