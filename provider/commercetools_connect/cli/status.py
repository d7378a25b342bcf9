"""`commercetools-connect status`: who runs what in many projects, and whether something is behind or broken."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from commercetools_connect.api import ById, ConnectClient, Deployment, DeploymentStatus, none_if_missing
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.cli import common
from commercetools_connect.cli.estate import EstateProject, read_estate
from commercetools_connect.cli.redacted import redacted, secrets_of_connections
from commercetools_connect.cli.status_page import page
from commercetools_connect.cli.status_rows import WORST_FIRST, EstateRow, EstateVerdict, age_of, counts_of
from commercetools_connect.cli.wiring_status import show_wiring
from commercetools_connect.core.errors import ProviderError

BROKEN: Final = frozenset({DeploymentStatus.FAILED, DeploymentStatus.UNDEPLOY_FAILED})
STYLES: Final = {EstateVerdict.BROKEN: "red", EstateVerdict.UNASKED: "red", EstateVerdict.BEHIND: "yellow"}
COLUMNS = ("project", "key", "region", "connector", "tag", "published", "status", "", "age", "last report line")
SHORTEST_INTERVAL: Final = 5.0
INTERVAL: Final = 30.0

Look = Callable[[], Awaitable[list[EstateRow]]]


def status(
    projects: Annotated[Path, typer.Option("--projects", help="YAML or JSON: the projects to ask.")],
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list, an object for each deployment.")] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Also write a page to this file: projects and connectors, with tags."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again and again until Ctrl-C; for a terminal.")
    ] = False,
    interval: Annotated[
        float | None,
        typer.Option(
            min=SHORTEST_INTERVAL,
            max=3600,
            show_default=f"{INTERVAL:g}",
            help="Seconds between two looks of --watch.",
        ),
    ] = None,
    wiring: Annotated[
        bool,
        typer.Option(
            "--wiring",
            help="Show instead which Extensions call the deployments and which Subscriptions feed them. Exit code "
            "4: one points to something of Connect that does not exist any more, or delivers nothing.",
        ),
    ] = False,
) -> None:
    """Show all deployments of many projects: key, tag, published tag, status, age and the last line of the report.

    The age is that of the last report line: how long ago the last run was. Exit code 0: all run what is published.
    4: something is broken. 1: a project could not be asked. 3: something is behind. The worst is reported, in this
    order.
    """
    if wiring and (html is not None or watch):
        raise typer.BadParameter(
            f"looks once and makes no page: leave {'--watch' if watch else '--html'} out", param_hint="--wiring"
        )
    if interval is not None and not watch:
        raise typer.BadParameter("is of --watch: add that, or leave it out", param_hint="--interval")
    if watch and (as_json or not sys.stdout.isatty()):
        raise typer.BadParameter("needs a terminal, and no --json", param_hint="--watch")
    with common.exit_on_error():
        estate = read_estate(projects, os.environ)
        secrets = secrets_of_connections((each.connection for each in estate), os.environ)
        if wiring:
            raise typer.Exit(show_wiring(estate, secrets, as_json=as_json))
        found: list[EstateRow] = []

        def show(rows: list[EstateRow]) -> None:
            found[:] = rows
            if html is not None:
                common.write_text(html, page(rows, datetime.now(timezone.utc)))

        try:
            asyncio.run(_ask(estate, secrets, show, (interval or INTERVAL) if watch else None))
        except KeyboardInterrupt:
            if not watch:
                raise
    if as_json:
        common.print_json([row.to_json() for row in found])
    else:
        common.print_table(COLUMNS, _lines(found, datetime.now(timezone.utc)))
        typer.echo(counts_of(found))
    verdicts = {row.verdict for row in found}
    raise typer.Exit(int(next((each for each in WORST_FIRST if each in verdicts), EstateVerdict.CURRENT)))


async def _ask(
    estate: Sequence[EstateProject],
    secrets: SecretRegistry,
    show: Callable[[list[EstateRow]], None],
    interval: float | None,
) -> None:
    """Look once, or again after each `interval` seconds until the user ends it; each project has one client."""
    async with AsyncExitStack() as stack:
        clients = [
            (each.project_key, await stack.enter_async_context(common.connect_client(each.connection, secrets)))
            for each in estate
        ]

        async def look() -> list[EstateRow]:
            found = await common.gather_limited(lambda pair: _rows_of(*pair), clients)
            rows = redacted([row for of_project in found for row in of_project], secrets)
            show(rows)
            return rows

        if interval is None:
            await look()
        else:
            await watch_rows(look, common.output_console(), interval, partial(asyncio.sleep, interval))


async def watch_rows(
    look: Look, console: Console, interval: float, pause: Callable[[], Awaitable[object]]
) -> None:
    """Show the rows, the worst first, and look again after each `pause`. Ends with an error of those only."""
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            rows = await look()
            now = datetime.now(timezone.utc)
            ordered = sorted(rows, key=lambda row: _urgency(row.verdict))
            title = Text(f"{counts_of(rows)}  ({now:%H:%M:%S} UTC, every {interval:g} s; Ctrl-C ends)", "bold")
            live.update(Group(title, common.table_of(COLUMNS, _lines(ordered, now))), refresh=True)
            await pause()


def _urgency(verdict: EstateVerdict) -> int:
    return WORST_FIRST.index(verdict) if verdict in WORST_FIRST else len(WORST_FIRST)


async def _rows_of(project_key: str, client: ConnectClient) -> list[EstateRow]:
    """Return the deployments of a project; one that fails does not affect the others."""
    try:
        deployments = [each async for each in client.list_deployments(project_key)]
        connectors = {each.connector.id for each in deployments if each.connector.id and not each.preview}
        published = {each: await _published_tag(client, each) for each in sorted(connectors)}
    except ProviderError as error:
        return [EstateRow(project_key, EstateVerdict.UNASKED, message=error.message, remedy=error.remedy)]
    return [_row(project_key, each, published.get(each.connector.id, "")) for each in deployments]


async def _published_tag(client: ConnectClient, connector_id: str) -> str:
    """Return the tag that a new deployment would get; `""` for a connector that is not published any more."""
    found = await none_if_missing(client.get_connector(ById(connector_id)))
    return found.repository.tag if found else ""


def _row(project_key: str, deployment: Deployment, published_tag: str) -> EstateRow:
    tag = deployment.connector.repository.tag
    behind = published_tag and tag != published_tag
    last = deployment.report[-1] if deployment.report else None
    return EstateRow(
        project=project_key,
        verdict=EstateVerdict.BROKEN
        if deployment.status in BROKEN
        else EstateVerdict.BEHIND
        if behind
        else EstateVerdict.CURRENT,
        deployment=deployment.key or deployment.id,
        key=deployment.key,
        id=deployment.id,
        region=deployment.deployed_region,
        type=deployment.type or ("preview" if deployment.preview else ""),
        connector=deployment.connector.name,
        tag=tag,
        published_tag=published_tag,
        status=deployment.status,
        reported_at=max((each.created_at for each in deployment.report), default=""),
        message=common.joined(last.application, last.title, last.message) if last else "",
    )


def _lines(rows: Sequence[EstateRow], now: datetime) -> list[tuple[str | Text, ...]]:
    return [_cells(row, now) for row in rows]


def _cells(row: EstateRow, now: datetime) -> tuple[str | Text, ...]:
    cells = (row.project, row.deployment, row.region, row.connector, row.tag, row.published_tag, row.status)
    verdict = "" if row.verdict is EstateVerdict.CURRENT else row.verdict.name.lower()
    last = f"{row.message} {row.remedy}".strip()
    age = age_of(row.reported_at, now)
    return *(cell or "-" for cell in cells), Text(verdict, STYLES.get(row.verdict, "")), age or "-", last
