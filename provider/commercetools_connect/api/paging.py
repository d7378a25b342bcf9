"""Reads a list page by page (API §2 Paging)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from commercetools_connect.api.errors import UnexpectedAnswerError
from commercetools_connect.api.models.base import ResponseModel
from commercetools_connect.api.models.connectors import Connector, ConnectorStaged
from commercetools_connect.api.models.deployments import Deployment
from commercetools_connect.api.models.logs import DeploymentLog, DeploymentLogPage
from commercetools_connect.api.models.revisions import DeploymentRevision

__all__ = ["HIGHEST_OFFSET", "OLDEST_FIRST", "PAGE_SIZE", "Page", "every", "every_line", "flag_word"]

PAGE_SIZE = 500
HIGHEST_OFFSET = 10_000
MOST_PAGES = 200
"""Ten times what a list of the highest offset needs: a server that makes its pages ever smaller never ends."""

OLDEST_FIRST = ("sort", "createdAt asc")
"""Objects made while a list is read come last, and so push nothing from one page to another (API §2 Sorting)."""


ItemT = TypeVar("ItemT", ConnectorStaged, Deployment)
ListedT = TypeVar("ListedT", Connector, ConnectorStaged, Deployment, DeploymentRevision)


class Identified(Protocol):
    """Anything with an id of its own."""

    @property
    def id(self) -> str:
        """The id that the server gave it."""


EntryT = TypeVar("EntryT", bound=Identified)
EntryT_co = TypeVar("EntryT_co", bound=Identified, covariant=True)


class PageOf(Protocol[EntryT_co]):
    """One page of a list, whatever its entries are read as."""

    @property
    def results(self) -> Sequence[EntryT_co]:
        """The entries."""

    @property
    def limit(self) -> int | None:
        """How many entries a page may have, if the server tells."""

    @property
    def total(self) -> int | None:
        """How many entries the list has, if the server tells."""


class Page(ResponseModel, Generic[ListedT]):
    """One page of a list; `total` and `limit` are `None` where the server does not tell."""

    results: tuple[ListedT, ...]
    limit: int | None = None
    total: int | None = None


async def every(what: str, fetch: Callable[[int], Awaitable[PageOf[EntryT]]]) -> AsyncIterator[EntryT]:
    """Yield each object once, in the order of the pages that `fetch(offset)` gives.

    An object that others push from one page to the next is yielded once. Raises `UnexpectedAnswerError` when the
    list cannot be read to its end, which must not pass for a complete list.
    """
    seen: set[str] = set()
    offset = 0
    for _ in range(MOST_PAGES):
        page = await fetch(offset)
        fresh = [item for item in page.results if item.id not in seen]
        if page.results and not fresh:
            raise _going_round(what)
        for item in fresh:
            if item.id not in seen:
                seen.add(item.id)
                yield item
        offset += len(page.results)
        if _is_last(page, offset):
            return
        if offset > HIGHEST_OFFSET:
            raise UnexpectedAnswerError(
                f"Could not {what}: there are more than the API can list.",
                "Delete what is not used any more.",
            )
    raise UnexpectedAnswerError(
        f"Could not {what}: after {MOST_PAGES} pages the server still has more.",
        "Run again; if it stays, tell the vendor's support.",
    )


async def every_line(
    what: str, fetch: Callable[[str], Awaitable[DeploymentLogPage]]
) -> AsyncIterator[DeploymentLog]:
    """Yield each line of a log, in the order of the pages that `fetch(token)` gives; `""` asks for the first.

    Raises `UnexpectedAnswerError` when the pages lead back to one that was read.
    """
    token = ""
    seen: set[str] = set()
    while True:
        page = await fetch(token)
        for line in page.lines:
            yield line
        seen.add(token)
        token = page.next
        if not token:
            return
        if token in seen:
            raise _going_round(what)


def _going_round(what: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"Could not {what}: the server gives the same page again and again.",
        "Run again; if it stays, tell the vendor's support.",
    )


def flag_word(flag: bool | None) -> str | None:  # noqa: FBT001 - it is the value itself
    """Return how a query writes a boolean."""
    return None if flag is None else str(flag).lower()


def _is_last(page: PageOf[Identified], read: int) -> bool:
    if not page.results:
        return True
    if page.total is not None:
        return read >= page.total
    return len(page.results) < (page.limit or PAGE_SIZE)
