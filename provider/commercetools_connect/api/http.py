"""HTTP transport: connections, certificates, proxies and time-outs. The only module that imports the HTTP library.

The other modules of the package take the library's types from here.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import ssl
import sys
import types
from types import TracebackType
from typing import Final, TypeAlias

from commercetools_connect import __version__
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import escape_untrusted

# Without this entry `import httpx` imports its command line program, and with it click, rich and pygments where
# they are installed: a third of a second in every start of a provider.
_PROGRAM: Final = "httpx._main"
_BLOCKED: Final = "httpx" not in sys.modules
if _BLOCKED:
    sys.modules[_PROGRAM] = types.ModuleType(_PROGRAM)
try:
    import httpx
finally:
    if _BLOCKED:
        del sys.modules[_PROGRAM]

URL: TypeAlias = httpx.URL
Request: TypeAlias = httpx.Request
Response: TypeAlias = httpx.Response
AsyncTransport: TypeAlias = httpx.AsyncBaseTransport
InvalidURL: TypeAlias = httpx.InvalidURL
RequestError: TypeAlias = httpx.RequestError
DecodingError: TypeAlias = httpx.DecodingError
TimeoutException: TypeAlias = httpx.TimeoutException
UnsupportedProtocol: TypeAlias = httpx.UnsupportedProtocol
NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
"""Errors before the first byte of a request was sent."""

USER_AGENT: Final = f"commercetools-connect-provider/{__version__}"

# A call that finds no free connection waits for one: hundreds of reads may start at once.
_TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=120.0)
# The time-out bounds each piece of a response; these bound the whole response.
_LONGEST_RESPONSE = 300.0
_LARGEST_RESPONSE = 200_000_000
# Headers that describe the body as it was sent.
_BODY_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30.0)


@functools.lru_cache
def is_loopback(url: str) -> bool:
    """Return whether a URL leads to this machine; what is not a URL leads nowhere."""
    try:
        return is_loopback_host(URL(url).host)
    except InvalidURL:
        return False


def is_loopback_host(host: str) -> bool:
    """Return whether a host name or address is one of this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Transport:
    """A pool of connections to the hosts of `urls`, opened when first needed and closed by `aclose`.

    Proxies are taken from the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), but never for this
    machine. Certificates are checked against the trust store of the operating system. Redirects are not followed:
    they would carry the token to another host. Belongs to one event loop.
    """

    def __init__(self, *urls: str, transport: AsyncTransport | None = None) -> None:
        self._urls = urls
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def send(self, request: Request) -> Response:
        """Return the whole response. Raises `RequestError` when there is none."""
        client = self._client = self._client or self._open()
        headers, content = request.headers, request.content
        complete = client.build_request(request.method, request.url, headers=headers, content=content)
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
        urls = [URL(url) for url in self._urls]
        local = [url for url in urls if is_loopback_host(url.host)]
        return httpx.AsyncClient(
            transport=self._transport,
            verify=_trust(needed=any(url.scheme == "https" for url in urls)),
            trust_env=len(local) < len(urls),
            mounts={f"all://{url.netloc.decode('ascii')}": None for url in local},
            follow_redirects=False,
            timeout=_TIMEOUT,
            limits=_LIMITS,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )


async def _whole(response: Response) -> Response:
    """Return the response with its body, decompressed. Raises `httpx.TransportError` for one that does not end."""
    now = asyncio.get_running_loop().time
    began, body = now(), bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _LARGEST_RESPONSE:
            raise httpx.ReadError(f"the answer is larger than {_LARGEST_RESPONSE // 1_000_000} MB")
        if now() - began > _LONGEST_RESPONSE:
            raise httpx.ReadTimeout(f"the answer has no end after {_LONGEST_RESPONSE:g} s")
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in _BODY_HEADERS]
    return Response(response.status_code, headers=headers, content=bytes(body), request=response.request)


@functools.lru_cache(maxsize=1)
def system_trust() -> ssl.SSLContext:
    """Return the trust store of the operating system."""
    import truststore  # noqa: PLC0415 - needed only for https

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trust(*, needed: bool) -> ssl.SSLContext:
    """Return the trust store; without certificates, which take time to load, where only plain http is called."""
    return system_trust() if needed else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class NoAnswerError(Exception):
    """There was no HTTP response; the text says why and is safe to print."""


class ApplicationProbe:
    """Asks applications for their status. Use with `async with`; belongs to one event loop.

    Only `https` is called, and `http` on this machine. Redirects are not followed: their status is returned.
    Bodies are not read.
    """

    def __init__(self) -> None:
        self._clients: dict[bool, httpx.AsyncClient] = {}

    async def __aenter__(self) -> ApplicationProbe:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    async def status(self, method: str, url: str, *, time_limit: float) -> int:
        """Return the HTTP status of the response, which must begin within `time_limit` seconds.

        Raises `NoAnswerError`, or `InvalidInputError` for an address that is not called.
        """
        is_local = is_loopback(url)
        if not is_local and not url.startswith("https://"):
            raise InvalidInputError(
                f"{escape_untrusted(url)} is not called: only https is, and this machine.",
                "Check an application that Connect gives an https address, or take its check out.",
            )
        client = self._clients[is_local] = self._clients.get(is_local) or httpx.AsyncClient(
            verify=_trust(needed=not is_local),
            trust_env=not is_local,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT},
        )

        async def ask() -> int:
            async with client.stream(method, url, timeout=time_limit) as response:
                return response.status_code

        try:
            # The client's own limit is for each piece of a response: one that comes slowly never exceeds it.
            return await asyncio.wait_for(ask(), time_limit)
        except (httpx.TimeoutException, asyncio.TimeoutError):
            raise NoAnswerError(f"no answer within {time_limit:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswerError(f"no answer ({type(error).__name__})") from None
