"""What a release left behind: a program, the stack's state and settings, and what Connect had then.

A recording is a folder `<version>/<frontend>/`, or `<version>/<frontend>/<scenario>/`. Its secrets are canaries,
encrypted with the passphrase of all throw-away stacks. The addresses of the emulators, which are other ones each
time, are written as placeholders: the first is `emulator.example:1`, its dump `connect.json`; the second is
`emulator.example:2`, its dump `connect-2.json`. A secret of the state that holds such an address is not encrypted
in the recording: the engine takes it as it is, and encrypts it when it writes the state.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from commercetools_connect.emulator import Emulator
from tests.engine.templates import SETTINGS

__all__ = ["FRONTENDS", "HOME", "VERSIONS", "Recording"]

HOME: Final = Path(__file__).parent
FRONTENDS: Final = {"dynamic": "program.py", "plugin": "program.yaml"}
"""Front frontend → the name of a recording's program."""

VERSIONS: Final = sorted(
    (path.name for path in HOME.iterdir() if path.name[0].isdigit()),
    key=lambda version: [int(part) for part in version.split(".")],
)
STATE: Final = "state.json"


class Recording:
    """One recording of one release, made through one frontend.

    The scenario `""` has one resource of every kind. A secret of the state that holds an address is not encrypted
    until the engine writes the restored state for the first time.
    """

    def __init__(self, version: str, frontend: str, scenario: str = "") -> None:
        self.folder = HOME / version / frontend / scenario
        self.program = self.folder / FRONTENDS[frontend]

    @classmethod
    def newest(cls, frontend: str, scenario: str) -> Recording:
        """Return the recording of the latest release that has this scenario."""
        found = [each for version in VERSIONS if (each := cls(version, frontend, scenario)).program.exists()]
        return found[-1]

    @property
    def exists(self) -> bool:
        """Whether the release has recorded this scenario."""
        return (self.folder / STATE).exists()

    @property
    def emulators(self) -> int:
        """How many emulators it was made with."""
        return len(list(self.folder.glob("connect*.json")))

    def save(self, stacks: Path, settings: Path, shown: object, *emulators: Emulator) -> None:
        """Write down a stack at rest, its settings, which are in that folder, and all that the emulators have.

        `shown` are the resources of the state as the engine exports them with secrets in plain.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        state = _without_traces(json.loads(_checkpoint(stacks).read_text()))
        latest = state["checkpoint"]["latest"]
        latest["resources"] = _with_addresses_shown(latest["resources"], shown, list(_addresses(emulators)))
        texts = {
            STATE: json.dumps(state, indent=1) + "\n",
            "settings.yaml": (settings / SETTINGS).read_text(),
            **{_dump_file(number): _dump(each) for number, each in enumerate(emulators, start=1)},
        }
        for name, text in texts.items():
            for address, placeholder in _addresses(emulators).items():
                text = text.replace(address, placeholder)  # noqa: PLW2901 - one address after the other
            (self.folder / name).write_text(text)

    def restore(self, stacks: Path, settings: Path, *emulators: Emulator) -> None:
        """Write the stack where the engine looks for it, with no start of the CLI, and load what Connect had."""
        state = self._read(STATE, emulators)
        _, project, name = json.loads(state)["checkpoint"]["stack"].split("/")
        home = stacks / ".pulumi" / "stacks" / project
        home.mkdir(parents=True)
        (stacks / ".pulumi" / "meta.yaml").write_text("version: 1\n")
        (home / f"{name}.json").write_text(state)
        settings.mkdir(exist_ok=True)
        (settings / SETTINGS).write_text(self._read("settings.yaml", emulators))
        for number, emulator in enumerate(emulators, start=1):
            emulator.admin.load(json.loads(self._read(_dump_file(number), emulators)))

    def resources(self) -> list[dict[str, Any]]:
        """Return the resources of the recorded state."""
        return list(json.loads((self.folder / STATE).read_text())["checkpoint"]["latest"]["resources"])

    def take_program_of(self, other: Recording) -> None:
        """Begin with the program of another recording, unless there is one."""
        if not self.program.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(other.program, self.program)

    def _read(self, name: str, emulators: Sequence[Emulator]) -> str:
        text = (self.folder / name).read_text()
        for address, placeholder in _addresses(emulators).items():
            text = text.replace(placeholder, address)
        return text


def _addresses(emulators: Sequence[Emulator]) -> Mapping[str, str]:
    """Return the address of each emulator → its placeholder."""
    return {
        urlsplit(emulator.url).netloc: f"emulator.example:{number}"
        for number, emulator in enumerate(emulators, start=1)
    }


def _dump_file(number: int) -> str:
    return "connect.json" if number == 1 else f"connect-{number}.json"


def _dump(emulator: Emulator) -> str:
    """Return what an emulator has, without tokens and logs: every run asks for a token of its own."""
    return json.dumps({**emulator.admin.dump(), "tokens": [], "logs": {}}, indent=1, sort_keys=True) + "\n"


def _without_traces(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out where in a program and in Python's library a resource was made: paths of the machine."""
    for resource in document["checkpoint"]["latest"]["resources"]:
        for name in ("sourcePosition", "stackTrace"):
            resource.pop(name, None)
    return document


def _with_addresses_shown(value: Any, shown: Any, addresses: Sequence[str]) -> Any:
    """Return a part of a state in which secrets that hold an address are as in `shown`."""
    if isinstance(value, dict) and "ciphertext" in value:
        return shown if any(address in shown["plaintext"] for address in addresses) else value
    if isinstance(value, dict):
        return {name: _with_addresses_shown(child, shown.get(name), addresses) for name, child in value.items()}
    if isinstance(value, list):
        return [_with_addresses_shown(*pair, addresses) for pair in zip(value, shown, strict=True)]
    return value


def _checkpoint(stacks: Path) -> Path:
    (path,) = (stacks / ".pulumi" / "stacks").rglob("test.json")
    return path
