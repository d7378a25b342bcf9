"""An error says what happened, to which object, and what to do next, and never shows a secret."""

from __future__ import annotations

import asyncio
import base64
import json
import pickle
import ssl
import traceback
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from commercetools_connect.api import (
    ApiError,
    AuthenticationFailedError,
    ByKey,
    ConcurrentModificationError,
    ConnectClient,
    Connection,
    ConnectorReference,
    DeploymentConfigurationApplication,
    DeploymentDraft,
    DuplicateFieldError,
    ForbiddenError,
    InvalidStatusTransitionError,
    NetworkError,
    NotFoundError,
    RateLimitedError,
    Redeploy,
    RefusedError,
    SecuredConfigurationValue,
    ServerError,
    UnexpectedAnswerError,
)
from commercetools_connect.core.errors import ProviderError
from tests.support.clock import FakeClock
from tests.unit.api.fake_network import DEPLOYMENT, SECRET, TOKEN, Answer, FakeNetwork, json_answer, refusal

KEY = ByKey("tax-dev")
PAGE = "<html>Bad gateway secret-page-text</html>"

Use = Callable[[ConnectClient], Coroutine[Any, Any, object]]


def read(client: ConnectClient) -> Coroutine[Any, Any, object]:
    return client.get_deployment("acme-dev", KEY)


def write(client: ConnectClient) -> Coroutine[Any, Any, object]:
    return client.update_deployment("acme-dev", KEY, 3, [Redeploy()])


def delete(client: ConnectClient) -> Coroutine[Any, Any, object]:
    return client.delete_deployment("acme-dev", KEY)


def error_of(answer: Answer, use: Use = read) -> ApiError:
    with pytest.raises(ApiError) as caught:
        FakeNetwork(answer).perform(use)
    return caught.value


def test_an_error_tells_everything_in_one_sentence_and_one_step() -> None:
    error = error_of(refusal(400, "DeploymentInvalidStatusTransition", "Already deploying"), write)
    assert str(error) == (
        "Could not update the Deployment with key 'tax-dev' in project 'acme-dev': "
        "HTTP 400 DeploymentInvalidStatusTransition: Already deploying "
        f"(correlation id {error.correlation_id}).\n"
        "A run of this Deployment is under way: run again when it has ended."
    )
    assert isinstance(error, ProviderError)
    assert (error.status, error.code, error.codes) == (
        400,
        "DeploymentInvalidStatusTransition",
        ("DeploymentInvalidStatusTransition",),
    )
    assert error.correlation_id.startswith("ccp-")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(404, "ResourceNotFound"), NotFoundError),
        (refusal(409, "ConcurrentModification"), ConcurrentModificationError),
        (refusal(400, "ConcurrentModification"), ConcurrentModificationError),
        (refusal(400, "DuplicateField"), DuplicateFieldError),
        (refusal(409, "DeploymentInvalidStatusTransition"), InvalidStatusTransitionError),
        (refusal(400, "InvalidJsonInput"), RefusedError),
        (refusal(400, "Unheard"), RefusedError),
        (refusal(400), RefusedError),
        (refusal(401, "invalid_token"), AuthenticationFailedError),
        (refusal(401), AuthenticationFailedError),
        (httpx.Response(401), AuthenticationFailedError),
        (refusal(403, "AuthorizationError"), ForbiddenError),
        (refusal(403), ForbiddenError),
        (httpx.Response(403, html=PAGE), UnexpectedAnswerError),
        (refusal(429), RateLimitedError),
        (httpx.Response(429), RateLimitedError),
        (refusal(500, "General"), ServerError),
        (refusal(503), ServerError),
        (httpx.Response(502, html=PAGE), ServerError),
        (httpx.Response(502), ServerError),
        (httpx.Response(404, json={"status": 404, "error": "Not Found"}), UnexpectedAnswerError),
        (httpx.Response(200, html=PAGE), UnexpectedAnswerError),
        (httpx.Response(200), UnexpectedAnswerError),
        (httpx.Response(200, json=[]), UnexpectedAnswerError),
        (httpx.Response(200, json={"id": "x", "version": 1}), UnexpectedAnswerError),
        (httpx.Response(200, text='{"id": "x", "version": 1, "sta'), UnexpectedAnswerError),
        (httpx.Response(200, text="[" * 100_000), UnexpectedAnswerError),
        (httpx.Response(302, headers={"location": "https://evil.example"}), UnexpectedAnswerError),
        (httpx.ReadTimeout(""), NetworkError),
        (httpx.ConnectError("refused"), NetworkError),
    ],
)
def test_a_handler_can_catch_what_it_can_handle(answer: Answer, kind: type[ApiError]) -> None:
    error = error_of(answer)
    assert type(error) is kind
    assert error.remedy
    assert "'tax-dev' in project 'acme-dev'" in error.message
    assert "secret-page-text" not in str(error)
    assert not error.uncertain


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(404, html="<html>not found</html>"),
        httpx.Response(404, json={}),
        httpx.Response(404, json=[]),
        httpx.Response(404, json="ResourceNotFound"),
        httpx.Response(404, text='{"errors": [{"code": "ResourceNotFound"'),
        refusal(404),
        httpx.Response(404, json={"status": 404, "error": "Not Found", "path": "/x"}),
        httpx.Response(404, json={"statusCode": 404, "message": "ResourceNotFound", "errors": []}),
        httpx.Response(404, json={"message": "m", "errors": [{"message": "ResourceNotFound"}, None, 3]}),
        httpx.Response(404, json={"message": "m", "errors": {"code": "ResourceNotFound"}}),
        refusal(403, "AuthorizationError"),
        refusal(400, "ResourceNotFound"),
        refusal(200, "ResourceNotFound"),
        httpx.Response(410, html="gone"),
    ],
)
def test_nothing_but_the_apis_own_word_means_that_an_object_is_gone(answer: httpx.Response) -> None:
    assert not isinstance(error_of(answer), NotFoundError)


