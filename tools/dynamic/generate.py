"""Writes the dynamic classes from schema.json and overlay.yaml: `python -m tools.dynamic.generate`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from tools.dynamic import modules
from tools.dynamic.package import Package

__all__ = ["render_all"]

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "provider" / "commercetools_connect" / "frontends" / "dynamic"
MODULES: Final = {
    "_generated_args.py": modules.argument_types,
    "_generated_functions.py": modules.functions,
    "_generated_resources.py": modules.resources,
    "_generated_rollout.py": modules.rollout,
    "_generated_shapes.py": modules.shapes,
}


def render_all() -> dict[Path, str]:
    """Return each generated module."""
    package = Package.read(ROOT / "schema.json")
    return {FOLDER / name: _formatted(FOLDER / name, write(package)) for name, write in MODULES.items()}


def _formatted(path: Path, text: str) -> str:
    """Return the text without imports that are not used, in the format that `make lint` expects."""
    text = _ruff(text, "check", "--quiet", "--select", "F401,I", "--fix-only", "--stdin-filename", str(path), "-")
    return _ruff(text, "format", "--quiet", "--stdin-filename", str(path), "-")


def _ruff(text: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments]
    return subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


if __name__ == "__main__":
    for generated, content in render_all().items():
        generated.write_text(content, encoding="utf-8")
