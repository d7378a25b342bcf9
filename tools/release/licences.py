"""Whose work is in a bundle, and the licences that have to travel with it.

As a program it prints the names of all that the provider needs at run time, one a line: the extras for the command
line tool and the emulator included, which no bundle has.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

__all__ = [
    "OURS",
    "UnexpectedContentError",
    "canonical",
    "outsiders",
    "runtime_distributions",
    "runtime_names_of",
    "write_licences",
]

OURS: Final = "commercetools-connect-provider"
EXTRAS: Final = ("cli", "emulator")

LICENCE_FILE: Final = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)


class UnexpectedContentError(Exception):
    """The bundle holds what the provider does not need, or what may not be given away without its licence."""


def runtime_distributions(extras: Iterable[str] = ()) -> dict[str, metadata.Distribution]:
    """Return our distribution and all that it needs at run time, with these extras, by canonical name."""
    found: dict[str, metadata.Distribution] = {}
    wanted = [OURS]
    while wanted:
        name = canonical(wanted.pop())
        if name in found:
            continue
        found[name] = metadata.distribution(name)
        wanted += required_by(found[name], extras if name == OURS else ())
    return found


def runtime_names_of(python: Path) -> set[str]:
    """Return the names of our distribution and all that it needs at run time in another environment."""
    command = [str(python), str(Path(__file__).resolve())]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return set(done.stdout.split())


def required_by(distribution: metadata.Distribution, extras: Iterable[str]) -> Iterator[str]:
    """Yield the names of what a distribution needs on this machine, with these extras and no others."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - comes with PyInstaller

    for requirement in map(Requirement, distribution.requires or ()):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement.name


def outsiders() -> list[str]:
    """Return the top-level modules of this environment that the provider does not need.

    PyInstaller follows every import, also those that a library makes only for a tool that happens to be here.
    """
    needed = runtime_distributions().keys()
    return sorted(
        module
        for module, owners in metadata.packages_distributions().items()
        if not any(canonical(owner) in needed for owner in owners)
    )


def write_licences(collected: Iterable[Path], folder: Path) -> None:
    """Write the licence of everything that was collected into `folder`, one folder for each component.

    Raises `UnexpectedContentError` for a distribution that the provider does not need, and for a component whose
    licence cannot be found.
    """
    sources = {path.resolve() for path in collected}
    needed = runtime_distributions()
    owned: set[Path] = set()
    for name, distribution in _installed().items():
        files = {path for path in _files(distribution) if path in sources}
        if not files:
            continue
        if name not in needed:
            raise UnexpectedContentError(f"{name} is in the bundle, and the provider does not need it")
        owned |= files
        _write(_licences_of(distribution), folder / f"{name}-{distribution.version}", name)
    _write(_python_licence(), folder / f"python-{platform.python_version()}", "Python")
    for library in sorted(sources - owned):
        if not _is_python_or_ours(library):
            _write_system_licence(library, folder)


def canonical(name: str) -> str:
    """Return a distribution's name in the form in which two of them can be compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed() -> dict[str, metadata.Distribution]:
    return {canonical(each.metadata["Name"]): each for each in metadata.distributions()}


def _files(distribution: metadata.Distribution) -> Iterator[Path]:
    for file in distribution.files or ():
        yield Path(str(file.locate())).resolve()


def _licences_of(distribution: metadata.Distribution) -> list[Path]:
    if canonical(distribution.metadata["Name"]) == OURS:
        return []  # stands at the root of the archive
    return [path for path in _files(distribution) if LICENCE_FILE.search(path.name) and path.suffix != ".py"]


def _python_licence() -> list[Path]:
    library = Path(sysconfig.get_path("stdlib"))
    shipped = [library / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt"]
    return [path for path in shipped if path.exists()][:1] or _system_licence(library / "os.py")


def _is_python_or_ours(path: Path) -> bool:
    homes = (Path(sys.base_prefix).resolve(), Path(__file__).resolve().parents[2])
    return any(path.is_relative_to(home) for home in homes) and not path.is_relative_to("/usr/lib")


def _write(files: list[Path], folder: Path, name: str) -> None:
    if not files and name != OURS:
        raise UnexpectedContentError(f"{name} is in the bundle, and its licence is not to be found")
    for path in files:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / path.name)


def _write_system_licence(library: Path, folder: Path) -> None:
    """Write the licence of a library that the operating system brought; only Debian tells where it is."""
    found = _system_licence(library)
    _write(found, folder / (found[0].parent.name if found else ""), str(library))


def _system_licence(file: Path) -> list[Path]:
    dpkg = shutil.which("dpkg")
    if dpkg is None:
        return []
    # some files are known by where they were before /lib became a part of /usr
    for name in (str(file), str(file).removeprefix("/usr")):
        found = subprocess.run([dpkg, "-S", name], check=False, capture_output=True, text=True)
        if found.returncode == 0:
            return [Path("/usr/share/doc") / found.stdout.partition(":")[0] / "copyright"]
    return []


if __name__ == "__main__":
    sys.stdout.write("".join(f"{name}\n" for name in sorted(runtime_distributions(EXTRAS))))
