"""One call of the API as plain data: what is sent, how the answer is read, and how an error speaks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeVar

from pydantic import Field, SerializeAsAny

from commercetools_connect.api.models.base import Json, RequestModel

__all__ = ["Call", "Purpose", "Update"]

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Purpose:
    """What a request is for, in the words of an error.

    `doing` completes "Could not …". `access_remedy` answers a 403; `remedies` by code go before the general ones.
    """

    doing: str
    writes: bool = False
    access_remedy: str = ""
    remedies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call(Generic[T_co]):
    """One endpoint with its arguments.

    `path` is percent-encoded. `read` turns the JSON of an answer (`None` for an empty one) into what the caller
    gets, and raises pydantic's `ValidationError` for another shape.
    """

    method: str
    path: str
    purpose: Purpose
    read: Callable[[Json], T_co]
    query: tuple[tuple[str, str], ...] = ()
    body: RequestModel | None = None


class Update(RequestModel):
    """The body of every update (API §2): the version it was made for, and what to do, in order."""

    version: int
    actions: Annotated[tuple[SerializeAsAny[RequestModel], ...], Field(min_length=1)]
