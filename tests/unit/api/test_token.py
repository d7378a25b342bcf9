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
    ServerError,
    UnexpectedAnswerError,
)
from commercetools_connect.api.token import Token, TokenFlow
from commercetools_connect.contract.errors import ConfigurationError
from tests.support.clock import FakeClock
from tests.unit.api.stand import AUTH, CONNECT, CONNECTION, SECRET, TOKEN, grant, refusal


class Drive:
    """A token flow, and the one request it makes."""

    def __init__(self, connection: Connection = CONNECTION) -> None:
        self.clock = FakeClock()
        self.flow = TokenFlow(connection, self.clock)
        self.requests: list[httpx.Request] = []

    def __call__(self, answer: httpx.Response, rejected: Token | None = None) -> Token | ApiError:
        steps = self.flow.obtain(rejected, "ccp-1234")
        try:
            while True:
                self.requests.append(next(steps))
                steps.send(answer)
        except StopIteration as done:
            outcome: Token | ApiError = done.value
            return outcome

    def token(self, answer: httpx.Response, rejected: Token | None = None) -> Token:
        self.requests.clear()
        token = self(answer, rejected)
        assert isinstance(token, Token)
        return token

    def error(self, answer: httpx.Response) -> ApiError:
        error = self(answer)
        assert isinstance(error, ApiError)
        return error


def test_a_token_is_asked_for_with_the_credentials_and_nothing_else() -> None:
    drive = Drive()
    drive.token(grant())
    (request,) = drive.requests
    assert (request.method, str(request.url)) == ("POST", f"{AUTH}/oauth/token")
    scheme, _, encoded = request.headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(encoded).decode()) == ("Basic", f"client-1:{SECRET}")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.content == b"grant_type=client_credentials"


def test_scopes_are_asked_for_only_where_they_are_configured() -> None:
    drive = Drive(Connection(CONNECT, AUTH, "i", "s", scopes=" manage_project:a\n view_connectors:a "))
    drive.token(grant())
    assert parse_qsl(drive.requests[0].content.decode())[1] == ("scope", "manage_project:a view_connectors:a")


@pytest.mark.parametrize(("life", "used"), [(172800, 172500), (3600, 3300), (600, 540), (10, 9), (3000.0, 2700)])
def test_a_token_is_renewed_5_minutes_ahead_or_a_tenth_of_a_short_life(life: float, used: float) -> None:
    drive = Drive()
    token = drive.token(grant(expires_in=life))
    drive.clock.advance(used - 0.01)
    assert drive.flow.current() is token
    drive.clock.advance(0.02)
    assert drive.flow.current() is None


@pytest.mark.parametrize("life", [None, "soon", 0, -5, True, [1]])
def test_a_token_without_a_sensible_life_is_used_for_the_shortest_one_there_is(life: object) -> None:
    drive = Drive()
    drive.token(grant(expires_in=life))
    drive.clock.advance(1 if life is True else 3299)
    assert (drive.flow.current() is None) == (life is True)


def test_the_life_of_a_token_counts_from_when_it_was_asked_for() -> None:
    drive = Drive()
    steps = drive.flow.obtain()
    next(steps)
    drive.clock.advance(100)
    with pytest.raises(StopIteration):
        steps.send(grant(expires_in=1000))
    drive.clock.advance(801)
    assert drive.flow.current() is None


def test_a_fresh_token_is_not_asked_for_again() -> None:
    drive = Drive()
    token = drive.token(grant())
    assert drive.token(grant("another")) is token
    assert not drive.requests


def test_a_rejected_token_is_replaced_once_also_when_several_calls_were_rejected() -> None:
    drive = Drive()
    old = drive.token(grant("old"))
    new = drive.token(grant("new"), rejected=old)
    assert new.value == "new"
    assert drive.token(grant("newer"), rejected=old) is new
    assert not drive.requests


def test_without_credentials_nothing_is_asked_for() -> None:
    with pytest.raises(ConfigurationError, match="CTP_CLIENT_SECRET"):
        next(TokenFlow(Connection(CONNECT, AUTH, "i"), FakeClock()).obtain())


def test_a_token_is_not_shown() -> None:
    assert TOKEN not in repr(Drive().token(grant()))


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
    error = Drive().error(answer)
    assert type(error) is kind
    assert "get a token from auth.europe-west1.gcp.commercetools.com" in error.message
    assert remedy in error.remedy
    assert not error.uncertain
    assert "lines" not in str(error)


def test_a_token_host_that_repeats_the_credentials_does_not_make_them_show() -> None:
    basic = base64.b64encode(f"client-1:{SECRET}".encode()).decode()
    error = Drive().error(refusal(401, "invalid_client", f"bad: {SECRET} / Basic {basic}"))
    assert SECRET not in str(error)
    assert basic[12:] not in str(error)
    assert "bad: ***" in str(error)
