"""The generated Node.js SDK, built and installed beside what its programs need."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.kept import kept

__all__ = ["build_node_sdk", "needs_node", "node_modules", "tsc"]

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdk" / "nodejs"
PACKAGES = ROOT / "tests" / "sdk" / "node" / "package.json"
LIMIT = 900
"""Seconds that the first installation may take."""


def needs_node() -> None:
    """Skip the test where there is no Node.js with npm."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} on PATH")


def packages() -> Path:
    """Return a folder with the packages that the SDK and its programs need in `node_modules`, installed once."""
    recipe = PACKAGES.read_bytes()

    def fill(folder: Path) -> None:
        (folder / "package.json").write_bytes(recipe)
        _run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], folder)

    return kept("node", recipe, fill) / "node_modules"


def build_node_sdk(folder: Path) -> Path:
    """Compile the SDK and return its installed package; `folder` gets its source, and what programs need."""
    (folder / "node_modules").symlink_to(packages())
    source = folder / "sdk"
    shutil.copytree(SDK, source)
    installed = folder / "program" / "node_modules" / "pulumi-commercetools-connect"
    tsc(folder, "--project", str(source), "--outDir", str(installed))
    shutil.copy(source / "package.json", installed)
    return installed


def node_modules() -> Path:
    """Return a `node_modules` with the SDK and all that its programs need, built once for each SDK."""
    needs_node()
    sources = sorted(path for path in SDK.rglob("*") if path.is_file())
    recipe = hashlib.sha256(PACKAGES.read_bytes())
    for path in sources:
        recipe.update(str(path.relative_to(SDK)).encode() + b"\0" + path.read_bytes())
    return kept("node-sdk", recipe.digest(), _fill) / "node_modules"


def _fill(folder: Path) -> None:
    work = folder / "build"
    work.mkdir()
    installed = build_node_sdk(work)
    # Node.js looks for modules beside the real place of a file, so links would not do.
    shutil.copytree(packages(), folder / "node_modules", symlinks=True)
    shutil.move(installed, folder / "node_modules" / installed.name)
    shutil.rmtree(work)


def tsc(folder: Path, *arguments: str) -> None:
    """Run the TypeScript compiler of the nearest folder above."""
    modules = next(
        each / "node_modules" for each in (folder, *folder.parents) if (each / "node_modules/typescript").is_dir()
    )
    _run(["node", str(modules / "typescript" / "bin" / "tsc"), *arguments], folder)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stdout
