"""Functions `getConnector`, `searchConnectors`, `getConnectorStaged` and `listConnectorStaged`."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StrictBool

from commercetools_connect.api import Connector, ConnectorStaged, Repository
from commercetools_connect.api.secret_registry import without_credentials
from commercetools_connect.lookups.function import (
    Id,
    IntegrationTypes,
    MaxResults,
    Reference,
    details_of,
    first,
    lookup,
    require_found,
)
from commercetools_connect.resources.connector_staged.model import (
    ApplicationKeysState,
    ConnectorStagedState,
    GlobalKeysState,
    observed_inputs,
    outputs,
)
from commercetools_connect.resources.inputs import Count, InputModel, Key, Text
from commercetools_connect.resources.schema import StateModel, state_names
from commercetools_connect.resources.session import Session


class ConnectorCreator(StateModel):
    """Who made a connector."""

    email: str | None = Field(default=None, description="E-mail address of the creator.")
    name: str | None = Field(default=None, description="Name of the creator.")
    title: str | None = Field(default=None, description="Title of the creator.")
    company: str | None = Field(default=None, description="Company of the creator.")
    logo_url: str | None = Field(default=None, description="Address of the company's logo.")
    no_of_contributors: int | None = Field(default=None, description="Number of contributors.")
    support_url: str | None = Field(default=None, description="Address where users of the connector find help.")


class ConnectorRepository(StateModel):
    """Git repository of a connector."""

    url: str | None = Field(default=None, description="Address of the Git repository.")
    tag: str | None = Field(default=None, description="Git tag of the version.")


class ConnectorDetails(StateModel):
    """A published connector."""

    id: str = Field(description="Id of the connector.")
    key: str | None = Field(default=None, description="Key of the connector.")
    version: int = Field(description="Version of the connector.")
    name: str = Field(description="Name of the connector.")
    description: str = Field(description="What the connector does.")
    integration_types: tuple[str, ...] = Field(description="Kinds of integration, such as tax or psp.")
    creator: ConnectorCreator = Field(description="Who made the connector.")
    repository: ConnectorRepository = Field(description="Git repository of the code, and the published tag.")
    configurations: tuple[ApplicationKeysState, ...] = Field(
        description="Applications of the connector, and their settings."
    )
    global_configuration: GlobalKeysState = Field(description="Settings that all applications share.")
    api_client_scopes: tuple[str, ...] = Field(
        description="Scopes of the API client that Connect creates for each deployment."
    )
    private: bool = Field(description="Whether only private projects may deploy the connector.")
    supported_regions: tuple[str, ...] = Field(description="Regions that the connector can be deployed to.")
    certified: bool = Field(description="Whether commercetools has certified the connector.")
    documentation_url: str | None = Field(default=None, description="Address of the documentation.")


def connector_details(connector: Connector) -> ConnectorDetails:
    """Return what a program can read of a connector. Pure."""
    return details_of(
        ConnectorDetails,
        connector,
        {
            "creator": details_of(ConnectorCreator, connector.creator, {}),
            "repository": repository_of(connector.repository),
            "apiClientScopes": connector.api_client.scopes if connector.api_client else (),
        },
    )


def repository_of(repository: Repository) -> ConnectorRepository:
    """Return where the code is, without credentials in the address."""
    return ConnectorRepository(url=without_credentials(repository.url) or None, tag=repository.tag or None)


class ConnectorStagedDetails(ConnectorStagedState):
    """A ConnectorStaged."""

    id: str = Field(description="Id of the ConnectorStaged. `pulumi import` takes it.")
    key: str | None = Field(default=None, description="Key of the ConnectorStaged.")
    version: int = Field(description="Version of the ConnectorStaged. It grows with every change.")
    name: str = Field(description="Name of the connector.")
    description: str = Field(description="What the connector does.")
    integration_types: tuple[str, ...] = Field(description="Kinds of integration, such as tax or psp.")
    creator: ConnectorCreator = Field(description="Who made the connector.")
    repository: ConnectorRepository = Field(description="Git repository and tag of the code.")
    supported_regions: tuple[str, ...] = Field(description="Regions that the connector can be deployed to.")
    private_projects: tuple[str, ...] = Field(
        description="Projects that may deploy the connector, each as region:projectKey."
    )
    documentation_url: str | None = Field(default=None, description="Address of the documentation.")


def connector_staged_details(staged: ConnectorStaged) -> ConnectorStagedDetails:
    """Return what a program can read of a ConnectorStaged. Pure."""
    shown = outputs(staged, observed_inputs(staged, {}))
    return details_of(
        ConnectorStagedDetails,
        staged,
        {
            **{name: shown.get(name) for name in state_names(ConnectorStagedState)},
            "creator": details_of(ConnectorCreator, staged.creator, {}),
            "repository": repository_of(staged.repository),
        },
    )


@lookup("getConnector")
async def get_connector(session: Session, inputs: Reference) -> ConnectorDetails:
    """Look up a published connector by id or key. If there is none, the call fails."""
    found = session.client.get_connector(inputs.ref)
    remedy = (
        "Check id or key and the region; searchConnectors shows what there is, getConnectorStaged finds a draft "
        "that was never published. A private connector is seen only by the projects that it is shared with."
    )
    return connector_details(await require_found(session, f"published Connector with {inputs.ref}", remedy, found))


@lookup("getConnectorStaged")
async def get_connector_staged(session: Session, inputs: Reference) -> ConnectorStagedDetails:
    """Look up a ConnectorStaged by id or key. If there is none, the call fails."""
    found = session.client.get_connector_staged(inputs.ref)
    remedy = (
        "Check id or key and the region; listConnectorStaged shows what there is. The API client must be one of "
        "the project that the draft belongs to."
    )
    return connector_staged_details(
        await require_found(session, f"ConnectorStaged with {inputs.ref}", remedy, found)
    )


class ListConnectorStagedInputs(InputModel):
    """Which drafts; one must fit every filter."""

    private: StrictBool | None = Field(
        default=None, description="true: only private ones; false: only public ones. Default: both."
    )
    integration_types: IntegrationTypes = Field(
        default=(), description="Kinds of integration, such as tax or psp. A result must have one of them."
    )
    max_results: MaxResults = Field(default=500, description="Maximum number of objects to return.")


class ListConnectorStagedResult(StateModel):
    """The drafts that fit."""

    connectors_staged: tuple[ConnectorStagedDetails, ...] = Field(
        description="The objects that were found, the oldest first. The list can be empty."
    )
    has_more: bool = Field(description="Whether there are more than maxResults.")


@lookup("listConnectorStaged")
async def list_connectors_staged(session: Session, inputs: ListConnectorStagedInputs) -> ListConnectorStagedResult:
    """List the ConnectorStaged objects that the credentials can see. Reads all pages."""
    found = session.client.list_connectors_staged(
        private=inputs.private, integration_types=inputs.integration_types
    )
    listed, more = await first(found, inputs.max_results)
    return ListConnectorStagedResult.model_validate(
        {"connectorsStaged": [connector_staged_details(each) for each in listed], "hasMore": more}
    )


SORT: Final = re.compile(r"[A-Za-z][\w.]* (asc|desc)")


def _sort(value: str) -> str:
    if not SORT.fullmatch(value):
        raise ValueError("must be a member and asc or desc, such as `createdAt desc`")
    return value


class SearchConnectorsInputs(InputModel):
    """What to look for; a connector must fit every filter."""

    text: Text | None = Field(default=None, description="Text in the name or the description.")
    private: StrictBool = Field(
        default=False,
        description=(
            "If true, only connectors that are shared with your project. Default: all connectors that you "
            "can deploy."
        ),
    )
    creator_company: Text | None = Field(default=None, description="Company of the creator.")
    id: tuple[Id, ...] = Field(default=(), description="Ids. A connector must have one of them.")
    key: tuple[Key, ...] = Field(default=(), description="Keys. A connector must have one of them.")
    integration_types: IntegrationTypes = Field(
        default=(), description="Kinds of integration, such as tax or psp. A result must have one of them."
    )
    sort: tuple[Annotated[str, AfterValidator(_sort)], ...] = Field(
        default=(), description="Order, such as `createdAt desc`. Default: the oldest first."
    )
    limit: Annotated[Count, Field(ge=1, le=500)] = Field(
        default=500, description="Connectors in one call of the API, 1 to 500. It changes only the speed."
    )
    max_results: MaxResults = Field(default=500, description="Maximum number of connectors to return.")


class SearchConnectorsResult(StateModel):
    """The connectors that fit."""

    connectors: tuple[ConnectorDetails, ...] = Field(
        description="The connectors that were found. The list can be empty."
    )
    has_more: bool = Field(description="Whether there are more than maxResults.")


@lookup("searchConnectors")
async def search_connectors(session: Session, inputs: SearchConnectorsInputs) -> SearchConnectorsResult:
    """Search the published connectors that your projects can deploy.

    Connectors of the marketplace are included. The function reads all pages.
    """
    found = session.client.search_connectors(
        text=inputs.text,
        private=inputs.private,
        creator_company=inputs.creator_company,
        ids=inputs.id,
        keys=inputs.key,
        integration_types=inputs.integration_types,
        sort=inputs.sort,
        page_size=inputs.limit,
    )
    connectors, more = await first(found, inputs.max_results)
    return SearchConnectorsResult.model_validate(
        {"connectors": [connector_details(each) for each in connectors], "hasMore": more}
    )
