"""Connector drafts and published connectors, as the API shows them (API §4.2 to §4.4)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from commercetools_connect.api.models.base import ResponseModel
from commercetools_connect.api.models.vocabulary import IsPreviewable

__all__ = [
    "CertificationComment",
    "CertificationInfo",
    "Connector",
    "ConnectorApiClient",
    "ConnectorConfigurationApplication",
    "ConnectorGlobalConfiguration",
    "ConnectorStaged",
    "Creator",
    "Report",
    "ReportEntry",
    "Repository",
    "SecuredConfigurationKey",
    "StandardConfigurationKey",
]


class Creator(ResponseModel):
    """Who stands behind a connector; `""` and `None` mean not told."""

    email: str = ""
    name: str = ""
    title: str = ""
    company: str = ""
    logo_url: str = ""
    no_of_contributors: int | None = None
    support_url: str = ""


class Repository(ResponseModel):
    """Where a connector's source is; in a Deployment `tag` is the one that really runs (API §4.7)."""

    url: str = ""
    tag: str = ""


class StandardConfigurationKey(ResponseModel):
    """A readable setting that a connector asks for; `default` is `None` where connect.yaml gives none."""

    key: str
    description: str = ""
    required: bool = False
    default: str | None = None


class SecuredConfigurationKey(ResponseModel):
    """A secret that a connector asks for; it never has a default (API §4.4)."""

    key: str
    description: str = ""
    required: bool = False


class ConnectorConfigurationApplication(ResponseModel):
    """One application of a connector and the settings it asks for."""

    application_name: str
    application_type: str = ""
    standard_configuration: tuple[StandardConfigurationKey, ...] = ()
    secured_configuration: tuple[SecuredConfigurationKey, ...] = ()


class ConnectorGlobalConfiguration(ResponseModel):
    """The settings that all applications of a connector share."""

    standard_configuration: tuple[StandardConfigurationKey, ...] = ()
    secured_configuration: tuple[SecuredConfigurationKey, ...] = ()


class ConnectorApiClient(ResponseModel):
    """The scopes of the API client that Connect makes for each deployment of the connector."""

    scopes: tuple[str, ...] = ()


class CertificationComment(ResponseModel):
    """A remark in a certification; `user_id` is a project key (API §4.4)."""

    user_id: str = ""
    datetime: str = ""
    comment: str = ""


class CertificationInfo(ResponseModel):
    """The conversation about a certification."""

    comments: tuple[CertificationComment, ...] = ()


class ReportEntry(ResponseModel):
    """One finding of a preview, a publication or a build; `application` is `""` where it concerns all."""

    type: str = ""
    title: str = ""
    message: str = ""
    application: str = ""
    created_at: str = ""


class Report(ResponseModel):
    """The findings of one run, in the server's order. No sign of success or failure (API §8.1)."""

    entries: tuple[ReportEntry, ...] = ()


def _word_of(value: object) -> object:
    # Prose of the vendor speaks of a boolean here (API §18); the words are the same.
    return str(value).lower() if isinstance(value, bool) else value


class ConnectorStaged(ResponseModel):
    """A connector draft (API §4.2). Absent texts are `""`, absent lists `()`."""

    id: str
    key: str = ""
    version: int
    name: str = ""
    description: str = ""
    integration_types: tuple[str, ...] = ()
    creator: Creator = Field(default_factory=Creator)
    repository: Repository = Field(default_factory=Repository)
    configurations: tuple[ConnectorConfigurationApplication, ...] = ()
    global_configuration: ConnectorGlobalConfiguration = Field(default_factory=ConnectorGlobalConfiguration)
    api_client: ConnectorApiClient | None = None
    private: bool = True
    private_projects: tuple[str, ...] = ()
    supported_regions: tuple[str, ...] = ()
    certification_info: CertificationInfo = Field(default_factory=CertificationInfo)
    status: str
    publishing_report: Report = Field(default_factory=Report)
    already_listed: bool = False
    has_changes: bool = False
    is_previewable: Annotated[str, BeforeValidator(_word_of)] = IsPreviewable.NONE
    previewable_report: Report = Field(default_factory=Report)
    documentation_url: str = ""


class Connector(ResponseModel):
    """A published connector: read-only, of the same id and key as its draft (API §2, §4.3)."""

    id: str
    key: str = ""
    version: int
    name: str = ""
    description: str = ""
    integration_types: tuple[str, ...] = ()
    creator: Creator = Field(default_factory=Creator)
    repository: Repository = Field(default_factory=Repository)
    configurations: tuple[ConnectorConfigurationApplication, ...] = ()
    global_configuration: ConnectorGlobalConfiguration = Field(default_factory=ConnectorGlobalConfiguration)
    api_client: ConnectorApiClient | None = None
    private: bool = True
    supported_regions: tuple[str, ...] = ()
    certified: bool = False
    documentation_url: str = ""