@pytest.mark.parametrize("use", [write, delete])
@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("late"),
        httpx.WriteTimeout("late"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        httpx.DecodingError("bad gzip"),
        httpx.Response(500, html=PAGE),
        httpx.Response(503),
        refusal(500, "General"),
        refusal(502, "BadGateway"),
        refusal(500, "InvalidJsonInput"),
        httpx.Response(404, html=PAGE),
        httpx.Response(302),
        refusal(404),
        httpx.Response(201, text='{"id": "d1", "ver'),
        httpx.Response(201, json={"message": "ok"}),
        httpx.Response(201, html=PAGE),
    ],
)
def test_a_write_that_may_have_had_its_effect_is_uncertain_and_never_repeated(answer: Answer, use: Use) -> None:
    network = FakeNetwork(answer)
    with pytest.raises(ApiError) as caught:
        network.perform(use)
    assert caught.value.uncertain
    assert "may have had its effect" in str(caught.value)
    assert len(network.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "InvalidJsonInput"),
        refusal(404, "ResourceNotFound"),
        refusal(409, "ConcurrentModification"),
        refusal(403),
        refusal(401),
        httpx.Response(401),
        refusal(429),
        httpx.Response(429),
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("late"),
        httpx.PoolTimeout("busy"),
        httpx.ProxyError("407 Proxy Authentication Required"),
    ],
)
def test_a_write_that_was_refused_or_never_sent_is_certain(answer: Answer) -> None:
    assert not error_of(answer, write).uncertain


def test_what_the_server_explains_is_part_of_the_message() -> None:
    error = error_of(refusal(400, "InvalidJsonInput", detailedErrorMessage="no region"), write)
    assert "(no region)" in error.message


def test_what_the_server_adds_in_another_shape_is_ignored() -> None:
    odd = refusal(409, "ConcurrentModification", currentVersion="5", expectedVersion=True, detailedErrorMessage=[])
    assert error_of(odd, write).codes == ("ConcurrentModification",)


