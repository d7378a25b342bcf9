"""Base classes of the wire models: requests are strict, responses tolerant (API §0.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, PlainSerializer, SecretStr, model_validator
from pydantic.alias_generators import to_camel

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]

SentSecret: TypeAlias = Annotated[SecretStr, PlainSerializer(SecretStr.get_secret_value, when_used="json")]
"""A secret that only the request itself shows."""


class RequestModel(BaseModel):
    """A request: immutable, of exact types, without members that the API does not document (API §0.2)."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
    )

    def to_wire(self) -> JsonObject:
        """Return the JSON of the API, with secrets in clear. Only `None` is left out; `""` and `[]` are sent."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class ResponseModel(BaseModel):
    """A response: immutable; unknown members are dropped, and `null` means absent (API §2)."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        coerce_numbers_to_str=True,
        defer_build=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_by_alias=True,
        validate_by_name=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {
            name: [item for item in value if item is not None] if isinstance(value, list) else value
            for name, value in data.items()
            if value is not None
        }


def secrets_in(value: object) -> Iterator[str]:
    """Yield every secured value in a request model, at any depth, in clear."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for _, member in value:
            yield from secrets_in(member)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for item in value:
            yield from secrets_in(item)
