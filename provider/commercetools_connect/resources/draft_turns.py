"""One operation at a time on a draft: a publication and an update of it would refuse each other (API §8.1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

from commercetools_connect.contract.errors import WaitCancelledError, WaitTimedOutError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.session import Session

__all__ = ["draft_turn"]

_LOCKS: Final[WeakValueDictionary[tuple[str, str], asyncio.Lock]] = WeakValueDictionary()
"""(address of Connect, id of the draft) → its lock, for as long as someone holds it or waits for it.

Of the process and not of a session: several configurations may lead to the same draft.
"""


@asynccontextmanager
async def draft_turn(
    session: Session, operation: Operation, draft_id: str, deadline: float | None
) -> AsyncIterator[None]:
    """Hold the draft against every other operation of this process.

    Raises `NotReachedError` when the turn comes too late: a stop was asked for, or the time limit is over.
    """
    lock = _lock(session, draft_id)
    if lock.locked():
        operation.reporter.status("waiting for another operation on the same draft")
    async with lock:
        what = f"{operation.name}: nothing was asked of ConnectorStaged {draft_id}"
        if operation.cancellation.requested:
            raise WaitCancelledError(f"{what}, as a stop was asked for before its turn came.", AGAIN)
        if deadline is not None and session.clock.monotonic() > deadline:
            raise WaitTimedOutError(f"{what}, as the time limit ended before its turn came.", AGAIN)
        yield


AGAIN: Final = "Run `pulumi up` again."


def _lock(session: Session, draft_id: str) -> asyncio.Lock:
    return _LOCKS.setdefault((session.client.connection.connect_url, draft_id), asyncio.Lock())
