"""The control interface `/__admin`: JSON in and out, unknown members are 400 with a clear message.

It stands outside the API's paths, asks for no token, is never hit by faults and not noted in the journal. The page
for people is at `/__admin/`. `ui.guard` refuses what comes from other sites in a user's browser.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import Field, RootModel
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from commercetools_connect.emulator.admin_edits import (
    Decision,
    certified,
    deleted,
    patched,
    rebuilt_by_hand,
    scripted_lines,
    secured_hashes,
)
from commercetools_connect.emulator.assumptions import ASSUMPTIONS
from commercetools_connect.emulator.auth import ApiClientFixture
from commercetools_connect.emulator.backend import Backend, Dump
from commercetools_connect.emulator.errors import AdminError
from commercetools_connect.emulator.faults import FaultRule
from commercetools_connect.emulator.log_store import ScriptedLine
from commercetools_connect.emulator.model import InvalidShapeError, Model, parse_json, parse_value, to_json
from commercetools_connect.emulator.outcomes import ScriptedOutcome
from commercetools_connect.emulator.registration_edits import (
    add_registration,
    edit_registration,
    list_registrations,
    remove_registration,
)
from commercetools_connect.emulator.repositories import RepositoryFixture
from commercetools_connect.emulator.settings import Settings
from commercetools_connect.emulator.ui.guard import Guard
from commercetools_connect.emulator.ui.routes import page_routes

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
        ("GET", "/outcomes", control.get_outcomes),
        ("POST", "/outcomes", control.post_outcome),
        ("DELETE", "/outcomes", control.delete_outcomes),
        ("GET", "/faults", control.get_faults),
        ("POST", "/faults", control.post_fault),
        ("DELETE", "/faults", control.delete_faults),
        ("PATCH", "/objects/{kind}/{reference}", control.patch_object),
        ("DELETE", "/objects/{kind}/{reference}", control.delete_object),
        ("GET", "/registrations/{project}", control.get_registrations),
        ("POST", "/registrations/{project}/{kind}", control.post_registration),
        ("PATCH", "/registrations/{project}/{kind}/{reference}", control.patch_registration),
        ("DELETE", "/registrations/{project}/{kind}/{reference}", control.delete_registration),
        ("POST", "/logs/{project}/{reference}", control.post_logs),
        ("GET", "/secured/{project}/{reference}", control.get_secured),
        ("POST", "/certifications/{reference}", control.post_certification),
        ("POST", "/rebuilds/{project}/{reference}", control.post_rebuild),
        ("GET", "/clock", control.get_clock),
        ("POST", "/clock", control.post_clock),
        ("GET", "/dump", control.get_dump),
        ("PUT", "/dump", control.put_dump),
        ("GET", "/journal", control.get_journal),
        ("DELETE", "/journal", control.delete_journal),
    ]
    routes: list[BaseRoute] = [Route(path, _endpoint(handler), methods=[verb]) for verb, path, handler in served]
    page = page_routes(backend)
    return [
        Route("/__admin", _to_page, methods=["GET"]),
        Mount("/__admin", routes=[*page, *routes], middleware=[Middleware(Guard)]),
    ]


async def _to_page(_request: Request) -> Response:
    return RedirectResponse("__admin/", 308)


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
                "third": row.third,
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
        repositories = self._backend.world.repositories
        repositories.fixtures = fixtures
        warnings = {(each.url, each.tag): problems for each, problems in repositories.refused_files()}
        return [_taken(each, warnings.get((each.url, each.tag), [])) for each in fixtures]

    async def post_outcome(self, request: Request) -> object:
        outcome = parse_json(ScriptedOutcome, await request.body())
        self._backend.script([outcome])
        return to_json(outcome)

    async def get_outcomes(self, _request: Request) -> object:
        return [to_json(each) for each in self._backend.world.outcomes.entries]

    async def delete_outcomes(self, _request: Request) -> object:
        self._backend.world.outcomes.entries.clear()
        return []

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

    async def get_registrations(self, request: Request) -> object:
        return list_registrations(self._backend.world, request.path_params["project"])

    async def post_registration(self, request: Request) -> object:
        path = request.path_params
        return add_registration(self._backend.world, path["project"], path["kind"], await request.body())

    async def patch_registration(self, request: Request) -> object:
        path = request.path_params
        return edit_registration(
            self._backend.world, path["project"], path["kind"], path["reference"], await request.body()
        )

    async def delete_registration(self, request: Request) -> object:
        path = request.path_params
        return remove_registration(self._backend.world, path["project"], path["kind"], path["reference"])

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

    async def post_rebuild(self, request: Request) -> object:
        path = request.path_params
        return rebuilt_by_hand(self._backend.world, path["project"], path["reference"])

    async def get_clock(self, _request: Request) -> object:
        return {"mode": self._backend.clock.mode, "now": self._backend.clock.now()}

    async def post_clock(self, request: Request) -> object:
        seconds = parse_json(Advance, await request.body()).advance
        try:
            self._backend.clock.advance(seconds)
        except ValueError as error:
            raise AdminError(f"advance: {error}") from None
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


def _taken(fixture: RepositoryFixture, warnings: list[str]) -> dict[str, object]:
    """Return what the answer says of a repository; `warnings` says why Connect refuses its connect.yaml."""
    taken: dict[str, object] = {"url": fixture.url, "tag": fixture.tag}
    return taken | {"warnings": warnings} if warnings else taken


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
