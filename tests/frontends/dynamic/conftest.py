"""The other side of the frontend: an engine, as far as a gRPC client can be one."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

import commercetools_connect
from commercetools_connect.dynamic.providers import load

DRIVER = Path(__file__).parent / "driver.py"
SOURCES = Path(commercetools_connect.__file__).parents[1]
CONFIG = {"clientId": "me", "clientSecret": "canary-5ecret", "projectKey": "acme", "region": "europe-west1.gcp"}
CONNECTIONS = {
    "shop": {"clientId": "other", "clientSecret": "canary-5ecret", "projectKey": "shop"},
    "odd": 3,
    "twin": CONFIG,
}


def environment(**more: str) -> dict[str, str]:
    """Return what a provider process needs and nothing of this machine."""
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCES), "PULUMI_PROJECT": "acme", **more}


def struct(tree: Mapping[str, object]) -> Struct:
    return ParseDict(dict(tree), Struct())


def plain(message: Struct) -> dict[str, Any]:
    return MessageToDict(message)


class Failure:
    """An RPC that ended in an error, as the engine would read it."""

    def __init__(self, error: grpc.RpcError) -> None:
        self.code = error.code()
        self.text = error.details() or ""
        metadata = dict(error.trailing_metadata() or ())
        self.raw = repr(metadata)
        status = metadata.get("grpc-status-details-bin")
        self.status = status_pb2.Status.FromString(status) if status is not None else None

    @property
    def message(self) -> str:
        """What the engine shows to the user."""
        return self.status.message if self.status is not None else self.text

    @property
    def init_failed(self) -> provider_pb2.ErrorResourceInitFailed | None:
        for detail in self.status.details if self.status else ():
            found = provider_pb2.ErrorResourceInitFailed()
            if detail.Unpack(found):
                return found
        return None


class Engine:
    """Starts a provider process and calls it."""

    def __init__(self, **more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(DRIVER), "127.0.0.1:1"],
            env=environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.streams = (self.process.stdout, self.process.stderr)
        port = int(self.process.stdout.readline())
        self.lines: queue.Queue[str] = queue.Queue()
        for stream in self.streams:
            threading.Thread(target=self._collect, args=(stream,), daemon=True).start()
        self.channel = grpc.insecure_channel(
            f"127.0.0.1:{port}",
            options=[("grpc.max_receive_message_length", -1), ("grpc.max_metadata_size", 1 << 22)],
        )
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def __enter__(self) -> Engine:
        self.configure(CONFIG)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.channel.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait()
            for stream in self.streams:
                stream.close()

    def _collect(self, stream: IO[str]) -> None:
        try:
            for line in stream:
                self.lines.put(line.rstrip("\n"))
        except ValueError:
            pass  # closed at the end of the test

    def wait_for_line(self, part: str) -> str:
        while True:
            line = self.lines.get(timeout=60)
            if part in line:
                return line

    def configure(self, config: Mapping[str, object], connections: object = CONNECTIONS) -> None:
        args = {f"commercetools-connect:{name}": value for name, value in config.items()}
        args["commercetools-connect:connections"] = json.dumps(connections)
        self.stub.Configure(provider_pb2.ConfigureRequest(args=struct(args), acceptSecrets=True))

    def props(self, tree: Mapping[str, object], *, kind: str = "Deployment") -> Struct:
        """Return properties as a program would register them."""
        declaration = {"name": "api", "derivedKey": "acme-dev-api-1234", "timeLimits": {}}
        return struct({"__provider": serialize_provider(load(kind)), "__declaration": declaration, **tree})

    def check(self, news: Mapping[str, object], olds: Mapping[str, object] | None = None, **more: Any) -> Any:
        olds_props = self.props(olds) if olds is not None else struct({})
        return self.stub.Check(provider_pb2.CheckRequest(urn=URN, olds=olds_props, news=self.props(news), **more))

    def diff(self, olds: Mapping[str, object], news: Mapping[str, object]) -> Any:
        request = provider_pb2.DiffRequest(id="id-1", urn=URN, olds=self.props(olds), news=self.props(news))
        return self.stub.Diff(request)

    def create(self, tree: Mapping[str, object], *, kind: str = "Deployment", **more: Any) -> Any:
        request = provider_pb2.CreateRequest(urn=URN, properties=self.props(tree, kind=kind), **more)
        return self.stub.Create(request, timeout=60)

    def create_in_background(self, tree: Mapping[str, object]) -> Any:
        request = provider_pb2.CreateRequest(urn=URN, properties=self.props(tree))
        # A bound for calls that never end; how busy the machine is must not matter.
        return self.stub.Create.future(request, timeout=120)

    def update(self, olds: Mapping[str, object], news: Mapping[str, object], **more: Any) -> Any:
        request = provider_pb2.UpdateRequest(
            id="id-1", urn=URN, olds=self.props(olds), news=self.props(news), **more
        )
        return self.stub.Update(request, timeout=60)

    def read(self, tree: Mapping[str, object], **more: Any) -> Any:
        return self.stub.Read(
            provider_pb2.ReadRequest(id="id-1", urn=URN, properties=self.props(tree), **more), timeout=60
        )

    def delete(self, tree: Mapping[str, object], **more: Any) -> Any:
        request = provider_pb2.DeleteRequest(id="id-1", urn=URN, properties=self.props(tree), **more)
        return self.stub.Delete(request, timeout=60)

    def call(self, method: str, tree: Mapping[str, object]) -> Any:
        """Call any method with the same properties."""
        if method in ("diff", "update"):
            return getattr(self, method)(tree, tree)
        return getattr(self, method)(tree)

    def failure(self, method: str, tree: Mapping[str, object]) -> Failure:
        """Call a method that must fail."""
        with pytest.raises(grpc.RpcError) as caught:
            self.call(method, tree)
        return Failure(caught.value)


URN = "urn:pulumi:dev::acme::pulumi-python:dynamic/commercetools-connect:Deployment::api"
METHODS = ("check", "diff", "create", "read", "update", "delete")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine(CTP_PROJECT_KEY="from-environment") as running:
        yield running


@pytest.fixture
def make_engine() -> type[Engine]:
    return Engine


@pytest.fixture
def failure_of() -> type[Failure]:
    return Failure
