"""Results kept per immutable object: a list of hundreds of objects renders only those that changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from .settings import Settings

T = TypeVar("T")
R = TypeVar("R")

_KEPT = 4096


class Memo(Generic[T, R]):
    """The results of a pure function of an immutable object and the settings; the oldest are dropped first.

    Objects are told apart by identity, which holds because those kept cannot be collected.
    """

    def __init__(self, function: Callable[[T, Settings], R]) -> None:
        self._function = function
        self._kept: dict[int, tuple[T, Settings, R]] = {}

    def __call__(self, item: T, settings: Settings) -> R:
        """Return the result for `item`, which the caller must not change."""
        kept = self._kept.get(id(item))
        if kept is not None and kept[0] is item and kept[1] is settings:
            return kept[2]
        result = self._function(item, settings)
        self._kept.pop(id(item), None)
        self._kept[id(item)] = (item, settings, result)
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return result
