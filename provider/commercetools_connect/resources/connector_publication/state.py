"""What can be read of a ConnectorPublication besides its inputs."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from commercetools_connect.resources.connector_publication.inputs import ConnectorPublicationInputs
from commercetools_connect.resources.state import Declaration, ReportEntryState, StateModel

__all__ = ["CONNECTOR_PUBLICATION", "ConnectorPublicationState"]


class ConnectorPublicationState(StateModel):
    """The outputs of a ConnectorPublication that are not inputs."""

    connector_id: str = Field(description="Id of the published connector, or of the draft for a preview.")
    connector_key: str | None = Field(default=None, description="Key of the connector.")
    published_tag: str = Field(
        description="Git tag that is really available, empty if none; give it to a Deployment's connectorTag."
    )
    connector_version: int = Field(description="Version of the connector; grows with every change of it.")
    status: str = Field(description="Status of the draft in the API's words.")
    certified: bool = Field(description="Whether commercetools has certified the connector.")
    listed: bool = Field(description="Whether the connector is listed in the marketplace.")
    report: tuple[ReportEntryState, ...] = Field(
        description="Entries of the last report of the publication or preview."
    )


CONNECTOR_PUBLICATION: Final = Declaration(
    description=(
        "A draft made available at a Git tag: for preview, privately, or in the marketplace. Done when the tag is "
        "really available, not when it was requested. Import by `<draft id>/preview` or `<draft id>/publish`; "
        "`key=<key>` stands for the draft's id."
    ),
    inputs=ConnectorPublicationInputs,
    state=ConnectorPublicationState,
    replaced_by=frozenset({"connectorStagedId"}),
)
