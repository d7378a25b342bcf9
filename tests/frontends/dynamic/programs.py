"""Programs without an engine: run as `pulumi up` or `pulumi preview` would, and what they register."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import settings
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.rpc_manager import RPCManager

__all__ = ["Monitor", "program_runtime", "run_program"]

COMPUTED = {"connectorVersion": 3, "urls": {"my_app": "https://x"}, "connectorId": "c-1", "publishedTag": "v1"}


class Answers(Mocks):
    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        # The output `targets` of a Rollout is another thing than its input.
        targets: dict[str, Any] = {"targets": {}} if "targets" in args.inputs else {}
        return f"{args.name}-id", {**args.inputs, **targets, **COMPUTED}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], None]:
        return {}, None


class Monitor:
    """Keeps what programs register, as it is on the wire.

    It is not a `MockMonitor` itself: to the provider, its programs run as they do under an engine.
    """

    def __init__(self) -> None:
        self._mocks = MockMonitor(Answers())
        self.requests: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mocks, name)

    def RegisterResource(self, request: Any) -> Any:
        self.requests.append(request)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # or Pulumi makes one for each of its threads, and closes none
        try:
            return self._mocks.RegisterResource(request)
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    def request(self, name: str) -> Any:
        return next(request for request in self.requests if request.name == name)

    def inputs(self, name: str) -> dict[str, Any]:
        return MessageToDict(self.request(name).object)


@contextmanager
def program_runtime() -> Iterator[None]:
    """Give Pulumi's SDK an event loop and a state of its own, as a new process has.

    Its state outlives a program: without this, the stack that the first one made would be the parent of all
    resources of the later ones, although the loop that completes it is closed.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    _forget_program()
    try:
        yield
    finally:
        waiting = asyncio.all_tasks(loop)  # what a program that has failed left waiting
        for task in waiting:
            task.cancel()
        if waiting:
            loop.run_until_complete(asyncio.wait(waiting, timeout=1))
        loop.run_until_complete(loop.shutdown_default_executor())  # threads of calls that are under way
        _forget_program()
        asyncio.set_event_loop(None)
        loop.close()


def _forget_program() -> None:
    settings.SETTINGS.rpc_manager, settings.SETTINGS.outputs = RPCManager(), set()
    settings.ROOT.set(None)


def run_program(program: Callable[[], object], *, preview: bool = False) -> Monitor:
    """Run it to its end and return what it registered."""
    monitor = Monitor()
    with program_runtime():
        double: Any = monitor  # only in its methods a monitor of mocks
        pulumi.runtime.set_mocks(Answers(), project="acme", stack="dev", preview=preview, monitor=double)
        pulumi.runtime.test(program)()
    return monitor
