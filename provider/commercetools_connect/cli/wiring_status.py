"""Wiring, as `commercetools-connect status --wiring` shows it: who calls deployments, and what feeds them.

It covers Extensions and Subscriptions. What points to nothing of Connect has no verdict.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from rich.text import Text

from commercetools_connect.api import Deployment
from commercetools_connect.api.models.wiring import SubscriptionStatus
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.cli import common
from commercetools_connect.cli.estate import EstateProject
from commercetools_connect.cli.redacted import redacted
from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.resources.deployment.wiring.registrations import (
    Match,
    Owner,
    OwnerKind,
    Registration,
    addresses_of,
    owners,
    registrations_of,
)

COLUMNS: Final = ("project", "deployment", "application", "kind", "key", "points to", "status", "")
UNASKED: Final = "unasked"
EXIT_CODES: Final = {"orphan": 4, "stopped": 4, UNASKED: 1}
"""The exit code of each verdict that needs a person; the first that is found counts."""

UNWIRED: Final = "nothing points to it"
AGAIN: Final = "change redeployTrigger of its Deployment and run `pulumi up`: the script creates it again."
REMEDIES: Final[Mapping[str, str]] = {
    "orphan": "Delete it in the project if it is not needed any more. If a Deployment should have it, "
    "run `pulumi up` with `expect` on that Deployment: the provider says what its scripts have to correct.",
    "stopped": f"Delete it in the project, {AGAIN}",
    "otherPath": "If the application does not answer there, correct what the script appends to "
    "CONNECT_SERVICE_URL, or `endpoint` in connect.yaml, and deploy a corrected version.",
    UNWIRED: "If something should point to it, add `expect` to its Deployment and run `pulumi up`: the provider "
    "lets the scripts run once more, and says what they have to correct.",
}
"""What to do, by verdict or message."""

SUSPENDED: Final = "commercetools has suspended it: ask the vendor's support. A redeploy does not help."


@dataclass(frozen=True)
class WiringRow:
    """One Extension or Subscription; an application to which none points; or, with a `message`, a failed project.

    `verdict`: `orphan`, `stopped`, `otherPath`, `unasked`, or `""` for what is fine and for what is not Connect's.
    `remedy` is what to do about it.
    """

    project: str
    verdict: str = ""
    deployment: str = ""
    application: str = ""
    kind: str = ""
    key: str = ""
    address: str = ""
    status: str = ""
    message: str = ""
    remedy: str = ""


def show_wiring(estate: Sequence[EstateProject], secrets: SecretRegistry, *, as_json: bool) -> int:
    """Print the wiring of the projects, and return the exit code."""
    found = asyncio.run(common.gather_limited(lambda project: _rows_of(project, secrets), estate))
    rows = redacted([row for of_project in found for row in of_project], secrets)
    if as_json:
        common.print_json([asdict(row) for row in rows])
    else:
        common.print_table(COLUMNS, map(_cells, rows))
        steps = ((escape_untrusted(": ".join(_name(row))), row.remedy) for row in rows if row.remedy)
        for line in common.steps_of(steps):
            common.output_console().print(Text(line))
    verdicts = {row.verdict for row in rows}
    return next((code for verdict, code in EXIT_CODES.items() if verdict in verdicts), 0)


async def _rows_of(project: EstateProject, secrets: SecretRegistry) -> list[WiringRow]:
    """Return the wiring of a project in three lists; a project that fails does not affect the others."""
    key = project.project_key
    try:
        async with common.connect_client(project.connection, secrets) as client:
            wiring = client.wiring()
            await wiring.require_scopes(key)
            # before the deployments: what a newer one has registered would look like an orphan
            there = registrations_of(await wiring.extensions(key), await wiring.subscriptions(key))
            deployments = [each async for each in client.list_deployments(key)]
    except ProviderError as error:
        return [WiringRow(key, UNASKED, message=error.message, remedy=error.remedy)]
    found = owners(there, deployments)
    return [*_deployed(key, deployments, found), *(_row(key, each) for each in found if not each.deployment_id)]


def _deployed(project: str, deployments: Sequence[Deployment], found: Sequence[Owner]) -> Iterator[WiringRow]:
    for deployment in deployments:
        name = deployment.key or deployment.id
        for address in addresses_of(deployment):
            own = [
                each for each in found if (each.deployment_id, each.application) == (deployment.id, address.name)
            ]
            yield from (_row(project, each, name) for each in own)
            if not own and any(map(address.of, WiringKind)):
                yield WiringRow(
                    project, deployment=name, application=address.name, message=UNWIRED, remedy=REMEDIES[UNWIRED]
                )


def _row(project: str, owner: Owner, deployment: str = "") -> WiringRow:
    there = owner.registration
    verdict = _verdict(owner, there)
    suspended = there.status == SubscriptionStatus.MANUALLY_SUSPENDED
    return WiringRow(
        project,
        verdict,
        deployment,
        owner.application,
        there.kind.api_type,
        there.key or there.source.id,
        there.address,
        there.status,
        remedy=SUSPENDED if verdict == "stopped" and suspended else REMEDIES.get(verdict, ""),
    )


def _name(row: WiringRow) -> tuple[str, ...]:
    """Return what a step is for: a registration, an application, or a project."""
    named = f"{row.kind} {row.key}" if row.kind else "/".join(filter(None, (row.deployment, row.application)))
    return tuple(filter(None, (row.project, named)))


def _verdict(owner: Owner, there: Registration) -> str:
    if owner.kind is OwnerKind.ORPHAN:
        return "orphan"
    if owner.kind is OwnerKind.DEPLOYMENT and there.is_stopped:
        return "stopped"
    return "otherPath" if owner.match is Match.SAME_HOST else ""


def _cells(row: WiringRow) -> tuple[str | Text, ...]:
    cells = (
        row.project,
        row.deployment,
        row.application,
        row.kind,
        row.key,
        row.address or row.message,
        row.status,
    )
    style = "red" if row.verdict in EXIT_CODES else "yellow"
    return *(cell or "-" for cell in cells), Text(row.verdict, style)
