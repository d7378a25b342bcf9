"""Durations as people write them: seconds, or text such as `30m`, `1h30m`, `90s`. Pure."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import Final

__all__ = ["read_seconds"]

_UNITS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")


def read_seconds(value: object) -> float | None:
    """Return the seconds that a number, a text or a `timedelta` stands for; `None` when it stands for none."""
    seconds = _read(value)
    return seconds if seconds is not None and math.isfinite(seconds) else None


def _read(value: object) -> float | None:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        text = re.sub(r"\s+", "", value)
        if text and _PART.sub("", text) == "":
            return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return None
