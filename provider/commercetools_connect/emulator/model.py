"""The base of everything that is parsed from a body or kept in the state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from .json_values import Json

M = TypeVar("M", bound=BaseModel)


class Model(BaseModel):
    """Immutable, typed without coercion, closed to unknown members; camelCase in JSON."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


class InvalidShapeError(ValueError):
    """JSON that does not have the shape of the model; the text names each wrong member, never its value."""


def evolve(model: M, **changes: object) -> M:
    """Return a copy with `changes`; a name that the model does not have is a `TypeError`."""
    unknown = changes.keys() - type(model).model_fields.keys()
    if unknown:
        raise TypeError(f"{type(model).__name__} has no {', '.join(sorted(unknown))}")
    return model.model_copy(update=changes)


def parse_json(model: type[M], text: bytes | str) -> M:
    """Read `text` by the JSON names of `model`; raise `InvalidShapeError`."""
    try:
        return model.model_validate_json(text, by_alias=True, by_name=False)
    except ValidationError as error:
        raise InvalidShapeError(_explain(model, error)) from None


def parse_value(model: type[M], value: object) -> M:
    """Like `parse_json`, for a value that is no text any more."""
    return parse_json(model, json.dumps(value))


def to_json(model: BaseModel) -> dict[str, Json]:
    """Write `model` with its JSON names, without empty optional members."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _explain(model: type[BaseModel], error: ValidationError) -> str:
    problems = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        path = ".".join(str(part) for part in problem["loc"])
        text = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            text = f"unknown member{_known_members(model, problem['loc'])}"
        problems.append(f"{path}: {text}" if path else text)
    return "; ".join(problems)


def _known_members(model: type[BaseModel], path: tuple[int | str, ...]) -> str:
    if len(path) != 1:
        return ""
    names: Mapping[str, object] = model.model_fields
    return f"; known are {', '.join(to_camel(name) for name in names)}"
