"""However many wait, they ask as one: exact numbers of calls and exact delays, on virtual time."""

from __future__ import annotations

import asyncio
import functools
import itertools
import math
from itertools import pairwise
from statistics import mean

import httpx
import pytest

from commercetools_connect.core.resource import OperationContext
from commercetools_connect.waiters import UNDEPLOY, Found, ReadError, WaitStatus
from commercetools_connect.waiters.poller import LIST_COOLDOWN
from tests.unit.api.fake_network import refusal
from tests.unit.waiters.project import INTERVAL, PROJECT, Call, Project, Waited

PAGE = 500


def estate(size: int, first: float = 61.0) -> Project:
    """Make runs that end one after another, at every distance from a look."""
    project = Project()
    for number in range(size):
        project.add(f"d-{number}", first + number % 10 * INTERVAL + (number * 0.618034 % 1) * INTERVAL)
    return project


@functools.cache
def played(size: int) -> tuple[Project, list[Waited]]:
    """Wait for all of an estate, once for all tests."""
    project = estate(size, 11.0)
    return project, project.play(Project.wait_for_all)


class TestCounts:
    def test_one_wait_is_read_by_its_id_and_nothing_else_is_asked(self) -> None:
        project = Project()
        project.add("d-0", 62.0)
        (waited,) = project.play(Project.wait_for_all)
        assert waited.outcome.success
        assert waited.lag == 3.0
        assert project.kinds == {"by id": 13}
        assert project.moments("d-0") == [INTERVAL * look for look in range(1, 14)]

    @pytest.mark.parametrize("size", [2, 100, 500, 1200])
    def test_many_waits_share_one_list_every_five_seconds(self, size: int) -> None:
        project, waited = played(size)
        last = max(each.at for each in waited)
        looks = round(last / INTERVAL)
        assert all(each.outcome.success for each in waited)
        assert project.moments() == [INTERVAL * look for look in range(1, len(project.moments()) + 1)]
        # the last one that is waited for is read by its id again
        assert len(project.moments()) + project.kinds["by id"] == looks
        assert project.kinds["list"] <= looks * math.ceil(size / PAGE)
        assert project.kinds["by id"] <= 10

    @pytest.mark.parametrize("size", [2, 100, 500, 1200])
    def test_each_end_is_noticed_with_the_next_look(self, size: int) -> None:
        lags = [each.lag for each in played(size)[1]]
        assert all(0 <= lag <= INTERVAL for lag in lags)
        if size >= 100:
            assert mean(lags) == pytest.approx(INTERVAL / 2, abs=0.06)

    @pytest.mark.parametrize("size", [100, 500, 1200])
    def test_calls_per_500_deployments_stay_below_0_3_a_second(self, size: int) -> None:
        project, waited = played(size)
        last = max(each.at for each in waited)
        assert sum(project.kinds.values()) / last / math.ceil(size / PAGE) <= 0.3

    def test_pages_are_read_only_until_everything_that_is_waited_for_was_seen(self) -> None:
        project = estate(1200)

        async def act(it: Project) -> list[Waited]:
            # the newest stand on the first page
            return list(await asyncio.gather(*(it.wait(f"d-{number}") for number in (1190, 1199))))

        project.play(act)
        assert {call.offset for call in project.calls if call.what == "list"} == {0}

    def test_two_who_wait_for_the_same_object_need_no_list(self) -> None:
        project = Project()
        project.add("d-0", 12.0)

        async def act(it: Project) -> list[Waited]:
            return list(await asyncio.gather(it.wait("d-0"), it.wait("d-0")))

        assert [each.at for each in project.play(act)] == [15.0, 15.0]
        assert project.kinds == {"by id": 3}

    def test_nothing_is_asked_before_the_first_and_after_the_last_wait(self) -> None:
        project = estate(3)

        async def act(it: Project) -> None:
            await asyncio.sleep(60)
            assert not it.calls
            await it.wait_for_all()
            asked = len(it.calls)
            await asyncio.sleep(600)
            assert len(it.calls) == asked
            await it.wait("d-0")  # and a new one starts from the beginning
            assert len(it.calls) == asked + 1

        project.play(act)


