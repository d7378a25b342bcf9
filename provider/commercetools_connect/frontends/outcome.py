"""Ends of an operation other than success, as the engine reads them and the user sees them.

A `google.rpc.Status` beside an answer carries what its code and text cannot: `ErrorResourceInitFailed` says "the
object exists, it is not as asked, keep it, and come back". gRPC sends it in a header, whose size is limited.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent import futures
from dataclasses import dataclass
from typing import Final, Generic, TextIO, TypeVar

import grpc
from google.protobuf.struct_pb2 import Struct

from commercetools_connect.core.errors import InitFailedError, InternalError, ProviderError
from commercetools_connect.core.text import DETAILS_LIMIT, capped_reasons, capped_text, largest_left_out
from commercetools_connect.frontends.protocol import provider_pb2, status_pb2

T = TypeVar("T")

STATUS_DETAILS: Final = "grpc-status-details-bin"
"""Name of the header with the status."""

CANCELLED: Final = (asyncio.CancelledError, futures.CancelledError)
"""How a coroutine ends that is stopped, for whom waits on the event loop and for whom waits on a thread."""

RESERVED_FOR_REASONS: Final = 256 * 1024


class Finished(Generic[T]):
    """How a coroutine ended; kept as a value, because `SystemExit` in a task would end the event loop."""

    def __init__(self, value: T | None = None, error: BaseException | None = None) -> None:
        self._value = value
        self.error = error

    @classmethod
    async def of(cls, work: Coroutine[object, object, T]) -> Finished[T]:
        """Run a coroutine to its end. Raises nothing but `asyncio.CancelledError`."""
        try:
            return cls(value=await work)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - asyncio would end the loop on SystemExit
            return cls(error=error)

    @property
    def value(self) -> T:
        """What it returned; raises what it raised."""
        if self.error is not None:
            raise self.error
        return self._value  # type: ignore[return-value]  # without an error there is one


@dataclass(frozen=True)
class Failure:
    """An answer that is an error. `init_failed` is set when the engine shall keep the object."""

    code: grpc.StatusCode
    message: str
    init_failed: provider_pb2.ErrorResourceInitFailed | None = None

    @property
    def status(self) -> bytes:
        """The `google.rpc.Status`. Its code is the answer's own; else the engine drops the details."""
        status = status_pb2.Status(code=self.code.value[0], message=self.message)
        if self.init_failed is not None:
            status.details.add().Pack(self.init_failed)
        return status.SerializeToString()


def error_message(error: BaseException, doing: str, log: TextIO | None = None) -> str:
    """Return the text for the user of an error that ended `doing`, such as "the update of Deployment api".

    The text of an unexpected error is not shown: it may quote a secret. The message then has the error's type,
    place and an id; under that id the frames go to `log`, where there is one.
    """
    if isinstance(error, InitFailedError):
        return "\n".join(capped_reasons(error.reasons))
    if isinstance(error, ProviderError):
        return capped_text(str(error))
    if isinstance(error, CANCELLED):
        return (
            f"{doing} was interrupted. What was asked of commercetools goes on there. Run `pulumi up` again: it "
            "looks first, and goes on from what it finds."
        )
    unexpected = InternalError(error, doing)
    if log is not None:
        print(unexpected.frames, file=log, flush=True)
    return unexpected.message


def init_failed(
    code: grpc.StatusCode, id_: str, properties: Struct, inputs: Struct, reasons: Sequence[str]
) -> Failure:
    """Return the answer for an object that exists and is not as asked."""
    shown = capped_reasons(reasons)
    detail = provider_pb2.ErrorResourceInitFailed(id=id_, properties=properties, inputs=inputs, reasons=shown)
    if detail.ByteSize() > DETAILS_LIMIT:
        # The engine needs the inputs only in the answer to a read; the next update sends a missing output again.
        detail.ClearField("inputs")
        fields = dict(detail.properties.fields)
        internal = frozenset(name for name in fields if name.startswith("__"))
        left = largest_left_out(
            fields, lambda value: value.ByteSize(), DETAILS_LIMIT - RESERVED_FOR_REASONS, internal
        )
        for name in fields.keys() - left.keys():
            del detail.properties.fields[name]
    return Failure(code, "\n".join(shown), detail)
