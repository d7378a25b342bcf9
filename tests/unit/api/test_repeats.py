"""The table of what may be repeated holds for every endpoint: what could be done twice is sent once."""

from __future__ import annotations

import asyncio
import inspect
import re
import ssl
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from commercetools_connect.api import ApiError, ById, ConnectClient
from commercetools_connect.api import retry as repeats
from commercetools_connect.api.retry import DEFAULT_RETRY_POLICY, RULES, FailureKind, Rule
from tests.support.clock import FakeClock
from tests.unit.api.fake_network import CONNECT, DRAFT, Answer, FakeNetwork, json_answer, refusal
from tests.unit.api.test_client import ENDPOINTS

CALLS: list[tuple[str, str, Callable[[ConnectClient], Any]]] = [
    *((method, path, use) for method, path, _, use in ENDPOINTS),
]


def untrusted(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("certificate verify failed") from ssl.SSLCertVerificationError("self-signed")


def broken(error: type[httpx.TransportError]) -> Answer:
    return error("x")


EXAMPLES: list[tuple[FailureKind, str, Answer]] = [
    (FailureKind.NEVER_SENT, "refused", broken(httpx.ConnectError)),
    (FailureKind.NEVER_SENT, "no way there in time", broken(httpx.ConnectTimeout)),
    (FailureKind.NEVER_SENT, "no connection free", broken(httpx.PoolTimeout)),
    (FailureKind.THROTTLED, "429", refusal(429)),
    (FailureKind.THROTTLED, "429 of a gateway", httpx.Response(429, text="slow down")),
    (FailureKind.NO_ANSWER, "timed out", broken(httpx.ReadTimeout)),
    (FailureKind.NO_ANSWER, "timed out while sending", broken(httpx.WriteTimeout)),
    (FailureKind.NO_ANSWER, "broken off", broken(httpx.RemoteProtocolError)),
    (FailureKind.UNREADABLE, "half of it", httpx.Response(200, text='{"id": "x"')),
    (FailureKind.SERVER, "500", refusal(500, "General")),
    (FailureKind.SERVER, "502 page", httpx.Response(502, html="<h1>Bad Gateway</h1>")),
    (FailureKind.SERVER, "503", refusal(503)),
    (FailureKind.SERVER, "504 page", httpx.Response(504, text="")),
    (FailureKind.OTHER_SHAPE, "a list", httpx.Response(200, json=[1])),
    (FailureKind.NOT_THE_API, "a redirect", httpx.Response(307, headers={"location": "https://evil.example"})),
    (FailureKind.NOT_THE_API, "404 page", httpx.Response(404, html="<h1>Not Found</h1>")),
    (FailureKind.REFUSED, "400", refusal(400, "InvalidJsonInput")),
    (FailureKind.REFUSED, "401", refusal(401, "invalid_token")),
    (FailureKind.REFUSED, "403", refusal(403, "insufficient_scope")),
    (FailureKind.REFUSED, "404", refusal(404, "ResourceNotFound")),
    (FailureKind.REFUSED, "409", refusal(409, "ConcurrentModification")),
    (FailureKind.UNTRUSTED, "certificate", untrusted),
]


def again(rule: Rule, *, writes: bool) -> bool:
    """Tell whether a call may be sent again without a read of the object before."""
    return rule.transient and not (writes and rule.maybe_applied)


@pytest.mark.parametrize(("method", "path", "use"), CALLS)
def test_each_endpoint_repeats_what_the_table_says(method: str, path: str, use: Callable[..., Any]) -> None:
    """Five times in all where it is safe; otherwise once, and a write says whether it may have had its effect."""
    writes = method != "GET"
    for trouble, example, answer in EXAMPLES:
        network = FakeNetwork(answer)
        with pytest.raises(ApiError) as caught:
            network.perform(use)
        rule = RULES[trouble]
        times = DEFAULT_RETRY_POLICY.attempts if again(rule, writes=writes) else 1
        times += "401" in example  # once more with another token, because the first may be expired
        assert len(network.calls) == times, f"{method} {path}: {example}"
        assert caught.value.uncertain == (writes and rule.maybe_applied), f"{method} {path}: {example}"


@pytest.mark.parametrize(("trouble", "example", "answer"), EXAMPLES, ids=[each[1] for each in EXAMPLES])
def test_a_token_request_is_repeated_like_a_read(trouble: FailureKind, example: str, answer: Answer) -> None:
    """A second token does no harm."""
    network = FakeNetwork(httpx.Response(500), grants=(answer,))
    with pytest.raises(ApiError) as caught:
        network.perform(ENDPOINTS[0][3])
    assert len(network.token_calls) == (DEFAULT_RETRY_POLICY.attempts if RULES[trouble].transient else 1), example
    assert not caught.value.uncertain
    assert not network.calls


def test_every_trouble_has_an_example_and_a_line_in_the_picture() -> None:
    pictured = re.findall(
        r"^\| ([\w ]+): .*? \| (again|not)\b.*? \| (again|not)\b", repeats.__doc__ or "", re.MULTILINE
    )
    rows = {name: (read == "again", write == "again") for name, read, write in pictured}

    assert {trouble for trouble, _, _ in EXAMPLES} == set(RULES) == set(FailureKind)
    assert rows == {
        trouble.value: (again(rule, writes=False), again(rule, writes=True)) for trouble, rule in RULES.items()
    }


def test_every_endpoint_is_tried() -> None:
    """Lists are reads; the same code makes their calls, page by page. The token tells projects and scopes."""
    coroutines = {name for name, _ in inspect.getmembers(ConnectClient, inspect.iscoroutinefunction)}
    tried = set(re.findall(r"c\.(\w+)\(", "".join(inspect.getsource(use) for _, _, use in CALLS)))
    others = {"aclose", "projects", "scopes", "snapshot_connectors_staged", "snapshot_deployments"}
    assert {name for name in coroutines if not name.startswith("_")} - others <= tried


class Stopped(FakeClock):
    """A clock on which no wait ends."""

    async def sleep(self, seconds: float) -> None:  # noqa: ARG002 - as every clock has it
        await asyncio.Event().wait()


def test_a_caller_that_gives_up_is_given_the_error_because_of_which_the_call_is_repeated() -> None:
    """A host that refuses connections is not a host that says nothing, and the message names it."""
    network = FakeNetwork(httpx.ConnectError("Connection refused"), json_answer(DRAFT))
    network.clock = Stopped()

    async def give_up(client: ConnectClient) -> tuple[str, str]:
        before = client.no_answer(4.0, "Check the network.")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.get_connector_staged(ById("0b7c")), 0.05)
        return str(before), str(client.no_answer(4.0, "Check the network."))

    silent, refused = network.perform(give_up)

    host = CONNECT.removeprefix("https://")
    assert silent == f"There was no answer from {host} within 4 s.\nCheck the network."
    assert f"{host} could not be talked to: Connection refused" in refused
    assert "There was no answer" not in refused
