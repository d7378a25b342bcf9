"""`commercetools-connect logs`: what the applications of a deployment wrote, without the Merchant Center."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Annotated, Final

import typer
from rich.text import Text

from commercetools_connect.api import ConnectClient, Deployment, DeploymentLog, LogSeverity
from commercetools_connect.cli import common
from commercetools_connect.cli.redacted import redacted, secrets_of_environment
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import escape_untrusted

LAST_DAY: Final = date(2027, 1, 31)
"""commercetools removes the endpoint after it (API §3 row 14)."""

LONGEST_LINE: Final = 10_000
STYLES: Final = {
    LogSeverity.DEBUG: "dim",
    LogSeverity.WARNING: "yellow",
    LogSeverity.ERROR: "red",
    LogSeverity.CRITICAL: "bold red",
    LogSeverity.ALERT: "bold red",
    LogSeverity.EMERGENCY: "bold red",
}


@dataclass(frozen=True)
class LogQuery:
    """Which lines are asked for; `severity` is the least."""

    application: str | None
    since: datetime | None
    until: datetime | None
    severity: str


def logs(
    deployment: common.AddressArgument,
    application: Annotated[str | None, typer.Option(help="Only of this application; AWS regions need it.")] = None,
    since: Annotated[
        str | None, typer.Option(help="From when: 2026-11-20T10:00 (UTC), or how long ago: 90m, 12h, 7d.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Until when, written like --since.")] = None,
    severity: Annotated[
        str, typer.Option(help=f"The least severity to show: {', '.join(LogSeverity.ORDER)}.")
    ] = LogSeverity.DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as the API has it.")] = False,
    region: common.RegionOption = "",
) -> None:
    """Show what the applications of a deployment wrote, all pages of it.

    Credentials come from CTP_CLIENT_ID and CTP_CLIENT_SECRET. commercetools ends log endpoints after 2027-01-31.
    """
    address = common.parse_address(deployment)
    query = _query(application, since, until, severity)
    console = common.output_console()
    secrets = secrets_of_environment(os.environ)

    async def show(client: ConnectClient) -> int:
        shown = 0
        async for raw in _lines(client, address, query):
            line = redacted(raw, secrets)
            if as_json:
                common.print_json(line.model_dump(mode="json", by_alias=True), indent=None)
            else:
                console.print(_text(line))
            shown += 1
        return shown

    common.note(f"commercetools ends its log endpoints after {LAST_DAY}; Platform Insights takes their place.")
    if common.call_connect(show, secrets, region) == 0:
        common.note("No line matches. Logs are kept for 30 days.")


def _query(application: str | None, since: str | None, until: str | None, severity: str) -> LogQuery:
    now = datetime.now(timezone.utc)
    start = common.parse_time(since, now, "--since") if since else None
    end = common.parse_time(until, now, "--until") if until else None
    if start and start < now - common.RETENTION:
        raise typer.BadParameter("logs go back 30 days at most", param_hint="--since")
    if start and end and end < start:
        raise typer.BadParameter("ends before --since", param_hint="--until")
    if severity.upper() not in LogSeverity.ALL:
        raise typer.BadParameter(f"write one of {', '.join(LogSeverity.ORDER)}", param_hint="--severity")
    return LogQuery(application, start, end, severity.upper())


async def _lines(client: ConnectClient, address: common.Address, query: LogQuery) -> AsyncIterator[DeploymentLog]:
    ref, deployment = await common.find_deployment(client, address)
    _require_application(deployment, query.application)
    lines = client.read_logs(
        address.project_key,
        ref,
        application_name=query.application,
        start_date=common.api_time(query.since) if query.since else None,
        end_date=common.api_time(query.until) if query.until else None,
    )
    async for line in lines:
        if is_severe_enough(line.severity, query.severity):
            yield line


def _require_application(deployment: Deployment, application: str | None) -> None:
    """Raise `InvalidInputError` for what the API would refuse, with the names that the API does not give."""
    names = [each.application_name for each in deployment.applications]
    known = ", ".join(map(escape_untrusted, names))
    if application is None and deployment.deployed_region.endswith(".aws"):
        raise InvalidInputError(
            f"{deployment.deployed_region} is an AWS region: its logs are read by application.",
            f"Name one with --application: {known}.",
        )
    if application is not None and names and application not in names:
        raise InvalidInputError(
            f"The deployment has no application {escape_untrusted(application)!r}.", f"It has {known}."
        )


def is_severe_enough(severity: str, least: str) -> bool:
    """Tell whether a line is asked for; one of an unknown severity is."""
    order = LogSeverity.ORDER
    return severity not in order or order.index(severity) >= order.index(least)


def _text(line: DeploymentLog) -> Text:
    details = line.details
    if isinstance(details, dict) and set(details) == {"message"}:
        details = details["message"]
    message = details if isinstance(details, str) else json.dumps(details, ensure_ascii=False)
    style = STYLES.get(line.severity, "")
    return Text(" ").join(
        (
            Text(escape_untrusted(line.timestamp, 40), "dim"),
            Text(f"{escape_untrusted(line.severity, 20):9}", style),
            Text(escape_untrusted(line.application_name), "cyan"),
            Text(escape_untrusted(message, LONGEST_LINE), style),
        )
    )
