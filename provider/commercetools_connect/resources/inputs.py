"""Input models: what a program may write, checked before any call.

A model is parsed only when every value is known. Before that, `validate_inputs` checks the known part of a map in
which leaves or branches may be `UNKNOWN`. The types of fields that several resources share are at the end, each
with its rule and what to write instead (API §2, §4.4).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from commercetools_connect.api import ById
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import Path, parse_duration, suggest
from commercetools_connect.core.values import UNKNOWN, PlainValue, PropertyMap, has_unknown, unwrap_secrets
from commercetools_connect.resources.keys import KEY_PATTERN, PROJECT_KEY_PATTERN

Model = TypeVar("Model", bound="InputModel")


class _Mark(Enum):
    SECRET = "secret"  # noqa: S105 - the mark, and no value


SECRET: Final = _Mark.SECRET
"""Marks a field: `token: Annotated[str, SECRET]`; in a map each of the values is secret."""

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


class InputModel(BaseModel):
    """A part of a program's inputs: camelCase outside, snake_case inside, no unknown members.

    Its `repr` leaves the secret fields out.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        strict=False,
        populate_by_name=False,
    )

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return what may be shown."""
        secret = {name for name, info in type(self).model_fields.items() if is_secret(info)}
        return ((name, value) for name, value in super().__repr_args__() if name not in secret)


def is_secret(info: FieldInfo) -> bool:
    """Return whether a field is marked with `SECRET`."""
    return SECRET in info.metadata


def secret_names(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of a model's secret members, as a program's property map has them."""
    return frozenset(info.alias or name for name, info in model.model_fields.items() if is_secret(info))


def member_names(model: type[InputModel]) -> tuple[str, ...]:
    """Return the names of a model's members as a program's property map has them."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def parse(model: type[Model], inputs: PropertyMap) -> Model:
    """Return the typed inputs of a property map that is known as a whole.

    Raises `InvalidInputError` with all failures, one a line; none of them shows a value.
    """
    try:
        return model.model_validate(unwrap_secrets(inputs, leave_out=(None,)))
    except ValidationError as error:
        raise InvalidInputError("\n".join(map(str, list_failures(model, error)))) from None


def validate_inputs(model: type[InputModel], inputs: PropertyMap) -> tuple[CheckFailure, ...]:
    """Return every failure in the known part of the inputs."""
    try:
        model.model_validate(unwrap_secrets(inputs, leave_out=(None, UNKNOWN)))
    except ValidationError as error:
        return tuple(each for each in list_failures(model, error) if not _is_hidden(inputs, each.path))
    return ()


def list_failures(model: type[InputModel], error: ValidationError) -> tuple[CheckFailure, ...]:
    """Return what pydantic found, in the words of a program's author and without a value."""
    details = error.errors(include_input=False, include_url=False)
    wrong = {tuple(detail["loc"]) for detail in details}
    # to pydantic a list with a wrong element is also "too short"
    spurious = {path for path in wrong if any(path == other[: len(path)] and path != other for other in wrong)}
    return tuple(_failure(model, each) for each in details if tuple(each["loc"]) not in spurious)


def _is_hidden(inputs: PropertyMap, location: Path) -> bool:
    """Return whether a failure lies on the way to, or at, something that is not known yet."""
    value = unwrap_secrets(inputs)
    for step in location:
        if isinstance(value, Mapping):
            value = value.get(str(step))
        elif isinstance(value, Sequence) and not isinstance(value, str) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        if value is UNKNOWN or (isinstance(value, list) and has_unknown(value)):
            return True
    return False


def _failure(model: type[InputModel], detail: ErrorDetails) -> CheckFailure:
    path: Path = tuple(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return CheckFailure(path, f"unknown argument{suggest(str(path[-1]), _members_at(model, path[:-1]))}")
    if detail["type"] == "value_error":
        return CheckFailure(path, str(detail["ctx"]["error"]))
    context = detail.get("ctx", {})
    if detail["type"] == "enum":
        return CheckFailure(path, f"must be {context['expected']}".replace("'", ""))
    limits = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    said = [f"must be {limits[name]} {limit:g}" for name, limit in context.items() if name in limits]
    return CheckFailure(path, WORDS.get(detail["type"]) or (said[0] if said else detail["msg"]))


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


def value_of(properties: PropertyMap, name: str) -> PlainValue:
    """Return a property without its secrets."""
    return unwrap_secrets(properties.get(name))


def text_of(properties: PropertyMap, name: str) -> str:
    """Return the member of that name if it is a text, else `""`."""
    value = unwrap_secrets(properties.get(name))
    return value if isinstance(value, str) else ""


def pick(properties: PropertyMap, names: Iterable[str]) -> PropertyMap:
    """Return the members of those names that are set."""
    return {name: properties[name] for name in names if properties.get(name) is not None}


PROJECT_IDENTIFIER: Final = re.compile(rf"[a-zA-Z0-9-_.]+:{PROJECT_KEY_PATTERN.pattern}")
EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
LARGEST_EXACT: Final = 2**53
"""Engines send every number as a double, which holds whole numbers exactly only up to here."""

REGION: Final = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+")


def _matching(pattern: re.Pattern[str], reason: str) -> AfterValidator:
    """Return a validator that accepts what the whole pattern matches."""

    def validate(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(reason)
        return value

    return AfterValidator(validate)


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _object_id(value: str) -> str:
    try:
        return ById(value).id
    except InvalidInputError:
        raise ValueError("must be the id of an object in Connect, a UUID") from None


def canonical_value(value: object) -> str:
    """Write a configuration value as the API keeps it: a string (API §4.6)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float):
        raise ValueError(  # noqa: TRY004 - pydantic lets a TypeError through
            "must be a string, number or boolean; write a structure as a string, with json.dumps for example"
        )
    if not math.isfinite(value) or abs(value) > LARGEST_EXACT:
        raise ValueError("must be a string: numbers this large do not pass the engine unchanged")
    return str(int(value)) if float(value).is_integer() else repr(value)


def _count(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic lets a TypeError through
    return value


def _duration(value: object) -> float:
    seconds = parse_duration(value)
    if seconds is None or seconds < 0:
        raise ValueError("must be a number of seconds, or text such as 30m, 1h30m or 90s")
    return seconds


Count = Annotated[int, BeforeValidator(_count)]
Duration = Annotated[float, BeforeValidator(_duration)]
Key = Annotated[str, _matching(KEY_PATTERN, "must have 2 to 256 characters out of A-Z, a-z, 0-9, _ and -")]
ObjectId = Annotated[str, AfterValidator(_text), AfterValidator(_object_id)]
Text = Annotated[str, AfterValidator(_text)]
ProjectIdentifier = Annotated[
    str, _matching(PROJECT_IDENTIFIER, "must be region:projectKey, such as europe-west1.gcp:acme-dev")
]
ProjectKey = Annotated[
    str, _matching(PROJECT_KEY_PATTERN, "must have 2 to 36 characters out of A-Z, a-z, 0-9, _ and -")
]
Email = Annotated[str, _matching(EMAIL, "must be an e-mail address, such as dev@acme.example")]
Region = Annotated[str, _matching(REGION, "must be a region id, such as europe-west1.gcp or us-east-2.aws")]
ConfigurationValue = Annotated[str, BeforeValidator(canonical_value)]
