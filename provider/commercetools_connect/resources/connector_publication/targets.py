"""What each target asks of a draft, and when it is reached. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from commercetools_connect.api import (
    Connector,
    ConnectorStaged,
    ConnectorStatus,
    DraftAction,
    IsPreviewable,
    Publish,
    UpdatePreviewable,
)
from commercetools_connect.resources.connector_publication.inputs import (
    ConnectorPublicationInputs,
    Target,
    WaitFor,
)
from commercetools_connect.resources.refusals import CERTIFYING
from commercetools_connect.waiters import CERTIFICATION, PREVIEW, PUBLISH, VALIDATION, Lifecycle, Verdict

__all__ = [
    "Content",
    "is_awaited",
    "is_reached",
    "kind",
    "lifecycle_for",
    "lifecycle_of",
    "request_for",
    "shortfall",
]


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
    return lifecycle_for(inputs.target, inputs.wait_for)


def lifecycle_for(target: Target, wait_for: WaitFor) -> Lifecycle:
    """Return the lifecycle that a publication goes through."""
    if target is Target.PREVIEW:
        return PREVIEW
    if target is Target.PRIVATE:
        return PUBLISH
    return CERTIFICATION if wait_for is WaitFor.CERTIFICATION else VALIDATION


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
    - `marketplace`: certified at the tag, or on the way there unless that way is waited for.
    """
    if inputs.target is Target.PREVIEW:
        return _is_for(last, inputs) and PREVIEW.verdict(draft.is_previewable) is Verdict.SUCCESS
    published = connector is not None and connector.repository.tag == inputs.tag and not draft.has_changes
    if inputs.target is Target.PRIVATE:
        return published
    if inputs.wait_for is WaitFor.VALIDATION and _is_in_certification(inputs, draft, last):
        return True
    return published and connector is not None and connector.certified


def is_awaited(inputs: ConnectorPublicationInputs, draft: ConnectorStaged, last: Content | None) -> bool:
    """Tell whether what is asked for is under way among people, so that waiting is all there is to do."""
    return inputs.target is Target.MARKETPLACE and _is_in_certification(inputs, draft, last)


def shortfall(
    target: Target, wait_for: WaitFor, tag: str | None, draft: ConnectorStaged, connector: Connector | None
) -> str | None:
    """Say how the last run keeps the publication from being what was asked, or `None` when it does not.

    `tag` is the one that was asked for. What someone changed since is no shortfall of a run: it shows as drift.
    """
    lifecycle = lifecycle_for(target, wait_for)
    value = draft.is_previewable if target is Target.PREVIEW else draft.status
    available = connector if target is not Target.MARKETPLACE or (connector and connector.certified) else None
    if target is not Target.PREVIEW and available and available.repository.tag == tag and not draft.has_changes:
        return None
    verdict = lifecycle.verdict(value)
    failed = value in (ConnectorStatus.FAILED, IsPreviewable.FALSE)
    return lifecycle.words(value) if failed or verdict in (Verdict.PENDING, Verdict.UNKNOWN) else None


def _is_for(last: Content | None, inputs: ConnectorPublicationInputs) -> bool:
    """Tell whether the last request asked for the same; a program without a hash cares only for the tag."""
    same_content = last is not None and inputs.content_hash in (None, last.content_hash)
    return last is not None and last.tag == inputs.tag and same_content


def _is_in_certification(inputs: ConnectorPublicationInputs, draft: ConnectorStaged, last: Content | None) -> bool:
    """Tell whether people decide about this content; where nothing is known of a request, about the draft."""
    unknown = last is None or last.tag is None
    return draft.status in CERTIFYING and (unknown or _is_for(last, inputs))
