"""One provider process, as an engine sees it: started for one run, asked to stop, or killed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from commercetools_connect.api import ConnectClient
from commercetools_connect.api.retry import RetryBudget
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import Cancellation, Resource
from commercetools_connect.frontends.plugin.operations import GRACE
from commercetools_connect.resources.provider import Provider
from commercetools_connect.resources.run_registry import RunRegistry
from commercetools_connect.resources.shared_registry import Event, RegistryView, SharedRegistry
from tests.support.in_process_emulator import InProcessEmulator, Wire
from tests.support.socketless import URL
from tests.support.world import PROJECT, MessageLog

__all__ = ["Process", "ProcessEndedError"]

T = TypeVar("T")


class ProcessEndedError(Exception):
    """The process was gone, or had cut the call short, before there was an answer."""


class _SharedInMemory(SharedRegistry):
    """A shared registry without files: each process has one view in a list."""

    def __init__(self, views: list[RegistryView]) -> None:
        self.problem = ""
        self._all = views
        self._mine = RegistryView()
        views.append(self._mine)

    def post(self, event: Event) -> None:
        self._mine.record(event)

    def others(self) -> list[RegistryView]:
        return [each for each in self._all if each is not self._mine]

    def close(self) -> None:
        """Keep the events: the run goes on without this process."""


class Process:
    """A provider with a session, a registry, a retry budget and a wire of its own.

    `engine_lives`: a kill takes only the provider; `False`: the CLI goes with it, and leaves pending creates.
    `settings` are the provider's configuration, `environ` the variables that it reads.
    """

    def __init__(
        self,
        emulator: InProcessEmulator,
        settings: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
        views: list[RegistryView] | None = None,
    ) -> None:
        """Start a process; `views` are the events of all processes of the run, where they can share them."""
        self.said = MessageLog()
        self.wire = Wire(emulator)
        self.cancellation = Cancellation()
        self.engine_lives = True
        self._emulator = emulator
        self._killed = False
        self._serving: set[asyncio.Task[Any]] = set()
        self._explicit: dict[str, Process] = {}
        self.settings = {
            "connectUrl": URL,
            "clientId": "demo-client",
            "clientSecret": "demo-secret",
            "projectKey": PROJECT,
            "pollInterval": 5,
            **(settings or {}),
        }
        connect = partial(
            ConnectClient,
            transport=self.wire,
            budget=RetryBudget(),
            jitter=random.Random(0).random,
        )
        self._views: list[RegistryView] = [] if views is None else views
        registry = RunRegistry(_SharedInMemory(self._views))
        self._provider = Provider.configure(
            self.settings, environ or {}, emulator.clock, registry=registry, connect=connect
        )

    @property
    def stopping(self) -> bool:
        """Whether the engine begins nothing more with this process."""
        return self._killed or self.cancellation.requested

    def add_explicit(
        self, name: str, settings: Mapping[str, Any] | None = None, *, isolated: bool = False
    ) -> Process:
        """Start the process of an explicit provider in the same run.

        `isolated`: the folder of the run registry cannot be used, so the two can tell each other nothing.
        """
        self._explicit[name] = Process(self._emulator, settings, views=None if isolated else self._views)
        return self._explicit[name]

    def of(self, provider: str) -> Process:
        """Return the process that serves an explicit provider of this run; `""` is the default one, this."""
        return self._explicit[provider] if provider else self

    @property
    def validation(self) -> PreviewValidation:
        """How previews validate by reading."""
        return self._provider.validation

    def resource(self, kind: str) -> Resource:
        """Return who serves that kind."""
        return self._provider.resource(kind)

    async def serve(self, call: Callable[[], Awaitable[T]]) -> T:
        """Run a call of the engine. Raises what the call raises, and `ProcessEndedError`."""
        if self._killed:
            raise ProcessEndedError("the process is gone")
        task = asyncio.ensure_future(_to_its_end(call))
        self._serving.add(task)
        try:
            await asyncio.wait({task})
        finally:
            self._serving.discard(task)
        if task.cancelled():
            raise ProcessEndedError("the process ended before there was an answer")
        return task.result()

    def kill(self, *, engine_too: bool = False) -> None:
        """End it as SIGKILL does: nothing more is sent, nothing more is heard."""
        self._killed = True
        self.engine_lives = not engine_too
        self.wire.cut()
        self._end_calls()
        for each in self._explicit.values():
            each.kill(engine_too=engine_too)

    def cancel(self) -> None:
        """Ask it to stop, as Ctrl-C does; what does not stop in time is cut short."""
        if not self.stopping:
            self.cancellation.cancel()
            self._emulator.loop.call_later(GRACE, self._end_calls)
        for each in self._explicit.values():
            each.cancel()

    async def aclose(self) -> None:
        """Close the connections."""
        for each in self._explicit.values():
            await each.aclose()
        await self._provider.aclose()

    def _end_calls(self) -> None:
        for task in self._serving:
            task.cancel()


async def _to_its_end(call: Callable[[], Awaitable[T]]) -> T:
    return await call()
