"""Versions and writes of a client, to recognise a read that is older than they are (API §19 #39)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from commercetools_connect.core.clock import Clock


class VersionTracker:
    """The last write to each object, and the newest version of it that the server has shown."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pending: Counter[str] = Counter()
        self._written: dict[str, float] = {}
        self._versions: dict[str, int] = {}

    @contextmanager
    def writing(self, object_id: str) -> Iterator[None]:
        """Record a write, from before it is sent until its response or error has come."""
        self._pending[object_id] += 1
        try:
            yield
        finally:
            self._pending[object_id] -= 1
            self._written[object_id] = self._clock.monotonic()

    def record(self, object_id: str, version: int) -> None:
        """Record a version that the server showed; versions only grow (API §10)."""
        self._versions[object_id] = max(version, self._versions.get(object_id, version))

    def may_show(self, object_id: str, read_at: float) -> bool:
        """Return whether a read that began at `read_at`, on the clock's `monotonic`, includes all our writes."""
        return not self._pending[object_id] and read_at > self._written.get(object_id, -math.inf)

    def is_outdated(self, object_id: str, version: int) -> bool:
        """Return whether the server has shown a later version before."""
        return version < self._versions.get(object_id, version)
