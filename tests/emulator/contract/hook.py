"""An ASGI layer that holds every answer of the emulator, and every request of our client, to the description.

`hold` puts it into each emulator of this process, behind the layer that makes trouble: what a fault does to an
answer is not the emulator's word. Emulators in processes of their own are not held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from jsonschema_rs import ValidationError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commercetools_connect.emulator import app as emulator_app
from commercetools_connect.emulator.backend import Backend
from commercetools_connect.emulator.middleware import ADMIN, Front, Sleep
from commercetools_connect.emulator.settings import RefusalCode, ResponseStyle
from tests.emulator.contract.description import ERRORS, Operation, description

__all__ = ["hold", "take_problems"]

OUR_CLIENT: Final = b"commercetools-connect-provider/"
PLAIN: Final = ResponseStyle()
SEEN_KEPT: Final = 20_000

_problems: list[str] = []
_seen: set[tuple[str, bytes]] = set()


def hold() -> None:
    """Put the layer into each emulator that is made from now on."""

    def held(app: ASGIApp, backend: Backend, sleep: Sleep) -> Front:
        return Front(_Held(app, backend), backend, sleep)

    setattr(emulator_app, "Front", held)  # noqa: B010 - what `create_app` finds by this name


def take_problems() -> list[str]:
    """Return what was found since the last time."""
    found = _problems.copy()
    _problems.clear()
    return found


class _Held:
    def __init__(self, app: ASGIApp, backend: Backend) -> None:
        self._app = app
        self._backend = backend
        self._touched = False
        """Whether a hand may have written words that no enumeration has."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith(ADMIN):
            await self._app(scope, receive, send)
            self._note_control(scope["method"], scope["path"])
            return
        request = await receive()
        sent: list[Message] = []

        async def receive_again() -> Message:
            return request

        async def send_and_keep(message: Message) -> None:
            sent.append(message)
            await send(message)

        await self._app(scope, receive_again, send_and_keep)
        body = b"".join(each.get("body", b"") for each in sent[1:])
        operation = description().operation(scope["method"], scope["path"])
        found = [*_wrong_request(operation, scope, request["body"]), *self._wrong_answer(operation, sent[0], body)]
        _problems.extend(f"{scope['method']} {scope['path']}: {each}" for each in found)

    def _note_control(self, method: str, path: str) -> None:
        if path.endswith("/reset"):
            self._touched = False
        elif method in {"PATCH", "PUT", "POST"} and any(
            each in path for each in ("/objects/", "/dump", "/registrations/")
        ):
            self._touched = True

    def _wrong_answer(self, operation: Operation | None, start: Message, body: bytes) -> Iterator[str]:
        status = start["status"]
        schema = ERRORS if status >= 400 else _schema_of(operation, status)
        if schema is None:
            yield f"answers {status}, which is not described"
            return
        settings = self._backend.world.settings
        if (schema, body) in _seen or (settings.responses != PLAIN and schema != ERRORS):
            return
        answer = json.loads(body)
        words_are_free = self._touched or any(
            isinstance(each, RefusalCode) for each in settings.assumptions.values()
        )
        for problem in description().problems(schema, answer):
            if not (words_are_free and _is_about_words(problem)):
                yield f"answers {status}, no {schema}: {_reported(problem)}"
        if Headers(raw=start["headers"]).get("content-type") != "application/json":
            yield "answers no JSON"
        if schema == ERRORS:
            yield from _wrong_envelope(answer, status)
        if len(_seen) > SEEN_KEPT:
            _seen.clear()
        _seen.add((schema, body))


def _schema_of(operation: Operation | None, status: int) -> str | None:
    return operation.answers.get(status) if operation else None


def _wrong_request(operation: Operation | None, scope: Scope, body: bytes) -> Iterator[str]:
    """Yield what our client has sent that the description does not have. What tests send may be wrong."""
    if operation is None or operation.request is None:
        return
    if not dict(scope["headers"]).get(b"user-agent", b"").startswith(OUR_CLIENT):
        return
    for problem in description().problems(operation.request, json.loads(body)):
        yield f"our client sends no {operation.request}: {_reported(problem)}"


def _wrong_envelope(answer: Any, status: int) -> Iterator[str]:
    if answer["statusCode"] != status:
        yield f"answers {status}, and {answer['statusCode']} in the envelope"
    if "errors" in answer and answer["errors"][0]["message"] != answer["message"]:
        yield "the message of the envelope is not that of its first error"


def _is_about_words(problem: ValidationError) -> bool:
    return "is not one of" in problem.message


def _reported(problem: ValidationError) -> str:
    """Return a problem without the value: it may be a secret."""
    where = "/".join(str(part) for part in problem.instance_path)
    rule = "/".join(str(part) for part in problem.schema_path)
    return f"{where or 'the whole'} breaks {rule}"
