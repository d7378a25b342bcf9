"""The one event loop of the process: Pulumi's worker threads block on it, the waiting itself costs nothing."""

from __future__ import annotations

import asyncio
import atexit
import functools
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Generic, NoReturn, TypeVar

__all__ = ["LOOP", "BackgroundLoop"]

T = TypeVar("T")

FAREWELL_LIMIT = 2.0


class _Result(Generic[T]):
    """How a coroutine ended, also if it was by an exception that would end the loop's own thread."""

    def __init__(self, get: Callable[[], T]) -> None:
        self.get = get

    @classmethod
    async def of(cls, coroutine: Coroutine[object, object, T]) -> _Result[T]:
        try:
            value = await coroutine
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - asyncio would end the loop on SystemExit
            return cls(functools.partial(_throw, error))
        return cls(lambda: value)


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
        self._farewells: list[Callable[[], Awaitable[None]]] = []

    def run(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run it on the loop and return its result, or raise its exception, on the calling thread.

        Raises `concurrent.futures.CancelledError` if the process ends first.
        """
        return self._submit(_Result.of(coroutine)).result().get()

    async def wait(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run it on the loop and return its result, or raise its exception, on a loop of the caller's own."""
        return (await asyncio.wrap_future(self._submit(_Result.of(coroutine)))).get()

    def at_end(self, farewell: Callable[[], Awaitable[None]]) -> None:
        """Await `farewell()` on the loop before it ends."""
        self._farewells.append(farewell)

    def close(self) -> None:
        """Cancel what runs, say the farewells, end the thread. The next `run` starts anew."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._part(), loop)
        thread.join(FAREWELL_LIMIT + 1)

    def _submit(self, coroutine: Coroutine[object, object, T]) -> Future[T]:
        with self._lock:
            if self._loop is None:
                self._loop = self._start()
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _start(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=_serve, args=(loop,), name="commercetools-connect", daemon=True)
        self._thread.start()
        if not self._closes_by_itself:
            self._closes_by_itself = True
            _before_threads_are_joined(self.close)
        return loop

    async def _part(self) -> None:
        try:
            await _cancel_others()
            farewells = [farewell() for farewell in self._farewells]
            await asyncio.wait_for(asyncio.gather(*farewells, return_exceptions=True), FAREWELL_LIMIT)
        finally:
            asyncio.get_running_loop().stop()


def _before_threads_are_joined(close: Callable[[], None]) -> None:
    try:
        # `atexit` comes only after the interpreter has waited for all worker threads, and those wait for us.
        threading._register_atexit(close)  # type: ignore[attr-defined]  # private: guarded
    except Exception:  # noqa: BLE001 - guarded use of a private function: without it the engine kills the process
        atexit.register(close)


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


def _throw(error: BaseException) -> NoReturn:
    raise error


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


LOOP = BackgroundLoop()
"""The loop of this process."""
