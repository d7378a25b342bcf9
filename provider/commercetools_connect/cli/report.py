"""`commercetools-connect report`: how the last run of a deployment went, without the Merchant Center."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commercetools_connect.api import ConnectClient, Deployment, DeploymentStatus, ReportEntry, ReportEntryType
from commercetools_connect.cli.addresses import AddressArgument, address, find_deployment
from commercetools_connect.cli.connection import RegionOption, call_connect
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.functions.deployment_details import deployment_details

__all__ = ["report"]

PLAIN_WIDTH: Final = 160
LONGEST_MESSAGE: Final = 10_000
ENTRY_STYLES: Final = {ReportEntryType.ERROR: "red", ReportEntryType.WARNING: "yellow"}
STATUS_STYLES: Final = {
    DeploymentStatus.DEPLOYED: "green",
    DeploymentStatus.FAILED: "red",
    DeploymentStatus.UNDEPLOY_FAILED: "red",
}


def report(
    deployment: AddressArgument,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, as getDeployment returns it.")] = False,
    region: RegionOption = "",
) -> None:
    """Show where a deployment stands, and what Connect reported of its last run.

    Credentials come from CTP_CLIENT_ID and CTP_CLIENT_SECRET.
    """
    named = address(deployment)

    async def work(client: ConnectClient) -> Deployment:
        return (await find_deployment(client, named))[1]

    found = call_connect(work, region)
    if as_json:
        details = deployment_details(named.project_key, found)
        # ASCII: whatever an application wrote, it cannot steer a terminal
        typer.echo(json.dumps(details.model_dump(mode="json", by_alias=True, exclude_none=True), indent=2))
        return
    # what is not a terminal has no width; a log of CI should not be folded at 80
    console = Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    for line in _headlines(named.project_key, found):
        console.print(line)
    if found.report:
        console.print(_table(found.report))
    else:
        console.print("Connect has reported nothing.")


def _headlines(project_key: str, deployment: Deployment) -> list[Text]:
    connector = deployment.connector
    name = deployment.key or deployment.id
    lines = [
        Text.assemble(
            (f"{project_key}/{quote_foreign(name)}", "bold"),
            "  ",
            (quote_foreign(deployment.status), STATUS_STYLES.get(deployment.status, "yellow")),
            f"  {quote_foreign(deployment.type)} in {quote_foreign(deployment.deployed_region)}",
        ),
        Text(
            f"{quote_foreign(connector.name)} {quote_foreign(connector.repository.tag)}, build "
            f"{quote_foreign(deployment.build_id) or 'none'}"
        ),
    ]
    for application in deployment.applications:
        where = application.url or application.topic or application.schedule
        lines.append(Text(f"  {quote_foreign(application.application_name)}  {quote_foreign(where)}".rstrip()))
    return lines


def _table(entries: tuple[ReportEntry, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("when", "application", "kind", "what"):
        table.add_column(column, overflow="fold")
    for entry in entries:
        style = ENTRY_STYLES.get(entry.type, "")
        said = ": ".join(part for part in (entry.title, entry.message) if part)
        table.add_row(
            Text(quote_foreign(entry.created_at, 40)),
            Text(quote_foreign(entry.application) or "all"),
            Text(quote_foreign(entry.type), style),
            Text(quote_foreign(said, LONGEST_MESSAGE), style),
        )
    return table
