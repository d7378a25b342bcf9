"""The token flow (API §1.2) without I/O: like `httpx.Auth`, it yields requests and is sent the answers."""

from __future__ import annotations

import base64
import math
from collections.abc import Generator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
from pydantic import ConfigDict, Field

from commercetools_connect.api.answers import Exchange, read_answer
from commercetools_connect.api.calls import Call, Purpose
from commercetools_connect.api.connection import Connection
from commercetools_connect.api.errors import ApiError
from commercetools_connect.api.models.base import ResponseModel
from commercetools_connect.api.settings import setting
from commercetools_connect.contract.clock import Clock

__all__ = ["Token", "TokenFlow"]

_REFRESH_AHEAD = 300.0
_REFRESH_AHEAD_OF_SHORT_LIFE = 0.1
# The shortest life that an API client can be given (API §1.2): for an answer that does not tell.
_ASSUMED_LIFE = 3600.0

_CHECK_CREDENTIALS = (
    f"Check {setting('clientId')} and {setting('clientSecret')}, that the API client still exists, and that it "
    "belongs to a project in this region."
)
_CHECK_SCOPES = (
    f"Check {setting('scopes')}: the API client must have every scope named there, each written with its project, "
    "manage_project:<projectKey>; without the setting the token gets all scopes of the client."
)


@dataclass(frozen=True)
class Token:
    """A bearer token, and the moment of the clock from which another one is fetched."""

    value: str = field(repr=False)
    refresh_at: float


class _Grant(ResponseModel):
    """The answer of the token host. Another token would break the header, in an error that shows it."""

    model_config = ConfigDict(alias_generator=None)

    access_token: str = Field(pattern=r"^[\x21-\x7e]+$", repr=False)
    expires_in: object = None


class TokenFlow:
    """Keeps the token of one client and knows when another one is needed.

    `obtain` is a generator without I/O: it yields each request that must be sent and is sent the response.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._token: Token | None = None

    def current(self, rejected: Token | None = None) -> Token | None:
        """Return the token to use now; `None` when there is none, it is due, or it is the `rejected` one."""
        token = self._token
        if token is None or token is rejected or self._clock.monotonic() >= token.refresh_at:
            return None
        return token

    def exchange(self, correlation_id: str) -> Exchange:
        """Return how errors speak of a token request."""
        host = httpx.URL(self._connection.auth_url).netloc.decode("ascii")
        return Exchange(
            Purpose(
                doing=f"get a token from {host}",
                access_remedy=_CHECK_CREDENTIALS,
                remedies={
                    "invalid_client": _CHECK_CREDENTIALS,
                    "unauthorized_client": _CHECK_CREDENTIALS,
                    "invalid_scope": _CHECK_SCOPES,
                },
            ),
            host,
            correlation_id,
            (self._connection.client_secret, self._basic()),
        )

    def obtain(
        self,
        rejected: Token | None = None,
        correlation_id: str = "",
    ) -> Generator[httpx.Request, httpx.Response, Token | ApiError]:
        """Yield what must be sent to have a token other than `rejected`, often nothing, and return the token.

        An answer that brings none is returned as the error it amounts to. Raises `ConfigurationError` when the
        connection lacks credentials.
        """
        if token := self.current(rejected):
            return token
        self._connection.require_credentials()
        asked_at = self._clock.monotonic()
        response = yield self._request(correlation_id)
        exchange = self.exchange(correlation_id)
        grant = read_answer(
            Call("POST", "/oauth/token", exchange.purpose, _Grant.model_validate), exchange, response
        )
        if isinstance(grant, ApiError):
            return grant
        self._token = Token(grant.access_token, asked_at + _used_for(grant.expires_in))
        return self._token

    def _request(self, correlation_id: str) -> httpx.Request:
        form = {"grant_type": "client_credentials"}
        if self._connection.scopes.strip():
            form["scope"] = " ".join(self._connection.scopes.split())
        return httpx.Request(
            "POST",
            f"{self._connection.auth_url}/oauth/token",
            headers={
                "Authorization": f"Basic {self._basic()}",
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Correlation-ID": correlation_id,
            },
            content=urlencode(form).encode("ascii"),
        )

    def _basic(self) -> str:
        pair = f"{self._connection.client_id}:{self._connection.client_secret}"
        return base64.b64encode(pair.encode("utf-8", "surrogatepass")).decode("ascii")


def _used_for(expires_in: object) -> float:
    """Return for how many seconds a token is used: its life less 5 minutes, or less a tenth of a short one."""
    life = _ASSUMED_LIFE
    if isinstance(expires_in, int | float) and math.isfinite(expires_in) and expires_in > 0:
        life = float(expires_in)
    return life - min(_REFRESH_AHEAD, life * _REFRESH_AHEAD_OF_SHORT_LIFE)
