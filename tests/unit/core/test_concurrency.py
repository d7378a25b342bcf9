"""Concurrency helpers: what callers that share a call, a lock or a sleep can rely on."""

from __future__ import annotations

import asyncio
import gc

import pytest

from commercetools_connect.core.concurrency import KeyedLocks, SingleFlight, cancellable_sleep
from commercetools_connect.core.resource import Cancellation
from tests.support.clock import FakeClock


class Call:
    """A call that ends when it is released, and counts how often it started and was cancelled."""

    def __init__(self) -> None:
        self.started = self.cancelled = 0
        self.release = asyncio.Event()

    async def __call__(self) -> int:
        self.started += 1
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.started


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_callers_that_come_while_a_call_runs_share_its_result_and_the_next_one_starts_another() -> None:
    async def story() -> None:
        call, flight = Call(), SingleFlight[int]()
        callers = [asyncio.ensure_future(flight.run(call)) for _ in range(3)]
        await _turns()
        call.release.set()
        assert await asyncio.gather(*callers) == [1, 1, 1]
        assert await flight.run(call) == 2

    asyncio.run(story())


def test_a_failure_reaches_every_caller_and_is_not_kept() -> None:
    async def story() -> None:
        flight = SingleFlight[int]()

        async def fail() -> int:
            await asyncio.sleep(0)
            raise LookupError

        results = await asyncio.gather(*(flight.run(fail) for _ in range(2)), return_exceptions=True)
        assert [type(each) for each in results] == [LookupError, LookupError]
        call = Call()
        call.release.set()
        assert await flight.run(call) == 1

    asyncio.run(story())


def test_a_cancelled_caller_stops_the_call_only_when_it_is_the_last_one() -> None:
    async def story() -> None:
        call, flight = Call(), SingleFlight[int]()
        first, second = (asyncio.ensure_future(flight.run(call)) for _ in range(2))
        await _turns()
        first.cancel()
        await _turns()
        assert call.cancelled == 0
        second.cancel()
        await _turns()
        assert call.cancelled == 1
        call.release.set()
        assert await flight.run(call) == 2

    asyncio.run(story())


def test_one_key_has_one_lock_and_a_lock_that_is_not_in_use_is_not_kept() -> None:
    async def story() -> None:
        locks = KeyedLocks[str]()
        async with locks.get("a"):
            assert locks.get("a").locked()
            assert not locks.get("b").locked()
        gc.collect()
        assert not locks.get("a").locked()
        assert len(locks._locks) == 0  # nothing refers to either lock any more

    asyncio.run(story())


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_sleep_ends_when_its_time_is_over_or_when_a_stop_is_asked_for(cancelled: bool) -> None:
    async def story() -> None:
        clock, cancellation = FakeClock(), Cancellation()
        if cancelled:
            cancellation.cancel()
        assert await cancellable_sleep(clock, 5.0, cancellation) is not cancelled
        assert clock.sleeps == [5.0]

    asyncio.run(story())
