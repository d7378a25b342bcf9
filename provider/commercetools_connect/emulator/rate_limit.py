"""A limit on calls per second (assumption 29)."""

from __future__ import annotations

import math


class RateLimit:
    """A bucket of calls, as large as one second's worth, filled by the emulator's clock."""

    def __init__(self) -> None:
        self._level = math.inf
        self._at = 0.0

    def retry_after(self, rate: float | None, now: float) -> int | None:
        """Count a call; return None if it may pass, else the whole seconds after which one may."""
        if rate is None:
            self._level = math.inf
            return None
        capacity = max(1.0, rate)
        self._level = min(capacity, self._level + max(0.0, now - self._at) * rate)
        self._at = now
        if self._level >= 1:
            self._level -= 1
            return None
        return max(1, math.ceil((1 - self._level) / rate))
