"""Functions for Python programs: what there is in Connect, looked up while the program runs.

Each has a form for outputs, `…_output`, for arguments that are only known when other resources are made. All take
`connection`, the name of one of the `commercetools-connect:connections` in the configuration, to use other
credentials than the stack's. All raise `ConnectLookupError` when there is nothing to return. A result is a
dictionary whose members are attributes as well; the types that are declared here say which there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import pulumi

from commercetools_connect.dynamic.invoking import invoke, invoke_output

if TYPE_CHECKING:
    from commercetools_connect.functions.connector_details import ConnectorDetails
    from commercetools_connect.functions.deployment_details import DeploymentDetails
    from commercetools_connect.functions.draft_details import ConnectorStagedDetails
    from commercetools_connect.functions.get_deployment_revisions import DeploymentRevisionsResult
    from commercetools_connect.functions.list_connector_staged import ListConnectorStagedResult
    from commercetools_connect.functions.list_deployments import ListDeploymentsResult
    from commercetools_connect.functions.search_connectors import SearchConnectorsResult
    from commercetools_connect.functions.template import ConfigurationTemplate

__all__ = [
    "get_configuration_template",
    "get_configuration_template_output",
    "get_connector",
    "get_connector_output",
    "get_connector_staged",
    "get_connector_staged_output",
    "get_deployment",
    "get_deployment_output",
    "get_deployment_revisions",
    "get_deployment_revisions_output",
    "list_connector_staged",
    "list_connector_staged_output",
    "list_deployments",
    "list_deployments_output",
    "search_connectors",
    "search_connectors_output",
]

DeploymentType: TypeAlias = Literal["preview", "sandbox", "production"]


def get_connector(
    *,
    id: str | None = None,
    key: str | None = None,
    connection: str | None = None,
) -> ConnectorDetails:
    """Look up a published connector.

    :param id: Id of the connector.
    :param key: Key of the connector; exactly one of both.
    :param connection: Name of one of the configured connections.
    """
    found: ConnectorDetails = invoke("getConnector", {"id": id, "key": key}, connection)
    return found


def get_connector_output(
    *,
    id: pulumi.Input[str] | None = None,
    key: pulumi.Input[str] | None = None,
    connection: str | None = None,
) -> pulumi.Output[ConnectorDetails]:
    """Do the same as `get_connector`, for arguments that may be outputs."""
    return invoke_output("getConnector", {"id": id, "key": key}, connection)


def search_connectors(
    *,
    text: str | None = None,
    private: bool | None = None,
    creator_company: str | None = None,
    id: Sequence[str] | None = None,
    key: Sequence[str] | None = None,
    integration_types: Sequence[str] | None = None,
    sort: Sequence[str] | None = None,
    limit: int | None = None,
    max_results: int | None = None,
    connection: str | None = None,
) -> SearchConnectorsResult:
    """Search the published connectors that can be deployed, the marketplace's among them; none is no error.

    :param text: Text in the name or the description.
    :param private: Only connectors that are assigned to your project.
    :param creator_company: Company of the creator.
    :param id: Ids, any one of which fits.
    :param key: Keys, any one of which fits.
    :param integration_types: Such as `tax` or `psp`, any one of which fits.
    :param sort: Order, such as `createdAt desc`; the oldest first if absent.
    :param limit: Connectors per call of the API, 1 to 500; only its speed depends on it.
    :param max_results: Most connectors to return, 500 if absent.
    :param connection: Name of one of the configured connections.
    """
    found: SearchConnectorsResult = invoke(
        "searchConnectors",
        {
            "text": text,
            "private": private,
            "creator_company": creator_company,
            "id": id,
            "key": key,
            "integration_types": integration_types,
            "sort": sort,
            "limit": limit,
            "max_results": max_results,
        },
        connection,
    )
    return found


def search_connectors_output(
    *,
    text: pulumi.Input[str] | None = None,
    private: pulumi.Input[bool] | None = None,
    creator_company: pulumi.Input[str] | None = None,
    id: pulumi.Input[Sequence[str]] | None = None,
    key: pulumi.Input[Sequence[str]] | None = None,
    integration_types: pulumi.Input[Sequence[str]] | None = None,
    sort: pulumi.Input[Sequence[str]] | None = None,
    limit: pulumi.Input[int] | None = None,
    max_results: pulumi.Input[int] | None = None,
    connection: str | None = None,
) -> pulumi.Output[SearchConnectorsResult]:
    """Do the same as `search_connectors`, for arguments that may be outputs."""
    return invoke_output(
        "searchConnectors",
        {
            "text": text,
            "private": private,
            "creator_company": creator_company,
            "id": id,
            "key": key,
            "integration_types": integration_types,
            "sort": sort,
            "limit": limit,
            "max_results": max_results,
        },
        connection,
    )


def get_connector_staged(
    *,
    id: str | None = None,
    key: str | None = None,
    connection: str | None = None,
) -> ConnectorStagedDetails:
    """Look up a connector draft.

    :param id: Id of the draft.
    :param key: Key of the draft; exactly one of both.
    :param connection: Name of one of the configured connections.
    """
    found: ConnectorStagedDetails = invoke("getConnectorStaged", {"id": id, "key": key}, connection)
    return found


def get_connector_staged_output(
    *,
    id: pulumi.Input[str] | None = None,
    key: pulumi.Input[str] | None = None,
    connection: str | None = None,
) -> pulumi.Output[ConnectorStagedDetails]:
    """Do the same as `get_connector_staged`, for arguments that may be outputs."""
    return invoke_output("getConnectorStaged", {"id": id, "key": key}, connection)


def list_connector_staged(
    *,
    private: bool | None = None,
    integration_types: Sequence[str] | None = None,
    max_results: int | None = None,
    connection: str | None = None,
) -> ListConnectorStagedResult:
    """List the connector drafts that the credentials can see, the oldest first.

    :param private: Only private drafts, or only public ones; both if absent.
    :param integration_types: Such as `tax` or `psp`, any one of which fits.
    :param max_results: Most drafts to return, 500 if absent.
    :param connection: Name of one of the configured connections.
    """
    found: ListConnectorStagedResult = invoke(
        "listConnectorStaged",
        {"private": private, "integration_types": integration_types, "max_results": max_results},
        connection,
    )
    return found


def list_connector_staged_output(
    *,
    private: pulumi.Input[bool] | None = None,
    integration_types: pulumi.Input[Sequence[str]] | None = None,
    max_results: pulumi.Input[int] | None = None,
    connection: str | None = None,
) -> pulumi.Output[ListConnectorStagedResult]:
    """Do the same as `list_connector_staged`, for arguments that may be outputs."""
    return invoke_output(
        "listConnectorStaged",
        {"private": private, "integration_types": integration_types, "max_results": max_results},
        connection,
    )


def get_deployment(
    *,
    id: str | None = None,
    key: str | None = None,
    project_key: str | None = None,
    connection: str | None = None,
) -> DeploymentDetails:
    """Look up a deployment.

    :param id: Id of the deployment in Connect, or that of its resource.
    :param key: Key of the deployment; exactly one of both.
    :param project_key: Project of the deployment; the configuration's own if absent.
    :param connection: Name of one of the configured connections.
    """
    found: DeploymentDetails = invoke(
        "getDeployment", {"id": id, "key": key, "project_key": project_key}, connection
    )
    return found


def get_deployment_output(
    *,
    id: pulumi.Input[str] | None = None,
    key: pulumi.Input[str] | None = None,
    project_key: pulumi.Input[str] | None = None,
    connection: str | None = None,
) -> pulumi.Output[DeploymentDetails]:
    """Do the same as `get_deployment`, for arguments that may be outputs."""
    return invoke_output("getDeployment", {"id": id, "key": key, "project_key": project_key}, connection)


def list_deployments(
    *,
    project_key: str | None = None,
    type: DeploymentType | None = None,
    integration_types: Sequence[str] | None = None,
    connector_id: str | None = None,
    connector_key: str | None = None,
    max_results: int | None = None,
    connection: str | None = None,
) -> ListDeploymentsResult:
    """List the deployments of a project, the oldest first.

    :param project_key: Project of the deployments; the configuration's own if absent.
    :param type: `preview`, `sandbox` or `production`; all if absent.
    :param integration_types: Such as `tax` or `psp`, any one of which fits.
    :param connector_id: Id of the connector that they run.
    :param connector_key: Key of the connector that they run.
    :param max_results: Most deployments to return, 500 if absent.
    :param connection: Name of one of the configured connections.
    """
    found: ListDeploymentsResult = invoke(
        "listDeployments",
        {
            "project_key": project_key,
            "type": type,
            "integration_types": integration_types,
            "connector_id": connector_id,
            "connector_key": connector_key,
            "max_results": max_results,
        },
        connection,
    )
    return found


def list_deployments_output(
    *,
    project_key: pulumi.Input[str] | None = None,
    type: pulumi.Input[DeploymentType] | None = None,
    integration_types: pulumi.Input[Sequence[str]] | None = None,
    connector_id: pulumi.Input[str] | None = None,
    connector_key: pulumi.Input[str] | None = None,
    max_results: pulumi.Input[int] | None = None,
    connection: str | None = None,
) -> pulumi.Output[ListDeploymentsResult]:
    """Do the same as `list_deployments`, for arguments that may be outputs."""
    return invoke_output(
        "listDeployments",
        {
            "project_key": project_key,
            "type": type,
            "integration_types": integration_types,
            "connector_id": connector_id,
            "connector_key": connector_key,
            "max_results": max_results,
        },
        connection,
    )


def get_configuration_template(
    *,
    id: str | None = None,
    key: str | None = None,
    staged: bool | None = None,
    connection: str | None = None,
) -> ConfigurationTemplate:
    """Return a connector's settings as a `configurations` value: every application, all defaults; `fill` it.

    :param id: Id of the connector.
    :param key: Key of the connector; exactly one of both.
    :param staged: Of the draft instead of the published connector.
    :param connection: Name of one of the configured connections.
    """
    found: ConfigurationTemplate = invoke(
        "getConfigurationTemplate", {"id": id, "key": key, "staged": staged}, connection
    )
    return found


def get_configuration_template_output(
    *,
    id: pulumi.Input[str] | None = None,
    key: pulumi.Input[str] | None = None,
    staged: pulumi.Input[bool] | None = None,
    connection: str | None = None,
) -> pulumi.Output[ConfigurationTemplate]:
    """Do the same as `get_configuration_template`, for arguments that may be outputs."""
    return invoke_output("getConfigurationTemplate", {"id": id, "key": key, "staged": staged}, connection)


def get_deployment_revisions(
    *,
    id: str | None = None,
    key: str | None = None,
    project_key: str | None = None,
    max_results: int | None = None,
    connection: str | None = None,
) -> DeploymentRevisionsResult:
    """Experimental: list what a deployment was at its successful runs, the newest first.

    Switch it on with `pulumi config set commercetools-connect:experimental getDeploymentRevisions`.

    :param id: Id of the deployment in Connect, or that of its resource.
    :param key: Key of the deployment; exactly one of both.
    :param project_key: Project of the deployment; the configuration's own if absent.
    :param max_results: Most revisions to return, 500 if absent.
    :param connection: Name of one of the configured connections.
    """
    found: DeploymentRevisionsResult = invoke(
        "getDeploymentRevisions",
        {"id": id, "key": key, "project_key": project_key, "max_results": max_results},
        connection,
    )
    return found


def get_deployment_revisions_output(
    *,
    id: pulumi.Input[str] | None = None,
    key: pulumi.Input[str] | None = None,
    project_key: pulumi.Input[str] | None = None,
    max_results: pulumi.Input[int] | None = None,
    connection: str | None = None,
) -> pulumi.Output[DeploymentRevisionsResult]:
    """Do the same as `get_deployment_revisions`, for arguments that may be outputs."""
    return invoke_output(
        "getDeploymentRevisions",
        {"id": id, "key": key, "project_key": project_key, "max_results": max_results},
        connection,
    )
