"""The figures of the bench are computed as their names say."""

from __future__ import annotations

import pytest

from benchmarks.stats import exponent, percentile, spread


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_is_found(power: float) -> None:
    assert exponent({size: 3.0 * size**power for size in (1, 10, 100, 1000)}) == power


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.95) == 5.0
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.4) == 2.0


def test_a_spread_says_of_how_many_runs() -> None:
    assert spread([3.0, 1.0, 2.0]) == {"median": 2.0, "min": 1.0, "max": 3.0, "runs": 3}
