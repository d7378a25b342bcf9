"""What a deployment shows of itself: as the resource Deployment does. There is no place for secured values."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from commercetools_connect.api import ApplicationDeployment, Deployment, DeploymentRevisionApplication
from commercetools_connect.resources.deployment.outputs import outputs
from commercetools_connect.resources.deployment.state import DeploymentState
from commercetools_connect.resources.inputs import pick
from commercetools_connect.resources.shapes import wire
from commercetools_connect.resources.state import StateModel, state_names

__all__ = ["DeployedConfiguration", "DeploymentDetails", "deployed_configurations", "deployment_details"]


class DeployedRetryPolicy(StateModel):
    """How events are delivered again."""

    strategy: str | None = Field(default=None, description="immediate or exponential-backoff.")
    min_backoff_seconds: int | None = Field(default=None, description="Shortest pause in seconds.")
    max_backoff_seconds: int | None = Field(default=None, description="Longest pause in seconds.")
    max_attempts: int | None = Field(default=None, description="Number of attempts.")


class DeployedConfiguration(StateModel):
    """What one application is set to, as far as it can be read."""

    standard_configuration: dict[str, str] = Field(description="Readable values by key.")
    secured_keys: tuple[str, ...] = Field(description="Names of the secured keys that are set; never values.")
    schedule: str | None = Field(default=None, description="Cron expression of a job.")
    retry_policy: DeployedRetryPolicy | None = Field(
        default=None, description="Retry policy of an event application."
    )


class DeploymentDetails(DeploymentState):
    """A running installation of a connector."""

    id: str = Field(description="`<project key>/<id>`, by which it can be imported.")
    key: str | None = Field(default=None, description="Key of the deployment.")
    version: int = Field(description="Version of the deployment; grows with every change and run.")
    project_key: str = Field(description="Project that it is deployed to.")
    region: str = Field(description="Region that it is deployed to.")
    type: str = Field(description="preview, sandbox or production.")
    connector_name: str = Field(description="Name of the connector that runs.")
    configurations: dict[str, DeployedConfiguration] = Field(
        description="What each application is set to, by its name, as far as it can be read."
    )


def deployment_details(project_key: str, deployment: Deployment) -> DeploymentDetails:
    """Return what a program is told of a deployment. Pure."""
    shown = outputs(project_key, deployment, {})
    return DeploymentDetails.model_validate(
        {
            **pick(shown, state_names(DeploymentState)),
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
                "retryPolicy": wire(each.retry_policy) if each.retry_policy else None,
            }
        )
        for each in applications
    }
