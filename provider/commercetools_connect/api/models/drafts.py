"""What is sent to make or configure an object (API §4.1, §4.4, §4.6)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, SecretStr, field_serializer, model_validator

from commercetools_connect.api.models.base import RequestModel

__all__ = [
    "ConfigurationValue",
    "ConnectorReference",
    "ConnectorStagedDraft",
    "CreatorDraft",
    "DeploymentConfigurationApplication",
    "DeploymentDraft",
    "DeploymentGlobalConfiguration",
    "Key",
    "ProjectIdentifier",
    "RepositoryDraft",
    "RetryPolicyDraft",
    "SecuredConfigurationValue",
]

Key: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,256}$")]
"""A user-defined key (API §2)."""

ProjectIdentifier: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_.]+:[a-zA-Z0-9\-_]{2,36}$")]
"""`region:projectKey`, the region first (API §4.4)."""


class CreatorDraft(RequestModel):
    """Who stands behind a connector."""

    email: str
    name: str | None = None
    title: str | None = None
    company: str | None = None
    logo_url: str | None = None
    no_of_contributors: int | None = None
    support_url: str | None = None


class RepositoryDraft(RequestModel):
    """Where a connector's source is: a Git URL and a tag."""

    url: str
    tag: str


class ConnectorStagedDraft(RequestModel):
    """A connector draft to create (API §4.1). No `supported_regions` means all of them."""

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

    The deprecated `version` is not sent: the latest is used (API §4.4).
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
    """A secret setting. Its value shows in nothing but the request itself."""

    key: str
    value: SecretStr

    @field_serializer("value", when_used="json")
    def _reveal(self, value: SecretStr) -> str:
        return value.get_secret_value()


class RetryPolicyDraft(RequestModel):
    """How an event application's messages are delivered again; seconds (API §4.6)."""

    strategy: str
    min_backoff_seconds: int | None = None
    max_backoff_seconds: int | None = None
    max_attempts: int | None = None


class DeploymentConfigurationApplication(RequestModel):
    """The settings of one application; both lists are always sent, also empty ones (API §4.6)."""

    application_name: str
    standard_configuration: tuple[ConfigurationValue, ...] = ()
    secured_configuration: tuple[SecuredConfigurationValue, ...] = ()
    schedule: str | None = None
    retry_policy: RetryPolicyDraft | None = None


class DeploymentGlobalConfiguration(RequestModel):
    """The settings that all applications share; both lists are always sent."""

    standard_configuration: tuple[ConfigurationValue, ...] = ()
    secured_configuration: tuple[SecuredConfigurationValue, ...] = ()


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
