"""A refresh of a thousand objects takes a few lists, and never shows less than was known before."""

from __future__ import annotations

import asyncio
import math
import random
from typing import Any

import httpx
import pytest

from commercetools_connect.api import (
    ById,
    Deployment,
    ForbiddenError,
    NetworkError,
    NotFoundError,
    RateLimitedError,
    Redeploy,
    ServerError,
    UnexpectedAnswerError,
)
from commercetools_connect.waiters import Reader
from tests.unit.api.fake_network import refusal
from tests.unit.waiters.project import PROJECT, Call, Project


def estate(size: int, **more: Any) -> Project:
    project = Project(order="createdAt asc", **more)
    for number in range(size):
        project.add(f"d-{number}", math.inf, pending="Deployed")
    return project


def reader(project: Project) -> Reader:
    return Reader(project.client, project.clock)


async def read_all(project: Project, source: Reader, parallel: int = 1000) -> list[Deployment]:
    """Read everything, as an engine does that has so many operations under way."""
    turns = asyncio.Semaphore(parallel)

    async def one(object_id: str) -> Deployment:
        async with turns:
            return await source.deployment(PROJECT, object_id)

    return list(await asyncio.gather(*(one(object_id) for object_id in project.runs)))


@pytest.mark.parametrize(("size", "pages"), [(1, 0), (2, 1), (500, 1), (501, 2), (1000, 2)])
@pytest.mark.parametrize("parallel", [8, 1000])
def test_a_refresh_takes_one_read_by_id_and_the_pages_of_one_list(size: int, pages: int, parallel: int) -> None:
    project = estate(size, latency=0.05)

    async def act(it: Project) -> float:
        shown = await read_all(it, reader(it), parallel)
        assert [each.id for each in shown] == list(it.runs)
        return it.clock.monotonic()

    took = project.play(act)
    assert (project.kinds["by id"], project.kinds["list"]) == (1, pages)
    assert took <= 0.05 * (2 + pages)


def test_reads_that_come_one_at_a_time_far_apart_need_no_list() -> None:
    async def act(it: Project) -> None:
        source = reader(it)
        for object_id in it.runs:
            await source.deployment(PROJECT, object_id)
            await asyncio.sleep(2.5)

    project = estate(5)
    project.play(act)
    assert project.kinds == {"by id": 5}


def test_a_list_that_takes_longer_than_five_seconds_serves_reads_for_five_times_as_long() -> None:
    async def act(it: Project) -> None:
        source, end = reader(it), it.clock.monotonic() + 40
        while it.clock.monotonic() < end:
            for object_id in it.runs:
                await source.deployment(PROJECT, object_id)
            await asyncio.sleep(1)

    project = estate(1001, latency=2)
    project.play(act)
    assert (project.kinds["by id"], project.kinds["list"]) == (1, 2 * 3)


def test_a_list_that_comes_at_once_serves_reads_for_five_seconds() -> None:
    async def act(it: Project) -> None:
        source = reader(it)
        for _ in range(40):
            for object_id in it.runs:
                await source.deployment(PROJECT, object_id)
            await asyncio.sleep(0.5)

    project = estate(3)
    project.play(act)
    moments = project.moments()
    assert moments == [0.0, 5.5, 11.0, 16.5]
    assert project.kinds["by id"] == 1


