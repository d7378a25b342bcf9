"""`commercetools-connect status`: who runs what in many projects, and whether something is behind or broken."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commercetools_connect.cli.connection import fail
from commercetools_connect.cli.estate_file import read_estate
from commercetools_connect.cli.estate_rows import EstateRow, Verdict, ask_estate, worst
from commercetools_connect.contract.errors import ProviderError, quote_foreign

__all__ = ["status"]

PLAIN_WIDTH: Final = 200
STYLES: Final = {Verdict.BROKEN: "red", Verdict.UNASKED: "red", Verdict.BEHIND: "yellow"}
COLUMNS: Final = (
    "project",
    "deployment",
    "region",
    "connector",
    "tag",
    "published",
    "status",
    "",
    "last report line",
)


def status(
    projects: Annotated[Path, typer.Option("--projects", help="YAML or JSON: the projects to ask.")],
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list, an object for each deployment.")] = False,
) -> None:
    """Show all deployments of many projects: tag, published tag, status and the last line of the report.

    Exit code 0: all run what is published. 4: something is broken. 1: a project could not be asked. 3: something
    is behind. The worst is told, in this order.
    """
    try:
        estate = read_estate(projects, os.environ)
    except ProviderError as error:
        raise fail(error) from None
    rows = asyncio.run(ask_estate(estate))
    if as_json:
        # ASCII: whatever an application wrote, it cannot steer a terminal
        typer.echo(json.dumps([row.to_json() for row in rows], indent=2))
    else:
        _print(rows)
    raise typer.Exit(int(worst(rows)))


def _print(rows: Sequence[EstateRow]) -> None:
    console = Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in COLUMNS:
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = (row.project, row.deployment, row.region, row.connector, row.tag, row.published_tag, row.status)
        verdict = "" if row.verdict is Verdict.CURRENT else row.verdict.name.lower()
        table.add_row(
            *(Text(quote_foreign(cell) or "-") for cell in cells),
            Text(verdict, STYLES.get(row.verdict, "")),
            Text(quote_foreign(row.message)),
        )
    console.print(table)
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    console.print(
        ", ".join(f"{count} {verdict.name.lower()}" for verdict, count in counts.items() if count) or "none"
    )
