"""Request bodies of the Connect API (API §4.1, §4.6, §5, §6), closed to unknown members.

Tolerant only where the sources are (API §18): `setRepository` without url, application entries without the two
arrays, a DeploymentDraft without `configurations`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import Field, JsonValue

from commercetools_connect.emulator.entities import (
    Creator,
    DeploymentType,
    IntegrationType,
    Key,
    ProjectIdentifier,
    Region,
    Repository,
)
from commercetools_connect.emulator.errors import invalid_json
from commercetools_connect.emulator.model import InvalidShapeError, Model, parse_json, without_unknown_members

M = TypeVar("M", bound=Model)
#: No text has a maximum length (assumption 28).
NonEmpty = Annotated[str, Field(min_length=1)]


def parse_body(model: type[M], body: bytes, *, ignore_unknown: bool = False) -> M:
    """Read a request body; any other shape is 400 InvalidJsonInput."""
    try:
        return parse_json(model, without_unknown_members(model, body) if ignore_unknown else body)
    except InvalidShapeError as error:
        raise invalid_json(str(error)) from None


class ConnectorStagedDraft(Model):
    """Body of POST /connectors/drafts."""

    key: Key | None = None
    name: NonEmpty
    description: str | None = None
    integration_types: list[IntegrationType] | None = None
    creator: Creator
    repository: Repository
    supported_regions: list[Region] | None = None
    private_projects: list[ProjectIdentifier] | None = None
    documentation_url: str | None = None


class SetName(Model):
    """API §5."""

    action: Literal["setName"]
    name: NonEmpty


class SetDescription(Model):
    """API §5."""

    action: Literal["setDescription"]
    description: str


class SetRepository(Model):
    """API §5; without url the draft keeps its repository."""

    action: Literal["setRepository"]
    tag: NonEmpty
    url: NonEmpty | None = None


class SetIntegrationTypes(Model):
    """API §5."""

    action: Literal["setIntegrationTypes"]
    integration_types: list[IntegrationType]


class SetSupportedRegions(Model):
    """API §5; at least one region (assumption 26)."""

    action: Literal["setSupportedRegions"]
    regions: Annotated[list[Region], Field(min_length=1)]


class SetDocumentationUrl(Model):
    """API §5."""

    action: Literal["setDocumentationUrl"]
    documentation_url: str


class AddPrivateProject(Model):
    """API §5."""

    action: Literal["addPrivateProject"]
    private_project: ProjectIdentifier


class RemovePrivateProject(Model):
    """API §5."""

    action: Literal["removePrivateProject"]
    private_project: ProjectIdentifier


class SetCreatorEmail(Model):
    """API §5."""

    action: Literal["setCreatorEmail"]
    creator_email: NonEmpty


class SetCreatorName(Model):
    """API §5."""

    action: Literal["setCreatorName"]
    creator_name: str


class SetCreatorTitle(Model):
    """API §5."""

    action: Literal["setCreatorTitle"]
    creator_title: str


class SetCreatorCompany(Model):
    """API §5."""

    action: Literal["setCreatorCompany"]
    creator_company: str


class SetCreatorLogo(Model):
    """API §5; the member is called `logoUrl`."""

    action: Literal["setCreatorLogo"]
    logo_url: str


class SetCreatorNoOfContributors(Model):
    """API §5."""

    action: Literal["setCreatorNoOfContributors"]
    creator_no_of_contributors: Annotated[int, Field(ge=1)]


class SetCreatorSupportUrl(Model):
    """API §5."""

    action: Literal["setCreatorSupportUrl"]
    creator_support_url: str


class UpdatePreviewable(Model):
    """API §5."""

    action: Literal["updatePreviewable"]


class Publish(Model):
    """API §5."""

    action: Literal["publish"]
    certification: bool


class AddCertificationComment(Model):
    """API §5."""

    action: Literal["addCertificationComment"]
    comment: NonEmpty


class Unlist(Model):
    """API §5."""

    action: Literal["unlist"]


DraftAction = (
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


class ConnectorUpdate(Model):
    """Body of POST /connectors/drafts/{id}."""

    version: Annotated[int, Field(ge=1)]
    actions: list[Annotated[DraftAction, Field(discriminator="action")]]


class ConfigurationValue(Model):
    """A key and its value; both are strings."""

    key: NonEmpty
    value: str


class ApplicationValues(Model):
    """DeploymentConfigurationApplication. `retryPolicy` is checked later: it has error codes of its own."""

    application_name: NonEmpty
    standard_configuration: list[ConfigurationValue] | None = None
    secured_configuration: list[ConfigurationValue] | None = None
    schedule: str | None = None
    retry_policy: JsonValue = None


class GlobalConfiguration(Model):
    """DeploymentGlobalConfiguration."""

    standard_configuration: list[ConfigurationValue] | None = None
    secured_configuration: list[ConfigurationValue] | None = None


class ConnectorReference(Model):
    """Exactly one of `id` and `key`; `version` is deprecated and must match when sent (API §10)."""

    id: NonEmpty | None = None
    key: NonEmpty | None = None
    staged: bool = False
    version: int | None = None


class DeploymentDraft(Model):
    """Body of POST /{projectKey}/deployments. `region` has an error code of its own, so it is any text here."""

    key: Key | None = None
    type: DeploymentType | None = None
    connector: ConnectorReference
    configurations: list[ApplicationValues] | None = None
    global_configuration: GlobalConfiguration | None = None
    region: NonEmpty


class Redeploy(Model):
    """The only update action of a Deployment (API §6.1)."""

    action: Literal["redeploy"]
    configuration_values: list[ApplicationValues] | None = None
    global_configuration: GlobalConfiguration | None = None
    update_connector: bool = False
    skip_scripts: bool = False


class DeploymentUpdate(Model):
    """Body of POST /{projectKey}/deployments/{id}."""

    version: Annotated[int, Field(ge=1)]
    actions: list[Redeploy]


class DeploymentRollback(Model):
    """Body of POST …/revisions/{revision}/rollback (assumption 31)."""

    version: Annotated[int, Field(ge=1)]


class DeploymentRollbackTo(DeploymentRollback):
    """Body of POST /{projectKey}/deployments/{id}/rollback, the other reading of assumption 31."""

    revision: int | str
