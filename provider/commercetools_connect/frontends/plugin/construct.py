"""Components, as the engine asks for them: their inputs in, their children declared, their outputs out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from commercetools_connect.core.concurrency import cancel_and_wait
from commercetools_connect.core.errors import InvalidInputError, ProviderError
from commercetools_connect.core.resource import Cancellation
from commercetools_connect.core.urns import DYNAMIC_TYPE, ENGINE_NAMES, PACKAGE, Urn
from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue
from commercetools_connect.frontends.plugin.codec import decode_properties, encode_properties
from commercetools_connect.frontends.plugin.config import KeySource
from commercetools_connect.frontends.plugin.monitor import (
    FormerName,
    Monitor,
    MonitorClosedError,
    Registered,
    ResourceRegistration,
)
from commercetools_connect.frontends.plugin.rpc import require_known
from commercetools_connect.frontends.protocol import provider_pb2
from commercetools_connect.resources.connections import Connections
from commercetools_connect.rollout.declare import Child, RolloutProgress, RolloutWalk
from commercetools_connect.rollout.model import COMPONENTS
from commercetools_connect.rollout.plan import SHARED, plan_rollout
from commercetools_connect.rollout.progress import StoppedRollout
from commercetools_connect.rollout.validation import open_structure, validate_rollout

T = TypeVar("T")

SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in ("connector", "connectorTag", *SHARED)},
    "configurations": ("configurations", "targets"),
    "globalConfiguration": ("globalConfiguration", "targets"),
    "type": ("type", "targets"),
    "expect": ("expect", "targets"),
    "deployments": ("expect", "targets", "draft"),
    "wired": ("wired", "waves"),
    "repository": ("draft", "connectorTag"),
    "privateProjects": ("draft", "targets"),
    "triggers": ("redeployTrigger",),
    "bakeTime": ("bakeTime", "waves"),
    "checks": ("checks", "waves"),
    "connection": ("targets",),
}
"""Inputs of the rollout that a child's property is made of; all others are made of its targets and its draft."""

OTHER_SOURCES: Final = ("targets", "draft")


async def construct(
    request: provider_pb2.ConstructRequest,
    configured: provider_pb2.ConfigureRequest,
    connections: Connections | None,
    cancellation: Cancellation,
) -> provider_pb2.ConstructResponse:
    """Declare the children of a component and return when all are done.

    `configured` is how the engine configured the provider that serves the component, and its children as well.

    Raises `InvalidInputError` with every failure before anything is declared, and a `ProviderError` that says how
    far the rollout came when the engine stops, or is asked to.
    """
    inputs = _inputs(request)
    progress = RolloutProgress(plan_rollout(request.name, inputs))
    default_keys: dict[str, str] = {}
    async with Monitor(request.monitorEndpoint) as monitor:

        async def declare() -> provider_pb2.ConstructResponse:
            urn = await monitor.register_component(request)
            declarer = MonitorDeclarer(monitor, ParentContext.of(request, urn, configured), default_keys)
            outputs = cast("PropertyMap", await RolloutWalk(declarer, progress).declare())
            await monitor.register_outputs(urn, outputs)
            # The outputs come from all children.
            children = provider_pb2.ConstructResponse.PropertyDependencies(urns=declarer.urns)
            return provider_pb2.ConstructResponse(
                urn=urn, state=encode_properties(outputs), stateDependencies=dict.fromkeys(outputs, children)
            )

        try:
            return await _unless_cancelled(declare(), cancellation)
        except MonitorClosedError:
            if request.dryRun:
                message = f"the preview of rollout {request.name} was stopped before its end."
                raise ProviderError(message, "Repair what failed, if anything did, and preview again.") from None
            tag, names = inputs.get("connectorTag"), (request.project, request.stack)
            stopped = StoppedRollout(request.name, tag, progress, *names, default_keys, connections)
            raise await stopped.error() from None


