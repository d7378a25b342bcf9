"""`commercetools-connect rollback`: a deployment goes back to one of its revisions. Experimental (API §4.9)."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from commercetools_connect.api import ConnectClient, Deployment, DeploymentRevision, Ref
from commercetools_connect.cli.addresses import Address, AddressArgument, address, find_deployment
from commercetools_connect.cli.connection import RegionOption, call_connect, note
from commercetools_connect.cli.rollback_changes import changes_of, choose
from commercetools_connect.contract.clock import SystemClock
from commercetools_connect.contract.errors import InvalidInputError, RunFailedError, quote_foreign
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.configuration import poll_interval
from commercetools_connect.resources.shapes import report_lines
from commercetools_connect.waiters import DEPLOY, Progress, Wait, Watcher

__all__ = ["rollback"]

SECURED: Final = "Secured values become those of the revision; Connect shows neither the old nor the new ones."
AFTERWARDS: Final = (
    "The program still asks for what ran before: `pulumi refresh` shows the older tag as drift, and `pulumi up` "
    "would bring the newer one back. Change the program as well, or publish the older tag again and roll it out "
    "(docs/rollback.md)."
)


class _Terminal:
    """Says on stderr what a wait has to say, each thing once."""

    def __init__(self) -> None:
        self._said = ""

    def info(self, message: str) -> None:
        note(message)

    def warning(self, message: str) -> None:
        note(f"warning: {message}")

    def status(self, message: str) -> None:
        state = message.partition(" (")[0]
        if state != self._said:
            self._said = state
            note(state)


def rollback(
    deployment: AddressArgument,
    to: Annotated[str, typer.Option("--to", help="Revision to go back to; the one before if absent.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    region: RegionOption = "",
) -> None:
    """Experimental: bring a deployment back to one of its revisions, and wait until it runs.

    commercetools has not published the form of this call in full. Shows what would change, and asks.
    """
    named = address(deployment)

    async def look(client: ConnectClient) -> tuple[Ref, Deployment, DeploymentRevision]:
        ref, found = await find_deployment(client, named)
        revisions = [each async for each in client.list_revisions(named.project_key, ref)]
        return ref, found, choose(revisions, found, to)

    ref, found, revision = call_connect(look, region)
    _show(named, found, revision)
    if not yes:
        _ask()

    async def go_back(client: ConnectClient) -> Deployment:
        return await _roll_back(client, named, ref, found.version, revision)

    after = call_connect(go_back, region)
    typer.echo(f"{named.project_key}/{quote_foreign(named.name)} runs {_tag(after)}.")
    note(AFTERWARDS)


def _show(named: Address, found: Deployment, revision: DeploymentRevision) -> None:
    typer.echo(
        f"{named.project_key}/{quote_foreign(named.name)} goes back to revision {quote_foreign(revision.revision)}"
        f" of {quote_foreign(revision.created_at) or 'an unknown time'}:"
    )
    for line in changes_of(found, revision) or ["nothing that can be read changes"]:
        typer.echo(f"  {line}")
    typer.echo(SECURED)


def _ask() -> None:
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to ask; add --yes", param_hint="--yes")
    typer.confirm("Go back?", abort=True)


async def _roll_back(
    client: ConnectClient, named: Address, ref: Ref, version: int, revision: DeploymentRevision
) -> Deployment:
    """Ask for it with the version that was shown: nothing else has changed since. Return what runs then."""
    started = await client.rollback_deployment(named.project_key, ref, revision.revision, version)
    clock = SystemClock()
    watcher = Watcher(client, clock, poll_interval(client.connection.connect_url))
    observations = watcher.deployment(named.project_key, started.id)
    operation = Operation(name=named.name, derived_key="", reporter=_Terminal())
    outcome = await Wait(DEPLOY, _progress, started, observations, operation, clock).outcome()
    if not outcome.success:
        raise RunFailedError(
            f"The rollback has not come to a good end: {outcome.reason}.",
            f"{_tag(outcome.last)} runs. `commercetools-connect report` shows more.",
        )
    wanted = revision.connector.repository.tag
    if wanted and outcome.last.connector.repository.tag != wanted:
        raise InvalidInputError(
            f"Connect says that it is done, but {_tag(outcome.last)} runs instead of {wanted}."
        )
    return outcome.last


def _progress(seen: Deployment) -> Progress:
    return Progress(seen.status, seen.version, seen.build_id, report_lines(seen.report))


def _tag(deployment: Deployment) -> str:
    return quote_foreign(deployment.connector.repository.tag) or "an unknown tag"
