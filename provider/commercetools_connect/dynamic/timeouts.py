"""The argument `timeouts`: how long an operation may take, in words of people or in seconds."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Final

from commercetools_connect.contract.durations import read_seconds

__all__ = ["seconds_by_operation"]

OPERATIONS: Final = ("create", "update", "delete")


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
    seconds = read_seconds(value)
    if seconds is None or seconds <= 0:
        raise ValueError(
            f"timeouts: {name} is {value!r}; write a positive number of seconds, or text such as '30m', '1h30m'"
        )
    return seconds
