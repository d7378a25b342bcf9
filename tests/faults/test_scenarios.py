"""Whole programs on the engine's double; `tests/engine/test_double.py` plays the same on the real engine."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.support.double_theatre import DoubleTheatre
from tests.support.scenarios import SCENARIOS, play

FAILING = {
    "a_failed_run": [False, True, True],
    "a_failure_in_the_middle": [False, True],
    "a_replacement_that_fails_halfway": [True, False, True],
    "trouble_on_the_way": [True, False, True],
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_goes_on_and_ends_with_what_the_program_says(name: str) -> None:
    with closing(DoubleTheatre()) as theatre:
        ended = play(name, theatre)
        left = theatre.admin.dump()

    assert ended["succeeded"] == FAILING.get(name, [True] * len(ended["succeeded"]))
    assert not any(each["failed"] for each in ended["state"].values())
    assert ended["destroyed"]
    assert not left["drafts"]
    assert not left["deployments"]
