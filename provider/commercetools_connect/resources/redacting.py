"""Redaction of what a resource reports, raises and returns; marking of secrets in its inputs and states."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Concatenate, ParamSpec, TypeVar, cast

from commercetools_connect.api.secret_registry import ENTRY_TEXTS, REPORTS, SecretRegistry
from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.resource import FilteredReporter, OperationContext, Resource
from commercetools_connect.core.results import Checked, CheckFailure, Diff, State
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.schema import ResourceSchema

P = ParamSpec("P")
T = TypeVar("T")


class RedactingResource:
    """A resource that registers every secret that it is given, and that no secret of the run leaves.

    Secret inputs are marked once in what a check returns, and once in each state that leaves.
    """

    def __init__(self, resource: Resource, schema: ResourceSchema, secrets: SecretRegistry) -> None:
        self._resource = resource
        self._schema = schema
        self._secrets = secrets

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        """Check as the resource does."""
        # sealed before, too: the run registry keeps the inputs of checks
        checked = self._resource.check(self._begin(context, olds, news), olds, self._schema.mark_secrets(news))
        inputs = self._schema.mark_secrets(checked.inputs)
        self._secrets.learn(inputs)
        warnings = tuple(map(self._secrets.redact, checked.warnings))
        return Checked(inputs, self._failures(checked.failures), warnings)

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return what the resource returns."""
        return self._resource.preview_outputs(inputs, state)

    async def validate(self, context: OperationContext, news: PropertyMap) -> tuple[CheckFailure, ...]:
        """Validate as the resource does."""
        return self._failures(await self._run(self._resource.validate, context, news))

    async def validate_update(
        self, context: OperationContext, state: State, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        """Validate as the resource does."""
        return self._failures(await self._run(self._resource.validate_update, context, state, news))

    async def preview_create(self, context: OperationContext, news: PropertyMap) -> None:
        """Preview as the resource does."""
        await self._run(self._resource.preview_create, context, news)

    async def diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        """Compare as the resource does."""
        return await self._run(self._resource.diff, context, state, news)

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        """Create as the resource does."""
        return self._state(await self._run(self._resource.create, context, news))

    async def read(self, context: OperationContext, state: State) -> State | None:
        """Read as the resource does."""
        found = await self._run(self._resource.read, context, state)
        return None if found is None else self._state(found)

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        """Update as the resource does."""
        return self._state(await self._run(self._resource.update, context, state, news))

    async def delete(self, context: OperationContext, state: State) -> None:
        """Delete as the resource does."""
        await self._run(self._resource.delete, context, state)

    def _begin(self, context: OperationContext, *given: PropertyMap | State) -> OperationContext:
        """Register the secrets that an operation is given; return its context with a redacting reporter."""
        for each in given:
            if isinstance(each, State):
                self._secrets.learn_state(each.outputs)
                self._secrets.learn(each.inputs)
            else:
                self._secrets.learn(each)
        return replace(context, reporter=FilteredReporter(context.reporter, self._secrets.redact))

    async def _run(
        self,
        act: Callable[Concatenate[OperationContext, P], Awaitable[T]],
        context: OperationContext,
        *given: P.args,
        **more: P.kwargs,
    ) -> T:
        """Call a method of the resource; redact what it raises."""
        begun = self._begin(context, *cast("tuple[PropertyMap | State, ...]", given))
        try:
            return await act(begun, *given, **more)
        except ProviderError as error:
            redact_error(error, self._secrets)
            raise
        except InitFailedError as error:
            error.state = self._state(error.state)
            error.reasons = error.args = tuple(map(self._secrets.redact, error.reasons))
            raise

    def _failures(self, failures: Sequence[CheckFailure]) -> tuple[CheckFailure, ...]:
        return tuple(replace(each, reason=self._secrets.redact(each.reason)) for each in failures)

    def _state(self, state: State) -> State:
        """Return the state with marked secrets and redacted reports, which may be older than the secret."""
        outputs = self._schema.mark_secrets(state.outputs)
        for name in REPORTS:
            entries = outputs.get(name)
            if isinstance(entries, Sequence) and not isinstance(entries, str):
                outputs[name] = kept = [dict(each) if isinstance(each, Mapping) else each for each in entries]
                for entry, text in product(kept, ENTRY_TEXTS):
                    if isinstance(entry, dict) and isinstance(entry.get(text), str):
                        entry[text] = self._secrets.redact(str(entry[text]))
        return replace(state, outputs=outputs, inputs=self._schema.mark_secrets(state.inputs))


def redact_error(error: ProviderError, secrets: SecretRegistry) -> None:
    """Redact the texts of an error."""
    error.message = secrets.redact(error.message)
    error.remedy = secrets.redact(error.remedy)
    error.args = (error.message, error.remedy)
