"""What this client has asked for and been told: how to know a read that is older than it may be (API §19 #39)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from commercetools_connect.contract.clock import Clock

__all__ = ["History"]


class History:
    """By object: when it was written to last, and the newest version that was shown."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._under_way: Counter[str] = Counter()
        self._written: dict[str, float] = {}
        self._versions: dict[str, int] = {}

    @contextmanager
    def writing(self, object_id: str) -> Iterator[None]:
        """Note a write, from before it is sent to after its answer, or what came instead of one."""
        self._under_way[object_id] += 1
        try:
            yield
        finally:
            self._under_way[object_id] -= 1
            self._written[object_id] = self._clock.monotonic()

    def saw(self, object_id: str, version: int) -> None:
        """Note a version that the server showed; versions only grow (API §10)."""
        self._versions[object_id] = max(version, self._versions.get(object_id, version))

    def may_show(self, object_id: str, asked_at: float) -> bool:
        """Tell whether an answer to a question asked then, on the clock's `monotonic`, knows of all our writes."""
        if self._under_way[object_id]:
            return False
        return asked_at > self._written.get(object_id, -math.inf)

    def is_outdated(self, object_id: str, version: int) -> bool:
        """Tell whether a later version was shown before."""
        return version < self._versions.get(object_id, version)
