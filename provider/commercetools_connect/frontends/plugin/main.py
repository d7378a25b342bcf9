"""`pulumi-resource-commercetools-connect`: loads what it serves with, then says where it listens.

The first line on standard output is the port; nothing else is ever written there. The engine waits for that line
without a limit, but for the first answer after it only ten seconds, and then the whole run fails ("did not come
alive"). On a busy machine the import alone may take longer, so it comes before the line.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TextIO

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
    """Serve an engine until it ends, or until it ends this process."""
    with _only_for_the_port() as to_engine:
        from commercetools_connect.frontends.plugin.process import listen, serve_on  # noqa: PLC0415 - standard output is taken first

        server, port = await listen()
        to_engine.write(f"{port}\n")
    await serve_on(server, address)


@contextmanager
def _only_for_the_port() -> Iterator[TextIO]:
    """Return standard output; from now on all other writes go to standard error."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii") as to_engine:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # also for what libraries of C and child processes write
        sys.stdout = sys.stderr
        yield to_engine


def main() -> None:
    """Run the provider; the console script."""
    asyncio.run(serve(engine_address(sys.argv[1:])))


if __name__ == "__main__":
    main()
