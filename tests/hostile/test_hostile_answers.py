"""However an answer is spoilt: it is tolerated or a clear error; no hang, no crash, no tricks on the terminal."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import httpx
import pytest

from commercetools_connect.core.results import State
from tests.hostile.mutations import GREAT, Mutation, mutations
from tests.hostile.scenes import CONNECTOR, DEPLOYMENT, DRAFT, TOKEN, WRITTEN, Scene, meet, prepare, spoil
from tests.hostile.service import Service
from tests.support.virtual import run_virtually

SEEDS = (1, 2, 3)
SAMPLE = 30
"""Mutations of each answer that each longer operation meets, drawn with each seed."""

READS = {
    "read draft": [DRAFT],
    "read publication": [CONNECTOR],
    "read deployment": [DEPLOYMENT],
}
RUNS = {
    "read publication": [DRAFT],
    "create draft": [WRITTEN, DRAFT],
    "update draft": [WRITTEN, DRAFT],
    "delete draft": [WRITTEN, DRAFT],
    "create publication": [WRITTEN, DRAFT, CONNECTOR],
    "create deployment": [WRITTEN, DEPLOYMENT, CONNECTOR],
    "update deployment": [WRITTEN, DEPLOYMENT],
    "delete deployment": [WRITTEN, DEPLOYMENT],
}


async def answers_to(service: Service, scene: Scene, which: re.Pattern[str]) -> Any:
    """Return the last of the JSON answers to such calls, as the operation normally meets them."""
    await service.begin(scene.dump)
    seen: list[Any] = []

    def note(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if which.fullmatch(f"{request.method} {request.url.path}") and response.is_success:
            seen.append(json.loads(response.content))
        return response

    await meet(service, scene, note, "nothing")
    return seen[-1] if seen else None


@pytest.mark.parametrize("name", READS)
def test_a_refresh_survives_every_mutation_of_what_it_reads(name: str) -> None:
    """No spoilt answer lets the state forget the object: no answer means "gone"."""

    async def whole() -> int:
        service = Service()
        scene = (await prepare(service))[name]
        met = 0
        for which in READS[name]:
            document = await answers_to(service, scene, which)
            service.remembers = True
            for mutation in mutations(document):
                visit = await meet(service, scene, spoil(which, mutation), mutation)
                assert visit.error is not None or isinstance(visit.result, State), mutation
                met += 1
        return met

    assert run_virtually(whole()) > 400


@pytest.mark.parametrize("name", RUNS)
def test_every_other_operation_survives_what_fixed_seeds_draw(name: str) -> None:
    """Answers to writes and to every look of the wait; the operation ends within its time limit."""

    async def whole() -> int:
        service = Service()
        scene = (await prepare(service))[name]
        met = 0
        for which in RUNS[name]:
            document = await answers_to(service, scene, which)
            if document is None:
                continue
            every = list(mutations(document))
            for seed in SEEDS:
                chance = random.Random(seed)
                for mutation in chance.sample(every, min(SAMPLE // len(SEEDS), len(every))):
                    await service.begin(scene.dump)
                    times = chance.choice([1, 3, 10_000])
                    await meet(service, scene, spoil(which, mutation, times), f"{mutation}, {times} times")
                    met += 1
        return met

    assert run_virtually(whole()) >= SAMPLE


@pytest.mark.parametrize("name", ["read draft", "create deployment"])
def test_a_spoilt_token_never_becomes_a_header_or_an_error_that_shows_it(name: str) -> None:
    """Every mutation of what the token host answers."""

    async def whole() -> int:
        service = Service()
        scene = (await prepare(service))[name]
        document = await answers_to(service, scene, TOKEN)
        every = list(mutations(document))
        for mutation in every:
            await service.begin(scene.dump)
            await meet(service, scene, spoil(TOKEN, mutation), mutation)
        return len(every)

    assert run_virtually(whole()) > 40


ENVELOPE = {
    "statusCode": 404,
    "message": "The object does not exist.",
    "errors": [
        {
            "code": "ResourceNotFound",
            "message": "The object does not exist.",
            "detailedErrorMessage": "gone",
            "field": "key",
            "duplicateValue": "x",
            "currentVersion": 3,
        }
    ],
}


@pytest.mark.parametrize(
    ("status", "step"), [(404, 1), (400, 3), (401, 5), (403, 5), (409, 5), (429, 7), (503, 7)]
)
def test_a_spoilt_error_is_reported_in_words(status: int, step: int) -> None:
    """And only one that still says `ResourceNotFound` under 404 means that the object is gone."""

    async def whole() -> int:
        service = Service()
        scene = (await prepare(service))["read deployment"]
        await service.begin(scene.dump)
        every = list(mutations(ENVELOPE))[::step]
        for mutation in every:
            body = mutation.apply(ENVELOPE)

            def refuse(request: httpx.Request, response: httpx.Response, body: bytes = body) -> httpx.Response:
                return (
                    response
                    if TOKEN.fullmatch(f"POST {request.url.path}")
                    else httpx.Response(status, content=body)
                )

            visit = await meet(service, scene, refuse, f"{status}: {mutation}")
            if visit.error is None:
                assert visit.result is None, mutation
                assert status == 404, mutation
                assert b"ResourceNotFound" in body, mutation
        return len(every)

    assert run_virtually(whole()) > 80 // step


@pytest.mark.parametrize("what", GREAT)
@pytest.mark.parametrize(
    ("name", "which", "path"),
    [
        ("read deployment", DEPLOYMENT, ("details", "build", "report")),
        ("read deployment", DEPLOYMENT, ("status",)),
        ("read deployment", DEPLOYMENT, ("unheard_of",)),
        ("create deployment", WRITTEN, ("connector", "name")),
        ("read publication", CONNECTOR, ("repository", "tag")),
        ("update draft", DRAFT, ("name",)),
    ],
)
def test_megabytes_and_depths_are_endured(
    name: str, which: re.Pattern[str], path: tuple[str, ...], what: str
) -> None:
    """Ten megabytes of escapes in one text, and objects in objects without an end."""

    async def whole() -> None:
        service = Service()
        scene = (await prepare(service))[name]
        await service.begin(scene.dump)
        await meet(service, scene, spoil(which, Mutation(path, what), times=2), f"{path}: {what}")

    run_virtually(whole())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("calls", [TOKEN, re.compile(r"(?!POST /oauth).*")], ids=["token", "API"])
def test_a_redirect_to_another_host_is_not_followed(calls: re.Pattern[str], status: int) -> None:
    """Neither the token nor the credentials are sent to an address in an answer."""

    async def whole() -> None:
        service = Service()
        for name, scene in (await prepare(service)).items():
            await service.begin(scene.dump)

            def point_away(request: httpx.Request, response: httpx.Response) -> httpx.Response:
                if not calls.fullmatch(f"{request.method} {request.url.path}"):
                    return response
                return httpx.Response(status, headers={"location": f"https://evil.example{request.url.path}"})

            visit = await meet(service, scene, point_away, f"{name}: {status}")
            assert visit.error is not None, name

    run_virtually(whole())


def endless(results: Any, total: object, request: httpx.Request) -> httpx.Response:
    number = int(request.url.params.get("offset", 0))
    body = {"limit": 500, "offset": number, "count": len(results), "total": total, "results": results}
    return httpx.Response(200, json=body)


@pytest.mark.parametrize("total", [10_000, 10**30, None, -1])
@pytest.mark.parametrize("how", ["the same", "one more", "nothing"])
def test_a_list_without_an_end_is_not_read_for_ever(how: str, total: int | None) -> None:
    """Pages that repeat, grow by one each time, or are empty while there is said to be more."""

    async def whole() -> None:
        service = Service()
        scene = (await prepare(service))["delete draft"]
        await service.begin(scene.dump)
        lists = re.compile(r"GET /[^/]+/deployments")

        def loop(request: httpx.Request, response: httpx.Response) -> httpx.Response:
            if not lists.fullmatch(f"{request.method} {request.url.path}"):
                return response
            number = request.url.params.get("offset", "0") if how == "one more" else "0"
            entry = {"id": f"d-{number}", "version": 1, "status": "Deployed", "applications": [], "connector": {}}
            return endless([] if how == "nothing" else [entry], total, request)

        await meet(service, scene, loop, f"{how}, {total}")

    run_virtually(whole())
