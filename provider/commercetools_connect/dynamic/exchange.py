"""One call of the engine: its properties on the way in, its answer on the way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from commercetools_connect.contract.errors import InvalidInputError, Partial, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.resource import Resource
from commercetools_connect.contract.values import Tree
from commercetools_connect.dynamic import failures
from commercetools_connect.dynamic.calls import EngineCall
from commercetools_connect.dynamic.codec import decode_tree, encode_tree, is_internal
from commercetools_connect.dynamic.declaration import CONNECTION, Declaration
from commercetools_connect.dynamic.reporting import LineReporter
from commercetools_connect.dynamic.sessions import Sessions
from commercetools_connect.resources.provider import RESOURCE_NAMES

__all__ = ["Exchange", "Properties"]

Properties: TypeAlias = Mapping[str, object]
"""A resource's properties as Pulumi hands them over, internal ones included."""


class Exchange:
    """What one call of the engine is about. Making one never fails; using it may."""

    def __init__(
        self, resource: str, method: str, properties: Properties, sessions: Sessions, call: EngineCall | None
    ) -> None:
        self.call = call
        self._resource = resource
        self._method = method
        self._properties = properties
        self._sessions = sessions
        self._declaration = Declaration.of(properties)
        self.reporter = LineReporter(self._subject)

    @property
    def _subject(self) -> str:
        name = self._declaration.name
        return f"{self._resource} {name}" if name else self._resource

    @property
    def doing(self) -> str:
        """What is being done, in words."""
        return f"the {self._method} of {self._subject}"

    @property
    def tree(self) -> Tree:
        """The properties, as the resource takes them."""
        return self.decode(self._properties)

    def decode(self, properties: Properties) -> Tree:
        """Return other properties of the same resource, as it takes them."""
        return {name: value for name, value in decode_tree(properties).items() if name != CONNECTION}

    def resource(self) -> Resource:
        """Return the resource that serves the call. Raises `ConfigurationError` and `InvalidInputError`."""
        if self._resource not in RESOURCE_NAMES:
            raise ProviderError(
                f"this version of commercetools-connect-provider has no resource {self._resource}",
                "Install the version that the stack was last updated with, or a newer one.",
            )
        connection = self._properties.get(CONNECTION)
        if connection is not None and not isinstance(connection, str):
            raise InvalidInputError("connection is not a plain text", "Write the connection's name as it is.")
        return self._sessions.provider(connection).resource(self._resource)

    def operation(self) -> Operation:
        """Return what the resource is told about the call."""
        return Operation(
            name=self._declaration.name,
            derived_key=self._declaration.derived_key,
            urn=self.call.urn if self.call else "",
            time_limit=self._time_limit(),
            reporter=self.reporter,
        )

    def answer(self, tree: Tree) -> dict[str, object]:
        """Return properties for the engine, with the members that are not the resource's; empty stays empty."""
        if not tree:
            return {}
        kept = {name: value for name, value in self._properties.items() if is_internal(name) or name == CONNECTION}
        return {**encode_tree(tree), **kept}

    def answer_inputs(self, inputs: Tree) -> dict[str, object]:
        """Return checked inputs for the engine, with the outputs that are certain.

        In a preview the engine takes a dynamic resource's inputs for its outputs, and knows no others.
        """
        return self.answer({**inputs, **self.resource().foresee(inputs, None)}) if inputs else {}

    def init_failed(self, partial: Partial) -> failures.OperationFailed | None:
        """Return the exception that makes the engine keep the object; `None` if that cannot be said."""
        if self.call is None:
            return None
        state = partial.state
        return failures.init_failed(
            self.call, state.id, self.answer(state.outputs), self.answer_inputs(state.inputs), partial.reasons
        )

    def partly_failed(self, partial: Partial) -> failures.OperationFailed:
        """Return the exception for an object that exists and is not as asked, by the best way there is."""
        if self._method in ("create", "update") and (failure := self.init_failed(partial)):
            return failure
        message = failures.describe(partial, self.doing)
        if self._method == "create":
            message += (
                f"\nIt exists, with id {partial.state.id}, but could not be written to the state. "
                "The next `pulumi up` finds it again by its key and goes on."
            )
        elif self._method == "update":
            message += "\nThe next `pulumi up` goes on from there."
        return failures.failed(self.call, message)

    def _time_limit(self) -> float | None:
        """Return seconds for the operation: from the argument `timeouts`, else the option `custom_timeouts`."""
        limits = self._declaration.time_limits
        if self.call is not None and self._method == "delete":
            # A delete is given the outputs, which are as old as the last update; the inputs are the program's.
            limits = Declaration.of(self.call.old_inputs).time_limits or limits
        own = limits.get(self._method)
        return own if own is not None else self.call.time_limit if self.call else None
