"""Results of functions in a unit test, made from what the test's mocks answer."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from commercetools_connect.core.text import suggest
from commercetools_connect.resources.schema import StateModel


class MockedAnswerError(Exception):
    """An answer of the mocks that is no result of the function. The text goes on after its subject."""


def result_of(model: type[StateModel], answer: object, path: str = "") -> StateModel:
    """Return a result with the members of the answer, under Pulumi's or Python's names; the rest is `None`.

    Nothing else is validated: a test answers what it needs. Raises `MockedAnswerError`.
    """
    place = f"at {path} " if path else ""
    if not isinstance(answer, Mapping):
        raise MockedAnswerError(f"{place}is of type {type(answer).__name__}, but a map is expected.")
    names = {info.alias or name: name for name, info in model.model_fields.items()}
    unknown = [name for name in answer if name not in names and name not in names.values()]
    if unknown:
        raise MockedAnswerError(
            f"{place}has a member {unknown[0]!r} that there is not{suggest(unknown[0], names)}."
        )
    members: dict[str, Any] = {}
    for alias, name in names.items():
        value = answer.get(alias, answer.get(name))
        members[name] = _value_of(model.model_fields[name].annotation, value, f"{path}.{alias}".lstrip("."))
    return model.model_construct(**members)


def _value_of(annotation: Any, value: object, path: str) -> object:
    """Return a value with results where the annotation has them."""
    kinds = get_args(annotation)
    if value is None:
        return None
    if isinstance(annotation, type) and issubclass(annotation, StateModel):
        return result_of(annotation, value, path)
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        return _value_of(next(kind for kind in kinds if kind is not type(None)), value, path)
    if isinstance(value, (list, tuple)) and kinds:
        return tuple(_value_of(kinds[0], child, f"{path}[{index}]") for index, child in enumerate(value))
    if isinstance(value, Mapping) and len(kinds) > 1:
        return {name: _value_of(kinds[1], child, f"{path}.{name}") for name, child in value.items()}
    return value
