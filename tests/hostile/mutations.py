"""Every way to spoil a JSON document, one place at a time. Systematic: the same document gives the same list."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

__all__ = ["GREAT", "Mutation", "mutations"]

Path: TypeAlias = tuple[Any, ...]

TERMINAL: Final = "\x1b]0;pwned\x07\x1b[2J\x1b[31m\x9b2J\u202e\r\nDeployed"
COMMAND: Final = "::error file=a,line=1::pwned\n::set-output name=token::x\n##vso[task.setvariable variable=x]y"
ERROR_COMMAND: Final = "##[error]pwned"
NUL: Final = "a\x00b\ud800"

REPLACEMENTS: Final[dict[str, Any]] = {
    "null": None,
    "a number": 7,
    "a negative number": -1,
    "a huge number": 10**30,
    "a fraction": 3.5,
    "true": True,
    "an empty text": "",
    "another text": "Ünknöwn",
    "an empty list": [],
    "an empty object": {},
    "a list of null": [None],
    "another object": {"unexpected": {"x": 1}},
    "terminal escapes": TERMINAL,
    "a command for the CI": COMMAND,
    "another command for the CI": ERROR_COMMAND,
    "nul and half a character": NUL,
}

MEGABYTES: Final = 10
DEPTH: Final = 200
GREAT: Final = ("10 MB of text", "deep nesting", "bottomless nesting")
"""Costly ones, for a few places only."""


@dataclass(frozen=True)
class Mutation:
    """One change of one place in a document."""

    path: Path
    what: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path)) or 'all of it'} is {self.what}"

    def apply(self, document: Any) -> bytes:
        """Return the spoilt document as it would be sent."""
        if self.what == "bottomless nesting":
            marker = "@@bottomless@@"
            text = json.dumps(_with(document, self.path, marker))
            return text.replace(f'"{marker}"', "[" * 100_000).encode()
        if self.what == "missing":
            return json.dumps(_without(document, self.path)).encode()
        if self.what == "twice":
            return json.dumps(_with(document, self.path, _at(document, self.path) * 2)).encode()
        return json.dumps(_with(document, self.path, _value(self.what))).encode()


def mutations(document: Any) -> Iterator[Mutation]:
    """Yield every mutation of a document, but for the costly ones."""
    for path in _paths(document):
        if path:
            yield Mutation(path, "missing")
        if path and isinstance(_at(document, path), list):
            yield Mutation(path, "twice")
        for what, value in REPLACEMENTS.items():
            if value != _at(document, path):
                yield Mutation(path, what)


def _value(what: str) -> Any:
    if what == "10 MB of text":
        return "\x1b::A" * (MEGABYTES * 1_000_000 // 4)
    if what == "deep nesting":
        nested: Any = TERMINAL
        for _ in range(DEPTH):
            nested = {"x": [nested]}
        return nested
    return REPLACEMENTS[what]


def _paths(document: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _paths(value, (*path, name))
    elif isinstance(document, list):
        for position, value in enumerate(document[:1]):
            yield from _paths(value, (*path, position))


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _with(document: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _without(document: Any, path: Path) -> Any:
    changed = copy.deepcopy(document)
    del _at(changed, path[:-1])[path[-1]]
    return changed
