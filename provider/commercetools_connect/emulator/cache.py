"""Results kept per immutable object: a list of hundreds of objects renders only what changed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")
R = TypeVar("R")

_KEPT = 4096


class IdentityCache(Generic[T, S, R]):
    """The results of a pure function of an immutable object and of settings; the oldest are dropped first.

    Both are distinguished by identity, which holds because kept objects are not collected. Any thread may call it.
    """

    def __init__(self, function: Callable[[T, S], R]) -> None:
        self._function = function
        self._kept: dict[int, tuple[T, S, R]] = {}
        self._lock = Lock()

    def __call__(self, item: T, settings: S) -> R:
        """Return the result for `item`, which the caller must not change."""
        kept = self._kept.get(id(item))
        if kept is not None and kept[0] is item and kept[1] is settings:
            return kept[2]
        result = self._function(item, settings)
        with self._lock:
            self._kept.pop(id(item), None)
            self._kept[id(item)] = (item, settings, result)
            if len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
        return result
