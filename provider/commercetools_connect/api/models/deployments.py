"""Deployments, as the API shows them (API §4.7). There is no place for a secured value: only keys are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from commercetools_connect.api.models.base import ResponseModel
from commercetools_connect.api.models.connectors import (
    ConnectorConfigurationApplication,
    ConnectorGlobalConfiguration,
    Creator,
    Report,
    ReportEntry,
    Repository,
)

__all__ = [
    "ApplicationDeployment",
    "DeployedGlobalConfiguration",
    "DeployedRetryPolicy",
    "DeployedValue",
    "Deployment",
    "DeploymentApiClient",
    "DeploymentBuild",
    "DeploymentConnector",
    "DeploymentDetails",
    "SecuredKeys",
]


def _keys_of(entries: object) -> object:
    # What a server shows as a value is a mask, or a secret that should not be here (API §12.1): dropped unseen.
    if isinstance(entries, tuple):
        return entries
    if not isinstance(entries, list):
        return ()
    keys = (entry.get("key") if isinstance(entry, Mapping) else None for entry in entries)
    return tuple(key for key in keys if isinstance(key, str))


SecuredKeys: TypeAlias = Annotated[
    tuple[str, ...],
    Field(validation_alias="securedConfiguration"),
    BeforeValidator(_keys_of),
]


class DeployedValue(ResponseModel):
    """A readable setting and what it is set to."""

    key: str
    value: str = ""


class DeployedRetryPolicy(ResponseModel):
    """How an event application's messages are delivered again; seconds (API §4.6)."""

    strategy: str = ""
    min_backoff_seconds: int | None = None
    max_backoff_seconds: int | None = None
    max_attempts: int | None = None


class ApplicationDeployment(ResponseModel):
    """One running application. `url`, `topic` and `schedule` are `""` where its type has none."""

    id: str = ""
    application_name: str
    standard_configuration: tuple[DeployedValue, ...] = ()
    secured_keys: SecuredKeys = ()
    url: str = ""
    topic: str = ""
    schedule: str = ""
    retry_policy: DeployedRetryPolicy | None = None


class DeployedGlobalConfiguration(ResponseModel):
    """The settings that all applications of a Deployment share."""

    standard_configuration: tuple[DeployedValue, ...] = ()
    secured_keys: SecuredKeys = ()


class DeploymentConnector(ResponseModel):
    """The connector as it was when it was deployed: the version that really runs (API §4.7)."""

    id: str = ""
    key: str = ""
    version: int | None = None
    name: str = ""
    description: str = ""
    integration_types: tuple[str, ...] = ()
    creator: Creator = Field(default_factory=Creator)
    repository: Repository = Field(default_factory=Repository)
    configurations: tuple[ConnectorConfigurationApplication, ...] = ()
    global_configuration: ConnectorGlobalConfiguration = Field(default_factory=ConnectorGlobalConfiguration)
    certified: bool = False
    supported_regions: tuple[str, ...] = ()
    documentation_url: str = ""


class DeploymentApiClient(ResponseModel):
    """The API client that Connect made for the applications; `name` is its client id (API §12.1)."""

    name: str = ""
    scopes: tuple[str, ...] = ()


class DeploymentBuild(ResponseModel):
    """The build that runs, or the one under way."""

    id: str = ""
    report: Report = Field(default_factory=Report)


class DeploymentDetails(ResponseModel):
    """What the server tells about the making of a Deployment."""

    build: DeploymentBuild = Field(default_factory=DeploymentBuild)


def _text_of(value: object) -> object:
    # The type is published nowhere (API §4.7): a name or a number is worth showing, anything else is not.
    return str(value) if isinstance(value, str | int) else ""


class Deployment(ResponseModel):
    """A running installation of a connector (API §4.7). Absent texts are `""`, absent lists `()`.

    `rollback_revision` is the revision that a rollback has brought back, experimental like all about revisions.
    """

    id: str
    key: str = ""
    version: int
    type: str = ""
    connector: DeploymentConnector = Field(default_factory=DeploymentConnector)
    global_configuration: DeployedGlobalConfiguration = Field(default_factory=DeployedGlobalConfiguration)
    api_client: DeploymentApiClient | None = None
    details: DeploymentDetails = Field(default_factory=DeploymentDetails)
    deployed_region: str = ""
    applications: tuple[ApplicationDeployment, ...] = ()
    preview: bool = False
    status: str
    rollback_revision: Annotated[str, BeforeValidator(_text_of)] = ""

    @property
    def build_id(self) -> str:
        """The id of the build, `""` before there is one; another one for each run (API §8.2)."""
        return self.details.build.id

    @property
    def report(self) -> tuple[ReportEntry, ...]:
        """The findings of the build and of the scripts after it."""
        return self.details.build.report.entries
