"""Stacks made once and copied: a start of the CLI takes a second of computing, a copy of files none.

A stack at rest is a checkpoint without resources and a file of configuration. Salt and secrets are the same in
every copy; what tests need to differ is written in plain.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml
from pulumi import automation

__all__ = ["CONFIG", "STACK", "CopiedWorkspace", "configure_copy", "copy_stack", "new_template"]

STACK = "test"
SETTINGS = f"Pulumi.{STACK}.yaml"

CONFIG: Mapping[str, str] = {
    "connectUrl": "http://127.0.0.1:1",
    "clientId": "demo-client",
    "projectKey": "demo-project",
    "pollInterval": "0.05",
    "clientSecret": "demo-secret",
}
"""The provider's configuration in a template; each copy has an emulator of its own."""


class CopiedWorkspace(automation.LocalWorkspace):
    """A workspace whose stack is there already; to ask the CLI for it would cost a start."""

    def select_stack(self, stack_name: str) -> None:
        """Do nothing: there is one."""
        assert (Path(self.work_dir) / f"Pulumi.{stack_name}.yaml").exists()


def new_template() -> Path:
    """Return an empty folder that goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="connect-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def copy_stack(template: Path, folder: Path, program: str) -> None:
    """Copy state and configuration from a template; `program` is the program's folder in both."""
    shutil.copytree(template / "state", folder / "state", dirs_exist_ok=True)
    (folder / program).mkdir(exist_ok=True)
    shutil.copy(template / program / SETTINGS, folder / program)


def configure_copy(folder: Path, values: Mapping[str, str]) -> None:
    """Write values that are no secrets, by their full names; an empty one takes away what is there."""
    settings = yaml.safe_load((folder / SETTINGS).read_text())
    for name, value in values.items():
        if value:
            settings["config"][name] = value
        else:
            settings["config"].pop(name, None)
    (folder / SETTINGS).write_text(yaml.safe_dump(settings))
