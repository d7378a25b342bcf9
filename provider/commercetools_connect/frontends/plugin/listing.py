"""Pages of the RPC `List`, which the engine calls for `pulumi do <type> list`."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from google.protobuf.struct_pb2 import Struct

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.preview import invalid_inputs
from commercetools_connect.core.urns import ENGINE_NAMES
from commercetools_connect.core.values import PropertyMap, has_unknown
from commercetools_connect.frontends.plugin.codec import decode_properties
from commercetools_connect.frontends.plugin.rpc import name_in, not_configured, require_known
from commercetools_connect.lookups.listing import LISTINGS, ListedObject
from commercetools_connect.resources.connections import Connections

PAGE_SIZE: Final = 500
"""Objects in a page when the engine does not say how many; as many as a page of the API has."""

OPEN_LISTS: Final = 16
"""Lists that may be continued; the oldest one is forgotten for a new one."""


@dataclass
class _OpenList:
    """A list that has more objects. `following` is the first of them."""

    kind: str
    query: PropertyMap
    following: ListedObject
    remaining: AsyncIterator[ListedObject]


@dataclass(frozen=True)
class ListPage:
    """Part of a list; `token` is that of the next page, `""` at the end.

    `known` is false in a preview that does not know the query.
    """

    objects: tuple[ListedObject, ...] = ()
    token: str = ""
    known: bool = True


@dataclass
class OpenLists:
    """The lists of this process that can be continued.

    A page continues where the page before ended, in the same reading of the list: each page of the API is read
    once, however small the pages of the engine are.
    """

    _open: dict[str, _OpenList] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def forget(self) -> None:
        """Forget all lists: the configuration has changed."""
        self._open.clear()

    async def page(
        self, connections: Connections | None, type_token: str, query: Struct, size: int, token: str
    ) -> ListPage:
        """Return the first page of the objects of a type, or with a token the page that it names.

        `size` 0 is `PAGE_SIZE`. Raises `InvalidInputError`, `ConfigurationError`, `ApiError`.
        """
        kind, listing = name_in(type_token), require_known("list of resources", type_token, LISTINGS)
        given = {name: value for name, value in decode_properties(query).items() if name not in ENGINE_NAMES}
        failures = listing.failures(given)
        if failures:
            raise invalid_inputs(failures)
        if has_unknown(given):
            return ListPage(known=False)
        if connections is None:
            raise not_configured(f"a list of {kind}")
        if token:
            opened = self._take(token, kind, given)
            begin, remaining = [opened.following], opened.remaining
        else:
            begin, remaining = [], listing.objects(connections, given)
        return await self._read(kind, given, begin, remaining, size or PAGE_SIZE)

    def _take(self, token: str, kind: str, query: PropertyMap) -> _OpenList:
        opened = self._open.pop(token, None)
        if opened is None or (opened.kind, opened.query) != (kind, query):
            raise InvalidInputError(
                f"the list of {kind} cannot be continued: its continuation token is of another process or query, "
                "or has been used.",
                "List from the beginning.",
            )
        return opened

    async def _read(
        self,
        kind: str,
        query: PropertyMap,
        objects: list[ListedObject],
        remaining: AsyncIterator[ListedObject],
        size: int,
    ) -> ListPage:
        async for each in remaining:
            if len(objects) == size:
                token = f"{kind}-{next(self._numbers)}"
                self._open[token] = _OpenList(kind, query, each, remaining)
                while len(self._open) > OPEN_LISTS:
                    del self._open[next(iter(self._open))]
                return ListPage(tuple(objects), token)
            objects.append(each)
        return ListPage(tuple(objects))
