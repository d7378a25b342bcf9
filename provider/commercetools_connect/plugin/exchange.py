"""One call of the engine about a resource: which one it is, who serves it, and what it is told."""

from __future__ import annotations

from typing import Protocol

from commercetools_connect.contract.errors import ConfigurationError, InvalidInputError, Partial
from commercetools_connect.contract.operation import Cancellation, Operation
from commercetools_connect.contract.resource import Resource
from commercetools_connect.contract.results import State
from commercetools_connect.contract.validation import find_failures, refusal
from commercetools_connect.contract.values import Tree
from commercetools_connect.plugin.answers import foreseen, sealed
from commercetools_connect.plugin.engine import EngineLink, EngineReporter
from commercetools_connect.plugin.failures import Failure, init_failed
from commercetools_connect.plugin.urns import PACKAGE, Urn
from commercetools_connect.resources.declarations import DECLARATIONS
from commercetools_connect.resources.keys import derive_key
from commercetools_connect.resources.provider import Provider
from commercetools_connect.resources.state import Declaration

__all__ = ["Exchange", "ResourceRequest"]


class ResourceRequest(Protocol):
    """What all requests about a resource have in common."""

    @property
    def urn(self) -> str:
        """The resource's full name."""
        ...


class Exchange:
    """What one call is about. Making one never fails; asking it may."""

    def __init__(
        self, request: ResourceRequest, provider: Provider | None, link: EngineLink, cancellation: Cancellation
    ) -> None:
        self._urn = Urn.parse(request.urn)
        self._provider = provider
        self._link = link
        self._cancellation = cancellation

    @property
    def subject(self) -> str:
        """The resource in words."""
        return f"{self._urn.kind} {self._urn.name}"

    @property
    def declaration(self) -> Declaration:
        """The resource's kind. Raises `InvalidInputError` for one that does not exist."""
        found = DECLARATIONS.get(self._urn.kind)
        if found is None or not self._urn.type.startswith(f"{PACKAGE}:"):
            known = ", ".join(f"{PACKAGE}:index:{name}" for name in DECLARATIONS)
            raise InvalidInputError(
                f"this version of {PACKAGE} has no resource {self._urn.type!r}.",
                f"Known are {known}; a newer version may know more.",
            )
        return found

    @property
    def resource(self) -> Resource:
        """Who serves the call. Raises `InvalidInputError`, and `ConfigurationError` before a Configure."""
        _ = self.declaration
        if self._provider is None:
            raise ConfigurationError(f"{PACKAGE} was asked for {self.subject} before it was configured")
        return self._provider.resource(self._urn.kind)

    def operation(self, time_limit: float = 0) -> Operation:
        """Return what the resource is told; the engine's 0 is no limit."""
        urn = self._urn
        return Operation(
            name=urn.name,
            derived_key=derive_key(urn.project, urn.stack, urn.name),
            urn=urn.text,
            time_limit=time_limit or None,
            reporter=EngineReporter(self._link, urn.text),
            cancellation=self._cancellation,
        )

    async def require_valid(self, news: Tree) -> None:
        """Raise `InvalidInputError` for what a look at the server shows to be a mistake, before a create."""
        if failures := await find_failures(self.resource, self.operation(), news):
            raise refusal(failures)

    def foresee(self, inputs: Tree, state: State | None) -> Tree:
        """Return what a preview of a create, or of an update of `state`, knows."""
        return foreseen(self.declaration, inputs, self.resource.foresee(inputs, state))

    def seal(self, state: State) -> State:
        """Return the state with every secret in it marked as one."""
        return sealed(self.declaration, state)

    def init_failed(self, partial: Partial) -> Failure:
        """Return the answer that makes the engine keep an object that is not as asked."""
        return init_failed(partial, self.seal(partial.state))
