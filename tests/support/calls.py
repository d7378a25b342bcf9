"""One call of the engine's double to a provider, and how it has ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.results import State
from tests.support.process import Process, ProcessEndedError
from tests.support.stack import Deed, Entry, How, Step

__all__ = ["End", "attempt", "step_of"]


@dataclass(frozen=True)
class End:
    """How a call to the provider ended."""

    how: How
    state: State | None = None
    reasons: tuple[str, ...] = ()
    error: BaseException | None = None


async def attempt(process: Process, call: Callable[[], Awaitable[Any]]) -> End:
    """Make one call. Any exception of a provider is a failure; only `InitFailedError` brings a state."""
    try:
        answer = await process.serve(call)
    except InitFailedError as partial:
        return End("partial", partial.state, partial.reasons or (str(partial),), partial)
    except ProcessEndedError as error:
        return End("killed", error=error)
    except ProviderError as error:
        return End("failed", error=error)
    return End("done", answer if isinstance(answer, State) else None)


def step_of(entry: Entry, action: Deed, end: End) -> Step:
    """Return the step that an entry of the state has gone through."""
    return Step(entry.urn, entry.kind, entry.name, action, end.how, entry, end.state, end.error)
