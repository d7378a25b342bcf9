"""The logs of a Deployment (API §3 row 14, §3.1, §4.10): filters, the 30-day window, pages by token."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from pydantic import ValidationError

from commercetools_connect.emulator.clock import milliseconds
from commercetools_connect.emulator.deployments import find
from commercetools_connect.emulator.entities import Deployment, LogLine
from commercetools_connect.emulator.errors import ApiError, not_found, refused
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.log_store import RETENTION_SECONDS
from commercetools_connect.emulator.model import Model
from commercetools_connect.emulator.paging import Query, require_known
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.render import log_body
from commercetools_connect.emulator.scopes import Principal
from commercetools_connect.emulator.settings import LogSettings
from commercetools_connect.emulator.store import World

_PARAMETERS = frozenset({"applicationName", "startDate", "endDate", "pageToken"})


class PageToken(Model):
    """Where the next page begins: behind a line. It belongs to one set of filters."""

    filters: str
    time: float
    sequence: int


@dataclass(frozen=True)
class LogQuery:
    """The checked parameters of a call."""

    application: str | None
    start: float
    end: float
    after: PageToken | None
    filters: str
    """A digest of the Deployment and the filters as they were sent."""


def query(
    world: World, principal: Principal, project: str, reference: Reference, query: Query, at: float | None
) -> JsonObject:
    """Return a page `{data, next}` of what the applications wrote."""
    now = at if at is not None else world.clock.now()
    _require_available(world.settings.logs, now)
    principal.require("view_connectors_deployments", project)
    deployment = find(world, project, reference, at)
    wanted = _checked(deployment, query, now)
    settings = world.settings.logs
    lines = _wanted_lines(world.logs.oldest_first(deployment.id, now), wanted, settings)
    page, rest = lines[: settings.page_size], lines[settings.page_size :]
    last = None if settings.last_next == "null" else ""
    return {
        "data": [log_body(deployment.id, line) for line in page],
        "next": _token(wanted, page[-1]) if rest else last,
    }


def _require_available(settings: LogSettings, now: float) -> None:
    """Answer like a path that does not exist once the endpoint is removed (API §3 row 14)."""
    today = datetime.fromtimestamp(now, tz=timezone.utc).date()
    if settings.removed_after is not None and today > settings.removed_after:
        raise not_found("The endpoint for deployment logs was removed.")


def _checked(deployment: Deployment, query: Query, now: float) -> LogQuery:
    require_known(query, _PARAMETERS)
    application = query.get("applicationName", [None])[0]
    _require_application(deployment, application)
    start = _moment(query, "startDate", now - RETENTION_SECONDS)
    end = _moment(query, "endDate", now)
    if start < now - RETENTION_SECONDS:
        raise _invalid_date("startDate is more than 30 days ago.")
    if end < start:
        raise _invalid_date("endDate is before startDate.")
    sent = [deployment.id, *(f"{name}={query[name][0]}" for name in sorted(query) if name != "pageToken")]
    filters = hashlib.sha256("\n".join(sent).encode()).hexdigest()
    after = _read_token(query["pageToken"][0], filters) if "pageToken" in query else None
    return LogQuery(application, start, end, after, filters)


def _require_application(deployment: Deployment, application: str | None) -> None:
    if application is None:
        if deployment.region.endswith(".aws"):
            raise refused(
                "DeploymentLogMissingApplicationName",
                f"applicationName is required for Deployments in the region '{deployment.region}'.",
            )
        return
    if application not in {each.name for each in deployment.applications}:
        raise refused(
            "DeploymentApplicationDoesNotExist",
            f"The application '{application}' does not exist in the Deployment.",
        )


def _moment(query: Query, name: str, default: float) -> float:
    if name not in query:
        return default
    try:
        # Python 3.10 reads no Z.
        moment = datetime.fromisoformat(query[name][0].replace("Z", "+00:00"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _invalid_date(f"{name} must be a date and time in ISO 8601 with its offset from UTC.")
    return moment.timestamp()


def _invalid_date(message: str) -> ApiError:
    return refused("DeploymentLogInvalidDate", message)


def _wanted_lines(lines: Sequence[LogLine], query: LogQuery, settings: LogSettings) -> Sequence[LogLine]:
    """Filter, order, and leave out what earlier pages held."""
    start, end = milliseconds(query.start), milliseconds(query.end)
    wanted = [
        line
        for line in lines
        if start <= milliseconds(line.time) <= end and query.application in {None, line.application}
    ]
    place = (query.after.time, query.after.sequence) if query.after else None
    if settings.newest_first:
        return [line for line in reversed(wanted) if place is None or (line.time, line.sequence) < place]
    return [line for line in wanted if place is None or (line.time, line.sequence) > place]


def _token(query: LogQuery, last: LogLine) -> str:
    token = PageToken(filters=query.filters, time=last.time, sequence=last.sequence)
    return base64.urlsafe_b64encode(token.model_dump_json().encode()).decode()


def _read_token(text: str, filters: str) -> PageToken:
    try:
        token = PageToken.model_validate_json(base64.b64decode(text, altchars=b"-_", validate=True))
    except (binascii.Error, ValidationError):
        token = None
    if token is None or token.filters != filters:
        raise refused(
            "DeploymentLogInvalidPageToken", "The pageToken is not valid for this Deployment and these filters."
        )
    return token
