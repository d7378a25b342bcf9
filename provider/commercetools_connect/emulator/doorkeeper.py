"""What an emulator lets in: requests under a name that is its own, with a body that it can hold.

An emulator listens on loopback without a password, and browsers reach loopback. A site that a developer visits
could read it under a name of its own that suddenly means 127.0.0.1 (DNS rebinding). The browser then still says
that name in the Host header, which a site cannot forge. So on every path only names count that no other site can
register: addresses, `localhost`, names below `.localhost`, and those that the user allows.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CONTROL = "/__admin"
#: How many bytes a body may have: of a call of the API, and of a control call, which may bring a whole dump.
API_LIMIT = 10 * 1024 * 1024
CONTROL_LIMIT = 64 * 1024 * 1024


class Doorkeeper:
    """The outermost ASGI layer.

    `allow_hosts` are names that it answers to besides its own; `*.example.test` allows all names below it.
    """

    def __init__(self, app: ASGIApp, allow_hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._names = frozenset(name.lower().rstrip(".") for name in allow_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if not self._answers_to(host):
            await _refuse(send, 403, _unknown_name(host))
            return
        limit = CONTROL_LIMIT if scope["path"].startswith(_CONTROL) else API_LIMIT
        request = await _whole(receive, limit)
        if request is None:
            await _refuse(send, 413, f"The body is larger than {limit // 1024 // 1024} MiB.")
            return
        await self._app(scope, _first(request, receive), send)

    def _answers_to(self, host: str) -> bool:
        """Tell whether a Host header is an address or a name of ours. HTTP/1.0 clients send none; browsers do."""
        name = _name(host)
        if name is None:
            return False
        if name in {"", "localhost"} or name.endswith(".localhost") or name in self._names:
            return True
        below = name.partition(".")[2]
        return (below != "" and f"*.{below}" in self._names) or _is_address(name)


def _name(host: str) -> str | None:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _unknown_name(host: str) -> str:
    shown = "".join(letter for letter in _name(host) or host if letter.isalnum() or letter in "-._")[:100]
    return (
        f"The emulator does not answer to the name {shown}, so that no site in a browser can reach it by a name "
        f"of its own. Use localhost or an address, or start it with --allow-host {shown}."
    )


async def _whole(receive: Receive, limit: int) -> Message | None:
    """Return the request with its whole body, or None if that is too large; the rest is then read and dropped."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return message
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        else:
            parts.clear()
        more = message.get("more_body", False)
    return {"type": "http.request", "body": b"".join(parts), "more_body": False} if size <= limit else None


def _first(request: Message, receive: Receive) -> Receive:
    """Return what gives the request first, and then what the server tells."""
    waiting = [request]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


async def _refuse(send: Send, status: int, message: str) -> None:
    body = json.dumps({"statusCode": status, "message": message}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
