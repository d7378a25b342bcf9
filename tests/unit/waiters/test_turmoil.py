"""Waits that come and go at any moment, and lists that are of no use, do not disturb other waits."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise
from typing import Any

import httpx
import pytest

from commercetools_connect.core.resource import OperationContext
from commercetools_connect.waiters import WaitStatus
from tests.unit.api.fake_network import refusal
from tests.unit.waiters.project import INTERVAL, PROJECT, Call, Project, Waited


def estate(size: int, **more: Any) -> Project:
    project = Project(**more)
    for number in range(size):
        project.add(f"d-{number}", 200.0 + number % INTERVAL)
    return project


class TestComingAndGoing:
    @pytest.mark.parametrize("turns", range(25))
    @pytest.mark.parametrize("latency", [0.0, 3.0], ids=["between two looks", "in the middle of a look"])
    def test_a_wait_may_begin_in_the_very_moment_in_which_the_last_one_is_cancelled(
        self, turns: int, latency: float
    ) -> None:
        project = estate(2, latency=latency)

        async def act(it: Project) -> Waited:
            context = OperationContext("api", "key")
            first = asyncio.ensure_future(it.wait("d-0", context=context))
            await asyncio.sleep(6)  # a look that began at second 5 is under way, if it takes any time
            context.cancellation.cancel()
            for _ in range(turns):
                await asyncio.sleep(0)
            second = await it.wait("d-1")
            assert (await first).outcome.ending is WaitStatus.CANCELLED
            return second

        assert project.play(act).outcome.success

    @pytest.mark.parametrize("turns", range(25))
    def test_or_in_which_the_last_one_succeeds(self, turns: int) -> None:
        project = estate(2)
        project.add("first", 12.0)

        async def act(it: Project) -> Waited:
            first = asyncio.ensure_future(it.wait("first"))
            await asyncio.sleep(15)
            for _ in range(turns):
                await asyncio.sleep(0)
            second = await it.wait("d-1")
            assert (await first).at == 15
            return second

        assert project.play(act).outcome.success

    @pytest.mark.parametrize("seed", range(10))
    def test_there_are_never_two_polls_under_way_for_one_list_as_subscribers_come_and_go(self, seed: int) -> None:
        chance = random.Random(seed)
        project = estate(8, latency=7.0)

        async def act(it: Project) -> list[Waited | BaseException]:
            async def visitor(object_id: str) -> None:
                while it.clock.monotonic() < 150:
                    await asyncio.sleep(chance.random() * 6)
                    context = OperationContext("api", "key")
                    wait = asyncio.ensure_future(it.wait(object_id, context=context))
                    await asyncio.sleep(chance.random() * 20)
                    wait.cancel() if chance.random() < 0.5 else context.cancellation.cancel()
                    await asyncio.gather(wait, return_exceptions=True)

            stays = [it.wait(name) for name in ("d-6", "d-7")] if seed % 2 else []
            visitors = [visitor(f"d-{number}") for number in range(6)]
            return list(await asyncio.gather(*stays, *visitors, return_exceptions=True))

        outcomes = project.play(act)
        assert not [each for each in outcomes if isinstance(each, BaseException)]
        assert all(each.outcome.success for each in outcomes if isinstance(each, Waited))
        assert project.kinds["list"] > 5
        assert project.most_lists_at_once == 1

    def test_a_second_wait_for_the_same_object_gets_nothing_that_was_asked_for_before_it_began(self) -> None:
        project = estate(2, latency=3.0)

        async def act(it: Project) -> float:
            first, other = it.watcher.deployment(PROJECT, "d-0"), it.watcher.deployment(PROJECT, "d-1")
            looks = [asyncio.ensure_future(anext(each)) for each in (first, other)]
            await asyncio.sleep(6)  # the list of second 5 is under way
            second = it.watcher.deployment(PROJECT, "d-0")
            await anext(second)
            seen_at = it.clock.monotonic()
            await asyncio.gather(*looks)
            await asyncio.gather(*(each.aclose() for each in (first, second, other)))
            return seen_at

        assert project.play(act) == 14  # 5 + 3 for the list, a pause of 3, and 3 for the next one


class TestAListThatIsOfNoUse:
    @pytest.mark.parametrize(
        "junk",
        [{"version": 1}, {"id": {}}, {"id": None}, {"id": True}, {"id": ""}, "junk", 5, ["d-0"], None],
        ids=repr,
    )
    def test_an_entry_that_cannot_be_an_object_takes_the_list_from_no_subscriber(self, junk: object) -> None:
        project = estate(50)

        def answer(call: Call) -> httpx.Response | None:
            if call.what != "list":
                return None
            shown = [run.shown(name, call.at) for name, run in project.runs.items()]
            return httpx.Response(200, json={"results": [junk, *shown], "total": 51})

        project.answer = answer
        waited = project.play(Project.wait_for_all)
        assert all(each.outcome.success and each.lag <= INTERVAL for each in waited)
        assert project.kinds["by id"] <= 1

    @pytest.mark.parametrize("broken", [refusal(503, "ServiceUnavailable"), httpx.ReadTimeout("too slow")])
    @pytest.mark.parametrize("size", [2, 30])
    def test_one_that_always_fails_is_no_outage_while_the_objects_can_be_read(
        self, broken: httpx.Response | Exception, size: int
    ) -> None:
        project = Project()
        for number in range(size):
            project.add(f"d-{number}", 1200.0)  # long after an outage would have been given up on

        def answer(call: Call) -> httpx.Response | None:
            if call.what == "list" and isinstance(broken, Exception):
                raise broken
            return broken if call.what == "list" and isinstance(broken, httpx.Response) else None

        project.answer = answer
        waited = project.play(Project.wait_for_all)
        assert all(each.outcome.success for each in waited)
        assert max(each.lag for each in waited) <= 60
        tries = [later - earlier for earlier, later in pairwise(project.moments()) if later - earlier > 20]
        assert min(tries) >= 60  # and it is left alone for a while

    def test_a_list_that_answers_again_is_read_again(self) -> None:
        project = estate(100)
        project.answer = lambda call: (
            refusal(503, "ServiceUnavailable") if call.what == "list" and call.at < 50 else None
        )
        waited = project.play(Project.wait_for_all)
        assert all(each.outcome.success and each.lag <= INTERVAL for each in waited)
        assert not [call for call in project.calls if call.what != "list" and 100 < call.at < 200]

    def test_objects_that_slip_past_the_pages_while_they_are_read_are_not_missed(self) -> None:
        """Another client deletes objects of the first page: the next page begins later than it should."""
        project = Project()
        for number in range(600):
            project.add(f"d-{number}", 12.0 + number % INTERVAL)

        def answer(call: Call) -> None:
            if call.what == "list" and call.offset == 500:
                for name in [name for name in project.runs if name.startswith("other")][:3]:
                    del project.runs[name]

        project.answer = answer
        for number in range(30):
            project.add(f"other-{number}", 1e9)

        async def act(it: Project) -> list[Waited]:
            return list(await asyncio.gather(*(it.wait(f"d-{number}") for number in range(600))))

        waited = project.play(act)
        assert all(each.outcome.success and each.lag <= INTERVAL for each in waited)
        assert {call.offset for call in project.calls if call.what == "list"} == {0, 500}


def test_projects_do_not_know_of_each_others_waits() -> None:
    project = estate(2)

    async def act(it: Project) -> Waited:
        other = it.watcher.deployment("another-project", "d-1")
        await anext(other)
        waited = await it.wait("d-0")
        await other.aclose()
        return waited

    assert project.play(act).outcome.success
    assert not project.moments()  # one wait of a project is read by its id
