"""Calls of the engine that are no operation on a resource."""

from __future__ import annotations

import asyncio

import pytest

from commercetools_connect.frontends.plugin import servicer
from commercetools_connect.frontends.plugin.engine import EngineLink
from commercetools_connect.frontends.plugin.operations import Operations
from commercetools_connect.frontends.plugin.servicer import ConnectServicer
from commercetools_connect.frontends.protocol import provider_pb2
from tests.frontends.plugin.calls import AbortedError, Call

CANARY = "c4n4ry-5ecret"


def test_a_schema_that_cannot_be_read_is_reported_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise KeyError(CANARY)

    async def ask() -> None:
        provider = ConnectServicer(EngineLink(), Operations(), None)
        await provider.GetSchema(provider_pb2.GetSchemaRequest(), Call())

    monkeypatch.setattr(servicer, "served_schema", broken)
    with pytest.raises(AbortedError, match=r"INTERNAL: .* in the schema of the package") as caught:
        asyncio.run(ask())

    assert CANARY not in str(caught.value)
