"""From what Connect holds to the entries of a file for `pulumi import --file`. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from commercetools_connect.api import (
    ConnectorStaged,
    ConnectorStatus,
    Deployment,
    DeploymentStatus,
    IsPreviewable,
    checked_project_key,
)
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.outputs import observed_inputs as observed_draft
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.outputs import observed_inputs as observed_deployment
from commercetools_connect.resources.inputs import InputModel, find_mistakes
from commercetools_connect.resources.refusals import CERTIFYING

__all__ = ["Entry", "ImportPlan", "Inventory", "plan_import"]

PACKAGE: Final = "commercetools-connect"


@dataclass(frozen=True)
class Inventory:
    """What a project holds; `published` are the ids of the drafts that have a published Connector."""

    project_key: str
    drafts: Sequence[ConnectorStaged] = ()
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

    def add(self, kind: str, word: str, base: str, id_: str) -> None:
        """Add an entry, under a name that begins with `word` and that no other has."""
        stem = f"{word}-{re.sub(r'[^A-Za-z0-9]+', '-', base).strip('-')}".rstrip("-")
        number, name = 1, stem
        while _identifier(name) in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(_identifier(name))
        self.entries.append(Entry(kind, name, id_))


def plan_import(inventory: Inventory) -> ImportPlan:
    """Return what to import: drafts, then publications, then Deployments, each kind by key.

    The same objects give the same plan, whatever the order in which they were listed.
    """
    plan = ImportPlan()
    drafts = [each for each in sorted(inventory.drafts, key=_order) if _is_declarable_draft(each, plan)]
    for draft in drafts:
        plan.add("ConnectorStaged", "draft", draft.key or draft.name, draft.id)
    for draft in drafts:
        _add_publication(draft, plan, published=draft.id in inventory.published)
    for deployment in sorted(inventory.deployments, key=_order):
        _add_deployment(deployment, checked_project_key(inventory.project_key), plan)
    return plan


def _order(item: ConnectorStaged | Deployment) -> tuple[str, str]:
    return (item.key, item.id)


def _identifier(name: str) -> str:
    """Return what names have in common that a generator of code may turn into the same variable."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _is_declarable_draft(draft: ConnectorStaged, plan: ImportPlan) -> bool:
    reasons = list(_undeclarable(ConnectorStagedInputs, observed_draft(draft, {})))
    if reasons:
        plan.left_out.append(f"ConnectorStaged {_called(draft)}: {'; '.join(reasons)}")
    return not reasons


def _add_publication(draft: ConnectorStaged, plan: ImportPlan, *, published: bool) -> None:
    """Add what the draft is available as: published, or else as a preview."""
    what = "publish" if published or draft.status in CERTIFYING else "preview"
    under_way = draft.status == ConnectorStatus.PROCESSING or draft.is_previewable == IsPreviewable.PENDING
    if what == "publish" or draft.is_previewable == IsPreviewable.TRUE:
        plan.add("ConnectorPublication", "publication", draft.key or draft.name, f"{draft.id}/{what}")
    elif under_way:
        plan.left_out.append(
            f"ConnectorPublication of {_called(draft)}: it is under way; try again when it has ended"
        )


def _add_deployment(deployment: Deployment, project_key: str, plan: ImportPlan) -> None:
    called = f"Deployment {_called(deployment)}"
    if deployment.status == DeploymentStatus.UNDEPLOYING:
        plan.left_out.append(f"{called}: it is {DeploymentStatus.UNDEPLOYING} and will be gone")
        return
    reasons = list(_undeclarable(DeploymentInputs, observed_deployment(deployment, project_key, {})))
    if reasons:
        plan.left_out.append(f"{called}: {'; '.join(reasons)}")
        return
    plan.add("Deployment", "deployment", deployment.key, f"{project_key}/{deployment.id}")
    if deployment.status != DeploymentStatus.DEPLOYED:
        status = quote_foreign(deployment.status)
        plan.remarks.append(f"{called} is {status}: the first `pulumi up` after the import brings it in line")


def _undeclarable(model: type[InputModel], inputs: Tree) -> Iterator[str]:
    """Yield why a program could not declare what an import would read."""
    for mistake in find_mistakes(model, {name: value for name, value in inputs.items() if value is not None}):
        yield f"no program can declare it: {mistake}"


def _called(item: ConnectorStaged | Deployment) -> str:
    return quote_foreign(item.key or item.id)