async def _unless_cancelled(
    work: Coroutine[object, object, provider_pb2.ConstructResponse], cancellation: Cancellation
) -> provider_pb2.ConstructResponse:
    """Return the result. Raises `MonitorClosedError` at once when the engine is asked to stop."""
    task, stop = asyncio.ensure_future(work), asyncio.ensure_future(cancellation.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise MonitorClosedError
        return task.result()
    finally:
        await cancel_and_wait(task, stop)


def _inputs(request: provider_pb2.ConstructRequest) -> Mapping[str, PropertyValue]:
    schema = require_known("component", request.type, COMPONENTS)
    given = {name: value for name, value in decode_properties(request.inputs).items() if name not in ENGINE_NAMES}
    inputs = open_structure(schema.mark_secrets(given))
    failures = validate_rollout(inputs)
    if failures:
        raise InvalidInputError("\n".join(map(str, failures)))
    return inputs


@dataclass(frozen=True)
class ParentContext:
    """What the children get from the component.

    - `provider`: reference of the provider that serves the component, `""` where an old engine does not send it.
    - `keys`: where that provider takes default keys from.
    - `sources`: the URNs behind each input of the component.
    """

    urn: str
    provider: str
    keys: KeySource
    depends_on: Sequence[str]
    sources: Mapping[str, Sequence[str]]
    timeouts: Mapping[str, str]
    is_preview: bool

    @classmethod
    def of(
        cls, request: provider_pb2.ConstructRequest, urn: str, configured: provider_pb2.ConfigureRequest
    ) -> ParentContext:
        """Return the context of a component with that URN, served by the provider configured so."""
        limits = request.customTimeouts
        provider = Registered(configured.urn, configured.id or UNKNOWN, {})
        return cls(
            urn=urn,
            provider=provider.reference if configured.urn else "",
            keys=KeySource(configured.id),
            depends_on=tuple(request.dependencies),
            sources={name: tuple(each.urns) for name, each in request.inputDependencies.items()},
            timeouts={
                name: getattr(limits, name) for name in ("create", "update", "delete") if getattr(limits, name)
            },
            is_preview=request.dryRun,
        )


@dataclass
class MonitorDeclarer:
    """Declares the resources of a rollout through the engine's monitor, all with the component's own provider.

    A resource that fails raises `MonitorClosedError`. The declarer fills `default_keys` with the key of each
    deployment as the provider derives it, by the name of the resource.
    """

    monitor: Monitor
    parent: ParentContext
    default_keys: dict[str, str]
    urns: list[str] = field(default_factory=list)

    async def declare(self, child: Child[Registered]) -> Registered:
        """Declare a resource and wait until it is done."""
        properties = cast("PropertyMap", child.inputs)
        if child.kind == "Deployment":
            own = Urn.parse(self.parent.urn).child(child.name)
            self.default_keys[child.name] = str(self.parent.keys.derive(own))
        types = ("", f"{DYNAMIC_TYPE}:{child.kind}")
        former = [FormerName(name, type_) for name in ("", *child.former_names) for type_ in types]
        registered = await self.monitor.register(
            ResourceRegistration(
                f"{PACKAGE}:index:{child.kind}",
                child.name,
                self.parent.urn,
                properties,
                provider=self.parent.provider,
                depends_on=[*self.parent.depends_on, *([child.gate.urn] if child.gate else [])],
                sources=self._sources(properties, child.sources),
                former_names=former[1:],  # the first is what it is called now
                timeouts=self.parent.timeouts if child.kind == "Deployment" else {},
            )
        )
        if registered is None:
            raise MonitorClosedError
        self.urns.append(registered.urn)
        return registered

    def output(self, resource: Registered, *path: str) -> PropertyValue:
        """Return an output; a preview does not know what is not there yet."""
        missing = UNKNOWN if self.parent.is_preview else None
        value: PropertyValue = resource.id if path == ("id",) else resource.outputs.get(path[0], missing)
        for step in path[1:]:
            value = value.get(step) if isinstance(value, Mapping) else value
        return value

    async def all(self, work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Return all results; the first error is raised when all have come to their end."""
        ended = await asyncio.gather(*work, return_exceptions=True)
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        return cast("list[T]", ended)

    def _sources(self, properties: PropertyMap, more: Mapping[str, Sequence[Registered]]) -> dict[str, list[str]]:
        """Return the URNs that each property comes from: inputs of the rollout, and resources declared before."""
        return {
            name: [
                *(
                    urn
                    for source in SOURCES.get(name, OTHER_SOURCES)
                    for urn in self.parent.sources.get(source, ())
                ),
                *(resource.urn for resource in more.get(name, ())),
            ]
            for name in properties
        }
