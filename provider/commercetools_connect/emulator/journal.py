"""Which calls were made; never what they said."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import TypedDict

_LENGTH = 100_000


class JournalEntry(TypedDict):
    """One call: `time` ISO 8601 on the emulator's clock, `status` None for a drop, `duration` in real seconds."""

    time: str
    method: str
    path: str
    query: str
    status: int | None
    duration: float
    client: str | None


class Journal:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=_LENGTH)

    def add(self, entry: JournalEntry) -> None:
        """Note a call."""
        self._entries.append(entry)

    def entries(self) -> Sequence[JournalEntry]:
        """Return all calls."""
        return list(self._entries)

    def last(self, count: int) -> Sequence[JournalEntry]:
        """Return the last calls, newest first."""
        return list(islice(reversed(self._entries), count))

    def clear(self) -> None:
        """Forget all calls."""
        self._entries.clear()
