"""Errors of a preview wait for each other, so that the engine tells them together; never for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from commercetools_connect.core.resource import Cancellation
from commercetools_connect.frontends.plugin.operations import QuietPeriod
from tests.support.virtual import VirtualClock, run_virtually

CLOCK = VirtualClock()


def waited(*events: tuple[float, Callable[[QuietPeriod, Cancellation], object]]) -> float:
    """Return how many seconds an error waits that is found with a call, while `events` happen at their moments."""

    async def whole() -> float:
        period, cancellation = QuietPeriod(CLOCK), Cancellation()
        tasks = [asyncio.ensure_future(_at(moment, act, period, cancellation)) for moment, act in events]
        await asyncio.sleep(0)
        period.note_call()
        began = CLOCK.monotonic()
        await period.wait(cancellation)
        seconds = CLOCK.monotonic() - began
        await asyncio.gather(*tasks)
        return seconds

    return run_virtually(whole())


async def _at(moment: float, act: Any, period: QuietPeriod, cancellation: Cancellation) -> None:
    await CLOCK.sleep(moment)
    found = act(period, cancellation)
    if isinstance(found, Coroutine):
        await found


def call(period: QuietPeriod, _: Cancellation) -> None:
    period.note_call()


def validation(seconds: float) -> Any:
    """Return a validation that takes so long."""

    async def validate(period: QuietPeriod, _: Cancellation) -> None:
        with period.validating():
            await CLOCK.sleep(seconds)

    return validate


@pytest.mark.parametrize(
    ("events", "seconds"),
    [
        ([], 0.5),
        ([(0.4, call)], 0.9),
        ([(0.4, call), (0.8, call)], 1.3),
        ([(0.6, call)], 0.5),
        ([(each / 10, call) for each in range(1, 30)], 2.0),
        ([(0.0, validation(1.0))], 1.0),
        ([(0.0, validation(0.2))], 0.5),
        ([(0.0, validation(9.0))], 2.0),
        ([(0.1, validation(1.0)), (0.8, call)], 1.3),
    ],
    ids=[
        "alone: half a second",
        "another call: half a second from then",
        "each call begins it again",
        "a call that comes too late",
        "calls without an end: two seconds",
        "a validation that still runs may find an error as well",
        "a short validation",
        "a validation without an end: two seconds",
        "both",
    ],
)
def test_an_error_waits_until_nothing_more_comes(events: Any, seconds: float) -> None:
    assert waited(*events) == pytest.approx(seconds)


def test_a_cancel_ends_the_wait_at_once() -> None:
    def cancel(_: QuietPeriod, cancellation: Cancellation) -> None:
        cancellation.cancel()

    assert waited((0.1, cancel), (0.2, call)) == pytest.approx(0.1)


def test_an_error_that_comes_long_after_the_last_call_does_not_wait() -> None:
    async def whole() -> float:
        period = QuietPeriod(CLOCK)
        period.note_call()
        await CLOCK.sleep(0.7)
        await period.wait(Cancellation())
        return CLOCK.monotonic()

    assert run_virtually(whole()) == pytest.approx(0.7)
