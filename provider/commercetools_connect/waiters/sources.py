"""Sources of the objects that a waiter can wait for, and the results of reading one of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from commercetools_connect.api import (
    ApiError,
    AuthenticationFailedError,
    ConnectClient,
    ConnectorStaged,
    ConnectorStatus,
    Deployment,
    DeploymentStatus,
    ForbiddenError,
    IsPreviewable,
    ListSnapshot,
    NotFoundError,
    RateLimitedError,
    Ref,
)
from commercetools_connect.api.paging import ItemT

T = TypeVar("T")


@dataclass(frozen=True)
class ObjectSource(Generic[ItemT]):
    """All objects of one kind that one list shows.

    - `get` returns one object. Raises `NotFoundError`.
    - `list` returns the list, read until all wanted ids are there; `None` wants all of it. It reuses what a
      previous snapshot has parsed.
    - `is_explained`: whether an entry of the list says all that a user must know; a failure needs its report.
    - `is_limited`: whether calls wait for their turns, because the host limits their rate.
    """

    get: Callable[[Ref], Awaitable[ItemT]]
    list: Callable[[Collection[str] | None, ListSnapshot[ItemT] | None], Awaitable[ListSnapshot[ItemT]]]
    is_explained: Callable[[ItemT], bool]
    is_limited: Callable[[], bool] = lambda: False


def deployments_of(client: ConnectClient, project_key: str) -> ObjectSource[Deployment]:
    """Return the Deployments of one project (API §3 rows 10, 11)."""

    def is_explained(item: Deployment) -> bool:
        failed = item.status in (DeploymentStatus.FAILED, DeploymentStatus.UNDEPLOY_FAILED)
        return bool(item.report) or not failed

    get = partial(client.get_deployment, project_key)
    return ObjectSource(
        get, partial(client.snapshot_deployments, project_key), is_explained, lambda: client.is_limited
    )


def connectors_staged_of(client: ConnectClient) -> ObjectSource[ConnectorStaged]:
    """Return the ConnectorStaged objects that the credentials can see (API §3 rows 5, 6)."""

    def is_explained(item: ConnectorStaged) -> bool:
        published = bool(item.publishing_report.entries) or item.status != ConnectorStatus.FAILED
        previewed = bool(item.previewable_report.entries) or item.is_previewable != IsPreviewable.FALSE
        return published and previewed

    return ObjectSource(
        client.get_connector_staged, client.snapshot_connectors_staged, is_explained, lambda: client.is_limited
    )


@dataclass(frozen=True)
class Found(Generic[T]):
    """The object, as it was just read."""

    object: T


@dataclass(frozen=True)
class NotFound:
    """The server says, in its error envelope, that there is no such object."""


@dataclass(frozen=True)
class ReadError:
    """The object could not be read. `lasting`: another attempt will not help, such as with a missing scope."""

    error: ApiError
    lasting: bool


ReadResult: TypeAlias = Found[T] | NotFound | ReadError


async def read_once(read: Awaitable[T]) -> ReadResult[T]:
    """Return the result of reading an object by its id; only this can say that it is gone."""
    try:
        return Found(await read)
    except NotFoundError:
        return NotFound()
    except ApiError as error:
        return read_error(error)


def read_error(error: ApiError) -> ReadError:
    """Return what an error of the API means to a waiter."""
    return ReadError(error, lasting=isinstance(error, (AuthenticationFailedError, ForbiddenError)))


def affects_all_calls(error: ApiError) -> bool:
    """Return whether an error concerns every call: the credentials, or the rate of calls."""
    is_throttled = isinstance(error, RateLimitedError) or bool(error.retry_after)
    return is_throttled or isinstance(error, AuthenticationFailedError)
