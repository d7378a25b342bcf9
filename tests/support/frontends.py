"""What the two frontends tell a resource, and what they make of its answers: all that the double knows of them.

The double makes the calls of the engine; between engine and resource stands the plugin, or Pulumi's host of
dynamic resources. What differs between them is here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from unittest.mock import patch

import pulumi
import pulumi.dynamic

from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN, PropertyMap
from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment
from commercetools_connect.frontends.plugin.rpc import preview_outputs
from commercetools_connect.resources.keys import derive_key
from commercetools_connect.resources.provider import RESOURCE_SCHEMAS
from tests.support.process import Process
from tests.support.stack import PROJECT, STACK, Entry, Frontend

__all__ = ["StackIdentity", "class_deletes_first"]


@dataclass(frozen=True)
class StackIdentity:
    """The names of a stack, the id of the provider in its state, and the frontend that serves its program.

    `provider_id` is what the plugin gets as `ConfigureRequest.id` (facts E11).
    """

    project: str = PROJECT
    stack: str = STACK
    provider_id: str = "6f1f2e0a-7d5e-4a55-9a2f-000000000001"
    frontend: Frontend = "plugin"

    def context(self, process: Process, urn: str, name: str, seconds: float | None = None) -> OperationContext:
        """Return what a resource receives about one call."""
        return OperationContext(
            name=name,
            default_key=self.default_key(name),
            key_proves_ownership=self.frontend == "plugin",
            urn=urn,
            time_limit=seconds,
            reporter=process.said,
            cancellation=process.cancellation,
        )

    def default_key(self, name: str) -> str:
        """Return the key of a resource whose program gives none."""
        provider_id = self.provider_id if self.frontend == "plugin" else ""
        return derive_key(self.project, self.stack, name, provider_id=provider_id)

    def state(self, entry: Entry) -> State:
        """Return what a resource receives of its state: dynamic resources are not given the old inputs."""
        return entry.state if self.frontend == "plugin" else State(entry.id, entry.outputs)

    async def check(
        self, process: Process, kind: str, context: OperationContext, olds: PropertyMap, news: PropertyMap
    ) -> PropertyMap:
        """Return checked inputs, as the engine keeps them. Raises `ProviderError` for mistakes."""
        resource = process.resource(kind)
        checked = resource.check(context, olds, news)
        failures = checked.failures
        if self.frontend == "dynamic" and not olds and not failures:
            failures = await process.validation.validate_create(resource, context, checked.inputs)
        if failures:
            raise ProviderError("; ".join(map(str, failures)))
        return RESOURCE_SCHEMAS[kind].mark_secrets(self._kept(process, kind, checked.inputs))

    async def preview_create(
        self, process: Process, kind: str, context: OperationContext, inputs: PropertyMap
    ) -> PropertyMap:
        """Return what a preview knows of the resource then; dynamic resources are not asked."""
        if self.frontend == "dynamic":
            return {**_unknown(kind), **inputs, "id": UNKNOWN}
        resource = process.resource(kind)
        if failures := await process.validation.validate_create(resource, context, inputs):
            raise ProviderError("; ".join(map(str, failures)))
        certain = resource.preview_outputs(inputs, None)
        return {**preview_outputs(RESOURCE_SCHEMAS[kind], inputs, certain), "id": UNKNOWN}

    async def preview_update(
        self,
        process: Process,
        kind: str,
        context: OperationContext,
        inputs: PropertyMap,
        old: Entry,
    ) -> PropertyMap:
        """Return what a preview knows of the resource after an update in place."""
        if self.frontend == "dynamic":
            return {**_unknown(kind), **inputs, "id": old.id}
        resource, state = process.resource(kind), self.state(old)
        if failures := await process.validation.validate_update(resource, context, state, inputs):
            raise ProviderError("; ".join(map(str, failures)))
        certain = resource.preview_outputs(inputs, state)
        return {**preview_outputs(RESOURCE_SCHEMAS[kind], inputs, certain), "id": old.id}

    def read_inputs(self, process: Process, kind: str, inputs: PropertyMap) -> PropertyMap:
        """Return the inputs that a read writes into the state; none leaves what is there."""
        return self._kept(process, kind, inputs) if inputs else {}

    def deletes_first(self, kind: str) -> bool | None:
        """Tell whether the resource itself asks for `deleteBeforeReplace`; `None`: as the diff says."""
        return class_deletes_first(kind) if self.frontend == "dynamic" else None

    def _kept(self, process: Process, kind: str, inputs: PropertyMap) -> PropertyMap:
        if self.frontend == "plugin":
            return inputs
        # The engine takes a dynamic resource's inputs for its outputs in a preview, and knows no others.
        return {**inputs, **process.resource(kind).preview_outputs(inputs, None)}


def _unknown(kind: str) -> PropertyMap:
    return dict.fromkeys(RESOURCE_SCHEMAS[kind].output_names, UNKNOWN)


@cache
def class_deletes_first(kind: str) -> bool | None:
    """Return the option `deleteBeforeReplace` that the class for Python programs sets, if any."""
    options: list[pulumi.ResourceOptions] = []

    def note(_self: object, _provider: object, _name: str, _props: object, opts: pulumi.ResourceOptions) -> None:
        options.append(opts)

    with (
        patch.object(pulumi.dynamic.Resource, "__init__", note),
        patch.object(pulumi, "get_project", lambda: PROJECT),
        patch.object(pulumi, "get_stack", lambda: STACK),
    ):
        _DECLARATIONS[kind]()
    return options[0].delete_before_replace


_DECLARATIONS: Mapping[str, Callable[[], object]] = {
    "ConnectorStaged": lambda: ConnectorStaged(
        "x", name="x", creator={"email": "x@x.example"}, repository={"url": "https://x", "tag": "x"}
    ),
    "ConnectorPublication": lambda: ConnectorPublication(
        "x", connector_staged_id="x", tag="x", content_hash="x", target="private"
    ),
    "Deployment": lambda: Deployment("x", region="x", connector={"id": "x"}),
}
