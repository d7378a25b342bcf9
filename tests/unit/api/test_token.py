"""One token serves all calls until shortly before it ends."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl

import httpx
import pytest

from commercetools_connect.api import (
    ApiError,
    AuthenticationFailedError,
    Connection,
    RateLimitedError,
    RefusedError,
    RetryPolicy,
    ServerError,
    UnexpectedAnswerError,
)
from commercetools_connect.api.auth import Token, TokenSource
from commercetools_connect.api.retry import Retrier
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.errors import ConfigurationError
from tests.support.clock import FakeClock
from tests.unit.api.fake_network import AUTH, CONNECT, CONNECTION, SECRET, TOKEN, grant, refusal, run


class TokenHost:
    """A token source, and the requests that it makes; one attempt for each, as nothing here is retried."""

    def __init__(self, connection: Connection = CONNECTION) -> None:
        self.clock = FakeClock()
        self.requests: list[httpx.Request] = []
        self.duration = 0.0
        retrier = Retrier(self.clock, policy=RetryPolicy(attempts=1))
        self.source = TokenSource(connection, self.send, retrier, SecretRegistry())

    async def send(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.clock.advance(self.duration)
        return self.answer

    def token(self, answer: httpx.Response, rejected: Token | None = None) -> Token:
        self.answer = answer
        self.requests.clear()
        return run(self.source.get(rejected))

    def error(self, answer: httpx.Response) -> ApiError:
        with pytest.raises(ApiError) as caught:
            self.token(answer)
        return caught.value

    def is_renewed(self) -> bool:
        """Return whether another token would be fetched now."""
        self.token(grant())
        return bool(self.requests)


def test_a_token_is_asked_for_with_the_credentials_and_nothing_else() -> None:
    host = TokenHost()
    host.token(grant())
    (request,) = host.requests
    assert (request.method, str(request.url)) == ("POST", f"{AUTH}/oauth/token")
    scheme, _, encoded = request.headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(encoded).decode()) == ("Basic", f"client-1:{SECRET}")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.content == b"grant_type=client_credentials"


def test_scopes_are_asked_for_only_where_they_are_configured() -> None:
    host = TokenHost(Connection(CONNECT, AUTH, "i", "s", scopes=" manage_project:a\n view_connectors:a "))
    host.token(grant())
    assert parse_qsl(host.requests[0].content.decode())[1] == ("scope", "manage_project:a view_connectors:a")


@pytest.mark.parametrize(("life", "used"), [(172800, 172500), (3600, 3300), (600, 540), (10, 9), (3000.0, 2700)])
def test_a_token_is_renewed_5_minutes_ahead_or_a_tenth_of_a_short_life(life: float, used: float) -> None:
    host = TokenHost()
    host.token(grant(expires_in=life))
    host.clock.advance(used - 0.01)
    assert not host.is_renewed()
    host.clock.advance(0.02)
    assert host.is_renewed()


@pytest.mark.parametrize("life", [None, "soon", 0, -5, True, [1]])
def test_a_token_without_a_sensible_life_is_used_for_the_shortest_one_there_is(life: object) -> None:
    host = TokenHost()
    host.token(grant(expires_in=life))
    host.clock.advance(1 if life is True else 3299)
    assert host.is_renewed() == (life is True)


def test_the_life_of_a_token_counts_from_when_it_was_asked_for() -> None:
    host = TokenHost()
    host.duration = 100
    host.token(grant(expires_in=1000))
    host.clock.advance(799)
    assert not host.is_renewed()
    host.clock.advance(2)
    assert host.is_renewed()


def test_a_fresh_token_is_not_asked_for_again() -> None:
    host = TokenHost()
    token = host.token(grant())
    assert host.token(grant("another")) is token
    assert not host.requests


def test_a_rejected_token_is_replaced_once_also_when_several_calls_were_rejected() -> None:
    host = TokenHost()
    old = host.token(grant("old"))
    new = host.token(grant("new"), rejected=old)
    assert new.value == "new"
    assert host.token(grant("newer"), rejected=old) is new
    assert not host.requests


def test_without_credentials_nothing_is_asked_for() -> None:
    host = TokenHost(Connection(CONNECT, AUTH, "i"))
    with pytest.raises(ConfigurationError, match="CTP_CLIENT_SECRET"):
        host.token(grant())
    assert not host.requests


@pytest.mark.parametrize(
    ("given", "scopes"),
    [
        (
            {"scope": "manage_project:acme view_orders:acme"},
            frozenset({"manage_project:acme", "view_orders:acme"}),
        ),
        ({"scope": 3}, None),
        ({}, None),
    ],
)
def test_a_token_knows_the_scopes_and_the_lifetime_that_the_token_host_names(
    given: dict[str, object], scopes: frozenset[str] | None
) -> None:
    answer = httpx.Response(200, json={"access_token": "t", "expires_in": 3600, **given})

    token = TokenHost().token(answer)

    assert (token.scopes, token.lifetime) == (scopes, 3600.0)


def test_a_token_is_not_shown() -> None:
    assert TOKEN not in repr(TokenHost().token(grant()))


def oauth(status: int, error: str, **more: object) -> httpx.Response:
    return httpx.Response(status, json={"statusCode": status, "error": error, **more})


@pytest.mark.parametrize(
    ("answer", "kind", "remedy"),
    [
        (oauth(401, "invalid_client", message="Provide credentials"), AuthenticationFailedError, "clientSecret"),
        (refusal(401, "AuthenticationError", "Bad credentials"), AuthenticationFailedError, "clientSecret"),
        (refusal(401), AuthenticationFailedError, "clientSecret"),
        (httpx.Response(401), AuthenticationFailedError, "clientSecret"),
        (oauth(400, "invalid_scope", error_description="Malformed scope"), RefusedError, "CTP_SCOPES"),
        (refusal(400, "invalid_scope"), RefusedError, "CTP_SCOPES"),
        (refusal(503), ServerError, "Run again"),
        (httpx.Response(502, html="<html>"), ServerError, "Run again"),
        (httpx.Response(429), RateLimitedError, "Run again"),
        (httpx.Response(200, html="<html>"), UnexpectedAnswerError, "proxy"),
        (httpx.Response(404, html="<html>"), UnexpectedAnswerError, "proxy"),
        (httpx.Response(200, json={"expires_in": 3}), UnexpectedAnswerError, "proxy"),
        (httpx.Response(200, json={"access_token": "two\r\nlines"}), UnexpectedAnswerError, "proxy"),
        (httpx.Response(200, json={"access_token": ""}), UnexpectedAnswerError, "proxy"),
    ],
)  # fmt: skip
def test_a_refused_token_is_explained(answer: httpx.Response, kind: type[ApiError], remedy: str) -> None:
    error = TokenHost().error(answer)
    assert type(error) is kind
    assert "get a token from auth.europe-west1.gcp.commercetools.com" in error.message
    assert remedy in error.remedy
    assert not error.uncertain
    assert "lines" not in str(error)


def test_a_token_host_that_repeats_the_credentials_does_not_make_them_show() -> None:
    basic = base64.b64encode(f"client-1:{SECRET}".encode()).decode()
    error = TokenHost().error(refusal(401, "invalid_client", f"bad: {SECRET} / Basic {basic}"))
    assert SECRET not in str(error)
    assert basic[12:] not in str(error)
    assert "bad: ***" in str(error)
