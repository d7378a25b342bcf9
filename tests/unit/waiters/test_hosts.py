"""Hundreds of projects on hosts that limit the rate of calls: everything ends as it did at the server."""

from __future__ import annotations

from benchmarks.hosts import Case, wait_for_all
from tests.support.virtual import run_virtually

CASE = Case(
    hosts=2,
    projects=24,
    deployments=3,
    limit=3,
    error_rate=0.02,
    shortest_run=30,
    longest_run=400,
    outage=150,
    recovery=300,
)


def test_waits_of_many_projects_share_the_limit_of_a_host_and_none_ends_wrongly() -> None:
    """One host answers nothing for a while, both refuse calls beyond three a second, and some calls fail."""
    found = run_virtually(wait_for_all(CASE))

    assert (found["waits"], found["wrong"]) == (2 * 24 * 3, 0)
    assert found["refused_percent"] < 15


def test_no_project_waits_much_longer_than_the_others() -> None:
    case = Case(
        hosts=1, projects=24, deployments=3, limit=3, error_rate=0, longest_run=400, outage=9e9, recovery=9e9
    )

    found = run_virtually(wait_for_all(case))

    round_trip = case.projects / case.limit
    assert found["lag_max"] < 6 * round_trip
