"""Every operation on good and bad days, with canaries for secrets: none is in anything that is kept or shown."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from commercetools_connect.api.session import ApiSession
from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import PropertyValue, Secret
from tests.hostile.scenes import CANARY, prepare
from tests.hostile.service import CLIENT_SECRET, Service, Visit
from tests.support.canaries import Canaries, secrets_of
from tests.support.virtual import run_virtually

Trouble = Callable[[httpx.Request, httpx.Response], httpx.Response]

ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "URL-encoded": lambda text: quote(text, safe=""),
    "JSON-encoded": lambda text: json.dumps(text)[1:-1],
    "base64-encoded": lambda text: base64.b64encode(f"secret: {text}".encode()).decode(),
}


def honest(_: httpx.Request, response: httpx.Response) -> httpx.Response:
    return response


def echo(request: httpx.Request) -> str:
    """Return everything that a request tells, in every encoding."""
    scheme, _, credentials = request.headers["authorization"].partition(" ")
    given = [credentials]
    if scheme == "Basic":
        given.append(CLIENT_SECRET)
    if b"securedConfiguration" in request.content:
        given.append(CANARY)
    forms = [encode(each) for encode in ENCODINGS.values() for each in given]
    return " | ".join([*forms, f"{scheme} {credentials} {request.content.decode()}"])


def refuses_with_an_echo(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    if request.method == "GET":
        return response
    said = echo(request)
    entry = {"code": "InvalidJsonInput", "message": said, "detailedErrorMessage": said, "field": said}
    return httpx.Response(400, json={"statusCode": 400, "message": said, "errors": [entry]})


def refuses_writes_with_an_echo(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    return response if "oauth" in request.url.path else refuses_with_an_echo(request, response)


def reports_the_value(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    """Report what a script has printed: its environment."""
    if "/deployments/" not in request.url.path or not response.is_success:
        return response
    body = json.loads(response.content)
    said = [encode(CANARY) for encode in ENCODINGS.values()]
    entries = [{"type": "Warning", "title": f"env: {each}", "message": each} for each in said]
    body.setdefault("details", {}).setdefault("build", {})["report"] = {"entries": entries}
    return httpx.Response(response.status_code, json=body)


def unavailable(request: httpx.Request, _: httpx.Response) -> httpx.Response:
    return httpx.Response(503, headers={"x-echo": request.headers.get("authorization", "")}, text=echo(request))


def refused(request: httpx.Request, _: httpx.Response) -> httpx.Response:
    raise httpx.ConnectError(f"could not reach {request.url} with {request.headers}", request=request)


def masks_the_value(_: httpx.Request, response: httpx.Response) -> httpx.Response:
    """Show the value where the API has a mask (API §12.1)."""
    return httpx.Response(
        response.status_code, content=response.content.replace(b"****", json.dumps(CANARY)[1:-1].encode())
    )


TROUBLES: tuple[Trouble, ...] = (
    honest,
    refuses_with_an_echo,
    refuses_writes_with_an_echo,
    reports_the_value,
    unavailable,
    refused,
    masks_the_value,
)


@contextmanager
def all_logs() -> Iterator[list[str]]:
    """Collect what every library logs, at the highest level."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    root, collector = logging.getLogger(), Collector(level=1)
    level = root.level
    root.addHandler(collector)
    root.setLevel(1)
    try:
        yield lines
    finally:
        root.removeHandler(collector)
        root.setLevel(level)


def at_rest(value: PropertyValue) -> str:
    """Return a tree as it is stored: what is secret is encrypted by Pulumi, and not here."""

    def keep(each: Any) -> Any:
        if isinstance(each, Secret):
            return "[secret]"
        if isinstance(each, dict):
            return {name: keep(child) for name, child in each.items()}
        return [keep(child) for child in each] if isinstance(each, list | tuple) else each

    return json.dumps(keep(value), ensure_ascii=False)


def left_behind(visit: Visit) -> Iterator[str]:
    """Yield everything that an operation leaves: words, exceptions in every form, states."""
    yield from visit.texts()
    error = visit.error
    if error is not None:
        yield "".join(traceback.format_exception(error))
        yield repr(error)
        yield repr(vars(error)) if not isinstance(error, InitFailedError) else ""
        yield pickle.dumps(str(error)).decode("latin-1")
    state = error.state if isinstance(error, InitFailedError) else visit.result
    if isinstance(state, State):
        yield at_rest(state.outputs)
        yield at_rest(state.inputs)
        yield repr(state)


async def search(trouble: Trouble) -> tuple[list[str], int]:
    """Perform every scene in that trouble, and return what is found, and how many secrets were looked for."""
    service = Service()
    scenes = await prepare(service)
    found, looked_for = [], 0
    for name, scene in scenes.items():
        await service.begin(scene.dump)
        service.answer = trouble
        with all_logs() as logs:
            visit = await Visit(service).perform(scene.kind, scene.act)
        journal = json.dumps(await service.admin("GET", "journal"), ensure_ascii=False)
        secrets = {CANARY, CLIENT_SECRET, *secrets_of(await service.admin("GET", "dump"))}
        looked_for += len(secrets)
        canaries = Canaries(secrets)
        places = {
            "words, exceptions, states": "\n".join(left_behind(visit)),
            "logs": "\n".join(logs),
            "journal": journal,
        }
        found += [
            f"{name}: {form} in {where}" for where, text in places.items() for form in canaries.found_in(text)
        ]
    return found, looked_for


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_no_canary_stands_anywhere(trouble: Trouble) -> None:
    """Client secret, tokens and secured values, in clear, URL-, JSON- or base64-encoded."""
    found, looked_for = run_virtually(search(trouble))

    assert not found, found
    assert looked_for >= 30


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_one_log_line_that_leaks_is_found(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that logs what it sends, in any of the encodings, does not pass the search above."""
    send = ApiSession._request

    def leaking(self: ApiSession, *arguments: Any) -> httpx.Request:
        request = send(self, *arguments)
        bearer = request.headers["authorization"].split(" ")[1]
        line = ENCODINGS[encoding](f"with {bearer} and {CANARY}")
        logging.getLogger("commercetools_connect.api").debug("sending %s", line)
        return request

    monkeypatch.setattr(ApiSession, "_request", leaking)
    found, _ = run_virtually(search(honest))

    assert any(encoding in each and "logs" in each for each in found)
    assert {each.split(":")[0] for each in found} >= {"create draft", "read deployment", "delete deployment"}


@pytest.mark.parametrize("prefix", ["", "a", "ab"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_search_finds_what_it_should(encoding: str, prefix: str) -> None:
    for secret in (CANARY, CLIENT_SECRET, "HB2yKGUBcuFbiH_uDPx9RwZTzy7WkJbG"):
        text = f"before {ENCODINGS[encoding](prefix + secret)} after"
        assert Canaries([secret]).found_in(text), secret
        assert not Canaries([secret]).found_in(ENCODINGS[encoding]("something else entirely, and long enough"))
