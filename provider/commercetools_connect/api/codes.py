"""Every error code of the API (API §11.2): the class it becomes, and the one step that helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from commercetools_connect.api.errors import (
    ApiError,
    AuthenticationFailedError,
    ConcurrentModificationError,
    DuplicateFieldError,
    ForbiddenError,
    InvalidStatusTransitionError,
    NotFoundError,
    RefusedError,
    ServerError,
)
from commercetools_connect.api.settings import setting

__all__ = ["CODES", "CodeEntry", "ErrorCode"]


class ErrorCode:
    """The codes by name, to compare `ApiError.code` with."""

    INVALID_JSON_INPUT: Final = "InvalidJsonInput"
    INVALID_QUERY_PARAM: Final = "InvalidQueryParam"
    INVALID_PATH_PARAM: Final = "InvalidPathParam"
    FIELD_VALUE_NOT_FOUND: Final = "FieldValueNotFound"
    DUPLICATE_FIELD: Final = "DuplicateField"
    GENERAL: Final = "General"
    BAD_GATEWAY: Final = "BadGateway"
    CONCURRENT_MODIFICATION: Final = "ConcurrentModification"
    RESOURCE_NOT_FOUND: Final = "ResourceNotFound"
    AUTHENTICATION_ERROR: Final = "AuthenticationError"
    AUTHORIZATION_ERROR: Final = "AuthorizationError"
    INVALID_TOKEN: Final = "invalid_token"  # noqa: S105 - a code, not a token
    GIT_REPOSITORY_NOT_REACHABLE: Final = "GitRepositoryNotReachable"
    CONNECTOR_SPECIFICATION_FILE_NOT_FOUND: Final = "ConnectorSpecificationFileNotFound"
    CONNECTOR_SPECIFICATION_FILE_NOT_VALID: Final = "ConnectorSpecificationFileNotValid"
    CONNECTOR_STAGED_NOT_PRIVATE: Final = "ConnectorStagedNotPrivate"
    CONNECTOR_STAGED_PREVIEW_REQUEST_UNDER_PROCESS: Final = "ConnectorStagedPreviewRequestUnderProcess"
    CONNECTOR_ALREADY_CERTIFIED: Final = "ConnectorAlreadyCertified"
    CONNECTOR_STAGED_IN_CERTIFICATION: Final = "ConnectorStagedInCertification"
    CONNECTOR_REFERENCE_NOT_FOUND: Final = "ConnectorReferenceNotFound"
    CONNECTOR_STAGED_NOT_PREVIEWABLE: Final = "ConnectorStagedNotPreviewable"
    DEPLOYMENT_UNSUPPORTED_REGION: Final = "DeploymentUnsupportedRegion"
    DEPLOYMENT_INVALID_TYPE: Final = "DeploymentInvalidType"
    DEPLOYMENT_PRODUCTION_DEACTIVATED: Final = "DeploymentProductionDeactivated"
    DEPLOYMENT_UNKNOWN_APPLICATION_CONFIGURATION: Final = "DeploymentUnknownApplicationConfiguration"
    DEPLOYMENT_UNKNOWN_APPLICATION_CONFIGURATION_KEY: Final = "DeploymentUnknownApplicationConfigurationKey"
    DEPLOYMENT_APPLICATION_DO_NOT_BELONG: Final = "DeploymentApplicationDoNotBelong"
    DEPLOYMENT_APPLICATION_REQUIRED: Final = "DeploymentApplicationRequired"
    DEPLOYMENT_UNKNOWN_GLOBAL_CONFIGURATION_KEY: Final = "DeploymentUnknownGlobalConfigurationKey"
    DEPLOYMENT_MISSING_GLOBAL_CONFIGURATION_KEY: Final = "DeploymentMissingGlobalConfigurationKey"
    DEPLOYMENT_EMPTY_REQUIRED_GLOBAL_CONFIGURATION_KEY: Final = "DeploymentEmptyRequiredGlobalConfigurationKey"
    DEPLOYMENT_INVALID_STATUS_TRANSITION: Final = "DeploymentInvalidStatusTransition"
    DEPLOYMENT_CONNECTOR_UPDATE_FAILURE: Final = "DeploymentConnectorUpdateFailure"
    DEPLOYMENT_APPLICATION_DOES_NOT_EXIST: Final = "DeploymentApplicationDoesNotExist"
    DEPLOYMENT_LOG_INVALID_DATE: Final = "DeploymentLogInvalidDate"
    DEPLOYMENT_LOG_INVALID_PAGE_TOKEN: Final = "DeploymentLogInvalidPageToken"  # noqa: S105 - a code, not a token
    DEPLOYMENT_LOG_MISSING_APPLICATION_NAME: Final = "DeploymentLogMissingApplicationName"
    DEPLOYMENT_INVALID_RETRY_POLICY: Final = "DeploymentInvalidRetryPolicy"
    DEPLOYMENT_RETRY_POLICY_OVERRIDE_NOT_ALLOWED: Final = "DeploymentRetryPolicyOverrideNotAllowed"
    DEPLOYMENT_ROLLBACK_NOT_ALLOWED: Final = "DeploymentRollbackNotAllowed"


@dataclass(frozen=True)
class CodeEntry:
    """What a code means to us: the error it becomes, and what a user does about it.

    `ForbiddenError` has no remedy here: it depends on the call (`calls.Purpose`).
    """

    error: type[ApiError]
    remedy: str


def _refused(remedy: str) -> CodeEntry:
    return CodeEntry(RefusedError, remedy)


_CREDENTIALS = CodeEntry(
    AuthenticationFailedError,
    f"Check {setting('clientId')} and {setting('clientSecret')}, that the API client still exists, and that it "
    "belongs to a project in this region. If they were changed since the last `pulumi up`, run that first: "
    "`pulumi refresh` and `pulumi destroy` use the configuration of the last one.",
)
_REPORT_TO_US = "The request was not what the API expects: please report it with the correlation id."
_LIST_ALL = "Compare the applications and keys under `configurations` with connect.yaml of the deployed version."
_GLOBAL = "Compare the keys under `globalConfiguration` with `inheritAs` in connect.yaml of the deployed version."

CODES: Final[Mapping[str, CodeEntry]] = {
    ErrorCode.INVALID_JSON_INPUT: _refused(
        "Check the values named in the message; a required setting of an application may be missing.",
    ),
    ErrorCode.INVALID_QUERY_PARAM: _refused(_REPORT_TO_US),
    ErrorCode.INVALID_PATH_PARAM: _refused("Check the id, the key and the project key."),
    ErrorCode.FIELD_VALUE_NOT_FOUND: _refused("Check the value of the field named in the message."),
    ErrorCode.DUPLICATE_FIELD: CodeEntry(
        DuplicateFieldError,
        "Run again to take over the object that has it (see adopt), or choose another key. Keys of connectors are "
        "shared by a whole region.",
    ),
    ErrorCode.GENERAL: CodeEntry(
        ServerError,
        "It is a problem of the server: run again; if it stays, give the correlation id to the vendor's support.",
    ),
    ErrorCode.BAD_GATEWAY: CodeEntry(ServerError, "The server is overloaded: run again in some minutes."),
    ErrorCode.CONCURRENT_MODIFICATION: CodeEntry(
        ConcurrentModificationError,
        "Someone else changed the object in the meantime: run again, it is read anew.",
    ),
    ErrorCode.RESOURCE_NOT_FOUND: CodeEntry(
        NotFoundError,
        "Check the id or key and the region; if the object was deleted elsewhere, a refresh will show it.",
    ),
    ErrorCode.AUTHENTICATION_ERROR: _CREDENTIALS,
    ErrorCode.AUTHORIZATION_ERROR: CodeEntry(ForbiddenError, ""),
    ErrorCode.INVALID_TOKEN: _CREDENTIALS,
    ErrorCode.GIT_REPOSITORY_NOT_REACHABLE: _refused(
        "Check URL (it ends in .git) and tag; a private repository needs its SSH URL, git@github.com:…, and read "
        "access for the GitHub user connect-mu.",
    ),
    ErrorCode.CONNECTOR_SPECIFICATION_FILE_NOT_FOUND: _refused(
        "Put connect.yaml into the root folder of the repository and tag that commit.",
    ),
    ErrorCode.CONNECTOR_SPECIFICATION_FILE_NOT_VALID: _refused(
        "Correct connect.yaml (`commercetools connect validate` names the lines) and tag the corrected commit.",
    ),
    ErrorCode.CONNECTOR_STAGED_NOT_PRIVATE: _refused(
        "The connector is public: its projects cannot be listed one by one; take `privateProjects` out.",
    ),
    ErrorCode.CONNECTOR_STAGED_PREVIEW_REQUEST_UNDER_PROCESS: _refused(
        "A preview of this draft is running: run again when it has ended.",
    ),
    ErrorCode.CONNECTOR_ALREADY_CERTIFIED: _refused("It is certified already: there is nothing to ask for."),
    ErrorCode.CONNECTOR_STAGED_IN_CERTIFICATION: _refused(
        "A certification is under way: wait for its end, in the Merchant Center it can be followed.",
    ),
    ErrorCode.CONNECTOR_REFERENCE_NOT_FOUND: _refused(
        "Check the connector's id or key; a connector that was never published needs `staged`.",
    ),
    ErrorCode.CONNECTOR_STAGED_NOT_PREVIEWABLE: _refused(
        "Request a preview of the draft and wait until it is accepted, then deploy it.",
    ),
    ErrorCode.DEPLOYMENT_UNSUPPORTED_REGION: _refused(
        "Choose a region that the connector supports (`supportedRegions`), best the one of the project.",
    ),
    ErrorCode.DEPLOYMENT_INVALID_TYPE: _refused(
        "A staged connector can only be deployed as `preview`, a published one as `sandbox` or `production`.",
    ),
    ErrorCode.DEPLOYMENT_PRODUCTION_DEACTIVATED: _refused(
        "Production deployments are switched off for this project: use `sandbox`, or ask the vendor's support.",
    ),
    ErrorCode.DEPLOYMENT_UNKNOWN_APPLICATION_CONFIGURATION: _refused(_LIST_ALL),
    ErrorCode.DEPLOYMENT_UNKNOWN_APPLICATION_CONFIGURATION_KEY: _refused(_LIST_ALL),
    ErrorCode.DEPLOYMENT_APPLICATION_DO_NOT_BELONG: _refused(
        "The application is not part of this Deployment: move to a connector version that has it, or replace the "
        "Deployment with one that lists all applications.",
    ),
    ErrorCode.DEPLOYMENT_APPLICATION_REQUIRED: _refused("Name at least one application of the connector."),
    ErrorCode.DEPLOYMENT_UNKNOWN_GLOBAL_CONFIGURATION_KEY: _refused(_GLOBAL),
    ErrorCode.DEPLOYMENT_MISSING_GLOBAL_CONFIGURATION_KEY: _refused(_GLOBAL),
    ErrorCode.DEPLOYMENT_EMPTY_REQUIRED_GLOBAL_CONFIGURATION_KEY: _refused(
        "Give every required key under `globalConfiguration` a value.",
    ),
    ErrorCode.DEPLOYMENT_INVALID_STATUS_TRANSITION: CodeEntry(
        InvalidStatusTransitionError,
        "A run of this Deployment is under way: run again when it has ended.",
    ),
    ErrorCode.DEPLOYMENT_CONNECTOR_UPDATE_FAILURE: _refused(
        "The Deployment could not move to the latest version: check that it is published (staged: previewable) "
        "and that all its required settings have values.",
    ),
    ErrorCode.DEPLOYMENT_APPLICATION_DOES_NOT_EXIST: _refused("Check the name of the application."),
    ErrorCode.DEPLOYMENT_LOG_INVALID_DATE: _refused(
        "Choose dates within the last 30 days, the start before the end."
    ),
    ErrorCode.DEPLOYMENT_LOG_INVALID_PAGE_TOKEN: _refused("Start again from the first page."),
    ErrorCode.DEPLOYMENT_LOG_MISSING_APPLICATION_NAME: _refused("Name one application: AWS regions need it."),
    ErrorCode.DEPLOYMENT_INVALID_RETRY_POLICY: _refused(
        "Use `immediate`, or `exponential-backoff` with 1 to 600 seconds (least not above most) and, if given, "
        "5 to 100 attempts.",
    ),
    ErrorCode.DEPLOYMENT_RETRY_POLICY_OVERRIDE_NOT_ALLOWED: _refused(
        "Take `retryPolicy` out of this application: only event applications have one.",
    ),
    ErrorCode.DEPLOYMENT_ROLLBACK_NOT_ALLOWED: _refused("Choose a revision that the Deployment lists."),
}
