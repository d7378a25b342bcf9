"""The table of what may be repeated holds for every endpoint: what could be done twice is sent once."""

from __future__ import annotations

import inspect
import re
import ssl
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from commercetools_connect.api import ApiError, ConnectClient, repeats
from commercetools_connect.api.repeats import RULES, Trouble
from commercetools_connect.api.retries import PATIENT
from tests.unit.api.stand import Answer, Stand, refusal
from tests.unit.api.test_client import ENDPOINTS, KEY

CALLS: list[tuple[str, str, Callable[[ConnectClient], Any]]] = [
    *((method, path, use) for method, path, _, use in ENDPOINTS),
    ("GET", "/acme-dev/deployments/key=acme-tax/revisions/3", lambda c: c.get_revision("acme-dev", KEY, "3")),
]


def untrusted(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("certificate verify failed") from ssl.SSLCertVerificationError("self-signed")


def broken(error: type[httpx.TransportError]) -> Answer:
    return error("x")


EXAMPLES: list[tuple[Trouble, str, Answer]] = [
    (Trouble.NEVER_SENT, "refused", broken(httpx.ConnectError)),
    (Trouble.NEVER_SENT, "no way there in time", broken(httpx.ConnectTimeout)),
    (Trouble.NEVER_SENT, "no connection free", broken(httpx.PoolTimeout)),
    (Trouble.THROTTLED, "429", refusal(429)),
    (Trouble.THROTTLED, "429 of a gateway", httpx.Response(429, text="slow down")),
    (Trouble.NO_ANSWER, "timed out", broken(httpx.ReadTimeout)),
    (Trouble.NO_ANSWER, "timed out while sending", broken(httpx.WriteTimeout)),
    (Trouble.NO_ANSWER, "broken off", broken(httpx.RemoteProtocolError)),
    (Trouble.UNREADABLE, "half of it", httpx.Response(200, text='{"id": "x"')),
    (Trouble.SERVER, "500", refusal(500, "General")),
    (Trouble.SERVER, "502 page", httpx.Response(502, html="<h1>Bad Gateway</h1>")),
    (Trouble.SERVER, "503", refusal(503)),
    (Trouble.SERVER, "504 page", httpx.Response(504, text="")),
    (Trouble.OTHER_SHAPE, "a list", httpx.Response(200, json=[1])),
    (Trouble.NOT_THE_API, "a redirect", httpx.Response(307, headers={"location": "https://evil.example"})),
    (Trouble.NOT_THE_API, "404 page", httpx.Response(404, html="<h1>Not Found</h1>")),
    (Trouble.REFUSED, "400", refusal(400, "InvalidJsonInput")),
    (Trouble.REFUSED, "401", refusal(401, "invalid_token")),
    (Trouble.REFUSED, "403", refusal(403, "insufficient_scope")),
    (Trouble.REFUSED, "404", refusal(404, "ResourceNotFound")),
    (Trouble.REFUSED, "409", refusal(409, "ConcurrentModification")),
    (Trouble.UNTRUSTED, "certificate", untrusted),
]


@pytest.mark.parametrize(("method", "path", "use"), CALLS)
def test_each_endpoint_repeats_what_the_table_says(method: str, path: str, use: Callable[..., Any]) -> None:
    """Five times in all where it is safe; otherwise once, and a write says whether it may have had its effect."""
    writes = method != "GET"
    for trouble, example, answer in EXAMPLES:
        stand = Stand(answer)
        with pytest.raises(ApiError) as caught:
            stand.perform(use)
        rule = RULES[trouble]
        times = PATIENT.attempts if rule.again(writes=writes) else 1
        times += "401" in example  # once more with another token, as nobody has looked at the first
        assert len(stand.calls) == times, f"{method} {path}: {example}"
        assert caught.value.uncertain == (writes and rule.may_be_done), f"{method} {path}: {example}"


@pytest.mark.parametrize(("trouble", "example", "answer"), EXAMPLES, ids=[each[1] for each in EXAMPLES])
def test_a_token_request_is_repeated_like_a_read(trouble: Trouble, example: str, answer: Answer) -> None:
    """A second token does no harm."""
    stand = Stand(httpx.Response(500), grants=(answer,))
    with pytest.raises(ApiError) as caught:
        stand.perform(ENDPOINTS[0][3])
    assert len(stand.token_calls) == (PATIENT.attempts if RULES[trouble].again(writes=False) else 1), example
    assert not caught.value.uncertain
    assert not stand.calls


def test_every_trouble_has_an_example_and_a_line_in_the_picture() -> None:
    pictured = re.findall(
        r"^\| ([\w ]+): .*? \| (again|not)\b.*? \| (again|not)\b", repeats.__doc__ or "", re.MULTILINE
    )
    rows = {name: (read == "again", write == "again") for name, read, write in pictured}

    assert {trouble for trouble, _, _ in EXAMPLES} == set(RULES) == set(Trouble)
    assert rows == {
        trouble.value: (rule.again(writes=False), rule.again(writes=True)) for trouble, rule in RULES.items()
    }


def test_every_endpoint_is_tried() -> None:
    """Lists are reads; their calls are made by the same code, page by page."""
    coroutines = {name for name, _ in inspect.getmembers(ConnectClient, inspect.iscoroutinefunction)}
    tried = set(re.findall(r"c\.(\w+)\(", "".join(inspect.getsource(use) for _, _, use in CALLS)))
    lists = {"read_drafts", "read_deployments"}
    assert {name for name in coroutines if not name.startswith("_")} - {"aclose"} - lists <= tried
