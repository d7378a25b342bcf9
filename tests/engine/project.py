"""A project in a folder, and the real CLI as people and CI systems call it there, with all that it has said."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commercetools_connect.emulator import Emulator
from examples.demo.engine import environment as isolated_environment
from tests.support.canaries import Canaries, secrets_of, text_of
from tests.support.language_host import install_hosts

__all__ = ["Project"]

LIMIT = 240


@dataclass
class Project:
    """`base/project` is the project; home, state and language hosts are beside it."""

    base: Path
    engine: Path
    emulator: Emulator
    environ: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("project", "home", "state"):
            (self.base / name).mkdir()
        self.hosts = install_hosts(self.base / "hosts")

    @property
    def folder(self) -> Path:
        """The project's own folder."""
        return self.base / "project"

    def pulumi(self, *arguments: str) -> str:
        """Run the CLI to success, and return what it said."""
        done = self.run(["pulumi", *arguments, "--non-interactive", "--color=never"])
        assert done.returncode == 0, done.stdout
        return done.stdout

    def run(self, command: list[str], *, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in the project, bounded in time, and return how it ended and what it said.

        `typed` is what a user types.
        """
        done = subprocess.run(
            command,
            check=False,
            cwd=self.folder,
            env=self.environment(),
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
        )
        self.said.append(done.stdout)
        return done

    def environment(self) -> dict[str, str]:
        """Return an environment with nothing of this machine's but its tools."""
        tools = (self.hosts, Path(sys.executable).parent)
        return {**isolated_environment(self.base, self.engine, *tools), **self.environ}

    def configure(self, plain: Mapping[str, str], secret: Mapping[str, str]) -> None:
        """Set configuration of the selected stack."""
        self.pulumi(
            "config",
            "set-all",
            *(f"--plaintext={name}={value}" for name, value in plain.items()),
            *(f"--secret={name}={value}" for name, value in secret.items()),
        )

    def outputs(self, stack: str = "dev") -> dict[str, Any]:
        """Return the stack's outputs as they are at rest."""
        (path,) = (self.base / "state" / ".pulumi" / "stacks").rglob(f"{stack}.json")
        (root,) = [
            each
            for each in json.loads(path.read_text())["checkpoint"]["latest"].get("resources", [])
            if each["type"] == "pulumi:pulumi:Stack"
        ]
        return dict(root.get("outputs", {}))

    def expect_no_secrets(self, *more: str) -> None:
        """Search everything that was said or written for each secret that the emulator has seen, and for more."""
        written = "\n".join([*self.said, text_of(self.base / "state"), *map(_text, self.folder.glob("*.yaml"))])
        assert not Canaries({*more, *secrets_of(self.emulator.admin.dump())}).found_in(written)


def _text(path: Path) -> str:
    return path.read_text()
