"""A provider that does nothing: what the engine itself takes for as many resources. A gRPC server.

It answers at once with what it was given. With the variable `BENCH_ANSWER`, the path of a JSON file, it answers
after its `seconds` with its `outputs`, so that states are as large as those of another provider.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty

from commercetools_connect.frontends.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc

__all__ = ["main"]

SCHEMA = """{"name": "noop", "version": "0.0.1", "resources": {"noop:index:Thing": {
"properties": {"value": {"$ref": "pulumi.json#/Any"}},
"inputProperties": {"value": {"$ref": "pulumi.json#/Any"}}}}}"""


class Noop(provider_pb2_grpc.ResourceProviderServicer):
    """Answers every call with what it was given, and with what `answer` adds."""

    def __init__(self, stop: Callable[[], None], answer: Mapping[str, Any]) -> None:
        self._stop = stop
        self._answer = answer

    async def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:
        """Agree."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    async def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """Tell the version."""
        return plugin_pb2.PluginInfo(version="0.0.1")

    async def GetSchema(self, request: Any, context: Any) -> provider_pb2.GetSchemaResponse:
        """Tell the one resource."""
        return provider_pb2.GetSchemaResponse(schema=SCHEMA)

    async def CheckConfig(self, request: provider_pb2.CheckRequest, context: Any) -> provider_pb2.CheckResponse:
        """Find nothing."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """See nothing."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        """Take nothing."""
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    async def Check(self, request: provider_pb2.CheckRequest, context: Any) -> provider_pb2.CheckResponse:
        """Find nothing."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """See whether the inputs have changed."""
        changed = request.old_inputs != request.news
        kinds = provider_pb2.DiffResponse
        return provider_pb2.DiffResponse(changes=kinds.DIFF_SOME if changed else kinds.DIFF_NONE)

    async def Create(self, request: provider_pb2.CreateRequest, context: Any) -> provider_pb2.CreateResponse:
        """Make nothing."""
        properties = await self._outputs(request.properties)
        return provider_pb2.CreateResponse(id=request.urn.rpartition(":")[2], properties=properties)

    async def Update(self, request: provider_pb2.UpdateRequest, context: Any) -> provider_pb2.UpdateResponse:
        """Change nothing."""
        return provider_pb2.UpdateResponse(properties=await self._outputs(request.news))

    async def Delete(self, request: Any, context: Any) -> Empty:
        """Remove nothing."""
        return Empty()

    async def Read(self, request: provider_pb2.ReadRequest, context: Any) -> provider_pb2.ReadResponse:
        """Show what was given."""
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    async def Cancel(self, request: Any, context: Any) -> Empty:
        """End."""
        asyncio.get_running_loop().call_later(0.2, self._stop)
        return Empty()

    async def _outputs(self, inputs: Any) -> Any:
        """Return the outputs, after the time of the answer."""
        await asyncio.sleep(self._answer.get("seconds", 0))
        outputs = type(inputs)()
        json_format.ParseDict(self._answer.get("outputs", {}), outputs)
        outputs.MergeFrom(inputs)
        return outputs


async def _serve(answer: Mapping[str, Any]) -> None:
    server, stop = grpc.aio.server(), asyncio.Event()
    port = server.add_insecure_port("127.0.0.1:0")
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Noop(stop.set, answer), server)
    await server.start()
    print(port, flush=True)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    await stop.wait()
    await server.stop(0.2)


def main() -> None:
    """Run it; what the engine starts."""
    path = os.environ.get("BENCH_ANSWER")
    asyncio.run(_serve(json.loads(Path(path).read_text()) if path else {}))


if __name__ == "__main__":
    main()
