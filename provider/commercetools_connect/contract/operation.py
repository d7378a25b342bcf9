"""What a resource is told about the call it serves, and how it talks back while it works."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Cancellation", "Operation", "Reporter", "SilentReporter"]


class Reporter(Protocol):
    """A way to say something to the person at the terminal. Nothing secret may be said."""

    def info(self, message: str) -> None:
        """Say something that stays on the screen."""
        ...

    def warning(self, message: str) -> None:
        """Say something that stays on the screen and deserves a look."""
        ...

    def status(self, message: str) -> None:
        """Say what is being waited for; the next status replaces it where the terminal can do that."""
        ...


class SilentReporter:
    """A reporter for nobody: previews of the engine that show no messages, and tests."""

    def info(self, message: str) -> None:
        """Say nothing."""

    def warning(self, message: str) -> None:
        """Say nothing."""

    def status(self, message: str) -> None:
        """Say nothing."""


class Cancellation:
    """A request to stop waiting, heard by every wait of the operations that hold it.

    May be created on any thread; `cancel` and `wait` belong to the event loop that runs the operation.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def requested(self) -> bool:
        """Whether someone asked to stop."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask every holder to stop waiting; what runs on the server goes on running."""
        self._event.set()

    async def wait(self) -> None:
        """Return as soon as a stop is asked for."""
        await self._event.wait()


@dataclass(frozen=True)
class Operation:
    """One call of the engine.

    - `name`: the resource's name in the program; `urn` its full name (in the dynamic door only where known).
    - `derived_key`: the key this resource gets when the program gives none.
    - `time_limit`: seconds for the whole operation as the user set them; `None`: each wait has its own default.
    """

    name: str
    derived_key: str
    urn: str = ""
    time_limit: float | None = None
    reporter: Reporter = field(default_factory=SilentReporter)
    cancellation: Cancellation = field(default_factory=Cancellation)
