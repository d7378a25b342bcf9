"""A schedule that cannot be is told before it is deployed; one that can be is left alone."""

from __future__ import annotations

import pytest

from commercetools_connect.resources.deployment.schedules import schedule_problem


@pytest.mark.parametrize(
    "schedule",
    [
        "0 3 * * *",
        "  0  3 * * * ",
        "*/15 8-18/2 1,15 JAN-MAR mon-fri",
        "0 0 * * 7",
        "0 0 ? * *",
        "0 0 L * *",
        "0 0 31 2 *",  # never: a way to switch a job off
        "0 0 3 * * *",
        "0 0 3 * * * 2027",
        "@hourly",
        "@every 1h30m",
    ],
)
def test_what_connect_takes_is_no_mistake(schedule: str) -> None:
    assert schedule_problem(schedule) is None


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        ("", "it has 0 fields instead of 5"),
        ("0 3 * *", "it has 4 fields instead of 5"),
        ("60 * * * *", "minute (0-59) cannot be read"),
        ("*/0 * * * *", "minute (0-59) cannot be read"),
        (
            "0 24 0 13 8",
            "hour (0-23) and day of month (1-31) and month (1-12) and day of week (0-7) cannot be read",
        ),
        ("H * * * *", "minute (0-59) cannot be read"),
        ("@nightly", "is not one of @annually"),
        ("@every day", "or @every <duration>"),
    ],
)
def test_what_it_cannot_take_is_told_field_by_field(schedule: str, problem: str) -> None:
    assert problem in str(schedule_problem(schedule))
