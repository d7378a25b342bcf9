"""What is waited for is read at a steady pace, and slower while the server is in trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from commercetools_connect.api import (
    ApiError,
    AuthenticationFailedError,
    ById,
    ConnectClient,
    ConnectorStaged,
    Deployment,
    ForbiddenError,
    NetworkError,
    NotFoundError,
    RateLimitedError,
    Ref,
    RefusedError,
    ServerError,
    UnexpectedAnswerError,
)
from commercetools_connect.waiters import Found, NotFound, ReadError, ReadResult, Watcher
from tests.support.clock import FakeClock
from tests.unit.waiters.script import run

DEPLOYED = Deployment(id="d-1", version=3, status="Deployed")
DRAFT = ConnectorStaged(id="c-1", version=3, status="Draft")

PASSING: list[ApiError] = [
    NetworkError("broken"),
    ServerError("down", status=503),
    RateLimitedError("slower", status=429),
    UnexpectedAnswerError("<html>"),
    RefusedError("what?", status=400),
]
LASTING: list[ApiError] = [AuthenticationFailedError("who?", status=401), ForbiddenError("no", status=403)]


class FakeClient:
    """Answers reads in order; the last answer stays."""

    is_limited = False

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[Any, ...]] = []

    async def get_deployment(self, project_key: str, ref: Ref) -> object:
        return self._answer(project_key, ref)

    async def get_connector_staged(self, ref: Ref) -> object:
        return self._answer(ref)

    async def snapshot_deployments(self, *_: object) -> object:
        raise AssertionError("one object is not read from a list")

    async def snapshot_connectors_staged(self, *_: object) -> object:
        raise AssertionError("one object is not read from a list")

    def _answer(self, *asked: object) -> object:
        self.asked.append(asked)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Watch:
    """A watcher over a scripted server."""

    def __init__(self, *answers: object, interval: float = 5.0) -> None:
        self.client = FakeClient(*answers)
        self.clock = FakeClock()
        self.watcher = Watcher(cast(ConnectClient, self.client), self.clock, interval)

    def observe(self, count: int) -> list[ReadResult[Deployment]]:
        async def work() -> list[ReadResult[Deployment]]:
            observations = self.watcher.deployment("acme-dev", "d-1")
            seen = [await anext(observations) for _ in range(count)]
            await observations.aclose()
            return seen

        return run(work())


def test_a_deployment_is_read_by_its_id_in_its_project() -> None:
    watch = Watch(DEPLOYED)
    assert watch.observe(2) == [Found(DEPLOYED), Found(DEPLOYED)]
    assert watch.client.asked == [("acme-dev", ById("d-1"))] * 2


def test_a_draft_is_read_by_its_id() -> None:
    watch = Watch(DRAFT)

    async def work() -> ReadResult[ConnectorStaged]:
        observations = watch.watcher.connector_staged("c-1")
        seen = await anext(observations)
        await observations.aclose()
        return seen

    assert run(work()) == Found(DRAFT)
    assert watch.client.asked == [(ById("c-1"),)]


def test_the_first_look_is_one_interval_after_the_request_and_then_it_is_steady() -> None:
    watch = Watch(DEPLOYED, interval=0.2)
    watch.observe(4)
    assert watch.clock.sleeps == [0.2] * 4


def test_nothing_is_read_before_there_is_a_subscriber() -> None:
    watch = Watch(DEPLOYED)

    async def work() -> None:
        await watch.watcher.deployment("acme-dev", "d-1").aclose()

    run(work())
    assert watch.client.asked == []


def test_during_an_outage_the_looks_become_rarer_up_to_one_a_minute() -> None:
    watch = Watch(ServerError("down"))
    watch.observe(8)
    assert watch.clock.sleeps == [5, 10, 20, 40, 60, 60, 60, 60]


def test_afterwards_the_pace_is_the_normal_one_again() -> None:
    watch = Watch(ServerError("down"), NetworkError("down"), DEPLOYED, DEPLOYED, ServerError("down"), DEPLOYED)
    watch.observe(6)
    assert watch.clock.sleeps == [5, 10, 20, 5, 5, 10]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
def test_trouble_that_may_pass_is_reported_and_the_reading_goes_on(error: ApiError) -> None:
    assert Watch(error, DEPLOYED).observe(2) == [ReadError(error, lasting=False), Found(DEPLOYED)]


@pytest.mark.parametrize("error", LASTING, ids=lambda error: type(error).__name__)
def test_trouble_that_will_not_pass_is_reported_as_such(error: ApiError) -> None:
    assert Watch(error).observe(1) == [ReadError(error, lasting=True)]


def test_only_the_servers_own_word_means_gone() -> None:
    assert Watch(NotFoundError("no such deployment", status=404)).observe(1) == [NotFound()]
    assert NotFound() not in Watch(UnexpectedAnswerError("404 page", status=404)).observe(1)


@pytest.mark.parametrize(
    "read", [lambda it: it.deployment("acme-dev", "d-1"), lambda it: it.connector_staged("c-1")]
)
def test_a_mistake_in_the_provider_itself_is_not_taken_for_an_outage(read: Callable[[Watcher], Any]) -> None:
    watch = Watch(KeyError("surprise"))

    async def work() -> None:
        with pytest.raises(KeyError, match="surprise"):
            await anext(read(watch.watcher))

    run(work())


def test_two_who_wait_for_the_same_object_share_each_look() -> None:
    watch = Watch(ServerError("down"), DEPLOYED)

    async def work() -> list[ReadResult[Deployment]]:
        first, second = watch.watcher.deployment("acme-dev", "d-1"), watch.watcher.deployment("acme-dev", "d-1")
        seen = list(await asyncio.gather(anext(first), anext(second)))
        await first.aclose()
        seen.append(await anext(second))
        await second.aclose()
        return seen

    seen = run(work())
    assert isinstance(seen[0], ReadError)
    assert seen[1:] == [seen[0], Found(DEPLOYED)]
    assert len(watch.client.asked) == 2
