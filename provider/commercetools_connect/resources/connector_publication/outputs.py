"""What a ConnectorPublication shows of itself. Pure."""

from __future__ import annotations

from typing import Final

from commercetools_connect.api import Connector, ConnectorStaged, IsPreviewable
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.connector_publication.inputs import ConnectorPublicationInputs, Target
from commercetools_connect.resources.inputs import member_names
from commercetools_connect.resources.shapes import report_entries

__all__ = ["INPUT_NAMES", "outputs", "published_tag"]

INPUT_NAMES: Final = member_names(ConnectorPublicationInputs)


def published_tag(target: Target, draft: ConnectorStaged, connector: Connector | None) -> str:
    """Return the tag that can be deployed, the Connector's or the previewable draft's; `""`: there is none."""
    if target is Target.PREVIEW:
        return draft.repository.tag if draft.is_previewable == IsPreviewable.TRUE else ""
    return connector.repository.tag if connector else ""


def outputs(target: Target, draft: ConnectorStaged, connector: Connector | None, held: Tree) -> Tree:
    """Return all outputs: `held` are the inputs as far as the API is known to hold them."""
    report = draft.previewable_report if target is Target.PREVIEW else draft.publishing_report
    return {
        **held,
        "connectorId": draft.id,
        "connectorKey": draft.key,
        "publishedTag": published_tag(target, draft, connector),
        "connectorVersion": connector.version if connector else 0,
        "status": draft.is_previewable if target is Target.PREVIEW else draft.status,
        "certified": bool(connector and connector.certified),
        "listed": draft.already_listed and not draft.private,
        "report": report_entries(report.entries),
    }
