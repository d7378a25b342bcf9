"""Property values that frontends and resources exchange.

They are JSON values; any of them, at any depth, may be `UNKNOWN` (a preview does not know it yet) or wrapped in
`Secret` (it must be encrypted at rest and never be shown). Pulumi's markers represent both on the wire, in
states and in what policies see.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import repeat
from typing import Any, Final, TypeAlias, overload

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key of an object that represents another kind of value; its value says which kind."""

SECRETS_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"
"""Value of `SIGNATURE` in the envelope of a secret."""

UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_TEXTS: Final = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)
"""Texts that represent an unknown value; the engine has one for each type."""


class Unknown(Enum):
    """Type of `UNKNOWN`: a value that is known only after an apply."""

    VALUE = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.VALUE


@dataclass(frozen=True)
class Secret:
    """Value that is encrypted in the state and never printed, not even by its `repr`."""

    value: PropertyValue

    def __repr__(self) -> str:
        return "Secret(***)"


PropertyValue: TypeAlias = (
    bool | int | float | str | Unknown | Secret | Sequence["PropertyValue"] | Mapping[str, "PropertyValue"] | None
)
PropertyMap: TypeAlias = Mapping[str, PropertyValue]
PlainValue: TypeAlias = (
    bool | int | float | str | Unknown | Sequence["PlainValue"] | Mapping[str, "PlainValue"] | None
)
"""Value without `Secret` wrappers."""
PlainMap: TypeAlias = Mapping[str, PlainValue]

LEAVES: Final = frozenset({str, bool, int, float, type(None), Unknown})
"""Types of most values. A test for them is faster than one for a mapping, which counts in a thousand resources."""


def unwrap_secrets(value: PropertyValue, *, leave_out: Container[PropertyValue] = ()) -> PlainValue:
    """Return the value without its `Secret` wrappers, at any depth.

    Members of maps that are in `leave_out` (`None`, `UNKNOWN`) are left out. With `UNKNOWN` so is a list that has
    an unknown element: positions would move.
    """
    root: list[Any] = [value]
    pending: list[tuple[Any, Any]] = [(root, 0)]
    while pending:
        parent, place = pending.pop()
        child = parent[place]
        while isinstance(child, Secret):
            child = child.value
        if type(child) in LEAVES or isinstance(child, str):
            is_left_out = child in leave_out
        elif isinstance(child, Mapping):
            is_left_out, child = False, dict(child)
            pending += zip(repeat(child), child)
        elif isinstance(child, Sequence):
            is_left_out, child = UNKNOWN in leave_out and has_unknown(child), list(child)
            pending += zip(repeat(child), range(len(child)))
        else:
            is_left_out = False
        if is_left_out and isinstance(parent, dict):
            del parent[place]
        else:
            parent[place] = child
    plain: PlainValue = root[0]
    return plain


@overload
def as_map(value: PlainValue) -> PlainMap: ...
@overload
def as_map(value: object) -> Mapping[str, object]: ...
def as_map(value: object) -> Mapping[str, Any]:
    """Return a map as it is; anything else has no members."""
    return value if isinstance(value, Mapping) else {}


@overload
def as_list(value: PlainValue) -> Sequence[PlainValue]: ...
@overload
def as_list(value: object) -> Sequence[object]: ...
def as_list(value: object) -> Sequence[Any]:
    """Return a list as it is; anything else, a text as well, has no elements."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


@overload
def as_maps(value: PlainValue) -> Sequence[PlainMap]: ...
@overload
def as_maps(value: object) -> Sequence[Mapping[str, object]]: ...
def as_maps(value: object) -> Sequence[Mapping[str, Any]]:
    """Return the elements of a list, each as `as_map` returns it."""
    return [as_map(each) for each in as_list(value)]


def has_unknown(value: PropertyValue) -> bool:
    """Return whether a part of the value is `UNKNOWN`."""
    if type(value) in LEAVES:
        return value is UNKNOWN
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(child) for child in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(has_unknown(child) for child in value)
    return value is UNKNOWN


def equivalent(left: PropertyValue, right: PropertyValue) -> bool:
    """Return whether two values mean the same to a user.

    Secretness, absent against null members, and `3` against `3.0` (engines send every number as a double)
    make no difference. `UNKNOWN` equals nothing, not even itself.
    """
    pending: list[tuple[PropertyValue, PropertyValue]] = [(left, right)]
    while pending:
        left, right = pending.pop()
        while isinstance(left, Secret):
            left = left.value
        while isinstance(right, Secret):
            right = right.value
        if left is UNKNOWN or right is UNKNOWN:
            return False
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            is_same, keys = True, {*left, *right}
            pending += zip(map(left.get, keys), map(right.get, keys), strict=True)
        elif isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
            is_same = len(left) == len(right)
            pending += zip(left, right, strict=False)
        else:
            is_same = left == right and isinstance(left, bool) is isinstance(right, bool)
        if not is_same:
            return False
    return True
