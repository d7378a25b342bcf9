"""Rate limit of a host: learned from its refusals (429), and shared by all callers in the order of asking.

Connect documents no limit (API §19 #29). Until a host refuses a call for its rate, calls go out at once. Then they
go out one after another at a rate that the host has accepted: lower after a refusal, and a little higher with each
second without one. So hundreds of pollers get their turns in a row, instead of each trying by itself.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import Final

from commercetools_connect.api.retry import retry_after_seconds
from commercetools_connect.core.clock import Clock

DECREASE: Final = 0.8
"""Share of the rate that is left after a refusal."""

INCREASE: Final = 0.2
"""Calls per second by which the rate grows in a second without a refusal."""

LOWEST: Final = 1.0
"""Calls per second."""

WINDOW: Final = 2.0
"""Seconds over which the rate before the first refusal is counted."""

FORGOTTEN_AFTER: Final = 300.0
"""Seconds without a refusal after which calls go out at once again."""

LONGEST_REST: Final = 120.0
"""Seconds that a host may ask for all callers to wait; longer waits are the retries' decision."""


class RateLimiter:
    """Turns for the calls to one host. Belongs to one event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turns = asyncio.Lock()
        self._sent: deque[float] = deque(maxlen=4096)
        self._rate = math.inf
        self._next = self._refused_at = -math.inf

    @property
    def is_limiting(self) -> bool:
        """Whether calls wait for their turns."""
        return self._rate < math.inf

    async def turn(self) -> None:
        """Return when the call may be sent. Callers get their turns in the order in which they ask."""
        if self.is_limiting:
            async with self._turns:
                while (now := self._clock.monotonic()) < self._next:
                    await self._clock.sleep(self._next - now)  # a refusal in the meantime moves it
                is_forgotten = now - self._refused_at > FORGOTTEN_AFTER
                self._rate = math.inf if is_forgotten else self._rate + INCREASE / self._rate
                self._next = now + 1 / self._rate
        self._sent.append(self._clock.monotonic())

    def refused(self, retry_after: str) -> None:
        """Record a 429 and its `Retry-After`, which may be absent (`""`)."""
        now = self._clock.monotonic()
        asked = retry_after_seconds(retry_after, self._clock.wall()) or 0.0
        self._next = max(self._next, now + min(asked, LONGEST_REST))
        # Calls that were under way together are refused together; they count once.
        if now - self._refused_at > 1.0:
            recent = sum(moment > now - WINDOW for moment in self._sent) / WINDOW
            self._rate = max(DECREASE * min(self._rate, recent), LOWEST)
        self._refused_at = now
