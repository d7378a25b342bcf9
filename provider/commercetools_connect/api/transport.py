"""The one place that does I/O: connections, certificates, proxies and time-outs."""

from __future__ import annotations

import asyncio
import functools
import ssl

import httpx

from commercetools_connect import __version__
from commercetools_connect.api.connection import Connection
from commercetools_connect.api.hosts import is_loopback

__all__ = ["USER_AGENT", "Transport", "loopback_trust", "system_trust"]

USER_AGENT = f"commercetools-connect-provider/{__version__}"

# A call that finds no free connection waits for one; hundreds of reads at once take their turns.
_TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=120.0)
# Each piece of an answer may take as long as the time-out says; so that they come to an end, all of them together:
_LONGEST_ANSWER = 300.0
_LARGEST_ANSWER = 200_000_000
# Headers that speak of the body as it was sent.
_OF_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30.0)


class Transport:
    """Sends requests over connections that are opened when first needed, and closed by `aclose`.

    Proxies are taken from the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), but never for this
    machine. Certificates are checked against the trust store of the operating system. Redirects are not followed:
    they would carry the token elsewhere. Belongs to one event loop.
    """

    def __init__(self, connection: Connection, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._connection = connection
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Return the whole answer. Raises `httpx.RequestError` when there is none."""
        client = self._client = self._client or self._open()
        complete = client.build_request(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
        )
        response = await client.send(complete, stream=True)
        try:
            return await _whole(response)
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close the connections; a later `send` opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _open(self) -> httpx.AsyncClient:
        urls = [httpx.URL(url) for url in (self._connection.connect_url, self._connection.auth_url)]
        local = [url for url in urls if is_loopback(str(url))]
        return httpx.AsyncClient(
            transport=self._transport,
            verify=system_trust() if any(url.scheme == "https" for url in urls) else loopback_trust(),
            trust_env=len(local) < len(urls),
            mounts={f"all://{url.netloc.decode('ascii')}": None for url in local},
            follow_redirects=False,
            timeout=_TIMEOUT,
            limits=_LIMITS,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )


async def _whole(response: httpx.Response) -> httpx.Response:
    """Return the response with its body, decompressed. Raises `httpx.TransportError` for one without an end."""
    now = asyncio.get_running_loop().time
    began, body = now(), bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _LARGEST_ANSWER:
            raise httpx.ReadError(f"the answer is larger than {_LARGEST_ANSWER // 1_000_000} MB")
        if now() - began > _LONGEST_ANSWER:
            raise httpx.ReadTimeout(f"the answer has no end after {_LONGEST_ANSWER:g} s")
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_BODY]
    return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)


@functools.lru_cache(maxsize=1)
def system_trust() -> ssl.SSLContext:
    """Return the trust store of the operating system."""
    import truststore  # noqa: PLC0415 - only when there is something to trust

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def loopback_trust() -> ssl.SSLContext:
    """Return what plain http to this machine needs: no certificates, which take time to load; none is accepted."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
