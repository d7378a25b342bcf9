"""OAuth client credentials flow (API §1.2): one token for each client, fetched once for all waiting calls.

This is not an `httpx.Auth`: before an auth flow may repeat a request, httpx reads the body of the 401 without the
bounds of `Transport` on size and time. The header is set for each request, so clients may share connections.
"""

from __future__ import annotations

import asyncio
import base64
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pydantic import ConfigDict, Field

from commercetools_connect.api.endpoints import Action, Endpoint
from commercetools_connect.api.errors import CHECK_CREDENTIALS, ApiError
from commercetools_connect.api.hosts import DOCTOR, Connection, setting
from commercetools_connect.api.http import URL, Request, RequestError, Response
from commercetools_connect.api.models.base import ResponseModel
from commercetools_connect.api.responses import RequestContext, network_error, parse_response
from commercetools_connect.api.retry import Retrier
from commercetools_connect.api.secret_registry import SecretRegistry

_REFRESH_AHEAD = 300.0
_REFRESH_AHEAD_OF_SHORT_LIFE = 0.1
# The shortest lifetime that an API client can be given (API §1.2): for a response that does not name it.
_DEFAULT_LIFETIME = 3600.0

_CHECK_CREDENTIALS = f"{CHECK_CREDENTIALS} {DOCTOR}"
_CHECK_SCOPES = (
    f"Check {setting('scopes')}: the API client must have every scope named there, each written with its project, "
    f"manage_project:<projectKey>; without the setting the token gets all scopes of the client. {DOCTOR}"
)


@dataclass(frozen=True)
class Token:
    """A bearer token, and the moment of the clock's `monotonic` from which it is replaced.

    `scopes` and `lifetime` (seconds) are those that the token host names, `None` if it names none.
    """

    value: str = field(repr=False)
    refresh_at: float
    scopes: frozenset[str] | None = None
    lifetime: float | None = None


class _Grant(ResponseModel):
    """A response of the token host. Any other token would break the header, in an error that shows it."""

    model_config = ConfigDict(alias_generator=None)

    access_token: str = Field(pattern=r"^[\x21-\x7e]+$", repr=False)
    expires_in: object = None
    scope: object = None


class TokenSource:
    """Holds the token of one client and replaces it when it is due or was rejected."""

    def __init__(
        self,
        connection: Connection,
        send: Callable[[Request], Awaitable[Response]],
        retrier: Retrier,
        secrets: SecretRegistry,
    ) -> None:
        self._connection = connection
        self._send = send
        self._retrier = retrier
        self._clock = retrier.clock
        self._secrets = secrets
        pair = f"{connection.client_id}:{connection.client_secret}".encode("utf-8", "surrogatepass")
        self._basic = base64.b64encode(pair).decode("ascii")
        if connection.client_secret:
            secrets.add(connection.client_secret)
            secrets.add(self._basic)
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._failure: ApiError | None = None
        self._failures = 0

    async def get(self, rejected: Token | None = None) -> Token:
        """Return a token that is not `rejected`.

        Raises the `ApiError` of the token host, and `ConfigurationError` when the connection lacks credentials.
        Callers that waited while another caller's request failed get the same error; they do not ask again.
        """
        failures = self._failures
        if token := self._current(rejected):
            return token
        async with self._lock:
            if self._failure is not None and self._failures > failures:
                raise self._failure
            if token := self._current(rejected):
                return token
            self._connection.require_credentials()
            self._failure = None
            try:
                self._token = await self._retrier.run(self._fetch)
            except ApiError as failure:
                self._failure = failure
                self._failures += 1
                raise
            return self._token

    def _current(self, rejected: Token | None) -> Token | None:
        token = self._token
        is_usable = token is not rejected and token is not None and self._clock.monotonic() < token.refresh_at
        return token if is_usable else None

    async def _fetch(self) -> Token | ApiError:
        host = URL(self._connection.auth_url).netloc.decode("ascii")
        remedies = dict.fromkeys(("invalid_client", "unauthorized_client"), _CHECK_CREDENTIALS)
        remedies["invalid_scope"] = _CHECK_SCOPES
        action = Action(f"get a token from {host}", access_remedy=_CHECK_CREDENTIALS, remedies=remedies)
        context = RequestContext(action, host, self._secrets)
        asked_at = self._clock.monotonic()
        try:
            response = await self._send(self._request(context.correlation_id))
        except RequestError as error:
            return network_error(context, error)
        endpoint = Endpoint("POST", "/oauth/token", action, _Grant.model_validate)
        grant = await parse_response(endpoint, context, response)
        if isinstance(grant, ApiError):
            return grant
        self._secrets.add(grant.access_token)
        lifetime = _lifetime(grant.expires_in)
        used_for = lifetime or _DEFAULT_LIFETIME
        return Token(
            grant.access_token,
            asked_at + used_for - min(_REFRESH_AHEAD, used_for * _REFRESH_AHEAD_OF_SHORT_LIFE),
            frozenset(grant.scope.split()) if isinstance(grant.scope, str) else None,
            lifetime,
        )

    def _request(self, correlation_id: str) -> Request:
        form = {"grant_type": "client_credentials"}
        if scopes := self._connection.scopes.split():
            form["scope"] = " ".join(scopes)
        return Request(
            "POST",
            f"{self._connection.auth_url}/oauth/token",
            headers={
                "Authorization": f"Basic {self._basic}",
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Correlation-ID": correlation_id,
            },
            content=urlencode(form).encode("ascii"),
        )


def _lifetime(expires_in: object) -> float | None:
    """Return the seconds that the token host names, `None` for what is not a lifetime."""
    if isinstance(expires_in, int | float) and math.isfinite(expires_in) and expires_in > 0:
        return float(expires_in)
    return None
