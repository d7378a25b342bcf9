"""The emulator in this process, on virtual time, behind an attacker who changes its answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from commercetools_connect.api import ConnectClient, RetryBudget
from commercetools_connect.core.resource import OperationContext, Resource
from commercetools_connect.core.values import PropertyValue
from commercetools_connect.emulator import create_app
from commercetools_connect.resources.provider import Provider
from commercetools_connect.resources.run_registry import RunRegistry
from tests.support.virtual import VirtualClock
from tests.support.world import DELAYS, PROJECT, MessageLog

__all__ = ["CLIENT_SECRET", "HOST", "LIMIT", "Answer", "Service", "Visit"]

HOST = "127.0.0.1"
CLIENT_SECRET = 'c4n4ry-cl1ent/+"ü=?'
URL = f"http://{HOST}:9"
LIMIT = 900.0
"""Seconds that every operation may take."""

Answer = Callable[[httpx.Request, httpx.Response], httpx.Response]


def honest(_: httpx.Request, response: httpx.Response) -> httpx.Response:
    return response


class Service(httpx.AsyncBaseTransport):
    """Where every connection of a visit leads, for any host that it asks for.

    Where nothing but reads is asked, it `remembers` its answers, which is faster.
    """

    def __init__(self) -> None:
        self._app = httpx.ASGITransport(app=create_app())
        self._moment = 0.0
        self.answer: Answer = honest
        self.remembers = False
        self._memory: dict[str, httpx.Response] = {}
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the emulator does, changed by `answer`."""
        self.asked.append(request)
        what = f"{request.method} {request.url}"
        response = self._memory.get(what) if self.remembers else None
        if response is None:
            await self._catch_up()
            response = await self._app.handle_async_request(request)
            await response.aread()
            self._memory[what] = response
        answer = self.answer(request, response)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    async def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Use the control interface."""
        content = b"" if body is None else json.dumps(body).encode()
        request = httpx.Request(method, f"{URL}/__admin/{path}", content=content)
        response = await self._app.handle_async_request(request)
        answer = json.loads(await response.aread())
        assert response.status_code == 200, answer
        return answer

    async def begin(self, dump: Any = None) -> None:
        """Be fresh, or as the dump says, from now on."""
        self._moment = asyncio.get_running_loop().time()
        self.asked.clear()
        self.answer = honest
        self._memory.clear()
        if dump is not None:
            await self.admin("PUT", "dump", dump)
            return
        await self.admin("POST", "reset")
        await self.admin("PUT", "settings", {"clock": "manual", "delays": dict(DELAYS)})
        scopes = [f"manage_project:{PROJECT}"]
        client = {"clientId": "demo-client", "clientSecret": CLIENT_SECRET, "scopes": scopes}
        await self.admin("PUT", "clients", [client])

    async def _catch_up(self) -> None:
        now = asyncio.get_running_loop().time()
        if now > self._moment:
            passed, self._moment = now - self._moment, now
            await self.admin("POST", "clock", {"advance": passed})


@dataclass
class Visit:
    """One operation of one provider on the service, with everything that came of it."""

    service: Service
    said: MessageLog = field(default_factory=MessageLog)
    result: Any = None
    error: BaseException | None = None
    seconds: float = 0.0

    async def perform(
        self,
        kind: str,
        act: Callable[[Resource, OperationContext], Awaitable[Any]],
        registry: RunRegistry | None = None,
    ) -> Visit:
        """Let a fresh provider act, and note how that ends."""
        clock = VirtualClock()
        connect = partial(ConnectClient, transport=self.service, budget=RetryBudget(), jitter=lambda: 0.5)
        values: dict[str, PropertyValue] = {
            "connectUrl": URL,
            "clientId": "demo-client",
            "clientSecret": CLIENT_SECRET,
            "projectKey": PROJECT,
            "pollInterval": 30,
        }
        provider = Provider.configure(values, {}, clock, connect=connect, registry=registry)
        context = OperationContext("greeter", "derived-greeter", time_limit=LIMIT, reporter=self.said)
        began = clock.monotonic()
        try:
            self.result = await act(provider.resource(kind), context)
        except Exception as error:  # noqa: BLE001 - which ones may come out is what the tests judge
            self.error = error
        finally:
            await provider.aclose()
        self.seconds = clock.monotonic() - began
        return self

    def texts(self) -> list[str]:
        """Return everything that a person would read."""
        ending = [str(self.error)] if self.error is not None else []
        return [*self.said.infos, *self.said.warnings, *self.said.statuses, *ending]
