"""Which inputs are secret, and keeping them so.

An input model says it, once: a field annotated with `SECRET`. The schema marks such a field, both doors seal its
values in everything that they give to the engine, and the models never show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from commercetools_connect.contract.values import UNKNOWN, Secret, Value, same

__all__ = [
    "SECRET",
    "Annotation",
    "Discreet",
    "is_secret",
    "restore_secrets",
    "seal",
    "secret_names",
    "without_absence",
]

Annotation: TypeAlias = object
"""A type as a model's field declares it; Python has no type for these."""


class _Mark(Enum):
    SECRET = "secret"  # noqa: S105 - the mark, and no value


SECRET: Final = _Mark.SECRET
"""Marks a field: `token: Annotated[str, SECRET]`; in a map it is each of the values that is secret."""


def is_secret(info: FieldInfo) -> bool:
    """Tell whether a field is marked."""
    return SECRET in info.metadata


class Discreet(BaseModel):
    """A model whose `repr` leaves its secret fields out."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return what may be shown."""
        fields = type(self).model_fields
        for name, value in super().__repr_args__():
            if name not in fields or not is_secret(fields[name]):
                yield name, value


def secret_names(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of a model's secret members, as a program's tree has them."""
    return frozenset(info.alias or name for name, info in model.model_fields.items() if is_secret(info))


def seal(model: type[BaseModel], tree: Mapping[str, Value]) -> dict[str, Value]:
    """Return inputs or outputs with every value of a secret input wrapped in `Secret`, however it came.

    Values of a map are wrapped one by one: states and diffs still show which keys are set. What is secret as a
    whole stays so; nothing and `UNKNOWN` are no secrets.
    """
    sealed = dict(tree)
    for name, info in model.model_fields.items():
        member = info.alias or name
        if member in tree:
            value = tree[member]
            sealed[member] = _seal_leaves(value) if is_secret(info) else _seal_inside(info.annotation, value)
    return sealed


def restore_secrets(value: Value, like: Value) -> Value:
    """Return the value with a `Secret` wherever `like` has one: reading a value does not make it public.

    A list of which one member is secret is secret as a whole when it has become another list: members move.
    """
    if isinstance(like, Secret):
        return value if value is None or isinstance(value, Secret) else Secret(value)
    if isinstance(value, Mapping) and isinstance(like, Mapping):
        return {name: restore_secrets(child, like.get(name)) for name, child in value.items()}
    if isinstance(value, list) and isinstance(like, list):
        if same(value, like):
            return [restore_secrets(*pair) for pair in zip(value, like, strict=True)]
        return Secret(value) if _has_secret(like) else value
    return value


def without_absence(annotation: Annotation) -> Annotation:
    """Return `int` for `Annotated[int, …] | None`: the type of a value that is there."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        present = [each for each in get_args(annotation) if each is not type(None)]
        return without_absence(present[0]) if len(present) == 1 else annotation
    return annotation


def _seal_inside(annotation: Annotation, value: Value) -> Value:
    """Follow a value along its declared type; where the value has another shape there is nothing to find."""
    declared = without_absence(annotation)
    if get_origin(declared) in (tuple, list) and isinstance(value, Sequence) and not isinstance(value, str):
        return [_seal_inside(get_args(declared)[0], child) for child in value]
    if not isinstance(value, (dict, Mapping)):
        return value
    if isinstance(declared, type) and issubclass(declared, BaseModel):
        return seal(declared, value)
    if get_origin(declared) is dict:
        inside = get_args(declared)[1]
        return {key: _seal_inside(inside, child) for key, child in value.items()}
    return value


def _has_secret(value: Value) -> bool:
    if isinstance(value, Mapping):
        return any(_has_secret(child) for child in value.values())
    return isinstance(value, Secret) or (isinstance(value, list) and any(map(_has_secret, value)))


def _seal_leaves(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {key: _seal_leaves(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_seal_leaves(child) for child in value]
    return value if value is None or value is UNKNOWN or isinstance(value, Secret) else Secret(value)
