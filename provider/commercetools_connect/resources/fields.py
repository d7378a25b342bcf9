"""Fields that several resources share, each with its rule and what to write instead (API §2, §4.4)."""

from __future__ import annotations

import math
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator

from commercetools_connect.api import ById
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import parse_duration
from commercetools_connect.resources.keys import KEY_PATTERN, PROJECT_KEY_PATTERN

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
        raise ValueError(  # noqa: TRY004 - pydantic wants it so
            "must be a string, number or boolean; write a structure as a string, with json.dumps for example"
        )
    if not math.isfinite(value) or abs(value) > LARGEST_EXACT:
        raise ValueError("must be a string: numbers this large do not pass the engine unchanged")
    return str(int(value)) if float(value).is_integer() else repr(value)


def _count(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic wants it so
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
