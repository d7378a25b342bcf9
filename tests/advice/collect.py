"""Collection of the remedies in the product's source: what each of its errors tells a user to do.

A remedy is the text after the message of an error. Parts that are only known when it is printed are `{}`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import commercetools_connect

ROOT = Path(str(commercetools_connect.__file__)).parent
STAND_ALONE = ("emulator", "policy")
"""Packages whose messages are not errors of the provider; they have tests of their own."""

POSITIONS = {"_refused": 2, "CodeEntry": 1, "invalid_inputs": 1, "kind": 1}
"""Functions that make an error, and which of their arguments is the remedy."""


@dataclass(frozen=True)
class Remedy:
    """One remedy, and where it is."""

    place: str
    text: str


def remedies() -> list[Remedy]:
    """Return every remedy that is written out in the source."""
    sources = (path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] not in STAND_ALONE)
    return [found for path in sources for found in _of(path)]


def _of(path: Path) -> Iterator[Remedy]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        for argument in _arguments(node, path.name):
            for text in _texts(argument, constants):
                if text.strip(" {}"):
                    yield Remedy(f"{path.relative_to(ROOT)}:{argument.lineno}", text)


def _arguments(node: ast.AST, file: str) -> Iterator[ast.expr]:
    if not isinstance(node, ast.Call):
        return
    name = ast.unparse(node.func).rpartition(".")[2]
    position = 0 if (name, file) == ("_refused", "errors.py") else POSITIONS.get(name)
    if position is None and name.endswith("Error"):
        position = 1
    if position is None:
        return
    if len(node.args) > position and not any(isinstance(each, ast.Starred) for each in node.args):
        yield node.args[position]
    yield from (each.value for each in node.keywords if each.arg == "remedy")


def _texts(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yield what an expression may be, with `{}` for what only a run knows."""
    if isinstance(node, ast.Constant):
        yield str(node.value) if isinstance(node.value, str) else ""
    elif isinstance(node, ast.JoinedStr):
        parts = [
            part.value if isinstance(part, ast.Constant) else next(_named(part, constants), "{}")
            for part in node.values
        ]
        yield "".join(map(str, parts))
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, constants)
        yield from _texts(node.orelse, constants)
    elif isinstance(node, ast.Subscript):
        table = constants.get(ast.unparse(node.value))
        for value in table.values if isinstance(table, ast.Dict) else ():
            yield from _texts(value, constants)
    elif isinstance(node, ast.Name) and node.id in constants:
        yield from _texts(constants[node.id], {})


def _named(part: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.Name) and value.id in constants:
        yield from _texts(constants[value.id], {})
