"""The rows of docs/resources.md: each is a state and an operation that a test really runs."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Row"]


@dataclass(frozen=True)
class Row:
    """What a user sees of one operation in one state, and which calls it makes.

    `calls` are in words: `GET draft`, `POST publish`, `polls`; an empty text says that there is none.
    """

    resource: str
    state: str
    operation: str
    sees: str
    calls: str
