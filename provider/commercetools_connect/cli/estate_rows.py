"""What runs in each project of an estate, and whether it is what is published."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Final

from commercetools_connect.api import (
    ById,
    ConnectClient,
    Connection,
    Deployment,
    DeploymentStatus,
    NotFoundError,
    ReportEntry,
)
from commercetools_connect.cli.estate_file import EstateProject
from commercetools_connect.contract.clock import SystemClock
from commercetools_connect.contract.errors import ProviderError

__all__ = ["EstateRow", "Verdict", "ask_estate", "worst"]

SIMULTANEOUS_PROJECTS: Final = 16
BROKEN: Final = frozenset({DeploymentStatus.FAILED, DeploymentStatus.UNDEPLOY_FAILED})


class Verdict(IntEnum):
    """What is to be said of a row, and the exit code for it; 2 is for mistakes on the command line."""

    CURRENT = 0
    UNASKED = 1
    BEHIND = 3
    BROKEN = 4


@dataclass(frozen=True)
class EstateRow:
    """One deployment; or, with a `message` and no deployment, a project that could not be asked."""

    project: str
    verdict: Verdict
    deployment: str = ""
    region: str = ""
    type: str = ""
    connector: str = ""
    tag: str = ""
    published_tag: str = ""
    status: str = ""
    message: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it under the names that programs read."""
        members = asdict(self)
        published = members.pop("published_tag")
        return {**members, "publishedTag": published, "verdict": self.verdict.name.lower()}


async def ask_estate(projects: Sequence[EstateProject]) -> list[EstateRow]:
    """Return the deployments of all projects, in the order of the file; a project that fails spoils no other."""
    places = asyncio.Semaphore(SIMULTANEOUS_PROJECTS)

    async def ask(project: EstateProject) -> list[EstateRow]:
        async with places:
            try:
                return await _ask_project(project)
            except ProviderError as error:
                return [EstateRow(project.project_key, Verdict.UNASKED, message=error.message)]

    return [row for rows in await asyncio.gather(*map(ask, projects)) for row in rows]


def worst(rows: Iterable[EstateRow]) -> Verdict:
    """Return what the estate as a whole is: broken before unasked before behind."""
    found = {row.verdict for row in rows}
    order = (Verdict.BROKEN, Verdict.UNASKED, Verdict.BEHIND)
    return next((each for each in order if each in found), Verdict.CURRENT)


async def _ask_project(project: EstateProject) -> list[EstateRow]:
    async with _client(project.connection) as client:
        deployments = [each async for each in client.list_deployments(project.project_key)]
        identities = {each.connector.id for each in deployments if each.connector.id and not each.preview}
        published = {identity: await _published_tag(client, identity) for identity in sorted(identities)}
    return [_row(project.project_key, each, published.get(each.connector.id, "")) for each in deployments]


def _client(connection: Connection) -> ConnectClient:
    return ConnectClient(connection, clock=SystemClock())


async def _published_tag(client: ConnectClient, connector_id: str) -> str:
    """Return the tag that a new deployment would get; `""` for a connector that is not published any more."""
    try:
        return (await client.get_connector(ById(connector_id))).repository.tag
    except NotFoundError:
        return ""


def _row(project_key: str, deployment: Deployment, published_tag: str) -> EstateRow:
    tag = deployment.connector.repository.tag
    verdict = Verdict.CURRENT
    if deployment.status in BROKEN:
        verdict = Verdict.BROKEN
    elif published_tag and tag != published_tag:
        verdict = Verdict.BEHIND
    return EstateRow(
        project=project_key,
        verdict=verdict,
        deployment=deployment.key or deployment.id,
        region=deployment.deployed_region,
        type=deployment.type or ("preview" if deployment.preview else ""),
        connector=deployment.connector.name,
        tag=tag,
        published_tag=published_tag,
        status=deployment.status,
        message=_last_line(deployment.report),
    )


def _last_line(report: Sequence[ReportEntry]) -> str:
    if not report:
        return ""
    last = report[-1]
    said = ": ".join(part for part in (last.title, last.message) if part)
    return f"{last.application}: {said}" if last.application else said
