"""`getDeployment`: a deployment, by id or key."""

from __future__ import annotations

from typing import Final

from commercetools_connect.functions.deployment_details import DeploymentDetails, deployment_details
from commercetools_connect.functions.finding import DEPLOYMENT_REMEDY, DeploymentReference, expected, place
from commercetools_connect.functions.function import Function
from commercetools_connect.resources.session import Session

__all__ = ["GET_DEPLOYMENT"]


async def _find(session: Session, inputs: DeploymentReference) -> DeploymentDetails:
    project = inputs.project(session)
    deployment = await expected(
        f"Deployment with {inputs.ref}",
        place(session, project),
        DEPLOYMENT_REMEDY,
        lambda: session.client.get_deployment(project, inputs.ref),
    )
    return deployment_details(project, deployment)


GET_DEPLOYMENT: Final = Function(
    name="getDeployment",
    description="Look up a deployment by id or key; an error if there is none.",
    inputs=DeploymentReference,
    result=DeploymentDetails,
    find=_find,
)
