"""Several backends and stacks on the real engine, over one emulator; programs are inline ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from commercetools_connect.emulator import Emulator
from tests.engine.people import Frontend, Live, live
from tests.engine.templates import STACK, CopiedWorkspace, configure_copy, copy_stack

__all__ = ["Backend", "Backends", "urns_of"]


@dataclass
class Backends:
    """Makes backends; all that the CLI says is in `said`."""

    command: automation.PulumiCommand
    template: Path
    base: Path
    emulator: Emulator
    said: list[str] = field(default_factory=list)

    def new(self) -> Backend:
        """Return a backend with a stack that has never run."""
        folder = self.base / f"backend-{len([*self.base.iterdir()])}"
        folder.mkdir()
        backend = Backend(self, folder)
        backend.add_stack()
        # commands that come before the first run want to know the project
        (folder / STACK / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
        return backend

    def live(self) -> dict[str, Live]:
        """Return every Deployment that there is, by id."""
        return live(self.emulator)


@dataclass
class Backend:
    """One backend; its stacks share a project folder."""

    backends: Backends
    folder: Path
    program: Callable[[], object] = lambda: None

    def add_stack(self) -> None:
        """Add a stack of the usual name that has never run; the one before was renamed."""
        copy_stack(self.backends.template, self.folder, STACK)
        configure_copy(self.folder / STACK, {"commercetools-connect:connectUrl": self.backends.emulator.url})

    def up(self, program: Callable[[], object], stack: str = STACK, **options: Any) -> None:
        """Run `pulumi up` to success."""
        self._select(program, stack).up(**self._listening, **options)

    def try_up(self, program: Callable[[], object], stack: str = STACK, **options: Any) -> str:
        """Run `pulumi up`, which may fail; return what the user saw of that, `""` when it succeeded."""
        before = len(self.backends.said)
        try:
            self.up(program, stack, **options)
        except automation.CommandError:
            return "\n".join(self.backends.said[before:])
        return ""

    def refused(self, program: Callable[[], object], stack: str = STACK, **options: Any) -> str:
        """Run `pulumi up` to failure, and return what the user saw."""
        said = self.try_up(program, stack, **options)
        if not said:
            pytest.fail("the up was green")
        return said

    def preview(self, program: Callable[[], object], stack: str = STACK) -> dict[str, int]:
        """Run `pulumi preview`, and return how many resources would have which change."""
        found = self._select(program, stack).preview(**self._listening).change_summary
        return {str(change): number for change, number in found.items()}

    def destroy(self, stack: str = STACK, *, adopt: str = "") -> None:
        """Run `pulumi destroy`, with `CTP_ADOPT` if `adopt` names objects."""
        self._select(lambda: None, stack, {"CTP_ADOPT": adopt}).destroy(**self._listening)

    def refused_destroy(self, stack: str = STACK) -> str:
        """Run `pulumi destroy` to failure, and return what the user saw."""
        before = len(self.backends.said)
        with pytest.raises(automation.CommandError):
            self.destroy(stack)
        return "\n".join(self.backends.said[before:])

    def refresh(self, stack: str = STACK) -> str:
        """Run `pulumi refresh`, and return what the user saw."""
        before = len(self.backends.said)
        self._select(lambda: None, stack).refresh(**self._listening)
        return "\n".join(self.backends.said[before:])

    def run(self, *arguments: str) -> None:
        """Run another command of the CLI."""
        environ = {"PULUMI_BACKEND_URL": self._url}
        done = self.backends.command.run([*arguments, "--non-interactive"], str(self.folder / STACK), environ)
        self.backends.said += [done.stdout, done.stderr]

    def copy_from(self, other: Backend) -> None:
        """Take the state of another backend over, as `stack export` and `stack import` do."""
        shutil.rmtree(self.folder / "state")
        shutil.copytree(other.folder / "state", self.folder / "state")

    @property
    def _listening(self) -> dict[str, Any]:
        return {"on_output": self.backends.said.append, "on_error": self.backends.said.append}

    @property
    def _url(self) -> str:
        return f"file://{self.folder / 'state'}"

    def _select(
        self, program: Callable[[], object], stack: str, environment: Mapping[str, str] | None = None
    ) -> automation.Stack:
        self.program = program
        workspace = CopiedWorkspace(
            pulumi_command=self.backends.command,
            work_dir=str(self.folder / STACK),
            project_settings=automation.ProjectSettings("demo", "python"),
            program=self._run,
            env_vars={"PULUMI_BACKEND_URL": self._url, **(environment or {})},
        )
        selected = automation.Stack.select(stack, workspace)
        # the CLI would be started three more times per run for what stands in the checkpoint
        vars(selected).update(outputs=dict, info=lambda *_, **__: object())
        return selected

    def _run(self) -> None:
        self.program()


def urns_of(names: Sequence[str], frontend: Frontend, stack: str = STACK) -> list[str]:
    """Return the URNs of Deployments."""
    types = {"plugin": "commercetools-connect:index:", "dynamic": "pulumi-python:dynamic/commercetools-connect:"}
    return [f"urn:pulumi:{stack}::demo::{types[frontend]}Deployment::{name}" for name in names]
