"""An RPC as a servicer sees it, without gRPC."""

from __future__ import annotations

from collections.abc import Callable

import grpc

__all__ = ["AbortedError", "Call"]


class AbortedError(Exception):
    """What gRPC raises in an RPC that ends in an error."""


class Call:
    """The context of an RPC, which is answered by `answer`."""

    def __init__(self) -> None:
        self.answer: Callable[[object], None] = lambda _: None

    def add_done_callback(self, callback: Callable[[object], None]) -> None:
        self.answer = callback

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        raise AssertionError(metadata)

    async def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise AbortedError(f"{code.name}: {details}")
