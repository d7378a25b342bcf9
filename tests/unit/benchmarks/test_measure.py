"""`make bench PARTS="growth estate"` measures these parts again and keeps what was found of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.scale import QUICK

BEFORE = {"waits": "old waits", "growth": "old growth", "load": {"waits": [7.0, 8.0], "growth": [7.0, 8.0]}}
NEW = {
    "limits": "measure_limits",
    "redaction": "measure_redaction",
    "waits": "measure_lags",
    "costs": "measure_costs",
    "growth": "measure_refresh",
    "ups": "measure_ups",
    "rollouts": "measure_rollouts",
    "estate": "measure_estate",
    "hosts": "measure_hosts",
}


@pytest.fixture(autouse=True)
def _measurements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each measurement return its own name."""
    for name in NEW.values():
        monkeypatch.setattr(bench, name, lambda *_, name=name: name)
    monkeypatch.setattr(bench, "find_engine", lambda: Path("engine"))
    monkeypatch.setattr(os, "getloadavg", lambda: (0.25, 0.0, 0.0))


def test_only_the_chosen_parts_are_measured_again() -> None:
    results = bench.measure(QUICK, ["growth", "estate"], BEFORE)

    assert {name: results.get(name) for name in NEW} == {
        **dict.fromkeys(NEW),
        "waits": "old waits",
        "growth": "measure_refresh",
        "estate": "measure_estate",
    }
    assert results["load"] == {"waits": [7.0, 8.0], "growth": [0.2, 0.2], "estate": [0.2, 0.2]}


def test_without_a_choice_everything_is_measured() -> None:
    results = bench.measure(QUICK)

    assert {name: results[name] for name in NEW} == NEW
    assert results["load"].keys() == NEW.keys()


def test_a_part_that_does_not_exist_is_named_before_an_engine_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without one, an engine would be built first, which takes minutes."""
    monkeypatch.setattr(bench, "find_engine", lambda: pytest.fail("looked for an engine"))

    with pytest.raises(SystemExit, match="there is no grwth; there are limits, redaction"):
        bench.measure(QUICK, ["grwth", "estate"], BEFORE)
