"""One retry policy for every write whose answer was lost; it ends with the time limit and with a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from commercetools_connect.api import (
    ApiError,
    ConcurrentModificationError,
    DuplicateFieldError,
    ServerError,
)
from commercetools_connect.core.errors import ProviderError, WaitCancelledError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.resources.reconcile import Attempts, Reconciler, Snapshot, create_once
from commercetools_connect.resources.session import Session
from tests.support.virtual import VirtualClock, run_virtually

LOST = ServerError("502 from a gateway", uncertain=True)


class _Session:
    clock = VirtualClock()


def attempts(deadline: float | None = None, context: OperationContext | None = None) -> Attempts:
    context = context or OperationContext("tax", "key")
    return Attempts(cast(Session, _Session()), context, "ConnectorStaged tax", deadline)


def outage_until(second: float, error: ApiError = LOST) -> Callable[[], Awaitable[str]]:
    """Return a request that fails until that second."""

    async def post() -> str:
        if VirtualClock().monotonic() < second:
            raise error
        return "made"

    return post


async def nothing() -> str | None:
    return None


@pytest.mark.parametrize("seconds", [1, 9, 60, 130])
def test_an_outage_of_two_minutes_fails_no_create(seconds: int) -> None:
    assert run_virtually(create_once(attempts(), outage_until(seconds), nothing)) == ("made", True)


def test_a_longer_outage_ends_in_the_error_of_the_last_request() -> None:
    with pytest.raises(ServerError, match="502"):
        run_virtually(create_once(attempts(), outage_until(1000), nothing))


def test_an_object_that_shows_only_after_the_pause_is_the_one_that_was_requested() -> None:
    async def find() -> str | None:
        return "found" if VirtualClock().monotonic() >= 3 else None

    assert run_virtually(create_once(attempts(), outage_until(1000), find)) == ("found", False)


def test_a_key_that_is_taken_is_an_error_unless_an_answer_was_lost() -> None:
    with pytest.raises(DuplicateFieldError):
        run_virtually(create_once(attempts(), outage_until(9, DuplicateFieldError("taken")), nothing))


def test_an_object_that_shows_when_the_time_limit_ends_the_pause_is_not_lost() -> None:
    async def find() -> str | None:
        return "found" if VirtualClock().monotonic() >= 8 else None

    assert run_virtually(create_once(attempts(deadline=8.0), outage_until(1000), find)) == ("found", False)


def test_the_time_limit_ends_a_pause() -> None:
    async def story() -> float:
        with pytest.raises(ServerError, match="502"):
            await create_once(attempts(deadline=8.0), outage_until(1000), nothing)
        return VirtualClock().monotonic()

    assert run_virtually(story()) == 8.0


def test_a_stop_ends_a_pause_and_tells_what_was_lost() -> None:
    context = OperationContext("tax", "key")

    async def story() -> float:
        asyncio.get_running_loop().call_later(7, context.cancellation.cancel)
        with pytest.raises(WaitCancelledError, match="502"):
            await create_once(attempts(context=context), outage_until(1000), nothing)
        return VirtualClock().monotonic()

    assert run_virtually(story()) == 7.0


class Counter(Reconciler[int, int, str]):
    """Raises a number to 3; `errors` are those of the first requests, which had their effect if `applied`."""

    def __init__(self, errors: list[ApiError], *, applied: bool = False, deadline: float | None = None) -> None:
        self.attempts = attempts(deadline)
        self.found = self.server = 1
        self.errors, self.applied, self.busy = errors, applied, False
        self.requests = 0

    async def read(self) -> int:
        return self.server

    async def wait_until_idle(self) -> None:
        self.busy = False

    async def decide(self) -> int | None:
        return None if self.found == 3 else 3

    def result(self) -> str:
        return "as desired"

    async def request(self, plan: int) -> int:
        self.requests += 1
        error = self.errors.pop(0) if self.errors else None
        if error is None or self.applied:
            self.server = plan
        if error is not None:
            raise error
        return self.server

    def has_moved(self, before: int) -> bool:
        return self.found != before

    def is_busy(self) -> bool:
        return self.busy

    def rejection(self, error: ApiError, plan: int) -> ProviderError | None:  # noqa: ARG002 - the base class says
        return ProviderError("refused") if not error.uncertain else None

    def snapshot(self, found: int) -> Snapshot:
        return Snapshot(found, {})


def seconds_of(counter: Counter) -> tuple[str, float]:
    async def story() -> tuple[str, float]:
        return await counter.run(), VirtualClock().monotonic()

    return run_virtually(story())


def test_the_answer_to_a_request_is_verified() -> None:
    counter = Counter([])
    assert seconds_of(counter) == ("as desired", 0.0)
    assert counter.requests == 1


def test_a_lost_request_that_had_its_effect_is_not_made_again() -> None:
    counter = Counter([LOST], applied=True)
    assert seconds_of(counter) == ("as desired", 0.0)
    assert counter.requests == 1


def test_a_lost_request_that_had_none_is_made_again_after_a_pause() -> None:
    counter = Counter([LOST, LOST])
    assert seconds_of(counter) == ("as desired", 15.0)
    assert counter.requests == 3


def test_a_refusal_for_another_reason_than_version_or_run_ends_the_attempts() -> None:
    with pytest.raises(ProviderError, match="refused"):
        run_virtually(Counter([DuplicateFieldError("no", status=400, codes=["x"])]).run())


def test_a_version_that_is_refused_each_time_is_explained() -> None:
    errors: list[Any] = [ConcurrentModificationError("old version", status=409, codes=["x"])] * 6
    with pytest.raises(ProviderError, match="changed by another client each time: version 1 was refused"):
        run_virtually(Counter(errors).run())
