"""What someone who waits is told of an object each time it was looked at."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from commercetools_connect.api import (
    ApiError,
    AuthenticationFailedError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
)

__all__ = ["Gone", "Observation", "Seen", "Trouble", "concerns_all", "look", "trouble"]

T = TypeVar("T")


@dataclass(frozen=True)
class Seen(Generic[T]):
    """The object as it was read just now."""

    object: T


@dataclass(frozen=True)
class Gone:
    """The server said, in its own words, that there is no such object."""


@dataclass(frozen=True)
class Trouble:
    """The object could not be read. `lasting`: trying again will not help, such as with a missing scope."""

    error: ApiError
    lasting: bool


Observation: TypeAlias = Seen[T] | Gone | Trouble


async def look(reading: Awaitable[T]) -> Observation[T]:
    """Return what reading an object by its id amounts to; only this may say that it is gone."""
    try:
        return Seen(await reading)
    except NotFoundError:
        return Gone()
    except ApiError as error:
        return trouble(error)


def trouble(error: ApiError) -> Trouble:
    """Return what an error of the API means to someone who waits."""
    return Trouble(error, lasting=isinstance(error, (AuthenticationFailedError, ForbiddenError)))


def concerns_all(error: ApiError) -> bool:
    """Tell whether an error of one call is one of all calls: who we are, and how often we may ask."""
    asked_to_wait = isinstance(error, RateLimitedError) or bool(error.retry_after)
    return asked_to_wait or isinstance(error, AuthenticationFailedError)
