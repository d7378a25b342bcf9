"""One operation at a time on an object: two would refuse each other (API §8.1, §8.2), or undo each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

from commercetools_connect.contract.errors import WaitCancelledError, WaitTimedOutError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.session import Session

__all__ = ["deployment_turn", "draft_turn"]

_LOCKS: Final[WeakValueDictionary[tuple[str, str], asyncio.Lock]] = WeakValueDictionary()
"""(address of Connect, object) → its lock, for as long as someone holds it or waits for it.

Of the process and not of a session: several configurations may lead to the same object.
"""

AGAIN: Final = "Run `pulumi up` again."


def draft_turn(
    session: Session, operation: Operation, draft_id: str, deadline: float | None
) -> AbstractAsyncContextManager[None]:
    """Hold the draft against every other operation of this process.

    Raises `NotReachedError` when the turn comes too late: a stop was asked for, or the time limit is over.
    """
    return _turn(session, operation, f"ConnectorStaged {draft_id}", deadline)


def deployment_turn(
    session: Session, operation: Operation, state_id: str, deadline: float | None
) -> AbstractAsyncContextManager[None]:
    """Hold the Deployment, `<project key>/<id>`, in the same way."""
    return _turn(session, operation, f"Deployment {state_id}", deadline)


@asynccontextmanager
async def _turn(session: Session, operation: Operation, what: str, deadline: float | None) -> AsyncIterator[None]:
    lock = _LOCKS.setdefault((session.client.connection.connect_url, what), asyncio.Lock())
    if lock.locked():
        operation.reporter.status(f"waiting for another operation on the same {what.partition(' ')[0]}")
    async with lock:
        nothing = f"{operation.name}: nothing was asked of {what}"
        if operation.cancellation.requested:
            raise WaitCancelledError(f"{nothing}, as a stop was asked for before its turn came.", AGAIN)
        if deadline is not None and session.clock.monotonic() > deadline:
            raise WaitTimedOutError(f"{nothing}, as the time limit ended before its turn came.", AGAIN)
        yield
