"""The one clock that drives every state machine, token lifetime and time-limited fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Annotated, Literal

from pydantic import Field

from commercetools_connect.emulator.model import Model

ClockMode = Literal["real", "manual"]
#: The first moment of 2200: no clock goes further, and everything that happens later can still be written.
END = 7_258_118_400.0
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: A moment that can be written as a time.
Moment = Annotated[float, Field(ge=0, le=221_845_392_000, allow_inf_nan=False)]


class ClockState(Model):
    """What a dump keeps of a clock; `now` in seconds since 1970, `offset` in seconds."""

    mode: ClockMode
    now: Annotated[float, Field(ge=0, le=END, allow_inf_nan=False)]
    offset: Annotated[float, Field(ge=-END, le=END, allow_inf_nan=False)]


class Clock:
    """Seconds since 1970: running (`real`) or stopped until it is advanced (`manual`).

    A change of the mode is seamless: time neither jumps nor goes backwards.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._anchor = time.time() - monotonic()
        self._offset = 0.0
        self._frozen: float | None = None

    @property
    def mode(self) -> ClockMode:
        """`real` or `manual`."""
        return "real" if self._frozen is None else "manual"

    def now(self) -> float:
        """Return the current time in seconds since 1970."""
        return self._running() if self._frozen is None else self._frozen

    def set_mode(self, mode: ClockMode) -> None:
        """Let the clock run or stand still, from the moment it shows."""
        if mode == self.mode:
            return
        if mode == "manual":
            self._frozen = self._running()
        else:
            self._offset += self.now() - self._running()
            self._frozen = None

    def advance(self, seconds: float) -> None:
        """Move forward; in either mode. Raise `ValueError` for what lies behind the end of the clock."""
        if self.now() + seconds > END:
            raise ValueError("the clock ends with the year 2199")
        if self._frozen is None:
            self._offset += seconds
        else:
            self._frozen += seconds

    def dump(self) -> ClockState:
        """Return what `load` needs to go on from here."""
        return ClockState(mode=self.mode, now=self.now(), offset=self._offset)

    def load(self, state: ClockState) -> None:
        """Go on from a dump: a manual clock at its moment, a real one with its lead over the wall clock."""
        self._offset = state.offset
        self._frozen = state.now if state.mode == "manual" else None

    def _running(self) -> float:
        return self._anchor + self._monotonic() + self._offset


def timestamp(seconds: float) -> str:
    """Write seconds since 1970 as the API does: ISO 8601, UTC, milliseconds (API §2)."""
    return _utc(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(seconds: float) -> int:
    """Return a moment as `timestamp` shows it, for comparing: a client can send back the time that it read."""
    return (_utc(seconds) - _EPOCH) // timedelta(milliseconds=1)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=timezone.utc)
