"""Who may use `/__admin`: programs, and people on this page; no other site in a user's browser.

An emulator listens on loopback without a password, and browsers reach loopback. So a site that a developer visits
could post to it (cross-site request). Browsers tell that by headers that a site cannot forge: Origin and
Sec-Fetch-Site. Names that a site could give itself do not come as far: see `doorkeeper`.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


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
    if method in _SAFE:
        return None
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        return "the control interface takes no requests from other sites"
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return "the control interface takes no requests from other sites"
    return None
