"""Calls of the engine that are no operation on a resource."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import grpc
import pytest

from commercetools_connect.frontends.plugin import servicer
from commercetools_connect.frontends.plugin.engine import EngineLink
from commercetools_connect.frontends.plugin.operations import Operations
from commercetools_connect.frontends.plugin.servicer import ConnectServicer
from commercetools_connect.frontends.protocol import provider_pb2

CANARY = "c4n4ry-5ecret"


class AbortedError(Exception):
    """What gRPC raises in an RPC that ends in an error."""


class Context:
    """The context of an RPC."""

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        raise AssertionError(metadata)

    async def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise AbortedError(f"{code.name}: {details}")

    def add_done_callback(self, callback: Callable[[object], None]) -> None:
        pass


def test_a_schema_that_cannot_be_read_is_reported_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise KeyError(CANARY)

    async def ask() -> None:
        provider = ConnectServicer(EngineLink(), Operations(), None)
        await provider.GetSchema(provider_pb2.GetSchemaRequest(), Context())

    monkeypatch.setattr(servicer, "served_schema", broken)
    with pytest.raises(AbortedError, match=r"INTERNAL: .* in the schema of the package") as caught:
        asyncio.run(ask())

    assert CANARY not in str(caught.value)
