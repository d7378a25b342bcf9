"""What a list showed, kept as it came: of hundreds of objects only those are read that someone asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Final, Generic

from pydantic import ValidationError, model_validator

from commercetools_connect.api.models.base import JsonObject, ResponseModel
from commercetools_connect.api.models.connectors import ConnectorStaged
from commercetools_connect.api.models.deployments import Deployment
from commercetools_connect.api.paging import ItemT, every

__all__ = ["Listing", "RawPage", "read_listing"]

WHOLE: Final = {
    Deployment: frozenset({"applications", "connector", "details", "status"}),
    ConnectorStaged: frozenset({"configurations", "isPreviewable", "repository", "status"}),
}
"""Members that an object always has (API §4.2, §4.7). Without one of them an entry of a list is an excerpt."""


class RawItem(ResponseModel, extra="allow"):
    """An entry of a list, of which only the id matters so far; `""` for what cannot be one of the objects.

    One such entry must not make all the others unreadable.
    """

    id: str = ""

    @model_validator(mode="before")
    @classmethod
    def _read_what_has_an_id(cls, data: object) -> object:
        return data if isinstance(data, dict) and type(data.get("id")) in (str, int) else {}

    def as_json(self) -> JsonObject:
        """Return the whole entry."""
        return {"id": self.id, **(self.__pydantic_extra__ or {})}


class RawPage(ResponseModel):
    """One page of a list whose entries nobody has looked into yet."""

    results: tuple[RawItem, ...]
    limit: int | None = None
    total: int | None = None


class Listing(Generic[ItemT]):
    """The objects that a list showed, by id.

    `before` is an earlier one: what has not changed since is not read again, and is the very same object.
    """

    def __init__(self, model: type[ItemT], before: Listing[ItemT] | None = None) -> None:
        self._model: type[ItemT] = model
        self._entries: dict[str, JsonObject] = {}
        self._known: dict[str, tuple[JsonObject, ItemT]] = {} if before is None else before._read
        self._read: dict[str, tuple[JsonObject, ItemT]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, object_id: str) -> ItemT | None:
        """Return the object; `None` when it is not shown, or shown in a way that does not tell all about it."""
        entry = self._entries.get(object_id)
        if entry is None or not WHOLE[self._model] <= entry.keys():
            return None
        known = self._read.get(object_id) or self._known.get(object_id)
        if known is None or known[0] != entry:
            try:
                known = entry, self._model.model_validate(entry)
            except ValidationError:
                return None  # asking for it by its id tells what is wrong with it
        self._read[object_id] = known
        return known[1]

    def add(self, item: RawItem) -> None:
        """Take in an entry that can be asked for."""
        if item.id:
            self._entries[item.id] = item.as_json()


async def read_listing(
    what: str,
    fetch: Callable[[int], Awaitable[RawPage]],
    listing: Listing[ItemT],
    wanted: Collection[str] | None,
) -> Listing[ItemT]:
    """Fill a listing from its pages, and stop reading pages once everything that is `wanted` has been shown."""
    missing = None if wanted is None else set(wanted)
    async for item in every(what, fetch):
        listing.add(item)
        if missing is not None:
            missing.discard(item.id)
            if not missing:
                break
    return listing
