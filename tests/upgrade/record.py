"""`make record`: write down what this version leaves behind, for every later one to be tested with.

Runs the newest recordings' programs on a real engine; put other programs into the version's folders before, to
have others recorded. What this version has recorded already stays as it is; to record it again, delete its
`state.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from pulumi import automation

import commercetools_connect
from commercetools_connect.emulator import Emulator
from examples.demo.engine import find_engine, isolated
from tests.engine.conftest import Harness, new_stack
from tests.engine.templates import SETTINGS, STACK, copy_stack
from tests.engine.yaml_harness import YamlHarness, staged
from tests.upgrade.playing import run_dynamic, write_yaml
from tests.upgrade.recording import Recording
from tests.upgrade.scenarios import SEQUENCES, RecordedSequence, StackConfig

EXPORTED = "exported.json"


def main() -> None:
    """Record in both frontends what is not recorded yet."""
    engine = find_engine()
    for sequence in SEQUENCES:
        scenarios = list(dict.fromkeys([*sequence.scenarios, sequence.imported or sequence.scenarios[-1]]))
        for frontend, record in {"dynamic": record_dynamic, "plugin": record_plugin}.items():
            recordings = [Recording(commercetools_connect.__version__, frontend, each) for each in scenarios]
            if not all(each.exists for each in recordings):
                with tempfile.TemporaryDirectory() as folder:
                    record(sequence, Path(folder), engine)
                sys.stdout.write("".join(f"{each.folder}\n" for each in recordings))


def record_dynamic(sequence: RecordedSequence, folder: Path, engine: Path) -> None:
    """Bring the programs up with dynamic resources."""
    command = automation.PulumiCommand(root=str(engine))
    copy_stack(new_stack(engine, command), folder, STACK)

    def run(*arguments: str) -> None:
        command.run(list(arguments), str(Path(os.environ["HOME"]).parent / STACK), {})

    with isolated(folder, engine), _started(sequence.emulators) as emulators:
        sequence.furnish(emulators)
        harness = Harness(command, emulators[0], folder)
        harness.stack.set_all_config(_values(sequence.dynamic(emulators)), path=True)
        for scenario in sequence.scenarios:
            recording = _begin("dynamic", scenario)
            harness.program = partial(run_dynamic, recording)
            harness.up()
            harness.expect_no_secrets()
            _save(recording, run, folder, STACK, emulators)
        if sequence.imported:
            copy = folder / "copy"
            run("stack", "export", "--stack", STACK, "--file", str(folder / EXPORTED))
            shutil.copytree(folder / STACK, copy / STACK)
            with isolated(copy, engine):
                run("stack", "init", STACK)
                run("stack", "import", "--stack", STACK, "--file", str(folder / EXPORTED))
                _save(_begin("dynamic", sequence.imported), run, copy, STACK, emulators)


def record_plugin(sequence: RecordedSequence, folder: Path, engine: Path) -> None:
    """Bring the programs up with the plugin."""
    with staged(folder, engine) as harness, _started(sequence.emulators - 1) as others:
        emulators = [harness.emulator, *others]
        sequence.furnish(emulators)
        config = sequence.plugin(emulators)
        plain = [f"--plaintext={name}={value}" for name, value in config.plain.items()]
        secret = [f"--secret={name}={value}" for name, value in config.secret.items()]
        if plain or secret:
            harness.run("config", "set-all", *plain, *secret)
        for scenario in sequence.scenarios:
            recording = _begin("plugin", scenario)
            write_yaml(harness, recording)
            harness.up()
            _save(recording, harness.run, folder, "program", emulators)
        if sequence.imported:
            harness.run("stack", "export", "--stack", STACK, "--file", str(folder / EXPORTED))
            copy = YamlHarness(folder / "copy", harness.emulator, engine)
            copy.folder.mkdir()
            copy.make_folders()
            write_yaml(copy, recording)
            shutil.copy(folder / "program" / SETTINGS, copy.folder / "program")
            copy.run("stack", "init", STACK)
            copy.run("stack", "import", "--stack", STACK, "--file", str(folder / EXPORTED))
            _save(_begin("plugin", sequence.imported), copy.run, copy.folder, "program", emulators)


def _save(
    recording: Recording, run: Callable[..., object], folder: Path, program: str, emulators: Sequence[Emulator]
) -> None:
    shown = folder / "shown.json"
    run("stack", "export", "--stack", STACK, "--show-secrets", "--file", str(shown))
    resources = json.loads(shown.read_text())["deployment"]["resources"]
    recording.save(folder / "state", folder / program, resources, *emulators)


def _begin(frontend: str, scenario: str) -> Recording:
    recording = Recording(commercetools_connect.__version__, frontend, scenario)
    recording.take_program_of(Recording.newest(frontend, scenario))
    return recording


@contextmanager
def _started(count: int) -> Iterator[list[Emulator]]:
    with ExitStack() as running:
        yield [running.enter_context(Emulator()) for _ in range(count)]


def _values(config: StackConfig) -> dict[str, automation.ConfigValue]:
    return {
        **{name: automation.ConfigValue(value) for name, value in config.plain.items()},
        **{name: automation.ConfigValue(value, secret=True) for name, value in config.secret.items()},
    }


if __name__ == "__main__":
    main()
