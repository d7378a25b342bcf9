"""Numbers from numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Final, TypeAlias

__all__ = ["FAILING", "GOLDEN", "Spread", "exponent", "percentile", "spread"]

Spread: TypeAlias = Mapping[str, float]

GOLDEN: Final = 0.6180339887
"""Multiples of it, modulo 1, lie evenly: errors, and the ends of runs at every distance from a look."""

FAILING: Final = 10
"""One of so many runs fails."""


def spread(values: Sequence[float], digits: int = 3) -> Spread:
    """Return median, minimum and maximum, and of how many runs."""
    found = {"median": median(values), "min": min(values), "max": max(values)}
    return {**{name: round(value, digits) for name, value in found.items()}, "runs": len(values)}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def exponent(points: Mapping[int, float]) -> float:
    """Return k of the best fit of `constant * N^k`, by least squares on logarithms."""
    xs = [math.log(size) for size in points]
    ys = [math.log(max(value, 1e-9)) for value in points.values()]
    mean_x, mean_y = fmean(xs), fmean(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return round(above / sum((x - mean_x) ** 2 for x in xs), 2)
