"""`getDeploymentRevisions`: what a deployment was at its successful runs (API §4.9). Experimental."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from commercetools_connect.api import DeploymentRevision
from commercetools_connect.functions.deployment_details import DeployedConfiguration, deployed_configurations
from commercetools_connect.functions.finding import (
    DEPLOYMENT_REMEDY,
    DeploymentReference,
    MaxResults,
    expected,
    first,
    place,
)
from commercetools_connect.functions.function import Function
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.state import StateModel

__all__ = ["GET_DEPLOYMENT_REVISIONS"]


class DeploymentRevisionsInputs(DeploymentReference):
    """Which deployment, by exactly one of id and key."""

    max_results: MaxResults = Field(default=500, description="Most revisions to return.")


class RevisionDetails(StateModel):
    """One successful run of a deployment."""

    revision: str = Field(description="Name of the revision.")
    created_at: str | None = Field(default=None, description="When it ran, in ISO 8601.")
    connector_id: str | None = Field(default=None, description="Id of the connector that it ran.")
    connector_version: int | None = Field(default=None, description="Version of the connector that it ran.")
    tag: str | None = Field(default=None, description="Git tag that it ran.")
    configurations: dict[str, DeployedConfiguration] = Field(
        description="What each application was set to, by its name, as far as it can be read."
    )


class DeploymentRevisionsResult(StateModel):
    """The revisions of a deployment."""

    revisions: tuple[RevisionDetails, ...] = Field(description="The revisions, the newest first.")
    has_more: bool = Field(description="Whether there are more than maxResults.")


async def _find(session: Session, inputs: DeploymentRevisionsInputs) -> DeploymentRevisionsResult:
    project = inputs.project(session)
    revisions, more = await expected(
        f"Deployment with {inputs.ref}",
        place(session, project),
        DEPLOYMENT_REMEDY,
        lambda: first(session.client.list_revisions(project, inputs.ref), inputs.max_results),
    )
    return DeploymentRevisionsResult.model_validate(
        {"revisions": [_details(each) for each in revisions], "hasMore": more}
    )


def _details(revision: DeploymentRevision) -> RevisionDetails:
    return RevisionDetails.model_validate(
        {
            "revision": revision.revision,
            "createdAt": revision.created_at or None,
            "connectorId": revision.connector.id or None,
            "connectorVersion": revision.connector.version,
            "tag": revision.connector.repository.tag or None,
            "configurations": deployed_configurations(revision.applications),
        }
    )


GET_DEPLOYMENT_REVISIONS: Final = Function(
    name="getDeploymentRevisions",
    description=(
        "Experimental: list what a deployment was at its successful runs. commercetools has not published its "
        "form in full; switch it on by its name in the configuration `experimental`."
    ),
    inputs=DeploymentRevisionsInputs,
    result=DeploymentRevisionsResult,
    find=_find,
    experimental=True,
)
