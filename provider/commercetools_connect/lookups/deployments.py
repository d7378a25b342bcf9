"""Functions `getDeployment`, `listDeployments` and `getDeploymentRevisions`."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from commercetools_connect.api import (
    ApplicationDeployment,
    Deployment,
    DeploymentRevision,
    DeploymentRevisionApplication,
    checked_project_key,
)
from commercetools_connect.lookups.function import (
    DEPLOYMENT_REMEDY,
    DeploymentReference,
    Id,
    IntegrationTypes,
    MaxResults,
    details_of,
    first,
    lookup,
    require_found,
)
from commercetools_connect.resources.deployment.model import DeploymentType, RunningDeploymentState
from commercetools_connect.resources.deployment.outputs import outputs
from commercetools_connect.resources.inputs import InputModel, Key, ProjectKey, pick
from commercetools_connect.resources.schema import StateModel, state_names, to_plain
from commercetools_connect.resources.session import Session


class DeployedRetryPolicy(StateModel):
    """How Connect delivers events again."""

    strategy: str | None = Field(default=None, description="immediate or exponential-backoff.")
    min_backoff_seconds: int | None = Field(default=None, description="Shortest pause in seconds.")
    max_backoff_seconds: int | None = Field(default=None, description="Longest pause in seconds.")
    max_attempts: int | None = Field(default=None, description="Number of attempts.")


class DeployedConfiguration(StateModel):
    """Values of one application. Secured values cannot be read."""

    standard_configuration: dict[str, str] = Field(description="Readable values by key.")
    secured_keys: tuple[str, ...] = Field(description="Names of the secured keys that are set, without values.")
    schedule: str | None = Field(default=None, description="Cron expression of a job.")
    retry_policy: DeployedRetryPolicy | None = Field(
        default=None, description="Retry policy of an event application."
    )


class DeploymentDetails(RunningDeploymentState):
    """An installation of a connector."""

    id: str = Field(description="`<project key>/<id>`. `pulumi import` takes it.")
    key: str | None = Field(default=None, description="Key of the deployment.")
    version: int = Field(description="Version of the deployment. It grows with every change and run.")
    project_key: str = Field(description="Project of the deployment.")
    region: str = Field(description="Region of the deployment.")
    type: str = Field(description="preview, sandbox or production.")
    connector_name: str = Field(description="Name of the connector that runs.")
    configurations: dict[str, DeployedConfiguration] = Field(
        description="Readable values and the names of secured keys for each application, by its name."
    )


def deployment_details(project_key: str, deployment: Deployment) -> DeploymentDetails:
    """Return what a program can read of a deployment. Pure."""
    shown = outputs(project_key, deployment)
    return DeploymentDetails.model_validate(
        {
            **pick(shown, state_names(RunningDeploymentState)),
            "id": f"{project_key}/{deployment.id}",
            "key": deployment.key or None,
            "version": deployment.version,
            "projectKey": project_key,
            "region": deployment.deployed_region,
            "type": deployment.type or ("preview" if deployment.preview else ""),
            "connectorName": deployment.connector.name,
            "configurations": deployed_configurations(deployment.applications),
        }
    )


def deployed_configurations(
    applications: Iterable[ApplicationDeployment | DeploymentRevisionApplication],
) -> dict[str, DeployedConfiguration]:
    """Return application → what it is set to."""
    return {
        each.application_name: DeployedConfiguration.model_validate(
            {
                "standardConfiguration": {entry.key: entry.value for entry in each.standard_configuration},
                "securedKeys": sorted(each.secured_keys),
                "schedule": each.schedule or None,
                "retryPolicy": to_plain(each.retry_policy) if each.retry_policy else None,
            }
        )
        for each in applications
    }


@lookup("getDeployment")
async def get_deployment(session: Session, inputs: DeploymentReference) -> DeploymentDetails:
    """Look up a deployment by id or key. If there is none, the call fails."""
    project = inputs.project(session)
    found = session.client.get_deployment(project, inputs.ref)
    deployment = await require_found(session, f"Deployment with {inputs.ref}", DEPLOYMENT_REMEDY, found, project)
    return deployment_details(project, deployment)


class ListDeploymentsInputs(InputModel):
    """Which deployments; one must fit every filter."""

    project_key: ProjectKey | None = Field(
        default=None, description="Project of the deployments. Default: the project of the provider."
    )
    type: DeploymentType | None = Field(default=None, description="preview, sandbox or production. Default: all.")
    integration_types: IntegrationTypes = Field(
        default=(), description="Kinds of integration, such as tax or psp. A result must have one of them."
    )
    connector_id: Id | None = Field(default=None, description="Id of the connector that they run.")
    connector_key: Key | None = Field(default=None, description="Key of the connector that they run.")
    max_results: MaxResults = Field(default=500, description="Maximum number of deployments to return.")


class ListDeploymentsResult(StateModel):
    """The deployments that fit."""

    deployments: tuple[DeploymentDetails, ...] = Field(
        description="The deployments that were found, the oldest first. The list can be empty."
    )
    has_more: bool = Field(description="Whether there are more than maxResults.")


@lookup("listDeployments")
async def list_deployments(session: Session, inputs: ListDeploymentsInputs) -> ListDeploymentsResult:
    """List the deployments of a project. Reads all pages."""
    project = checked_project_key(inputs.project_key or session.project_key or "")
    found = session.client.list_deployments(
        project,
        deployment_type=inputs.type.value if inputs.type else None,
        integration_types=inputs.integration_types,
    )
    of_connector = (  # the API has no filter for the connector (API §3.1)
        each
        async for each in found
        if inputs.connector_id in (None, each.connector.id) and inputs.connector_key in (None, each.connector.key)
    )
    deployments, more = await first(of_connector, inputs.max_results)
    return ListDeploymentsResult.model_validate(
        {"deployments": [deployment_details(project, each) for each in deployments], "hasMore": more}
    )


class DeploymentRevisionsInputs(DeploymentReference):
    """Which deployment, by exactly one of id and key."""

    max_results: MaxResults = Field(default=500, description="Maximum number of revisions to return.")


class RevisionDetails(StateModel):
    """One successful run of a deployment."""

    revision: str = Field(description="Name of the revision.")
    created_at: str | None = Field(default=None, description="Time of the run, in ISO 8601.")
    connector_id: str | None = Field(default=None, description="Id of the connector that ran.")
    connector_version: int | None = Field(default=None, description="Version of the connector that ran.")
    tag: str | None = Field(default=None, description="Git tag that ran.")
    configurations: dict[str, DeployedConfiguration] = Field(
        description="Readable values and the names of secured keys for each application at that time, by its name."
    )


class DeploymentRevisionsResult(StateModel):
    """The revisions of a deployment."""

    revisions: tuple[RevisionDetails, ...] = Field(description="The revisions, the newest first.")
    has_more: bool = Field(description="Whether there are more than maxResults.")


@lookup("getDeploymentRevisions", experimental=True)
async def get_deployment_revisions(
    session: Session, inputs: DeploymentRevisionsInputs
) -> DeploymentRevisionsResult:
    """Experimental: list the revisions of a deployment, one for each successful run.

    commercetools has not fully published this call. Enable it with its name in the configuration `experimental`.
    """
    project = inputs.project(session)
    found = first(session.client.list_revisions(project, inputs.ref), inputs.max_results)
    what = f"Deployment with {inputs.ref}"
    revisions, more = await require_found(session, what, DEPLOYMENT_REMEDY, found, project)
    return DeploymentRevisionsResult.model_validate(
        {"revisions": [_revision_details(each) for each in revisions], "hasMore": more}
    )


def _revision_details(revision: DeploymentRevision) -> RevisionDetails:
    own = {
        "connectorId": revision.connector.id or None,
        "connectorVersion": revision.connector.version,
        "tag": revision.connector.repository.tag or None,
        "configurations": deployed_configurations(revision.applications),
    }
    return details_of(RevisionDetails, revision, own)
