"""Reads objects for everyone who waits for them.

A wait asks for the observations of one object and gets each new one as it is made. How they are made is this
module's own business: by id today, from a shared list once several wait (the interface is the same).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from commercetools_connect.api import (
    ApiError,
    AuthenticationFailedError,
    ById,
    ConnectClient,
    ConnectorStaged,
    Deployment,
    ForbiddenError,
    NotFoundError,
)
from commercetools_connect.contract.clock import Clock

__all__ = ["Gone", "Observation", "Seen", "Trouble", "Watcher"]

T = TypeVar("T")

MAX_INTERVAL_DURING_TROUBLE = 60.0


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


class Watcher:
    """The reader behind all waits on one host.

    `interval` is the time between two reads of one object, in seconds. While reads fail the time doubles, up to
    a minute, so that an outage is not made worse.
    """

    def __init__(self, client: ConnectClient, clock: Clock, interval: float) -> None:
        self._client = client
        self._clock = clock
        self._interval = interval

    def deployment(self, project_key: str, deployment_id: str) -> AsyncGenerator[Observation[Deployment], None]:
        """Observe a Deployment for as long as the caller listens (API §3 row 11)."""
        ref = ById(deployment_id)
        return self._observe(lambda: self._client.get_deployment(project_key, ref))

    def draft(self, draft_id: str) -> AsyncGenerator[Observation[ConnectorStaged], None]:
        """Observe a ConnectorStaged for as long as the caller listens (API §3 row 6)."""
        ref = ById(draft_id)
        return self._observe(lambda: self._client.get_draft(ref))

    async def _observe(self, read: Callable[[], Awaitable[T]]) -> AsyncGenerator[Observation[T], None]:
        interval = self._interval
        while True:
            await self._clock.sleep(interval)
            observation = await _read_once(read)
            interval = self._next_interval(interval, observation)
            yield observation

    def _next_interval(self, interval: float, observation: Observation[T]) -> float:
        if isinstance(observation, Trouble):
            return min(interval * 2, MAX_INTERVAL_DURING_TROUBLE)
        return self._interval


async def _read_once(read: Callable[[], Awaitable[T]]) -> Observation[T]:
    try:
        return Seen(await read())
    except NotFoundError:
        return Gone()
    except (AuthenticationFailedError, ForbiddenError) as error:
        return Trouble(error, lasting=True)
    except ApiError as error:
        return Trouble(error, lasting=False)
