"""The machine's own time."""

from __future__ import annotations

import asyncio

from commercetools_connect.core.clock import SystemClock


class EarlyLoop(asyncio.SelectorEventLoop):
    """Counts time in steps of 20 ms, as Windows does: its timers come up to one step early."""

    def __init__(self) -> None:
        super().__init__()
        self._clock_resolution = 0.02


def test_a_time_limit_is_over_when_it_is_said_to_be() -> None:
    clock = SystemClock()

    async def work() -> float:
        moment = clock.monotonic() + 0.03
        asyncio.get_running_loop().call_later(0.015, int)  # something else that the loop wakes up for
        await clock.until(moment)
        return clock.monotonic() - moment

    loop = EarlyLoop()
    try:
        assert loop.run_until_complete(work()) >= 0
    finally:
        loop.close()


def test_a_moment_that_has_passed_is_not_waited_for() -> None:
    clock = SystemClock()
    asyncio.run(asyncio.wait_for(clock.until(clock.monotonic() - 1), 5))
