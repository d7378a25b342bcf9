"""`commercetools-connect import-file`: objects of a project, as a file for `pulumi import --file`."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from commercetools_connect.api import (
    Connection,
    ConnectorStaged,
    ConnectorStatus,
    Deployment,
    DeploymentStatus,
    IsPreviewable,
    checked_project_key,
)
from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.cli import common
from commercetools_connect.cli.redacted import redacted, secret_values, secrets_of_environment
from commercetools_connect.cli.stack import connections_of, find_project, read_stack, usable_connection
from commercetools_connect.core.errors import ConfigurationError, ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.urns import PACKAGE
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.lookups.listing import CONCURRENT_READS, is_published, publication_target
from commercetools_connect.resources.configuration import errors_about_connection
from commercetools_connect.resources.connections import Connections
from commercetools_connect.resources.connector_staged.model import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.model import observed_inputs as observed_staged
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.deployment.outputs import observed_inputs as observed_deployment
from commercetools_connect.resources.inputs import InputModel, validate_inputs
from commercetools_connect.resources.redacting import redact_error

PROJECT_VARIABLE: Final = ENVIRONMENT_NAMES["projectKey"]
OWN_WITHOUT_PROJECT: Final = (
    "Left out: what only the credentials outside `connections` can see, because no project is set for them "
    f"({PACKAGE}:projectKey, {PROJECT_VARIABLE})."
)


class ProjectPart(str, Enum):
    """Part of a project that is asked for."""

    DRAFTS = "drafts"
    DEPLOYMENTS = "deployments"


def import_file(
    project: Annotated[
        str,
        typer.Option(help=f"Key of the project of the configuration itself; {PROJECT_VARIABLE} if absent."),
    ] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; stdout if absent.")] = None,
    only: Annotated[
        ProjectPart | None,
        typer.Option(
            help="Only drafts with their publications, or only Deployments, for a client that may no more."
        ),
    ] = None,
    connection: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only this named connection; all if absent. Can be given several times."
        ),
    ] = None,
    stack: Annotated[
        str, typer.Option("--stack", help="Take configuration and `connections` of this stack, read with Pulumi.")
    ] = "",
    region: common.RegionOption = "",
) -> None:
    """Write a file for `pulumi import --file` with all connector drafts, publications and Deployments.

    Of the configuration itself, and of each of the named `connections`: ids begin with the name then. Drafts
    belong to no project: those that the API client can see are taken. Reads only. Credentials come from the
    environment, as for the provider, or with --stack from the stack. What was left out, and why, is printed on
    stderr.
    """
    _refuse_unused(project, region, stack, connection or (), only)
    secrets = secrets_of_environment(os.environ)
    with common.exit_on_error():
        common.ensure_one_address(os.environ, region)
        read = read_stack(stack, find_project(Path.cwd())) if stack else None
        for values in secret_values(read) if read else ():
            secrets.learn(values)
        given: PropertyMap = {"region": region} if read is None else read.config
        sources = _sources(
            given, project, connection or (), only, own_is_meant=bool(project or region), of_stack=read is not None
        )
        try:
            found = asyncio.run(common.gather_limited(partial(_read_source, secrets, only), sources))
        except ProviderError as error:
            redact_error(error, secrets)
            raise
    plan = plan_import(*(_redacted(each, secrets) for each in found))
    text = json.dumps({"resources": [entry.to_json() for entry in plan.entries]}, indent=2) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        with common.exit_on_error():
            common.write_text(output, text)
    counts = Counter(entry.kind for entry in plan.entries)
    written = (
        ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "nothing: there is nothing to import"
    )
    common.note(f"Wrote to {output or 'stdout'}: {written}.")
    for reason in plan.left_out:
        common.note(f"Left out: {reason}.")
    for remark in plan.remarks:
        common.note(f"Note: {remark}.")
    if counts["Deployment"]:
        common.note("Secured values cannot be read; they stay set in Connect while the program leaves them out.")


def _refuse_unused(
    project: str, region: str, stack: str, chosen: Collection[str], only: ProjectPart | None
) -> None:
    """Raise `typer.BadParameter` for an option that would change nothing beside the others."""
    if region and stack:
        raise typer.BadParameter(
            "leave it out with --stack: the configuration of the stack says where to call", param_hint="--region"
        )
    for name, value in (("--region", region), ("--project", project)):
        if value and chosen:
            raise typer.BadParameter(
                "is of the configuration itself: leave it out with --connection, which has its own",
                param_hint=name,
            )
    if project and only is ProjectPart.DRAFTS:
        raise typer.BadParameter(
            "leave it out with --only drafts: they belong to no project", param_hint="--project"
        )


@dataclass(frozen=True)
class _Source:
    """A connection to list; the configuration itself has no name."""

    name: str
    connection: Connection
    project_key: str


def _sources(
    values: PropertyMap,
    project: str,
    chosen: Collection[str],
    only: ProjectPart | None,
    *,
    own_is_meant: bool,
    of_stack: bool,
) -> list[_Source]:
    """Return what to list: the configuration itself if it has credentials, and its named connections, by name.

    `own_is_meant`: an option is about the configuration itself, which must have credentials then. `of_stack`: the
    values are those of a stack, not of the environment. Beside named connections, credentials without a project
    are not enough for a list of Deployments: a variable may have been set for another command. Raises
    `ConfigurationError` for what the provider would refuse, before any call.
    """
    connections = connections_of(values, os.environ)
    sources = [_named_source(connections, name) for name in sorted(set(chosen) or connections.named)]
    settings = connections.settings(None)
    has_credentials = settings.client_id or settings.client_secret.get_secret_value()
    project = project or settings.project_key
    if sources and has_credentials and not (chosen or own_is_meant or project or only is ProjectPart.DRAFTS):
        common.note(OWN_WITHOUT_PROJECT)
    elif not chosen and (not sources or own_is_meant or has_credentials):
        own = usable_connection(connections, None) if of_stack else common.checked_connection(settings)
        sources.insert(0, _Source("", own, project))
    return sources


def _named_source(connections: Connections, name: str) -> _Source:
    """Return a named connection. Raises `ConfigurationError` for one that the provider would refuse."""
    try:
        found = usable_connection(connections, name)
    except ConfigurationError as error:
        raise ConfigurationError(f"connection {name}: {error.message}", error.remedy) from None
    return _Source(name, found, found.project_key)


async def _read_source(secrets: SecretRegistry, only: ProjectPart | None, source: _Source) -> Inventory:
    """Read what there is. Raises `InvalidInputError` for an impossible project, before any call; `ApiError`."""
    try:
        with errors_about_connection(source.name or None, source.project_key):
            return await _inventory(secrets, only, source)
    except ProviderError as error:
        if source.name:
            error.message = f"connection {source.name}: {error.message}"
            error.args = (error.message, error.remedy)
        raise


async def _inventory(secrets: SecretRegistry, only: ProjectPart | None, source: _Source) -> Inventory:
    project_key = checked_project_key(source.project_key) if only is not ProjectPart.DRAFTS else source.project_key
    async with common.connect_client(source.connection, secrets) as client:
        drafts = (
            [] if only is ProjectPart.DEPLOYMENTS else [each async for each in client.list_connectors_staged()]
        )
        deployments = (
            [] if only is ProjectPart.DRAFTS else [each async for each in client.list_deployments(project_key)]
        )
        found = await common.gather_limited(partial(is_published, client), drafts, CONCURRENT_READS)
    published = frozenset(each.id for each, is_one in zip(drafts, found, strict=True) if is_one)
    return Inventory(project_key, drafts, published, deployments, source.name)


def _redacted(found: Inventory, secrets: SecretRegistry) -> Inventory:
    return replace(
        found,
        connectors_staged=redacted(found.connectors_staged, secrets),
        deployments=redacted(found.deployments, secrets),
    )


@dataclass(frozen=True)
class Inventory:
    """Objects of a project; `published` are the ids of the ConnectorStaged that have a published Connector.

    `connection` is the name of the connection that has listed them, `""` for the configuration itself.
    """

    project_key: str
    connectors_staged: Sequence[ConnectorStaged] = ()
    published: Collection[str] = ()
    deployments: Sequence[Deployment] = ()
    connection: str = ""


@dataclass(frozen=True)
class ImportEntry:
    """One object to import: its kind, its name in the program, and its id."""

    kind: str
    name: str
    id: str

    def to_json(self) -> dict[str, str]:
        """Return it as the file has it. Without a version: the engine takes the plugin that the program has."""
        return {"type": f"{PACKAGE}:index:{self.kind}", "name": self.name, "id": self.id}


@dataclass
class ImportPlan:
    """What is imported; what is not, each with its reason; and what to know about some that are."""

    entries: list[ImportEntry] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def add(self, kind: str, prefix: str, base: str, id_: str, connection: str = "") -> None:
        """Add an entry, under a name that begins with `prefix` and that no other has.

        A named connection is in front of the id, as imports take it, and in the name, as its project may have the
        same keys.
        """
        if connection:
            prefix, id_ = f"{prefix}-{connection}", f"{connection}:{id_}"
        stem = f"{prefix}-{re.sub(r'[^A-Za-z0-9]+', '-', base).strip('-')}".rstrip("-")
        number, name = 1, stem
        while _identifier(name) in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(_identifier(name))
        self.entries.append(ImportEntry(kind, name, id_))

    def is_declarable(self, what: str, model: type[InputModel], inputs: PropertyMap) -> bool:
        """Tell whether a program could declare what an import would read; if not, note why it is left out."""
        given = {name: value for name, value in inputs.items() if value is not None}
        reasons = [f"no program can declare it: {failure}" for failure in validate_inputs(model, given)]
        if reasons:
            self.left_out.append(f"{what}: {'; '.join(reasons)}")
        return not reasons


def plan_import(*inventories: Inventory) -> ImportPlan:
    """Return what to import: ConnectorStaged, then publications, then Deployments, each kind by key.

    The same objects give the same plan in any order. What several connections list is imported with the first one.
    """
    plan = ImportPlan()
    staged, seen = [], set[str]()
    for each in inventories:
        for draft in sorted(each.connectors_staged, key=_order):
            if draft.id not in seen and plan.is_declarable(
                f"ConnectorStaged {_label(draft)}", ConnectorStagedInputs, observed_staged(draft, {})
            ):
                staged.append((each, draft))
            seen.add(draft.id)
    for each, draft in staged:
        plan.add("ConnectorStaged", "draft", draft.key or draft.name, draft.id, each.connection)
    for each, draft in staged:
        _add_publication(draft, plan, each.connection, published=draft.id in each.published)
    for each in inventories:
        for deployment in sorted(each.deployments, key=_order):
            if deployment.id not in seen:
                _add_deployment(deployment, checked_project_key(each.project_key), plan, each.connection)
            seen.add(deployment.id)
    return plan


def _order(item: ConnectorStaged | Deployment) -> tuple[str, str]:
    return (item.key, item.id)


def _identifier(name: str) -> str:
    """Return what names have in common that a generator of code may turn into the same variable."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _add_publication(staged: ConnectorStaged, plan: ImportPlan, connection: str, *, published: bool) -> None:
    """Add what the ConnectorStaged is available as: published, or else as a preview."""
    if target := publication_target(staged, published=published):
        plan.add(
            "ConnectorPublication", "publication", staged.key or staged.name, f"{staged.id}/{target}", connection
        )
    elif staged.status == ConnectorStatus.PROCESSING or staged.is_previewable == IsPreviewable.PENDING:
        plan.left_out.append(
            f"ConnectorPublication of {_label(staged)}: it is under way; try again when it has ended"
        )


def _add_deployment(deployment: Deployment, project_key: str, plan: ImportPlan, connection: str) -> None:
    label = f"Deployment {_label(deployment)}"
    if deployment.status == DeploymentStatus.UNDEPLOYING:
        plan.left_out.append(f"{label}: it is {DeploymentStatus.UNDEPLOYING} and will be gone")
    elif plan.is_declarable(label, DeploymentInputs, observed_deployment(deployment, project_key, {})):
        plan.add("Deployment", "deployment", deployment.key, f"{project_key}/{deployment.id}", connection)
        if deployment.status != DeploymentStatus.DEPLOYED:
            status = escape_untrusted(deployment.status)
            plan.remarks.append(f"{label} is {status}: the first `pulumi up` after the import brings it in line")


def _label(item: ConnectorStaged | Deployment) -> str:
    return escape_untrusted(item.key or item.id)
