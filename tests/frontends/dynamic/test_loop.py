"""The background loop, which waits for everybody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from commercetools_connect.frontends.dynamic.loop import BackgroundLoop


@pytest.fixture
def loop() -> Iterator[BackgroundLoop]:
    made = BackgroundLoop()
    yield made
    made.close()


async def _thread() -> threading.Thread:
    return threading.current_thread()


def test_all_coroutines_share_one_thread_that_is_started_when_needed(loop: BackgroundLoop) -> None:
    first, second = loop.run(_thread()), loop.run(_thread())
    assert first is second
    assert first is not threading.current_thread()
    assert first.daemon


def test_coroutines_of_many_threads_wait_side_by_side(loop: BackgroundLoop) -> None:
    async def meet() -> int:
        arrived.append(1)
        if len(arrived) == 50:
            met.set()
        await met.wait()
        return 1

    arrived: list[int] = []
    met = asyncio.Event()
    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(lambda _: loop.run(meet()), range(50))) == 50


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_an_exception_reaches_the_caller_and_the_loop_goes_on(loop: BackgroundLoop, error: BaseException) -> None:
    async def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        loop.run(fail())
    assert caught.value is error
    assert loop.run(_thread()).is_alive()


def test_closing_ends_what_waits_says_farewell_and_ends_the_thread(loop: BackgroundLoop) -> None:
    said: list[str] = []
    started = threading.Event()

    async def farewell() -> None:
        said.append("farewell")

    async def wait() -> None:
        started.set()
        await asyncio.Event().wait()

    loop.at_end(farewell)
    thread = loop.run(_thread())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: loop.run(wait()))
        started.wait()
        loop.close()
        with pytest.raises(CancelledError):
            waiting.result()
    assert said == ["farewell"]
    assert not thread.is_alive()
    assert loop.run(_thread()) is not thread


def test_closing_twice_or_before_the_start_does_nothing() -> None:
    BackgroundLoop().close()