class TestIndependence:
    def test_a_cancelled_wait_touches_no_other(self) -> None:
        project, alone = estate(10), estate(10)

        async def act(it: Project) -> list[Waited]:
            context = OperationContext("api", "key")
            asyncio.get_running_loop().call_later(12, context.cancellation.cancel)
            others = [it.wait(f"d-{number}") for number in range(1, 10)]
            cancelled, *rest = await asyncio.gather(it.wait("d-0", context=context), *others)
            assert cancelled.outcome.ending is WaitStatus.CANCELLED
            assert cancelled.at == 12
            return rest

        assert [each.at for each in project.play(act)] == [
            each.at for each in alone.play(Project.wait_for_all)[1:]
        ]
        assert project.moments() == alone.moments()

    def test_a_wait_whose_task_is_killed_touches_no_other(self) -> None:
        project = estate(3)

        async def act(it: Project) -> list[Waited]:
            victim = asyncio.create_task(it.wait("d-0"))
            asyncio.get_running_loop().call_later(7, victim.cancel)
            return list(await asyncio.gather(it.wait("d-1"), it.wait("d-2")))

        assert all(each.outcome.success for each in project.play(act))

    def test_a_mistake_of_one_observer_ends_no_other(self) -> None:
        project = estate(3)

        class Broken:
            def info(self, message: str) -> None: ...
            def warning(self, message: str) -> None: ...
            def status(self, message: str, time: str = "") -> None:
                if time == "10 s":
                    raise KeyError(message)

        async def act(it: Project) -> list[Waited | BaseException]:
            broken = it.wait("d-0", reporter=Broken())
            return list(await asyncio.gather(broken, it.wait("d-1"), it.wait("d-2"), return_exceptions=True))

        surprised, *others = project.play(act)
        assert isinstance(surprised, KeyError)
        assert all(isinstance(each, Waited) and each.outcome.success for each in others)

    def test_a_mistake_of_the_provider_itself_reaches_all_subscribers_and_none_waits_for_ever(self) -> None:
        project = estate(3)

        def answer(_: Call) -> httpx.Response:
            raise KeyError("surprise")

        project.answer = answer

        async def act(it: Project) -> list[BaseException | Waited]:
            waits = [it.wait(object_id) for object_id in it.runs]
            return list(await asyncio.gather(*waits, return_exceptions=True))

        assert [type(each) for each in project.play(act)] == [KeyError] * 3

    def test_a_wait_ends_at_its_time_limit_although_the_server_does_not_answer(self) -> None:
        project = estate(3)
        project.latency = 50.0
        waited = project.play(lambda it: it.wait_for_all(deadline=33.0))
        assert [(each.at, each.outcome.ending) for each in waited] == [(33.0, WaitStatus.TIMED_OUT)] * 3


class TestEvidence:
    def test_who_joins_gets_nothing_that_was_asked_for_before(self) -> None:
        """A list that is under way while a redeploy is accepted shows the end of the run before it."""
        project = estate(2)
        project.latency = 3.0
        project.add("late", math.inf, pending="Deployed")

        async def act(it: Project) -> object:
            others = asyncio.gather(*(it.wait(f"d-{number}") for number in range(2)))
            await asyncio.sleep(6)  # the list of second 5 is under way, and shows `late` as it was
            observations = it.watcher.deployment(PROJECT, "late")
            joined = asyncio.ensure_future(anext(observations))
            await asyncio.sleep(1)
            it.runs["late"].pending = "Deploying"
            seen = await joined
            assert it.clock.monotonic() == 14  # 5 + 3 for the list, a pause of 3, and 3 for the next one
            await observations.aclose()
            await others
            return seen

        seen = project.play(act)
        assert isinstance(seen, Found)
        assert seen.object.status == "Deploying"

    def test_who_joins_later_is_looked_at_with_the_others(self) -> None:
        project = estate(2)
        project.add("late", 14.0)

        async def act(it: Project) -> Waited:
            others = asyncio.gather(*(it.wait(f"d-{number}") for number in range(2)))
            await asyncio.sleep(11)
            late = await it.wait("late")
            await others
            return late

        assert project.play(act).at == 15.0
        assert project.kinds["list"] == len(project.moments())


