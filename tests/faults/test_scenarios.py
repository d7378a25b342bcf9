"""Whole programs on the engine's double; `tests/engine/test_double.py` plays the same on the real engine."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.support.engine_double import EngineDouble
from tests.support.scenarios import SCENARIOS, play

FAILING = {
    "a_delete_first_takes_dependants_along": [True, False],
    "a_delete_first_whose_create_fails": [True, False, True],
    "a_failed_run": [False, True, True],
    "a_failure_in_the_middle": [False, True],
    "a_rename_without_an_alias": [True, False],
    "a_replacement_that_fails_halfway": [True, False, True],
    "trouble_on_the_way": [True, False, True],
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_goes_on_and_ends_with_what_the_program_says(name: str) -> None:
    with closing(EngineDouble()) as scenario_engine:
        ended = play(name, scenario_engine)
        left = scenario_engine.admin.dump()

    assert ended["succeeded"] == FAILING.get(name, [True] * len(ended["succeeded"]))
    assert not any(each["failed"] for each in ended["state"].values())
    assert ended["destroyed"]
    assert not left["drafts"]
    assert not left["deployments"]
