"""Ten minutes without an answer, in the middle of a wait: it goes on, and the terminal says what it waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from commercetools_connect.core.results import State
from tests.hostile.scenes import TOKEN, Scene, prepare
from tests.hostile.service import Service, Visit
from tests.support.virtual import run_virtually

OUTAGE = 600.0


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


def unavailable(request: httpx.Request) -> httpx.Response:
    return httpx.Response(503, html="<h1>Service Unavailable</h1>", request=request)


async def through_an_outage(
    service: Service, scene: Scene, trouble: Callable[[httpx.Request], httpx.Response]
) -> Visit:
    """Perform a scene in which the API does not answer, from the first read after a write on, tokens included."""
    await service.begin(scene.dump)
    began: list[float] = []

    def answer(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        now = asyncio.get_running_loop().time()
        if began and now < began[0] + OUTAGE:
            return trouble(request)
        if request.method == "POST" and not TOKEN.fullmatch(f"POST {request.url.path}") and not began:
            began.append(now)
        return response

    service.answer = answer
    return await Visit(service).perform(scene.kind, scene.act)


@pytest.mark.parametrize("trouble", [refused, unavailable])
@pytest.mark.parametrize("name", ["create deployment", "create publication", "update deployment"])
def test_a_wait_survives_it_within_its_time_limit(
    name: str, trouble: Callable[[httpx.Request], httpx.Response]
) -> None:
    """Nothing is sent twice, and the status line says for how long nothing could be read."""

    async def whole() -> tuple[Visit, list[str]]:
        service = Service()
        scene = (await prepare(service))[name]
        visit = await through_an_outage(service, scene, trouble)
        return visit, [each.method for each in service.asked if not TOKEN.fullmatch(f"POST {each.url.path}")]

    visit, methods = run_virtually(whole())

    assert visit.error is None, visit.error
    assert isinstance(visit.result, State)
    assert visit.seconds > OUTAGE
    assert methods.count("POST") == 1
    assert any("cannot be read, trying again (for 9 min" in status for status in visit.said.statuses)
    assert len(methods) < 120, "gentle"
