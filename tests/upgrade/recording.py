"""What a release left behind: a program, the stack's state and settings, and what Connect had then.

A recording is a folder `<version>/<door>/`. Its secrets are canaries, encrypted with the passphrase of all
throw-away stacks; the emulator's address, which is another one each time, is written as a placeholder.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from commercetools_connect.emulator import Emulator
from tests.engine.templates import SETTINGS

__all__ = ["DOORS", "HOME", "VERSIONS", "Recording"]

HOME: Final = Path(__file__).parent
DOORS: Final = {"dynamic": "program.py", "plugin": "program.yaml"}
"""Front door → the name of a recording's program."""

VERSIONS: Final = sorted(
    (path.name for path in HOME.iterdir() if path.name[0].isdigit()),
    key=lambda version: [int(part) for part in version.split(".")],
)
PLACEHOLDER: Final = "emulator.example:1"


class Recording:
    """The recording of one release, made through one front door."""

    def __init__(self, version: str, door: str) -> None:
        self.folder = HOME / version / door
        self.program = self.folder / DOORS[door]

    def save(self, stacks: Path, settings: Path, emulator: Emulator) -> None:
        """Write down a stack at rest, its settings, which are in that folder, and all that the emulator has."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in {
            "state.json": _without_traces(_checkpoint(stacks).read_text()),
            "settings.yaml": (settings / SETTINGS).read_text(),
            "connect.json": json.dumps(emulator.admin.dump(), indent=1, sort_keys=True) + "\n",
        }.items():
            (self.folder / name).write_text(text.replace(urlsplit(emulator.url).netloc, PLACEHOLDER))

    def restore(self, stacks: Path, settings: Path, emulator: Emulator) -> None:
        """Write the stack where the engine looks for it, with no start of the CLI, and load what Connect had."""
        state = self._read("state.json", emulator)
        _, project, name = json.loads(state)["checkpoint"]["stack"].split("/")
        home = stacks / ".pulumi" / "stacks" / project
        home.mkdir(parents=True)
        (stacks / ".pulumi" / "meta.yaml").write_text("version: 1\n")
        (home / f"{name}.json").write_text(state)
        settings.mkdir(exist_ok=True)
        (settings / SETTINGS).write_text(self._read("settings.yaml", emulator))
        emulator.admin.load(json.loads(self._read("connect.json", emulator)))

    def take_program_of(self, other: Recording) -> None:
        """Begin with the program of another recording, unless there is one."""
        if not self.program.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(other.program, self.program)

    def _read(self, name: str, emulator: Emulator) -> str:
        return (self.folder / name).read_text().replace(PLACEHOLDER, urlsplit(emulator.url).netloc)


def _without_traces(checkpoint: str) -> str:
    """Leave out where in a program and in Python's library a resource was made: paths of the machine."""
    document = json.loads(checkpoint)
    for resource in document["checkpoint"]["latest"]["resources"]:
        for name in ("sourcePosition", "stackTrace"):
            resource.pop(name, None)
    return json.dumps(document, indent=1) + "\n"


def _checkpoint(stacks: Path) -> Path:
    (path,) = (stacks / ".pulumi" / "stacks").rglob("test.json")
    return path
