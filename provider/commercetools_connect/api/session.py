"""Network that the clients of a process share, and the session of one client: its calls, tokens and versions."""

from __future__ import annotations

import copy
import json
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import TypeVar

from commercetools_connect.api.auth import Token, TokenSource
from commercetools_connect.api.endpoints import Action, Endpoint
from commercetools_connect.api.errors import ApiError
from commercetools_connect.api.hosts import Connection
from commercetools_connect.api.http import URL, AsyncTransport, Request, RequestError, Response, Transport
from commercetools_connect.api.models.base import Json, secrets_in
from commercetools_connect.api.paging import OLDEST_FIRST, PAGE_SIZE, EntryT, Page, paginate
from commercetools_connect.api.rate_limit import RateLimiter
from commercetools_connect.api.responses import RequestContext, network_error, parse_response
from commercetools_connect.api.retry import Retrier
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.clock import Clock


class VersionTracker:
    """The last write to each object, and the newest version of it that the server has shown."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pending: Counter[str] = Counter()
        self._written: dict[str, float] = {}
        self._versions: dict[str, int] = {}

    @contextmanager
    def writing(self, object_id: str) -> Iterator[None]:
        """Record a write, from before it is sent until its response or error has come."""
        self._pending[object_id] += 1
        try:
            yield
        finally:
            self._pending[object_id] -= 1
            self._written[object_id] = self._clock.monotonic()

    def record(self, object_id: str, version: int) -> None:
        """Record a version that the server showed; versions only grow (API §10)."""
        self._versions[object_id] = max(version, self._versions.get(object_id, version))

    def may_show(self, object_id: str, read_at: float) -> bool:
        """Return whether a read that began at `read_at`, on the clock's `monotonic`, includes all our writes."""
        return not self._pending[object_id] and read_at > self._written.get(object_id, -math.inf)

    def is_outdated(self, object_id: str, version: int) -> bool:
        """Return whether the server has shown a later version before."""
        return version < self._versions.get(object_id, version)


class Network:
    """What the clients of one process share. A request carries its own token, so connections may be shared.

    `transport` replaces the network, for tests.
    """

    def __init__(self, transport: AsyncTransport | None = None) -> None:
        self._transport = transport
        self._transports: dict[tuple[str, ...], Transport] = {}
        self._tokens: dict[tuple[str, ...], TokenSource] = {}
        self._limiters: dict[str, RateLimiter] = {}

    def transport(self, connection: Connection) -> Transport:
        """Return the pool of the connection's hosts."""
        hosts = connection.connect_url, connection.auth_url, connection.http_api_url
        if hosts not in self._transports:
            self._transports[hosts] = Transport(*hosts, transport=self._transport)
        return self._transports[hosts]

    def limiter(self, url: str, clock: Clock) -> RateLimiter:
        """Return the turns of the calls to the host of a URL."""
        host = URL(url).netloc.decode("ascii")
        if host not in self._limiters:
            self._limiters[host] = RateLimiter(clock)
        return self._limiters[host]

    def tokens(self, connection: Connection, retrier: Retrier, secrets: SecretRegistry) -> TokenSource:
        """Return where the tokens of the connection's API client come from."""
        client = (
            connection.connect_url,
            connection.auth_url,
            connection.client_id,
            connection.client_secret,
            connection.scopes,
        )
        if client not in self._tokens:
            self._tokens[client] = TokenSource(connection, self.transport(connection).send, retrier, secrets)
        return self._tokens[client]


T = TypeVar("T")


class ApiSession:
    """Everything between an endpoint and the network, for one connection.

    Raises `ConfigurationError` before it sends anything when the connection lacks hosts or credentials.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        transport: Transport,
        tokens: TokenSource,
        limiter: Callable[[str], RateLimiter],
        retrier: Retrier,
        secrets: SecretRegistry,
    ) -> None:
        self._connection = connection
        self._url = connection.connect_url
        self._limiter = limiter
        self._transport = transport
        self._retrier = retrier
        self._secrets = secrets
        self._tokens = tokens

    def at(self, url: str) -> ApiSession:
        """Return a session for another host: with the same token, pool of connections, retries and secrets."""
        other = copy.copy(self)
        other._url = url
        return other

    async def perform(self, endpoint: Endpoint[T]) -> T:
        """Return what the endpoint returns, after as many retries as are safe. Raises `ApiError`."""
        context = self._context(endpoint)

        async def attempt() -> T | ApiError:
            token = await self._tokens.get()
            response = await self._send(endpoint, context, token)
            if isinstance(response, Response) and response.status_code == HTTPStatus.UNAUTHORIZED:
                token = await self._tokens.get(rejected=token)
                response = await self._send(endpoint, context, token)
            if isinstance(response, ApiError):
                return response
            return await parse_response(endpoint, context, response)

        return await self._retrier.run(attempt)

    def list(
        self,
        path: str,
        action: Action,
        parse: Callable[[Json], Page[EntryT]],
        query: Sequence[tuple[str, str]] = (),
        order: Sequence[tuple[str, str]] = (OLDEST_FIRST,),
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[EntryT]:
        """Yield the entries of a list; each page is read when it is needed."""

        async def fetch(offset: int) -> Page[EntryT]:
            page = (("limit", str(page_size)), ("offset", str(offset)), *order, *query)
            return await self.perform(Endpoint("GET", path, action, parse, page))

        return paginate(action.doing, fetch)

    async def token(self) -> Token:
        """Return the current token. Raises the `ApiError` of the token host."""
        self._connection.require_hosts()
        return await self._tokens.get()

    async def reach(self, endpoint: Endpoint[T]) -> None:
        """Send a request without a token, and return when the response is not a server error.

        Raises `NetworkError`, or the `ApiError` of a 5xx.
        """
        context = self._context(endpoint)

        async def attempt() -> ApiError | None:
            response = await self._send(endpoint, context, None)
            if isinstance(response, ApiError):
                return response
            if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                return None
            error = await parse_response(endpoint, context, response)
            return error if isinstance(error, ApiError) else None

        await self._retrier.run(attempt)

    def _context(self, endpoint: Endpoint[T]) -> RequestContext:
        self._connection.require_hosts()
        for secret in secrets_in(endpoint.body):
            self._secrets.add(secret)
        host = URL(self._url).netloc.decode("ascii")
        return RequestContext(endpoint.action, host, self._secrets)

    async def _send(
        self, endpoint: Endpoint[T], context: RequestContext, token: Token | None
    ) -> Response | ApiError:
        limiter = self._limiter(self._url)
        await limiter.turn()
        try:
            response = await self._transport.send(self._request(endpoint, context.correlation_id, token))
        except RequestError as error:
            return network_error(context, error)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            limiter.refused(response.headers.get("Retry-After", ""))
        return response

    def _request(self, endpoint: Endpoint[T], correlation_id: str, token: Token | None) -> Request:
        headers = {"X-Correlation-ID": correlation_id}
        if token is not None:
            headers["Authorization"] = f"Bearer {token.value}"
        content = b""
        if endpoint.body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(endpoint.body.to_wire(), separators=(",", ":")).encode("ascii")
        url = URL(self._url + endpoint.path, params=endpoint.query or None)
        return Request(endpoint.method, url, headers=headers, content=content)
