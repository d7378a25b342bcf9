"""Inline programs of Pulumi's SDK in this process, brought to an end where the SDK gives up.

When an engine ends before its program, the SDK leaves the program's tasks pending and its event loop open
(`LanguageServer.Run` cancels one task after the other, and the first that ends in an error ends the clean-up). It
also returns from a command while the thread that runs the program still does. Python complains about what is left
when it is collected, and that may be in another test.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from pulumi.automation import _server
from pulumi.runtime import settings

__all__ = ["InlinePrograms", "inline_programs"]

PATIENCE: Final = 30.0
ROUNDS: Final = 10
"""How often a task is cancelled: the SDK's own goes on with what is left to do after the first time."""

ROUND: Final = 1.0


class InlinePrograms:
    """The programs that run."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._here = threading.local()

    def wait_for_end(self) -> None:
        """Return when none runs; bounded."""
        with self._changed:
            ended = self._changed.wait_for(lambda: not self._running, PATIENCE)
        assert ended, f"{self._running} inline programs still run {PATIENCE} s after their engine has ended"

    @contextmanager
    def program(self) -> Iterator[None]:
        """Count a program for as long as this thread runs it, and close its loop."""
        self._count(1)
        self._here.loop = None
        try:
            yield
        finally:
            if self._here.loop is not None:
                close(self._here.loop)
            self._count(-1)

    def note_loop(self) -> None:
        """Remember the loop of the program that this thread runs."""
        self._here.loop = asyncio.get_running_loop()

    def _count(self, step: int) -> None:
        with self._changed:
            self._running += step
            self._changed.notify_all()


def close(loop: asyncio.AbstractEventLoop) -> None:
    """End every task of a loop that is no longer run, and close it."""
    if loop.is_closed():
        return
    for _ in range(ROUNDS):
        left = asyncio.all_tasks(loop)
        if not left:
            break
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.wait(left, timeout=ROUND))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


OWN_CONNECTIONS: Final = ("grpc.use_local_subchannel_pool", 1)
"""Without it, a channel to an engine that has ended, on a port that a new engine has got, answers for both."""


@contextmanager
def inline_programs() -> Iterator[InlinePrograms]:
    """Have the SDK run its inline programs like that, each with connections of its own."""
    patched, configured = cast("Any", _server), cast("Any", settings)
    programs, serve, run_in_stack = InlinePrograms(), patched.LanguageServer.Run, patched.run_in_stack
    options = configured._GRPC_CHANNEL_OPTIONS

    def serve_to_the_end(server: _server.LanguageServer, request: Any, context: Any) -> Any:
        with programs.program():
            return serve(server, request, context)

    async def run_noted(program: Callable[[], Awaitable[None] | None]) -> None:
        programs.note_loop()
        await run_in_stack(program)

    patched.LanguageServer.Run, patched.run_in_stack = serve_to_the_end, run_noted
    configured._GRPC_CHANNEL_OPTIONS = [*options, OWN_CONNECTIONS]
    try:
        yield programs
    finally:
        patched.LanguageServer.Run, patched.run_in_stack = serve, run_in_stack
        configured._GRPC_CHANNEL_OPTIONS = options
