"""Fake network for tests of the client: gives prepared responses, and remembers the requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import httpx

from commercetools_connect.api import ConnectClient, Connection, RetryBudget
from tests.support.clock import FakeClock

T = TypeVar("T")

SECRET = 'q7/Client+Secret=ü"x\\y'
TOKEN = "token-Zx81-Ab42-Kk99"
CONNECT = "https://connect.europe-west1.gcp.commercetools.com"
AUTH = "https://auth.europe-west1.gcp.commercetools.com"
CONNECTION = Connection(CONNECT, AUTH, "client-1", SECRET, project_key="acme-dev")

DRAFT = {"id": "0b7c", "version": 1, "status": "Draft"}
DEPLOYMENT = {"id": "d1", "version": 3, "status": "Queued"}

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def json_answer(body: object, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): headers[name] for name in headers})


def refusal(status: int, code: str | None = None, message: str = "no", **more: object) -> httpx.Response:
    errors = [] if code is None else [{"code": code, "message": message, **more}]
    body: dict[str, object] = {"statusCode": status, "message": message}
    return httpx.Response(status, json=body | ({"errors": errors} if errors else {}))


def grant(token: str = TOKEN, expires_in: object = 172800) -> httpx.Response:
    return httpx.Response(200, json={"access_token": token, "expires_in": expires_in, "token_type": "Bearer"})


class FakeNetwork:
    """`answers` of the API and `grants` of the token host, in order; the last one is repeated."""

    def __init__(self, *answers: Answer, grants: tuple[Answer, ...] = ()) -> None:
        self.answers = list(answers)
        self.grants = list(grants or [lambda _: grant()])
        self.calls: list[httpx.Request] = []
        self.token_calls: list[httpx.Request] = []
        self.clock = FakeClock()
        self.budget = RetryBudget()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if request.url.path.endswith("/oauth/token"):
            self.token_calls.append(request)
            return self._next(self.grants, request)
        self.calls.append(request)
        return self._next(self.answers, request)

    def client(self, connection: Connection = CONNECTION, **options: Any) -> ConnectClient:
        transport = httpx.MockTransport(self)
        return ConnectClient(
            connection, clock=self.clock, budget=self.budget, jitter=lambda: 0.5, transport=transport, **options
        )

    def perform(self, use: Callable[[ConnectClient], Coroutine[Any, Any, T]], **options: Any) -> T:
        async def work() -> T:
            async with self.client(**options) as client:
                return await use(client)

        return run(work())

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(call.content) if call.content else None for call in self.calls]

    def _next(self, answers: list[Answer], request: httpx.Request) -> httpx.Response:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # A response object can be read once only; the network may give it several times.
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return answer(request)
