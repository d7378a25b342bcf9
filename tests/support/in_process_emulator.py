"""The emulator on the time of a virtual loop, in this process, over wires that can be cut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import httpx
from starlette.types import ASGIApp

from commercetools_connect.emulator import Admin, create_app
from tests.support.socketless import URL, AtOnce, call_app, drive
from tests.support.virtual import VirtualClock, VirtualLoop

__all__ = ["LATENCY", "InProcessEmulator", "Wire"]

T = TypeVar("T")

LATENCY = 0.04
"""Seconds of virtual time that a call needs for each way."""


class InProcessEmulator:
    """One emulator, with a clock that follows the loop's.

    `admin` is its control interface; `others` calls the API at once, in no time, as another client would.
    """

    def __init__(self) -> None:
        self.loop = VirtualLoop(self._let_pass)
        self.clock = VirtualClock()
        self.admin = Admin(URL, transport=AtOnce(self._ask))
        self.others = httpx.Client(base_url=URL, transport=AtOnce(self._ask), trust_env=False)
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
        """End the emulator and start it again with its state; callers that are being served get no answer."""
        state = self.admin.dump()
        for call in self._calls:
            call.cancel()
        self._app = create_app(sleep=self._sleep)
        self.admin.load(state)

    def close(self) -> None:
        """Drop everything, and the tasks that still wait."""
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
        call = self.loop.create_task(call_app(self._app, request))
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
            drive(call_app(self._app, httpx.Request("POST", f"{URL}/__admin/clock", content=body)))

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._catch_up()

    def _ask(self, request: httpx.Request) -> httpx.Response:
        self._catch_up()
        return drive(call_app(self._app, request))


async def _settled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


class Wire(httpx.AsyncBaseTransport):
    """The connection of one process to the emulator. Once `cut`, nothing of that process ever arrives anywhere.

    `before` and `after` see each request on its way there and its response; either may cut.
    """

    def __init__(self, box: InProcessEmulator) -> None:
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
