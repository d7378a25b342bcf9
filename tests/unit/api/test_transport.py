"""Connections are opened where and when they are needed, and nothing is sent elsewhere."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any

import httpx
import pytest
import truststore

from commercetools_connect.api import (
    ApiError,
    ById,
    ConnectClient,
    Connection,
    NetworkError,
    NoAnswerError,
    http,
    resolve,
)
from commercetools_connect.api.http import Transport
from tests.support.clock import FakeClock
from tests.unit.api.fake_network import CONNECTION, DRAFT, FakeNetwork, json_answer, run

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


def opened(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return how httpx is asked to open a client."""
    seen: dict[str, Any] = {}
    real = httpx.AsyncClient

    def spy(**options: Any) -> httpx.AsyncClient:
        seen.update(options)
        return real(transport=httpx.MockTransport(lambda _: httpx.Response(200)))

    monkeypatch.setattr(httpx, "AsyncClient", spy)

    async def once() -> None:
        transport = Transport(connection.connect_url, connection.auth_url)
        assert not seen
        await transport.send(httpx.Request("GET", f"{connection.connect_url}/x"))
        await transport.aclose()

    run(once())
    return seen


def test_certificates_are_checked_against_the_trust_store_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    options = opened(CONNECTION, monkeypatch)
    assert isinstance(options["verify"], truststore.SSLContext)
    assert options["follow_redirects"] is False
    assert options["trust_env"] is True
    assert options["limits"].max_connections >= 50


