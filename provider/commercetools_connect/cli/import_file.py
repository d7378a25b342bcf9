"""`commercetools-connect import-file`: objects of a project, as a file for `pulumi import --file`."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from commercetools_connect.api import (
    ConnectClient,
    ConnectorStaged,
    ConnectorStatus,
    Deployment,
    DeploymentStatus,
    IsPreviewable,
    checked_project_key,
)
from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.cli import common
from commercetools_connect.cli.redacted import redacted, secrets_of_environment
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.urns import PACKAGE
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.lookups.listing import CONCURRENT_READS, is_published, publication_target
from commercetools_connect.resources.connector_staged.model import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.model import observed_inputs as observed_staged
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.deployment.outputs import observed_inputs as observed_deployment
from commercetools_connect.resources.inputs import InputModel, validate_inputs


class Part(str, Enum):
    """Part of a project that is asked for."""

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
    region: common.RegionOption = "",
) -> None:
    """Write a file for `pulumi import --file` with all connector drafts, publications and Deployments.

    Drafts belong to no project: those that the API client can see are taken. Reads only. Credentials come from
    the environment, as for the provider. What was left out, and why, is printed on stderr.
    """
    secrets = secrets_of_environment(os.environ)
    found = common.call_connect(lambda client: _read_project(client, project, only), secrets, region)
    plan = plan_import(
        replace(
            found,
            connectors_staged=redacted(found.connectors_staged, secrets),
            deployments=redacted(found.deployments, secrets),
        )
    )
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


async def _read_project(client: ConnectClient, project: str, only: Part | None) -> Inventory:
    """Read what there is. Raises `InvalidInputError` for an impossible project, before any call; `ApiError`."""
    project_key = checked_project_key(project)

    staged = [] if only is Part.DEPLOYMENTS else [each async for each in client.list_connectors_staged()]
    deployments = [] if only is Part.DRAFTS else [each async for each in client.list_deployments(project_key)]
    found = await common.gather_limited(partial(is_published, client), staged, CONCURRENT_READS)
    published = frozenset(each.id for each, is_one in zip(staged, found, strict=True) if is_one)
    return Inventory(project_key, staged, published, deployments)


@dataclass(frozen=True)
class Inventory:
    """Objects of a project; `published` are the ids of the ConnectorStaged that have a published Connector."""

    project_key: str
    connectors_staged: Sequence[ConnectorStaged] = ()
    published: Collection[str] = ()
    deployments: Sequence[Deployment] = ()


@dataclass(frozen=True)
class Entry:
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

    entries: list[Entry] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def add(self, kind: str, prefix: str, base: str, id_: str) -> None:
        """Add an entry, under a name that begins with `prefix` and that no other has."""
        stem = f"{prefix}-{re.sub(r'[^A-Za-z0-9]+', '-', base).strip('-')}".rstrip("-")
        number, name = 1, stem
        while _identifier(name) in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(_identifier(name))
        self.entries.append(Entry(kind, name, id_))

    def is_declarable(self, what: str, model: type[InputModel], inputs: PropertyMap) -> bool:
        """Tell whether a program could declare what an import would read; if not, note why it is left out."""
        given = {name: value for name, value in inputs.items() if value is not None}
        reasons = [f"no program can declare it: {failure}" for failure in validate_inputs(model, given)]
        if reasons:
            self.left_out.append(f"{what}: {'; '.join(reasons)}")
        return not reasons


def plan_import(inventory: Inventory) -> ImportPlan:
    """Return what to import: ConnectorStaged, then publications, then Deployments, each kind by key.

    The same objects give the same plan in any order.
    """
    plan = ImportPlan()
    staged = [
        each
        for each in sorted(inventory.connectors_staged, key=_order)
        if plan.is_declarable(f"ConnectorStaged {_label(each)}", ConnectorStagedInputs, observed_staged(each, {}))
    ]
    for each in staged:
        plan.add("ConnectorStaged", "draft", each.key or each.name, each.id)
    for each in staged:
        _add_publication(each, plan, published=each.id in inventory.published)
    for deployment in sorted(inventory.deployments, key=_order):
        _add_deployment(deployment, checked_project_key(inventory.project_key), plan)
    return plan


def _order(item: ConnectorStaged | Deployment) -> tuple[str, str]:
    return (item.key, item.id)


def _identifier(name: str) -> str:
    """Return what names have in common that a generator of code may turn into the same variable."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _add_publication(staged: ConnectorStaged, plan: ImportPlan, *, published: bool) -> None:
    """Add what the ConnectorStaged is available as: published, or else as a preview."""
    if target := publication_target(staged, published=published):
        plan.add("ConnectorPublication", "publication", staged.key or staged.name, f"{staged.id}/{target}")
    elif staged.status == ConnectorStatus.PROCESSING or staged.is_previewable == IsPreviewable.PENDING:
        plan.left_out.append(
            f"ConnectorPublication of {_label(staged)}: it is under way; try again when it has ended"
        )


def _add_deployment(deployment: Deployment, project_key: str, plan: ImportPlan) -> None:
    label = f"Deployment {_label(deployment)}"
    if deployment.status == DeploymentStatus.UNDEPLOYING:
        plan.left_out.append(f"{label}: it is {DeploymentStatus.UNDEPLOYING} and will be gone")
    elif plan.is_declarable(label, DeploymentInputs, observed_deployment(deployment, project_key, {})):
        plan.add("Deployment", "deployment", deployment.key, f"{project_key}/{deployment.id}")
        if deployment.status != DeploymentStatus.DEPLOYED:
            status = escape_untrusted(deployment.status)
            plan.remarks.append(f"{label} is {status}: the first `pulumi up` after the import brings it in line")


def _label(item: ConnectorStaged | Deployment) -> str:
    return escape_untrusted(item.key or item.id)
