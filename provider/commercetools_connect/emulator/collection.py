"""Collection of objects with what each of them was before, for stale reads."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

_HISTORY_LENGTH = 64
#: How many removed objects stale reads can still see.
_GONE_KEPT = 1000


class Stored(Protocol):
    """What a collection holds."""

    @property
    def id(self) -> str:
        """The object's id."""

    @property
    def key(self) -> str | None:
        """The object's key."""

    @property
    def due_at(self) -> float | None:
        """When time alone will change it next; None: never."""


S = TypeVar("S", bound=Stored)


class Collection(Generic[S]):
    """Objects by id, in the order of their creation, with what each was before (for stale reads)."""

    def __init__(self) -> None:
        self._objects: dict[str, S] = {}
        self._history: dict[str, list[tuple[float, S | None]]] = {}
        self._gone: deque[str] = deque()
        self._due: list[tuple[float, str]] = []

    def put(self, item: S, at: float) -> None:
        """Keep `item` from `at` on."""
        self._objects[item.id] = item
        self._remember(item.id, item, at)
        if item.due_at is not None:
            heapq.heappush(self._due, (item.due_at, item.id))

    def remove(self, item_id: str, at: float) -> None:
        """Forget an object from `at` on."""
        del self._objects[item_id]
        self._remember(item_id, None, at)
        self._gone.append(item_id)
        if len(self._gone) > _GONE_KEPT:
            del self._history[self._gone.popleft()]

    def get(self, item_id: str) -> S | None:
        """Return the object of that id."""
        return self._objects.get(item_id)

    def all(self, at: float | None = None) -> Sequence[S]:
        """Return all objects: as they are (assumption 39), or as they were at a moment."""
        if at is None:
            return list(self._objects.values())
        pasts = (_at(history, at) for history in self._history.values())
        return [past for past in pasts if past is not None]

    def due(self, now: float) -> Iterator[S]:
        """Give the objects that time has something to do with until `now`, the earliest first."""
        while self._due and self._due[0][0] <= now:
            moment, item_id = heapq.heappop(self._due)
            item = self._objects.get(item_id)
            if item is not None and item.due_at == moment:
                yield item

    def _remember(self, item_id: str, item: S | None, at: float) -> None:
        history = self._history.setdefault(item_id, [])
        history.append((at, item))
        del history[:-_HISTORY_LENGTH]


def _at(history: Sequence[tuple[float, S | None]], at: float) -> S | None:
    past: S | None = None
    for moment, item in history:
        if moment > at:
            break
        past = item
    return past
