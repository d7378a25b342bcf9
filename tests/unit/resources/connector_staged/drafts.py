"""A draft of a test, and a tiny server that applies actions to it (API §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from commercetools_connect.api import ConnectorStaged, DraftAction
from commercetools_connect.core.values import PropertyMap, unwrap_secrets
from tests.unit.resources.trees import STAGED

__all__ = ["apply", "draft_of"]

OURS = ("forceDestroy", "adopt")


def draft_of(inputs: PropertyMap = STAGED, **more: object) -> ConnectorStaged:
    """Return the draft that the API shows for a program's inputs."""
    shown = {name: unwrap_secrets(value) for name, value in inputs.items() if name not in OURS}
    return ConnectorStaged.model_validate({"id": "c-1", "version": 1, "status": "Draft", **shown, **more})


def _creator(member: str, sent: str) -> Callable[[Any, Any], object]:
    def change(draft: Any, action: Any) -> None:
        draft["creator"][member] = action[sent]

    return change


def _add(draft: Any, action: Any) -> None:
    assert action["privateProject"] not in draft["privateProjects"]
    draft["privateProjects"].append(action["privateProject"])


EFFECTS: Final[Mapping[str, Callable[[Any, Any], object]]] = {
    "setName": lambda draft, action: draft.update(name=action["name"]),
    "setDescription": lambda draft, action: draft.update(description=action["description"]),
    "setDocumentationUrl": lambda draft, action: draft.update(documentationUrl=action["documentationUrl"]),
    "setRepository": lambda draft, action: draft.update(
        repository={"url": action["url"], "tag": action["tag"]}, isPreviewable="none"
    ),
    "setIntegrationTypes": lambda draft, action: draft.update(integrationTypes=action["integrationTypes"]),
    "setSupportedRegions": lambda draft, action: draft.update(supportedRegions=action["regions"]),
    "addPrivateProject": _add,
    "removePrivateProject": lambda draft, action: draft["privateProjects"].remove(action["privateProject"]),
    "setCreatorEmail": _creator("email", "creatorEmail"),
    "setCreatorName": _creator("name", "creatorName"),
    "setCreatorTitle": _creator("title", "creatorTitle"),
    "setCreatorCompany": _creator("company", "creatorCompany"),
    "setCreatorLogo": _creator("logoUrl", "logoUrl"),
    "setCreatorNoOfContributors": _creator("noOfContributors", "creatorNoOfContributors"),
    "setCreatorSupportUrl": _creator("supportUrl", "creatorSupportUrl"),
}


def apply(draft: ConnectorStaged, actions: Iterable[DraftAction]) -> ConnectorStaged:
    """Return the draft after the actions, in order; an action that makes no sense fails the test."""
    shown = draft.model_dump(mode="json", by_alias=True)
    for each in actions:
        action = each.to_wire()
        EFFECTS[str(action["action"])](shown, action)
    assert shown["supportedRegions"] or not draft.supported_regions, "the API has no way to empty supportedRegions"
    return ConnectorStaged.model_validate(shown)
