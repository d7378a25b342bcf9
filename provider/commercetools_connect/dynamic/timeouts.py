"""The argument `timeouts`: how long an operation may take, in words of people or in seconds."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

__all__ = ["seconds_by_operation"]

OPERATIONS: Final = ("create", "update", "delete")
_UNITS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")


def seconds_by_operation(timeouts: Mapping[str, object] | None) -> dict[str, float]:
    """Return the limits in seconds. Raises `ValueError` that says what is wrong and what can be written."""
    given = {name: value for name, value in (timeouts or {}).items() if value is not None}
    for name in given:
        if name not in OPERATIONS:
            near = difflib.get_close_matches(name, OPERATIONS, n=1)
            meant = f"did you mean {near[0]}?" if near else f"write any of {', '.join(OPERATIONS)}"
            raise ValueError(f"timeouts: there is no operation {name!r}; {meant}")
    return {name: _seconds(name, value) for name, value in given.items()}


def _seconds(name: str, value: object) -> float:
    seconds = _read(value)
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(
            f"timeouts: {name} is {value!r}; write a positive number of seconds, or text such as '30m', '1h30m'"
        )
    return seconds


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
