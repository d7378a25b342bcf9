"""However many deployments look at the wiring of a project, a round takes two lists, and only those needed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import pytest

from commercetools_connect.api import ConnectClient, Connection, ForbiddenError, RetryBudget, ServerError
from commercetools_connect.api.wiring import EVERY_KIND, WiringKind
from commercetools_connect.waiters.sources import ReadError
from commercetools_connect.waiters.wiring import LOOK_INTERVAL, WiringReader, WiringSnapshot
from tests.support.virtual import VirtualClock, run_virtually
from tests.unit.api.fake_network import TOKEN, json_answer, refusal

T = TypeVar("T")

PROJECT = "acme-dev"
EXTENSIONS, SUBSCRIPTIONS = frozenset({WiringKind.EXTENSION}), frozenset({WiringKind.SUBSCRIPTION})


@dataclass
class Shop:
    """The HTTP API on virtual time. An object is there from its moment on; `answer` may replace an answer."""

    scope: str = f"manage_project:{PROJECT} manage_project:acme-prod"
    latency: float = 0.0
    there: dict[str, dict[str, float]] = field(default_factory=lambda: {"extensions": {}, "subscriptions": {}})
    answer: Callable[[str], httpx.Response | None] = lambda _: None
    calls: list[tuple[float, str]] = field(default_factory=list)

    def play(self, act: Callable[[WiringReader], Coroutine[Any, Any, T]]) -> T:
        async def work() -> T:
            connection = Connection("http://127.0.0.1:1", "http://127.0.0.1:1", "client", "secret")
            clock = VirtualClock()
            transport = httpx.MockTransport(self._serve)
            async with ConnectClient(
                connection, clock=clock, budget=RetryBudget(), jitter=lambda: 0.5, transport=transport
            ) as client:
                return await act(WiringReader(client.wiring(), clock))

        return run_virtually(work())

    @property
    def kinds(self) -> Counter[str]:
        return Counter(path.rpartition("/")[2] for _, path in self.calls)

    def moments(self, kind: str = "extensions", project: str = PROJECT) -> list[float]:
        return [at for at, path in self.calls if path == f"/{project}/{kind}"]

    async def _serve(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return json_answer({"access_token": TOKEN, "expires_in": 172800, "scope": self.scope})
        now = asyncio.get_running_loop().time()
        self.calls.append((now, request.url.path))
        kind = request.url.path.rpartition("/")[2]
        shown = [{"id": name, "key": name} for name, at in self.there[kind].items() if at <= now]
        answer = self.answer(kind) or json_answer({"limit": 500, "offset": 0, "results": shown})
        await asyncio.sleep(self.latency)
        return answer


async def wait_for(
    reader: WiringReader, key: str, *, starts: float = 0.0, kinds: Any = EVERY_KIND, project: str = PROJECT
) -> tuple[float, int]:
    """Look from a moment on until the Extension is there; return when that was, and after how many looks."""
    await asyncio.sleep(starts)
    looks = 0
    begun = asyncio.get_running_loop().time()
    async for found in reader.looks(project, kinds, begun):
        looks += 1
        assert isinstance(found, WiringSnapshot)
        assert found.began >= begun
        if key in [each.key for each in found.extensions]:
            break
    return asyncio.get_running_loop().time(), looks


@pytest.mark.parametrize("count", [1, 2, 100])
def test_a_round_is_two_lists_for_all_deployments_that_wait(count: int) -> None:
    shop = Shop(latency=0.2)
    shop.there["extensions"] = {"late": 35.0}

    async def act(reader: WiringReader) -> list[tuple[float, int]]:
        return list(await asyncio.gather(*(wait_for(reader, "late") for _ in range(count))))

    ended = shop.play(act)
    assert shop.kinds == {"extensions": 5, "subscriptions": 5}
    assert shop.moments() == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert {(round(at, 3), looks) for at, looks in ended} == {(40.2, 5)}
    assert len(ended) == count


def test_deployments_that_begin_to_wait_at_different_times_share_their_rounds() -> None:
    shop = Shop()
    shop.there["extensions"] = {"late": 35.0}

    async def act(reader: WiringReader) -> list[tuple[float, int]]:
        return list(await asyncio.gather(*(wait_for(reader, "late", starts=each * 3.7) for each in range(8))))

    ended = shop.play(act)
    assert shop.moments() == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert {at for at, _ in ended} == {40.0}


def test_what_is_there_is_seen_at_the_first_look_without_a_pause() -> None:
    shop = Shop()
    shop.there["extensions"] = {"there": 0.0}
    assert shop.play(lambda reader: wait_for(reader, "there")) == (0.0, 1)
    assert shop.kinds == {"extensions": 1, "subscriptions": 1}


def test_a_look_never_shows_what_was_there_before_the_run_ended() -> None:
    shop = Shop(latency=3.0)

    async def act(reader: WiringReader) -> None:
        first = asyncio.create_task(reader.look(PROJECT, EXTENSIONS, 0.0))
        await asyncio.sleep(1.0)
        found = await reader.look(PROJECT, EXTENSIONS, 1.0)
        assert (await first).began == 0.0
        assert found.began >= 1.0

    shop.play(act)
    assert shop.moments() == [0.0, LOOK_INTERVAL]


def test_a_kind_that_no_deployment_expects_is_not_listed() -> None:
    shop = Shop()
    shop.there["subscriptions"] = {"orders": 0.0}

    async def act(reader: WiringReader) -> WiringSnapshot:
        return await reader.look(PROJECT, SUBSCRIPTIONS)

    found = shop.play(act)
    assert shop.kinds == {"subscriptions": 1}
    assert ([each.key for each in found.subscriptions], found.extensions) == (["orders"], ())


def test_a_refresh_of_a_hundred_deployments_takes_two_lists() -> None:
    shop = Shop(latency=0.05)

    async def act(reader: WiringReader) -> float:
        for _ in range(10):  # as many at once as an engine has under way
            await asyncio.gather(*(reader.look(PROJECT) for _ in range(10)))
        return asyncio.get_running_loop().time()

    assert shop.play(act) == pytest.approx(0.05)
    assert shop.kinds == {"extensions": 1, "subscriptions": 1}


def test_what_a_refresh_is_shown_is_an_interval_old_at_most() -> None:
    shop = Shop()

    async def act(reader: WiringReader) -> None:
        for _ in range(5):
            before = asyncio.get_running_loop().time()
            found = await reader.look(PROJECT, EXTENSIONS)
            assert asyncio.get_running_loop().time() == before
            assert found.began >= before - LOOK_INTERVAL
            await asyncio.sleep(6.0)

    shop.play(act)
    assert shop.moments() == [0.0, 12.0, 24.0]


def test_projects_have_rounds_of_their_own() -> None:
    shop = Shop()
    shop.there["extensions"] = {"late": 5.0}

    async def act(reader: WiringReader) -> None:
        await asyncio.gather(wait_for(reader, "late"), wait_for(reader, "late", project="acme-prod"))

    shop.play(act)
    assert shop.moments() == shop.moments(project="acme-prod") == [0.0, 10.0]


def test_a_missing_scope_ends_a_wait_without_a_call() -> None:
    shop = Shop(scope=f"manage_extensions:{PROJECT}")

    async def act(reader: WiringReader) -> None:
        with pytest.raises(ForbiddenError, match=f"manage_subscriptions:{PROJECT}"):
            await reader.look(PROJECT)
        found = await reader.looks(PROJECT).__anext__()
        assert isinstance(found, ReadError)
        assert found.lasting
        await reader.look(PROJECT, EXTENSIONS)

    shop.play(act)
    assert shop.kinds == {"extensions": 1}


def test_a_wait_survives_an_outage_and_asks_no_more_often() -> None:
    shop = Shop()
    shop.there["extensions"] = {"there": 0.0}
    shop.answer = lambda _: refusal(502) if asyncio.get_running_loop().time() < 60 else None

    async def act(reader: WiringReader) -> tuple[int, float]:
        errors = 0
        async for found in reader.looks(PROJECT, EXTENSIONS, 0.0):
            if isinstance(found, WiringSnapshot):
                break
            assert not found.lasting
            assert isinstance(found.error, ServerError)
            errors += 1
        return errors, asyncio.get_running_loop().time()

    errors, ended = shop.play(act)
    assert errors >= 2
    assert 60 <= ended <= 80


def test_the_server_may_ask_for_a_longer_pause() -> None:
    shop = Shop()
    shop.answer = lambda _: (
        httpx.Response(403, json={"message": "no"}, headers={"Retry-After": "45"})
        if len(shop.calls) == 1
        else None
    )

    async def act(reader: WiringReader) -> None:
        with pytest.raises(ForbiddenError):
            await reader.look(PROJECT, EXTENSIONS)
        await reader.look(PROJECT, EXTENSIONS)

    shop.play(act)
    assert shop.moments() == [0.0, 45.0]


def test_who_gives_up_does_not_stop_the_others() -> None:
    shop = Shop(latency=2.0)

    async def act(reader: WiringReader) -> WiringSnapshot:
        impatient = asyncio.create_task(reader.look(PROJECT))
        patient = asyncio.create_task(reader.look(PROJECT))
        await asyncio.sleep(1.0)
        impatient.cancel()
        return await patient

    assert shop.play(act).began == 0.0
    assert shop.kinds == {"extensions": 1, "subscriptions": 1}
