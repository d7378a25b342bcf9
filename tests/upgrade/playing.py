"""Recorded stacks, restored as a release left them, and recorded programs, run as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import yaml
from pulumi import automation

from commercetools_connect.emulator import Emulator
from examples.demo.engine import isolated
from tests.engine.conftest import Harness
from tests.engine.templates import STACK
from tests.engine.yaml_harness import YamlHarness
from tests.upgrade.recording import Recording

__all__ = ["restored_dynamic", "restored_plugin", "run_dynamic", "running", "write_yaml"]


def run_dynamic(recording: Recording) -> None:
    """Run a recorded Python program."""
    exec(compile(recording.program.read_text(), str(recording.program), "exec"), {})


def write_yaml(harness: YamlHarness, recording: Recording) -> None:
    """Write a recorded YAML program into its project file.

    It is either the members `config`, `resources` and `outputs` of such a file, or its resources alone.
    """
    program = yaml.safe_load(recording.program.read_text())
    if "resources" in program:
        harness.write(program["resources"], program["outputs"], config=program["config"])
    else:
        harness.write(program, {"summary": "${gate.summary}"})


@contextmanager
def running(recording: Recording) -> Iterator[list[Emulator]]:
    """Give as many emulators as the recording was made with."""
    with ExitStack() as stack:
        yield [stack.enter_context(Emulator()) for _ in range(recording.emulators)]


@contextmanager
def restored_dynamic(
    recording: Recording,
    engine_root: Path,
    command: automation.PulumiCommand,
    folder: Path,
    emulators: Sequence[Emulator],
) -> Iterator[Harness]:
    """Give a harness with the recorded stack and its program.

    Look for secrets in its state only after the engine has written the state: see `Recording`.
    """
    with isolated(folder, engine_root):
        recording.restore(folder / "state", folder / STACK, *emulators)
        yield Harness(command, emulators[0], folder, program=partial(run_dynamic, recording))


def restored_plugin(
    recording: Recording, engine_root: Path, folder: Path, emulators: Sequence[Emulator]
) -> YamlHarness:
    """Return a harness with the recorded stack and its program."""
    folder.mkdir(exist_ok=True)
    harness = YamlHarness(folder, emulators[0], engine_root)
    harness.make_folders()
    write_yaml(harness, recording)
    recording.restore(folder / "state", folder / "program", *emulators)
    return harness
