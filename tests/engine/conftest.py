"""A stack on a real Pulumi engine, an emulator of its own, and everything the engine has said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from pulumi import automation

from commercetools_connect.emulator import Emulator
from examples.demo.engine import find_engine, isolated
from tests.engine.programs import CANARY
from tests.engine.templates import CONFIG, STACK, CopiedWorkspace, configure_copy, copy_stack, new_template
from tests.engine.yaml_harness import YamlHarness, staged
from tests.support.canaries import Canaries, secrets_of, text_of
from tests.support.inline_programs import InlinePrograms, inline_programs

SECRET_NAMES = ("clientSecret", "token", "Token", "connections")
NAMESPACE = "commercetools-connect"


@dataclass
class Harness:
    """One stack and what happens on it."""

    command: automation.PulumiCommand
    emulator: Emulator
    folder: Path
    program: Callable[[], object] = lambda: None
    said: list[str] = field(default_factory=list)
    config: dict[str, str] = field(default_factory=dict)
    _stack: automation.Stack | None = None

    @property
    def stack(self) -> automation.Stack:
        """The stack, made at the first use; its program may be changed between two runs."""
        if self._stack is None:
            secrets = {name: value for name, value in self.config.items() if value and name.endswith(SECRET_NAMES)}
            plain = {name: value for name, value in self.config.items() if name not in secrets}
            work = self.folder / STACK
            configure_copy(work, {f"{NAMESPACE}:connectUrl": self.emulator.url, **plain})
            self._stack = automation.Stack.select(STACK, _workspace(self.command, work, self._run))
            # the CLI would be started three more times per run for what stands in the checkpoint
            vars(self._stack).update(outputs=self._outputs, info=lambda *_, **__: object())
            if secrets:
                self._stack.set_all_config(_secret(secrets))
        return self._stack

    def _run(self) -> None:
        self.program()

    def up(self) -> dict[str, Any]:
        """Run `pulumi up` and return the outputs; a failed one raises `automation.CommandError`."""
        result = self.stack.up(on_output=self.said.append, on_error=self.said.append)
        return {name: output.value for name, output in result.outputs.items()}

    def _outputs(self) -> dict[str, automation.OutputValue]:
        outputs = self.resources()[0].get("outputs", {})
        return {name: automation.OutputValue(value, secret=False) for name, value in outputs.items()}

    def fails(self, run: Callable[[], object]) -> str:
        """Run something that must fail, and return what the user saw of it."""
        before = len(self.said)
        with pytest.raises(automation.CommandError):
            run()
        return "\n".join(self.said[before:])

    def posts(self, path: str) -> int:
        """Count the POSTs that had an effect since the journal was cleared."""
        return len(self.calls("POST", path))

    def calls(self, method: str, path: str) -> list[str]:
        """Return the paths of the calls that had an effect."""
        return [
            call["path"]
            for call in self.emulator.admin.journal()
            if call["method"] == method and path in call["path"] and (call["status"] or 200) < 300
        ]

    def deployment(self) -> dict[str, Any]:
        """Return the only deployment, as the API shows it to anyone."""
        (deployment,) = self.as_anyone("GET", "/demo-project/deployments").json()["results"]
        return dict(deployment)

    def as_anyone(self, method: str, path: str) -> httpx.Response:
        """Call the API as another tool would."""
        grant = {"grant_type": "client_credentials"}
        token = httpx.post(f"{self.emulator.url}/oauth/token", auth=("demo-client", "demo-secret"), data=grant)
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        return httpx.request(method, f"{self.emulator.url}{path}", headers=headers).raise_for_status()

    def urns(self) -> list[str]:
        """Return the URNs of the stack's resources."""
        return [resource["urn"] for resource in self.resources()]

    def resources(self) -> list[dict[str, Any]]:
        """Return the stack's resources as they are at rest."""
        (checkpoint,) = (self.folder / "state" / ".pulumi" / "stacks").rglob("test.json")
        return list(json.loads(checkpoint.read_text())["checkpoint"]["latest"].get("resources", []))

    def expect_no_secrets(self) -> None:
        """Search everything that was said or written for each secret that the emulator has seen."""
        written = text_of(self.folder / "state") + text_of(self.folder / "test")
        journal = json.dumps(self.emulator.admin.journal(), ensure_ascii=False)
        secrets = {CANARY, *secrets_of(self.emulator.admin.dump())}
        assert not Canaries(secrets).found_in("\n".join([*self.said, written, journal]))

    def state(self) -> str:
        """Return the stack's state as it is at rest."""
        return "\n".join(path.read_text() for path in (self.folder / "state").rglob("*.json"))


@pytest.fixture(scope="session", autouse=True)
def programs() -> Iterator[InlinePrograms]:
    """Bring inline programs to an end, also those whose engine has gone."""
    with inline_programs() as programs:
        yield programs


@pytest.fixture(autouse=True)
def no_program_left(programs: InlinePrograms) -> Iterator[None]:
    """Wait at the end of a test for its programs, which end some time after their engines."""
    yield
    programs.wait_for_end()


@pytest.fixture(scope="session")
def engine_root() -> Path:
    return find_engine()


@pytest.fixture
def yaml(engine_root: Path, tmp_path: Path) -> Iterator[YamlHarness]:
    """Return an empty YAML program and its stack."""
    with staged(tmp_path, engine_root) as harness:
        yield harness


@pytest.fixture(scope="session")
def command(engine_root: Path) -> automation.PulumiCommand:
    return automation.PulumiCommand(root=str(engine_root))


@pytest.fixture(scope="session")
def template(engine_root: Path, command: automation.PulumiCommand) -> Path:
    """Return a folder with a stack that is configured and has never run."""
    return new_stack(engine_root, command)


def new_stack(engine_root: Path, command: automation.PulumiCommand) -> Path:
    """Make, with the CLI, a stack that others can be copies of; return its folder."""
    folder = new_template()
    (folder / STACK).mkdir()
    config = {f"{NAMESPACE}:{name}": value for name, value in CONFIG.items()}
    with isolated(folder, engine_root):
        stack = automation.Stack.create(STACK, _workspace(command, folder / STACK, lambda: None))
        stack.set_all_config(
            {name: automation.ConfigValue(value, name.endswith(SECRET_NAMES)) for name, value in config.items()}
        )
    return folder


@pytest.fixture
def harness(
    engine_root: Path, command: automation.PulumiCommand, template: Path, tmp_path: Path
) -> Iterator[Harness]:
    copy_stack(template, tmp_path, STACK)
    with isolated(tmp_path, engine_root), Emulator() as emulator:
        harness = Harness(command, emulator, tmp_path)
        yield harness
        harness.expect_no_secrets()


def _workspace(
    command: automation.PulumiCommand, work: Path, program: Callable[[], None]
) -> automation.LocalWorkspace:
    return CopiedWorkspace(
        pulumi_command=command,
        work_dir=str(work),
        project_settings=automation.ProjectSettings("demo", "python"),
        program=program,
    )


def _secret(values: Mapping[str, str]) -> dict[str, automation.ConfigValue]:
    return {name: automation.ConfigValue(value, secret=True) for name, value in values.items()}
