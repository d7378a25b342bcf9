"""An object is gone only when neither its id nor its key leads to it."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import pytest

from commercetools_connect.api import ById, NotFoundError, Ref, ServerError
from commercetools_connect.core.values import Secret
from commercetools_connect.resources.managed import Lookup, find_object


class Thing(NamedTuple):
    id: str
    key: str


LIVE, OTHER = Thing("d-1", "tax"), Thing("d-2", "tax")


def look_up(identity: str, key: Any, *objects: Thing, stale: bool = False) -> Lookup[Thing]:
    async def read(ref: Ref) -> Thing:
        for each in objects:
            is_named = each.id == ref.id if isinstance(ref, ById) else each.key == ref.key
            if is_named and not (stale and isinstance(ref, ById)):
                return each
        raise NotFoundError("no such object")

    return asyncio.run(find_object(identity, key, read))


ROWS: dict[str, tuple[Lookup[Thing], Lookup[Thing]]] = {
    "by its id": (look_up("d-1", "tax", LIVE), Lookup(LIVE)),
    "by the key of an import": (look_up("key=tax", None, LIVE), Lookup(LIVE)),
    "by its key when the answer to its id is stale": (look_up("d-1", "tax", LIVE, stale=True), Lookup(LIVE)),
    "by a secret key": (look_up("d-1", Secret("tax"), LIVE, stale=True), Lookup(LIVE)),
    "gone": (look_up("d-1", "tax"), Lookup(None)),
    "gone, and no key is known": (look_up("d-1", None), Lookup(None)),
    "gone, and another object has its key": (look_up("d-1", "tax", OTHER), Lookup(None, OTHER)),
}


@pytest.mark.parametrize("row", ROWS)
def test_an_object_is_found(row: str) -> None:
    found, expected = ROWS[row]
    assert found == expected


def test_an_outage_is_not_an_object_that_is_gone() -> None:
    async def read(ref: Ref) -> Thing:
        raise NotFoundError("stale") if isinstance(ref, ById) else ServerError("502")

    with pytest.raises(ServerError):
        asyncio.run(find_object("d-1", "tax", read))
