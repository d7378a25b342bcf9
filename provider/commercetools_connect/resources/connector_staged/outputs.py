"""What a ConnectorStaged shows of itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commercetools_connect.api import ConnectorStaged
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.values import Plain, Secret, Tree, Value
from commercetools_connect.resources.connector_staged.content import content_hash
from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs
from commercetools_connect.resources.inputs import member_names, pick
from commercetools_connect.resources.meanwhile import Sight
from commercetools_connect.resources.secrecy import restore_secrets
from commercetools_connect.resources.shapes import report_entries, wire

__all__ = ["INPUT_NAMES", "OURS", "declared_by_either", "observed_inputs", "outputs", "sight_of"]

INPUT_NAMES: Final = member_names(ConnectorStagedInputs)

OURS: Final = frozenset({"forceDestroy", "adopt"})
"""Inputs that are never sent."""

BLANK: Final[tuple[Plain, ...]] = ("", [], None)


def outputs(draft: ConnectorStaged, held: Tree) -> Tree:
    """Return all outputs: `held` are the inputs as far as the API is known to hold them."""
    return {
        **held,
        "connectorStagedId": draft.id,
        "contentHash": content_hash(held),
        "status": quote_foreign(draft.status),
        "previewable": quote_foreign(draft.is_previewable),
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
    shown = wire(draft)
    seen = {name: _without_blanks(shown[name]) for name in INPUT_NAMES if name in shown}
    if not declared:
        return {name: value for name, value in seen.items() if value not in BLANK}
    return {
        name: value if name in OURS else _project(seen.get(name), value)
        for name, value in pick(declared, INPUT_NAMES).items()
    }


def sight_of(draft: ConnectorStaged) -> Sight:
    """Return what a message may compare of a draft."""
    runs = {"status": draft.status, "isPreviewable": draft.is_previewable}
    return Sight(draft.version, {**observed_inputs(draft, {}), **runs})


def declared_by_either(before: Tree, declared: Tree) -> Tree:
    """Return the inputs that the last run or this one declares: all paths that are ours to show."""
    creators = [tree.get("creator") for tree in (before, declared)]
    sealed = any(isinstance(each, Secret) for each in creators)
    bare = [each.value if isinstance(each, Secret) else each for each in creators]
    creator = {name: value for each in bare if isinstance(each, Mapping) for name, value in each.items()}
    return {
        **pick(before, INPUT_NAMES),
        **pick(declared, INPUT_NAMES),
        **({"creator": Secret(creator) if sealed else creator} if creator else {}),
    }


def _without_blanks(value: Plain) -> Plain:
    """Leave out the members of an object that are not set: the API has no difference between empty and absent."""
    if isinstance(value, Mapping):
        return {name: child for name, child in value.items() if child not in BLANK}
    return value


def _project(seen: Plain, declared: Value) -> Value:
    """Keep of an object only the members that the program declares: others are not its business."""
    if isinstance(declared, Secret):
        return Secret(_project(seen, declared.value))
    if isinstance(declared, Mapping):
        members = seen if isinstance(seen, Mapping) else {}
        return {name: _project(members.get(name), value) for name, value in declared.items() if value is not None}
    return None if seen == "" else restore_secrets(seen, declared)
