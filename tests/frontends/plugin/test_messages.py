"""Messages to the engine's own server."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from commercetools_connect.core.resource import Cancellation
from commercetools_connect.frontends.plugin.engine import LOG_LIMIT, EngineLink, EngineReporter
from commercetools_connect.frontends.protocol import engine_pb2, engine_pb2_grpc


def test_a_message_that_cannot_be_sent_does_not_hold_up_those_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After any error of the sending, the next warning of the operation reaches the user before its answer."""
    arrived: list[str] = []

    async def log(message: engine_pb2.LogRequest, **_: float) -> None:
        if message.message == "broken":
            raise ValueError("this message cannot be written")
        arrived.append(message.message)

    async def speak() -> None:
        link = EngineLink()
        await link.connect("127.0.0.1:1")
        reporter = EngineReporter(link, "urn:pulumi:dev::acme::x:index:Y::z")
        reporter.info("broken")
        reporter.warning("heads up")
        await asyncio.wait_for(reporter.flush(Cancellation()), LOG_LIMIT / 2)
        await link.aclose()

    monkeypatch.setattr(engine_pb2_grpc, "EngineStub", lambda _: SimpleNamespace(Log=log))
    asyncio.run(speak())

    assert arrived == ["heads up"]
