"""Requests: bodies that create and update objects (API §4.1, §4.4, §4.6).

An update sends its actions in order: the 19 of a ConnectorStaged (API §5) or the one of a Deployment (API §6.1).
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, SerializeAsAny, computed_field, model_validator

from commercetools_connect.api.models.base import RequestModel, SentSecret

Key: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,256}$")]
"""A user-defined key (API §2)."""

ProjectIdentifier: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_.]+:[a-zA-Z0-9\-_]{2,36}$")]
"""`region:projectKey`, the region first (API §4.4)."""


class CreatorDraft(RequestModel):
    """The creator of a connector."""

    email: str
    name: str | None = None
    title: str | None = None
    company: str | None = None
    logo_url: str | None = None
    no_of_contributors: int | None = None
    support_url: str | None = None


class RepositoryDraft(RequestModel):
    """The source of a connector: a Git URL and a tag."""

    url: str
    tag: str


class ConnectorStagedDraft(RequestModel):
    """A ConnectorStaged to create (API §4.1). Without `supported_regions` it supports all of them."""

    key: Key | None = None
    name: str
    description: str | None = None
    integration_types: tuple[str, ...] | None = None
    creator: CreatorDraft
    repository: RepositoryDraft
    supported_regions: tuple[str, ...] | None = None
    private_projects: tuple[ProjectIdentifier, ...] | None = None
    documentation_url: str | None = None


class ConnectorReference(RequestModel):
    """The connector to deploy, by id or by key, published or staged.

    The deprecated `version` is not sent: Connect uses the latest (API §4.4).
    """

    id: str | None = None
    key: str | None = None
    staged: bool = False

    @model_validator(mode="after")
    def _names_exactly_one(self) -> ConnectorReference:
        if (self.id is None) == (self.key is None):
            raise ValueError("a connector is referred to by either `id` or `key`")
        return self


class ConfigurationValue(RequestModel):
    """A readable setting. Values are strings in the API, also numbers and booleans (API §4.6)."""

    key: str
    value: str


class SecuredConfigurationValue(RequestModel):
    """A secret setting. Only the request itself shows its value."""

    key: str
    value: SentSecret


class RetryPolicyDraft(RequestModel):
    """Redelivery of an event application's messages; seconds (API §4.6)."""

    strategy: str
    min_backoff_seconds: int | None = None
    max_backoff_seconds: int | None = None
    max_attempts: int | None = None


class DeploymentGlobalConfiguration(RequestModel):
    """The settings that all applications share; both lists are sent, also when empty (API §4.6)."""

    standard_configuration: tuple[ConfigurationValue, ...] = ()
    secured_configuration: tuple[SecuredConfigurationValue, ...] = ()


class DeploymentConfigurationApplication(DeploymentGlobalConfiguration):
    """The settings of one application (API §4.6)."""

    application_name: str
    schedule: str | None = None
    retry_policy: RetryPolicyDraft | None = None


class DeploymentDraft(RequestModel):
    """A Deployment to create (API §4.6).

    `configurations` has one entry per application of the connector: one left out would never be deployed.
    """

    key: Key | None = None
    type: str | None = None
    connector: ConnectorReference
    configurations: tuple[DeploymentConfigurationApplication, ...]
    global_configuration: DeploymentGlobalConfiguration | None = None
    region: str


class Update(RequestModel):
    """The body of every update (API §2): the version that it is for, and the actions in order."""

    version: int
    actions: Annotated[tuple[SerializeAsAny[RequestModel], ...], Field(min_length=1)]


class DeploymentRollback(RequestModel):
    """The body of a rollback: the Deployment's version (API §19 #31, an assumption)."""

    version: int


class UpdateAction(RequestModel):
    """One entry of an update's actions; its name in the API is the class name in camel case."""

    @computed_field  # type: ignore[prop-decorator]  # mypy does not know pydantic's decorator
    @property
    def action(self) -> str:
        """The name of the action."""
        name = type(self).__name__
        return name[0].lower() + name[1:]


class DraftAction(UpdateAction):
    """An action of a ConnectorStaged (API §5)."""


class SetName(DraftAction):
    """Change the name."""

    name: str


class SetDescription(DraftAction):
    """Change the description."""

    description: str


class SetRepository(DraftAction):
    """Change the source. Resets the preview; `url` is sent even when only the tag changes (API §5)."""

    url: str
    tag: str


class SetIntegrationTypes(DraftAction):
    """Replace the list of integration types."""

    integration_types: tuple[str, ...]


class SetSupportedRegions(DraftAction):
    """Replace the list of regions; the API has no way to empty it."""

    regions: Annotated[tuple[str, ...], Field(min_length=1)]


class SetDocumentationUrl(DraftAction):
    """Change the address of the documentation."""

    documentation_url: str


class AddPrivateProject(DraftAction):
    """Allow one more project, `region:projectKey`, to use the connector."""

    private_project: ProjectIdentifier


class RemovePrivateProject(DraftAction):
    """Stop allowing a project; it is named exactly as the server names it."""

    private_project: str


class SetCreatorEmail(DraftAction):
    """Change the creator's address."""

    creator_email: str


class SetCreatorName(DraftAction):
    """Change the creator's name."""

    creator_name: str


class SetCreatorTitle(DraftAction):
    """Change the creator's title."""

    creator_title: str


class SetCreatorCompany(DraftAction):
    """Change the creator's company."""

    creator_company: str


class SetCreatorLogo(DraftAction):
    """Change the creator's logo; the only field of the creator without its prefix."""

    logo_url: str


class SetCreatorNoOfContributors(DraftAction):
    """Change the number of contributors, at least 1."""

    creator_no_of_contributors: Annotated[int, Field(ge=1)]


class SetCreatorSupportUrl(DraftAction):
    """Change the address for support."""

    creator_support_url: str


class UpdatePreviewable(DraftAction):
    """Ask for a preview: starts a run (API §8.1)."""


class Publish(DraftAction):
    """Ask for a publication: private, or with certification for the marketplace. Starts a run (API §8.1)."""

    certification: bool


class AddCertificationComment(DraftAction):
    """Add a comment to a certification."""

    comment: str


class Unlist(DraftAction):
    """Take a certified connector out of the marketplace; its deployments keep running."""


class Redeploy(UpdateAction):
    """Deploy again, in place. Starts a run (API §8.2).

    Values are merged per key: a key that is not named keeps its value, and `None` keeps all of them.
    """

    configuration_values: tuple[DeploymentConfigurationApplication, ...] | None = None
    global_configuration: DeploymentGlobalConfiguration | None = None
    update_connector: bool = False
    skip_scripts: bool = False
