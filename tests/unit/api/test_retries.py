"""Only what is safe is repeated, after waits that a crowd does not take together, and within a budget."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api import ApiError, RetryBudget, RetryPolicy
from commercetools_connect.api.retry import Retrier, retry_after_seconds
from tests.support.clock import FakeClock
from tests.unit.api.fake_network import run

FAILURE = ApiError("failure", transient=True)
SUCCESS = "done"


class Call:
    """A call that ends with each of `results` in turn, made with retries; `waits` are the seconds between."""

    def __init__(
        self,
        *results: object,
        budget: RetryBudget | None = None,
        policy: RetryPolicy | None = None,
        jitter: float = 0.5,
        duration: float = 0.0,
    ) -> None:
        self.results = [*results, *[FAILURE] * 10]
        self.clock = FakeClock()
        self.duration = duration
        budget, policy = budget or RetryBudget(), policy or RetryPolicy()
        retrier = Retrier(self.clock, budget, policy, lambda: jitter)
        self.end: object
        try:
            self.end = run(retrier.run(self.attempt))
        except (ApiError, ValueError) as error:
            self.end = error
        self.waits = self.clock.sleeps

    async def attempt(self) -> object:
        self.clock.advance(self.duration)
        result = self.results.pop(0)
        if isinstance(result, ValueError):
            raise result
        return result


def test_a_transient_failure_is_waited_out_longer_each_time_for_5_attempts() -> None:
    call = Call()
    assert call.waits == [0.5, 1.0, 2.0, 4.0]
    assert call.end is FAILURE


def test_no_wait_of_its_own_is_longer_than_8_seconds() -> None:
    """As docs/reliability.md says."""
    assert Call(jitter=1.0).waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("error", [ApiError("refused"), ApiError("maybe done", transient=True, uncertain=True)])
def test_what_will_not_help_or_could_be_done_twice_is_not_repeated(error: ApiError) -> None:
    call = Call(error)
    assert (call.end, call.waits) == (error, [])


@given(st.integers(1, RetryPolicy.attempts - 1), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 1e9))
def test_no_wait_is_longer_than_allowed(attempt: int, jitter: float, asked: float | None) -> None:
    wait = RetryPolicy().wait(attempt, asked, jitter)
    assert min(asked or 0, 120) <= wait <= min(asked or 0, 120) + 8


def test_waits_are_spread_from_nothing_to_the_full_backoff() -> None:
    assert Call(FAILURE, SUCCESS, jitter=0.0).waits == [0.0]
    assert Call(FAILURE, SUCCESS, jitter=0.999).waits == [pytest.approx(0.999)]


def test_what_the_server_asks_for_comes_first_and_callers_still_spread() -> None:
    asked = ApiError("slow down", transient=True, retry_after="7")
    assert Call(asked, SUCCESS, jitter=0.0).waits == [7.0]
    assert Call(asked, SUCCESS, jitter=0.9).waits == [pytest.approx(7.9)]


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
    assert Call(policy=RetryPolicy(total=10), duration=5).waits == [0.5]


def test_the_budget_of_a_process_ends_retries_for_all_calls() -> None:
    budget = RetryBudget(12)
    assert len(Call(budget=budget).waits) == 2
    assert Call(budget=budget).waits == []
    assert budget._left == 2


def test_a_time_out_costs_twice_as_much() -> None:
    budget = RetryBudget(500)
    Call(ApiError("late", transient=True, timed_out=True), ApiError("refused"), budget=budget)
    assert budget._left == 490


def test_success_gives_back_what_it_cost_and_a_little_to_the_others() -> None:
    budget = RetryBudget(100)
    Call(FAILURE, ApiError("refused"), budget=budget)
    assert budget._left == 95
    Call(FAILURE, SUCCESS, budget=budget)
    assert budget._left == 95
    Call(SUCCESS, budget=budget)
    assert budget._left == 96


def test_a_budget_is_never_more_than_full() -> None:
    budget = RetryBudget(100)
    Call(SUCCESS, budget=budget)
    assert budget._left == 100


def test_a_call_is_repeated_until_it_succeeds() -> None:
    call = Call(FAILURE, FAILURE, SUCCESS)
    assert (call.end, call.waits) == (SUCCESS, [0.5, 1.0])


def test_the_last_error_is_the_one_that_is_raised() -> None:
    last = ApiError("the end")
    assert Call(FAILURE, last).end is last


def test_an_error_that_the_call_raises_is_not_retried() -> None:
    bug = ValueError("bug")
    assert (Call(bug).end, Call(bug).waits) == (bug, [])
