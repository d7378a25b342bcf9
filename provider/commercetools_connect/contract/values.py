"""The value tree that travels between a door and a resource.

A tree is made of JSON values; any leaf or branch may be `UNKNOWN` (a preview does not know it yet) or wrapped
in `Secret` (it must be encrypted at rest and never be shown).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

__all__ = [
    "UNKNOWN",
    "Plain",
    "PlainTree",
    "Secret",
    "Tree",
    "Unknown",
    "Value",
    "has_unknown",
    "reveal",
    "same",
]


class Unknown(Enum):
    """The type of `UNKNOWN`: a value that only an apply will tell."""

    VALUE = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.VALUE


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in state and never printed; its own `repr` keeps the promise."""

    value: Value

    def __repr__(self) -> str:
        return "Secret(***)"


Value: TypeAlias = bool | int | float | str | Unknown | Secret | Sequence["Value"] | Mapping[str, "Value"] | None
Tree: TypeAlias = Mapping[str, Value]
Plain: TypeAlias = bool | int | float | str | Unknown | Sequence["Plain"] | Mapping[str, "Plain"] | None
"""A value without `Secret` wrappers."""
PlainTree: TypeAlias = Mapping[str, Plain]

_LEAVES: Final = frozenset({str, bool, int, float, type(None), Unknown})
"""Most values are one of these; asking whether they are a mapping is what costs time in a thousand resources."""


def reveal(value: Value) -> Plain:
    """Return the value without its `Secret` wrappers, at any depth. `UNKNOWN` stays."""
    if type(value) in _LEAVES:
        return value  # type: ignore[return-value]  # none of them is a Secret
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, Mapping):
        return {key: reveal(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [reveal(child) for child in value]
    return value


def has_unknown(value: Value) -> bool:
    """Tell whether an apply is needed to know the whole value."""
    if type(value) in _LEAVES:
        return value is UNKNOWN
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(child) for child in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(has_unknown(child) for child in value)
    return value is UNKNOWN


def same(left: Value, right: Value) -> bool:
    """Tell whether two values mean the same to a user.

    Secretness, absent against null members, and `3` against `3.0` (engines send every number as a double)
    make no difference. `UNKNOWN` equals nothing, not even itself.
    """
    left, right = reveal(left), reveal(right)
    if left is UNKNOWN or right is UNKNOWN:
        return False
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return all(same(left.get(key), right.get(key)) for key in {*left, *right})
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) or isinstance(right, str):
        return left == right
    if isinstance(left, Sequence) and isinstance(right, Sequence):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right
