"""Fields that several resources share, each with its rule and what to write instead (API §2, §4.4)."""

from __future__ import annotations

import math
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator

from commercetools_connect.api import ById
from commercetools_connect.contract.durations import read_seconds
from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.resources.keys import KEY_PATTERN

__all__ = [
    "ConfigurationValue",
    "Count",
    "Duration",
    "Email",
    "Key",
    "ObjectId",
    "ProjectIdentifier",
    "ProjectKey",
    "Region",
    "Text",
    "canonical_value",
]

PROJECT_IDENTIFIER: Final = re.compile(r"[a-zA-Z0-9-_.]+:[a-zA-Z0-9-_]{2,36}")
PROJECT_KEY: Final = re.compile(r"[a-zA-Z0-9-_]{2,36}")
EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
LARGEST_EXACT: Final = 2**53

REGION: Final = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+")


def _key(value: str) -> str:
    if not KEY_PATTERN.fullmatch(value):
        raise ValueError("must have 2 to 256 characters out of A-Z, a-z, 0-9, _ and -")
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _project_identifier(value: str) -> str:
    if not PROJECT_IDENTIFIER.fullmatch(value):
        raise ValueError("must be region:projectKey, such as europe-west1.gcp:acme-dev")
    return value


def _project_key(value: str) -> str:
    if not PROJECT_KEY.fullmatch(value):
        raise ValueError("must have 2 to 36 characters out of A-Z, a-z, 0-9, _ and -")
    return value


def _object_id(value: str) -> str:
    try:
        return ById(value).id
    except InvalidInputError:
        raise ValueError("must be the id of an object in Connect, a UUID") from None


def _email(value: str) -> str:
    if not EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address, such as dev@acme.example")
    return value


def _region(value: str) -> str:
    if not REGION.fullmatch(value):
        raise ValueError("must be a region id, such as europe-west1.gcp or us-east-2.aws")
    return value


def canonical_value(value: object) -> str:
    """Write a configuration value as the API keeps it: a string (API §4.6)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return _canonical_number(value)
    raise ValueError(
        "must be a string, number or boolean; write a structure as a string, with json.dumps for example"
    )


def _canonical_number(value: float) -> str:
    """Write a number; engines send every one as a double, which holds whole numbers exactly only up to 2^53."""
    if not math.isfinite(value) or abs(value) > LARGEST_EXACT:
        raise ValueError("must be a string: numbers this large do not pass the engine unchanged")
    return str(int(value)) if float(value).is_integer() else repr(value)


def _count(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic wants it so
    return value


def _duration(value: object) -> float:
    seconds = read_seconds(value)
    if seconds is None or seconds < 0:
        raise ValueError("must be a number of seconds, or text such as 30m, 1h30m or 90s")
    return seconds


Count = Annotated[int, BeforeValidator(_count)]
Duration = Annotated[float, BeforeValidator(_duration)]
Key = Annotated[str, AfterValidator(_key)]
ObjectId = Annotated[str, AfterValidator(_text), AfterValidator(_object_id)]
Text = Annotated[str, AfterValidator(_text)]
ProjectIdentifier = Annotated[str, AfterValidator(_project_identifier)]
ProjectKey = Annotated[str, AfterValidator(_project_key)]
Email = Annotated[str, AfterValidator(_email)]
Region = Annotated[str, AfterValidator(_region)]
ConfigurationValue = Annotated[str, BeforeValidator(canonical_value)]
