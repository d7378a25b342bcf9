"""`commercetools-connect rollback`: go back to a revision of a deployment. Experimental (API §4.9)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Final

import typer

from commercetools_connect.api import ConnectClient, Deployment, DeploymentRevision, DeploymentStatus, Ref
from commercetools_connect.api.models.objects import DeployedValue
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.cli import common
from commercetools_connect.cli.redacted import redacted, secrets_of_environment
from commercetools_connect.core.clock import SystemClock
from commercetools_connect.core.errors import InvalidInputError, RunFailedError
from commercetools_connect.core.resource import OperationContext, Reporter
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.resources.configuration import poll_interval
from commercetools_connect.resources.reconcile import follow_deployment
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import DEPLOY, Watcher

SECURED: Final = "Secured values become those of the revision; Connect shows neither the old nor the new ones."
VALUES_STAY: Final = (
    "The program still has the values that ran before, and `pulumi up` sees nothing to do for values that cannot "
    "be read. Change the program as well; another redeployTrigger sends all its values again (docs/rollback.md)."
)
OTHER_TAG: Final = (
    "The program still asks for what ran before: `pulumi refresh` shows the older tag as drift, and "
    "`pulumi up --refresh` would bring the newer one back. Change the program as well, or publish the older tag "
    "again and roll it out (docs/rollback.md)."
)
DESTROY: Final = (
    "Until then, `pulumi destroy` refuses to delete the deployment, because the stack did not deploy the build "
    "that runs. `CTP_ADOPT='{entry}' pulumi destroy` deletes it."
)


class _Terminal:
    """A reporter that prints the messages of a wait on stderr, each status once."""

    def __init__(self, secrets: SecretRegistry) -> None:
        self._secrets = secrets
        self._last_status = ""

    def info(self, message: str) -> None:
        common.note(self._secrets.redact(message))

    def warning(self, message: str) -> None:
        common.note(f"warning: {self._secrets.redact(message)}")

    def status(self, message: str, time: str = "") -> None:
        current = self._secrets.redact(message)
        if current != self._last_status:
            self._last_status = current
            common.note(f"{current} ({time})" if time else current)


def rollback(
    deployment: common.AddressArgument,
    to: Annotated[str, typer.Option("--to", help="Revision to go back to; the one before if absent.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    only_list: Annotated[
        bool, typer.Option("--list", help="List the revisions, newest first, and change nothing.")
    ] = False,
    region: common.RegionOption = "",
) -> None:
    """Experimental: bring a deployment back to one of its revisions, and wait until it runs.

    commercetools has not published the form of this call in full. Shows what would change, and asks.
    """
    if only_list and (to or yes):
        raise typer.BadParameter("it changes nothing; leave --to and --yes out", param_hint="--list")
    address = common.parse_address(deployment)

    async def look(client: ConnectClient) -> tuple[Ref, Deployment, list[DeploymentRevision]]:
        ref, found = await common.find_deployment(client, address)
        revisions = [each async for each in client.list_revisions(address.project_key, ref)]
        return ref, found, revisions if only_list else [choose(revisions, found, to)]

    secrets = secrets_of_environment(os.environ)
    ref, found, revisions = common.call_connect(look, secrets, region)
    if only_list:
        for line in lines_of([redacted(each, secrets) for each in revisions], found):
            typer.echo(line)
        return
    (revision,) = revisions
    shown = redacted(revision, secrets)
    typer.echo(
        f"{address} goes back to revision {escape_untrusted(shown.revision)} of "
        f"{escape_untrusted(shown.created_at) or 'an unknown time'}:"
    )
    for line in changes_of(redacted(found, secrets), shown) or ["nothing that can be read changes"]:
        typer.echo(f"  {line}")
    typer.echo(SECURED)
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("there is no terminal to ask; add --yes", param_hint="--yes")
        typer.confirm("Go back?", abort=True)

    async def go_back(client: ConnectClient) -> Deployment:
        return await _roll_back(client, address, ref, found.version, revision, _Terminal(secrets))

    after = redacted(common.call_connect(go_back, secrets, region), secrets)
    typer.echo(f"{address} runs {_tag(after)}.")
    common.note(OTHER_TAG if _tag(redacted(found, secrets)) != _tag(after) else VALUES_STAY)
    common.note(DESTROY.format(entry=f"{address.project_key}/{escape_untrusted(after.key or address.name)}"))


async def _roll_back(
    client: ConnectClient,
    address: common.Address,
    ref: Ref,
    version: int,
    revision: DeploymentRevision,
    reporter: Reporter,
) -> Deployment:
    """Roll back the version that was shown, so that nothing else has changed since; return what runs then."""
    started = await client.rollback_deployment(address.project_key, ref, revision.revision, version)
    clock = SystemClock()
    session = Session(client, Watcher(client, clock, poll_interval(client.connection.connect_url)), clock)
    operation = OperationContext(name=address.name, default_key="", reporter=reporter)
    outcome = await follow_deployment(session, DEPLOY, address.project_key, started, operation, None)
    if not outcome.success:
        raise RunFailedError(
            f"The rollback has not come to a good end: {outcome.reason}.",
            f"{_tag(outcome.last)} runs. `commercetools-connect report` shows more.",
        )
    wanted = revision.connector.repository.tag
    if wanted and outcome.last.connector.repository.tag != wanted:
        raise InvalidInputError(
            f"Connect says that it is done, but {_tag(outcome.last)} runs instead of {escape_untrusted(wanted)}.",
            "Look at the deployment with `commercetools-connect report`, and run the command again; or roll the "
            "tag out with the program.",
        )
    return outcome.last


def _tag(deployment: Deployment) -> str:
    return escape_untrusted(deployment.connector.repository.tag) or "an unknown tag"


def choose(revisions: Sequence[DeploymentRevision], deployment: Deployment, name: str) -> DeploymentRevision:
    """Return the named revision; without a name the newest one that is not what runs.

    `revisions` come newest first. While a deployment runs well, the newest one is what runs. Raises
    `InvalidInputError` that lists what there is.
    """
    running = not name and deployment.status == DeploymentStatus.DEPLOYED
    for revision in revisions[1:] if running else revisions:
        if name in ("", revision.revision):
            return revision
    known = ", ".join(
        f"{escape_untrusted(each.revision)}"
        f" ({escape_untrusted(each.connector.repository.tag)}, {each.created_at[:10]})"
        for each in revisions
    )
    raise InvalidInputError(
        f"There is no revision {escape_untrusted(name)}." if name else "There is no revision to go back to.",
        f"There are: {known}." if known else "Connect lists none for this deployment.",
    )


def lines_of(revisions: Sequence[DeploymentRevision], deployment: Deployment) -> Iterator[str]:
    """Yield a line for each revision, which come newest first. The newest runs while the deployment is well."""
    if not revisions:
        yield "Connect lists no revision of this deployment."
    for index, each in enumerate(revisions):
        runs = index == 0 and deployment.status == DeploymentStatus.DEPLOYED
        tag, created_at = each.connector.repository.tag or "an unknown tag", each.created_at or "an unknown time"
        line = "  ".join(map(escape_untrusted, (each.revision, tag, created_at)))
        yield f"{line}  runs now" if runs else line


def changes_of(deployment: Deployment, revision: DeploymentRevision) -> list[str]:
    """Return a line for each difference between what runs and the revision."""
    now = {each.application_name: each for each in deployment.applications}
    then = {each.application_name: each for each in revision.applications}
    lines = [*_changed("tag", deployment.connector.repository.tag, revision.connector.repository.tag)]
    for name in sorted({*now, *then}):
        if name not in then:
            lines.append(f"{escape_untrusted(name)}: is removed")
        elif name not in now:
            lines.append(f"{escape_untrusted(name)}: comes back")
        else:
            before, after = now[name], then[name]
            lines += _value_changes(name, before.standard_configuration, after.standard_configuration)
            lines += _changed(f"{name}.schedule", before.schedule, after.schedule)
            for key in sorted({*before.secured_keys} ^ {*after.secured_keys}):
                change = "comes back" if key in after.secured_keys else "is removed"
                lines.append(f"{escape_untrusted(f'{name}.{key}')} (secured): {change}")
    shared, then_shared = deployment.global_configuration, revision.global_configuration
    lines += _value_changes("global", shared.standard_configuration, then_shared.standard_configuration)
    return lines


def _value_changes(name: str, now: Iterable[DeployedValue], then: Iterable[DeployedValue]) -> Iterator[str]:
    before, after = ({each.key: each.value for each in settings} for settings in (now, then))
    for key in sorted({*before, *after}):
        yield from _changed(f"{name}.{key}", before.get(key, ""), after.get(key, ""))


def _changed(what: str, now: str, then: str) -> Iterator[str]:
    if now != then:
        before, after = escape_untrusted(now) or "nothing", escape_untrusted(then) or "nothing"
        yield f"{escape_untrusted(what)}: {before} -> {after}"
