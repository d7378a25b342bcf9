"""One method for each RPC of the engine: read the request, ask the resource, write the answer.

Every call is answered, also after an error: the engine waits for an answer without a limit.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import wraps
from typing import Protocol, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct

import commercetools_connect
from commercetools_connect.core.clock import Clock, SystemClock
from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from commercetools_connect.frontends.outcome import STATUS_DETAILS
from commercetools_connect.frontends.plugin.autonaming import require_key
from commercetools_connect.frontends.plugin.codec import decode_properties, encode_properties
from commercetools_connect.frontends.plugin.config import (
    configuration,
    configuration_diff,
    configuration_failures,
    configuration_with_marked_secrets,
)
from commercetools_connect.frontends.plugin.engine import EngineLink
from commercetools_connect.frontends.plugin.listing import OpenLists
from commercetools_connect.frontends.plugin.operations import GRACE, LIMIT, Operations, QuietPeriod, RpcCall
from commercetools_connect.frontends.plugin.rpc import (
    ResourceRequest,
    RpcContext,
    check_failures,
    describe_failure,
    diff_response,
    invoke,
    name_in,
)
from commercetools_connect.frontends.plugin.schema import served_schema
from commercetools_connect.frontends.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from commercetools_connect.resources.connections import Connections
from commercetools_connect.resources.run_registry import RunRegistry
from commercetools_connect.resources.shared_registry import SharedRegistry

T = TypeVar("T")
Request = TypeVar("Request", bound=ResourceRequest)


class _Context(RpcCall, Protocol):
    """What is used of the context of an RPC."""

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None: ...

    async def abort(self, code: grpc.StatusCode, details: str) -> None: ...


def _resource_rpc(
    work: Callable[[ConnectServicer, Request, RpcContext], Coroutine[object, object, T]],
) -> Callable[[ConnectServicer, Request, _Context], Coroutine[object, object, T]]:
    """Make an RPC of a method that serves a request about a resource."""

    @wraps(work)
    async def serve(self: ConnectServicer, request: Request, context: _Context) -> T:
        return await self.serve_resource(work, request, context)

    return serve


class ConnectServicer(provider_pb2_grpc.ResourceProviderServicer):
    """The provider, as the engine calls it. One configuration at a time; any number of operations."""

    def __init__(
        self,
        link: EngineLink,
        operations: Operations,
        end_process: Callable[[], None] | None,
        clock: Clock | None = None,
    ) -> None:
        """Serve the engine behind `link`; `end_process` ends the process of an engine that has said Cancel."""
        self._quiet_period = QuietPeriod(clock or SystemClock())
        self._link = link
        self._operations = operations
        self._end_process = end_process
        self._connections: Connections | None = None
        self._configured = provider_pb2.ConfigureRequest()
        self._constructs: set[asyncio.Future[None]] = set()
        self._lists = OpenLists()

    async def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: _Context
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Agree on the protocol, and begin a run of the engine."""
        await self._begin(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            # so that the codec can refuse a resource that is written in place of its id
            accept_resources=True,
            accept_outputs=False,
            supports_autonaming_configuration=True,
        )

    async def Attach(self, request: plugin_pb2.PluginAttach, context: _Context) -> Empty:
        """Begin a run of an engine that did not start this process."""
        await self._begin(request.address)
        return Empty()

    async def GetPluginInfo(self, request: Empty, context: _Context) -> plugin_pb2.PluginInfo:
        """Return the version."""
        return plugin_pb2.PluginInfo(version=commercetools_connect.__version__)

    async def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: _Context
    ) -> provider_pb2.GetSchemaResponse:
        """Return the schema of the package."""

        async def work() -> provider_pb2.GetSchemaResponse:
            return provider_pb2.GetSchemaResponse(schema=served_schema())

        return await self._serve(context, work(), "the schema of the package")

    async def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: _Context
    ) -> provider_pb2.CheckResponse:
        """Validate the configuration, and return it as it came."""

        async def work() -> provider_pb2.CheckResponse:
            failures = configuration_failures(configuration(request.news), os.environ)
            inputs = configuration_with_marked_secrets(request.news)
            return provider_pb2.CheckResponse(inputs=inputs, failures=check_failures(failures))

        return await self._serve(context, work(), "the check of the provider's configuration")

    async def DiffConfig(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        """Return what a change of the configuration means for everything that was made with it."""

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
            before, engine = self._connections, self._link.address
            # Shared with the other processes of the engine, if an engine is known.
            registry = RunRegistry(SharedRegistry(engine) if engine else None)
            connections = Connections(configuration(request.args), os.environ, registry=registry)
            _ = connections.own  # an error of the configuration itself is reported here, and changes nothing
            self._operations.reset()
            self._lists.forget()
            self._configured, self._connections = request, connections
            if before is not None:
                await before.aclose()
            return provider_pb2.ConfigureResponse(
                acceptSecrets=True,
                supportsPreview=True,
                acceptResources=True,
                acceptOutputs=False,
                supports_autonaming_configuration=True,
            )

        return await self._serve(context, work(), "the configuration of the provider")

    async def Invoke(self, request: provider_pb2.InvokeRequest, context: _Context) -> provider_pb2.InvokeResponse:
        """Call a function; all failures of its arguments are in the answer."""
        work = invoke(request.tok, request.args, self._connections)
        return await self._serve(context, work, name_in(request.tok))

    async def List(
        self, request: provider_pb2.ListRequest, context: _Context
    ) -> AsyncIterator[provider_pb2.ListResponse]:
        """Yield a page of the objects of a type, and where the next page begins.

        An SDK whose protocol has no List does not register it.
        """
        size = min((each for each in (request.limit, request.page_size) if each > 0), default=0)
        work = self._lists.page(self._connections, request.token, request.query, size, request.continuation_token)
        page = await self._serve(context, work, f"the list of {name_in(request.token)}")
        if not page.known:
            yield provider_pb2.ListResponse(computed=provider_pb2.ListResponse.Computed())
        for each in page.objects:
            yield provider_pb2.ListResponse(result=provider_pb2.ListResponse.Result(id=each.id, name=each.name))
        if page.token:
            following = provider_pb2.ListResponse.Continuation(continuation_token=page.token)
            yield provider_pb2.ListResponse(continuation=following)

    @_resource_rpc
    async def Check(self, request: provider_pb2.CheckRequest, rpc: RpcContext) -> provider_pb2.CheckResponse:
        """Fill in defaults and validate."""
        olds, news = decode_properties(request.olds), decode_properties(request.news)
        autonaming = request.autonaming if request.HasField("autonaming") else None
        context = rpc.check_context(autonaming, request.randomSeed)
        checked = rpc.resource.check(context, olds, news)
        for warning in checked.warnings:
            context.reporter.warning(warning)
        inputs = encode_properties(checked.inputs)
        failures = checked.failures
        if autonaming is not None and news.get("key") is None and "key" in checked.inputs:
            failures = require_key(autonaming, checked.inputs["key"], failures)
        return provider_pb2.CheckResponse(inputs=inputs, failures=check_failures(failures))

    @_resource_rpc
    async def Diff(self, request: provider_pb2.DiffRequest, rpc: RpcContext) -> provider_pb2.DiffResponse:
        """Return what an update would change, path by path."""
        news = decode_properties(request.news)
        state = _state(request.id, request.olds, request.old_inputs)
        return diff_response(await rpc.resource.diff(rpc.context(), state, news))

    @_resource_rpc
    async def Create(self, request: provider_pb2.CreateRequest, rpc: RpcContext) -> provider_pb2.CreateResponse:
        """Create the object and wait until it is live; in a preview, return what is known of it."""
        news = decode_properties(request.properties)
        if request.preview:
            await rpc.require_valid(self._quiet_period, news)
            return provider_pb2.CreateResponse(properties=encode_properties(rpc.preview_outputs(news, None)))
        state = await rpc.resource.create(rpc.context(request.timeout), news)
        return provider_pb2.CreateResponse(id=state.id, properties=encode_properties(state.outputs))

    @_resource_rpc
    async def Read(self, request: provider_pb2.ReadRequest, rpc: RpcContext) -> provider_pb2.ReadResponse:
        """Return the object as it is; without an id, it is gone. An import brings the id alone."""
        before = _state(request.id, request.properties, request.inputs)
        found = await rpc.resource.read(rpc.context(request.timeout), before)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id, properties=encode_properties(found.outputs), inputs=encode_properties(found.inputs)
        )

    @_resource_rpc
    async def Update(self, request: provider_pb2.UpdateRequest, rpc: RpcContext) -> provider_pb2.UpdateResponse:
        """Change the object in place and wait until that is live; in a preview, return what is known of it."""
        state = _state(request.id, request.olds, request.old_inputs)
        news = decode_properties(request.news)
        if request.preview:
            await rpc.require_valid(self._quiet_period, news, state)
            return provider_pb2.UpdateResponse(properties=encode_properties(rpc.preview_outputs(news, state)))
        after = await rpc.resource.update(rpc.context(request.timeout), state, news)
        return provider_pb2.UpdateResponse(properties=encode_properties(after.outputs))

    @_resource_rpc
    async def Delete(self, request: provider_pb2.DeleteRequest, rpc: RpcContext) -> Empty:
        """Delete the object and wait until it is gone."""
        state = _state(request.id, request.properties, request.old_inputs)
        await rpc.resource.delete(rpc.context(request.timeout), state)
        return Empty()

    async def Construct(
        self, request: provider_pb2.ConstructRequest, context: _Context
    ) -> provider_pb2.ConstructResponse:
        """Declare the children of a component, and wait for all of them."""
        from commercetools_connect.frontends.plugin.construct import construct  # noqa: PLC0415 - most runs have none

        answered = self._operations.begin(context)
        self._constructs.add(answered)
        answered.add_done_callback(self._constructs.discard)
        work = construct(request, self._configured, self._connections, self._operations.cancellation)
        return await self._serve(context, work, f"the construction of {request.name}")

    async def Cancel(self, request: Empty, context: _Context) -> Empty:
        """Ask every wait to stop. The engine also calls this at the end of every run.

        It closes the connection at the answer, so pending constructs are answered before.
        """
        self._operations.cancel()
        if self._constructs:
            await asyncio.wait(self._constructs, timeout=LIMIT)
        if self._end_process is not None:
            asyncio.get_running_loop().call_later(GRACE, self._operations.when_idle, self._end_process)
        return Empty()

    async def aclose(self) -> None:
        """Close the connections."""
        if self._connections is not None:
            await self._connections.aclose()

    async def _begin(self, engine_address: str) -> None:
        self._operations.reset()
        await self._link.connect(engine_address or self._link.address)

    async def serve_resource(
        self,
        work: Callable[[ConnectServicer, Request, RpcContext], Coroutine[object, object, T]],
        request: Request,
        context: _Context,
    ) -> T:
        """Run an operation on a resource; the engine keeps an object that is not as asked."""
        self._operations.begin(context)
        rpc = RpcContext(
            request.urn, self._connections, self._link, self._operations.cancellation, self._configured.id
        )
        method = work.__name__.lower()
        self._quiet_period.note_call()
        ended = await self._operations.run(work(self, request, rpc))
        await rpc.reporter.flush(self._operations.ending)
        if ended.error is None:
            return ended.value
        if isinstance(ended.error, InitFailedError) and method in ("create", "read", "update"):
            failure = rpc.init_failed(ended.error)
            context.set_trailing_metadata(((STATUS_DETAILS, failure.status),))
        else:
            failure = describe_failure(ended.error, f"the {method} of {rpc.subject}")
        await context.abort(failure.code, failure.message)
        raise AssertionError("abort does not return")

    async def _serve(self, context: _Context, work: Coroutine[object, object, T], doing: str) -> T:
        """Run an operation on the provider itself."""
        self._operations.begin(context)
        self._quiet_period.note_call()
        ended = await self._operations.run(work)
        if ended.error is not None:
            failure = describe_failure(ended.error, doing)
            await context.abort(failure.code, failure.message)
        return ended.value


def _state(id_: str, outputs: Struct, inputs: Struct) -> State:
    return State(id_, decode_properties(outputs), decode_properties(inputs))
