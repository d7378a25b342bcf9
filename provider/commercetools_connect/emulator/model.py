"""The base of everything that is parsed from a body or kept in the state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from pydantic.alias_generators import to_camel

from commercetools_connect.emulator.json_values import Json

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


def without_unknown_members(model: type[BaseModel], text: bytes) -> bytes:
    """Return `text` without the members that `model` does not know."""
    try:
        model.model_validate_json(text, by_alias=True, by_name=False)
    except ValidationError as error:
        unknown = [each["loc"] for each in error.errors(include_url=False) if each["type"] == "extra_forbidden"]
        if not unknown:
            return text
        value = json.loads(text)
        for path in unknown:
            _drop(value, path)
        return json.dumps(value).encode()
    return text


def _drop(value: Any, path: tuple[int | str, ...]) -> None:
    """Remove the member at `path`, in which the kind of an action stands between its place and its members."""
    for part in path[:-1]:
        is_kind = isinstance(value, dict) and value.get("action") == part
        value = value if is_kind else value[part]
    value.pop(path[-1])


def parse_value(model: type[M], value: object) -> M:
    """Like `parse_json`, for a value that is not text any more."""
    try:
        text = json.dumps(value)
    except TypeError as error:  # YAML knows more types than JSON, such as dates
        raise InvalidShapeError(f"it has a value that JSON does not know ({error}); put it in quotes") from None
    return parse_json(model, text)


def to_json(model: BaseModel) -> dict[str, Json]:
    """Write `model` with its JSON names, without empty optional members."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def to_members(model: BaseModel) -> dict[str, JsonValue]:
    """Like `to_json`, as members of another model."""
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
