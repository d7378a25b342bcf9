"""Language hosts that run Python and TypeScript in a folder. The real ones come with an installed Pulumi.

Python programs run on Pulumi's own runtime for inline programs, TypeScript ones on the entry point that its
Node.js SDK has for language hosts. Dependencies are not installed but linked: a Python program has this
environment as its virtual environment, a TypeScript one the folder that `NODE_MODULES` names. Policy packs run as
in `policy_host`.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2

from tests.support.policy_host import Host, serve

__all__ = ["install_hosts"]

ROOT = Path(__file__).parents[2]
LOGGED = 32
"""The code with which Node.js programs end that have reported their error themselves."""


class PythonHost(Host):
    """Runs `__main__.py` of a folder; `engine` is the address to log to."""

    def __init__(self, engine: str) -> None:
        super().__init__()
        self.engine = engine

    def GetRequiredPackages(self, *_: Any) -> Any:
        """Need none: the engine asks for a plugin when a resource does."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, *_: Any) -> Any:
        """Need none."""
        return language_pb2.GetRequiredPluginsResponse()

    def RuntimeOptionsPrompts(self, *_: Any) -> Any:
        """Ask nothing."""
        return language_pb2.RuntimeOptionsResponse()

    def InstallDependencies(self, request: Any, _: Any) -> Iterator[Any]:
        """Link them."""
        self.link(Path(request.info.root_directory))
        yield language_pb2.InstallDependenciesResponse(stdout=b"linked\n")

    def Run(self, request: Any, context: Any) -> Any:
        """Run the program."""
        os.chdir(request.info.program_directory)
        program = str(Path(request.info.program_directory) / "__main__.py")
        request.args[:] = [self.engine]  # where an inline program has it

        def run() -> None:
            runpy.run_path(program, run_name="__main__")

        return LanguageServer(run).Run(request, context)

    def link(self, folder: Path) -> None:
        """Give the folder what `pulumi install` would."""
        link_dependencies(folder)


class NodeHost(PythonHost):
    """Runs what `package.json` of a folder names as its main program."""

    def Run(self, request: Any, _: Any) -> Any:
        """Run the program."""
        flags = {
            "monitor": request.monitor_address,
            "engine": self.engine,
            "organization": request.organization,
            "project": request.project,
            "root-directory": request.info.root_directory,
            "stack": request.stack,
            "parallel": str(request.parallel),
            "pwd": request.info.program_directory,
        }
        done = subprocess.run(
            [  # noqa: S607 - the node of PATH, as for users
                "node",
                "node_modules/@pulumi/pulumi/cmd/run/index.js",
                *(f"--{name}={value}" for name, value in flags.items()),
                *(["--dry-run"] if request.dryRun else []),
                request.info.entry_point,
            ],
            check=False,
            cwd=request.info.program_directory,
            env={
                **os.environ,
                "PULUMI_NODEJS_TYPESCRIPT": "true",
                "PULUMI_CONFIG": json.dumps(dict(request.config)),
                "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
            },
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,  # the engine shows it
        )
        error = "" if done.returncode in (0, LOGGED) else f"the program ended with code {done.returncode}"
        return language_pb2.RunResponse(error=error, bail=done.returncode == LOGGED)

    def link(self, folder: Path) -> None:
        """Give the folder what `npm install` would."""
        _link(folder / "node_modules", os.environ["NODE_MODULES"])


def link_dependencies(folder: Path) -> None:
    """Give a Python project the environment of the tests as its own."""
    _link(folder / "venv", sys.prefix)


def _link(place: Path, to: str) -> None:
    """Link once: dependencies may be installed again."""
    if not place.is_symlink():
        place.symlink_to(to)


def install_hosts(folder: Path) -> Path:
    """Write the hosts' launchers into a new folder for PATH, and return it."""
    folder.mkdir()
    for language in ("python", "nodejs"):
        script = folder / f"pulumi-language-{language}"
        command = f'exec "{sys.executable}" -m tests.support.language_host {language} "$@"'
        script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" {command}\n')
        script.chmod(0o755)
    return folder


if __name__ == "__main__":
    HOSTS = {"python": PythonHost, "nodejs": NodeHost}
    serve(HOSTS[sys.argv[1]](sys.argv[-1]))
