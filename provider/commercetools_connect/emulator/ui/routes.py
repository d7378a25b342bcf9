"""The page's paths: one to look at, a few to post forms to; each post ends in a redirect to the look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from typing import TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from commercetools_connect.emulator.backend import Backend
from commercetools_connect.emulator.errors import AdminError
from commercetools_connect.emulator.model import Model, evolve
from commercetools_connect.emulator.ui import forms
from commercetools_connect.emulator.ui.registration_rows import registration_rows
from commercetools_connect.emulator.ui.text import visible
from commercetools_connect.emulator.ui.views import mark, view

_SECONDS_BETWEEN_LOOKS = 5
#: What is said after a form; the words come from here, never from the address.
_DONE = {
    "clock": "The clock has moved.",
    "mode": "The clock was switched.",
    "outcome": "The outcome is scripted.",
    "outcome-removed": "The outcome is removed.",
    "fault": "The fault is armed.",
    "fault-removed": "The fault is removed.",
    "gone": "It was gone already.",
}
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
Handler = Callable[[forms.Form], str]
M = TypeVar("M", bound=Model)


def page_routes(backend: Backend) -> list[BaseRoute]:
    """Return the routes of the page for one emulator, under `/__admin`."""
    page = _Page(backend)
    posts: Mapping[str, Handler] = {
        "clock": page.step_clock,
        "mode": page.switch_clock,
        "outcome": page.script_outcome,
        "outcome-removed": page.remove_outcome,
        "fault": page.arm_fault,
        "fault-removed": page.remove_fault,
    }
    return [
        Route("/", page.show, methods=["GET"]),
        Route("/page/style.css", _style, methods=["GET"]),
        *(Route(f"/page/{name}", page.post(name, handler), methods=["POST"]) for name, handler in posts.items()),
        Route("/page/{form}", _back, methods=["GET"]),
    ]


async def _back(_request: Request) -> Response:
    """Redirect to the page a browser that asks again for the address of a form that was wrong."""
    return RedirectResponse("../", 303)


async def _style(_request: Request) -> Response:
    text = (files(__package__) / "templates" / "style.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers={"x-content-type-options": "nosniff"})


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class _Page:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._templates = _environment()

    async def show(self, request: Request) -> Response:
        return self._rendered(request)

    def post(self, name: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a form: done and redirected, or shown again with what is wrong."""

        async def serve(request: Request) -> Response:
            body = await request.body()
            try:
                form = forms.parse_form(request.headers.get("content-type", ""), body)
            except AdminError as error:
                return Response(str(error), error.status, media_type="text/plain", headers=_HEADERS)
            try:
                done = handler(form)
            except forms.FormError as error:
                return self._rendered(request, 400, wrong=name, reason=str(error), form=form)
            anchor = name.partition("-")[0]
            return RedirectResponse(f"../?done={done}#{anchor}", 303, headers=_HEADERS)

        return serve

    def step_clock(self, form: forms.Form) -> str:
        try:
            self._backend.clock.advance(forms.seconds_from(form))
        except ValueError as error:
            raise forms.FormError(f"seconds: {error}") from None
        return "clock"

    def switch_clock(self, form: forms.Form) -> str:
        settings = self._backend.world.settings
        self._backend.set_settings(evolve(settings, clock=forms.mode_from(form)))
        return "mode"

    def script_outcome(self, form: forms.Form) -> str:
        self._backend.script([forms.outcome_from(form)])
        return "outcome"

    def remove_outcome(self, form: forms.Form) -> str:
        return "outcome-removed" if _removed(self._backend.world.outcomes.entries, form) else "gone"

    def arm_fault(self, form: forms.Form) -> str:
        self._backend.faults.arm([forms.fault_from(form)], self._backend.clock.now())
        return "fault"

    def remove_fault(self, form: forms.Form) -> str:
        return "fault-removed" if _removed(self._backend.faults.armed, form) else "gone"

    def _rendered(
        self,
        request: Request,
        status: int = 200,
        *,
        wrong: str | None = None,
        reason: str = "",
        form: forms.Form | None = None,
    ) -> Response:
        """Return the page; with a form that was `wrong`, it is there again as it was filled in."""
        asked = request.query_params
        looks = asked.get("refresh") == "on"
        text = self._templates.get_template("page.html").render(
            view=view(self._backend, asked.get("q", "")),
            registrations=registration_rows(self._backend, asked.get("q", "")),
            base="" if wrong is None else "../",
            done=_DONE.get(asked.get("done", "")),
            wrong=wrong,
            reason=reason,
            form=form or {},
            refresh=_SECONDS_BETWEEN_LOOKS if looks and wrong is None else None,
            every=_SECONDS_BETWEEN_LOOKS,
            lifecycles=forms.LIFECYCLES,
            outcomes=forms.OUTCOMES,
            methods=forms.METHODS,
            fault_kinds=forms.FAULT_KINDS,
        )
        return Response(text, status, media_type="text/html", headers=_HEADERS)


def _removed(items: list[M], form: forms.Form) -> bool:
    """Remove the first of those that the form means."""
    for position, each in enumerate(items):
        if mark(each) == form.get("mark"):
            del items[position]
            return True
    return False