def test_an_http_api_on_this_machine_is_called_without_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the Connect API is elsewhere."""
    asked: dict[str, Any] = {}
    real, network = httpx.AsyncClient, httpx.MockTransport(lambda _: httpx.Response(403, json={}))

    def spy(**options: Any) -> httpx.AsyncClient:
        asked.update(options)
        return real(transport=network)

    monkeypatch.setattr(httpx, "AsyncClient", spy)

    async def once() -> None:
        connection = Connection(
            CONNECTION.connect_url, CONNECTION.auth_url, "a", "b", api_url="http://127.0.0.1:9"
        )
        async with ConnectClient(connection, clock=FakeClock()) as client:
            with pytest.raises(ApiError):
                await client.wiring().extensions("acme-dev")

    run(once())

    assert "all://127.0.0.1:9" in asked["mounts"]


def test_no_certificates_are_loaded_for_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    local = Connection("http://127.0.0.1:8085", "http://127.0.0.1:8085")
    monkeypatch.setattr(http, "system_trust", lambda: pytest.fail("loaded"))
    options = opened(local, monkeypatch)
    assert options["trust_env"] is False
    # Should https be asked for nevertheless, it must fail, not be trusted blindly.
    assert options["verify"].verify_mode is ssl.CERT_REQUIRED
    assert not options["verify"].get_ca_certs()


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    options = opened(Connection("http://localhost:8085", CONNECTION.auth_url), monkeypatch)
    assert options["trust_env"] is True
    assert options["mounts"] == {"all://localhost:8085": None}
    assert opened(CONNECTION, monkeypatch)["mounts"] == {}


def test_a_redirect_is_not_followed() -> None:
    network = FakeNetwork(httpx.Response(307, headers={"location": "https://evil.example/take"}))
    with pytest.raises(Exception, match="HTTP 307"):
        network.perform(lambda c: c.get_connector_staged(ById("x")))
    assert {call.url.host for call in network.calls} == {"connect.europe-west1.gcp.commercetools.com"}


def test_the_secret_goes_to_the_token_host_and_the_token_to_the_connect_host_only() -> None:
    network = FakeNetwork(json_answer(DRAFT))
    network.perform(lambda c: c.get_connector_staged(ById("x")))
    assert [call.url.host for call in network.token_calls] == ["auth.europe-west1.gcp.commercetools.com"]
    assert network.token_calls[0].headers["authorization"].startswith("Basic ")
    assert network.calls[0].headers["authorization"].startswith("Bearer ")


async def served(handler: Handler, use: Callable[[ConnectClient], Coroutine[Any, Any, object]]) -> object:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    hosts = resolve(connect_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    connection = Connection(hosts.connect_url, hosts.auth_url, "client", "secret-1234")
    async with server, ConnectClient(connection, clock=FakeClock(), jitter=lambda: 0.5) as client:
        return await use(client)


def answering(*parts: tuple[bytes, bytes]) -> tuple[Handler, list[bytes]]:
    """Return a server that answers each path prefix with bytes as given, and the request lines it has seen."""
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.split(b"\r\n", 1)[0]
        seen.append(line)
        for prefix, answer in parts:
            if prefix in line:
                writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return handler, seen


def whole(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


TOKEN = (b"/oauth/token", whole(b'{"access_token": "t", "expires_in": 3600}'))


def test_the_emulators_host_is_reached_over_a_real_socket() -> None:
    handler, seen = answering(TOKEN, (b"/connectors", whole(b'{"id": "x", "version": 1, "status": "Draft"}')))
    draft: Any = run(served(handler, lambda c: c.get_connector_staged(ById("x"))))
    assert draft.id == "x"
    assert seen == [b"POST /oauth/token HTTP/1.1", b"GET /connectors/drafts/x HTTP/1.1"]


def test_an_answer_that_breaks_off_is_no_answer_and_a_write_stays_uncertain() -> None:
    cut = b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"id": "x"'
    handler, seen = answering(TOKEN, (b"/connectors", cut))
    with pytest.raises(NetworkError) as caught:
        run(served(handler, lambda c: c.delete_connector_staged(ById("x"))))
    assert caught.value.uncertain
    assert len(seen) == 2


def test_a_connection_that_closes_without_a_word_is_tried_again_for_a_read() -> None:
    handler, seen = answering(TOKEN)
    with pytest.raises(NetworkError, match="disconnected"):
        run(served(handler, lambda c: c.get_connector_staged(ById("x"))))
    assert len(seen) == 1 + 5


def test_a_closed_port_is_a_write_that_was_never_sent() -> None:
    async def refused() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        url = f"http://127.0.0.1:{port}"
        network = FakeNetwork(json_answer(DRAFT))
        async with ConnectClient(Connection(url, url, "a", "b"), clock=network.clock) as client:
            await client.delete_connector_staged(ById("x"))

    with pytest.raises(NetworkError) as caught:
        run(refused())
    assert not caught.value.uncertain


@pytest.mark.parametrize(
    ("limit", "words"), [("_LARGEST_RESPONSE", "larger than"), ("_LONGEST_RESPONSE", "no end")]
)
def test_an_answer_without_an_end_is_given_up(limit: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that drips bytes for ever, or sends more than anything has, does not hold an `up` for ever."""
    monkeypatch.setattr(http, limit, 0)

    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b"x"

    network = FakeNetwork(json_answer(DRAFT), grants=(lambda _: httpx.Response(200, content=drip()),))
    with pytest.raises(NetworkError, match=words):
        network.perform(lambda c: c.delete_connector_staged(ById("x")))


def test_an_application_that_answers_drop_by_drop_does_not_hold_a_gate() -> None:
    """The time limit of a check is for the whole call, not for each piece of the answer."""

    async def ask() -> None:
        ended = asyncio.Event()

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nX: ")
            with suppress(ConnectionError):
                while not reader.at_eof():
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.01)
                writer.close()
                await writer.wait_closed()
            ended.set()

        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, http.ApplicationProbe() as probe:
            try:
                await asyncio.wait_for(probe.status("GET", url, time_limit=0.1), 5)
            finally:
                await asyncio.wait_for(ended.wait(), 5)

    with pytest.raises(NoAnswerError, match=re.escape("no answer within 0.1 s")):
        run(ask())


def test_a_compressed_answer_is_read_once_and_whole() -> None:
    """What the body was packed with is not looked for again."""
    body = gzip.compress(json.dumps(DRAFT).encode())
    network = FakeNetwork(lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, content=body))
    draft = network.perform(lambda c: c.get_connector_staged(ById("x")))
    assert draft.id == DRAFT["id"]
