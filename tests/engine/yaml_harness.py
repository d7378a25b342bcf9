"""A YAML program on the real CLI, with the plugin named in its project file and an emulator of its own."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from commercetools_connect.emulator import Emulator
from examples.demo.engine import environment as isolated_environment
from tests.engine.templates import CONFIG, configure_copy, copy_stack, new_template
from tests.support.canaries import Canaries, secrets_of, text_of

__all__ = ["CANARY", "PLUGIN", "PROJECT", "YamlHarness", "imported", "program", "staged"]

PLUGIN = "pulumi-resource-commercetools-connect"
REPOSITORY = "https://github.com/acme/demo-connector.git"
PROJECT = "demo-project"
CANARY = "c4n4ry-5ecret"
LIMIT = 60


def program(*, tag: str = "v1.0.0", shop: object = "Acme", name: str = "greeter") -> dict[str, Any]:
    """Return the resources of one connector, from draft to deployment."""
    return {
        "draft": {
            "type": "commercetools-connect:ConnectorStaged",
            "name": name,
            "properties": {
                "name": "Greeter",
                "creator": {"email": "dev@acme.example"},
                "repository": {"url": REPOSITORY, "tag": tag},
                "privateProjects": [f"europe-west1.gcp:{PROJECT}"],
            },
        },
        "publication": {
            "type": "commercetools-connect:ConnectorPublication",
            "name": name,
            "properties": {
                "connectorStagedId": "${draft.id}",
                "tag": "${draft.repository.tag}",
                "contentHash": "${draft.contentHash}",
                "target": "private",
            },
        },
        "deployment": {
            "type": "commercetools-connect:Deployment",
            "name": name,
            "properties": {
                "region": "europe-west1.gcp",
                "connector": {"id": "${publication.connectorId}"},
                "connectorTag": "${publication.publishedTag}",
                "configurations": {
                    "service": {
                        "standardConfiguration": {"SHOP_NAME": shop},
                        "securedConfiguration": {"API_TOKEN": "${apiToken}"},
                    }
                },
            },
        },
    }


def imported(kind: str, identity: str, properties: Mapping[str, Any], name: str = "greeter") -> dict[str, Any]:
    """Return the program that an import asks the user to write."""
    return {
        name: {
            "type": f"commercetools-connect:{kind}",
            "properties": properties,
            "options": {"import": identity, "protect": True},
        }
    }


@dataclass
class YamlHarness:
    """One folder with a YAML program, and everything that the CLI has said about it.

    The project file says where the plugin is, unless the engine shall find it in its own cache (`from_cache`).
    """

    folder: Path
    emulator: Emulator
    engine: Path
    project: str = "shop"
    from_cache: bool = False
    said: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)

    def write(
        self,
        resources: Mapping[str, Any],
        outputs: Mapping[str, str] | None = None,
        config: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the program."""
        project = {
            "name": self.project,
            "runtime": "yaml",
            "config": config or {"apiToken": {"type": "string", "secret": True}},
            "variables": variables or {},
            "resources": resources,
            "outputs": outputs or {},
        }
        if not self.from_cache:
            plugin = {"name": "commercetools-connect", "path": str(self.folder / "plugin")}
            project["plugins"] = {"providers": [plugin]}
        # YAML reads JSON
        (self.folder / "program" / "Pulumi.yaml").write_text(json.dumps(project, indent=1))

    def prepare(self) -> None:
        """Make the folders, the stack and its configuration."""
        self.make_folders()
        self.write({})
        copy_stack(_template(self.engine), self.folder, "program")
        configure_copy(self.folder / "program", {"commercetools-connect:connectUrl": self.emulator.url})

    def prepare_template(self) -> None:
        """Make, with the CLI, the stack that all others are copies of."""
        self.make_folders()
        self.write({})
        self.run("stack", "init", "test")
        self.configure(**CONFIG)
        self.secret(CANARY)

    def make_folders(self) -> None:
        """Make the folders, those of the engine unless they are there."""
        for name in ("program", "home", "state", "plugin"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "plugin" / PLUGIN).symlink_to(Path(sys.executable).parent / PLUGIN)

    def configure(self, **values: str) -> None:
        """Set configuration of the provider; the client's secret encrypted."""
        plain = [f"--plaintext=commercetools-connect:{k}={v}" for k, v in values.items() if k != "clientSecret"]
        secret = [f"--secret=commercetools-connect:{k}={v}" for k, v in values.items() if k == "clientSecret"]
        self.run("config", "set-all", *plain, *secret)

    def secret(self, value: str) -> None:
        """Set the value of the program's secret."""
        self.run("config", "set", "--secret", f"{self.project}:apiToken", value)

    def up(self, *options: str) -> str:
        """Run `pulumi up`."""
        return self.run("up", "--yes", "--skip-preview", *options)

    def preview(self, *options: str) -> dict[str, int]:
        """Run `pulumi preview` and return how many resources would have which change; `same` is left out."""
        text = self.run("preview", "--json", *options)
        summary = json.loads(text[text.index("{") :])["changeSummary"]
        return {name: count for name, count in summary.items() if name != "same"}

    def run(self, *arguments: str) -> str:
        """Run the CLI to success, and return what it said."""
        code, text = self.attempt(*arguments)
        assert code == 0, text
        return text

    def fails(self, *arguments: str) -> str:
        """Run the CLI to failure, and return what the user saw."""
        code, text = self.attempt(*arguments)
        assert code != 0, text
        return text

    def attempt(self, *arguments: str) -> tuple[int, str]:
        """Run the CLI, and return its code and what it said."""
        process = self.start(*arguments)
        return self.finish(process)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the CLI, in a process group of its own."""
        stack = [] if arguments[0] in ("package", "plugin", "schema", "stack") else ["--stack", "test"]
        return subprocess.Popen(
            [str(self.engine / "bin" / "pulumi"), *arguments, *stack, "--non-interactive", "--color=never"],
            cwd=self.folder / "program",
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        """Wait for it; bounded."""
        try:
            text, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        self.said.append(text)
        return process.returncode, text

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs as they are at rest."""
        return dict(self.resource("pulumi:pulumi:Stack").get("outputs", {}))

    def resource(self, type_: str) -> dict[str, Any]:
        """Return the one resource of that type, as it is at rest."""
        (found,) = [each for each in self.checkpoint()["resources"] if each["type"].endswith(type_)]
        return dict(found)

    def checkpoint(self) -> dict[str, Any]:
        """Return what the state holds."""
        (path,) = (self.folder / "state" / ".pulumi" / "stacks").rglob("test.json")
        return dict(json.loads(path.read_text())["checkpoint"]["latest"])

    def everything(self) -> str:
        """Return all that was said or written, in one text."""
        files = [path.read_text() for path in (self.folder / "state").rglob("*.json")]
        return "\n".join([*self.said, *files])

    def expect_no_secrets(self) -> None:
        """Search everything that was said or written for each secret that the emulator has seen."""
        journal = json.dumps(self.emulator.admin.journal(), ensure_ascii=False)
        secrets = {CANARY, *secrets_of(self.emulator.admin.dump())}
        written = text_of(self.folder / "state")
        assert not Canaries(secrets).found_in("\n".join([*self.said, written, journal]))

    def posts(self, path: str) -> int:
        """Count the POSTs on that path that had an effect, since the journal was cleared."""
        return len(
            [
                call
                for call in self.emulator.admin.journal()
                if call["method"] == "POST" and path in call["path"] and (call["status"] or 200) < 300
            ]
        )

    def deployment(self) -> dict[str, Any]:
        """Return the only deployment as the API shows it."""
        grant = {"grant_type": "client_credentials"}
        token = httpx.post(f"{self.emulator.url}/oauth/token", auth=("demo-client", "demo-secret"), data=grant)
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        answer = httpx.get(f"{self.emulator.url}/{PROJECT}/deployments", headers=headers).raise_for_status()
        (deployment,) = answer.json()["results"]
        return dict(deployment)

    def wait_for_post(self, path: str) -> None:
        """Return as soon as there was such a POST; bounded."""
        for _ in range(LIMIT * 20):
            if self.posts(path):
                return
            time.sleep(0.05)
        raise AssertionError(f"no POST {path}")

    def environment(self) -> dict[str, str]:
        """Return the environment of the CLI."""
        return {**isolated_environment(self.folder, self.engine), **self.environ}


@functools.cache
def _template(engine: Path) -> Path:
    folder = new_template()
    with Emulator() as unused:
        YamlHarness(folder, unused, engine).prepare_template()
    return folder


@contextlib.contextmanager
def staged(folder: Path, engine: Path, *, from_cache: bool = False) -> Iterator[YamlHarness]:
    """Give a harness with an emulator."""
    with Emulator() as emulator:
        harness = YamlHarness(folder, emulator, engine, from_cache=from_cache)
        harness.prepare()
        yield harness
        harness.expect_no_secrets()
