"""Programs without an engine: run as `pulumi up` or `pulumi preview` would, and what they register."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks

__all__ = ["Monitor", "run_program"]

COMPUTED = {"connectorVersion": 3, "urls": {"my_app": "https://x"}, "connectorId": "c-1", "publishedTag": "v1"}


class Answers(Mocks):
    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", {**args.inputs, **COMPUTED}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], None]:
        return {}, None


class Monitor(MockMonitor):
    """Keeps what programs register, as it is on the wire."""

    def __init__(self) -> None:
        super().__init__(Answers())
        self.requests: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:
        self.requests.append(request)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # or Pulumi makes one for each of its threads, and closes none
        try:
            return super().RegisterResource(request)
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    def request(self, name: str) -> Any:
        return next(request for request in self.requests if request.name == name)

    def inputs(self, name: str) -> dict[str, Any]:
        return MessageToDict(self.request(name).object)


def run_program(program: Callable[[], object], *, preview: bool = False) -> Monitor:
    """Run it to its end and return what it registered."""
    monitor = Monitor()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        pulumi.runtime.set_mocks(Answers(), project="acme", stack="dev", preview=preview, monitor=monitor)
        pulumi.runtime.test(program)()
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    return monitor
