"""`commercetools-connect logs`: what the applications of a deployment wrote, without the Merchant Center."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.text import Text

from commercetools_connect.api import ConnectClient, Deployment, DeploymentLog, LogSeverity
from commercetools_connect.cli.addresses import Address, AddressArgument, address, find_deployment
from commercetools_connect.cli.connection import RegionOption, call_connect, note
from commercetools_connect.cli.moments import RETENTION, moment, wire_date
from commercetools_connect.contract.errors import InvalidInputError, quote_foreign

__all__ = ["is_grave_enough", "logs"]

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
    """Which lines are wanted; `severity` is the least."""

    application: str | None
    since: datetime | None
    until: datetime | None
    severity: str


def logs(
    deployment: AddressArgument,
    application: Annotated[str | None, typer.Option(help="Only of this application; AWS regions need it.")] = None,
    since: Annotated[
        str | None, typer.Option(help="From when: 2026-11-20T10:00 (UTC), or how long ago: 90m, 12h, 7d.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Until when, written like --since.")] = None,
    severity: Annotated[
        str, typer.Option(help=f"The least severity to show: {', '.join(LogSeverity.ORDER)}.")
    ] = LogSeverity.DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as the API has it.")] = False,
    region: RegionOption = "",
) -> None:
    """Show what the applications of a deployment wrote, all pages of it.

    Credentials come from CTP_CLIENT_ID and CTP_CLIENT_SECRET. commercetools ends log endpoints after 2027-01-31.
    """
    named = address(deployment)
    query = _query(application, since, until, severity)
    console = Console(soft_wrap=True)

    async def work(client: ConnectClient) -> int:
        shown = 0
        async for line in _lines(client, named, query):
            if as_json:
                typer.echo(_json(line))
            else:
                console.print(_text(line))
            shown += 1
        return shown

    note(f"commercetools ends its log endpoints after {LAST_DAY}; Platform Insights takes their place.")
    if call_connect(work, region) == 0:
        note("No line fits. Logs are kept for 30 days.")


def _query(application: str | None, since: str | None, until: str | None, severity: str) -> LogQuery:
    now = datetime.now(timezone.utc)
    start = moment(since, now, "--since") if since else None
    end = moment(until, now, "--until") if until else None
    if start and start < now - RETENTION:
        raise typer.BadParameter("logs go back 30 days at most", param_hint="--since")
    if start and end and end < start:
        raise typer.BadParameter("ends before --since", param_hint="--until")
    if severity.upper() not in LogSeverity.ALL:
        raise typer.BadParameter(f"write one of {', '.join(LogSeverity.ORDER)}", param_hint="--severity")
    return LogQuery(application, start, end, severity.upper())


async def _lines(client: ConnectClient, named: Address, query: LogQuery) -> AsyncIterator[DeploymentLog]:
    ref, deployment = await find_deployment(client, named)
    _require_application(deployment, query.application)
    lines = client.read_logs(
        named.project_key,
        ref,
        application_name=query.application,
        start_date=wire_date(query.since) if query.since else None,
        end_date=wire_date(query.until) if query.until else None,
    )
    async for line in lines:
        if is_grave_enough(line.severity, query.severity):
            yield line


def _require_application(deployment: Deployment, application: str | None) -> None:
    """Raise `InvalidInputError` for what the API would refuse, with the names that it would not tell."""
    names = [each.application_name for each in deployment.applications]
    known = ", ".join(map(quote_foreign, names))
    if application is None and deployment.deployed_region.endswith(".aws"):
        raise InvalidInputError(
            f"{deployment.deployed_region} is an AWS region: its logs are read by application.",
            f"Name one with --application: {known}.",
        )
    if application is not None and names and application not in names:
        raise InvalidInputError(
            f"The deployment has no application {quote_foreign(application)!r}.", f"It has {known}."
        )


def is_grave_enough(severity: str, least: str) -> bool:
    """Tell whether a line is wanted; one of a severity that nobody knows yet is."""
    order = LogSeverity.ORDER
    return severity not in order or order.index(severity) >= order.index(least)


def _text(line: DeploymentLog) -> Text:
    style = STYLES.get(line.severity, "")
    return Text.assemble(
        (quote_foreign(line.timestamp, 40), "dim"),
        " ",
        (f"{quote_foreign(line.severity, 20):9}", style),
        " ",
        (quote_foreign(line.application_name), "cyan"),
        " ",
        (quote_foreign(_message(line), LONGEST_LINE), style),
    )


def _message(line: DeploymentLog) -> str:
    """Return the message of a line, or all that there is of it."""
    details = line.details
    if isinstance(details, dict) and set(details) == {"message"}:
        details = details["message"]
    return details if isinstance(details, str) else json.dumps(details, ensure_ascii=False)


def _json(line: DeploymentLog) -> str:
    # ASCII: whatever an application wrote, it cannot steer a terminal
    return json.dumps(line.model_dump(mode="json", by_alias=True), ensure_ascii=True)
