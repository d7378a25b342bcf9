"""The providers that stacks remember. FROZEN FOR EVER: this path, `load`, and what `load` is given.

Pulumi stores each dynamic resource's pickled provider in the stack's state and unpickles it on every later
refresh, update and destroy. A rename of this module or of `load` would leave existing stacks that can neither be
refreshed nor destroyed. So the pickle is a reference and nothing else: "call `load` of this module with the
resource's name". It names no class and carries no attribute, no code and no secret; it is the same text on every
machine. What a provider *does* is looked up when it is called, in the installed package.

Importing this module is cheap on purpose: programs import it too, and need neither the HTTP client nor the
models behind it.
"""

# ruff: noqa: PLC0415 - what serves the RPCs is imported when one is called: programs must not pay for them

from __future__ import annotations

from collections.abc import Callable

from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

__all__ = ["ConnectProvider", "load"]


def load(resource: str) -> ConnectProvider:
    """Return the provider of the resource of that name, such as `Deployment`. Never fails: pickles call this."""
    return ConnectProvider(resource)


class ConnectProvider(ResourceProvider):
    """Serves one kind of resource. Stateless: the name of the resource is all it knows."""

    __slots__ = ("resource",)

    # A reference holds nothing secret; Pulumi's default would encrypt it once per resource, which costs time.
    serialize_as_secret_always = False

    def __init__(self, resource: str) -> None:
        super().__init__()
        self.resource = resource

    def __reduce__(self) -> tuple[Callable[[str], ConnectProvider], tuple[str]]:
        return load, (self.resource,)

    def configure(self, req: ConfigureRequest) -> None:
        """Take the stack's configuration. Calls nothing; the first operation that needs it reports errors."""
        from commercetools_connect.frontends.dynamic import rpc

        rpc.configure(req)

    def check(self, _olds: dict[str, object], news: dict[str, object]) -> CheckResult:
        """Fill in defaults and validate."""
        from commercetools_connect.frontends.dynamic import rpc

        return rpc.check(self.resource, news, _olds)

    def diff(self, _id: str, _olds: dict[str, object], _news: dict[str, object]) -> DiffResult:
        """Return what an update would change; never leaves the decision to the engine."""
        from commercetools_connect.frontends.dynamic import rpc

        return rpc.diff(self.resource, _news, _id, _olds)

    def create(self, props: dict[str, object]) -> CreateResult:
        """Create the object and wait until it is live."""
        from commercetools_connect.frontends.dynamic import rpc

        return rpc.create(self.resource, props)

    def read(self, id_: str, props: dict[str, object]) -> ReadResult:
        """Return the object as it is."""
        from commercetools_connect.frontends.dynamic import rpc

        return rpc.read(self.resource, props, id_)

    def update(self, _id: str, _olds: dict[str, object], _news: dict[str, object]) -> UpdateResult:
        """Change the object in place and wait until the change is live."""
        from commercetools_connect.frontends.dynamic import rpc

        return rpc.update(self.resource, _news, _id, _olds)

    def delete(self, _id: str, _props: dict[str, object]) -> None:
        """Delete the object and wait until it is gone."""
        from commercetools_connect.frontends.dynamic import rpc

        rpc.delete(self.resource, _props, _id)
