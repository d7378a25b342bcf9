"""`commercetools-connect import-file`: what a project holds, as a file for `pulumi import --file`."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Final

import typer

from commercetools_connect.api import ById, ConnectClient, ConnectorStaged, NotFoundError, checked_project_key
from commercetools_connect.api.settings import ENVIRONMENT_NAMES
from commercetools_connect.cli.connection import RegionOption, call_connect, fail, note
from commercetools_connect.cli.import_entries import ImportPlan, Inventory, plan_import
from commercetools_connect.contract.errors import ProviderError

__all__ = ["import_file"]

SIDE_BY_SIDE: Final = 8
"""Look-ups at once; Connect has no list that tells which drafts are published."""


class Part(str, Enum):
    """Which part of a project is asked for."""

    DRAFTS = "drafts"
    DEPLOYMENTS = "deployments"


def import_file(
    project: Annotated[
        str, typer.Option(help="Key of the project.", envvar=ENVIRONMENT_NAMES["projectKey"], show_envvar=True)
    ],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; stdout if absent.")] = None,
    only: Annotated[
        Part | None,
        typer.Option(
            help="Only drafts with their publications, or only Deployments, for a client that may no more."
        ),
    ] = None,
    region: RegionOption = "",
) -> None:
    """Write a file for `pulumi import --file` with all connector drafts, publications and Deployments.

    Drafts belong to no project: those that the API client can see are taken. Reads only. Credentials come from
    the environment, as for the provider. What was left out, and why, is told on stderr.
    """
    plan = plan_import(call_connect(lambda client: _look(client, project, only), region))
    text = json.dumps({"resources": [entry.to_json() for entry in plan.entries]}, indent=2) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(output, text)
    for line in _told(plan, str(output or "stdout")):
        note(line)


async def _look(client: ConnectClient, project: str, only: Part | None) -> Inventory:
    """Read what there is. Raises `InvalidInputError` for an impossible project, before any call; `ApiError`."""
    project_key = checked_project_key(project)
    drafts = [] if only is Part.DEPLOYMENTS else [draft async for draft in client.list_drafts()]
    listed = [] if only is Part.DRAFTS else [each async for each in client.list_deployments(project_key)]
    return Inventory(project_key, drafts, await _published(client, drafts), listed)


async def _published(client: ConnectClient, drafts: Sequence[ConnectorStaged]) -> frozenset[str]:
    """Return the ids of the drafts whose Connector is published; it has its draft's id (API §2)."""
    turns = asyncio.Semaphore(SIDE_BY_SIDE)

    async def is_published(draft: ConnectorStaged) -> bool:
        async with turns:
            try:
                await client.get_connector(ById(draft.id))
            except NotFoundError:
                return False
            return True

    found = await asyncio.gather(*map(is_published, drafts))
    return frozenset(draft.id for draft, published in zip(drafts, found, strict=True) if published)


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise fail(ProviderError(f"{output} cannot be written: {reason}.")) from None


def _told(plan: ImportPlan, where: str) -> Iterable[str]:
    """Yield what a person should know of the file."""
    counts = Counter(entry.kind for entry in plan.entries)
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "nothing: there is nothing to import"
    yield f"Wrote to {where}: {said}."
    for reason in plan.left_out:
        yield f"Left out: {reason}."
    for remark in plan.remarks:
        yield f"Note: {remark}."
    if counts["Deployment"]:
        yield "Secured values cannot be read; they stay set in Connect while the program leaves them out."
