"""The emulator without a socket: in this process, on the time of a virtual loop, over wires that can be cut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import httpx
from starlette.types import ASGIApp, Message, Scope

from commercetools_connect.emulator import Admin, create_app
from tests.support.virtual import VirtualClock, VirtualLoop

__all__ = ["LATENCY", "URL", "Box", "Wire"]

T = TypeVar("T")

URL = "http://127.0.0.1:9"
"""Where the wires pretend to lead; nothing ever leaves this process."""

LATENCY = 0.04
"""Seconds of virtual time that a call needs for each way."""


class Box:
    """One emulator, with a clock that follows the loop's.

    `admin` is its control interface; `others` calls the API at once, in no time, as somebody else would.
    """

    def __init__(self) -> None:
        self.loop = VirtualLoop(self._let_pass)
        self.clock = VirtualClock()
        self.admin = Admin(URL, transport=_AtOnce(self._ask))
        self.others = httpx.Client(base_url=URL, transport=_AtOnce(self._ask), trust_env=False)
        self.reachable = True
        self._behind = 0.0
        self._calls: set[asyncio.Task[Any]] = set()
        self._app: ASGIApp = create_app(sleep=self._sleep)
        self.admin.settings(clock="manual")

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end."""
        return self.loop.run_until_complete(work)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and what is due by then happen."""
        self.run(asyncio.sleep(seconds))

    def emulated_now(self) -> float:
        """Return the emulator's time, in seconds since 1970."""
        clock: Any = self.admin.dump()["clock"]
        return float(clock["now"])

    def restart(self) -> None:
        """End the emulator and start it again with its state; whoever is being served gets no answer."""
        state = self.admin.dump()
        for call in self._calls:
            call.cancel()
        self._app = create_app(sleep=self._sleep)
        self.admin.load(state)

    def close(self) -> None:
        """Drop everything, and whoever still waits for it."""
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.run(_settled(left))
        self.admin.close()
        self.others.close()
        self.loop.close()

    async def serve(self, request: httpx.Request, patience: float) -> httpx.Response:
        """Answer a request as a service behind a network does.

        The service goes on with a call whose caller gives up. Raises what httpx raises when a connection breaks
        (`ReadError`), is refused (`ConnectError`), or takes longer than `patience` seconds (`ReadTimeout`).
        """
        if not self.reachable:
            raise httpx.ConnectError("connection refused", request=request)
        self._catch_up()
        call = self.loop.create_task(_call(self._app, request))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        done, _ = await asyncio.wait({call}, timeout=patience)
        if not done:
            raise httpx.ReadTimeout("no answer in time", request=request)
        if call.cancelled():
            raise httpx.ReadError("connection reset", request=request)
        return call.result()

    def _let_pass(self, seconds: float) -> None:
        self._behind += seconds

    def _catch_up(self) -> None:
        """Tell the emulator what time it is, before it is asked anything."""
        if self._behind:
            body = json.dumps({"advance": self._behind}).encode()
            self._behind = 0.0
            _drive(_call(self._app, httpx.Request("POST", f"{URL}/__admin/clock", content=body)))

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._catch_up()

    def _ask(self, request: httpx.Request) -> httpx.Response:
        self._catch_up()
        return _drive(_call(self._app, request))


async def _settled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


class Wire(httpx.AsyncBaseTransport):
    """The way of one process to the box. Once `cut`, nothing of that process ever arrives anywhere.

    `before` and `after` see each request on its way there and its answer on the way back; either may cut.
    """

    def __init__(self, box: Box) -> None:
        self._box = box
        self._cut = False
        self.before: Callable[[httpx.Request], None] = lambda _: None
        self.after: Callable[[httpx.Request, httpx.Response | Exception], None] = lambda *_: None

    def cut(self) -> None:
        """Let the process be gone."""
        self._cut = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request there and its answer back."""
        await asyncio.sleep(LATENCY)
        self.before(request)
        await self._hold_if_cut()
        patience = float(request.extensions.get("timeout", {}).get("read") or 60.0)
        try:
            answer: httpx.Response | httpx.TransportError = await self._box.serve(request, patience)
        except httpx.TransportError as trouble:
            answer = trouble
        self.after(request, answer)
        await self._hold_if_cut()
        await asyncio.sleep(LATENCY)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer

    async def _hold_if_cut(self) -> None:
        if self._cut:
            await asyncio.get_running_loop().create_future()


class _AtOnce(httpx.BaseTransport):
    """The control interface without a network and without a loop: it never waits."""

    def __init__(self, ask: Callable[[httpx.Request], httpx.Response]) -> None:
        self._ask = ask

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._ask(request)


async def _call(app: ASGIApp, request: httpx.Request) -> httpx.Response:
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
        "server": ("127.0.0.1", 9),
        "extensions": {"commercetools_connect.close": close},
    }


def _drive(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("the control interface waited for something")
