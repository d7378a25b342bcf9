"""Update actions: the 19 of a connector draft (API §5) and the one of a Deployment (API §6.1).

An update sends `{"version": …, "actions": […]}`; `wire` writes one entry of that list.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from commercetools_connect.api.models.base import JsonObject, RequestModel
from commercetools_connect.api.models.drafts import (
    DeploymentConfigurationApplication,
    DeploymentGlobalConfiguration,
    ProjectIdentifier,
)

__all__ = [
    "AddCertificationComment",
    "AddPrivateProject",
    "DeploymentAction",
    "DraftAction",
    "Publish",
    "Redeploy",
    "RemovePrivateProject",
    "SetCreatorCompany",
    "SetCreatorEmail",
    "SetCreatorLogo",
    "SetCreatorName",
    "SetCreatorNoOfContributors",
    "SetCreatorSupportUrl",
    "SetCreatorTitle",
    "SetDescription",
    "SetDocumentationUrl",
    "SetIntegrationTypes",
    "SetName",
    "SetRepository",
    "SetSupportedRegions",
    "Unlist",
    "UpdatePreviewable",
    "wire",
]


class SetName(RequestModel):
    """Change the name."""

    action: Literal["setName"] = "setName"
    name: str


class SetDescription(RequestModel):
    """Change the description."""

    action: Literal["setDescription"] = "setDescription"
    description: str


class SetRepository(RequestModel):
    """Point to another source. Resets the preview; `url` is sent even when only the tag changes (API §5)."""

    action: Literal["setRepository"] = "setRepository"
    url: str
    tag: str


class SetIntegrationTypes(RequestModel):
    """Replace the list of integration types."""

    action: Literal["setIntegrationTypes"] = "setIntegrationTypes"
    integration_types: tuple[str, ...]


class SetSupportedRegions(RequestModel):
    """Replace the list of regions; the API has no way to empty it."""

    action: Literal["setSupportedRegions"] = "setSupportedRegions"
    regions: Annotated[tuple[str, ...], Field(min_length=1)]


class SetDocumentationUrl(RequestModel):
    """Change the address of the documentation."""

    action: Literal["setDocumentationUrl"] = "setDocumentationUrl"
    documentation_url: str


class AddPrivateProject(RequestModel):
    """Let one more project use the connector; `region:projectKey`."""

    action: Literal["addPrivateProject"] = "addPrivateProject"
    private_project: ProjectIdentifier


class RemovePrivateProject(RequestModel):
    """Let a project use the connector no more, named as the server names it, in whatever form."""

    action: Literal["removePrivateProject"] = "removePrivateProject"
    private_project: str


class SetCreatorEmail(RequestModel):
    """Change the creator's address."""

    action: Literal["setCreatorEmail"] = "setCreatorEmail"
    creator_email: str


class SetCreatorName(RequestModel):
    """Change the creator's name."""

    action: Literal["setCreatorName"] = "setCreatorName"
    creator_name: str


class SetCreatorTitle(RequestModel):
    """Change the creator's title."""

    action: Literal["setCreatorTitle"] = "setCreatorTitle"
    creator_title: str


class SetCreatorCompany(RequestModel):
    """Change the creator's company."""

    action: Literal["setCreatorCompany"] = "setCreatorCompany"
    creator_company: str


class SetCreatorLogo(RequestModel):
    """Change the creator's logo; the only field of the creator without its prefix."""

    action: Literal["setCreatorLogo"] = "setCreatorLogo"
    logo_url: str


class SetCreatorNoOfContributors(RequestModel):
    """Change the number of contributors, at least 1."""

    action: Literal["setCreatorNoOfContributors"] = "setCreatorNoOfContributors"
    creator_no_of_contributors: Annotated[int, Field(ge=1)]


class SetCreatorSupportUrl(RequestModel):
    """Change the address for support."""

    action: Literal["setCreatorSupportUrl"] = "setCreatorSupportUrl"
    creator_support_url: str


class UpdatePreviewable(RequestModel):
    """Ask for a preview: starts a run (API §8.1)."""

    action: Literal["updatePreviewable"] = "updatePreviewable"


class Publish(RequestModel):
    """Ask for a publication: private, or with certification for the marketplace. Starts a run (API §8.1)."""

    action: Literal["publish"] = "publish"
    certification: bool


class AddCertificationComment(RequestModel):
    """Say something in a certification."""

    action: Literal["addCertificationComment"] = "addCertificationComment"
    comment: str


class Unlist(RequestModel):
    """Take a certified connector out of the marketplace; what runs goes on running."""

    action: Literal["unlist"] = "unlist"


class Redeploy(RequestModel):
    """Deploy again, in place. Starts a run (API §8.2).

    Values are merged per key: what is not named keeps its value, and `None` keeps all of them.
    """

    action: Literal["redeploy"] = "redeploy"
    configuration_values: tuple[DeploymentConfigurationApplication, ...] | None = None
    global_configuration: DeploymentGlobalConfiguration | None = None
    update_connector: bool = False
    skip_scripts: bool = False


DraftAction: TypeAlias = (
    SetName
    | SetDescription
    | SetRepository
    | SetIntegrationTypes
    | SetSupportedRegions
    | SetDocumentationUrl
    | AddPrivateProject
    | RemovePrivateProject
    | SetCreatorEmail
    | SetCreatorName
    | SetCreatorTitle
    | SetCreatorCompany
    | SetCreatorLogo
    | SetCreatorNoOfContributors
    | SetCreatorSupportUrl
    | UpdatePreviewable
    | Publish
    | AddCertificationComment
    | Unlist
)
DeploymentAction: TypeAlias = Redeploy


def wire(action: DraftAction | DeploymentAction) -> JsonObject:
    """Return the JSON of one action. Holds the secrets of a redeploy in clear."""
    return action.to_wire()
