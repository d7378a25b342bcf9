"""Protocol between a frontend and a resource, and the context of one operation.

Inputs may also have the outputs that `preview_outputs` returned, if a frontend has no other way to give the engine
what a preview knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from commercetools_connect.core.results import Checked, CheckFailure, Diff, State
from commercetools_connect.core.values import PropertyMap, Unknown


class Reporter(Protocol):
    """Receiver of messages for the person at the terminal. A message must not contain a secret."""

    def info(self, message: str) -> None:
        """Show a message that stays on the screen; the first of several lines is its summary."""

    def warning(self, message: str) -> None:
        """Show a warning that stays on the screen."""

    def status(self, message: str, time: str = "") -> None:
        """Show what the operation waits for; the next status replaces it where the terminal can do that.

        `time` is how long it has lasted or will last. A change of the time alone is not shown at once.
        """


class SilentReporter:
    """Reporter that shows nothing: for previews whose messages the engine does not show, and for tests."""

    def info(self, message: str) -> None:
        """Show nothing."""

    warning = info

    def status(self, message: str, time: str = "") -> None:
        """Show nothing."""


@dataclass(frozen=True)
class FilteredReporter:
    """Reporter that hands each message on as `change` returns it; `None` drops a message."""

    reporter: Reporter
    change: Callable[[str], str | None]

    def info(self, message: str) -> None:
        """Hand it on."""
        self._hand_on(self.reporter.info, message)

    def warning(self, message: str) -> None:
        """Hand it on."""
        self._hand_on(self.reporter.warning, message)

    def status(self, message: str, time: str = "") -> None:
        """Hand it on."""
        self._hand_on(lambda changed: self.reporter.status(changed, time), message)

    def _hand_on(self, show: Callable[[str], None], message: str) -> None:
        if (changed := self.change(message)) is not None:
            show(changed)


class Cancellation:
    """Request to stop waiting, for every wait of the operations that have it.

    May be created on any thread; `cancel` and `wait` belong to the event loop that runs the operation.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def requested(self) -> bool:
        """Whether a stop was requested."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Request a stop of every wait; what runs on the server goes on running."""
        self._event.set()

    async def wait(self) -> None:
        """Return as soon as a stop is requested."""
        await self._event.wait()


@dataclass(frozen=True)
class OperationContext:
    """One call of the engine.

    - `name`: the resource's name in the program; `urn` its full name (in the dynamic frontend only where known).
    - `default_key`: the key this resource gets when the program gives none; `UNKNOWN` in a preview that still
      makes the provider.
    - `key_proves_ownership`: no other stack derives that key, so an object under it is this stack's own.
    - `time_limit`: seconds for the whole operation as the user set them; `None`: each wait has its own default.
    """

    name: str
    default_key: str | Unknown
    urn: str = ""
    time_limit: float | None = None
    reporter: Reporter = field(default_factory=SilentReporter)
    cancellation: Cancellation = field(default_factory=Cancellation)
    key_proves_ownership: bool = False


class Resource(Protocol):
    """Kind of object that can be declared.

    Every coroutine ends in one of three ways. It returns; it raises a `ProviderError` (nothing exists, or nothing
    changed); or it raises `InitFailedError` (the object exists and is not as desired: keep the state).
    """

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        """Fill in defaults and find invalid inputs. Pure. `olds` are the previous inputs, if any."""

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return the outputs that are certain before anything is done, if the operation succeeds. Pure.

        `inputs` are checked; `state` is what an update in place starts from, `None` for a create, or where the
        frontend does not know it. All other outputs are unknown in a preview, and so is all that depends on them.
        """

    async def validate(self, context: OperationContext, news: PropertyMap) -> tuple[CheckFailure, ...]:
        """Return every reason to refuse a create that reading finds. Changes nothing.

        `news` are checked and may contain `UNKNOWN`. Frontends call this through `core.preview`, which handles the
        errors that it raises.
        """

    async def validate_update(
        self, context: OperationContext, state: State, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        """Return every reason to refuse an update in place that reading finds. Changes nothing.

        What `news` replaces is validated as a create.
        """

    async def preview_create(self, context: OperationContext, news: PropertyMap) -> None:
        """Report whether a create will adopt an object that exists; raise what it would raise. Changes nothing.

        `news` are checked and may contain `UNKNOWN`.
        """

    async def diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        """Return what an update to `news` would change, compared with the outputs in `state`. Changes nothing.

        The engine calls this in a preview and again before each update, and does not say which it is.
        """

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        """Create the object, or continue with that of an interrupted run; wait, and return its state."""

    async def read(self, context: OperationContext, state: State) -> State | None:
        """Return the state of the object, or `None` when it is gone for certain.

        With empty outputs (an import) the id is enough.
        """

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        """Change the object in place to match `news`, and wait until it does."""

    async def delete(self, context: OperationContext, state: State) -> None:
        """Delete the object and wait until it is gone; an object that is already gone is a success."""
