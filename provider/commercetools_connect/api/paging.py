"""Pagination of lists (API §2), and snapshots of lists whose objects are parsed only when asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Final, Generic, Protocol, TypeVar

from pydantic import ValidationError, model_validator

from commercetools_connect.api.errors import UnexpectedAnswerError
from commercetools_connect.api.models.base import JsonObject, ResponseModel
from commercetools_connect.api.models.objects import (
    ConnectorStaged,
    Deployment,
    DeploymentLog,
    DeploymentLogPage,
)

PAGE_SIZE: Final = 500
MAX_OFFSET: Final = 10_000
MAX_PAGES: Final = 200
"""Ten times what a list of the highest offset needs: a server whose pages become ever smaller never ends."""

MAX_LOG_PAGES: Final = 10_000
"""Pages of a log that are read; a server that always names another page never ends."""

OLDEST_FIRST: Final = ("sort", "createdAt asc")
"""Objects created while a list is read come last, and move nothing from one page to another (API §2 Sorting)."""

NEWEST_FIRST: Final = ("sort", "createdAt desc")
"""Objects that a waiter wants were often created just now, and are then on the first page."""

_RUN_AGAIN = "Run again; if the error persists, give it to the vendor's support."


class ObjectSummary(ResponseModel):
    """An object in a list, without its content; `""` for what the server does not give."""

    id: str
    key: str = ""
    status: str = ""


class RawItem(ResponseModel, extra="allow"):
    """An entry of a list of which only the id is parsed; `""` for an entry that cannot be an object.

    One such entry must not make all the others unreadable.
    """

    id: str = ""

    @model_validator(mode="before")
    @classmethod
    def _require_id(cls, data: object) -> object:
        return data if isinstance(data, dict) and type(data.get("id")) in (str, int) else {}


ItemT = TypeVar("ItemT", ConnectorStaged, Deployment)


class Identified(Protocol):
    """An entry of a list that has an id."""

    @property
    def id(self) -> str:
        """Id of the object."""
        ...


EntryT = TypeVar("EntryT", bound=Identified)
ResultT = TypeVar("ResultT")


class Page(ResponseModel, Generic[ResultT]):
    """One page of a list; `total` and `limit` are `None` where the server does not give them."""

    results: tuple[ResultT, ...]
    limit: int | None = None
    total: int | None = None

    def is_last(self, read: int) -> bool:
        """Return whether the list ends here, after so many entries."""
        if not self.results:
            return True
        if self.total is not None:
            return read >= self.total
        return len(self.results) < (self.limit or PAGE_SIZE)


async def paginate(what: str, fetch: Callable[[int], Awaitable[Page[EntryT]]]) -> AsyncIterator[EntryT]:
    """Yield each object once, in the order of the pages that `fetch(offset)` returns.

    An object that moves from one page to the next while the list is read is yielded once. Raises
    `UnexpectedAnswerError` when the list cannot be read to its end, so that a part never passes for the list.
    """
    seen: set[str] = set()
    offset = 0
    for _ in range(MAX_PAGES):
        page = await fetch(offset)
        fresh = [item for item in page.results if item.id not in seen]
        if page.results and not fresh:
            raise _repeating_pages(what)
        for item in fresh:
            if item.id not in seen:
                seen.add(item.id)
                yield item
        offset += len(page.results)
        if page.is_last(offset):
            return
        if offset > MAX_OFFSET:
            raise UnexpectedAnswerError(
                f"Could not {what}: there are more than the API can list.",
                "Delete what is not used any more.",
            )
    raise UnexpectedAnswerError(
        f"Could not {what}: after {MAX_PAGES} pages the server still has more.", _RUN_AGAIN
    )


async def paginate_logs(
    what: str, fetch: Callable[[str], Awaitable[DeploymentLogPage]]
) -> AsyncIterator[DeploymentLog]:
    """Yield each line of a log, in the order of the pages that `fetch(token)` returns; `""` asks for the first.

    Raises `UnexpectedAnswerError` when a page leads back to one that was read, or when there is no end of pages.
    """
    token = ""
    seen: set[str] = set()
    for _ in range(MAX_LOG_PAGES):
        page = await fetch(token)
        for line in page.lines:
            yield line
        seen.add(token)
        token = page.next
        if not token:
            return
        if token in seen:
            raise _repeating_pages(what)
    raise UnexpectedAnswerError(
        f"Could not {what}: after {MAX_LOG_PAGES} pages the server still has more.",
        "Ask for less: a shorter time, or one application.",
    )


def _repeating_pages(what: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(f"Could not {what}: the server gives the same page again and again.", _RUN_AGAIN)


COMPLETE: Final = {
    Deployment: frozenset({"applications", "connector", "details", "status"}),
    ConnectorStaged: frozenset({"configurations", "isPreviewable", "repository", "status"}),
}
"""Members that an object always has (API §4.2, §4.7). Without one of them an entry of a list is an excerpt."""


class ListSnapshot(Generic[ItemT]):
    """The objects that a list showed, by id.

    `previous` is an earlier one: an object that has not changed since is not parsed again, and is the same object.
    """

    def __init__(self, model: type[ItemT], previous: ListSnapshot[ItemT] | None = None) -> None:
        self._model: type[ItemT] = model
        self._entries: dict[str, JsonObject] = {}
        self._previous: dict[str, tuple[JsonObject, ItemT]] = {} if previous is None else previous._parsed
        self._parsed: dict[str, tuple[JsonObject, ItemT]] = {}
        self._by_key: dict[str, str] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, object_id: str) -> ItemT | None:
        """Return the object; `None` when the list does not show it, or does not show all of it."""
        entry = self._entries.get(object_id)
        if entry is None or not COMPLETE[self._model] <= entry.keys():
            return None
        parsed = self._parsed.get(object_id) or self._previous.get(object_id)
        if parsed is None or parsed[0] != entry:
            try:
                parsed = entry, self._model.model_validate(entry)
            except ValidationError:
                return None  # a read by id says what is wrong with it
        self._parsed[object_id] = parsed
        return parsed[1]

    def find(self, key: str) -> str | None:
        """Return the id of the object with that key; `None` when the list shows none."""
        if self._by_key is None:
            self._by_key = {
                str(entry["key"]): object_id for object_id, entry in self._entries.items() if entry.get("key")
            }
        return self._by_key.get(key)

    async def fill(self, entries: AsyncIterator[RawItem], wanted: Collection[str] | None) -> ListSnapshot[ItemT]:
        """Add entries until all `wanted` are there; without `wanted`, all of them. Return the snapshot."""
        missing = None if wanted is None else set(wanted)
        async for item in entries:
            if item.id:
                self._entries[item.id] = {"id": item.id, **(item.__pydantic_extra__ or {})}
            if missing is not None:
                missing.discard(item.id)
                if not missing:
                    break
        return self
