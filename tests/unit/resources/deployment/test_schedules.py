"""A preview warns of a schedule that connect.yaml could not have, and refuses one that no cron can read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from commercetools_connect.resources.deployment.validation import schedule_doubt, schedule_problem
from tests.emulator import connect_yaml_verdicts as derived

RECORDED = Path(__file__).parents[3] / "emulator" / "connect_yaml_cases"
SCHEDULES = {
    f"cron {name}": (
        yaml.safe_load((RECORDED / name).read_text())["deployAs"][0]["properties"]["schedule"],
        verdict,
    )
    for name, verdict in json.loads((RECORDED / "verdicts.json").read_text()).items()
    if name.startswith("cron-")
}
"""Each recorded schedule, with the verdict of the vendor's parser."""

DERIVED = {
    each.name: (found[1], each.accepted)
    for each in derived.CASES
    if each.name.startswith("schedule-") and (found := re.search(r"schedule: '(.*)'", str(each.text)))
}
"""Each schedule of our own cases, with the verdict of the documented rules."""


@pytest.mark.parametrize(("schedule", "verdict"), SCHEDULES.values(), ids=SCHEDULES.keys())
def test_a_preview_warns_of_what_the_vendors_parser_refuses_and_of_nothing_else(
    schedule: str, verdict: str
) -> None:
    assert (schedule_doubt(schedule) is None) == (verdict == "accepted")
    assert schedule_problem(schedule) is None


@pytest.mark.parametrize(("schedule", "accepted"), DERIVED.values(), ids=DERIVED.keys())
def test_a_schedule_is_read_as_in_connect_yaml(schedule: str, accepted: bool) -> None:
    assert (schedule_doubt(schedule) is None) == accepted


@pytest.mark.parametrize(
    "schedule",
    [
        "  0  3 * * * ",
        "0 0 1 JAN *",
        "0 3 * * MON-FRI",
        "0 0 ? * *",
        "0 0 L * *",
        "H * * * *",
        "@midnight",
        "every 24 hours",
        "0 3 * *",
        "",
    ],
)
def test_what_connect_may_take_although_connect_yaml_cannot_have_it_is_no_mistake(schedule: str) -> None:
    assert "if Connect refuses it, use one of these forms" in str(schedule_doubt(schedule))
    assert schedule_problem(schedule) is None


@pytest.mark.parametrize(
    "schedule",
    [
        "0 3 * * *",
        "0 0 * * 7",
        "0 0 31 2 *",  # never: a way to switch a job off
        "0 0 3 * * *",
        "0 0 3 * * * 2027",
        "CRON_TZ=UTC 0 3 * * *",
        "1-30/2 * * * *",
        "@hourly",
        "@every 1h30m",
    ],
)
def test_what_connect_takes_is_neither_a_mistake_nor_a_doubt(schedule: str) -> None:
    assert schedule_problem(schedule) is None
    assert schedule_doubt(schedule) is None


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        ("60 * * * *", "minute (0-59) cannot be read"),
        ("*/0 * * * *", "minute (0-59) cannot be read"),
        (
            "0 24 0 13 8",
            "hour (0-23) and day of month (1-31) and month (1-12) and day of week (0-7) cannot be read",
        ),
    ],
)
def test_what_it_cannot_take_is_reported_field_by_field(schedule: str, problem: str) -> None:
    assert problem in str(schedule_problem(schedule))


def test_a_field_that_no_cron_can_read_is_a_doubt_where_connect_yaml_could_have_it() -> None:
    """The pattern finds five fields in the digits of `0 3 * 13 MOO`."""
    doubt = str(schedule_doubt("0 3 * 13 MOO"))

    assert "month (1-12) and day of week (0-7) cannot be read" in doubt
    assert schedule_problem("0 3 * 13 MOO") is None


def test_a_schedule_of_any_length_is_judged_at_once() -> None:
    assert schedule_doubt("1," * 1_000_000)
