"""The engine's resource monitor: where a component declares its children, as a program does.

The SDK would do it from threads that cannot be stopped: the engine never answers a child that fails, and the
component would hang. Here every declaration is a call that can be cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Final, cast

import grpc

from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import UNKNOWN, UNKNOWN_TEXT, PropertyMap, PropertyValue
from commercetools_connect.frontends.plugin.codec import decode_properties, encode_properties
from commercetools_connect.frontends.protocol import GRPC_OPTIONS, load_messages, provider_pb2

if TYPE_CHECKING:
    from pulumi.runtime.proto import alias_pb2, resource_pb2, resource_pb2_grpc
else:
    alias_pb2, resource_pb2, resource_pb2_grpc = load_messages("alias_pb2", "resource_pb2", "resource_pb2_grpc")


CLOSED: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
SUCCESS: Final = 0
"""`Result.SUCCESS`; an engine that goes on after errors also reports failed and skipped resources."""


class MonitorClosedError(Exception):
    """The engine takes no more declarations: it ends, most often because something has failed."""


@dataclass(frozen=True)
class FormerName:
    """What a resource was called before: its name, its type, or both; what is empty is as now."""

    name: str = ""
    type: str = ""


@dataclass(frozen=True)
class ResourceRegistration:
    """A resource as a program would declare it.

    - `provider`: reference of the provider that serves it; of the engine's choice if empty.
    - `depends_on`: URNs that it waits for besides those in `sources`.
    - `sources`: URNs that each property's value comes from.
    - `timeouts`: texts for `create`, `update`, `delete`.
    """

    type: str
    name: str
    parent: str
    properties: PropertyMap
    provider: str = ""
    depends_on: Sequence[str] = ()
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    former_names: Sequence[FormerName] = ()
    timeouts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Registered:
    """A resource that is done. `id` is `UNKNOWN` where a preview does not know it."""

    urn: str
    id: PropertyValue
    outputs: PropertyMap

    @property
    def reference(self) -> str:
        """What resources name when it is their provider."""
        return f"{self.urn}::{UNKNOWN_TEXT if self.id is UNKNOWN else self.id}"


class Monitor:
    """A connection to the monitor at an address."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.aio.insecure_channel(address, options=GRPC_OPTIONS)
        self._stub = cast(
            "resource_pb2_grpc.ResourceMonitorAsyncStub", resource_pb2_grpc.ResourceMonitorStub(self._channel)
        )

    async def __aenter__(self) -> Monitor:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._channel.close()

    async def register(self, registration: ResourceRegistration) -> Registered | None:
        """Declare a resource and wait until it is done; `None` when it failed and the engine goes on.

        Raises `MonitorClosedError` when the engine does not go on, `ProviderError` when it does not take it.
        """
        return await self._send(_request(registration))

    async def register_component(self, request: provider_pb2.ConstructRequest) -> str:
        """Declare the component that the engine asked for, with the program's options, and return its URN.

        Its children inherit `protect` and the like from it.
        """
        component = resource_pb2.RegisterResourceRequest(
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=False,
            dependencies=request.dependencies,
            providers=request.providers,
            aliases=request.aliases,
            deletedWith=request.deletedWith,
            acceptSecrets=True,
            supportsPartialValues=True,
            supportsResultReporting=True,
            aliasSpecs=True,
            parentStackTraceHandle=request.stack_trace_handle,
        )
        for option in ("protect", "retainOnDelete"):
            if request.HasField(option):
                setattr(component, option, getattr(request, option))
        component.hooks.ParseFromString(request.resource_hooks.SerializeToString())
        registered = await self._send(component)
        if registered is None:
            raise MonitorClosedError
        return registered.urn

    async def register_outputs(self, urn: str, outputs: PropertyMap) -> None:
        """Give a component its outputs."""
        request = resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=encode_properties(outputs))
        try:
            await self._stub.RegisterResourceOutputs(request)
        except grpc.aio.AioRpcError as error:
            raise _refusal(error, "the outputs") from None

    async def _send(self, request: resource_pb2.RegisterResourceRequest) -> Registered | None:
        try:
            answer = await self._stub.RegisterResource(request)
        except grpc.aio.AioRpcError as error:
            raise _refusal(error, request.name) from None
        if answer.result != SUCCESS:
            return None
        return Registered(answer.urn, answer.id or UNKNOWN, decode_properties(answer.object))


def _refusal(error: grpc.aio.AioRpcError, name: str) -> Exception:
    if error.code() in CLOSED:
        return MonitorClosedError()
    reason = escape_untrusted(error.details() or error.code().name)
    return ProviderError(f"Pulumi did not take {name}: {reason}.", "Repair what it names, and run it again.")


def _request(registration: ResourceRegistration) -> resource_pb2.RegisterResourceRequest:
    dependencies = {*registration.depends_on, *(urn for urns in registration.sources.values() for urn in urns)}
    sources = {
        name: resource_pb2.RegisterResourceRequest.PropertyDependencies(urns=sorted(set(urns)))
        for name, urns in registration.sources.items()
    }
    aliases = [
        alias_pb2.Alias(spec=alias_pb2.Alias.Spec(name=former.name, type=former.type))
        for former in registration.former_names
    ]
    return resource_pb2.RegisterResourceRequest(
        type=registration.type,
        name=registration.name,
        parent=registration.parent,
        custom=True,
        object=encode_properties(registration.properties),
        provider=registration.provider,
        dependencies=sorted(dependencies),
        propertyDependencies=sources,
        aliases=aliases,
        aliasSpecs=True,
        customTimeouts=resource_pb2.RegisterResourceRequest.CustomTimeouts(**registration.timeouts),
        acceptSecrets=True,
        supportsPartialValues=True,
        supportsResultReporting=True,
    )
