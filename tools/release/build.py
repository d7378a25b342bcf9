"""`make dist`: the wheel, the source distribution, and the plugin as an archive that needs no Python.

Everything lands in `dist/`, with the version of `commercetools_connect.__version__`. The archive is for the system
and processor of this machine; on Linux it needs a C library at least as new as the one here.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from licences import outsiders, write_licences

ROOT: Final = Path(__file__).resolve().parents[2]
DIST: Final = ROOT / "dist"
BUILD: Final = ROOT / "build"
PLUGIN: Final = "pulumi-resource-commercetools-connect"

NEVER_USED: Final = ("curses", "httpx._main", "pdb", "pydoc", "readline", "rich", "sqlite3", "tkinter")
"""Modules that libraries import only for consoles, of which the provider has none. `readline` is under the GPL."""

EPOCH: Final = int(os.environ.get("SOURCE_DATE_EPOCH", "1580601600"))
"""Time of every file in the archive, as build tools understand it; the default is that of the wheel's builder."""

PROCESSORS: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def main() -> None:
    """Build everything and say what there is."""
    shutil.rmtree(DIST, ignore_errors=True)
    run("hatchling", "build", "-d", str(DIST))
    build_archive(version())
    for path in sorted(DIST.iterdir()):
        sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB\n")


def version() -> str:
    """Return the version of the wheel that was just built: the one source of all others."""
    (wheel,) = DIST.glob("*.whl")
    return wheel.name.split("-")[1]


def build_archive(of_version: str) -> Path:
    """Build the plugin's folder and pack it, with the licences of all that is in it."""
    folder = freeze()
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    collected = json.loads((BUILD / "collected.json").read_text())
    write_licences(map(Path, collected), folder / "licences")
    archive = DIST / f"{PLUGIN}-v{of_version}-{platform_name()}.tar.gz"
    pack(folder, archive)
    return archive


def freeze() -> Path:
    """Let PyInstaller collect the plugin and all that it needs; return the folder."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir()
    plan = {
        "entry": str(ROOT / "provider" / "commercetools_connect" / "frontends" / "plugin" / "main.py"),
        "source": str(ROOT / "provider"),
        "schema": str(ROOT / "schema.json"),
        "excludes": [*NEVER_USED, *outsiders()],
        "name": PLUGIN,
        "collected": str(BUILD / "collected.json"),
    }
    folders = ["--workpath", str(BUILD / "work"), "--distpath", str(BUILD / "plugin")]
    specification = str(Path(__file__).with_name("plugin.spec"))
    run("PyInstaller", "--noconfirm", "--log-level=WARN", *folders, specification, PLUGIN_PLAN=json.dumps(plan))
    return BUILD / "plugin" / PLUGIN


def run(module: str, *arguments: str, **environ: str) -> None:
    """Run a tool of this environment, so that two runs give the same."""
    fixed = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(EPOCH)}
    subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, check=True, env={**os.environ, **fixed, **environ}
    )


def platform_name() -> str:
    """Return system and processor as Pulumi names them."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{PROCESSORS.get(machine, machine)}"


def pack(folder: Path, archive: Path) -> None:
    """Write the folder's content as an archive: the executable at its root, and nothing of this machine in it."""
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", mtime=EPOCH, fileobj=file) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in contents(folder):
            tar.add(path, path.relative_to(folder).as_posix(), recursive=False, filter=anonymous)


def contents(folder: Path) -> Iterator[Path]:
    """Yield everything below a folder, always in the same order."""
    yield from sorted(folder.rglob("*"))


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Forget who built it, and when."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = EPOCH
    return entry


if __name__ == "__main__":
    main()
