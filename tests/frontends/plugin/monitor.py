"""A resource monitor, as far as a small server can be one: it writes down what is declared, and answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent import futures
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from tests.frontends.plugin.conftest import LIMIT, Engine, plain, struct

__all__ = ["FAILED", "FakeMonitor", "construct", "kind_of"]

COMPONENT = "commercetools-connect:index:Rollout"
FAILED = "failed"
"""An answer: the resource has failed, and the engine goes on."""

Act = Callable[[resource_pb2.RegisterResourceRequest], Mapping[str, object] | str | None]


def kind_of(request: resource_pb2.RegisterResourceRequest) -> str:
    """Return `Deployment` and the like, `provider` for one."""
    return "provider" if request.type.startswith("pulumi:providers:") else request.type.rpartition(":")[2]


class FakeMonitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Answers each declaration with what it was given, and more of a kind's outputs.

    `act` may return other outputs, `FAILED`, or block until `closing` is set, as the engine does for what fails.
    """

    def __init__(self, act: Act = lambda _: None, *, preview: bool = False) -> None:
        self.declared: list[resource_pb2.RegisterResourceRequest] = []
        self.outputs: dict[str, Any] = {}
        self.closing = threading.Event()
        self._act = act
        self._preview = preview
        self._arrived = threading.Condition()
        self._server = grpc.server(futures.ThreadPoolExecutor(16))
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def __enter__(self) -> FakeMonitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.stop(0).wait(LIMIT)

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: Any
    ) -> resource_pb2.RegisterResourceResponse:
        with self._arrived:
            self.declared.append(request)
            self._arrived.notify_all()
        said = self._act(request)
        if self.closing.is_set():
            context.abort(grpc.StatusCode.UNAVAILABLE, "resource monitor shut down")
        urn = f"{request.parent or 'urn'}/{kind_of(request)}::{request.name}"
        if said == FAILED:
            return resource_pb2.RegisterResourceResponse(urn=urn, result=resource_pb2.FAIL)
        more = said if isinstance(said, Mapping) else {}
        outputs = {**plain(request.object), **({} if self._preview else self._outputs(request)), **more}
        id_ = "" if self._preview or not request.custom else f"id-of-{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=struct(outputs))

    def RegisterResourceOutputs(
        self,
        request: resource_pb2.RegisterResourceOutputsRequest,
        context: object,
    ) -> Empty:
        self.outputs[request.urn] = plain(request.outputs)
        return Empty()

    def of(self, kind: str) -> dict[str, resource_pb2.RegisterResourceRequest]:
        """Return what was declared of a kind, by name."""
        return {each.name: each for each in self.declared if kind_of(each) == kind}

    def wait_for(self, name: str, kind: str) -> None:
        """Return as soon as it has been declared; bounded."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: name in self.of(kind), LIMIT), f"no {kind} {name}"

    def _outputs(self, request: resource_pb2.RegisterResourceRequest) -> dict[str, object]:
        shown: dict[str, dict[str, object]] = {
            "Deployment": {
                "status": "Deployed",
                "deployedTag": plain(request.object).get("connectorTag"),
                "buildId": "b-1",
                "urls": {"service": f"https://{request.name}.acme.example"},
            },
            "RolloutGate": {"summary": [{"target": f"of {request.name}"}]},
            "ConnectorStaged": {"contentHash": "h-1"},
            "ConnectorPublication": {"connectorId": "c-1", "publishedTag": "v1.4.0"},
        }
        return shown.get(kind_of(request), {})


def construct(engine: Engine, monitor: FakeMonitor, inputs: Mapping[str, object], **more: Any) -> Any:
    """Ask for a rollout called `release`; return the call under way."""
    request = provider_pb2.ConstructRequest(
        **{
            "project": "acme",
            "stack": "dev",
            "monitorEndpoint": monitor.address,
            "type": COMPONENT,
            "name": "release",
            "inputs": struct(inputs),
            **more,
        }
    )
    return engine.stub.Construct.future(request, timeout=LIMIT)
