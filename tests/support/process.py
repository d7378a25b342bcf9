"""One provider process, as an engine sees it: started for one run, asked to stop, or killed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from commercetools_connect.api import ConnectClient
from commercetools_connect.api.retries import RetryBudget
from commercetools_connect.contract.operation import Cancellation
from commercetools_connect.contract.resource import Resource
from commercetools_connect.plugin.operations import GRACE
from commercetools_connect.resources.provider import Provider
from tests.support.box import Box, Wire
from tests.support.socketless import URL
from tests.support.world import PROJECT, Listener

__all__ = ["Process", "ProcessEndedError"]

T = TypeVar("T")


class ProcessEndedError(Exception):
    """The process was gone, or had cut the call short, before there was an answer."""


class Process:
    """A provider with a session, a ledger, a retry budget and a wire of its own.

    `engine_lives`: a kill takes only the provider; `False`: the CLI goes with it, and leaves pending creates.
    """

    def __init__(self, box: Box, settings: Mapping[str, Any] | None = None) -> None:
        self.said = Listener()
        self.wire = Wire(box)
        self.cancellation = Cancellation()
        self.engine_lives = True
        self._box = box
        self._killed = False
        self._serving: set[asyncio.Task[Any]] = set()
        values = {
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
        self._provider = Provider.configure(values, {}, box.clock, connect=connect)

    @property
    def stopping(self) -> bool:
        """Whether the engine begins nothing more with this process."""
        return self._killed or self.cancellation.requested

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

    def cancel(self) -> None:
        """Ask it to stop, as Ctrl-C does; what does not stop in time is cut short."""
        if not self.stopping:
            self.cancellation.cancel()
            self._box.loop.call_later(GRACE, self._end_calls)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._provider.aclose()

    def _end_calls(self) -> None:
        for task in self._serving:
            task.cancel()


async def _to_its_end(call: Callable[[], Awaitable[T]]) -> T:
    return await call()
