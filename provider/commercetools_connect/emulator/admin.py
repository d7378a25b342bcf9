"""The control interface `/__admin`: JSON in and out, unknown members are 400 with a clear message.

It stands outside the API's paths, asks for no token, is never hit by faults and not noted in the journal.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import Field, RootModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from .assumptions import ASSUMPTIONS
from .auth import ApiClientFixture
from .backend import Backend, Dump
from .errors import AdminError
from .faults import FaultRule
from .hands import Decision, certified, deleted, patched, scripted_lines, secured_hashes
from .log_book import ScriptedLine
from .model import InvalidShapeError, Model, parse_json, parse_value, to_json
from .outcomes import ScriptedOutcome
from .repositories import RepositoryFixture
from .settings import Settings

Handler = Callable[[Request], Awaitable[object]]


class Advance(Model):
    """Body of POST /__admin/clock."""

    advance: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Clients(RootModel[list[ApiClientFixture]]):
    """Body of PUT /__admin/clients: the whole list."""


class RepositoryList(RootModel[list[RepositoryFixture]]):
    """Body of PUT /__admin/repositories: the whole list."""


class ScriptedLines(RootModel[list[ScriptedLine]]):
    """Body of POST /__admin/logs/{project}/{reference}: what is written after what is there."""


def admin_routes(backend: Backend) -> list[BaseRoute]:
    """Return the routes of the control interface for one emulator."""
    control = _Control(backend)
    served: list[tuple[str, str, Handler]] = [
        ("POST", "/reset", control.reset),
        ("GET", "/settings", control.get_settings),
        ("PUT", "/settings", control.put_settings),
        ("GET", "/assumptions", control.get_assumptions),
        ("PUT", "/clients", control.put_clients),
        ("PUT", "/repositories", control.put_repositories),
        ("POST", "/outcomes", control.post_outcome),
        ("GET", "/faults", control.get_faults),
        ("POST", "/faults", control.post_fault),
        ("DELETE", "/faults", control.delete_faults),
        ("PATCH", "/objects/{kind}/{reference}", control.patch_object),
        ("DELETE", "/objects/{kind}/{reference}", control.delete_object),
        ("POST", "/logs/{project}/{reference}", control.post_logs),
        ("GET", "/secured/{project}/{reference}", control.get_secured),
        ("POST", "/certifications/{reference}", control.post_certification),
        ("GET", "/clock", control.get_clock),
        ("POST", "/clock", control.post_clock),
        ("GET", "/dump", control.get_dump),
        ("PUT", "/dump", control.put_dump),
        ("GET", "/journal", control.get_journal),
        ("DELETE", "/journal", control.delete_journal),
    ]
    routes: list[BaseRoute] = [Route(path, _endpoint(handler), methods=[verb]) for verb, path, handler in served]
    return [Mount("/__admin", routes=routes)]


def _endpoint(handler: Handler) -> Callable[..., object]:
    async def serve(request: Request) -> Response:
        try:
            answer, status = await handler(request), 200
        except AdminError as error:
            answer, status = _envelope(str(error), error.status), error.status
        except InvalidShapeError as error:
            answer, status = _envelope(str(error), 400), 400
        return Response(json.dumps(answer, ensure_ascii=False), status, media_type="application/json")

    return serve


def _envelope(message: str, status: int) -> dict[str, object]:
    return {"statusCode": status, "message": message}


class _Control:
    """One method per control call."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def reset(self, _request: Request) -> object:
        self._backend.reset()
        return to_json(self._backend.world.settings)

    async def get_settings(self, _request: Request) -> object:
        return to_json(self._backend.world.settings)

    async def put_settings(self, request: Request) -> object:
        settings = merged_settings(self._backend.world.settings, await request.body())
        self._backend.set_settings(settings)
        return to_json(settings)

    async def get_assumptions(self, _request: Request) -> object:
        readings = self._backend.world.settings.model_dump(mode="json")["assumptions"]
        return {
            str(number): {
                "default": row.default,
                "other": row.other,
                "reading": readings.get(str(number), "default"),
            }
            for number, row in ASSUMPTIONS.items()
        }

    async def put_clients(self, request: Request) -> object:
        clients = parse_json(Clients, await request.body()).root
        self._backend.authority.clients = clients
        return [{"clientId": each.client_id, "scopes": each.scopes} for each in clients]

    async def put_repositories(self, request: Request) -> object:
        fixtures = parse_json(RepositoryList, await request.body()).root
        self._backend.world.repositories.fixtures = fixtures
        return [{"url": each.url, "tag": each.tag} for each in fixtures]

    async def post_outcome(self, request: Request) -> object:
        outcome = parse_json(ScriptedOutcome, await request.body())
        self._backend.script([outcome])
        return to_json(outcome)

    async def get_faults(self, _request: Request) -> object:
        return [to_json(each) for each in self._backend.faults.armed]

    async def post_fault(self, request: Request) -> object:
        rule = parse_json(FaultRule, await request.body())
        self._backend.faults.arm([rule], self._backend.clock.now())
        return to_json(rule)

    async def delete_faults(self, _request: Request) -> object:
        self._backend.faults.armed.clear()
        return []

    async def patch_object(self, request: Request) -> object:
        path = request.path_params
        return patched(self._backend.world, path["kind"], path["reference"], await request.body())

    async def delete_object(self, request: Request) -> object:
        path = request.path_params
        return deleted(self._backend.world, path["kind"], path["reference"])

    async def post_logs(self, request: Request) -> object:
        path = request.path_params
        lines = parse_json(ScriptedLines, await request.body()).root
        return scripted_lines(self._backend.world, path["project"], path["reference"], lines)

    async def get_secured(self, request: Request) -> object:
        path = request.path_params
        return secured_hashes(self._backend.world, path["project"], path["reference"])

    async def post_certification(self, request: Request) -> object:
        decision = parse_json(Decision, await request.body())
        return certified(self._backend.world, request.path_params["reference"], decision)

    async def get_clock(self, _request: Request) -> object:
        return {"mode": self._backend.clock.mode, "now": self._backend.clock.now()}

    async def post_clock(self, request: Request) -> object:
        self._backend.clock.advance(parse_json(Advance, await request.body()).advance)
        self._backend.world.settle()
        return {"mode": self._backend.clock.mode, "now": self._backend.clock.now()}

    async def get_dump(self, _request: Request) -> object:
        return to_json(self._backend.dump())

    async def put_dump(self, request: Request) -> object:
        self._backend.load(parse_json(Dump, await request.body()))
        return {}

    async def get_journal(self, _request: Request) -> object:
        return list(self._backend.journal.entries())

    async def delete_journal(self, _request: Request) -> object:
        self._backend.journal.clear()
        return []


def merged_settings(before: Settings, body: bytes) -> Settings:
    """Return the settings with the members of `body` replaced; `delays`, `assumptions`, `responses` merge."""
    try:
        changes = json.loads(body)
    except ValueError:
        raise AdminError("the body is no JSON") from None
    if not isinstance(changes, dict):
        raise AdminError("the body must be an object")
    merged = before.model_dump(mode="json", by_alias=True)
    for name, value in changes.items():
        old = merged.get(name)
        merged[name] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return parse_value(Settings, merged)
