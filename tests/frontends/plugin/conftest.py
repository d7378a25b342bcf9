"""The other side of the frontend: an engine, as far as a gRPC client and a small server can be one."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent import futures
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

import commercetools_connect
from tests.frontends.plugin.fake_core import CANARY
from tests.support.marks import SECRETS_MARK, SIGNATURE

DRIVER = Path(__file__).parent / "driver.py"
SOURCES = Path(commercetools_connect.__file__).parents[1]
URN = "urn:pulumi:dev::acme::commercetools-connect:index:Deployment::api"
CONFIG = {"clientId": "me", "clientSecret": CANARY, "projectKey": "acme", "version": "0.1.0"}
LIMIT = 60


def struct(tree: Mapping[str, object]) -> Struct:
    return ParseDict(dict(tree), Struct())


def plain(message: Struct) -> dict[str, Any]:
    return MessageToDict(message)


def secret(value: object) -> dict[str, object]:
    return {SIGNATURE: SECRETS_MARK, "value": value}


class Failure:
    """An RPC that ended in an error, as the engine would read it."""

    def __init__(self, error: grpc.RpcError) -> None:
        self.code = error.code()
        self.text = error.details() or ""
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        self.status = status_pb2.Status.FromString(details) if details is not None else None

    @property
    def init_failed(self) -> provider_pb2.ErrorResourceInitFailed:
        found = provider_pb2.ErrorResourceInitFailed()
        assert self.status is not None
        assert self.status.code == self.code.value[0]
        assert self.status.details[0].Unpack(found)
        return found


class EngineServer(engine_pb2_grpc.EngineServicer):
    """The engine's own server, which providers talk to."""

    def __init__(self) -> None:
        self.heard: queue.Queue[engine_pb2.LogRequest] = queue.Queue()
        self.takes_messages = threading.Event()
        self.takes_messages.set()
        self.server = grpc.server(futures.ThreadPoolExecutor(4))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self.server)
        self.address = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()

    def Log(self, request: engine_pb2.LogRequest, context: object) -> Empty:
        self.heard.put(request)
        self.takes_messages.wait(LIMIT)
        return Empty()


class Engine:
    """Starts a provider process and calls it."""

    def __init__(self, *arguments: str, address: bool = True, configured: bool = True, **environ: str) -> None:
        self.listener = EngineServer()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, str(DRIVER), *arguments, *([self.listener.address] if address else [])],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCES), **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a process group of its own, as engines give it
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.stdout, self.stderr = self.process.stdout, self.process.stderr
        self.port = int(self.stdout.readline())
        self.errors: list[str] = []
        self._reader = threading.Thread(target=lambda: self.errors.extend(self.stderr), daemon=True)
        self._reader.start()
        self.channel = grpc.insecure_channel(
            f"127.0.0.1:{self.port}", options=[("grpc.max_metadata_size", 1 << 22)]
        )
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        if configured:
            self.handshake()
            self.configure(CONFIG)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.channel.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(LIMIT)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(LIMIT)
            self.stdout.close()
            self.stderr.close()
            self.listener.server.stop(0)

    def ends(self, within: float = LIMIT) -> int:
        """Return the exit code of a process that must end by itself."""
        return self.process.wait(within)

    def collect_errors(self) -> None:
        """Wait for the last line on standard error of a process that has ended."""
        self._reader.join(LIMIT)

    def handshake(self) -> provider_pb2.ProviderHandshakeResponse:
        request = provider_pb2.ProviderHandshakeRequest(engine_address=self.listener.address)
        answer: provider_pb2.ProviderHandshakeResponse = self.stub.Handshake(request, timeout=LIMIT)
        return answer

    def attach(self) -> None:
        self.stub.Attach(plugin_pb2.PluginAttach(address=self.listener.address), timeout=LIMIT)

    def configure(self, config: Mapping[str, object], id_: str | None = None) -> provider_pb2.ConfigureResponse:
        """Configure it; `id_` is what the state calls the provider, `None` for callers that are no engine."""
        request = provider_pb2.ConfigureRequest(args=struct(config), id=id_)
        answer: provider_pb2.ConfigureResponse = self.stub.Configure(request, timeout=LIMIT)
        return answer

    def cancel(self) -> None:
        self.stub.Cancel(Empty(), timeout=LIMIT)

    def check(self, news: Mapping[str, object], olds: Mapping[str, object] | None = None, urn: str = URN) -> Any:
        request = provider_pb2.CheckRequest(urn=urn, olds=struct(olds or {}), news=struct(news))
        return self.stub.Check(request, timeout=LIMIT)

    def diff(self, olds: Mapping[str, object], news: Mapping[str, object], **more: Any) -> Any:
        properties = {"olds": struct(olds), "news": struct(news), "old_inputs": struct(olds)}
        request = provider_pb2.DiffRequest(**{"id": "p/id-1", "urn": URN, **properties, **more})
        return self.stub.Diff(request, timeout=LIMIT)

    def create(self, tree: Mapping[str, object], **more: Any) -> Any:
        return self.stub.Create(self.create_request(tree, **more), timeout=LIMIT)

    def create_in_background(self, tree: Mapping[str, object]) -> Any:
        return self.stub.Create.future(self.create_request(tree), timeout=LIMIT)

    def create_request(self, tree: Mapping[str, object], **more: Any) -> provider_pb2.CreateRequest:
        return provider_pb2.CreateRequest(**{"urn": URN, "properties": struct(tree), **more})

    def update(self, olds: Mapping[str, object], news: Mapping[str, object], **more: Any) -> Any:
        properties = {"olds": struct(olds), "news": struct(news), "old_inputs": struct(olds)}
        request = provider_pb2.UpdateRequest(**{"id": "p/id-1", "urn": URN, **properties, **more})
        return self.stub.Update(request, timeout=LIMIT)

    def read(self, tree: Mapping[str, object], id_: str = "p/id-1", urn: str = URN) -> Any:
        request = provider_pb2.ReadRequest(id=id_, urn=urn, properties=struct(tree), inputs=struct(tree))
        return self.stub.Read(request, timeout=LIMIT)

    def delete(self, tree: Mapping[str, object], urn: str = URN, id_: str = "p/id-1") -> Any:
        request = provider_pb2.DeleteRequest(id=id_, urn=urn, properties=struct(tree))
        return self.stub.Delete(request, timeout=LIMIT)

    def call(self, method: str, tree: Mapping[str, object], **more: Any) -> Any:
        """Call any method with the same properties."""
        if method in ("diff", "update"):
            return getattr(self, method)(tree, tree, **more)
        return getattr(self, method)(tree, **more)

    def failure(self, method: str, tree: Mapping[str, object], **more: Any) -> Failure:
        """Call a method that must fail."""
        with pytest.raises(grpc.RpcError) as caught:
            self.call(method, tree, **more)
        return Failure(caught.value)

    def hear(self, message: str) -> engine_pb2.LogRequest:
        """Return the message with that text, as soon as it is said; bounded."""
        while True:
            heard = self.listener.heard.get(timeout=LIMIT)
            if heard.message == message:
                return heard


METHODS = ("check", "diff", "create", "read", "update", "delete")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


@pytest.fixture(scope="session")
def unplugged() -> Iterator[Engine]:
    """Start the real resources, without a network."""
    with Engine(NETWORK="off", CORE="real") as running:
        yield running


@pytest.fixture
def make_engine() -> type[Engine]:
    return Engine
