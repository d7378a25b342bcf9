"""The wire: journal, latency, rate limit and faults around the API (an ASGI layer).

A call's whole body is read before anything else, and its whole answer is made before any of it is sent. So a
client that gives up waiting does not undo what it asked for, just as with a real service.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commercetools_connect.emulator.backend import Backend
from commercetools_connect.emulator.clock import timestamp
from commercetools_connect.emulator.faults import HTML_PAGE, Fault, mutated
from commercetools_connect.emulator.json_values import Json

ADMIN = "/__admin"
#: ASGI extension of our server: a function that closes the connection after what is written.
CLOSE_EXTENSION = "commercetools_connect.close"
#: Key in the ASGI scope: how many seconds old the state is that a GET shows.
STALE = "commercetools_connect.stale"

#: What a status fault without a body says; a bare 404 must not look like the service's own "it is gone".
_FAULT_CODES = {
    401: "invalid_token",
    403: "AuthorizationError",
    409: "ConcurrentModification",
    429: "TooManyRequests",
    500: "General",
    502: "BadGateway",
    503: "ServiceUnavailable",
}

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Front:
    """The ASGI app that a server runs."""

    def __init__(self, app: ASGIApp, backend: Backend, sleep: Sleep) -> None:
        self._app = app
        self._backend = backend
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or _is_admin(scope["path"]):
            await self._app(scope, receive, send)
            return
        began, clearings = time.perf_counter(), self._backend.journal.clearings
        request = await _read_request(receive)
        authorization = Headers(scope=scope).get("authorization", "")
        client = self._backend.authority.client_of(authorization)
        moment = self._backend.clock.now()
        answer, fault = await self._answer(scope, request, client)
        status = None if answer is None else answer.status
        self._note(scope, client, moment, status, time.perf_counter() - began, clearings)
        if answer is None:
            await _close(scope, receive)
        elif fault is not None and fault.truncate:
            await _send_half(answer, scope, receive, send)
        else:
            await _send(answer, send)

    async def _answer(
        self, scope: Scope, request: Message, client: str | None
    ) -> tuple[Answer | None, Fault | None]:
        """Return what to send (None: nothing at all) and the fault that hit the call."""
        backend = self._backend
        await self._pause(backend.world.settings.latency)
        now = backend.clock.now()
        wait = backend.rate_limit.retry_after(backend.world.settings.rate_limit, now)
        if wait is not None:
            return _too_many_requests(wait), None
        fault = backend.faults.take(scope["method"], scope["path"], client, now)
        if fault is None:
            return await _run(self._app, scope, request), None
        await self._pause(fault.slow or 0)
        if fault.hits_before:
            return _instead(fault), fault
        if fault.stale is not None:
            scope[STALE] = fault.stale
        return _spoiled(await _run(self._app, scope, request), fault), fault

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await self._sleep(seconds)

    def _note(
        self, scope: Scope, client: str | None, moment: float, status: int | None, took: float, clearings: int
    ) -> None:
        # A query may carry credentials to the token endpoints, so theirs is never kept.
        query = "" if scope["path"].startswith("/oauth/") else scope["query_string"].decode(errors="replace")
        self._backend.journal.add(
            {
                "time": timestamp(moment),
                "method": scope["method"],
                "path": scope["path"],
                "query": query,
                "status": status,
                "duration": round(took, 6),
                "client": client,
            },
            clearings,
        )


def _is_admin(path: str) -> bool:
    return path == ADMIN or path.startswith(f"{ADMIN}/")


def _too_many_requests(wait: int) -> Answer:
    return _envelope(429, "TooManyRequests", "Too many requests.", wait)


def _instead(fault: Fault) -> Answer | None:
    """Return the answer of a call whose action does not happen."""
    if fault.drop:
        return None
    if fault.html:
        page = HTML_PAGE if fault.html is True else fault.html
        return Answer(502, [(b"content-type", b"text/html; charset=utf-8")], page.encode())
    return _status(fault)


def _spoiled(answer: Answer, fault: Fault) -> Answer | None:
    """Return what becomes of the answer of a call whose action happened."""
    if fault.drop:
        return None
    if fault.status is not None:
        return _status(fault)
    if fault.garbage is not None:
        value: Json = json.loads(answer.body or b"null")
        return replace(answer, body=json.dumps(mutated(value, fault.garbage)).encode())
    return answer


def _status(fault: Fault) -> Answer:
    status = fault.status or 500
    answer = _envelope(status, _FAULT_CODES.get(status, "General"), "A fault was asked for.", fault.retry_after)
    return answer if fault.body is None else replace(answer, body=json.dumps(fault.body).encode())


def _envelope(status: int, code: str, message: str, retry_after: float | None) -> Answer:
    headers = [(b"content-type", b"application/json")]
    if retry_after is not None:
        headers.append((b"retry-after", f"{retry_after:g}".encode()))
    body = {"statusCode": status, "message": message, "errors": [{"code": code, "message": message}]}
    return Answer(status, headers, json.dumps(body).encode())


async def _read_request(receive: Receive) -> Message:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return {"type": "http.request", "body": body, "more_body": False}


async def _run(app: ASGIApp, scope: Scope, request: Message) -> Answer:
    """Let the app answer into memory."""
    sent: list[Message] = []

    async def receive() -> Message:
        return request

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = [header for header in sent[0]["headers"] if header[0] != b"content-length"]
    return Answer(sent[0]["status"], headers, b"".join(each.get("body", b"") for each in sent[1:]))


async def _send(answer: Answer, send: Send, body: bytes | None = None) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    start = {"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, length]}
    await send(start)
    half = body is not None
    await send({"type": "http.response.body", "body": body if half else answer.body, "more_body": half})


async def _send_half(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    await _send(answer, send, answer.body[: len(answer.body) // 2])
    await _close(scope, receive)


async def _close(scope: Scope, receive: Receive) -> None:
    """Close the connection and wait until it is, so that the server has nothing left to answer."""
    close: Callable[[], None] | None = scope.get("extensions", {}).get(CLOSE_EXTENSION)
    if close is None:
        raise ConnectionResetError("the emulator drops this call; its own server would close the connection")
    close()
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()
