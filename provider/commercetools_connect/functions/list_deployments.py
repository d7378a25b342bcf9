"""`listDeployments`: the deployments of a project."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from pydantic import Field

from commercetools_connect.api import Deployment, checked_project_key
from commercetools_connect.functions.deployment_details import DeploymentDetails, deployment_details
from commercetools_connect.functions.finding import Id, IntegrationTypes, MaxResults, first
from commercetools_connect.functions.function import Function
from commercetools_connect.resources.deployment.inputs import DeploymentType
from commercetools_connect.resources.fields import Key, ProjectKey
from commercetools_connect.resources.inputs import InputModel
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.state import StateModel

__all__ = ["LIST_DEPLOYMENTS"]


class ListDeploymentsInputs(InputModel):
    """Which deployments; one must fit every filter."""

    project_key: ProjectKey | None = Field(
        default=None, description="Project of the deployments; the provider's own if absent."
    )
    type: DeploymentType | None = Field(default=None, description="preview, sandbox or production; all if absent.")
    integration_types: IntegrationTypes = Field(
        default=(), description="Such as tax or psp, any one of which fits."
    )
    connector_id: Id | None = Field(default=None, description="Id of the connector that they run.")
    connector_key: Key | None = Field(default=None, description="Key of the connector that they run.")
    max_results: MaxResults = Field(default=500, description="Most deployments to return.")


class ListDeploymentsResult(StateModel):
    """The deployments that fit."""

    deployments: tuple[DeploymentDetails, ...] = Field(
        description="The deployments that fit, the oldest first; none is no error."
    )
    has_more: bool = Field(description="Whether more than maxResults fit.")


async def _find(session: Session, inputs: ListDeploymentsInputs) -> ListDeploymentsResult:
    project = checked_project_key(inputs.project_key or session.project_key or "")
    found = session.client.list_deployments(
        project,
        deployment_type=inputs.type.value if inputs.type else None,
        integration_types=inputs.integration_types,
    )
    deployments, more = await first(_of_connector(found, inputs), inputs.max_results)
    return ListDeploymentsResult.model_validate(
        {"deployments": [deployment_details(project, each) for each in deployments], "hasMore": more}
    )


async def _of_connector(
    deployments: AsyncIterator[Deployment], inputs: ListDeploymentsInputs
) -> AsyncIterator[Deployment]:
    """Yield those of the connector; the API has no filter for it (API §3.1)."""
    async for each in deployments:
        if inputs.connector_id in (None, each.connector.id) and inputs.connector_key in (None, each.connector.key):
            yield each


LIST_DEPLOYMENTS: Final = Function(
    name="listDeployments",
    description="List the deployments of a project. Reads as many pages as it takes.",
    inputs=ListDeploymentsInputs,
    result=ListDeploymentsResult,
    find=_find,
)
