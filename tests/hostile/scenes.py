"""Every operation of every kind from where it starts, and what may be expected of each after any answer."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.resource import OperationContext, Resource
from commercetools_connect.core.results import State
from tests.hostile.mutations import Mutation
from tests.hostile.service import CLIENT_SECRET, HOST, LIMIT, Service, Visit
from tests.support.world import PROJECT, REGION, REPOSITORY

__all__ = ["CANARY", "CONNECTOR", "DEPLOYMENT", "DRAFT", "TOKEN", "WRITTEN", "Scene", "meet", "prepare", "spoil"]

MOST_CALLS = 250
"""More than any operation of these scenes needs, however often it looks."""

COMMAND = re.compile(r"^\s*::|##(\[|vso\[|teamcity\[)", re.MULTILINE)
CANARY = 'c4n4ry/h0stile+"ü\\=?'

DRAFT = re.compile(r"GET /connectors/drafts/[^/]+")
CONNECTOR = re.compile(r"GET /connectors/(?!drafts)[^/]+")
DEPLOYMENT = re.compile(rf"GET /{PROJECT}/deployments/[^/]+")
WRITTEN = re.compile(r"(POST|DELETE) /(connectors/drafts|demo-project/deployments).*")
TOKEN = re.compile(r"POST /oauth/token")

STAGED = {
    "key": "greeter",
    "name": "Greeter",
    "creator": {"email": "dev@acme.example", "name": "Acme"},
    "repository": {"url": REPOSITORY, "tag": "v1.0.0"},
    "privateProjects": [f"{REGION}:{PROJECT}"],
}
VALUES = {
    "service": {"standardConfiguration": {"SHOP_NAME": "Acme"}, "securedConfiguration": {"API_TOKEN": CANARY}}
}


@dataclass(frozen=True)
class Scene:
    """A place to start from: what exists, and what is asked."""

    dump: Any
    kind: str
    act: Callable[[Resource, OperationContext], Awaitable[Any]]


def check(resource: Resource, context: OperationContext, inputs: Any) -> Any:
    checked = resource.check(context, {}, inputs)
    assert not checked.failures
    return checked.inputs


def creating(inputs: Any) -> Callable[[Resource, OperationContext], Awaitable[Any]]:
    return lambda resource, context: resource.create(context, check(resource, context, inputs))


def updating(state: State, inputs: Any) -> Callable[[Resource, OperationContext], Awaitable[Any]]:
    return lambda resource, context: resource.update(context, state, check(resource, context, inputs))


def reading(state: State) -> Callable[[Resource, OperationContext], Awaitable[Any]]:
    return lambda resource, context: resource.read(context, state)


def deleting(state: State) -> Callable[[Resource, OperationContext], Awaitable[Any]]:
    return lambda resource, context: resource.delete(context, state)


async def prepare(service: Service) -> dict[str, Scene]:
    """Return every operation of every kind, each from where it starts."""
    await service.begin()

    async def made(kind: str, act: Callable[[Resource, OperationContext], Awaitable[Any]]) -> State:
        visit = await Visit(service).perform(kind, act)
        assert visit.error is None, visit.error
        assert isinstance(visit.result, State)
        return visit.result

    empty = await service.admin("GET", "dump")
    staged = await made("ConnectorStaged", creating(STAGED))
    drafted = await service.admin("GET", "dump")
    release = {"connectorStagedId": staged.id, "tag": "v1.0.0", "target": "private"}
    publication = await made("ConnectorPublication", creating(release))
    published = await service.admin("GET", "dump")
    wanted = {"key": "greeter", "region": REGION, "connector": {"id": staged.id}, "configurations": VALUES}
    deployment = await made("Deployment", creating(wanted))
    live = await service.admin("GET", "dump")
    moved = {**STAGED, "name": "Greeter 2", "description": "Says hello"}
    return {
        "create draft": Scene(empty, "ConnectorStaged", creating(STAGED)),
        "update draft": Scene(drafted, "ConnectorStaged", updating(staged, moved)),
        "read draft": Scene(live, "ConnectorStaged", reading(staged)),
        "delete draft": Scene(drafted, "ConnectorStaged", deleting(staged)),
        "create publication": Scene(drafted, "ConnectorPublication", creating(release)),
        "read publication": Scene(live, "ConnectorPublication", reading(publication)),
        "create deployment": Scene(published, "Deployment", creating(wanted)),
        "update deployment": Scene(live, "Deployment", updating(deployment, {**wanted, "redeployTrigger": 2})),
        "read deployment": Scene(live, "Deployment", reading(deployment)),
        "delete deployment": Scene(live, "Deployment", deleting(deployment)),
    }


def spoil(which: re.Pattern[str], mutation: Mutation, times: int = 10_000) -> Callable[..., httpx.Response]:
    """Spoil so many of the answers to the calls that match."""
    left = times

    def answer(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        nonlocal left
        if not left or not which.fullmatch(f"{request.method} {request.url.path}") or not response.content:
            return response
        left -= 1
        try:
            content = mutation.apply(json.loads(response.content))
        except (KeyError, IndexError, TypeError):
            return response  # this answer has no such place
        return httpx.Response(response.status_code, headers={"content-type": "application/json"}, content=content)

    return answer


async def meet(service: Service, scene: Scene, answer: Callable[..., httpx.Response], what: object) -> Visit:
    """Perform the scene's operation against those answers, and judge what everybody may expect."""
    service.answer = answer
    service.asked.clear()
    visit = await Visit(service).perform(scene.kind, scene.act)
    judge(visit, what)
    return visit


def judge(visit: Visit, what: object) -> None:
    error = visit.error
    assert error is None or isinstance(error, (ProviderError, InitFailedError)), f"{what}: {error!r}"
    assert visit.seconds <= LIMIT + 600, f"{what}: took {visit.seconds} s"
    assert len(visit.service.asked) <= MOST_CALLS, f"{what}: {len(visit.service.asked)} calls"
    assert {request.url.host for request in visit.service.asked} == {HOST}, what
    for text in [*visit.texts(), *shown(visit)]:
        assert is_harmless(text), f"{what}: {text[:300]!r}"
        assert CANARY not in text, what
        assert CLIENT_SECRET not in text, what


def shown(visit: Visit) -> Iterable[str]:
    """Return the outputs that are made to be read: status and report."""
    state = visit.error.state if isinstance(visit.error, InitFailedError) else visit.result
    if not isinstance(state, State):
        return
    yield from (str(state.outputs.get(name, "")) for name in ("status", "previewable"))
    for name in ("report", "publishingReport", "previewableReport"):
        entries: Any = state.outputs.get(name) or []
        yield from (str(value) for entry in entries for value in entry.values())


def is_harmless(text: str) -> bool:
    """Tell whether a terminal and a CI system show it and do nothing else."""
    lines = text.replace("\n", "")
    return not any(unicodedata.category(char).startswith("C") for char in lines) and not COMMAND.search(text)
