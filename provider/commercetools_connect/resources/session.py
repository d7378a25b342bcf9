"""What the resources of one configured provider share: the client, the watcher, time, and a lock per draft."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

from commercetools_connect.api import ConnectClient
from commercetools_connect.contract.clock import Clock
from commercetools_connect.contract.operation import Operation
from commercetools_connect.waiters import Watcher

__all__ = ["Session"]


@dataclass
class Session:
    """One configured provider at work.

    - `project_key`: the provider's own project, used where a Deployment names none.
    - `draft_locks`: id of a draft → the lock that serialises this process's changes of it. A publication and an
      update of one draft would otherwise refuse each other (API §8.1).
    """

    client: ConnectClient
    watcher: Watcher
    clock: Clock
    project_key: str | None = None
    draft_locks: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def deadline(self, operation: Operation) -> float | None:
        """Return the moment, on the clock's `monotonic`, at which the user wants the operation to have ended."""
        return None if operation.time_limit is None else self.clock.monotonic() + operation.time_limit
