"""One method for each RPC of the engine: read the request, ask the resource, write the answer.

Whatever ends a call, the engine gets an answer in words: an RPC that is never answered hangs the engine.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Protocol, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct

import commercetools_connect
from commercetools_connect.contract.errors import Partial
from commercetools_connect.contract.results import State
from commercetools_connect.plugin.answering import Constructions
from commercetools_connect.plugin.answers import check_failures, diff_response
from commercetools_connect.plugin.codec import decode_tree, encode_tree
from commercetools_connect.plugin.configuring import (
    configuration,
    configuration_diff,
    configuration_mistakes,
    with_sealed_secrets,
)
from commercetools_connect.plugin.engine import EngineLink
from commercetools_connect.plugin.exchange import Exchange, ResourceRequest
from commercetools_connect.plugin.failures import describe_failure
from commercetools_connect.plugin.invoking import function_name, invoke
from commercetools_connect.plugin.operations import GRACE, Operations
from commercetools_connect.plugin.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from commercetools_connect.plugin.served_schema import served_schema
from commercetools_connect.resources.ledger import Ledger
from commercetools_connect.resources.noticeboard import NoticeBoard
from commercetools_connect.resources.provider import Provider

__all__ = ["ConnectServicer"]

T = TypeVar("T")


class _Context(Protocol):
    """What is used of the context of an RPC."""

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None: ...

    async def abort(self, code: grpc.StatusCode, details: str) -> None: ...

    def add_done_callback(self, callback: Callable[[object], None]) -> None: ...


class ConnectServicer(provider_pb2_grpc.ResourceProviderServicer):
    """The provider, as the engine calls it. One configuration at a time; any number of operations."""

    def __init__(self, link: EngineLink, operations: Operations, goodbye: Callable[[], None] | None) -> None:
        """Serve the engine behind `link`; `goodbye` ends the process of an engine that has said Cancel."""
        self._link = link
        self._operations = operations
        self._goodbye = goodbye
        self._provider: Provider | None = None
        self._configured = provider_pb2.ConfigureRequest()
        self._constructions = Constructions()

    async def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: _Context
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Agree on the protocol, and begin a run of the engine."""
        await self._begin(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            # so that one which is written where its id is meant can be told from a text
            accept_resources=True,
            accept_outputs=False,
        )

    async def Attach(self, request: plugin_pb2.PluginAttach, context: _Context) -> Empty:
        """Begin a run of an engine that did not start this process."""
        await self._begin(request.address)
        return Empty()

    async def GetPluginInfo(self, request: Empty, context: _Context) -> plugin_pb2.PluginInfo:
        """Tell the version."""
        return plugin_pb2.PluginInfo(version=commercetools_connect.__version__)

    async def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: _Context
    ) -> provider_pb2.GetSchemaResponse:
        """Tell what there is to declare."""
        return provider_pb2.GetSchemaResponse(schema=served_schema())

    async def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: _Context
    ) -> provider_pb2.CheckResponse:
        """Find mistakes in the configuration, and give it back as it came."""

        async def work() -> provider_pb2.CheckResponse:
            mistakes = configuration_mistakes(configuration(request.news), os.environ)
            inputs = with_sealed_secrets(request.news)
            return provider_pb2.CheckResponse(inputs=inputs, failures=check_failures(mistakes))

        return await self._serve(context, work(), "the check of the provider's configuration")

    async def DiffConfig(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        """Tell what a change of the configuration means for everything that was made with it."""

        async def work() -> provider_pb2.DiffResponse:
            # Inputs of before and now; an engine that does not send those sends what was checked then.
            before = request.old_inputs if request.old_inputs.fields else request.olds
            return configuration_diff(configuration(before), configuration(request.news))

        return await self._serve(context, work(), "the diff of the provider's configuration")

    async def Configure(
        self, request: provider_pb2.ConfigureRequest, context: _Context
    ) -> provider_pb2.ConfigureResponse:
        """Take the configuration. Calls nothing; credentials may be missing until a call needs them."""

        async def work() -> provider_pb2.ConfigureResponse:
            self._operations.reset()
            self._configured = request
            before, self._provider = (
                self._provider,
                Provider.configure(configuration(request.args), os.environ, ledger=self._ledger()),
            )
            if before is not None:
                await before.aclose()
            return provider_pb2.ConfigureResponse(
                acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=False
            )

        return await self._serve(context, work(), "the configuration of the provider")

    async def Invoke(self, request: provider_pb2.InvokeRequest, context: _Context) -> provider_pb2.InvokeResponse:
        """Look something up; mistakes in the arguments are in the answer, all at once."""

        async def work() -> provider_pb2.InvokeResponse:
            return await invoke(request.tok, request.args, self._provider)

        return await self._serve(context, work(), function_name(request.tok))

    async def Check(self, request: provider_pb2.CheckRequest, context: _Context) -> provider_pb2.CheckResponse:
        """Fill in defaults and find mistakes."""
        exchange = self._exchange(request)

        async def work() -> provider_pb2.CheckResponse:
            olds, news = decode_tree(request.olds), decode_tree(request.news)
            operation = exchange.operation()
            checked = exchange.resource.check(operation, olds, news)
            for warning in checked.warnings:
                operation.reporter.warning(warning)
            inputs = encode_tree(exchange.declaration.seal(checked.inputs))
            return provider_pb2.CheckResponse(inputs=inputs, failures=check_failures(checked.failures))

        return await self._serve_resource(context, exchange, work(), "check")

    async def Diff(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        """Tell what an update would change, path by path."""
        exchange = self._exchange(request)

        async def work() -> provider_pb2.DiffResponse:
            news = decode_tree(request.news)
            state = _state(request.id, request.olds, request.old_inputs)
            return diff_response(await exchange.resource.diff(exchange.operation(), state, news))

        return await self._serve_resource(context, exchange, work(), "diff")

    async def Create(self, request: provider_pb2.CreateRequest, context: _Context) -> provider_pb2.CreateResponse:
        """Make it so and wait until it is; or tell what would be known then."""
        exchange = self._exchange(request)

        async def work() -> provider_pb2.CreateResponse:
            news = decode_tree(request.properties)
            if request.preview:
                await exchange.require_valid(news)
                return provider_pb2.CreateResponse(properties=encode_tree(exchange.foresee(news, None)))
            state = exchange.seal(await exchange.resource.create(exchange.operation(request.timeout), news))
            return provider_pb2.CreateResponse(id=state.id, properties=encode_tree(state.outputs))

        return await self._serve_resource(context, exchange, work(), "create")

    async def Read(self, request: provider_pb2.ReadRequest, context: _Context) -> provider_pb2.ReadResponse:
        """Tell what is there; an answer without an id says that it is gone. An import brings the id alone."""
        exchange = self._exchange(request)

        async def work() -> provider_pb2.ReadResponse:
            before = _state(request.id, request.properties, request.inputs)
            found = await exchange.resource.read(exchange.operation(request.timeout), before)
            if found is None:
                return provider_pb2.ReadResponse()
            state = exchange.seal(found)
            return provider_pb2.ReadResponse(
                id=state.id, properties=encode_tree(state.outputs), inputs=encode_tree(state.inputs)
            )

        return await self._serve_resource(context, exchange, work(), "read")

    async def Update(self, request: provider_pb2.UpdateRequest, context: _Context) -> provider_pb2.UpdateResponse:
        """Bring it in line in place and wait until it is; or tell what would be known then."""
        exchange = self._exchange(request)

        async def work() -> provider_pb2.UpdateResponse:
            state = _state(request.id, request.olds, request.old_inputs)
            news = decode_tree(request.news)
            if request.preview:
                return provider_pb2.UpdateResponse(properties=encode_tree(exchange.foresee(news, state)))
            after = await exchange.resource.update(exchange.operation(request.timeout), state, news)
            return provider_pb2.UpdateResponse(properties=encode_tree(exchange.seal(after).outputs))

        return await self._serve_resource(context, exchange, work(), "update")

    async def Delete(self, request: provider_pb2.DeleteRequest, context: _Context) -> Empty:
        """Remove it and wait until it is gone."""
        exchange = self._exchange(request)

        async def work() -> Empty:
            state = _state(request.id, request.properties, request.old_inputs)
            await exchange.resource.delete(exchange.operation(request.timeout), state)
            return Empty()

        return await self._serve_resource(context, exchange, work(), "delete")

    async def Construct(
        self, request: provider_pb2.ConstructRequest, context: _Context
    ) -> provider_pb2.ConstructResponse:
        """Declare what a component is made of, and wait for all of it."""
        self._constructions.begins(context)

        async def work() -> provider_pb2.ConstructResponse:
            from commercetools_connect.plugin.constructing import construct  # noqa: PLC0415 - most runs have none

            return await construct(request, self._configured, self._operations.cancellation)

        return await self._serve(context, work(), f"the construction of {request.name}")

    async def Cancel(self, request: Empty, context: _Context) -> Empty:
        """Ask every wait to stop. The engine says this at the end of every run, too.

        It hangs up at the answer, so constructions, which nobody would stop otherwise, are answered before.
        """
        self._operations.cancel()
        await self._constructions.answered()
        if self._goodbye is not None:
            asyncio.get_running_loop().call_later(GRACE, self._operations.when_idle, self._goodbye)
        return Empty()

    async def aclose(self) -> None:
        """Close the connections."""
        if self._provider is not None:
            await self._provider.aclose()

    async def _begin(self, engine_address: str) -> None:
        self._operations.reset()
        await self._link.connect(engine_address or self._link.address)

    def _ledger(self) -> Ledger:
        """Return a ledger that is shared with the other processes of the engine, if an engine is known."""
        return Ledger(NoticeBoard(self._link.address) if self._link.address else None)

    def _exchange(self, request: ResourceRequest) -> Exchange:
        return Exchange(request, self._provider, self._link, self._operations.cancellation)

    async def _serve_resource(
        self, context: _Context, exchange: Exchange, work: Coroutine[object, object, T], method: str
    ) -> T:
        """Run an operation on a resource; of what exists in part, the engine is given that part."""
        ended = await self._operations.run(work)
        await self._link.flush()
        if ended.error is None:
            return ended.value
        failure = None
        if isinstance(ended.error, Partial) and method in ("create", "read", "update"):
            failure = exchange.init_failed(ended.error)
        failure = failure or describe_failure(ended.error, f"the {method} of {exchange.subject}")
        context.set_trailing_metadata(failure.metadata)
        await context.abort(failure.code, failure.message)
        raise AssertionError("abort does not return")

    async def _serve(self, context: _Context, work: Coroutine[object, object, T], doing: str) -> T:
        """Run what is about the provider itself."""
        ended = await self._operations.run(work)
        if ended.error is not None:
            failure = describe_failure(ended.error, doing)
            await context.abort(failure.code, failure.message)
        return ended.value


def _state(id_: str, outputs: Struct, inputs: Struct) -> State:
    return State(id_, decode_tree(outputs), decode_tree(inputs))
