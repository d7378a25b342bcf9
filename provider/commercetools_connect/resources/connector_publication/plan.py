"""Publication targets: what each requests of a ConnectorStaged, and when it is reached. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from commercetools_connect import api
from commercetools_connect.resources.connector_publication.model import ConnectorPublicationInputs, Target, WaitFor
from commercetools_connect.resources.connector_staged.operation import CERTIFYING
from commercetools_connect.waiters import CERTIFICATION, PREVIEW, PUBLISH, VALIDATION, Lifecycle, Verdict


@dataclass(frozen=True)
class Content:
    """What a request publishes; two requests of the same content give the same result."""

    tag: str | None
    content_hash: str | None


def kind(target: Target) -> str:
    """Return the last part of the id: private and marketplace publish the same Connector."""
    return "preview" if target is Target.PREVIEW else "publish"


def request_for(target: Target) -> api.DraftAction:
    """Return the action that starts the run (API §5)."""
    if target is Target.PREVIEW:
        return api.UpdatePreviewable()
    return api.Publish(certification=target is Target.MARKETPLACE)


def lifecycle_for(target: Target, wait_for: WaitFor) -> Lifecycle:
    """Return the lifecycle that a publication goes through."""
    if target is Target.PREVIEW:
        return PREVIEW
    if target is Target.PRIVATE:
        return PUBLISH
    return CERTIFICATION if wait_for is WaitFor.CERTIFICATION else VALIDATION


def is_reached(
    inputs: ConnectorPublicationInputs,
    staged: api.ConnectorStaged,
    connector: api.Connector | None,
    last: Content | None,
) -> bool:
    """Return whether the ConnectorStaged is available as declared, so that nothing is to request.

    - `private`: the Connector exists at the tag and the ConnectorStaged has no changes. The status says nothing:
      what it becomes after an edit is unknown (API §19 #13).
    - `preview`: previewable, and `last`, the content of our last request, is the same.
    - `marketplace`: certified at the tag, or in certification unless the publication waits for its end.
    """
    if inputs.target is Target.PREVIEW:
        return _is_for(last, inputs) and PREVIEW.verdict(staged.is_previewable) is Verdict.SUCCESS
    published = connector is not None and connector.repository.tag == inputs.tag and not staged.has_changes
    if inputs.target is Target.PRIVATE:
        return published
    if inputs.wait_for is WaitFor.VALIDATION and _is_in_certification(inputs, staged, last):
        return True
    return published and connector is not None and connector.certified


def is_awaited(inputs: ConnectorPublicationInputs, staged: api.ConnectorStaged, last: Content | None) -> bool:
    """Return whether people already decide about what is declared, so that there is only something to wait for."""
    return inputs.target is Target.MARKETPLACE and _is_in_certification(inputs, staged, last)


def shortfall(
    target: Target,
    wait_for: WaitFor,
    tag: str | None,
    staged: api.ConnectorStaged,
    connector: api.Connector | None,
) -> str | None:
    """Return how the last run failed to reach the publication, `None` if it did not fail.

    `tag` is the declared one. What another client has changed since then is drift, and no failure of a run.
    """
    lifecycle = lifecycle_for(target, wait_for)
    value = staged.is_previewable if target is Target.PREVIEW else staged.status
    available = connector if target is not Target.MARKETPLACE or (connector and connector.certified) else None
    if target is not Target.PREVIEW and available and available.repository.tag == tag and not staged.has_changes:
        return None
    failed = value in (api.ConnectorStatus.FAILED, api.IsPreviewable.FALSE)
    return lifecycle.words(value) if failed or lifecycle.is_running(value) else None


def _is_for(last: Content | None, inputs: ConnectorPublicationInputs) -> bool:
    """Return whether the last request was for the same content; without a declared hash only the tag counts."""
    same_content = last is not None and inputs.content_hash in (None, last.content_hash)
    return last is not None and last.tag == inputs.tag and same_content


def _is_in_certification(
    inputs: ConnectorPublicationInputs, staged: api.ConnectorStaged, last: Content | None
) -> bool:
    """Return whether people decide about this content; without a known request, about the ConnectorStaged."""
    unknown = last is None or last.tag is None
    return staged.status in CERTIFYING and (unknown or _is_for(last, inputs))
