"""Ends other than success, in the form that the engine understands.

The code of an answer says to the engine whether it still knows the resource: UNKNOWN, INTERNAL and DATA_LOSS mean
"its state may be broken". An understood error has none of these. `Partial` goes out as `ErrorResourceInitFailed`:
"it exists, it is not as asked, keep it, and come back".
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final, TextIO

import grpc

from commercetools_connect.api import errors as api
from commercetools_connect.contract import errors
from commercetools_connect.contract.results import State
from commercetools_connect.contract.unforeseen import Unforeseen
from commercetools_connect.plugin.codec import encode_tree
from commercetools_connect.plugin.protocol import provider_pb2, status_pb2

__all__ = ["DETAILS", "CutShortError", "Failure", "describe_failure", "init_failed"]

DETAILS: Final = "grpc-status-details-bin"


class CutShortError(errors.ProviderError):
    """The engine asked to stop, and a call of commercetools did not end in the time that was left."""


CODES: Final = {
    errors.ProviderError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.InvalidInputError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.ConfigurationError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.ConflictError: grpc.StatusCode.ALREADY_EXISTS,
    errors.GoneError: grpc.StatusCode.NOT_FOUND,
    errors.WaitTimedOutError: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.WaitCancelledError: grpc.StatusCode.ABORTED,
    CutShortError: grpc.StatusCode.ABORTED,
    # UNAVAILABLE would speak of this process; it is commercetools that could not be reached.
    api.NetworkError: grpc.StatusCode.ABORTED,
    api.ServerError: grpc.StatusCode.ABORTED,
    api.RateLimitedError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    api.AuthenticationFailedError: grpc.StatusCode.UNAUTHENTICATED,
    api.ForbiddenError: grpc.StatusCode.PERMISSION_DENIED,
    api.NotFoundError: grpc.StatusCode.NOT_FOUND,
    api.ConcurrentModificationError: grpc.StatusCode.ABORTED,
    api.DuplicateFieldError: grpc.StatusCode.ALREADY_EXISTS,
}
"""Class of an understood error → code; a class that is not named has the code of its nearest parent."""


@dataclass(frozen=True)
class Failure:
    """An answer that is an error: what the engine reads, and what the user sees."""

    code: grpc.StatusCode
    message: str
    details: bytes | None = None

    @property
    def metadata(self) -> tuple[tuple[str, bytes], ...]:
        """What goes along with the answer."""
        return ((DETAILS, self.details),) if self.details is not None else ()


def describe_failure(error: BaseException, doing: str, log: TextIO | None = None) -> Failure:
    """Return the answer to an error that ended `doing`, such as "the update of Deployment api".

    Of an error that nobody foresaw it tells type, place and an id; under that id the way to it is written to
    `log` (standard error, which the engine shows with `--logtostderr -v=9`), also without the error's text.
    """
    if isinstance(error, errors.Partial):
        return Failure(grpc.StatusCode.FAILED_PRECONDITION, "\n".join(error.reasons))
    if isinstance(error, errors.ProviderError):
        return Failure(_code(error), str(error))
    unforeseen = Unforeseen(error, doing)
    print(unforeseen.way, file=log or sys.stderr, flush=True)
    return Failure(grpc.StatusCode.INTERNAL, unforeseen.message)


def init_failed(partial: errors.Partial, sealed: State) -> Failure:
    """Return the answer for an object that exists and is not as asked; `sealed` is its state, ready to be sent."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=sealed.id,
        properties=encode_tree(sealed.outputs),
        inputs=encode_tree(sealed.inputs),
        reasons=list(partial.reasons),
    )
    code = grpc.StatusCode.FAILED_PRECONDITION
    message = "\n".join(partial.reasons)
    # The code in the details must be the answer's own, or the engine's library drops the details.
    status = status_pb2.Status(code=code.value[0], message=message)
    status.details.add().Pack(detail)
    return Failure(code, message, status.SerializeToString())


def _code(error: errors.ProviderError) -> grpc.StatusCode:
    return next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)
