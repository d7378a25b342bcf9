"""API errors: the tree, the table of error codes with a remedy for each, and classification of responses.

    ProviderError
    └── ApiError                          a call failed
        ├── NetworkError                  no response: refused, broken, timed out
        ├── UnexpectedAnswerError         a response that the API does not give: a page, a fragment, another shape
        ├── RateLimitedError              429: nothing was processed
        ├── ServerError                   5xx, General, BadGateway: a write may have had its effect
        ├── AuthenticationFailedError     401: the credentials or the token are not accepted
        ├── ForbiddenError                403: the credentials do not allow it
        └── RefusedError                  the API understood the call and refused it
            ├── NotFoundError             404 with the code ResourceNotFound: gone, or never there
            ├── ConcurrentModificationError   another client changed the object: read it again
            ├── DuplicateFieldError       the key is taken
            └── InvalidStatusTransitionError  a run of the object is under way

The code decides which class a response becomes; the status decides only where no code is known (API §0.2).
No error carries a body, a header, a token or a secret.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar

from commercetools_connect.api.hosts import DOCTOR, setting
from commercetools_connect.core.errors import ProviderError

T = TypeVar("T")


class ApiError(ProviderError):
    """A call of the API failed.

    - `status`: of the HTTP response; `None` when there was none.
    - `codes`: of the entries of the envelope, in order; `code` is the first, or `""`.
    - `correlation_id`: the id that the vendor's support asks for.
    - `uncertain`: it was a write, and it may have had its effect: read before writing again.
    - `transient`: the same call may succeed later, as it is.
    - `timed_out`: the time limit for a response ended first.
    - `retry_after`: what the server sent as `Retry-After`, `""` if nothing.
    """

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        status: int | None = None,
        codes: Sequence[str] = (),
        correlation_id: str = "",
        uncertain: bool = False,
        transient: bool = False,
        timed_out: bool = False,
        retry_after: str = "",
    ) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.codes = tuple(codes)
        self.correlation_id = correlation_id
        self.uncertain = uncertain
        self.transient = transient
        self.timed_out = timed_out
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        """The first code of the envelope, `""` if there is none."""
        return self.codes[0] if self.codes else ""


class NetworkError(ApiError):
    """There was no response: the host was not reached, the connection broke, or the time limit ended first."""

    maybe_temporary = affects_every_call = True


class UnexpectedAnswerError(ApiError):
    """The API does not give such a response: an HTML page, a fragment, an object of another shape."""

    maybe_temporary = affects_every_call = True


class RateLimitedError(ApiError):
    """Too many calls; this one was not processed."""

    maybe_temporary = affects_every_call = True


class ServerError(ApiError):
    """The server, or a gateway before it, failed."""

    maybe_temporary = affects_every_call = True


class AuthenticationFailedError(ApiError):
    """The credentials, or a token made from them just now, are not accepted."""


class ForbiddenError(ApiError):
    """The credentials are valid, but do not allow this call."""

    maybe_temporary = True


class RefusedError(ApiError):
    """The API understood the call and refused it; nothing changed. Repeating it as it is will not help."""


class NotFoundError(RefusedError):
    """The API says, in its error envelope, that the object does not exist."""


class ConcurrentModificationError(RefusedError):
    """The object has another version than the one the update was made for (API §10)."""


class DuplicateFieldError(RefusedError):
    """A value that must be unique is taken, normally the key."""


class InvalidStatusTransitionError(RefusedError):
    """The Deployment is in a status from which this is not possible (API §6.1)."""


@dataclass(frozen=True)
class CodeEntry:
    """The error class of a code, and its remedy.

    `ForbiddenError` has no remedy here: it depends on the call (`Action.access_remedy`).
    """

    error: type[ApiError]
    remedy: str


def _refused(remedy: str) -> CodeEntry:
    return CodeEntry(RefusedError, remedy)


CHECK_CREDENTIALS: Final = (
    f"Check {setting('clientId')} and {setting('clientSecret')}, that the API client still exists, and that it "
    "belongs to a project in this region."
)
_CREDENTIALS = CodeEntry(
    AuthenticationFailedError,
    f"{CHECK_CREDENTIALS} If they were changed since the last `pulumi up`, run that first: "
    f"`pulumi refresh` and `pulumi destroy` use the configuration of the last one. {DOCTOR}",
)
_REPORT_TO_US = "The request was not what the API expects: please report it with the correlation id."
_LIST_ALL = "Compare the applications and keys under `configurations` with connect.yaml of the deployed version."
_GLOBAL = "Compare the keys under `globalConfiguration` with `inheritAs` in connect.yaml of the deployed version."

CODES: Final[Mapping[str, CodeEntry]] = {
    "InvalidJsonInput": _refused(
        "Check the values named in the message; a required setting of an application may be missing."
    ),
    "InvalidQueryParam": _refused(_REPORT_TO_US),
    "InvalidPathParam": _refused("Check the id, the key and the project key."),
    "FieldValueNotFound": _refused("Check the value of the field named in the message."),
    "DuplicateField": CodeEntry(
        DuplicateFieldError,
        "Choose another key. If this program shall manage the object that has it, see adopt. Keys of connectors "
        "are shared by a whole region.",
    ),
    "General": CodeEntry(
        ServerError,
        "The server failed: run again; if the error persists, give the correlation id to the vendor's support.",
    ),
    "BadGateway": CodeEntry(ServerError, "The server is overloaded: run again in some minutes."),
    "ConcurrentModification": CodeEntry(
        ConcurrentModificationError,
        "Another client changed the object in the meantime: run again, the provider then reads it again.",
    ),
    "ResourceNotFound": CodeEntry(
        NotFoundError,
        "Check the id or key and the region; if the object was deleted elsewhere, a refresh will show it.",
    ),
    "AuthenticationError": _CREDENTIALS,
    "AuthorizationError": CodeEntry(ForbiddenError, ""),
    "invalid_token": _CREDENTIALS,
    "GitRepositoryNotReachable": _refused(
        "Check URL (it ends in .git) and tag; a private repository needs its SSH URL, git@github.com:…, and read "
        "access for the GitHub user connect-mu."
    ),
    "ConnectorSpecificationFileNotFound": _refused(
        "Put connect.yaml into the root folder of the repository and tag that commit."
    ),
    "ConnectorSpecificationFileNotValid": _refused(
        "Correct connect.yaml (`commercetools connect validate` of commercetools' own CLI names the lines) and "
        "tag the corrected commit."
    ),
    "ConnectorStagedNotPrivate": _refused(
        "The connector is public: its projects cannot be listed one by one; take `privateProjects` out."
    ),
    "ConnectorStagedPreviewRequestUnderProcess": _refused(
        "A preview of this draft is running: run again when it has ended."
    ),
    "ConnectorAlreadyCertified": _refused("It is certified already: there is nothing to ask for."),
    "ConnectorStagedInCertification": _refused(
        "A certification is under way: wait for its end, in the Merchant Center it can be followed."
    ),
    "ConnectorReferenceNotFound": _refused(
        "Check the connector's id or key; a connector that was never published needs `staged`."
    ),
    "ConnectorStagedNotPreviewable": _refused(
        "Request a preview of the draft and wait until it is accepted, then deploy it."
    ),
    "DeploymentUnsupportedRegion": _refused(
        "Choose a region that the connector supports (`supportedRegions`), best the one of the project."
    ),
    "DeploymentInvalidType": _refused(
        "A staged connector can only be deployed as `preview`, a published one as `sandbox` or `production`."
    ),
    "DeploymentProductionDeactivated": _refused(
        "Production deployments are switched off for this project: use `sandbox`, or ask the vendor's support."
    ),
    "DeploymentUnknownApplicationConfiguration": _refused(_LIST_ALL),
    "DeploymentUnknownApplicationConfigurationKey": _refused(_LIST_ALL),
    "DeploymentApplicationDoNotBelong": _refused(
        "The application is not part of this Deployment: move to a connector version that has it, or replace the "
        "Deployment with one that lists all applications."
    ),
    "DeploymentApplicationRequired": _refused("Name at least one application of the connector."),
    "DeploymentUnknownGlobalConfigurationKey": _refused(_GLOBAL),
    "DeploymentMissingGlobalConfigurationKey": _refused(_GLOBAL),
    "DeploymentEmptyRequiredGlobalConfigurationKey": _refused(
        "Give every required key under `globalConfiguration` a value."
    ),
    "DeploymentInvalidStatusTransition": CodeEntry(
        InvalidStatusTransitionError,
        "A run of this Deployment is under way: run again when it has ended.",
    ),
    "DeploymentConnectorUpdateFailure": _refused(
        "The Deployment could not move to the latest version: check that it is published (staged: previewable) "
        "and that all its required settings have values."
    ),
    "DeploymentApplicationDoesNotExist": _refused("Check the name of the application."),
    "DeploymentLogInvalidDate": _refused("Choose dates within the last 30 days, the start before the end."),
    "DeploymentLogInvalidPageToken": _refused("Start again from the first page."),
    "DeploymentLogMissingApplicationName": _refused("Name one application: AWS regions need it."),
    "DeploymentInvalidRetryPolicy": _refused(
        "Use `immediate`, or `exponential-backoff` with 1 to 600 seconds (least not above most) and, if given, "
        "5 to 100 attempts."
    ),
    "DeploymentRetryPolicyOverrideNotAllowed": _refused(
        "Take `retryPolicy` out of this application: only event applications have one."
    ),
    "DeploymentRollbackNotAllowed": _refused("Choose a revision that the Deployment lists."),
}


_UNKNOWN_REFUSAL = (
    "Correct what the message names; if it says nothing, give the correlation id to the vendor's support."
)
_SERVER_FAILURE = "Run again; if the error persists, give the correlation id to the vendor's support."
NOT_FROM_THE_API = (
    "Check the configured region or URLs, and any proxy between: this does not come from the Connect API."
)
_NOT_THE_API = "Check the configured region or URLs: the API names a code when an object does not exist."

_BY_STATUS: dict[int, CodeEntry] = {
    HTTPStatus.UNAUTHORIZED: _CREDENTIALS,
    HTTPStatus.FORBIDDEN: CodeEntry(ForbiddenError, ""),
    HTTPStatus.NOT_FOUND: CodeEntry(UnexpectedAnswerError, _NOT_THE_API),
    HTTPStatus.TOO_MANY_REQUESTS: CodeEntry(
        RateLimitedError,
        "Run again in some minutes, or with less at once (--parallel).",
    ),
}


def classify(status: int, codes: Sequence[str]) -> CodeEntry:
    """Return the error class and the general remedy for a response with an error envelope.

    The first known code decides (API §0.2). Only a 404 with the code ResourceNotFound is a `NotFoundError`,
    because a caller that gets it forgets the object.
    """
    known = next((CODES[code] for code in codes if code in CODES), None)
    # with a 4xx the code of a server error is a refusal that has no code of its own: permanent (API §19 #1)
    if known is not None and not (known.error is ServerError and status < HTTPStatus.INTERNAL_SERVER_ERROR):
        is_misplaced = known.error is NotFoundError and status != HTTPStatus.NOT_FOUND
        return CodeEntry(RefusedError, known.remedy) if is_misplaced else known
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return CodeEntry(ServerError, _SERVER_FAILURE)
    if status < HTTPStatus.BAD_REQUEST:
        return CodeEntry(UnexpectedAnswerError, _NOT_THE_API)
    if status == HTTPStatus.NOT_FOUND and codes:
        return CodeEntry(RefusedError, _UNKNOWN_REFUSAL)
    return _BY_STATUS.get(status, CodeEntry(RefusedError, _UNKNOWN_REFUSAL))


def classify_page(status: int) -> CodeEntry:
    """Return the same for a response without the envelope, which may come from a proxy or a gateway.

    Only the API itself can say that an object is forbidden or does not exist.
    """
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}:
        return _BY_STATUS[status]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return CodeEntry(ServerError, _SERVER_FAILURE)
    return CodeEntry(UnexpectedAnswerError, NOT_FROM_THE_API)


async def none_if_missing(reading: Awaitable[T]) -> T | None:
    """Return what the read returns, `None` if the API finds no object."""
    try:
        return await reading
    except NotFoundError:
        return None