class TestOurOwnWrites:
    def test_a_read_right_after_one_never_comes_from_a_list_of_before(self) -> None:
        async def act(it: Project) -> list[int]:
            source = reader(it)
            await read_all(it, source)
            it.runs["d-1"].version = 9
            await it.client.update_deployment(PROJECT, ById("d-1"), 5, [Redeploy()])
            return [(await source.deployment(PROJECT, name)).version for name in ("d-0", "d-1", "d-2")]

        project = estate(3)
        assert project.play(act) == [5, 9, 5]
        assert project.moments("d-1") == [0.0, 0.0]  # the POST, and the read; the others come from the list

    def test_an_object_is_read_again_after_a_write_whose_answer_was_lost(self) -> None:
        def lose(call: Call) -> None:
            if call.what == "d-1":
                raise httpx.ReadTimeout("too slow")

        async def act(it: Project) -> int:
            source = reader(it)
            await read_all(it, source)
            it.runs["d-1"].version = 9
            it.answer = lose
            with pytest.raises(NetworkError):
                await it.client.update_deployment(PROJECT, ById("d-1"), 5, [Redeploy()])
            it.answer = lambda _: None
            return (await source.deployment(PROJECT, "d-1")).version

        assert estate(3).play(act) == 9

    def test_what_we_deleted_is_not_shown_by_a_list_of_before(self) -> None:
        async def act(it: Project) -> None:
            source = reader(it)
            await read_all(it, source)
            del it.runs["d-1"]
            with pytest.raises(NotFoundError):
                await it.client.delete_deployment(PROJECT, ById("d-1"))
            with pytest.raises(NotFoundError):
                await source.deployment(PROJECT, "d-1")

        estate(3).play(act)

    @pytest.mark.parametrize("seed", range(20))
    def test_no_read_is_older_than_a_write_of_any_writer_before_it(self, seed: int) -> None:
        chance = random.Random(seed)

        async def act(it: Project) -> int:
            source, names, answered = reader(it), list(it.runs), dict.fromkeys(it.runs, 5)
            reads = 0

            async def write() -> None:
                name = chance.choice(names)
                run = it.runs[name]
                run.version += 1
                made = run.version
                await it.client.update_deployment(PROJECT, ById(name), made - 1, [Redeploy()])
                answered[name] = max(made, answered[name])

            async def read() -> None:
                nonlocal reads
                name = chance.choice(names)
                least = answered[name]
                assert (await source.deployment(PROJECT, name)).version >= least
                reads += 1

            async def operation() -> None:
                for _ in range(100):
                    await asyncio.sleep(chance.random())
                    it.latency = chance.choice([0.05, 0.5, 2.0])
                    await (write if chance.random() < 0.2 else read)()

            await asyncio.gather(*(operation() for _ in range(5)))
            return reads

        project = estate(10)
        assert project.play(act) > 300
        assert project.kinds["list"] > 5

    def test_no_list_serves_a_read_while_a_write_is_under_way(self) -> None:
        async def act(it: Project) -> None:
            source = reader(it)
            await read_all(it, source)
            it.latency = 1.0
            writing = asyncio.ensure_future(it.client.delete_deployment(PROJECT, ById("d-1")))
            await asyncio.sleep(0.5)
            await source.deployment(PROJECT, "d-1")
            await writing

        project = estate(3)
        project.play(act)
        assert project.moments("d-1") == [0.0, 0.5]

    def test_a_list_that_lags_behind_an_answer_is_not_believed(self) -> None:
        """Lists may be eventually consistent (API §19 #39)."""

        async def act(it: Project) -> Deployment:
            it.runs["d-1"].version = 9
            await it.client.get_deployment(PROJECT, ById("d-1"))
            it.answer = lambda call: lagging(it) if call.what == "list" else None
            source = reader(it)
            await source.deployment(PROJECT, "d-0")
            return await source.deployment(PROJECT, "d-1")

        def lagging(it: Project) -> httpx.Response:
            shown = (run.shown(name, 0.0) for name, run in it.runs.items())
            results = [{**each, "version": 5} for each in shown if each is not None]
            return httpx.Response(200, json={"results": results, "total": 3})

        assert estate(3).play(act).version == 9

    def test_a_server_that_shows_an_older_version_is_asked_again(self) -> None:
        async def act(it: Project) -> Deployment:
            it.client.versions.record("d-0", 6)
            asyncio.get_running_loop().call_later(1.2, lambda: setattr(it.runs["d-0"], "version", 6))
            return await reader(it).deployment(PROJECT, "d-0")

        assert estate(1).play(act).version == 6

    def test_a_server_that_keeps_showing_an_older_version_is_not_believed(self) -> None:
        async def act(it: Project) -> None:
            it.client.versions.record("d-0", 6)
            with pytest.raises(UnexpectedAnswerError, match="version 5 of d-0"):
                await reader(it).deployment(PROJECT, "d-0")

        project = estate(1)
        project.play(act)
        assert project.moments("d-0") == [0.0, 0.5, 1.5, 3.5, 7.5]


class TestWhatTheListDoesNotShow:
    def test_only_the_read_by_id_says_that_something_is_gone(self) -> None:
        async def act(it: Project) -> None:
            source = reader(it)
            await read_all(it, source)
            with pytest.raises(NotFoundError):
                await source.deployment(PROJECT, "d-none")

        project = estate(3)
        project.play(act)
        assert project.moments("d-none") == [0.0]

    @pytest.mark.parametrize("flaw", ["hidden", "excerpt", "broken"])
    def test_what_it_hides_is_read_by_id(self, flaw: str) -> None:
        project = estate(3)
        setattr(project.runs["d-2"], flaw, True)
        shown = project.play(lambda it: read_all(it, reader(it)))
        assert [each.id for each in shown] == ["d-0", "d-1", "d-2"]
        assert project.moments("d-2") == [0.0]


