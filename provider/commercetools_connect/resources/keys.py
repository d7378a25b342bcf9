"""Keys of objects whose program names none: derived, so that an interrupted run finds its object again."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.values import Tree, Value

__all__ = ["KEY_PATTERN", "derive_key", "with_key"]

KEY_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]{2,256}")
"""API §2: 2 to 256 letters, digits, `_` and `-`."""

HASH_LENGTH: Final = 8

READABLE_LENGTH: Final = 80
"""A derived key is shorter than the API allows: it is read by people in lists and messages."""


def derive_key(project: str, stack: str, name: str) -> str:
    """Return the same readable, unique key for the same resource of the same stack, on every machine.

    The shape is `<project>-<stack>-<name>` with every other character replaced by `-`, cut, and 8 hex digits of
    the SHA-256 of the raw names, so that names which look alike after cutting stay apart.
    """
    raw = "\0".join((project, stack, name))
    digest = hashlib.sha256(raw.encode()).hexdigest()[:HASH_LENGTH]
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", f"{project}-{stack}-{name}").strip("-")[:READABLE_LENGTH]
    return f"{readable}-{digest}" if readable else digest


def with_key(operation: Operation, olds: Tree, news: Tree) -> dict[str, Value]:
    """Return the inputs with a key: the program's, else the one the state has already, else the derived one.

    A key that is in the state stays, also when the stack is renamed: another one would be another object.
    """
    inputs = dict(news)
    if inputs.get("key") is None:
        inputs["key"] = olds.get("key") or operation.derived_key
    return inputs
