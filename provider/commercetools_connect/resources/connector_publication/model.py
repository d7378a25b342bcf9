"""ConnectorPublication: inputs and outputs."""

from __future__ import annotations

from enum import Enum
from typing import Final

from pydantic import Field

from commercetools_connect.api import Connector, ConnectorStaged, IsPreviewable
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.connector_staged.operation import CERTIFYING, is_under_way
from commercetools_connect.resources.inputs import InputModel, ObjectId, Text, member_names
from commercetools_connect.resources.schema import ReportEntryState, ResourceSchema, StateModel, report_entries
from commercetools_connect.waiters import PREVIEW, PUBLISH, Verdict


class Target(str, Enum):
    """Where a ConnectorStaged is made available. The Merchant Center has the same three options."""

    PREVIEW = "preview"
    PRIVATE = "private"
    MARKETPLACE = "marketplace"


class WaitFor(str, Enum):
    """The step after which a publication for the marketplace ends."""

    VALIDATION = "validation"
    CERTIFICATION = "certification"


class ConnectorPublicationInputs(InputModel):
    """A publication of a draft's tag."""

    connector_staged_id: ObjectId = Field(description="Id of the ConnectorStaged.")
    tag: Text = Field(description="Git tag to publish. Use the repository.tag of the ConnectorStaged.")
    content_hash: str | None = Field(
        default=None,
        description=(
            "Use the contentHash of the ConnectorStaged. The provider then publishes again after every "
            "change, not only after a new tag."
        ),
    )
    target: Target = Field(description="preview, private or marketplace.")
    wait_for: WaitFor = Field(
        default=WaitFor.VALIDATION,
        description=(
            "For the marketplace: `validation` (default) or `certification`. The operation ends when this "
            "step has succeeded."
        ),
    )


class ConnectorPublicationState(StateModel):
    """The outputs of a ConnectorPublication that are not inputs."""

    connector_id: str = Field(
        description="Id of the published connector. For a preview, the id of the ConnectorStaged."
    )
    connector_key: str | None = Field(default=None, description="Key of the connector.")
    published_tag: str = Field(
        description="Git tag that is available, empty if there is none. Use it as the connectorTag "
        "of a Deployment."
    )
    connector_version: int = Field(description="Version of the connector. It grows with every change.")
    owner_project: str | None = Field(
        default=None,
        description="Project whose credentials own the ConnectorStaged, if the configuration names a project.",
    )
    status: str = Field(description="Status of the ConnectorStaged as the API names it.")
    certified: bool = Field(description="Whether commercetools has certified the connector.")
    listed: bool = Field(description="Whether the connector is listed in the marketplace.")
    report: tuple[ReportEntryState, ...] = Field(
        description="Entries of the last report of the publication or preview."
    )


CONNECTOR_PUBLICATION: Final = ResourceSchema(
    description=(
        "Makes a ConnectorStaged available at a Git tag: as a preview, for private projects, or in the "
        "marketplace. The operation ends when the tag is available. Import by `<id>/preview` or "
        "`<id>/publish`, with the id or `key=<key>` of the ConnectorStaged."
    ),
    inputs=ConnectorPublicationInputs,
    state=ConnectorPublicationState,
    replaced_by=frozenset({"connectorStagedId"}),
)


INPUT_NAMES: Final = member_names(ConnectorPublicationInputs)


def published_tag(target: Target, staged: ConnectorStaged, connector: Connector | None) -> str:
    """Return the tag that can be deployed, `""` if there is none."""
    if target is Target.PREVIEW:
        return staged.repository.tag if staged.is_previewable == IsPreviewable.TRUE else ""
    return connector.repository.tag if connector else ""


def last_applied_inputs(
    target: Target, staged: ConnectorStaged, connector: Connector | None, asked: PropertyMap
) -> PropertyMap:
    """Return the inputs that the API is seen to hold; `asked` are those of the last request.

    While a preview runs or people certify, the API does not show for which tag: it is the one of the last request.
    The hash of a content that is not published is unknown.
    """
    if target is Target.PREVIEW:
        failed = PREVIEW.verdict(staged.is_previewable) is Verdict.FAILURE
        return {**asked, "tag": None if failed else staged.repository.tag}
    if target is Target.MARKETPLACE and (staged.status in CERTIFYING or is_under_way(PUBLISH, staged)):
        return {**asked, "tag": asked.get("tag") or staged.repository.tag}
    available = connector if target is Target.PRIVATE or (connector and connector.certified) else None
    shown = {**asked, "tag": available.repository.tag if available else None}
    return {**shown, "contentHash": None} if staged.has_changes else shown


def outputs(
    target: Target, staged: ConnectorStaged, connector: Connector | None, last_applied: PropertyMap
) -> PropertyMap:
    """Return all outputs: `last_applied` are the inputs that the API is known to hold."""
    report = staged.previewable_report if target is Target.PREVIEW else staged.publishing_report
    return {
        **last_applied,
        "connectorId": staged.id,
        "connectorKey": staged.key,
        "publishedTag": published_tag(target, staged, connector),
        "connectorVersion": connector.version if connector else 0,
        "status": escape_untrusted(staged.is_previewable if target is Target.PREVIEW else staged.status),
        "certified": bool(connector and connector.certified),
        "listed": staged.in_marketplace,
        "report": report_entries(report.entries),
    }
