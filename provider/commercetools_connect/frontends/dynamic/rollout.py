"""Component `Rollout` for Python programs: it declares what `commercetools_connect.rollout` plans."""

# ruff: noqa: PLC0415 - the planning is imported when a rollout is declared: other programs must not pay for it

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pulumi

from commercetools_connect.core.urns import PACKAGE
from commercetools_connect.core.values import UNKNOWN, PropertyValue
from commercetools_connect.frontends.dynamic import _generated_resources as resources
from commercetools_connect.frontends.dynamic._generated_shapes import INPUTS
from commercetools_connect.frontends.dynamic.args import TimeoutsArgs
from commercetools_connect.frontends.dynamic.base import ConnectResource
from commercetools_connect.frontends.dynamic.input_shapes import Place, shape_inputs, snake_case

if TYPE_CHECKING:
    from commercetools_connect.rollout.declare import Child

T = TypeVar("T")

TYPE: Final = f"{PACKAGE}:index:Rollout"
"""The same as the plugin's component: a stack may move from one to the other."""


class RolloutComponent(pulumi.ComponentResource):
    """Base of the generated class `Rollout`: it declares the resources for the arguments of that class."""

    targets: pulumi.Output[Mapping[str, Mapping[str, object]]]
    summary: pulumi.Output[Sequence[Mapping[str, str]]]

    def __init__(
        self,
        resource_name: str,
        inputs: dict[str, object],
        *,
        timeouts: TimeoutsArgs | None,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        from commercetools_connect.rollout.declare import RolloutProgress, RolloutWalk
        from commercetools_connect.rollout.plan import plan_rollout

        super().__init__(TYPE, resource_name, None, opts)
        shape_inputs(Place(f"Rollout {resource_name!r}"), INPUTS["Rollout"], inputs)
        _require_valid(resource_name, inputs)
        progress = RolloutProgress(plan_rollout(resource_name, inputs, _when_known))
        outputs: dict[str, Any] = _result(RolloutWalk(ProgramDeclarer(self, timeouts, opts), progress).declare())
        self.targets = pulumi.Output.from_input(outputs["targets"])
        self.summary = pulumi.Output.from_input(outputs["summary"])
        self.register_outputs({"targets": self.targets, "summary": self.summary})


class ProgramDeclarer:
    """Declares the resources of a rollout as a program does.

    A declaration does not wait: outputs are known later. So no coroutine here suspends.
    """

    def __init__(
        self, component: RolloutComponent, timeouts: TimeoutsArgs | None, opts: pulumi.ResourceOptions | None
    ) -> None:
        self._component = component
        self._timeouts = timeouts
        # The children of a component inherit neither of these.
        self._depends_on = pulumi.ResourceOptions(depends_on=opts.depends_on if opts else None)
        self._custom_timeouts = opts.custom_timeouts if opts else None

    async def declare(self, child: Child[ConnectResource]) -> ConnectResource:
        """Declare a resource."""
        arguments = {snake_case(name): value for name, value in child.inputs.items()}
        if child.kind == "Deployment":
            arguments["timeouts"] = self._timeouts
        options = pulumi.ResourceOptions(
            parent=self._component,
            depends_on=[child.gate] if child.gate else None,
            aliases=[pulumi.Alias(name=name) for name in child.former_names],
            custom_timeouts=self._custom_timeouts if child.kind == "Deployment" else None,
        )
        options = pulumi.ResourceOptions.merge(self._depends_on, options)
        resource: ConnectResource = getattr(resources, child.kind)(child.name, **arguments, opts=options)
        return resource

    def output(self, resource: ConnectResource, *path: str) -> pulumi.Output[Any]:
        """Return an output, or a member of it."""
        output: pulumi.Output[Any] = getattr(resource, snake_case(path[0]))
        for step in path[1:]:
            output = output[step]
        return output

    async def all(self, work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Return all results, one after the other."""
        return [await each for each in work]


def _result(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that does not suspend, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("a declaration in a program must not wait")


def _require_valid(name: str, inputs: Mapping[str, object]) -> None:
    from commercetools_connect.rollout.validation import validate_rollout

    known = {member: _as_value(value) for member, value in inputs.items() if value is not None}
    failures = validate_rollout(known)
    if failures:
        lines = "\n".join(f"  {failure}" for failure in failures)
        raise pulumi.RunError(f"Rollout {name!r} cannot be declared:\n{lines}")


def _when_known(value: object, act: Callable[[object], object]) -> object:
    return value.apply(act) if isinstance(value, pulumi.Output) else act(value)


def _as_value(value: object) -> PropertyValue:
    """Return what is known of a value; outputs are unknown."""
    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {str(name): _as_value(child) for name, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_value(child) for child in value]
    return value if isinstance(value, (bool, int, float, str)) or value is None else UNKNOWN
