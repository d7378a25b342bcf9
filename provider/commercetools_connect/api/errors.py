"""The branch of the error tree that calls of the API end in.

    ProviderError
    └── ApiError                          a call did not do what it should
        ├── NetworkError                  no answer: refused, broken, timed out
        ├── UnexpectedAnswerError         an answer that is not the API's: a page, a fragment, another shape
        ├── RateLimitedError              429: nothing was processed
        ├── ServerError                   5xx, General, BadGateway: a write may have had its effect
        ├── AuthenticationFailedError     401: the credentials or the token are not accepted
        ├── ForbiddenError                403: the credentials do not reach that far
        └── RefusedError                  the API understood and said no
            ├── NotFoundError             404 with the code ResourceNotFound: gone, or never there
            ├── ConcurrentModificationError   someone else changed the object: read again
            ├── DuplicateFieldError       the key is taken
            └── InvalidStatusTransitionError  a run of the object is under way

Which class an answer becomes is decided by its code; by its status only where a code says nothing (API §0.2).
`codes` holds the table. None of these carries a body, a header, a token or a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commercetools_connect.contract.errors import ProviderError

__all__ = [
    "ApiError",
    "AuthenticationFailedError",
    "ConcurrentModificationError",
    "DuplicateFieldError",
    "ErrorDetails",
    "ForbiddenError",
    "InvalidStatusTransitionError",
    "NetworkError",
    "NotFoundError",
    "RateLimitedError",
    "RefusedError",
    "ServerError",
    "UnexpectedAnswerError",
]


@dataclass(frozen=True)
class ErrorDetails:
    """What an error envelope tells besides code and message (API §11.2); `""` and `None`: not told."""

    field: str = ""
    value: str = ""
    duplicate_value: str = ""
    expected_version: int | None = None
    current_version: int | None = None
    explanation: str = ""


class ApiError(ProviderError):
    """A call of the API did not do what it should.

    - `status`: of the HTTP answer; `None` when there was none.
    - `codes`: of the entries of the envelope, in order; `code` is the first, or `""`.
    - `correlation_id`: what the vendor's support asks for.
    - `uncertain`: it was a write, and it may have had its effect: look before doing it again.
    - `transient`: the same call may succeed later, as it is.
    - `timed_out`: the time for an answer ended first.
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
        details: ErrorDetails | None = None,
    ) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.codes = tuple(codes)
        self.correlation_id = correlation_id
        self.uncertain = uncertain
        self.transient = transient
        self.timed_out = timed_out
        self.retry_after = retry_after
        self.details = details or ErrorDetails()

    @property
    def code(self) -> str:
        """The first code of the envelope, `""` if there is none."""
        return self.codes[0] if self.codes else ""


class NetworkError(ApiError):
    """There was no answer: the host was not reached, the connection broke, or the time ended first."""


class UnexpectedAnswerError(ApiError):
    """The answer is not one that the API gives: an HTML page, a fragment, an object of another shape."""


class RateLimitedError(ApiError):
    """Too many calls; this one was not processed."""


class ServerError(ApiError):
    """The server, or a gateway before it, is in trouble."""


class AuthenticationFailedError(ApiError):
    """The credentials, or a token made from them just now, are not accepted."""


class ForbiddenError(ApiError):
    """The credentials are good, but not for this."""


class RefusedError(ApiError):
    """The API understood the call and refused it; nothing changed. Repeating it as it is will not help."""


class NotFoundError(RefusedError):
    """The API says, in its own words, that the object does not exist."""


class ConcurrentModificationError(RefusedError):
    """The object has another version than the one the update was made for (API §10)."""


class DuplicateFieldError(RefusedError):
    """A value that must be unique is taken, normally the key."""


class InvalidStatusTransitionError(RefusedError):
    """The Deployment is in a status from which this is not possible (API §6.1)."""
