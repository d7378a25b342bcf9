"""Ends other than success, in the form that the engine understands.

Since SDK 3.260 or so an exception in a dynamic provider reaches the user as a Python traceback. If the answer
carries a `google.rpc.Status`, the engine shows that one's message instead, as it is. The same way carries
`ErrorResourceInitFailed`, for which dynamic providers have no API: "it exists, it is not as asked, keep it, and
come back". The status code must be 2 (UNKNOWN), the code of every error of a dynamic provider, or the engine
rejects the details. Without a call to attach them to, the plain exception says everything that a user must know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError
from typing import Final

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.output import Unknown
from pulumi.runtime.proto import provider_pb2, status_pb2
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_TEXT

from commercetools_connect.contract.errors import Partial, ProviderError
from commercetools_connect.contract.unforeseen import Unforeseen
from commercetools_connect.dynamic.calls import EngineCall

__all__ = ["OperationFailed", "describe", "failed", "init_failed"]

UNKNOWN_CODE: Final = 2


class OperationFailed(Exception):  # noqa: N818 - Pulumi shows this name in front of the message in some versions
    """What a provider method raises; its text is for the user, and nothing else of it matters."""


def describe(error: BaseException, doing: str) -> str:
    """Return what to tell the user about an error that ended `doing`, such as "the update of Deployment api".

    The text of an error that nobody foresaw is not told: it may quote a value, and the value may be secret.
    """
    if isinstance(error, ProviderError):
        return str(error)
    if isinstance(error, Partial):
        return "\n".join(error.reasons)
    if isinstance(error, CancelledError):
        return f"{doing} was interrupted: the engine ended. What was asked of commercetools goes on there."
    # The way to it is not logged: the engine shows whatever this process prints.
    return Unforeseen(error, doing).message


def failed(call: EngineCall | None, message: str) -> OperationFailed:
    """Return the exception to raise for an operation that failed and left nothing behind."""
    if call is not None:
        call.attach_status(status_pb2.Status(code=UNKNOWN_CODE, message=message).SerializeToString())
    return OperationFailed(message)


def init_failed(
    call: EngineCall,
    id_: str,
    properties: Mapping[str, object],
    inputs: Mapping[str, object],
    reasons: Sequence[str],
) -> OperationFailed | None:
    """Return the exception for an object that exists and is not as asked; `None` if that cannot be said."""
    try:
        detail = provider_pb2.ErrorResourceInitFailed(
            id=id_, properties=_struct(properties), inputs=_struct(inputs), reasons=list(reasons)
        )
        status = status_pb2.Status(code=UNKNOWN_CODE, message="\n".join(reasons))
        status.details.add().Pack(detail)
        if not call.attach_status(status.SerializeToString()):
            return None
    except Exception:  # noqa: BLE001 - guarded: the caller has a harmless answer
        return None
    return OperationFailed("\n".join(reasons))


def _struct(properties: Mapping[str, object]) -> Struct:
    known = {name: _known(value) for name, value in properties.items() if value is not None}
    return ParseDict(known, Struct())


def _known(value: object) -> object:
    if isinstance(value, Unknown):
        return UNKNOWN_TEXT
    if isinstance(value, Mapping):
        return {key: _known(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_known(child) for child in value]
    return value
