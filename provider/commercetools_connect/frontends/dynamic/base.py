"""Base of the generated resource classes: it turns a declaration in a program into properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import pulumi
import pulumi.dynamic
import pulumi.runtime

from commercetools_connect.core.urns import PACKAGE
from commercetools_connect.frontends.dynamic._generated_shapes import INPUTS
from commercetools_connect.frontends.dynamic.args import (
    DECLARATION,
    DeclaredOptions,
    TimeoutsArgs,
    seconds_by_operation,
)
from commercetools_connect.frontends.dynamic.input_shapes import Place, shape_inputs
from commercetools_connect.frontends.dynamic.options import require_effective, translated_options
from commercetools_connect.frontends.dynamic.pulumi_internals import is_plain_config, warn_once
from commercetools_connect.resources.keys import derive_key


class ConnectResource(pulumi.dynamic.Resource):
    """A resource of commercetools Connect. Its attributes are the outputs, under Python names.

    `inputs` and `outputs` are by property name; each of them becomes an output of the resource.
    """

    _kind: ClassVar[str]

    def __init_subclass__(cls, *, kind: str = "", **kwargs: object) -> None:
        # A user's own subclass declares no kind, and stays what its parent is.
        kind = kind or getattr(cls, "_kind", "")
        cls._kind = kind
        super().__init_subclass__(module=PACKAGE, name=kind or "Resource", **kwargs)

    def __init__(
        self,
        resource_name: str,
        inputs: Mapping[str, object],
        outputs: Iterable[str],
        *,
        timeouts: TimeoutsArgs | None,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        from commercetools_connect.dynamic.providers import load  # noqa: PLC0415 - the public package imports this one

        if not isinstance(resource_name, str) or not resource_name:
            raise TypeError(f"{self._kind} needs a name: {self._kind}('my-name', …)")
        require_effective(self._kind, resource_name, opts)
        shaped = dict(inputs)
        place = Place(f"{self._kind} {resource_name!r}")
        shape_inputs(place, INPUTS[self._kind], shaped)
        warn_about_plain_credentials()
        try:
            time_limits = seconds_by_operation(timeouts)
        except ValueError as error:
            raise ValueError(f"{self._kind} {resource_name}: {error}") from None
        default_key = derive_key(pulumi.get_project(), pulumi.get_stack(), resource_name)
        props: dict[str, object] = {
            **dict.fromkeys(outputs),
            **shaped,
            DECLARATION: DeclaredOptions(resource_name, default_key, time_limits).to_property(),
        }
        # A stack that moved to the plugin can come back by this alias. Without it the engine would create first,
        # which takes the live object over by its key, and then delete the same object as the plugin's.
        by_plugin = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=f"{PACKAGE}:index:{self._kind}")])
        options = pulumi.ResourceOptions.merge(by_plugin, translated_options(opts, props.keys()))
        super().__init__(load(self._kind), resource_name, props, options)

    def _output(self, name: str) -> pulumi.Output[Any]:
        """Return an output by the name that it has in the state."""
        # Pulumi writes outputs into `__dict__`, under the names of the properties.
        found: pulumi.Output[Any] | None = self.__dict__.get(name)
        if found is None:
            raise AttributeError(f"{type(self).__name__} has no output {name!r} yet")
        return found


def warn_about_plain_credentials() -> None:
    """Warn once about each credential in the stack's configuration that is not a secret there.

    Only the program's process knows which configuration is secret; providers get the values alone.
    """
    for name, path, member in (("clientSecret", "", ""), ("connections", "--path ", ".<name>.clientSecret")):
        key = f"{PACKAGE}:{name}"
        value = pulumi.runtime.get_config(key) or ""
        holds_one = '"clientSecret"' in value if member else bool(value)
        if holds_one and is_plain_config(key):
            warn_once(
                f"{key} holds a client secret in plain text: the stack file and the state show it. "
                f"Set it again with `pulumi config set --secret {path}'{key}{member}' …`, and make a new API "
                "client if the file was shared"
            )
