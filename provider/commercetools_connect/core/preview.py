"""Validation in a preview: what only reading from the server can find, with a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from commercetools_connect.core.errors import InvalidInputError, ProviderError
from commercetools_connect.core.resource import OperationContext, Resource
from commercetools_connect.core.results import CheckFailure, State
from commercetools_connect.core.values import PropertyMap

VALIDATION_LIMIT: Final = 5.0
"""Seconds. A preview without a network must not hang."""

NOT_CHECKED_OFFLINE: Final = (
    "offlinePreview is set, so nothing is read from commercetools before the apply: credentials, projects, "
    "connectors, tags and required keys of Deployments, and existing objects under the keys of new resources are "
    "not checked. Unset offlinePreview (CTP_OFFLINE_PREVIEW) to check them"
)
NO_ANSWER: Final = (
    "Check the network and the configured region, and run again; offlinePreview: true (CTP_OFFLINE_PREVIEW) makes "
    "no calls in previews."
)


@dataclass
class PreviewValidation:
    """Validation of a provider's resources by reading, before anything is created or changed.

    - `strict`: what cannot be read is a failure; else it is a warning.
    - `offline`: nothing is read; one warning says what is not checked.
    - `place`: what its calls go to. A warning that concerns every call is given once for each place.
    - `warned`: the causes of the warnings so far.
    - `no_answer` returns the error after so many seconds, with the remedy unless it knows a better one.
    """

    strict: bool = False
    offline: bool = False
    no_answer: Callable[[float, str], ProviderError] = lambda seconds, remedy: ProviderError(
        f"There was no answer within {seconds:g} s.", remedy
    )
    place: str = ""
    warned: set[str] = field(default_factory=set)

    async def validate_create(
        self, resource: Resource, context: OperationContext, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        """Return every reason to refuse a create, including an object in its way, within `VALIDATION_LIMIT`."""

        async def preview(limited: OperationContext) -> tuple[CheckFailure, ...]:
            await resource.preview_create(limited, news)
            return ()

        failures = await self._with_timeout(context, lambda limited: resource.validate(limited, news))
        if self.offline or any(not failure.path for failure in failures):
            return failures  # nothing can be read, and one reason is enough
        return failures + await self._with_timeout(context, preview)

    async def validate_update(
        self, resource: Resource, context: OperationContext, state: State, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        """Return every reason to refuse an update in place, within the same time."""
        return await self._with_timeout(context, lambda limited: resource.validate_update(limited, state, news))

    async def _with_timeout(
        self, context: OperationContext, find: Callable[[OperationContext], Awaitable[tuple[CheckFailure, ...]]]
    ) -> tuple[CheckFailure, ...]:
        if self.offline:
            self._warn_once(context, NOT_CHECKED_OFFLINE, NOT_CHECKED_OFFLINE)
        try:
            return await asyncio.wait_for(find(replace(context, time_limit=VALIDATION_LIMIT)), VALIDATION_LIMIT)
        except ProviderError as error:
            return self.judge(context, error)
        except asyncio.TimeoutError:
            return self._unchecked(context, str(self.no_answer(VALIDATION_LIMIT, NO_ANSWER)), self._every_call)

    def judge(self, context: OperationContext, error: ProviderError) -> tuple[CheckFailure, ...]:
        """Return the failure that an error of a read proves, if it proves one; else warn, once for one cause."""
        if not error.maybe_temporary:
            return (CheckFailure((), str(error)),)
        return self._unchecked(context, str(error), self._every_call if error.affects_every_call else str(error))

    @property
    def _every_call(self) -> str:
        """The cause of a warning that concerns every call."""
        return f"every call of {self.place}"

    def _unchecked(self, context: OperationContext, reason: str, cause: str) -> tuple[CheckFailure, ...]:
        message = f"not everything could be checked at preview: {reason}"
        if self.strict:
            return (CheckFailure((), message),)
        self._warn_once(context, message, cause)
        return ()

    def _warn_once(self, context: OperationContext, message: str, cause: str) -> None:
        if cause not in self.warned:
            self.warned.add(cause)
            context.reporter.warning(message)


def invalid_inputs(failures: Sequence[CheckFailure], remedy: str = "") -> InvalidInputError:
    """Return the error that names all failures, at least one."""
    lines = [*map(str, failures)]
    return InvalidInputError("\n".join([f"{len(lines)} mistakes:", *lines] if len(lines) > 1 else lines), remedy)
