"""The routes: which call of the Connect HTTP API (API §3) and of the project's HTTP API runs which function."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from commercetools_connect.emulator import connectors, deployments, drafts, logs, registrations, revisions
from commercetools_connect.emulator.admin import admin_routes
from commercetools_connect.emulator.backend import Backend, Seed
from commercetools_connect.emulator.doorkeeper import Doorkeeper
from commercetools_connect.emulator.errors import ApiError, invalid_json, not_found
from commercetools_connect.emulator.json_values import Json
from commercetools_connect.emulator.middleware import STALE, Front, Sleep
from commercetools_connect.emulator.paging import Query
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.registration_requests import (
    ExtensionDraft,
    ExtensionUpdate,
    SubscriptionDraft,
    SubscriptionUpdate,
)
from commercetools_connect.emulator.registrations import EXTENSIONS, SUBSCRIPTIONS, A, D, Kind, R, Update
from commercetools_connect.emulator.requests import (
    ConnectorStagedDraft,
    ConnectorUpdate,
    DeploymentDraft,
    DeploymentRollback,
    DeploymentRollbackTo,
    DeploymentUpdate,
    M,
    parse_body,
)
from commercetools_connect.emulator.scopes import Principal
from commercetools_connect.emulator.store import World


@dataclass(frozen=True)
class Call:
    """One authenticated call, free of HTTP."""

    world: World
    principal: Principal
    path: dict[str, str]
    query: Query
    body: bytes
    media_type: str
    at: float | None
    """The moment whose state a read shows; None: now."""

    @property
    def reference(self) -> Reference:
        """The object that the path names."""
        return Reference.parse(self.path["reference"])

    @property
    def project(self) -> str:
        """The project that the path names."""
        return self.path["project"]

    def parsed(self, model: type[M]) -> M:
        """Return the body; any other shape, or another media type, is 400 InvalidJsonInput."""
        if self.media_type != "application/json":
            raise invalid_json("The Content-Type must be application/json.")
        return parse_body(model, self.body, ignore_unknown=self.world.settings.other(46))  # assumption 46

    def reading(self, model: type[M]) -> Callable[[], M]:
        """Return what reads the body when it is asked to: authorization is decided first (API §22)."""
        return lambda: self.parsed(model)


Operation = Callable[[Call], Json]
Serve = tuple[str, str, int, Operation]

_DRAFTS = "/connectors/drafts"
_DRAFT = "/connectors/drafts/{reference}"
_DEPLOYMENTS = "/{project}/deployments"
_DEPLOYMENT = "/{project}/deployments/{reference}"
_REVISIONS = "/{project}/deployments/{reference}/revisions"


def _rollback(call: Call) -> Json:
    """Roll back by the path that names the revision (assumption 31)."""
    if call.world.settings.other(31):
        raise not_found("The path of rollback is another one.")

    def read() -> tuple[str, int]:
        return call.path["revision"], call.parsed(DeploymentRollback).version

    return revisions.rollback(call.world, call.principal, call.project, call.reference, read)


def _rollback_to(call: Call) -> Json:
    """Roll back by the path of the other reading (assumption 31), with the revision in the body."""
    if not call.world.settings.other(31):
        raise not_found("The path of rollback is another one.")

    def read() -> tuple[str, int]:
        body = call.parsed(DeploymentRollbackTo)
        return str(body.revision), body.version

    return revisions.rollback(call.world, call.principal, call.project, call.reference, read)


def _registrations(
    path: str, kind: Kind[R, D, A], draft: type[D], read: Callable[[Call], Callable[[], Update[A]]]
) -> Sequence[Serve]:
    """Return the calls of the HTTP API for Extensions or Subscriptions. Updates answer 200."""
    one = f"{path}/{{reference}}"
    return (
        ("GET", path, 200,
         lambda c: registrations.query(kind, c.world, c.principal, c.project, c.query, c.at)),
        ("POST", path, 201,
         lambda c: registrations.create(kind, c.world, c.principal, c.project, c.reading(draft))),
        ("GET", one, 200,
         lambda c: registrations.get(kind, c.world, c.principal, c.project, c.reference, c.at)),
        ("POST", one, 200,
         lambda c: registrations.update(kind, c.world, c.principal, c.project, c.reference, read(c))),
        ("DELETE", one, 200,
         lambda c: registrations.delete(kind, c.world, c.principal, c.project, c.reference, c.query)),
    )  # fmt: skip


#: Method, path, status of success, operation. Updates of Connect answer 201, the deletion of a Deployment 202.
OPERATIONS: Sequence[Serve] = (
    ("GET", "/connectors/search", 200, lambda c: connectors.search(c.world, c.principal, c.query, c.at)),
    ("GET", _DRAFTS, 200, lambda c: drafts.query(c.world, c.principal, c.query, c.at)),
    ("POST", _DRAFTS, 201,
     lambda c: drafts.create(c.world, c.principal, c.reading(ConnectorStagedDraft))),
    ("GET", _DRAFT, 200, lambda c: drafts.get(c.world, c.principal, c.reference, c.at)),
    ("POST", _DRAFT, 201,
     lambda c: drafts.update(c.world, c.principal, c.reference, c.reading(ConnectorUpdate))),
    ("DELETE", _DRAFT, 200, lambda c: drafts.delete(c.world, c.principal, c.reference)),
    ("GET", "/connectors/{reference}", 200, lambda c: connectors.get(c.world, c.principal, c.reference, c.at)),
    ("GET", _DEPLOYMENTS, 200,
     lambda c: deployments.query(c.world, c.principal, c.project, c.query, c.at)),
    ("POST", _DEPLOYMENTS, 201,
     lambda c: deployments.create(c.world, c.principal, c.project, c.reading(DeploymentDraft))),
    ("GET", _DEPLOYMENT, 200,
     lambda c: deployments.get(c.world, c.principal, c.project, c.reference, c.at)),
    ("POST", _DEPLOYMENT, 201,
     lambda c: deployments.update(
         c.world, c.principal, c.project, c.reference, c.reading(DeploymentUpdate))),
    ("DELETE", _DEPLOYMENT, 202,
     lambda c: deployments.delete(c.world, c.principal, c.project, c.reference)),
    ("GET", f"{_DEPLOYMENT}/logs", 200,
     lambda c: logs.query(c.world, c.principal, c.project, c.reference, c.query, c.at)),
    ("GET", _REVISIONS, 200,
     lambda c: revisions.query(c.world, c.principal, c.project, c.reference, c.query, c.at)),
    ("GET", f"{_REVISIONS}/{{revision}}", 200,
     lambda c: revisions.get(c.world, c.principal, c.project, c.reference, c.path["revision"], c.at)),
    ("POST", f"{_REVISIONS}/{{revision}}/rollback", 201, _rollback),
    ("POST", f"{_DEPLOYMENT}/rollback", 201, _rollback_to),
    *_registrations(
        "/{project}/extensions", EXTENSIONS, ExtensionDraft, lambda c: c.reading(ExtensionUpdate)),
    *_registrations(
        "/{project}/subscriptions", SUBSCRIPTIONS, SubscriptionDraft, lambda c: c.reading(SubscriptionUpdate)),
)  # fmt: skip


def create_app(
    seed: Seed | None = None, *, allow_hosts: Iterable[str] = (), sleep: Sleep = asyncio.sleep
) -> ASGIApp:
    """Return an emulator as an ASGI app with a state of its own.

    It answers under addresses, `localhost` and the names `allow_hosts`.

    `sleep` passes real time for `latency` and `slow`. Faults that close the connection need the server of
    `Emulator`; under another server, and in httpx.ASGITransport, they raise ConnectionResetError.
    """
    backend = Backend(seed)
    app = Starlette(
        routes=[*admin_routes(backend), *_oauth_routes(backend), *_api_routes(backend)],
        exception_handlers={ApiError: _refusal, HTTPException: _no_route},
    )
    app.router.redirect_slashes = False
    return Doorkeeper(Front(app, backend, sleep), allow_hosts)


def _api_routes(backend: Backend) -> list[BaseRoute]:
    return [
        Route(path, _endpoint(backend, status, operation), methods=[method])
        for method, path, status, operation in OPERATIONS
    ]


def _endpoint(backend: Backend, status: int, operation: Operation) -> Callable[..., object]:
    async def serve(request: Request) -> Response:
        body = await request.body()
        now = backend.world.settle()
        call = Call(
            world=backend.world,
            principal=_principal(backend, request, now),
            path=request.path_params,
            query=_query(request),
            body=body,
            media_type=request.headers.get("content-type", "").partition(";")[0].strip().lower(),
            at=now - request.scope[STALE] if STALE in request.scope else None,
        )
        _require_project(backend, call)
        return json_response(operation(call), status)

    return serve


def _oauth_routes(backend: Backend) -> list[BaseRoute]:
    async def token(request: Request) -> Response:
        answer = backend.authority.issue(
            _authorization(request),
            await request.body(),
            _query(request),
            backend.world.settings,
            backend.clock.now(),
        )
        return json_response(answer)

    async def introspect(request: Request) -> Response:
        body = await request.body()
        answer = backend.authority.introspect(_authorization(request), body, backend.clock.now())
        return json_response(answer)

    return [
        Route("/oauth/token", token, methods=["POST"]),
        Route("/oauth/introspect", introspect, methods=["POST"]),
    ]


def _principal(backend: Backend, request: Request, now: float) -> Principal:
    return backend.authority.principal(_authorization(request), backend.world.settings, now)


def _authorization(request: Request) -> str:
    return str(request.headers.get("authorization", ""))


def _query(request: Request) -> dict[str, list[str]]:
    return parse_qs(request.url.query, keep_blank_values=True)


def _require_project(backend: Backend, call: Call) -> None:
    """Refuse a project that no client names. A token without its scope hears 403 instead."""
    if call.principal.unlimited and "project" in call.path and not backend.authority.has_project(call.project):
        raise not_found(f"The Resource with key '{call.project}' was not found.")


def json_response(body: object, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(to_json(body), status, media_type="application/json")


async def _refusal(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    response = json_response(error.body(), error.status)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["www-authenticate"] = "Bearer" if error.code == "invalid_token" else "Basic"
    return response


async def _no_route(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    message = f"The path {request.url.path} does not exist."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        message = f"{request.method} is not allowed here."
        return json_response({"statusCode": error.status_code, "message": message}, error.status_code)
    return json_response(not_found(message).body(), error.status_code)
