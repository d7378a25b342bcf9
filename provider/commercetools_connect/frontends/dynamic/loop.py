"""The one event loop of the process: Pulumi's worker threads block on it, a wait itself costs nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar

from commercetools_connect.frontends.dynamic.pulumi_internals import run_before_threads_are_joined
from commercetools_connect.frontends.outcome import Finished

T = TypeVar("T")

CLOSE_LIMIT = 2.0


class BackgroundLoop:
    """An event loop on a daemon thread of its own, started when first needed.

    When the interpreter ends, running coroutines are cancelled, so that the threads that wait for them do not
    keep the process alive; the engine would kill it after five seconds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closes_by_itself = False
        self._closers: list[Callable[[], Awaitable[None]]] = []

    def run(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run it on the loop and return its result, or raise its exception, on the calling thread.

        Raises `concurrent.futures.CancelledError` if the process ends first.
        """
        return self._submit(Finished.of(coroutine)).result().value

    async def wait(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run it on the loop and return its result, or raise its exception, on a loop of the caller's own."""
        return (await asyncio.wrap_future(self._submit(Finished.of(coroutine)))).value

    def at_end(self, closer: Callable[[], Awaitable[None]]) -> None:
        """Await `closer()` on the loop before it ends."""
        self._closers.append(closer)

    def close(self) -> None:
        """Cancel what runs, await the closers, end the thread. The next `run` starts another one."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._shut_down(), loop)
        thread.join(CLOSE_LIMIT + 1)

    def _submit(self, coroutine: Coroutine[object, object, T]) -> Future[T]:
        with self._lock:
            if self._loop is None:
                self._loop = loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_serve, args=(loop,), name="commercetools-connect", daemon=True
                )
                self._thread.start()
                if not self._closes_by_itself:
                    self._closes_by_itself = True
                    run_before_threads_are_joined(self.close)
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    async def _shut_down(self) -> None:
        try:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            closers = [closer() for closer in self._closers]
            await asyncio.wait_for(asyncio.gather(*closers, return_exceptions=True), CLOSE_LIMIT)
        finally:
            asyncio.get_running_loop().stop()


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


LOOP = BackgroundLoop()
"""The loop of this process."""
