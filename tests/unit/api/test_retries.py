"""Only what is safe is repeated, after waits that a crowd does not take together, and within a budget."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api import ApiError, RetryBudget, RetryPolicy
from commercetools_connect.api.retries import CallRetries, repeat, retry_after_seconds
from tests.support.clock import FakeClock
from tests.unit.api.stand import run

TROUBLE = ApiError("trouble", transient=True)


def retries(
    clock: FakeClock | None = None,
    budget: RetryBudget | None = None,
    policy: RetryPolicy | None = None,
    jitter: float = 0.5,
) -> CallRetries:
    return CallRetries(
        clock=clock or FakeClock(),
        budget=budget or RetryBudget(),
        policy=policy or RetryPolicy(),
        jitter=lambda: jitter,
    )


def test_trouble_that_may_pass_is_waited_out_longer_each_time_for_5_attempts() -> None:
    call = retries()
    assert [call.wait_after(TROUBLE) for _ in range(5)] == [0.5, 1.0, 2.0, 4.0, None]


@pytest.mark.parametrize(
    "error",
    [
        ApiError("refused"),
        ApiError("maybe done", transient=True, uncertain=True),
    ],
)
def test_what_will_not_help_or_could_be_done_twice_is_not_repeated(error: ApiError) -> None:
    assert retries().wait_after(error) is None


@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 1e9))
def test_no_wait_is_longer_than_allowed(attempt: int, jitter: float, asked: float | None) -> None:
    wait = RetryPolicy().wait(attempt, asked, jitter)
    assert min(asked or 0, 120) <= wait <= min(asked or 0, 120) + 20


def test_waits_are_spread_from_nothing_to_the_full_backoff() -> None:
    assert retries(jitter=0.0).wait_after(TROUBLE) == 0.0
    assert retries(jitter=0.999).wait_after(TROUBLE) == pytest.approx(0.999)


def test_what_the_server_asks_for_comes_first_and_callers_still_spread() -> None:
    asked = ApiError("slow down", transient=True, retry_after="7")
    assert retries(jitter=0.0).wait_after(asked) == 7.0
    assert retries(jitter=0.9).wait_after(asked) == pytest.approx(7.9)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 1.5 ", 1.5),
        ("Mon, 21 Sep 2026 14:13:30 GMT", 10.0),
        ("Mon, 21 Sep 2026 14:13:10 GMT", 0.0),
        ("Mon, 21 Sep 2026 16:13:30 +0200", 10.0),
        ("Mon, 21 Sep 2026 14:13:30", 10.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("1e400", None),
        ("Mon, 99 Sep 2026 14:13:30 GMT", None),
        ("Mon, 21 Sep 99999999 14:13:30 GMT", None),
    ],
)
def test_retry_after_may_be_a_number_or_a_date_and_nonsense_is_ignored(
    text: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    wall = 1_790_000_000.0  # Mon, 21 Sep 2026 14:13:20 GMT
    assert retry_after_seconds(text, wall) == seconds
    monkeypatch.undo()
    time.tzset()


def test_no_wait_is_begun_that_ends_after_the_total() -> None:
    clock = FakeClock()
    call = retries(clock, policy=RetryPolicy(total=10))
    assert call.wait_after(TROUBLE) == 0.5
    clock.advance(9.5)
    assert call.wait_after(TROUBLE) is None


def test_the_budget_of_a_process_ends_repetitions_for_all_calls() -> None:
    budget = RetryBudget(12)
    assert retries(budget=budget).wait_after(TROUBLE) is not None
    assert retries(budget=budget).wait_after(TROUBLE) is not None
    assert retries(budget=budget).wait_after(TROUBLE) is None
    assert budget.left == 2


def test_a_time_out_costs_twice_as_much() -> None:
    budget = RetryBudget(500)
    retries(budget=budget).wait_after(ApiError("late", transient=True, timed_out=True))
    assert budget.left == 490


def test_success_gives_back_what_it_cost_and_a_little_to_the_others() -> None:
    budget = RetryBudget(100)
    lost, call = retries(budget=budget), retries(budget=budget)
    lost.wait_after(TROUBLE)
    call.wait_after(TROUBLE)
    assert budget.left == 90
    call.succeeded()
    assert budget.left == 95
    retries(budget=budget).succeeded()
    assert budget.left == 96


def test_a_budget_is_never_more_than_full() -> None:
    budget = RetryBudget(100)
    retries(budget=budget).succeeded()
    assert budget.left == 100


def attempts(*outcomes: object) -> Callable[[], Awaitable[object]]:
    queue = list(outcomes)

    async def attempt() -> object:
        outcome = queue.pop(0)
        if isinstance(outcome, ValueError):
            raise outcome
        return outcome

    return attempt


def test_a_call_is_repeated_until_it_succeeds() -> None:
    clock = FakeClock()
    assert run(repeat(attempts(TROUBLE, TROUBLE, "done"), retries(clock))) == "done"
    assert clock.sleeps == [0.5, 1.0]


def test_the_last_error_is_the_one_that_is_told() -> None:
    last = ApiError("the end")
    with pytest.raises(ApiError) as caught:
        run(repeat(attempts(TROUBLE, last), retries()))
    assert caught.value is last


def test_an_error_that_is_raised_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="bug"):
        run(repeat(attempts(ValueError("bug"), "never"), retries()))