def test_all_entries_of_an_error_are_reported() -> None:
    entries = [{"code": "InvalidJsonInput", "message": "one"}, {"code": "Unheard", "message": "two"}, {"code": 3}]
    error = error_of(httpx.Response(400, json={"statusCode": 400, "message": "one", "errors": entries}))
    assert "InvalidJsonInput: one; Unheard: two" in error.message
    assert error.codes == ("InvalidJsonInput", "Unheard")


def test_foreign_text_is_cut_and_cannot_write_on_the_terminal() -> None:
    error = error_of(refusal(400, "InvalidJsonInput", "\x1b[31mred\n\n\u202eevil" + "x" * 100_000))
    assert "\x1b" not in str(error)
    assert "\u202e" not in str(error)
    assert str(error).count("\n") == 1
    assert len(str(error)) < 1000


def test_the_server_may_know_a_call_by_another_correlation_id() -> None:
    answer = refusal(400, "InvalidJsonInput")
    answer.headers["X-Correlation-ID"] = "projects/acme-1234"
    error = error_of(answer)
    assert error.correlation_id == "projects/acme-1234"
    assert "projects/acme-1234" in str(error)


@pytest.mark.parametrize("header", ["", "short", "a b c d e f g h", "x" * 300, TOKEN, f"pre-{TOKEN}"])
def test_a_correlation_id_that_looks_odd_is_not_taken_over(header: str) -> None:
    answer = refusal(400, "InvalidJsonInput")
    answer.headers["X-Correlation-ID"] = header
    assert error_of(answer).correlation_id.startswith("ccp-")


@pytest.mark.parametrize(
    ("use", "named", "unnamed"),
    [
        (read, ["view_connectors_deployments:acme-dev", "manage_project:acme-dev"], ["manage_api_clients"]),
        (
            write,
            [
                "manage_connectors_deployments:acme-dev",
                "manage_api_clients:acme-dev",
                "privateProjects",
                "<region>:acme-dev",
            ],
            ["view_connectors"],
        ),
        (lambda c: c.get_connector_staged(KEY), ["view_connectors:acme-dev"], ["manage_api_clients"]),
        (lambda c: c.delete_connector_staged(KEY), ["manage_connectors:acme-dev"], ["view_connectors"]),
        (lambda c: c.get_connector(KEY), ["view_connectors:acme-dev"], ["privateProjects"]),
    ],
)
def test_a_forbidden_call_names_the_scopes_that_would_allow_it(
    use: Use, named: list[str], unnamed: list[str]
) -> None:
    error = error_of(refusal(403, "AuthorizationError", "Access denied"), use)
    assert type(error) is ForbiddenError
    assert all(name in error.remedy for name in named)
    assert not any(name in error.remedy for name in unnamed)


def untrusted(_: httpx.Request) -> httpx.Response:
    try:
        raise ssl.SSLCertVerificationError(1, "certificate verify failed: unable to get local issuer certificate")
    except ssl.SSLError as cause:
        raise httpx.ConnectError(str(cause)) from cause


def test_a_certificate_that_is_not_trusted_is_said_at_once() -> None:
    network = FakeNetwork(untrusted)
    with pytest.raises(NetworkError) as caught:
        network.perform(read)
    assert "trust store" in caught.value.remedy
    assert len(network.calls) == 1


def test_a_host_that_does_not_answer_is_named() -> None:
    error = error_of(httpx.ReadTimeout(""))
    assert error.timed_out
    assert "connect.europe-west1.gcp.commercetools.com did not answer in time: ReadTimeout" in error.message
    assert "correlation id" in error.message
    error = error_of(httpx.ConnectError("[Errno -2] Name or service not known"))
    assert "Name or service not known" in error.message
    assert "region" in error.remedy


def test_an_error_survives_the_way_to_another_process() -> None:
    error = error_of(refusal(409, "ConcurrentModification", currentVersion=5), write)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


CANARY = 'can"ary/7f3a+Ünseen\nline'


def leaks(secret: str) -> list[str]:
    return [
        secret,
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"client-1:{secret}".encode()).decode(),
    ]


