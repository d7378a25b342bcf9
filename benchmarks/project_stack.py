"""A stack on the real engine with many deployments, through either frontend; made for each measurement."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.api import PROJECT, REGION
from benchmarks.emulator_process import EmulatorProcess
from commercetools_connect.core.values import SECRETS_MARK, SIGNATURE
from examples.demo.engine import environment as isolated_environment

__all__ = ["ProjectStack", "Ran", "project_stack"]

PLUGIN: Final = "pulumi-resource-commercetools-connect"
LIMIT: Final = 900
ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True)
class Ran:
    """One command of the CLI: seconds, and seconds of a core of it and all that it has started."""

    seconds: float
    cpu: float
    text: str


@dataclass
class ProjectStack:
    """One project folder and its stack. `frontend` is `plugin`, `dynamic`, or `noop` for the engine alone."""

    folder: Path
    engine: Path
    frontend: str
    url: str
    connector_id: str
    poll_interval: float
    environ: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    ids: Sequence[str] = ()

    def write(self, size: int) -> None:
        """Write the program with so many deployments."""
        self.size = size
        project: dict[str, Any] = {"name": "bench", "runtime": "python" if self.frontend == "dynamic" else "yaml"}
        if self.frontend != "dynamic":
            name = "noop" if self.frontend == "noop" else "commercetools-connect"
            project["plugins"] = {"providers": [{"name": name, "path": str(self.folder / "plugin")}]}
            project["resources"] = {f"d-{number}": self._resource(number) for number in range(size)}
        (self.folder / "program" / "Pulumi.yaml").write_text(json.dumps(project))

    def write_resources(self, resources: Mapping[str, Any]) -> None:
        """Write a program with these resources, as YAML has them."""
        self.write(0)
        path = self.folder / "program" / "Pulumi.yaml"
        path.write_text(json.dumps({**json.loads(path.read_text()), "resources": resources}))

    def prepare(self) -> None:
        """Make the folders, the stack and its configuration."""
        for name in ("program", "home", "state", "plugin"):
            (self.folder / name).mkdir()
        if self.frontend == "noop":
            executable = self.folder / "plugin" / "pulumi-resource-noop"
            executable.write_text(f"#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m benchmarks.noop\n")
            executable.chmod(0o755)
        else:
            (self.folder / "plugin" / PLUGIN).symlink_to(Path(sys.executable).parent / PLUGIN)
        (self.folder / "program" / "Pulumi.yaml").write_text('{"name": "bench", "runtime": "yaml"}')
        self.run("stack", "init", "bench")
        values = {
            "connectUrl": self.url,
            "clientId": "demo-client",
            "projectKey": PROJECT,
            "pollInterval": str(self.poll_interval),
            "clientSecret": "demo-secret",
        }
        if self.frontend != "noop":
            self.run(
                "config", "set-all", *(f"--plaintext=commercetools-connect:{k}={v}" for k, v in values.items())
            )

    def multiply(self, size: int) -> Mapping[str, Any]:
        """Make a state with `size` deployments out of one with a single one; those must exist at the server.

        Returns what the state says of the one.
        """
        return self._multiply({}, [f"{PROJECT}/{self.ids[number]}" for number in range(size)])

    def multiply_as(self, model: Mapping[str, Any], size: int) -> None:
        """Make a state of `size` resources as large as `model`, out of one with a single one."""
        secret = {SIGNATURE: SECRETS_MARK, "plaintext": json.dumps("bench")}
        plain = json.loads(json.dumps(model), object_hook=lambda found: secret if SIGNATURE in found else found)
        self._multiply({name: plain[name] for name in ("inputs", "outputs")}, [f"id-{n}" for n in range(size)])

    def export(self) -> str:
        """Return the state, as JSON."""
        path = self.folder / "state.json"
        self.run("stack", "export", "--file", str(path))
        return path.read_text()

    def _multiply(self, instead: Mapping[str, Any], ids: Sequence[str]) -> Mapping[str, Any]:
        path = self.folder / "state.json"
        state = json.loads(self.export())
        *others, model = state["deployment"]["resources"]
        copies = [_copy({**model, **instead}, number, identity) for number, identity in enumerate(ids)]
        state["deployment"]["resources"] = [*others, *copies]
        path.write_text(json.dumps(state))
        self.run("stack", "import", "--file", str(path))
        return dict(model)

    def up(self, parallel: int) -> Ran:
        """Run `pulumi up`."""
        if self.frontend == "dynamic":
            return self._inline_up(parallel)
        return self.run("up", "--yes", "--skip-preview", "--parallel", str(parallel))

    def refresh(self, parallel: int) -> Ran:
        """Run `pulumi refresh`."""
        return self.run("refresh", "--yes", "--skip-preview", "--parallel", str(parallel))

    def run(self, *arguments: str) -> Ran:
        """Run the CLI to success."""
        stack = [] if arguments[0] == "stack" and arguments[1] == "init" else ["--stack", "bench"]
        command = [str(self.engine / "bin" / "pulumi"), *arguments, *stack, "--non-interactive", "--color=never"]
        before, began = _cpu_of_children(), time.perf_counter()
        text = self._start(command)
        return Ran(time.perf_counter() - began, _cpu_of_children() - before, text)

    def _inline_up(self, parallel: int) -> Ran:
        folder = str(self.folder / "program")
        arguments = [str(self.engine), folder, str(self.size), self.connector_id, str(parallel)]
        text = self._start([sys.executable, "-m", "benchmarks.inline", *arguments])
        seconds, cpu = text.split()[-2:]
        return Ran(float(seconds), float(cpu), text)

    def _start(self, command: Sequence[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder / "program",
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if done.returncode:
            said = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            raise RuntimeError(f"{' '.join(command)} failed:\n{said}")
        return done.stdout

    def _resource(self, number: int) -> dict[str, Any]:
        if self.frontend == "noop":
            return {"type": "noop:Thing", "properties": {"value": str(number)}}
        values = {
            "standardConfiguration": {"SHOP_NAME": "Acme"},
            "securedConfiguration": {"API_TOKEN": "anything"},
        }
        properties = {
            "region": REGION,
            "connector": {"id": self.connector_id},
            "configurations": {"service": values},
        }
        return {"type": "commercetools-connect:Deployment", "properties": properties}

    def _environment(self) -> Mapping[str, str]:
        return {
            **isolated_environment(self.folder, self.engine, Path(sys.executable).parent),
            "PYTHONPATH": str(ROOT),
            **self.environ,
        }


def _copy(model: Mapping[str, Any], number: int, identity: str) -> dict[str, Any]:
    """Return the resource as if the program had made it under another name."""
    urn, _, _ = model["urn"].rpartition("::")
    outputs = {**model["outputs"], "deploymentId": identity.rpartition("/")[2], "key": f"bench-{number}"}
    return {**model, "urn": f"{urn}::d-{number}", "id": identity, "outputs": outputs}


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def project_stack(
    engine: Path, frontend: str, emulator: EmulatorProcess | None, connector_id: str, poll_interval: float
) -> Iterator[ProjectStack]:
    """Give a project with its stack, and remove it afterwards."""
    with TemporaryDirectory(prefix="bench-") as folder:
        stack = ProjectStack(
            Path(folder), engine, frontend, emulator.url if emulator else "", connector_id, poll_interval
        )
        stack.prepare()
        yield stack
