"""What a ConnectorStaged shows of itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commercetools_connect.api import ConnectorStaged
from commercetools_connect.contract.values import Tree, Value
from commercetools_connect.resources.connector_staged.content import content_hash
from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs
from commercetools_connect.resources.inputs import member_names
from commercetools_connect.resources.shapes import report_entries, wire

__all__ = ["INPUT_NAMES", "observed_inputs", "outputs"]

INPUT_NAMES: Final = member_names(ConnectorStagedInputs)


def outputs(draft: ConnectorStaged, held: Tree) -> Tree:
    """Return all outputs: `held` are the inputs as far as the API is known to hold them."""
    return {
        **held,
        "connectorStagedId": draft.id,
        "contentHash": content_hash(held),
        "status": draft.status,
        "previewable": draft.is_previewable,
        "hasChanges": draft.has_changes,
        "alreadyListed": draft.already_listed,
        "private": draft.private,
        "configurations": [wire(application) for application in draft.configurations],
        "globalConfiguration": wire(draft.global_configuration),
        "apiClientScopes": list(draft.api_client.scopes) if draft.api_client else [],
        "publishingReport": report_entries(draft.publishing_report.entries),
        "previewableReport": report_entries(draft.previewable_report.entries),
    }


def observed_inputs(draft: ConnectorStaged, declared: Tree) -> Tree:
    """Return the declared inputs as the API shows them; with nothing declared (an import), all that are set."""
    seen = wire(draft)
    seen = {name: seen[name] for name in INPUT_NAMES if name in seen and seen[name] not in ("", [], None)}
    if not declared:
        return seen
    ours = {name: declared[name] for name in ("forceDestroy", "adopt") if declared.get(name) is not None}
    return {
        **{name: _project(seen.get(name), declared[name]) for name in INPUT_NAMES if _is_set(declared, name)},
        **ours,
    }


def _is_set(declared: Tree, name: str) -> bool:
    return declared.get(name) is not None and name not in ("forceDestroy", "adopt")


def _project(seen: Value, declared: Value) -> Value:
    """Keep of an object only the members that the program declares: others are not its business."""
    if isinstance(declared, Mapping):
        members = seen if isinstance(seen, Mapping) else {}
        return {name: members.get(name) for name, value in declared.items() if value is not None}
    return seen
