"""Calls that must have been answered before the engine hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from commercetools_connect.plugin.operations import GRACE

__all__ = ["Constructions"]

LIMIT: Final = GRACE + 0.5
"""Seconds. At `GRACE` operations are cut short; the rest is for their answers."""


class _Context(Protocol):
    """What is used of the context of an RPC."""

    def add_done_callback(self, callback: Callable[[object], None]) -> None: ...


class Constructions:
    """The constructions that the engine waits for. All of it belongs to the event loop."""

    def __init__(self) -> None:
        self._open: set[asyncio.Event] = set()

    def begins(self, context: _Context) -> None:
        """Remember a call until its answer is on its way."""
        answered = asyncio.Event()
        self._open.add(answered)

        def done(_: object) -> None:
            answered.set()
            self._open.discard(answered)

        context.add_done_callback(done)

    async def answered(self) -> None:
        """Return when no call is open; bounded."""
        waits = [asyncio.ensure_future(each.wait()) for each in self._open]
        if waits:
            _, late = await asyncio.wait(waits, timeout=LIMIT)
            for each in late:
                each.cancel()
