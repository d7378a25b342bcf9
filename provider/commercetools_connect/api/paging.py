"""Reads a list page by page (API §2 Paging)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from commercetools_connect.api.errors import UnexpectedAnswerError
from commercetools_connect.api.models.base import ResponseModel
from commercetools_connect.api.models.connectors import ConnectorStaged
from commercetools_connect.api.models.deployments import Deployment

__all__ = ["HIGHEST_OFFSET", "PAGE_SIZE", "Page", "every"]

PAGE_SIZE = 500
HIGHEST_OFFSET = 10_000


ItemT = TypeVar("ItemT", ConnectorStaged, Deployment)


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


class Page(ResponseModel, Generic[ItemT]):
    """One page of a list; `total` and `limit` are `None` where the server does not tell."""

    results: tuple[ItemT, ...]
    limit: int | None = None
    total: int | None = None


async def every(what: str, fetch: Callable[[int], Awaitable[PageOf[EntryT]]]) -> AsyncIterator[EntryT]:
    """Yield each object once, in the order of the pages that `fetch(offset)` gives.

    An object that others push from one page to the next is yielded once. Raises `UnexpectedAnswerError` when the
    list cannot be read to its end, which must not pass for a complete list.
    """
    seen: set[str] = set()
    offset = 0
    while True:
        page = await fetch(offset)
        fresh = [item for item in page.results if item.id not in seen]
        if page.results and not fresh:
            raise UnexpectedAnswerError(
                f"Could not {what}: the server gives the same page again and again.",
                "Run again; if it stays, tell the vendor's support.",
            )
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


def _is_last(page: PageOf[Identified], read: int) -> bool:
    if not page.results:
        return True
    if page.total is not None:
        return read >= page.total
    return len(page.results) < (page.limit or PAGE_SIZE)
