"""What the three resource classes have in common: how a declaration in a program becomes properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import pulumi
import pulumi.dynamic

from commercetools_connect.dynamic.args import TimeoutsArgs
from commercetools_connect.dynamic.declaration import CONNECTION, DECLARATION, Declaration
from commercetools_connect.dynamic.providers import load
from commercetools_connect.dynamic.timeouts import seconds_by_operation
from commercetools_connect.resources.keys import derive_key

__all__ = ["MODULE", "ConnectResource", "replaced_in_turn"]

MODULE = "commercetools-connect"
"""Part of the type that states hold, `pulumi-python:dynamic/commercetools-connect:Deployment`: frozen for ever."""


class ConnectResource(pulumi.dynamic.Resource):
    """A resource of commercetools Connect. Its attributes are the outputs, under Python names.

    `inputs` and `outputs` are by property name; each of them becomes an output of the resource.
    """

    _kind: ClassVar[str]

    def __init_subclass__(cls, *, kind: str = "", **kwargs: object) -> None:
        # A user's own subclass declares no kind, and stays what its parent is.
        kind = kind or getattr(cls, "_kind", "")
        cls._kind = kind
        super().__init_subclass__(module=MODULE, name=kind or "Resource", **kwargs)

    def __init__(
        self,
        resource_name: str,
        inputs: Mapping[str, object],
        outputs: Iterable[str],
        *,
        timeouts: TimeoutsArgs | None,
        connection: str | None,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        if not isinstance(resource_name, str) or not resource_name:
            raise TypeError(f"{self._kind} needs a name: {self._kind}('my-name', …)")
        declaration = Declaration(
            name=resource_name,
            derived_key=derive_key(pulumi.get_project(), pulumi.get_stack(), resource_name),
            time_limits=self._time_limits(resource_name, timeouts),
        )
        props: dict[str, object] = {
            **dict.fromkeys(outputs),
            **inputs,
            CONNECTION: connection,
            DECLARATION: declaration.to_property(),
        }
        super().__init__(load(self._kind), resource_name, props, _known_to_the_plugin(self._kind, opts))

    def _time_limits(self, resource_name: str, timeouts: TimeoutsArgs | None) -> dict[str, float]:
        try:
            return seconds_by_operation(timeouts)
        except ValueError as mistake:
            raise ValueError(f"{self._kind} {resource_name}: {mistake}") from None

    def _output(self, name: str) -> pulumi.Output[Any]:
        """Return an output by the name that it has in the state."""
        # Pulumi writes outputs into `__dict__`, under the names of the properties.
        found: pulumi.Output[Any] | None = self.__dict__.get(name)
        if found is None:
            raise AttributeError(f"{type(self).__name__} has no output {name!r} yet")
        return found


def _known_to_the_plugin(kind: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return options by which a stack that moved to the plugin can come back.

    Without the alias the engine would create first, which takes the live object over by its key, and then delete
    the same object as the plugin's.
    """
    alias = pulumi.Alias(type_=f"{MODULE}:index:{kind}")
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(aliases=[alias]), opts)


def replaced_in_turn(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return options that delete the old object before the new one is made, unless the program says otherwise.

    Both would have the same key. The provider's diff says so too, but the engine does not ask for a diff when the
    user forces a replacement (`--target-replace`, `state taint`).
    """
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(delete_before_replace=True), opts)
