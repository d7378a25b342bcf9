"""What a user sees while a resource works."""

from __future__ import annotations

import io

from commercetools_connect.frontends.dynamic.reporting import LINE_LENGTH, QUIET_START, STATUS_PAUSE, LineReporter


class Setting:
    def __init__(self) -> None:
        self.now = 100.0
        self.stream = io.StringIO()
        self.reporter = LineReporter("Deployment api", self.stream, lambda: self.now)

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


def test_messages_say_which_resource_and_fit_on_a_line() -> None:
    setting = Setting()
    setting.reporter.info("a\nb\x1b[31m")
    setting.reporter.warning("x\n" * 5000)
    assert setting.lines[:2] == ["Deployment api: a", "Deployment api: b\\u001b[31m"]
    assert setting.lines[2].startswith("Deployment api: warning: x x x")
    assert [len(line) for line in setting.lines[2:]] == [LINE_LENGTH]


def test_a_quick_operation_says_no_status() -> None:
    setting = Setting()
    setting.reporter.status("Queued", "1 s")
    setting.now += QUIET_START - 1
    setting.reporter.status("Deploying", "9 s")
    assert setting.lines == []


def test_a_status_is_said_when_its_state_changes_and_not_when_time_passes() -> None:
    setting = Setting()
    for seconds in (10, 40, 75):
        setting.now = 100.0 + seconds
        setting.reporter.status("Queued", f"{seconds} s")
    assert setting.lines == ["Deployment api: Queued (10 s)"]
    setting.reporter.status("Deploying", "1 min 16 s")
    assert setting.lines[1:] == ["Deployment api: Deploying (1 min 16 s)"]


def test_a_change_in_the_pause_is_said_after_it() -> None:
    setting = Setting()
    setting.now += QUIET_START
    setting.reporter.status("Queued", "10 s")
    setting.now += 5
    setting.reporter.status("Deploying", "15 s")
    assert len(setting.lines) == 1
    setting.now += STATUS_PAUSE
    setting.reporter.status("Deploying", "45 s")
    assert setting.lines[1] == "Deployment api: Deploying (45 s)"


def test_trouble_with_a_growing_duration_is_said_once() -> None:
    setting = Setting()
    for seconds in (20, 60, 100):
        setting.now = 100.0 + seconds
        setting.reporter.status("Queued; cannot be read, trying again", f"for {seconds} s")
    assert len(setting.lines) == 1


def test_an_engine_that_has_gone_disturbs_no_operation() -> None:
    setting = Setting()
    setting.stream.close()
    setting.reporter.info("hello")
