"""The engine's own request behind a method call, which Pulumi does not hand on to dynamic providers.

Three things are only there: the resource's URN, the time limit from `custom_timeouts`, and the gRPC context that
can carry an answer's details. They are found by walking up the stack to the frame that serves the RPC. That is
Pulumi's inside, touched here and nowhere else: where the frames do not look as expected there is no call, and all
callers have an answer for that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Final, Protocol, cast

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct

__all__ = ["EngineCall", "current_call"]

MAX_DEPTH: Final = 40
STATUS_DETAILS: Final = "grpc-status-details-bin"


class _Context(Protocol):
    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None: ...


class EngineCall:
    """One RPC of the engine, as far as it can be seen."""

    def __init__(self, request: Message, context: _Context) -> None:
        self._request = request
        self._context = context

    @property
    def urn(self) -> str:
        """The resource's full name, or `""`."""
        urn = getattr(self._request, "urn", "")
        return urn if isinstance(urn, str) else ""

    @property
    def time_limit(self) -> float | None:
        """Seconds that the resource option `custom_timeouts` allows for this operation; `None` if not set."""
        seconds = getattr(self._request, "timeout", None)
        return float(seconds) if isinstance(seconds, (int, float)) and seconds > 0 else None

    @property
    def old_inputs(self) -> Mapping[str, object]:
        """The inputs in the state, which the engine sends along with an update and a delete; else empty."""
        found = getattr(self._request, "old_inputs", None)
        return MessageToDict(found) if isinstance(found, Struct) else {}

    def attach_status(self, status: bytes) -> bool:
        """Send this `google.rpc.Status` with the error that the caller raises next; tell whether it will be."""
        try:
            self._context.set_trailing_metadata(((STATUS_DETAILS, status),))
        except Exception:  # noqa: BLE001 - guarded: without it the plain exception speaks
            return False
        return True


def current_call() -> EngineCall | None:
    """Return the RPC that the calling thread serves, if there is one that looks as expected. Never fails."""
    try:
        for frame in _callers():
            request, context = frame.f_locals.get("request"), frame.f_locals.get("context")
            if _is_engine_request(request) and callable(getattr(context, "set_trailing_metadata", None)):
                return EngineCall(cast(Message, request), cast(_Context, context))
    except Exception:  # noqa: BLE001 - guarded: not being able to look is the same as seeing nothing
        return None
    return None


def _callers() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(2)
    for _ in range(MAX_DEPTH):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def _is_engine_request(value: object) -> bool:
    return isinstance(value, Message) and value.DESCRIPTOR.full_name.startswith("pulumirpc.")
