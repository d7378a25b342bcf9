"""Measures of the code base: lines, files, docstrings, and private functions with a single caller.

Usage: `python measures.py [--check] [--list]`. Counts `provider/commercetools_connect` without the emulator, the
policy pack and generated code. `--check` fails if a limit is exceeded.
"""

from __future__ import annotations

import ast
import collections
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[2] / "provider" / "commercetools_connect"
LEFT_OUT: Final = {"emulator", "policy"}
MAX_FILE_LINES: Final = 450
MAX_SINGLE_CALLERS: Final = 10.0
MIN_DOCSTRINGS: Final = 0.11


@dataclass(frozen=True)
class Measured:
    """Measures of one file."""

    path: Path
    lines: int
    docstrings: int
    single_callers: tuple[str, ...]


def measure(file: Path) -> Measured:
    """Return the measures of one file."""
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    return Measured(file, len(text.splitlines()), _docstring_lines(tree), tuple(single_callers(tree)))


def single_callers(tree: ast.Module) -> Iterator[str]:
    """Yield the private functions of a module that one place of it uses."""
    used: collections.Counter[str] = collections.Counter()
    defined = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            defined.append(node.name)
        elif isinstance(node, ast.Name):
            used[node.id] += 1
        elif isinstance(node, ast.Attribute):
            used[node.attr] += 1
    for name in defined:
        if re.match(r"_(?!_)", name) and used[name] == 1:
            yield name


def files() -> Iterator[Path]:
    """Yield the files that count."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in LEFT_OUT and not path.name.startswith("_generated"):
            yield path


def _docstring_lines(tree: ast.Module) -> int:
    return sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def main(arguments: list[str]) -> int:
    """Print the measures and return the exit code."""
    measured = [measure(file) for file in files()]
    lines = sum(each.lines for each in measured)
    docstrings = sum(each.docstrings for each in measured) / lines
    single = sum(len(each.single_callers) for each in measured) * 1000 / lines
    long = [each for each in measured if each.lines > MAX_FILE_LINES]
    sys.stdout.write(
        f"{lines} lines in {len(measured)} files, {docstrings:.1%} of them docstrings; "
        f"{single:.1f} private functions with a single caller per 1,000 lines\n"
    )
    for each in long:
        sys.stdout.write(f"{each.path.relative_to(PACKAGE)} has {each.lines} lines\n")
    if "--list" in arguments:
        for each in measured:
            for name in each.single_callers:
                sys.stdout.write(f"{each.path.relative_to(PACKAGE)}: {name}\n")
    exceeded = bool(long) or docstrings < MIN_DOCSTRINGS or single > MAX_SINGLE_CALLERS
    return 1 if exceeded and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
