"""What several resources of a run need to read, read once: a connector is the same for all its deployments."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar, cast

__all__ = ["ReadKey", "SharedReads"]

T = TypeVar("T")

ReadKey: TypeAlias = tuple[str, ...]


class SharedReads:
    """Remembers what was read, by key, for as long as the provider is configured. Belongs to one event loop.

    Whoever asks while another one reads waits for that answer. A read that raises is not remembered.
    """

    def __init__(self) -> None:
        self._found: dict[ReadKey, object] = {}
        self._turns: dict[ReadKey, asyncio.Lock] = {}
        self._changes = 0

    async def get(self, key: ReadKey, read: Callable[[], Awaitable[T]]) -> T:
        """Return what is remembered under the key, after reading it if nothing is."""
        async with self._turns.setdefault(key, asyncio.Lock()):
            if key in self._found:
                return cast(T, self._found[key])
            changes = self._changes
            found = await read()
            if changes == self._changes:  # else it may have been read just before the change
                self._found[key] = found
            return found

    def known(self, key: ReadKey) -> object | None:
        """Return what is remembered under the key, if anything is."""
        return self._found.get(key)

    def remember(self, key: ReadKey, found: object) -> None:
        """Take note of what was read in another way."""
        self._found[key] = found

    def forget(self) -> None:
        """Forget everything: something that was read has changed, perhaps under another of its names."""
        self._found.clear()
        self._changes += 1
