"""Network of a process: for each host a pool of connections and turns, and a token for each API client."""

from __future__ import annotations

from commercetools_connect.api.auth import TokenSource
from commercetools_connect.api.hosts import Connection
from commercetools_connect.api.http import URL, AsyncTransport, Transport
from commercetools_connect.api.rate_limit import RateLimiter
from commercetools_connect.api.retry import Retrier
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.clock import Clock


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
