"""Input models: what a program may write, checked before any call.

A model is parsed only when every value is known. Before that, `find_mistakes` checks the known part of a tree in
which leaves or branches may be `UNKNOWN`: it never complains about what it cannot see yet.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Final, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import UNKNOWN, Plain, Tree, has_unknown, reveal
from commercetools_connect.resources.secrecy import Discreet

__all__ = ["InputModel", "find_mistakes", "list_mistakes", "member_names", "parse", "pick"]

Model = TypeVar("Model", bound="InputModel")

WORDS: Final = {
    "missing": "is required",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "model_type": "must be an object",
    "dict_type": "must be a map",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "too_short": "must not be empty; leave it out instead",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
}
"""pydantic's error types in the words of a program's author; validators of ours bring their own words."""


class InputModel(Discreet):
    """A part of a program's inputs: camelCase outside, snake_case inside, nothing unknown, nothing shown."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        strict=False,
        populate_by_name=False,
    )


def member_names(model: type[InputModel]) -> tuple[str, ...]:
    """Return the names of a model's members as a program's tree has them."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def parse(model: type[Model], inputs: Tree) -> Model:
    """Return the typed inputs of a tree that is known as a whole.

    Raises `InvalidInputError` with all mistakes, one a line; none of them shows a value.
    """
    plain = _without_nulls(reveal(inputs))
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        mistakes = [
            str(_failure(model, detail)) for detail in error.errors(include_input=False, include_url=False)
        ]
        raise InvalidInputError("\n".join(mistakes)) from None


def find_mistakes(model: type[InputModel], inputs: Tree) -> tuple[CheckFailure, ...]:
    """Return every mistake in the known part of the inputs."""
    plain = reveal(inputs)
    try:
        model.model_validate(_without_nulls(_known_part(plain)))
    except ValidationError as error:
        mistakes = list_mistakes(model, error)
        return tuple(mistake for mistake in mistakes if not _is_hidden(plain, mistake.path))
    return ()


def list_mistakes(model: type[InputModel], error: ValidationError) -> tuple[CheckFailure, ...]:
    """Say what pydantic found in the words of a program's author, without showing a value."""
    details = error.errors(include_input=False, include_url=False)
    wrong = {tuple(detail["loc"]) for detail in details}
    # a list with a wrong element is also "too short" to pydantic, which says nothing to anyone
    spurious = {path for path in wrong if any(path == other[: len(path)] and path != other for other in wrong)}
    return tuple(_failure(model, each) for each in details if tuple(each["loc"]) not in spurious)


def _known_part(value: Plain) -> Plain:
    """Leave out unknown members, and lists with an unknown element: positions would move."""
    if isinstance(value, Mapping):
        return {key: _known_part(child) for key, child in value.items() if not _hides(child)}
    return value


def _hides(value: Plain) -> bool:
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return has_unknown(value) if is_list else value is UNKNOWN


def _is_hidden(plain: Plain, location: tuple[str | int, ...]) -> bool:
    """Tell whether a mistake lies on the way to, or at, something that is not known yet."""
    value: Plain = plain
    for step in location:
        if isinstance(value, Mapping):
            value = value.get(str(step))
        elif isinstance(value, Sequence) and not isinstance(value, str) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        if value is UNKNOWN or _hides(value):
            return True
    return False


def _without_nulls(value: Plain) -> Plain:
    """Absent and null mean the same to a program."""
    if isinstance(value, Mapping):
        return {key: _without_nulls(child) for key, child in value.items() if child is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_nulls(child) for child in value]
    return value


def _failure(model: type[InputModel], detail: ErrorDetails) -> CheckFailure:
    path: Path = tuple(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return CheckFailure(path, f"unknown argument{_suggestion(model, path)}")
    if detail["type"] == "value_error":
        return CheckFailure(path, str(detail["ctx"]["error"]))
    return CheckFailure(path, WORDS.get(detail["type"]) or _limit_words(detail))


def _limit_words(detail: ErrorDetails) -> str:
    """Say what a limit or an enumeration asks for."""
    context = detail.get("ctx", {})
    if detail["type"] == "enum":
        return f"must be {context['expected']}".replace("'", "")
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    said = [f"must be {words[name]} {limit:g}" for name, limit in context.items() if name in words]
    return said[0] if said else detail["msg"]


def _suggestion(model: type[InputModel], path: Path) -> str:
    """Name the nearest known member, so that a typo is found without a look into the documentation."""
    known = _members_at(model, path[:-1])
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known here: {', '.join(known)}" if known else ""


def _members_at(model: type[InputModel], path: Path) -> tuple[str, ...]:
    annotation: object = model
    for step in path:
        if _is_model(annotation):
            fields = {(field.alias or name): field for name, field in annotation.model_fields.items()}
            annotation = _only_container(fields[str(step)].annotation) if step in fields else None
        else:
            annotation = _model_inside(annotation)  # the step is the key of a map, or an index
    return member_names(annotation) if _is_model(annotation) else ()


def _is_model(candidate: object) -> TypeGuard[type[InputModel]]:
    return isinstance(candidate, type) and issubclass(candidate, InputModel)


def _only_container(annotation: object) -> object:
    """Return `Model` for `Model | None`, and a map or list as it is."""
    if get_origin(annotation) in (Union, UnionType):
        return next((_only_container(each) for each in get_args(annotation) if each is not type(None)), None)
    return annotation


def _model_inside(annotation: object) -> object:
    """Return the input model that an annotation such as `dict[str, Model] | None` is about, if any."""
    if _is_model(annotation):
        return annotation
    inside = (_model_inside(argument) for argument in get_args(annotation))
    return next((found for found in inside if found is not None), None)


def pick(tree: Tree, names: Iterable[str]) -> Tree:
    """Return the members of those names that are set."""
    return {name: tree[name] for name in names if tree.get(name) is not None}
