"""The process: what the engine starts, how it says where it listens, and how it ends.

The first line on standard output is the port; nothing else is ever written there. The process ends

- on SIGINT, which the engine sends at the end of every run: as soon as nothing runs;
- after the engine's Cancel, also when the SIGINT does not come;
- when the engine that started it does not exist any more.

A server that was started by hand, without the address of an engine, serves many runs and ends on SIGINT only.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from commercetools_connect.plugin.engine import EngineLink
from commercetools_connect.plugin.operations import Operations
from commercetools_connect.plugin.servicer import ConnectServicer

__all__ = ["engine_address", "main", "serve"]

MESSAGE_LIMIT: Final = 400 * 1024 * 1024
"""Bytes; the limit that the engine has for itself."""

OPTIONS: Final = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.so_reuseport", 0),
)
GOODBYE: Final = 0.3
"""Seconds for answers that are on their way when the process ends."""

WITH_VALUE: Final = frozenset({"--tracing", "-tracing", "-v", "--v"})
"""Options of the engine whose value may be an argument of its own."""


def engine_address(arguments: Sequence[str]) -> str:
    """Return the engine's address among the arguments, `""` if there is none.

    Engines start a provider as `[--logtostderr] [-v=N] [--tracing URL] ADDRESS`.
    """
    remaining = iter(arguments)
    address = ""
    for argument in remaining:
        if argument in WITH_VALUE:
            next(remaining, None)
        elif not argument.startswith("-"):
            address = argument
    return address


async def serve(address: str) -> None:
    """Serve an engine until it is done with us."""
    link, operations, stop = EngineLink(), Operations(), asyncio.Event()
    servicer = ConnectServicer(link, operations, stop.set if address else None)
    await link.connect(address)
    server = grpc.aio.server(options=OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    _on_signals(operations, stop)
    print(port, flush=True)  # noqa: T201 - this is how the engine learns where to call
    sys.stdout = sys.stderr

    def engine_is_gone() -> None:
        operations.cancel()
        operations.when_idle(stop.set)

    watch = asyncio.create_task(link.watch(engine_is_gone)) if address else None
    await stop.wait()
    if watch is not None:
        watch.cancel()
    await server.stop(GOODBYE)
    await asyncio.gather(servicer.aclose(), link.aclose(), return_exceptions=True)


def main() -> None:
    """Run `pulumi-resource-commercetools-connect`."""
    asyncio.run(serve(engine_address(sys.argv[1:])))


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
