"""The two frontends in this process, each behind a gRPC server, as an engine would meet them.

A run of the engine is a fresh provider, as it is a fresh process outside of tests; what it knows comes from the
state that the engine hands over.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import importlib.util
import io
import queue
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.dynamic.providers import load
from commercetools_connect.frontends.dynamic import rpc
from commercetools_connect.frontends.dynamic.config import Sessions
from commercetools_connect.frontends.dynamic.loop import LOOP
from commercetools_connect.frontends.plugin.engine import EngineLink
from commercetools_connect.frontends.plugin.operations import Operations
from commercetools_connect.frontends.plugin.servicer import ConnectServicer
from commercetools_connect.resources.keys import derive_key

__all__ = ["FRONTENDS", "DynamicFrontend", "Frontend", "PluginFrontend"]

PROJECT, STACK = "shop", "dev"
NAMESPACE = "commercetools-connect"
Stub = provider_pb2_grpc.ResourceProviderStub
Message = tuple[str, str]


class Frontend(Protocol):
    """What an engine must know of a frontend."""

    name: str
    accepts_secrets: bool
    previews: bool

    def run(self, config: Mapping[str, object]) -> contextlib.AbstractContextManager[Stub]: ...

    def urn(self, kind: str, name: str) -> str: ...

    def dressed(self, kind: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]: ...

    def said(self) -> list[Message]: ...


def struct(tree: Mapping[str, object]) -> Struct:
    return ParseDict(dict(tree), Struct())


@contextmanager
def _calls(port: int) -> Iterator[Stub]:
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_metadata_size", 1 << 22)]) as channel:
        yield Stub(channel)


class PluginFrontend:
    """`pulumi-resource-commercetools-connect`."""

    name = "plugin"
    accepts_secrets = True
    previews = True

    def __init__(self) -> None:
        self._heard: queue.Queue[Message] = queue.Queue()

    @contextmanager
    def run(self, config: Mapping[str, object]) -> Iterator[Stub]:
        with _engine_server(self._hear) as address, _loop() as within:
            server, servicer, link = within(self._serve())
            try:
                with _calls(server.port) as stub:
                    stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address=address))
                    stub.Configure(provider_pb2.ConfigureRequest(args=struct(config)))
                    yield stub
            finally:
                within(_close(server, servicer, link))

    def urn(self, kind: str, name: str) -> str:
        return f"urn:pulumi:{STACK}::{PROJECT}::{NAMESPACE}:index:{kind}::{name}"

    def dressed(self, kind: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return dict(inputs)

    def said(self) -> list[Message]:
        """Return what was said since the last question, line by line, as the other frontend prints it."""
        said = []
        while not self._heard.empty():
            level, text = self._heard.get()
            lines = text.split("\n") if level == "info" else [text]
            said += [(level, escape_untrusted(line)) for line in lines]
        return said

    def _hear(self, request: engine_pb2.LogRequest) -> None:
        if not request.ephemeral:
            level = "warning" if request.severity == engine_pb2.WARNING else "info"
            self._heard.put((level, request.message))

    @staticmethod
    async def _serve() -> tuple[Any, ConnectServicer, EngineLink]:
        link = EngineLink()
        servicer = ConnectServicer(link, Operations(), None)
        server = grpc.aio.server()
        server.port = server.add_insecure_port("127.0.0.1:0")
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
        await server.start()
        return server, servicer, link


class DynamicFrontend:
    """Pulumi's own `python -m pulumi.dynamic` around the dynamic resources."""

    name = "dynamic"
    accepts_secrets = False
    previews = False

    def __init__(self) -> None:
        self._printed = io.StringIO()

    @contextmanager
    def run(self, config: Mapping[str, object]) -> Iterator[Stub]:
        rpc._SESSIONS = sessions = Sessions({})
        server = grpc.server(futures.ThreadPoolExecutor(4))
        servicer = _pulumi_dynamic().DynamicResourceProviderServicer()
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        args = struct({f"{NAMESPACE}:{name}": value for name, value in config.items()})
        try:
            with contextlib.redirect_stdout(self._printed), _calls(port) as stub:
                stub.Configure(provider_pb2.ConfigureRequest(args=args, acceptSecrets=True))
                yield stub
        finally:
            LOOP.run(sessions.aclose())
            server.stop(None).wait()

    def urn(self, kind: str, name: str) -> str:
        return f"urn:pulumi:{STACK}::{PROJECT}::pulumi-python:dynamic/{NAMESPACE}:{kind}::{name}"

    def dressed(self, kind: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the Python class of that kind registers."""
        declaration = {"name": name, "derivedKey": derive_key(PROJECT, STACK, name), "timeLimits": {}}
        return {"__provider": serialize_provider(load(kind)), "__declaration": declaration, **inputs}

    def said(self) -> list[Message]:
        """Return what was printed since the last question, without the resource's name in front."""
        lines = self._printed.getvalue().splitlines()
        self._printed.seek(0)
        self._printed.truncate()
        said = [re.fullmatch(r"(?:\w+ [\w-]+: )(warning: )?(.*)", line) for line in lines]
        return [("warning" if each[1] else "info", each[2]) for each in said if each]


FRONTENDS: tuple[type[Frontend], ...] = (PluginFrontend, DynamicFrontend)


def _pulumi_dynamic() -> ModuleType:
    """Return Pulumi's module, loaded again, without its last line, which would serve for ever."""
    spec = importlib.util.find_spec("pulumi.dynamic.__main__")
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    last = tree.body.pop()
    assert ast.unparse(last) == "main()"
    module = importlib.util.module_from_spec(spec)
    exec(compile(tree, spec.origin, "exec"), vars(module))
    return module


@contextmanager
def _loop() -> Iterator[Callable[[Any], Any]]:
    """Give a way to run coroutines on an event loop of its own thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


async def _close(server: Any, servicer: ConnectServicer, link: EngineLink) -> None:
    await server.stop(None)
    await asyncio.gather(servicer.aclose(), link.aclose())


@contextmanager
def _engine_server(hear: Callable[[engine_pb2.LogRequest], None]) -> Iterator[str]:
    class EngineLog(engine_pb2_grpc.EngineServicer):
        def Log(self, request: engine_pb2.LogRequest, context: object) -> Empty:
            hear(request)
            return Empty()

    server = grpc.server(futures.ThreadPoolExecutor(1))
    engine_pb2_grpc.add_EngineServicer_to_server(EngineLog(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
