"""`pulumi-resource-commercetools-connect`: says where it listens, then loads what it listens with.

The first line on standard output is the port; nothing else is ever written there. The engine starts its providers
one after another and goes on as soon as it has read that line, so it is written before anything big is imported:
calls that come in meanwhile wait for the end of the import.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Final

import grpc

__all__ = ["engine_address", "main", "serve"]

MESSAGE_LIMIT: Final = 400 * 1024 * 1024
"""Bytes; the limit that the engine has for itself."""

OPTIONS: Final = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.so_reuseport", 0),
)

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
    server = grpc.aio.server(options=OPTIONS)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)  # noqa: T201 - this is how the engine learns where to call
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # also for what libraries of C and child processes write
    sys.stdout = sys.stderr

    # The import holds the event loop, so no call is looked at before there is someone to serve it.
    from commercetools_connect.plugin.process import serve_on  # noqa: PLC0415 - see above

    await serve_on(server, address)


def main() -> None:
    """Run the provider; the console script."""
    asyncio.run(serve(engine_address(sys.argv[1:])))
