"""Logs are read to their end, filtered, and safe to look at."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
import typer
from typer.testing import Result

from commercetools_connect.cli.common import api_time, parse_time
from commercetools_connect.cli.logs import is_severe_enough
from tests.cli.stacks import Run
from tests.support.world import World

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)


def written(world: World, *lines: tuple[str, str]) -> None:
    """Write lines (severity, message) to the log of a new deployment."""
    world.deployed(key="greeter-dev")
    world.emulator.admin.settings(logs={"pageSize": 2})
    world.emulator.admin.log(
        "demo-project",
        "greeter-dev",
        [{"applicationName": "service", "severity": severity, "message": message} for severity, message in lines],
    )
    world.emulator.admin.clear_journal()


def messages(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [json.loads(line)["details"]["message"] for line in result.stdout.splitlines()]


def test_all_pages_are_read_and_the_end_of_the_endpoint_is_said_beside_the_answer(world: World, run: Run) -> None:
    written(world, *[("INFO", f"line {number}") for number in range(5)])

    result = run("logs", "demo-project/greeter-dev", "--json")

    assert messages(result)[-5:] == [f"line {number}" for number in range(5)]
    assert len([call for call in world.calls() if "/logs" in call]) >= 3
    assert "2027-01-31" in result.stderr
    assert "2027-01-31" not in result.stdout


def test_a_severity_is_the_least_that_is_shown(world: World, run: Run) -> None:
    written(world, ("INFO", "fine"), ("WARNING", "hm"), ("ERROR", "broken"))

    shown = messages(run("logs", "demo-project/greeter-dev", "--severity", "warning", "--json"))

    assert shown == ["hm", "broken"]


def test_an_unknown_severity_is_shown() -> None:
    assert is_severe_enough("SHOUTING", "EMERGENCY")
    assert not is_severe_enough("DEFAULT", "DEBUG")


def test_lines_are_readable_and_cannot_steer_the_terminal(world: World, run: Run) -> None:
    written(world, ("ERROR", "red \x1b[31malert\x07\nand [bold]more[/bold]"))

    result = run("logs", "demo-project/greeter-dev", "--application", "service")

    last = result.stdout.splitlines()[-1]
    assert last.endswith(r"ERROR     service red \u001b[31malert\u0007 and [bold]more[/bold]")
    as_json = run("logs", "demo-project/greeter-dev", "--json").stdout
    assert "\x1b" not in result.output + as_json
    assert "\x07" not in result.output + as_json


def test_a_window_is_sent_as_the_api_writes_dates(world: World, run: Run) -> None:
    written(world, ("INFO", "one"))

    result = run("logs", "demo-project/greeter-dev", "--since", "2d", "--until", "1s", "--json")

    assert result.exit_code == 0, result.output
    (call,) = [call for call in world.emulator.admin.journal() if call["path"].endswith("/logs")]
    sent = dict(part.split("=") for part in str(call["query"]).split("&"))
    assert set(sent) == {"startDate", "endDate"}
    assert all(date.endswith("Z") for date in sent.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "31d"], "30 days"),
        (["--since", "yesterday"], "is not a point in time"),
        (["--since", "99999999999d"], "is not a point in time"),
        (["--until", f"{'9' * 5000}m"], "is not a point in time"),
        (["--until", "0001-01-01T00:00+14:00"], "is not a point in time"),
        (["--since", "1h", "--until", "2h"], "ends before --since"),
        (["--severity", "loud"], "write one of DEFAULT"),
    ],
)
def test_a_wrong_option_is_refused_before_any_call(
    world: World, run: Run, arguments: list[str], said: str
) -> None:
    result = run("logs", "demo-project/greeter-dev", *arguments)

    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
    assert world.emulator.admin.journal() == []


def test_an_aws_region_needs_an_application_and_that_is_said_before_the_call(world: World, run: Run) -> None:
    staged, _ = world.published()
    world.create("Deployment", world.deployment_inputs(staged.id, key="greeter-aws", region="eu-central-1.aws"))
    world.emulator.admin.clear_journal()

    result = run("logs", "demo-project/greeter-aws")

    assert result.exit_code == 1
    assert "--application: service" in result.stderr
    assert not [call for call in world.calls() if "/logs" in call]
    assert run("logs", "demo-project/greeter-aws", "--application", "service").exit_code == 0


def test_an_unknown_application_is_answered_with_those_that_there_are(world: World, run: Run) -> None:
    written(world)

    result = run("logs", "demo-project/greeter-dev", "--application", "servcie")

    assert result.exit_code == 1
    assert "It has service" in result.stderr


def test_no_line_is_said_so(world: World, run: Run) -> None:
    written(world)
    result = run("logs", "demo-project/greeter-dev", "--severity", "EMERGENCY")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No line matches" in result.stderr


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-11-20T10:00", datetime(2026, 11, 20, 10, tzinfo=timezone.utc)),
        ("2026-11-20T10:00:30Z", datetime(2026, 11, 20, 10, 0, 30, tzinfo=timezone.utc)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=timezone.utc)),
        ("2026-11-20T10:00+02:00", datetime(2026, 11, 20, 8, tzinfo=timezone.utc)),
    ],
)
def test_moments_are_understood_as_people_write_them(text: str, meant: datetime) -> None:
    assert parse_time(text, NOW, "--since") == meant


def test_a_moment_is_sent_in_utc_with_milliseconds() -> None:
    assert api_time(parse_time("2026-11-20T10:00+02:00", NOW, "--since")) == "2026-11-20T08:00:00.000Z"
    with pytest.raises(typer.BadParameter, match="90m"):
        parse_time("soon", NOW, "--since")
