"""Performs calls: with a token, with repetitions, and with an error that says it all when there is no success."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import TypeVar

import httpx

from commercetools_connect.api.answers import Exchange, no_answer, read_answer
from commercetools_connect.api.calls import Call
from commercetools_connect.api.connection import Connection
from commercetools_connect.api.errors import ApiError
from commercetools_connect.api.models.base import secrets_in
from commercetools_connect.api.retries import CallRetries, repeat
from commercetools_connect.api.token import Token, TokenFlow
from commercetools_connect.api.transport import Transport
from commercetools_connect.contract.clock import Clock

__all__ = ["Session", "TokenSource"]

T = TypeVar("T")


class TokenSource:
    """Hands out the token, and fetches it once for all who wait for it."""

    def __init__(self, flow: TokenFlow, transport: Transport, retries: Callable[[], CallRetries]) -> None:
        self._flow = flow
        self._transport = transport
        self._retries = retries
        self._lock = asyncio.Lock()
        self._rounds = 0
        self._failure: ApiError | None = None

    async def get(self, rejected: Token | None = None) -> Token:
        """Return a token that is not `rejected`. Raises the `ApiError` of the token host.

        Who waited while another one asked in vain gets the same error, instead of asking once more.
        """
        if token := self._flow.current(rejected):
            return token
        rounds = self._rounds
        async with self._lock:
            if self._failure is not None and self._rounds > rounds:
                raise self._failure
            return self._flow.current(rejected) or await self._fetch(rejected)

    async def _fetch(self, rejected: Token | None) -> Token:
        self._failure = None
        try:
            return await repeat(lambda: self._drive(rejected), self._retries())
        except ApiError as failure:
            self._failure = failure
            self._rounds += 1
            raise

    async def _drive(self, rejected: Token | None) -> Token | ApiError:
        correlation_id = new_correlation_id()
        flow = self._flow.obtain(rejected, correlation_id)
        try:
            request = next(flow)
            while True:
                request = flow.send(await self._transport.send(request))
        except StopIteration as done:
            outcome: Token | ApiError = done.value
        except httpx.RequestError as trouble:
            outcome = no_answer(self._flow.exchange(correlation_id), trouble)
        return outcome


class Session:
    """Everything between an endpoint and the network, for one connection.

    Raises `ConfigurationError` before anything is sent when the connection lacks hosts or credentials.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Clock,
        transport: Transport,
        retries: Callable[[], CallRetries],
    ) -> None:
        self._connection = connection
        self._transport = transport
        self._retries = retries
        self._tokens = TokenSource(TokenFlow(connection, clock), transport, retries)

    async def perform(self, call: Call[T]) -> T:
        """Return what the call answers, after as many repetitions as are safe. Raises `ApiError`."""
        self._connection.require_hosts()
        correlation_id = new_correlation_id()
        return await repeat(lambda: self._attempt(call, correlation_id), self._retries())

    async def _attempt(self, call: Call[T], correlation_id: str) -> T | ApiError:
        token = await self._tokens.get()
        response = await self._send(call, correlation_id, token)
        if isinstance(response, httpx.Response) and response.status_code == httpx.codes.UNAUTHORIZED:
            token = await self._tokens.get(rejected=token)
            response = await self._send(call, correlation_id, token)
        if isinstance(response, ApiError):
            return response
        return read_answer(call, self._exchange(call, correlation_id, token), response)

    async def _send(self, call: Call[T], correlation_id: str, token: Token) -> httpx.Response | ApiError:
        try:
            return await self._transport.send(self._request(call, correlation_id, token))
        except httpx.RequestError as trouble:
            error = no_answer(self._exchange(call, correlation_id, token), trouble)
        return error

    def _request(self, call: Call[T], correlation_id: str, token: Token) -> httpx.Request:
        headers = {"Authorization": f"Bearer {token.value}", "X-Correlation-ID": correlation_id}
        content = b""
        if call.body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(call.body.to_wire(), separators=(",", ":")).encode("ascii")
        url = httpx.URL(self._connection.connect_url + call.path, params=call.query or None)
        return httpx.Request(call.method, url, headers=headers, content=content)

    def _exchange(self, call: Call[T], correlation_id: str, token: Token) -> Exchange:
        secrets = (self._connection.client_secret, token.value, *secrets_in(call.body))
        host = httpx.URL(self._connection.connect_url).netloc.decode("ascii")
        return Exchange(call.purpose, host, correlation_id, secrets)


def new_correlation_id() -> str:
    """Return an id to find one call in the vendor's logs (API §2)."""
    return f"ccp-{uuid.uuid4().hex}"
