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

FIELDS = {"CodeEntry": 1, "kind": 1}
"""Classes and fields that hold the remedy of an error, and which of their arguments it is."""


@dataclass(frozen=True)
class Remedy:
    """One remedy, and where it is."""

    place: str
    text: str


def remedies() -> list[Remedy]:
    """Return every remedy that is written out in the source."""
    paths = (path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] not in STAND_ALONE)
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    everywhere: dict[str, int] = {}
    for tree in trees.values():
        everywhere |= {name: at for name, at in _positions(tree).items() if not name.startswith("_")}
    return [
        found
        for path, tree in trees.items()
        for found in _of(path, tree, {**FIELDS, **everywhere, **_positions(tree)})
    ]


def _positions(tree: ast.Module) -> dict[str, int]:
    """Return the functions that are given a remedy, and which of their arguments it is."""
    methods = {id(each) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for each in node.body}
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name != "__init__":
            names = [each.arg for each in node.args.args]
            if "remedy" in names and not node.name.startswith("without"):
                found[node.name] = names.index("remedy") - (id(node) in methods)
    return found


def _of(path: Path, tree: ast.Module, positions: dict[str, int]) -> Iterator[Remedy]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        for argument in _arguments(node, positions):
            for text in _texts(argument, constants):
                if text.strip(" {}"):
                    yield Remedy(f"{path.relative_to(ROOT)}:{argument.lineno}", text)


def _arguments(node: ast.AST, positions: dict[str, int]) -> Iterator[ast.expr]:
    if not isinstance(node, ast.Call):
        return
    name = ast.unparse(node.func).rpartition(".")[2]
    position = positions.get(name)
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
