"""What can be read of a Deployment besides its inputs."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.state import Declaration, ReportEntryState, StateModel

__all__ = ["DEPLOYMENT", "DeploymentState"]


class DeployedApplicationState(StateModel):
    """One running application."""

    name: str = Field(description="Name of the application.")
    type: str = Field(description="Such as service, job or event; empty if the API does not tell.")
    url: str | None = Field(default=None, description="Address of the application, where it has one.")
    topic: str | None = Field(default=None, description="Topic that an event application listens to.")
    schedule: str | None = Field(default=None, description="Cron expression of a job.")


class DeploymentState(StateModel):
    """The outputs of a Deployment that are not inputs."""

    deployment_id: str = Field(
        description="Id of the deployment in Connect; the resource's own names the project too."
    )
    status: str = Field(description="Status of the deployment in the API's words, such as Deployed.")
    applications: tuple[DeployedApplicationState, ...] = Field(description="The running applications.")
    urls: dict[str, str] = Field(
        description="Address of each application that has one, by name; stays over redeploys."
    )
    connector_id: str = Field(description="Id of the connector that runs.")
    connector_key: str | None = Field(default=None, description="Key of the connector that runs.")
    connector_version: int = Field(description="Version of the connector that runs.")
    deployed_tag: str = Field(description="Git tag that really runs.")
    build_id: str | None = Field(default=None, description="Id of the build that runs, for support requests.")
    report: tuple[ReportEntryState, ...] = Field(description="Entries of the last deployment report.")
    api_client_name: str | None = Field(
        default=None, description="Name of the API client that Connect made for the deployment."
    )
    secured_keys: dict[str, tuple[str, ...]] = Field(
        description="Names of the secured keys that are set, by application ($global: of all); never values."
    )


DEPLOYMENT: Final = Declaration(
    description=(
        "A running installation of a connector in one project and region. Done when it is live, not when it was "
        "requested. Changes are redeployed in place and keep the application URLs. Import by "
        "`<project key>/<deployment id>` or `<project key>/key=<key>`."
    ),
    inputs=DeploymentInputs,
    state=DeploymentState,
    filled_in=frozenset({"key", "projectKey", "type"}),
    replaced_by=frozenset({"key", "projectKey", "region", "type", "connector"}),
    type_names={"ApplicationInputs": "ApplicationConfiguration", "ConnectorInputs": "ConnectorReference"},
)