def deploying(secret: str) -> Use:
    application = DeploymentConfigurationApplication(
        application_name="service",
        secured_configuration=(SecuredConfigurationValue(key="API_KEY", value=SecretStr(secret)),),
    )
    draft = DeploymentDraft(connector=ConnectorReference(key="k"), region="r", configurations=(application,))
    return lambda client: client.create_deployment("acme-dev", draft)


def shown(error: BaseException) -> str:
    """Return everything that a careless program could print of an error."""
    chain = []
    seen: BaseException | None = error
    while seen is not None:
        chain += [str(seen), repr(seen), repr(vars(seen)), *traceback.format_exception(seen)]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(chain)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([CANARY, SECRET, TOKEN, "8chars+/"]),
    st.sampled_from([400, 401, 403, 404, 409, 429, 500, 200]),
    st.sampled_from(["DuplicateField", "General", None]),
)
def test_a_server_that_repeats_every_secret_in_every_encoding_shows_none(
    secret: str, status: int, code: str | None
) -> None:
    echo = " | ".join(leak for one in {secret, SECRET, TOKEN} for leak in leaks(one))
    envelope = {
        "message": echo,
        "error": echo,
        "errors": [
            {
                "code": code or echo,
                "message": echo,
                "field": echo,
                "value": echo,
                "duplicateValue": echo,
                "detailedErrorMessage": echo,
            },
        ],
    }
    # Headers carry no other characters.
    ascii_echo = quote(secret)
    headers = {"X-Correlation-ID": ascii_echo, "Content-Type": f"x/{ascii_echo}", "Retry-After": ascii_echo}
    answer = httpx.Response(status, content=json.dumps(envelope).encode(), headers=headers)
    text = shown(error_of(answer, deploying(secret)))
    for one in {secret, SECRET, TOKEN}:
        for leak in leaks(one):
            assert not any(leak[start : start + 16] in text for start in range(max(1, len(leak) - 15)))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError(f"Illegal header value b'Bearer {TOKEN}'"),
        httpx.LocalProtocolError(f"Illegal header value b'Bearer {TOKEN}'"),
        httpx.Response(200, text=json.dumps({"status": {"secret": CANARY}, "id": [CANARY], "version": CANARY})),
        httpx.Response(200, text=f'{{"a": "{CANARY}'),
        httpx.Response(500, text=f"<html>{CANARY} {TOKEN}"),
    ],
)
def test_no_other_trouble_shows_a_secret_either(answer: Answer) -> None:
    text = shown(error_of(answer, deploying(CANARY)))
    for one in (CANARY, TOKEN, SECRET):
        for leak in leaks(one):
            assert not any(leak[start : start + 16] in text for start in range(max(1, len(leak) - 15)))


def test_a_call_that_is_fine_raises_nothing() -> None:
    assert FakeNetwork(json_answer(DEPLOYMENT)).perform(read)


def test_a_request_that_was_never_sent_has_no_correlation_id_and_names_the_port() -> None:
    """Support would look for it in vain; with several servers on one machine the port tells which it was."""

    async def ask() -> ApiError:
        connection = Connection("http://127.0.0.1:1", "http://127.0.0.1:1", "me", "secret")
        client = ConnectClient(connection, clock=FakeClock())
        try:
            with pytest.raises(NetworkError) as caught:
                await client.get_deployment("acme-dev", KEY)
        finally:
            await client.aclose()
        return caught.value

    error = asyncio.run(ask())

    assert "127.0.0.1:1: it could not be talked to" in error.message
    assert "correlation" not in error.message
    assert error.correlation_id == ""


@pytest.mark.parametrize("named", [True, False])
def test_scopes_that_the_answer_lists_are_not_repeated(named: bool) -> None:
    scopes = ["view_connectors_deployments", "manage_connectors_deployments", "manage_project"]
    detail = f"Missing {' or '.join(f'{each}:acme-dev' for each in scopes)}" if named else "Access denied"

    error = error_of(refusal(403, "AuthorizationError", detail))

    assert str(error).count("manage_project:acme-dev") == 1
    assert ("one of these scopes; scopes cannot be added" in error.remedy) is named
