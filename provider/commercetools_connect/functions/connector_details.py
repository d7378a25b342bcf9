"""What a published connector shows of itself (API §4.3)."""

from __future__ import annotations

from pydantic import Field

from commercetools_connect.api import Connector, Creator, Repository
from commercetools_connect.resources.connector_staged.state import ApplicationKeysState, GlobalKeysState
from commercetools_connect.resources.shapes import wire
from commercetools_connect.resources.state import StateModel

__all__ = ["ConnectorCreator", "ConnectorDetails", "ConnectorRepository", "connector_details", "creator_of"]


class ConnectorCreator(StateModel):
    """Who stands behind a connector."""

    email: str | None = Field(default=None, description="E-mail address of the creator.")
    name: str | None = Field(default=None, description="Name of the creator.")
    title: str | None = Field(default=None, description="Title of the creator.")
    company: str | None = Field(default=None, description="Company of the creator.")
    logo_url: str | None = Field(default=None, description="Address of the company's logo.")
    no_of_contributors: int | None = Field(default=None, description="Number of contributors.")
    support_url: str | None = Field(default=None, description="Where users of the connector find help.")


class ConnectorRepository(StateModel):
    """Where a connector's code is."""

    url: str | None = Field(default=None, description="Address of the Git repository.")
    tag: str | None = Field(default=None, description="Git tag of the version.")


class ConnectorDetails(StateModel):
    """A published connector."""

    id: str = Field(description="Id of the connector.")
    key: str | None = Field(default=None, description="Key of the connector.")
    version: int = Field(description="Version of the connector.")
    name: str = Field(description="Name of the connector.")
    description: str = Field(description="What it does.")
    integration_types: tuple[str, ...] = Field(description="What it integrates with, such as tax or psp.")
    creator: ConnectorCreator = Field(description="Who stands behind it.")
    repository: ConnectorRepository = Field(description="Where its code is, with the tag that is published.")
    configurations: tuple[ApplicationKeysState, ...] = Field(
        description="Its applications and the settings they ask for."
    )
    global_configuration: GlobalKeysState = Field(description="The settings that all its applications share.")
    api_client_scopes: tuple[str, ...] = Field(
        description="Scopes of the API client that Connect makes for each deployment."
    )
    private: bool = Field(description="Whether only the projects it is shared with may deploy it.")
    supported_regions: tuple[str, ...] = Field(description="Regions that it may be deployed to.")
    certified: bool = Field(description="Whether commercetools has certified it.")
    documentation_url: str | None = Field(default=None, description="Where it is documented.")


def connector_details(connector: Connector) -> ConnectorDetails:
    """Return what a program is told of a connector. Pure."""
    return ConnectorDetails.model_validate(
        {
            "id": connector.id,
            "key": connector.key or None,
            "version": connector.version,
            "name": connector.name,
            "description": connector.description,
            "integrationTypes": connector.integration_types,
            "creator": creator_of(connector.creator),
            "repository": repository_of(connector.repository),
            "configurations": [wire(application) for application in connector.configurations],
            "globalConfiguration": wire(connector.global_configuration),
            "apiClientScopes": connector.api_client.scopes if connector.api_client else (),
            "private": connector.private,
            "supportedRegions": connector.supported_regions,
            "certified": connector.certified,
            "documentationUrl": connector.documentation_url or None,
        }
    )


def creator_of(creator: Creator) -> ConnectorCreator:
    """Return who stands behind a connector; what is not told is absent."""
    return ConnectorCreator.model_validate({name: value for name, value in wire(creator).items() if value != ""})


def repository_of(repository: Repository) -> ConnectorRepository:
    """Return where the code is."""
    return ConnectorRepository(url=repository.url or None, tag=repository.tag or None)
