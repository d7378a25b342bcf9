"""Connection to the engine's own server: messages for the user, and whether the engine still runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

import grpc

from commercetools_connect.core.concurrency import cancel_and_wait, first_of
from commercetools_connect.core.resource import Cancellation
from commercetools_connect.frontends.protocol import engine_pb2, engine_pb2_grpc

LOG_LIMIT: Final = 2.0
"""Seconds that an answer waits for its messages to arrive, and each message for the engine."""

LOG_LIMIT_AT_END: Final = 0.3
"""Seconds that an answer waits for its messages when the process is about to end."""

PULSE: Final = 0.5
REFUSALS: Final = 2


class EngineLink:
    """A connection to the engine's own server. Without an address messages are dropped."""

    def __init__(self) -> None:
        self.address = ""
        self._channel: grpc.aio.Channel | None = None
        self._messages: asyncio.Queue[tuple[engine_pb2.LogRequest, asyncio.Future[None]]] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None

    async def connect(self, address: str) -> None:
        """Talk to the engine at this address from now on."""
        if address == self.address:
            return
        await self.aclose()
        self.address = address
        if address:
            self._channel = grpc.aio.insecure_channel(address)
            engine = cast("engine_pb2_grpc.EngineAsyncStub", engine_pb2_grpc.EngineStub(self._channel))
            self._sender = asyncio.create_task(self._send_messages(engine))

    def send(self, message: engine_pb2.LogRequest) -> asyncio.Future[None]:
        """Send a message, after those that were said before. Never waits, never fails.

        The result is done when the message, and those before, have arrived or were given up.
        """
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._sender is None:
            arrived.set_result(None)
        else:
            self._messages.put_nowait((message, arrived))
        return arrived

    async def aclose(self) -> None:
        """Close the connection."""
        if self._sender is not None:
            await cancel_and_wait(self._sender)
        if self._channel is not None:
            await self._channel.close()
        self._sender, self._channel, self._messages = None, None, asyncio.Queue()

    async def watch(self, gone: Callable[[], None]) -> None:
        """Call `gone` when the engine has refused to be called twice in a row, and end.

        A killed engine sends no Cancel: its providers would go on running, and go on changing the stack's objects.
        """
        refusals = 0
        while refusals < REFUSALS:
            await asyncio.sleep(PULSE)
            refusals = refusals + 1 if await _refuses(self.address) else 0
        gone()

    async def _send_messages(self, engine: engine_pb2_grpc.EngineAsyncStub) -> None:
        while True:
            message, arrived = await self._messages.get()
            try:
                # The engine may have ended, or refuse the message; operations must not fail for it.
                with suppress(Exception):
                    await engine.Log(message, timeout=LOG_LIMIT)
            finally:
                arrived.set_result(None)


STATUS_PAUSE: Final = 30.0
"""Seconds between two statuses of the same state."""


class EngineReporter:
    """Says what a resource has to say under the resource's own name."""

    def __init__(self, link: EngineLink, urn: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._link = link
        self._urn = urn
        self._monotonic = monotonic
        self._status = ""
        self._next_status = 0.0
        self._last: asyncio.Future[None] | None = None

    async def flush(self, ending: Cancellation) -> None:
        """Return when all of this reporter's messages have arrived, so that they precede the answer; bounded."""
        if self._last is None or self._last.done():
            return
        await first_of(asyncio.wait({self._last}, timeout=LOG_LIMIT), ending.wait())
        if ending.requested:
            await asyncio.wait({self._last}, timeout=LOG_LIMIT_AT_END)

    def info(self, message: str) -> None:
        """Say something that stays among the diagnostics."""
        self._say(engine_pb2.INFO, message)

    def warning(self, message: str) -> None:
        """Say a warning that stays among the diagnostics."""
        self._say(engine_pb2.WARNING, message)

    def status(self, message: str, time: str = "") -> None:
        """Show it beside the resource, until the next one: at once if it is another one, else now and then.

        The engine itself shows how long the operation takes, and a log of CI has a line for each message. So the
        time is shown only with a repeated message.
        """
        repeated, now = message == self._status, self._monotonic()
        if repeated and now < self._next_status:
            return
        self._status, self._next_status = message, now + STATUS_PAUSE
        self._say(engine_pb2.INFO, f"{message} ({time})" if repeated and time else message, ephemeral=True)

    def _say(self, severity: engine_pb2.LogSeverity.ValueType, message: str, *, ephemeral: bool = False) -> None:
        self._last = self._link.send(
            engine_pb2.LogRequest(severity=severity, message=message, urn=self._urn, ephemeral=ephemeral)
        )


async def _refuses(address: str) -> bool:
    host, _, port = address.rpartition(":")
    if not port.isdecimal():
        return False
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host.strip("[]"), int(port)), PULSE)
    except ConnectionRefusedError:
        return True
    except (OSError, asyncio.TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return False
