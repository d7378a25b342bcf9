"""The emulator without a socket: its callers are in this process, and this event loop serves them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import httpx
from starlette.types import ASGIApp, Message, Scope

from commercetools_connect.emulator import Admin, create_app

__all__ = ["URL", "AtOnce", "SocketlessEmulator", "call_app", "drive"]

T = TypeVar("T")

URL = "http://127.0.0.1:2"
"""Where calls pretend to go; nothing ever leaves this process, and no other address answers."""


class SocketlessEmulator:
    """As `Emulator`, for callers that can be given a `transport`.

    `admin` is its control interface; `others` calls the API without a loop, as another client would.
    """

    url = URL

    def __init__(self) -> None:
        app = create_app()
        at_once = AtOnce(lambda request: drive(call_app(app, request)))
        self.admin = Admin(URL, transport=at_once)
        self.others = httpx.Client(base_url=URL, transport=at_once, trust_env=False)
        self.transport = _Straight(app)

    def close(self) -> None:
        """Drop everything."""
        self.admin.close()
        self.others.close()


class AtOnce(httpx.BaseTransport):
    """The way to a control interface, which never waits: it needs no loop."""

    def __init__(self, ask: Callable[[httpx.Request], httpx.Response]) -> None:
        self._ask = ask

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._ask(request)


class _Straight(httpx.AsyncBaseTransport):
    """The way to the API. Others have their turn before and after each call, as with a network between."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not str(request.url).startswith(f"{URL}/"):
            raise httpx.ConnectError("All connection attempts failed", request=request)
        await asyncio.sleep(0)
        try:
            return await call_app(self._app, request)
        finally:
            await asyncio.sleep(0)


async def call_app(app: ASGIApp, request: httpx.Request) -> httpx.Response:
    """Let an ASGI app answer, or close the connection."""
    sent: list[Message] = []
    closed = False

    def close() -> None:
        nonlocal closed
        closed = True

    async def receive() -> Message:
        if closed:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": request.content, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(_scope(request, close), receive, send)
    if closed:
        raise httpx.RemoteProtocolError("connection closed before the whole answer", request=request)
    body = b"".join(each.get("body", b"") for each in sent[1:])
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=body, request=request)


def _scope(request: httpx.Request, close: Callable[[], None]) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "extensions": {"commercetools_connect.close": close},
    }


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("the control interface waited for something")