class TestTrouble:
    def test_one_object_that_is_read_twice_in_a_row_is_no_reason_for_a_list(self) -> None:
        async def act(it: Project) -> None:
            source = reader(it)
            for _ in range(2):
                await source.deployment(PROJECT, "d-0")

        project = estate(3)
        project.play(act)
        assert project.kinds == {"by id": 2}

    def test_a_list_that_is_refused_leaves_the_ids_and_is_not_asked_for_again_soon(self) -> None:
        async def act(it: Project) -> None:
            source = reader(it)
            for _ in range(2):
                await read_all(it, source, parallel=2)

        project = estate(10)
        project.answer = lambda call: refusal(403, "AuthorizationError") if call.what == "list" else None
        project.play(act)
        assert project.kinds == {"by id": 20, "list": 1}

    @pytest.mark.parametrize("broken", [refusal(503, "ServiceUnavailable"), httpx.ReadTimeout("too slow")])
    def test_a_list_that_always_fails_leaves_the_ids_as_well(self, broken: httpx.Response | Exception) -> None:
        """A project may have grown so large that a gateway gives up on its list, which breaks no refresh."""

        def answer(call: Call) -> httpx.Response | None:
            if call.what == "list" and isinstance(broken, Exception):
                raise broken
            return broken if call.what == "list" and isinstance(broken, httpx.Response) else None

        project = estate(100, answer=answer)
        shown = project.play(lambda it: read_all(it, reader(it), parallel=8))
        assert [each.id for each in shown] == list(project.runs)
        assert project.kinds == {"by id": 100 + 1, "list": 5}

    def test_who_is_asked_to_slow_down_asks_for_nothing_else_instead(self) -> None:
        async def act(it: Project) -> None:
            source = reader(it)
            await source.deployment(PROJECT, "d-0")
            it.answer = lambda _: refusal(429, "TooManyRequests")
            with pytest.raises(RateLimitedError):
                await source.deployment(PROJECT, "d-1")

        project = estate(3)
        project.play(act)
        assert project.kinds == {"by id": 1, "list": 5}

    def test_who_may_see_nothing_hears_so(self) -> None:
        async def act(it: Project) -> None:
            with pytest.raises(ForbiddenError):
                await read_all(it, reader(it))

        project = estate(1)
        project.answer = lambda _: refusal(403, "AuthorizationError")
        project.play(act)

    def test_an_outage_is_reported_to_all_with_the_calls_of_one(self) -> None:
        async def act(it: Project) -> list[object]:
            source = reader(it)
            await source.deployment(PROJECT, "d-299")
            it.answer = lambda _: refusal(503, "ServiceUnavailable")
            reads = [source.deployment(PROJECT, object_id) for object_id in it.runs]
            return list(await asyncio.gather(*reads, return_exceptions=True))

        project = estate(300)
        assert {type(each) for each in project.play(act)} == {ServerError}
        assert project.kinds == {"by id": 1 + 5, "list": 5}  # is it the list alone? one of them finds out

    def test_a_read_that_is_given_up_stops_no_other_read(self) -> None:
        async def act(it: Project) -> list[Deployment]:
            source = reader(it)
            await source.deployment(PROJECT, "d-0")
            it.latency = 3.0
            reads = [asyncio.ensure_future(source.deployment(PROJECT, f"d-{number}")) for number in range(1, 4)]
            await asyncio.sleep(1)
            reads[0].cancel()  # the one that asked for the list
            return await asyncio.gather(*reads[1:])

        project = estate(4)
        assert [each.id for each in project.play(act)] == ["d-2", "d-3"]
        assert project.kinds["list"] == 1

    def test_when_all_are_given_up_the_list_is_too(self) -> None:
        async def act(it: Project) -> None:
            source = reader(it)
            await source.deployment(PROJECT, "d-0")
            it.latency = 3.0
            reading = asyncio.ensure_future(source.deployment(PROJECT, "d-1"))
            await asyncio.sleep(1)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await asyncio.sleep(0)  # a cancelled task ends with the next turn of the loop

        estate(3).play(act)  # which demands that nothing is left running
