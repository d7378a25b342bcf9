"""Which error an answer in the API's envelope is: decided by its code, by its status where no code helps. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from commercetools_connect.api.codes import CODES, CodeEntry
from commercetools_connect.api.errors import (
    ApiError,
    AuthenticationFailedError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    ServerError,
    UnexpectedAnswerError,
)
from commercetools_connect.api.repeats import Trouble

__all__ = ["NOT_FROM_THE_API", "ruling", "ruling_of_page", "trouble_of"]

_UNKNOWN_REFUSAL = (
    "Correct what the message names; if it says nothing, give the correlation id to the vendor's support."
)
_SERVER_TROUBLE = "Run again; if it stays, give the correlation id to the vendor's support."
NOT_FROM_THE_API = (
    "Check the configured region or URLs, and any proxy between: this does not come from the Connect API."
)
_NOT_THE_API = "Check the configured region or URLs: the API names a code when an object does not exist."

_BY_STATUS: dict[int, CodeEntry] = {
    httpx.codes.UNAUTHORIZED: CodeEntry(
        AuthenticationFailedError,
        CODES["AuthenticationError"].remedy,
    ),
    httpx.codes.FORBIDDEN: CodeEntry(ForbiddenError, ""),
    httpx.codes.NOT_FOUND: CodeEntry(UnexpectedAnswerError, _NOT_THE_API),
    httpx.codes.TOO_MANY_REQUESTS: CodeEntry(
        RateLimitedError,
        "Run again in some minutes, or with less at once (--parallel).",
    ),
}


def ruling(status: int, codes: Sequence[str]) -> CodeEntry:
    """Return the error class and the general remedy for an answer.

    The first known code decides (API §0.2). Only a 404 that says ResourceNotFound is a `NotFoundError`, because
    "it is gone" lets a caller forget an object.
    """
    known = next((CODES[code] for code in codes if code in CODES), None)
    if known is None or (known.error is ServerError and status < httpx.codes.INTERNAL_SERVER_ERROR):
        # under a 4xx a code of server trouble is a refusal that has no code of its own: permanent (API §19 #1)
        return _by_status(status, codes)
    if known.error is NotFoundError and status != httpx.codes.NOT_FOUND:
        return CodeEntry(RefusedError, known.remedy)
    return known


def ruling_of_page(status: int) -> CodeEntry:
    """Return the same for an answer without the envelope, which may come from anyone on the way.

    Nobody but the API can say that an object is forbidden or not there.
    """
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.TOO_MANY_REQUESTS}:
        return _BY_STATUS[status]
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return CodeEntry(ServerError, _SERVER_TROUBLE)
    return CodeEntry(UnexpectedAnswerError, NOT_FROM_THE_API)


def trouble_of(error: type[ApiError], status: int) -> Trouble:
    """Return which trouble an answer is, by the error that it was ruled to be."""
    if issubclass(error, ServerError) or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Trouble.SERVER
    if issubclass(error, RateLimitedError) or status == httpx.codes.TOO_MANY_REQUESTS:
        return Trouble.THROTTLED
    return Trouble.NOT_THE_API if issubclass(error, UnexpectedAnswerError) else Trouble.REFUSED


def _by_status(status: int, codes: Sequence[str]) -> CodeEntry:
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return CodeEntry(ServerError, _SERVER_TROUBLE)
    if status < httpx.codes.BAD_REQUEST:
        return CodeEntry(UnexpectedAnswerError, _NOT_THE_API)
    if status == httpx.codes.NOT_FOUND and codes:
        return CodeEntry(RefusedError, _UNKNOWN_REFUSAL)
    return _BY_STATUS.get(status, CodeEntry(RefusedError, _UNKNOWN_REFUSAL))
