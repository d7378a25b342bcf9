"""One remedy and how a test follows it: what goes wrong, and then what the remedy says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tests.support.world import World

Wrong: TypeAlias = Callable[[], object]
"""Something that must raise an error with the remedy."""

Steps: TypeAlias = Iterator[Wrong]
"""Yields what goes wrong; then does what the remedy says, which raises if it does not work."""


@dataclass(frozen=True)
class Story:
    """A remedy, by a part of its text that stays the same, and the steps that follow it."""

    remedy: str
    tell: Callable[[World], Steps]

    def __str__(self) -> str:
        return self.tell.__name__


def story(remedy: str, into: list[Story]) -> Callable[[Callable[[World], Steps]], Callable[[World], Steps]]:
    """Return a decorator that adds a story to a table."""

    def add(tell: Callable[[World], Steps]) -> Callable[[World], Steps]:
        into.append(Story(remedy, tell))
        return tell

    return add
