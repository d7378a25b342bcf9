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
        self.clearings = 0
        """How often the journal was cleared: what it was when a call began tells `add` whether that was before."""

    def add(self, entry: JournalEntry, clearings: int) -> None:
        """Note a call, unless it began before the last clearing."""
        if clearings == self.clearings:
            self._entries.append(entry)

    def entries(self) -> Sequence[JournalEntry]:
        """Return all calls."""
        return list(self._entries)

    def last(self, count: int) -> Sequence[JournalEntry]:
        """Return the last calls, newest first."""
        return list(islice(reversed(self._entries), count))

    def clear(self) -> None:
        """Forget all calls, also those that have not ended."""
        self.clearings += 1
        self._entries.clear()
