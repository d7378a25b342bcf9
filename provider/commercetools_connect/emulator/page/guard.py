"""Who may use `/__admin`: programs, and people on this page; no other site in somebody's browser.

An emulator listens on loopback without a password, and browsers reach loopback. So a site that a developer visits
could post to it (cross-site request) or read it under a name of its own that suddenly means 127.0.0.1 (DNS
rebinding). Browsers tell both apart by headers that a site cannot forge: Origin, Sec-Fetch-Site and Host.
"""

from __future__ import annotations

import ipaddress
import json
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Endings that nobody can register, so that no stranger's site has such a name.
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".test", ".home.arpa")


class Guard:
    """ASGI middleware that answers 403 to what comes from another site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse one request."""
        reason = refusal(scope["method"], Headers(scope=scope)) if scope["type"] == "http" else None
        if reason is None:
            await self._app(scope, receive, send)
            return
        body = json.dumps({"statusCode": 403, "message": reason}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def refusal(method: str, headers: Headers) -> str | None:
    """Say why a request is refused, or return None.

    Reading by a link from elsewhere is fine: that site does not see the answer.
    """
    host = headers.get("host", "")
    if not _is_local_name(host):
        return "the control interface is reached by localhost or an address, not by a public name"
    if method in _SAFE:
        return None
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return "the control interface takes no requests from other sites"
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return "the control interface takes no requests from other sites"
    return None


def _is_local_name(host: str) -> bool:
    """Tell whether a Host header is an address, a name without dots (localhost, a container), or a local one.

    HTTP/1.0 clients send none; browsers always do.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if "." not in name and ":" not in name:
        return True
    if name.endswith(_LOCAL_ENDINGS):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
