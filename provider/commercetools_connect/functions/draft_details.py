"""What a connector draft shows of itself: the same as the resource ConnectorStaged."""

from __future__ import annotations

from pydantic import Field

from commercetools_connect.api import ConnectorStaged
from commercetools_connect.functions.connector_details import (
    ConnectorCreator,
    ConnectorRepository,
    creator_of,
    repository_of,
)
from commercetools_connect.resources.connector_staged.outputs import observed_inputs, outputs
from commercetools_connect.resources.connector_staged.state import ConnectorStagedState
from commercetools_connect.resources.inputs import pick
from commercetools_connect.resources.state import state_names

__all__ = ["ConnectorStagedDetails", "draft_details"]


class ConnectorStagedDetails(ConnectorStagedState):
    """A connector draft."""

    id: str = Field(description="Id of the draft, by which it can be imported.")
    key: str | None = Field(default=None, description="Key of the draft.")
    version: int = Field(description="Version of the draft; grows with every change.")
    name: str = Field(description="Name of the connector.")
    description: str = Field(description="What it does.")
    integration_types: tuple[str, ...] = Field(description="What it integrates with, such as tax or psp.")
    creator: ConnectorCreator = Field(description="Who stands behind it.")
    repository: ConnectorRepository = Field(description="Where its code is.")
    supported_regions: tuple[str, ...] = Field(description="Regions that it may be deployed to.")
    private_projects: tuple[str, ...] = Field(description="Projects that may deploy it, as region:projectKey.")
    documentation_url: str | None = Field(default=None, description="Where it is documented.")


def draft_details(draft: ConnectorStaged) -> ConnectorStagedDetails:
    """Return what a program is told of a draft. Pure."""
    shown = outputs(draft, observed_inputs(draft, {}))
    return ConnectorStagedDetails.model_validate(
        {
            **pick(shown, state_names(ConnectorStagedState)),
            "id": draft.id,
            "key": draft.key or None,
            "version": draft.version,
            "name": draft.name,
            "description": draft.description,
            "integrationTypes": draft.integration_types,
            "creator": creator_of(draft.creator),
            "repository": repository_of(draft.repository),
            "supportedRegions": draft.supported_regions,
            "privateProjects": draft.private_projects,
            "documentationUrl": draft.documentation_url or None,
        }
    )
