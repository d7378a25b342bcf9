"""`commercetools-connect report`: how the last run of a deployment went, without the Merchant Center."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Annotated, Final

import typer
from rich.text import Text

from commercetools_connect.api import ConnectClient, Deployment, DeploymentStatus, ReportEntry, ReportEntryType
from commercetools_connect.cli import common
from commercetools_connect.cli.redacted import redacted, secrets_of_environment
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.lookups.deployments import deployment_details

LONGEST_MESSAGE: Final = 10_000
ENTRY_STYLES: Final = {ReportEntryType.ERROR: "red", ReportEntryType.WARNING: "yellow"}
STATUS_STYLES: Final = {
    DeploymentStatus.DEPLOYED: "green",
    DeploymentStatus.FAILED: "red",
    DeploymentStatus.UNDEPLOY_FAILED: "red",
}


def report(
    deployment: common.AddressArgument,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, as getDeployment returns it.")] = False,
    region: common.RegionOption = "",
) -> None:
    """Show where a deployment stands, and what Connect reported of its last run.

    Credentials come from CTP_CLIENT_ID and CTP_CLIENT_SECRET.
    """
    address = common.parse_address(deployment)

    async def find(client: ConnectClient) -> Deployment:
        return (await common.find_deployment(client, address))[1]

    secrets = secrets_of_environment(os.environ)
    found = redacted(common.call_connect(find, secrets, region), secrets)
    if as_json:
        details = deployment_details(address.project_key, found)
        common.print_json(details.model_dump(mode="json", by_alias=True, exclude_none=True))
        return
    console = common.output_console()
    for line in _headlines(address.project_key, found):
        console.print(line)
    if found.report:
        common.print_table(("when", "application", "kind", "what"), map(_cells, found.report))
    else:
        console.print("Connect has reported nothing.")


def _headlines(project_key: str, deployment: Deployment) -> Iterator[Text]:
    connector = deployment.connector
    yield Text.assemble(
        (f"{project_key}/{escape_untrusted(deployment.key or deployment.id)}", "bold"),
        "  ",
        (escape_untrusted(deployment.status), STATUS_STYLES.get(deployment.status, "yellow")),
        f"  {escape_untrusted(deployment.type)} in {escape_untrusted(deployment.deployed_region)}",
    )
    yield Text(f"key {escape_untrusted(deployment.key) or 'none'}, id {escape_untrusted(deployment.id)}")
    yield Text(
        f"{escape_untrusted(connector.name)} {escape_untrusted(connector.repository.tag)}, build "
        f"{escape_untrusted(deployment.build_id) or 'none'}"
    )
    for each in deployment.applications:
        where = each.url or each.topic or each.schedule
        yield Text(f"  {escape_untrusted(each.application_name)}  {escape_untrusted(where)}".rstrip())


def _cells(entry: ReportEntry) -> tuple[str | Text, ...]:
    style = ENTRY_STYLES.get(entry.type, "")
    message = escape_untrusted(common.joined(entry.title, entry.message), LONGEST_MESSAGE)
    application = entry.application or "all"
    return entry.created_at[:40], application, Text(escape_untrusted(entry.type), style), Text(message, style)