class TestWhatTheListDoesNotShow:
    def test_a_missing_object_is_gone_only_when_its_id_says_so(self) -> None:
        project = Project()
        for number in range(100):
            project.add(f"d-{number}", 12.0 if number < 99 else 40.0, outcome=None, pending="Undeploying")
        waited = project.play(lambda it: it.wait_for_all(lifecycle=UNDEPLOY))
        assert all(each.outcome.success and each.lag <= INTERVAL for each in waited)
        gone = [call.what for call in project.calls if call.at == 15.0 and call.what != "list"]
        assert sorted(gone) == sorted(f"d-{number}" for number in range(99))

    def test_an_object_that_the_list_hides_is_read_by_its_id(self) -> None:
        project = estate(3)
        project.runs["d-1"].hidden = True
        waited = project.play(Project.wait_for_all)
        assert all(each.outcome.success and each.lag <= INTERVAL for each in waited)

    @pytest.mark.parametrize("flaw", ["hidden", "excerpt", "broken"])
    def test_a_list_that_is_of_no_use_does_not_become_a_hundred_calls(self, flaw: str) -> None:
        project = Project()
        for number in range(100):
            project.add(f"d-{number}", 300.0, **{flaw: True})
        waited = project.play(lambda it: it.wait_for_all(deadline=1200.0))
        assert all(each.outcome.success for each in waited)
        by_id = [call.at for call in project.calls if call.what != "list" and call.at > INTERVAL]
        assert max(by_id.count(moment) for moment in by_id) == 5
        assert max(each.lag for each in waited) <= 100 / 5 * INTERVAL + INTERVAL

    def test_another_clients_unreadable_object_disturbs_no_subscriber(self) -> None:
        project = estate(3)
        project.add("foreign", math.inf, broken=True)

        async def act(it: Project) -> list[Waited]:
            return list(await asyncio.gather(*(it.wait(f"d-{number}") for number in range(3))))

        assert all(each.outcome.success for each in project.play(act))
        assert "foreign" not in {call.what for call in project.calls}

    def test_a_failure_that_the_list_does_not_explain_is_looked_up(self) -> None:
        project = estate(2)
        project.add("d-2", 12.0, outcome="Failed", report=({"type": "Error", "title": "no quota"},))
        shown = project.runs["d-2"].shown

        def answer(call: Call) -> httpx.Response | None:
            if call.what == "list" and call.at >= 12:
                entry = shown("d-2", call.at)
                assert entry is not None
                entry["details"] = {"build": {"id": "build-d-2"}}
                others = [run.shown(name, call.at) for name, run in project.runs.items() if name != "d-2"]
                return httpx.Response(200, json={"results": [entry, *others], "total": 3})
            return None

        project.answer = answer
        failed = project.play(Project.wait_for_all)[2].outcome
        assert failed.ending is WaitStatus.FAILURE
        assert failed.last.report[0].title == "no quota"
        assert project.moments("d-2") == [15.0]

    def test_a_list_that_is_refused_leaves_the_ids(self) -> None:
        project = estate(4)
        project.answer = lambda call: refusal(403, "AuthorizationError") if call.what == "list" else None
        assert all(each.outcome.success and each.lag <= INTERVAL for each in project.play(Project.wait_for_all))
        pauses = [later - earlier for earlier, later in itertools.pairwise(project.moments())]
        assert all(pause >= LIST_COOLDOWN for pause in pauses), "it is not asked for again soon"

    def test_who_may_see_neither_hears_so_at_once(self) -> None:
        project = estate(4)
        project.answer = lambda _: refusal(403, "AuthorizationError")
        waited = project.play(Project.wait_for_all)
        assert {(each.at, each.outcome.ending) for each in waited} == {(INTERVAL, WaitStatus.UNREADABLE)}


class TestBadDays:
    def test_a_hundred_waits_in_an_outage_ask_less_than_once_a_second(self) -> None:
        project = Project()
        for number in range(100):
            project.add(f"d-{number}", 500.0)
        project.answer = lambda call: refusal(503, "ServiceUnavailable") if 10 < call.at < 490 else None
        waited = project.play(Project.wait_for_all)
        assert all(each.outcome.success for each in waited)
        during = [call.at for call in project.calls if 20 <= call.at < 490]
        assert during
        for begin in range(20, 480):
            assert sum(begin <= at < begin + 10 for at in during) < 10

    def test_all_subscribers_receive_it(self) -> None:
        project = estate(3)
        project.answer = lambda _: refusal(503, "ServiceUnavailable")

        async def act(it: Project) -> list[object]:
            watched = [it.watcher.deployment(PROJECT, object_id) for object_id in it.runs]
            seen = await asyncio.gather(*(anext(each) for each in watched))
            await asyncio.gather(*(each.aclose() for each in watched))
            return list(seen)

        assert all(isinstance(each, ReadError) and not each.lasting for each in project.play(act))

    def test_a_server_that_asks_to_wait_is_given_the_time(self) -> None:
        project = estate(10)
        busy = refusal(429, "TooManyRequests")
        busy.headers["Retry-After"] = "30"
        project.answer = lambda call: busy if call.at in (10.0, 47.0) else None
        waited = project.play(Project.wait_for_all)
        assert all(each.outcome.success for each in waited)
        first, second, *later = project.moments()
        assert (first, second) == (5.0, 10.0)
        assert later[0] >= 40.0
        assert min(second - first for first, second in pairwise(later)) > 0.8  # and then in turns

    def test_a_slow_list_is_never_asked_for_twice_at_once_and_half_the_time_at_most(self) -> None:
        project = estate(10)
        project.latency = 12.0
        waited = project.play(Project.wait_for_all)
        assert all(each.outcome.success for each in waited)
        assert project.most_lists_at_once == 1
        moments = project.moments()
        assert all(later - earlier == 24.0 for earlier, later in pairwise(moments))
