"""The way back to the engine: what is said to the person at the terminal, and whether the engine still lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

import grpc

from commercetools_connect.plugin.protocol import engine_pb2, engine_pb2_grpc

__all__ = ["EngineLink", "EngineReporter"]

LOG_LIMIT: Final = 2.0
"""Seconds that an answer waits for its messages to arrive, and each message for the engine."""

PULSE: Final = 0.5
REFUSALS: Final = 2


class EngineLink:
    """A connection to the engine's own server. Without an address nobody listens, and nothing fails."""

    def __init__(self) -> None:
        self.address = ""
        self._channel: grpc.aio.Channel | None = None
        self._messages: asyncio.Queue[engine_pb2.LogRequest] = asyncio.Queue()
        self._speaker: asyncio.Task[None] | None = None

    async def connect(self, address: str) -> None:
        """Talk to the engine at this address from now on."""
        if address == self.address:
            return
        await self.aclose()
        self.address = address
        if address:
            self._channel = grpc.aio.insecure_channel(address)
            engine = cast("engine_pb2_grpc.EngineAsyncStub", engine_pb2_grpc.EngineStub(self._channel))
            self._speaker = asyncio.create_task(self._speak(engine))

    def say(self, message: engine_pb2.LogRequest) -> None:
        """Send a message, after those that were said before. Never waits, never fails."""
        if self._speaker is not None:
            self._messages.put_nowait(message)

    async def flush(self) -> None:
        """Return when everything said so far has arrived, so that it stands before the answer; bounded."""
        if self._speaker is not None:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._messages.join(), LOG_LIMIT)

    async def aclose(self) -> None:
        """Hang up."""
        if self._speaker is not None:
            self._speaker.cancel()
            await asyncio.gather(self._speaker, return_exceptions=True)
        if self._channel is not None:
            await self._channel.close()
        self._speaker, self._channel, self._messages = None, None, asyncio.Queue()

    async def watch(self, gone: Callable[[], None]) -> None:
        """Call `gone` when the engine has refused to be called twice in a row, and end.

        A killed engine tells nobody: its providers would run, and hold the stack's objects, for ever.
        """
        refusals = 0
        while refusals < REFUSALS:
            await asyncio.sleep(PULSE)
            refusals = refusals + 1 if await _refuses(self.address) else 0
        gone()

    async def _speak(self, engine: engine_pb2_grpc.EngineAsyncStub) -> None:
        while True:
            message = await self._messages.get()
            with suppress(grpc.RpcError):  # an engine that has gone hears nothing; the work must not fail for it
                await engine.Log(message, timeout=LOG_LIMIT)
            self._messages.task_done()


class EngineReporter:
    """Says what a resource has to say under the resource's own name."""

    def __init__(self, link: EngineLink, urn: str) -> None:
        self._link = link
        self._urn = urn

    def info(self, message: str) -> None:
        """Say something that stays among the diagnostics."""
        self._say(engine_pb2.INFO, message)

    def warning(self, message: str) -> None:
        """Say a warning that stays among the diagnostics."""
        self._say(engine_pb2.WARNING, message)

    def status(self, message: str) -> None:
        """Show it beside the resource, until the next one."""
        self._say(engine_pb2.INFO, message, ephemeral=True)

    def _say(self, severity: engine_pb2.LogSeverity.ValueType, message: str, *, ephemeral: bool = False) -> None:
        self._link.say(
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
