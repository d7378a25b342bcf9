"""What callers of a host get that limits its rate: turns in order, close to what the host accepts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

from commercetools_connect.api.rate_limit import FORGOTTEN_AFTER, RateLimiter
from tests.support.virtual import VirtualClock, run_virtually


class Host:
    """A host that accepts `limit` calls in any second."""

    def __init__(self, limit: int, clock: VirtualClock) -> None:
        self.limit, self._clock = limit, clock
        self.accepted: list[float] = []
        self.refused = 0
        self._recent: deque[float] = deque()

    def serves(self) -> bool:
        now = self._clock.monotonic()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) >= self.limit:
            self.refused += 1
            return False
        self._recent.append(now)
        self.accepted.append(now)
        return True


def play(act: Callable[[RateLimiter, Host, VirtualClock], Coroutine[Any, Any, None]], limit: int = 20) -> Host:
    clock = VirtualClock()
    host = Host(limit, clock)
    run_virtually(act(RateLimiter(clock), host, clock))
    return host


async def call(limiter: RateLimiter, host: Host, clock: VirtualClock, calls: int) -> None:
    for _ in range(calls):
        while True:
            await limiter.turn()
            if host.serves():
                break
            limiter.refused("1.0")
            await clock.sleep(1.0)


def test_calls_go_out_at_once_until_the_host_refuses_one() -> None:
    async def act(limiter: RateLimiter, host: Host, clock: VirtualClock) -> None:
        await asyncio.gather(*(call(limiter, host, clock, 1) for _ in range(1000)))
        assert clock.monotonic() == 0
        assert not limiter.is_limiting

    play(act, limit=1000)


def test_two_hundred_callers_use_at_least_three_quarters_of_the_limit_with_few_refusals() -> None:
    async def act(limiter: RateLimiter, host: Host, clock: VirtualClock) -> None:
        await asyncio.gather(*(call(limiter, host, clock, 30) for _ in range(200)))

    host = play(act)

    rate = len(host.accepted) / (host.accepted[-1] - host.accepted[0])
    assert rate > 0.75 * host.limit
    assert host.refused < 0.1 * len(host.accepted)


def test_every_caller_gets_its_turn_in_the_order_of_asking() -> None:
    turns: list[int] = []

    async def one(number: int, limiter: RateLimiter) -> None:
        for _ in range(5):
            await limiter.turn()
            turns.append(number)

    async def act(limiter: RateLimiter, _host: Host, _clock: VirtualClock) -> None:
        await limiter.turn()
        limiter.refused("1.0")
        await asyncio.gather(*(one(number, limiter) for number in range(10)))

    play(act)

    rounds = [turns[start : start + 10] for start in range(0, 50, 10)]
    assert rounds == [list(range(10))] * 5


def test_no_call_goes_out_before_retry_after_is_over() -> None:
    moments: list[float] = []

    async def act(limiter: RateLimiter, _host: Host, clock: VirtualClock) -> None:
        async def one() -> None:
            await limiter.turn()
            moments.append(clock.monotonic())

        await limiter.turn()
        limiter.refused("30.0")
        await asyncio.gather(*(one() for _ in range(3)))

    play(act)

    assert moments[0] == 30.0
    assert all(later > earlier for earlier, later in pairwise(moments))


def test_a_caller_that_is_cancelled_does_not_hold_up_the_next() -> None:
    async def act(limiter: RateLimiter, _host: Host, clock: VirtualClock) -> None:
        await limiter.turn()
        limiter.refused("10.0")
        first = asyncio.ensure_future(limiter.turn())
        second = asyncio.ensure_future(limiter.turn())
        await clock.sleep(1.0)
        first.cancel()
        await second
        assert clock.monotonic() == 10.0

    play(act)


def test_a_limit_is_forgotten_after_minutes_without_a_refusal() -> None:
    async def act(limiter: RateLimiter, _host: Host, clock: VirtualClock) -> None:
        await limiter.turn()
        limiter.refused("")
        await clock.sleep(FORGOTTEN_AFTER + 1)
        await limiter.turn()
        assert not limiter.is_limiting

    play(act)
