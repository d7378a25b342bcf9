"""`make record`: write down what this version leaves behind, for every later one to be tested with.

Runs the newest recording's programs on a real engine; put other programs into the version's folder before, to have
more recorded. What was recorded for this version is replaced; earlier ones stay for ever.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from pulumi import automation

import commercetools_connect
from commercetools_connect.emulator import Emulator
from examples.demo.engine import find_engine, isolated
from tests.engine.conftest import Stage, new_stack
from tests.engine.programs import CANARY
from tests.engine.templates import STACK, copy_stack
from tests.engine.yaml_stage import staged
from tests.upgrade.playing import run_dynamic, write_yaml
from tests.upgrade.recording import VERSIONS, Recording


def main() -> None:
    """Record both front doors."""
    version, engine = commercetools_connect.__version__, find_engine()
    for door, record in {"dynamic": record_dynamic, "plugin": record_plugin}.items():
        recording = Recording(version, door)
        recording.take_program_of(Recording(VERSIONS[-1], door))
        with tempfile.TemporaryDirectory() as folder:
            record(recording, Path(folder), engine)
        sys.stdout.write(
            f"{recording.folder}: {', '.join(sorted(each.name for each in recording.folder.iterdir()))}\n"
        )


def record_dynamic(recording: Recording, folder: Path, engine: Path) -> None:
    """Bring the program up with dynamic resources."""
    command = automation.PulumiCommand(root=str(engine))
    copy_stack(new_stack(engine, command), folder, STACK)
    with isolated(folder, engine), Emulator() as emulator:
        stage = Stage(command, emulator, folder, config={"demo:apiToken": CANARY})
        stage.program = lambda: run_dynamic(recording)
        stage.up()
        stage.expect_no_secrets()
        recording.save(folder / "state", folder / STACK, emulator)


def record_plugin(recording: Recording, folder: Path, engine: Path) -> None:
    """Bring the program up with the plugin."""
    with staged(folder, engine) as stage:
        write_yaml(stage, recording)
        stage.up()
        recording.save(folder / "state", folder / "program", stage.emulator)


if __name__ == "__main__":
    main()
