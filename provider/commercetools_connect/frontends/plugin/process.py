"""Process of the plugin: its server, and its end.

It ends

- on SIGINT, which the engine sends at the end of every run: as soon as nothing runs;
- after the engine's Cancel, also when the SIGINT does not come;
- when the engine that started it does not exist any more.

A server that was started by hand, without the address of an engine, serves many runs and ends on SIGINT only.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Final

import grpc

from commercetools_connect.frontends.plugin.engine import EngineLink
from commercetools_connect.frontends.plugin.operations import LIMIT, Operations
from commercetools_connect.frontends.plugin.servicer import ConnectServicer
from commercetools_connect.frontends.protocol import GRPC_OPTIONS, provider_pb2_grpc

SHUTDOWN_TIME_LIMIT: Final = LIMIT
"""Seconds for calls that came after the last answer and before the end: they run already, and are answered."""


async def listen() -> tuple[grpc.aio.Server, int]:
    """Return a server that listens on a free port of this machine, and the port. It serves nothing yet."""
    server = grpc.aio.server(options=GRPC_OPTIONS)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port


async def serve_on(server: grpc.aio.Server, address: str) -> None:
    """Serve the engine at `address` on a server that listens already, until the process ends."""
    link, operations, stop = EngineLink(), Operations(), asyncio.Event()
    servicer = ConnectServicer(link, operations, stop.set if address else None)
    _on_signals(operations, stop)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    await link.connect(address)

    def engine_is_gone() -> None:
        operations.cancel()
        operations.when_idle(stop.set)

    watch = asyncio.create_task(link.watch(engine_is_gone)) if address else None
    await stop.wait()
    if watch is not None:
        watch.cancel()
    await server.stop(SHUTDOWN_TIME_LIMIT)
    await asyncio.gather(servicer.aclose(), link.aclose(), return_exceptions=True)


def _on_signals(operations: Operations, stop: asyncio.Event) -> None:
    """End on SIGINT and SIGTERM, but not while something runs: its id would not reach the state."""
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        operations.when_idle(stop.set)

    def terminate() -> None:
        operations.cancel()
        operations.when_idle(stop.set)

    _on_signal(loop, signal.SIGINT, interrupt)
    _on_signal(loop, signal.SIGTERM, terminate)


def _on_signal(loop: asyncio.AbstractEventLoop, number: signal.Signals, act: Callable[[], None]) -> None:
    try:
        loop.add_signal_handler(number, act)
    except NotImplementedError:  # event loops on Windows have no signals of their own
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(act))
