"""The Connect HTTP API as commercetools defines it: the only package that knows HTTP.

- `client.ConnectClient` makes the calls; a `Connection` holds hosts and credentials, `resolve` finds the hosts.
- `models.requests` are strict and do not show their secrets; the other models are tolerant responses, which have
  no member for a secret.
- `errors` shows the tree of errors; `CODES` has the remedy for every code of the API. `retry` has the retry rules.
- `session` performs a call, `auth` gets its token, `http` does the I/O, `responses` parses what comes back.
- `secret_registry` knows every secret of the process, `redaction` finds them in text.
"""

from commercetools_connect.api.client import ConnectClient
from commercetools_connect.api.endpoints import ById, ByKey, Ref
from commercetools_connect.api.errors import (
    ApiError,
    AuthenticationFailedError,
    ConcurrentModificationError,
    DuplicateFieldError,
    ForbiddenError,
    InvalidStatusTransitionError,
    NetworkError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    ServerError,
    UnexpectedAnswerError,
    none_if_missing,
)
from commercetools_connect.api.hosts import KNOWN_REGIONS, Connection, checked_project_key, resolve
from commercetools_connect.api.http import ApplicationProbe, NoAnswerError
from commercetools_connect.api.models.base import JsonObject
from commercetools_connect.api.models.objects import (
    ApplicationDeployment,
    ApplicationType,
    Connector,
    ConnectorConfigurationApplication,
    ConnectorGlobalConfiguration,
    ConnectorStaged,
    ConnectorStatus,
    Creator,
    DeployedGlobalConfiguration,
    Deployment,
    DeploymentConnector,
    DeploymentLog,
    DeploymentRevision,
    DeploymentRevisionApplication,
    DeploymentStatus,
    IsPreviewable,
    LogSeverity,
    ReportEntry,
    ReportEntryType,
    Repository,
    StandardConfigurationKey,
)
from commercetools_connect.api.models.requests import (
    AddPrivateProject,
    ConfigurationValue,
    ConnectorReference,
    ConnectorStagedDraft,
    CreatorDraft,
    DeploymentConfigurationApplication,
    DeploymentDraft,
    DeploymentGlobalConfiguration,
    DraftAction,
    Publish,
    Redeploy,
    RemovePrivateProject,
    RepositoryDraft,
    RetryPolicyDraft,
    SecuredConfigurationValue,
    SetCreatorCompany,
    SetCreatorEmail,
    SetCreatorLogo,
    SetCreatorName,
    SetCreatorNoOfContributors,
    SetCreatorSupportUrl,
    SetCreatorTitle,
    SetDescription,
    SetDocumentationUrl,
    SetIntegrationTypes,
    SetName,
    SetRepository,
    SetSupportedRegions,
    Unlist,
    UpdatePreviewable,
)
from commercetools_connect.api.paging import ListSnapshot, ObjectSummary
from commercetools_connect.api.retry import RetryBudget, RetryPolicy
from commercetools_connect.api.session import VersionTracker

__all__ = [
    "KNOWN_REGIONS", "AddPrivateProject", "ApiError", "ApplicationDeployment", "ApplicationProbe",
    "ApplicationType", "AuthenticationFailedError", "ById", "ByKey", "ConcurrentModificationError",
    "ConfigurationValue", "ConnectClient", "Connection", "Connector", "ConnectorConfigurationApplication",
    "ConnectorGlobalConfiguration", "ConnectorReference", "ConnectorStaged", "ConnectorStagedDraft",
    "ConnectorStatus", "Creator", "CreatorDraft", "DeployedGlobalConfiguration", "Deployment",
    "DeploymentConfigurationApplication", "DeploymentConnector", "DeploymentDraft",
    "DeploymentGlobalConfiguration", "DeploymentLog", "DeploymentRevision", "DeploymentRevisionApplication",
    "DeploymentStatus", "DraftAction", "DuplicateFieldError", "ForbiddenError",
    "InvalidStatusTransitionError", "IsPreviewable", "JsonObject", "ListSnapshot", "LogSeverity",
    "NetworkError", "NoAnswerError", "NotFoundError", "ObjectSummary", "Publish", "RateLimitedError",
    "Redeploy", "Ref", "RefusedError", "RemovePrivateProject", "ReportEntry", "ReportEntryType", "Repository",
    "RepositoryDraft", "RetryBudget", "RetryPolicy", "RetryPolicyDraft", "SecuredConfigurationValue",
    "ServerError", "SetCreatorCompany", "SetCreatorEmail", "SetCreatorLogo", "SetCreatorName",
    "SetCreatorNoOfContributors", "SetCreatorSupportUrl", "SetCreatorTitle", "SetDescription",
    "SetDocumentationUrl", "SetIntegrationTypes", "SetName", "SetRepository", "SetSupportedRegions",
    "StandardConfigurationKey", "UnexpectedAnswerError", "Unlist", "UpdatePreviewable", "VersionTracker",
    "checked_project_key", "none_if_missing", "resolve",
]  # fmt: skip
