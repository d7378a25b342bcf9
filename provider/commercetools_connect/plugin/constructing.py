"""Components, as the engine asks for them: their inputs in, their children declared, their outputs out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping

from google.protobuf.struct_pb2 import Struct

from commercetools_connect.contract.errors import InvalidInputError, ProviderError
from commercetools_connect.contract.operation import Cancellation
from commercetools_connect.contract.values import Tree, Value
from commercetools_connect.plugin.codec import decode_tree, encode_tree
from commercetools_connect.plugin.configuring import configuration
from commercetools_connect.plugin.invoking import NOT_OURS
from commercetools_connect.plugin.monitor import Monitor, MonitorClosedError
from commercetools_connect.plugin.protocol import provider_pb2
from commercetools_connect.plugin.rollout import Ancestry, RolloutChildren, ServingProvider
from commercetools_connect.plugin.standing import Standing
from commercetools_connect.plugin.urns import PACKAGE
from commercetools_connect.resources.keys import derive_key
from commercetools_connect.rollout.checks import find_rollout_mistakes
from commercetools_connect.rollout.declaration import COMPONENTS
from commercetools_connect.rollout.inputs import RolloutInputs
from commercetools_connect.rollout.openness import open_structure
from commercetools_connect.rollout.plan import plan_rollout

__all__ = ["construct"]


async def construct(
    request: provider_pb2.ConstructRequest,
    configured: provider_pb2.ConfigureRequest,
    cancellation: Cancellation,
) -> provider_pb2.ConstructResponse:
    """Declare the children of a component and return when all are done.

    `configured` is how the engine configured the provider that serves the component.

    Raises `InvalidInputError` with every mistake before anything is declared, and a `ProviderError` that says how
    far it came when the engine stops, or is asked to.
    """
    inputs = _inputs(request)
    plan = plan_rollout(request.name, inputs)
    standing = Standing(
        request.name,
        inputs.get("connectorTag"),
        plan,
        lambda resource: derive_key(request.project, request.stack, resource),
    )
    async with Monitor(request.monitorEndpoint) as monitor:

        async def declare() -> provider_pb2.ConstructResponse:
            urn = await monitor.register_component(request)
            children = RolloutChildren(monitor, _ancestry(request, urn, _serving(configured)), standing)
            outputs = await children.declare(plan)
            await monitor.register_outputs(urn, outputs)
            return _response(urn, outputs, children.urns)

        try:
            return await _unless_cancelled(declare(), cancellation)
        except MonitorClosedError:
            raise await _stopped(request, standing) from None


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
        for each in (task, stop):
            each.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)


async def _stopped(request: provider_pb2.ConstructRequest, standing: Standing) -> ProviderError:
    if request.dryRun:
        return ProviderError(f"the preview of rollout {request.name} ended before it was through.")
    return await standing.stopped()


def _inputs(request: provider_pb2.ConstructRequest) -> Mapping[str, Value]:
    kind = request.type.rpartition(":")[2]
    declaration = COMPONENTS.get(kind)
    if declaration is None or not request.type.startswith(f"{PACKAGE}:"):
        known = ", ".join(f"{PACKAGE}:index:{name}" for name in COMPONENTS)
        raise InvalidInputError(
            f"this version of {PACKAGE} has no component {request.type!r}.",
            f"Known are {known}; a newer version may know more.",
        )
    given = {name: value for name, value in decode_tree(request.inputs).items() if name not in NOT_OURS}
    inputs = open_structure(declaration.seal(given))
    mistakes = find_rollout_mistakes(inputs, RolloutInputs)
    if mistakes:
        raise InvalidInputError("\n".join(str(each) for each in mistakes))
    return inputs


def _serving(configured: provider_pb2.ConfigureRequest) -> ServingProvider:
    arguments = configured.args.fields
    plugin = {name: arguments[name].string_value for name in NOT_OURS if name in arguments}
    return ServingProvider.of(configured.urn, configured.id, configuration(configured.args), plugin)


def _ancestry(request: provider_pb2.ConstructRequest, urn: str, provider: ServingProvider) -> Ancestry:
    limits = request.customTimeouts
    timeouts = {name: getattr(limits, name) for name in ("create", "update", "delete") if getattr(limits, name)}
    return Ancestry(
        urn,
        provider,
        tuple(request.dependencies),
        {name: tuple(each.urns) for name, each in request.inputDependencies.items()},
        timeouts,
        request.dryRun,
    )


def _response(urn: str, outputs: Tree, children: list[str]) -> provider_pb2.ConstructResponse:
    """Return the component and its outputs, which come from all of its children."""
    everyone = provider_pb2.ConstructResponse.PropertyDependencies(urns=children)
    state: Struct = encode_tree(outputs)
    return provider_pb2.ConstructResponse(urn=urn, state=state, stateDependencies=dict.fromkeys(outputs, everyone))
