"""What a ConnectorPublication shows of itself. Pure."""

from __future__ import annotations

from typing import Final

from commercetools_connect.api import Connector, ConnectorStaged, IsPreviewable
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.connector_publication.inputs import ConnectorPublicationInputs, Target
from commercetools_connect.resources.inputs import member_names
from commercetools_connect.resources.refusals import CERTIFYING
from commercetools_connect.resources.runs import is_under_way
from commercetools_connect.resources.shapes import report_entries
from commercetools_connect.waiters import PREVIEW, PUBLISH, Verdict

__all__ = ["INPUT_NAMES", "held_by_api", "outputs", "published_tag"]

INPUT_NAMES: Final = member_names(ConnectorPublicationInputs)


def published_tag(target: Target, draft: ConnectorStaged, connector: Connector | None) -> str:
    """Return the tag that can be deployed, the Connector's or the previewable draft's; `""`: there is none."""
    if target is Target.PREVIEW:
        return draft.repository.tag if draft.is_previewable == IsPreviewable.TRUE else ""
    return connector.repository.tag if connector else ""


def held_by_api(target: Target, draft: ConnectorStaged, connector: Connector | None, asked: Tree) -> Tree:
    """Return the inputs as far as the API is seen to hold them; `asked` are the ones of the last request.

    While a preview runs or people certify, the API does not tell what for: that is what was asked. Of a content
    that is not published, the hash is not known.
    """
    if target is Target.PREVIEW:
        ended_badly = PREVIEW.verdict(draft.is_previewable) is Verdict.FAILURE
        return {**asked, "tag": None if ended_badly else draft.repository.tag}
    if target is Target.MARKETPLACE and (draft.status in CERTIFYING or is_under_way(PUBLISH, draft)):
        return {**asked, "tag": asked.get("tag") or draft.repository.tag}
    available = connector if target is Target.PRIVATE or (connector and connector.certified) else None
    held = {**asked, "tag": available.repository.tag if available else None}
    return {**held, "contentHash": None} if draft.has_changes else held


def outputs(target: Target, draft: ConnectorStaged, connector: Connector | None, held: Tree) -> Tree:
    """Return all outputs: `held` are the inputs as far as the API is known to hold them."""
    report = draft.previewable_report if target is Target.PREVIEW else draft.publishing_report
    return {
        **held,
        "connectorId": draft.id,
        "connectorKey": draft.key,
        "publishedTag": published_tag(target, draft, connector),
        "connectorVersion": connector.version if connector else 0,
        "status": quote_foreign(draft.is_previewable if target is Target.PREVIEW else draft.status),
        "certified": bool(connector and connector.certified),
        "listed": draft.already_listed and not draft.private,
        "report": report_entries(report.entries),
    }
