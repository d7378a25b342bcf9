"""What each target asks of a draft, and when it is reached. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from commercetools_connect.api import (
    Connector,
    ConnectorStaged,
    ConnectorStatus,
    DraftAction,
    Publish,
    UpdatePreviewable,
)
from commercetools_connect.resources.connector_publication.inputs import (
    ConnectorPublicationInputs,
    Target,
    WaitFor,
)
from commercetools_connect.waiters import CERTIFICATION, PREVIEW, PUBLISH, VALIDATION, Lifecycle

__all__ = ["Content", "is_reached", "kind", "lifecycle_of", "request_for"]


@dataclass(frozen=True)
class Content:
    """What a request is made for; two requests of the same content give the same result."""

    tag: str | None
    content_hash: str | None


def kind(target: Target) -> str:
    """Return the part of the id that says what is published: private and marketplace are one Connector."""
    return "preview" if target is Target.PREVIEW else "publish"


def request_for(target: Target) -> DraftAction:
    """Return the action that starts the run (API §5)."""
    if target is Target.PREVIEW:
        return UpdatePreviewable()
    return Publish(certification=target is Target.MARKETPLACE)


def lifecycle_of(inputs: ConnectorPublicationInputs) -> Lifecycle:
    """Return the lifecycle to wait for."""
    if inputs.target is Target.PREVIEW:
        return PREVIEW
    if inputs.target is Target.PRIVATE:
        return PUBLISH
    return CERTIFICATION if inputs.wait_for is WaitFor.CERTIFICATION else VALIDATION


def is_reached(
    inputs: ConnectorPublicationInputs,
    draft: ConnectorStaged,
    connector: Connector | None,
    last: Content | None,
) -> bool:
    """Tell whether the draft is available as asked, so that nothing need be requested.

    - `private`: the Connector exists at the tag and the draft has no changes. The status says nothing here: what
      it becomes after an edit is not known (API §19 #13).
    - `preview`: previewable, and `last` (what our last request was made for) is the same content.
    - `marketplace`: certified at the tag, or on the way there.
    """
    if inputs.target is Target.PREVIEW:
        same = last == Content(inputs.tag, inputs.content_hash)
        return same and PREVIEW.verdict(draft.is_previewable).value == "success"
    published = connector is not None and connector.repository.tag == inputs.tag and not draft.has_changes
    if inputs.target is Target.PRIVATE:
        return published
    if inputs.wait_for is WaitFor.VALIDATION and draft.status in (
        ConnectorStatus.READY_FOR_CERTIFICATION,
        ConnectorStatus.IN_CERTIFICATION,
    ):
        return True
    return published and connector is not None and connector.certified
