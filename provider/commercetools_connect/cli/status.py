"""`commercetools-connect status`: who runs what in many projects, and whether something is behind or broken."""

from __future__ import annotations

import asyncio
import html
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from enum import IntEnum
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
from commercetools_connect.cli.wiring_status import show_wiring
from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.text import escape_untrusted

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class EstateVerdict(IntEnum):
    """The state of a row, and the exit code for it; 2 is for errors on the command line."""

    CURRENT = 0
    UNASKED = 1
    BEHIND = 3
    BROKEN = 4


WORST_FIRST: Final = (EstateVerdict.BROKEN, EstateVerdict.UNASKED, EstateVerdict.BEHIND)


@dataclass(frozen=True)
class EstateRow:
    """One deployment; or, with a `message` and no deployment, a project that could not be asked.

    `deployment` is its key, or its id where it has no key. `reported_at` is when Connect wrote the newest line of
    its report, in ISO 8601: Connect tells no other time of a deployment.
    """

    project: str
    verdict: EstateVerdict
    deployment: str = ""
    key: str = ""
    id: str = ""
    region: str = ""
    type: str = ""
    connector: str = ""
    tag: str = ""
    published_tag: str = ""
    status: str = ""
    reported_at: str = ""
    message: str = ""
    remedy: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it under the names that programs read."""
        members = asdict(self)
        published, reported = members.pop("published_tag"), members.pop("reported_at")
        verdict = self.verdict.name.lower()
        return {**members, "publishedTag": published, "reportedAt": reported, "verdict": verdict}


def counts_of(rows: Sequence[EstateRow]) -> str:
    """Return how many rows have each verdict: `2 current, 1 behind`."""
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in EstateVerdict}
    return ", ".join(f"{count} {each.name.lower()}" for each, count in counts.items() if count) or "none"


def age_of(moment: str, now: datetime) -> str:
    """Return how long ago a moment in ISO 8601 was, in its largest unit: `5 min`; `""` for any other text."""
    try:
        then = datetime.fromisoformat(moment.replace("Z", "+00:00"))
        seconds = int((now - (then if then.tzinfo else then.replace(tzinfo=timezone.utc))).total_seconds())
    except (ValueError, OverflowError):
        return ""
    for length, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(seconds, 0)} s"


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
                common.write_text(html, page_of(rows, datetime.now(timezone.utc)))

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
            ordered = sorted(rows, key=lambda row: [*WORST_FIRST, EstateVerdict.CURRENT].index(row.verdict))
            title = Text(f"{counts_of(rows)}  ({now:%H:%M:%S} UTC, every {interval:g} s; Ctrl-C ends)", "bold")
            live.update(Group(title, common.table_of(COLUMNS, _lines(ordered, now))), refresh=True)
            await pause()


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


PAGE_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem; }
h1 { font-size: 1.3rem; margin: 0; }
p { margin: .3rem 0 1.2rem; opacity: .75; }
table { border-collapse: collapse; }
th, td { border: 1px solid #8886; padding: .5rem .7rem; text-align: left; vertical-align: top; }
tbody th { white-space: nowrap; }
thead th { position: sticky; top: 0; background: Canvas; }
ul { list-style: none; margin: 0; padding: 0; }
li + li { border-top: 1px dotted #8886; margin-top: .4rem; padding-top: .4rem; }
.dim { opacity: .7; font-size: .87em; display: block; overflow-wrap: anywhere; }
.badge { border-radius: .3rem; padding: 0 .4rem; border: 1px solid currentColor; font-size: .87em; }
.current { color: light-dark(#166534, #4ade80); }
.behind { color: light-dark(#92400e, #fbbf24); }
.broken, .unasked { color: light-dark(#b91c1c, #f87171); font-weight: 600; }
"""
PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
BADGES: Final = {
    EstateVerdict.CURRENT: "current",
    EstateVerdict.BEHIND: "behind",
    EstateVerdict.BROKEN: "broken",
    EstateVerdict.UNASKED: "not read",
}


def page_of(rows: Sequence[EstateRow], now: datetime) -> str:
    """Return a page in one file without scripts or links: a row for each project, a column for each connector.

    Every text of Connect is escaped twice: control characters become visible, and markup becomes text.
    """
    asked = [row for row in rows if row.verdict is not EstateVerdict.UNASKED]
    connectors = sorted({row.connector for row in asked})
    head = "".join(f'<th scope="col">{_text(each) or "no name"}</th>' for each in connectors)
    lines = "\n".join(
        _page_row(project, rows, connectors, now) for project in dict.fromkeys(row.project for row in rows)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{PAGE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>commercetools Connect: {counts_of(rows)}</title>
<style>{PAGE_STYLE}</style>
</head>
<body>
<h1>commercetools Connect: {counts_of(rows)}</h1>
<p>Read at {now:%Y-%m-%d %H:%M} UTC. The age is the time since the last run of a deployment.</p>
<table>
<thead><tr><th scope="col">project</th>{head}</tr></thead>
<tbody>
{lines}
</tbody>
</table>
</body>
</html>
"""


def _page_row(project: str, rows: Sequence[EstateRow], connectors: Sequence[str], now: datetime) -> str:
    own = [row for row in rows if row.project == project]
    failed = next((row for row in own if row.verdict is EstateVerdict.UNASKED), None)
    head = f'<th scope="row">{_text(project)}</th>'
    if failed is not None:
        reason = f"{_badge(failed)}{_dim(failed.message)}{_dim(failed.remedy)}"
        return f'<tr>{head}<td colspan="{max(len(connectors), 1)}">{reason}</td></tr>'
    lists = (
        "".join(f"<li>{_page_item(row, now)}</li>" for row in own if row.connector == each) for each in connectors
    )
    cells = "".join(f"<td><ul>{items}</ul></td>" if items else "<td></td>" for items in lists)
    return f"<tr>{head}{cells}</tr>"


def _page_item(row: EstateRow, now: datetime) -> str:
    age = age_of(row.reported_at, now)
    behind = f", published {row.published_tag}" if row.verdict is EstateVerdict.BEHIND else ""
    problem = row.message if row.verdict is EstateVerdict.BROKEN else ""
    return (
        f"<strong>{_text(row.tag) or 'no tag'}</strong> {_badge(row)} {_text(row.status)}{_text(behind)}"
        f"{_dim(', '.join(filter(None, (row.deployment, row.region, row.type, age and f'{age} ago'))))}"
        f"{_dim(problem)}"
    )


def _badge(row: EstateRow) -> str:
    return f'<span class="badge {row.verdict.name.lower()}">{BADGES[row.verdict]}</span>'


def _dim(text: str) -> str:
    return f'<span class="dim">{_text(text)}</span>' if text else ""


def _text(text: str) -> str:
    return html.escape(escape_untrusted(text))
