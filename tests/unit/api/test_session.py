"""A call survives what passes: old tokens, busy servers, short outages. A write is never done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from commercetools_connect.api import (
    ApiError,
    AuthenticationFailedError,
    ByKey,
    ConnectClient,
    NetworkError,
    RateLimitedError,
    Redeploy,
    RetryPolicy,
    ServerError,
)
from tests.unit.api.fake_network import DEPLOYMENT, Answer, FakeNetwork, grant, json_answer, refusal, run

KEY = ByKey("tax-dev")
OK = json_answer(DEPLOYMENT)
Use = Callable[[ConnectClient], Coroutine[Any, Any, object]]


def read(client: ConnectClient) -> Coroutine[Any, Any, object]:
    return client.get_deployment("acme-dev", KEY)


def write(client: ConnectClient) -> Coroutine[Any, Any, object]:
    return client.update_deployment("acme-dev", KEY, 3, [Redeploy()])


def delete(client: ConnectClient) -> Coroutine[Any, Any, object]:
    return client.delete_deployment("acme-dev", KEY)


PASSING: list[Answer] = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("late"),
    httpx.ReadTimeout("late"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    httpx.DecodingError("bad gzip"),
    *(httpx.Response(status, html="<html>") for status in (429, 500, 502, 503, 504)),
    *(refusal(status) for status in (429, 500, 502, 503, 504)),
    refusal(500, "General"),
    refusal(502, "BadGateway"),
    httpx.Response(200, html="<html>a proxy says hello</html>"),
    httpx.Response(200, text='{"id": "d1", "ver'),
]


@pytest.mark.parametrize("trouble", PASSING)
def test_a_read_outlives_trouble_that_passes(trouble: Answer) -> None:
    network = FakeNetwork(trouble, trouble, OK)
    network.perform(read)
    assert len(network.calls) == 3
    assert network.clock.sleeps == [0.5, 1.0]
    assert len({call.headers["x-correlation-id"] for call in network.calls}) == 1


@pytest.mark.parametrize("use", [write, delete])
@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("late"),
        httpx.PoolTimeout("busy"),
        httpx.Response(429),
        refusal(429),
    ],
)
def test_a_write_that_certainly_had_no_effect_is_sent_again(trouble: Answer, use: Use) -> None:
    network = FakeNetwork(trouble, OK)
    network.perform(use)
    assert len(network.calls) == 2
    assert network.calls[0].content == network.calls[1].content


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "InvalidJsonInput"),
        refusal(403),
        refusal(404, "ResourceNotFound"),
        refusal(404),
        httpx.Response(404, html="x"),
        httpx.Response(302),
        json_answer({"id": "x"}),
    ],
)
def test_an_answer_that_will_stay_the_same_is_not_asked_for_again(answer: httpx.Response) -> None:
    network = FakeNetwork(answer)
    with pytest.raises(ApiError):
        network.perform(read)
    assert len(network.calls) == 1


def test_after_5_attempts_the_trouble_is_reported() -> None:
    network = FakeNetwork(httpx.Response(503))
    with pytest.raises(ServerError):
        network.perform(read)
    assert len(network.calls) == 5


def test_one_short_attempt_can_be_asked_for() -> None:
    network = FakeNetwork(httpx.Response(503))
    with pytest.raises(ServerError):
        network.perform(read, retry_policy=RetryPolicy(attempts=1))
    assert len(network.calls) == 1


def test_retry_after_is_honoured_up_to_two_minutes() -> None:
    network = FakeNetwork(httpx.Response(429, headers={"Retry-After": "7"}), refusal_later("3600"), OK)
    network.perform(read)
    assert network.clock.sleeps == [7.5, 121.0]


def refusal_later(seconds: str) -> httpx.Response:
    answer = refusal(503)
    answer.headers["Retry-After"] = seconds
    return answer


def test_an_outage_for_many_calls_ends_in_errors_and_not_in_a_storm() -> None:
    network = FakeNetwork(httpx.Response(503))

    async def crowd(client: ConnectClient) -> list[object]:
        return await asyncio.gather(*(read(client) for _ in range(200)), return_exceptions=True)

    assert all(isinstance(outcome, ServerError) for outcome in network.perform(crowd))
    assert len(network.calls) == 200 + 500 // 5


def test_a_token_serves_many_calls() -> None:
    network = FakeNetwork(OK)

    async def crowd(client: ConnectClient) -> None:
        await asyncio.gather(*(read(client) for _ in range(50)))
        await read(client)

    network.perform(crowd)
    assert len(network.token_calls) == 1
    assert len(network.calls) == 51


def expiring(valid: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: (
        OK if request.headers["authorization"] == f"Bearer {valid}" else refusal(401, "invalid_token")
    )


@pytest.mark.parametrize("use", [read, write])
def test_a_token_that_ended_early_is_replaced_once_for_all_calls(use: Use) -> None:
    network = FakeNetwork(expiring("new"), grants=(grant("old"), grant("new")))

    async def crowd(client: ConnectClient) -> None:
        await asyncio.gather(*(use(client) for _ in range(50)))

    network.perform(crowd)
    assert len(network.token_calls) == 2
    assert not network.clock.sleeps


def test_a_new_token_that_is_rejected_too_is_an_error() -> None:
    network = FakeNetwork(refusal(401, "invalid_token"))
    with pytest.raises(AuthenticationFailedError) as caught:
        network.perform(write)
    assert "clientSecret" in caught.value.remedy
    assert (len(network.token_calls), len(network.calls)) == (2, 2)


def test_a_token_is_renewed_before_it_ends() -> None:
    network = FakeNetwork(OK, grants=(grant("first", 3600), grant("second", 3600)))

    async def twice(client: ConnectClient) -> None:
        await read(client)
        network.clock.advance(3301)
        await read(client)

    network.perform(twice)
    assert [call.headers["authorization"] for call in network.calls] == ["Bearer first", "Bearer second"]


def test_wrong_credentials_are_tried_once_however_many_wait() -> None:
    network = FakeNetwork(OK, grants=(refusal(401, "invalid_client"),))

    async def crowd(client: ConnectClient) -> list[object]:
        return await asyncio.gather(*(read(client) for _ in range(100)), return_exceptions=True)

    assert all(isinstance(outcome, AuthenticationFailedError) for outcome in network.perform(crowd))
    assert len(network.token_calls) == 1
    assert not network.calls


def test_a_token_host_is_asked_again_by_the_next_call_after_it_failed() -> None:
    network = FakeNetwork(OK, grants=(refusal(401, "invalid_client"), grant()))

    async def twice(client: ConnectClient) -> None:
        with pytest.raises(AuthenticationFailedError):
            await read(client)
        await read(client)

    network.perform(twice)
    assert len(network.calls) == 1


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout(""), httpx.ConnectError("no"), refusal(503), refusal(429)])
def test_a_token_host_in_trouble_is_asked_again_also_for_a_write(trouble: Answer) -> None:
    network = FakeNetwork(OK, grants=(trouble, trouble, grant()))
    network.perform(write)
    assert (len(network.token_calls), len(network.calls)) == (3, 1)


def test_a_token_host_that_stays_in_trouble_is_not_asked_25_times() -> None:
    network = FakeNetwork(OK, grants=(httpx.ConnectError("no route"),))
    with pytest.raises(NetworkError, match=r"get a token from auth\.europe-west1") as caught:
        network.perform(write)
    assert not caught.value.uncertain
    assert len(network.token_calls) == 5


def test_a_cancelled_call_leaves_the_token_to_the_others() -> None:
    network = FakeNetwork(OK)

    async def cancelled(client: ConnectClient) -> None:
        first = asyncio.create_task(read(client))
        others = [asyncio.create_task(read(client)) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(*others)
        with pytest.raises(asyncio.CancelledError):
            await first

    network.perform(cancelled)
    assert len(network.calls) == 3


def test_a_success_after_repetitions_gives_the_budget_back() -> None:
    network = FakeNetwork(httpx.ReadTimeout("late"), OK)
    network.perform(read)
    assert network.budget._left == 500


def test_a_busy_server_is_reported_as_such_in_the_end() -> None:
    with pytest.raises(RateLimitedError, match="update the Deployment"):
        FakeNetwork(refusal(429)).perform(write)


def test_a_client_can_be_used_without_async_with() -> None:
    network = FakeNetwork(OK)

    async def by_hand() -> None:
        client = network.client()
        await read(client)
        await client.aclose()
        await client.aclose()
        await read(client)
        await client.aclose()

    run(by_hand())
    assert len(network.calls) == 2
