"""What a user sees while a resource works."""

from __future__ import annotations

import io

from commercetools_connect.dynamic.reporting import LINE_LENGTH, QUIET_START, STATUS_PAUSE, LineReporter


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
    setting.reporter.warning("x" * 5000)
    assert setting.lines[0] == "Deployment api: a b\\u001b[31m"
    assert setting.lines[1].startswith("Deployment api: warning: xxx")
    assert len(setting.lines[1]) == LINE_LENGTH


def test_a_quick_operation_says_no_status() -> None:
    setting = Setting()
    setting.reporter.status("Queued (1 s)")
    setting.now += QUIET_START - 1
    setting.reporter.status("Deploying (9 s)")
    assert setting.lines == []


def test_a_status_is_said_when_its_state_changes_and_not_when_time_passes() -> None:
    setting = Setting()
    for seconds, text in [(10, "Queued (10 s)"), (40, "Queued (40 s)"), (75, "Queued (1 min 15 s)")]:
        setting.now = 100.0 + seconds
        setting.reporter.status(text)
    assert setting.lines == ["Deployment api: Queued (10 s)"]
    setting.reporter.status("Deploying (1 min 16 s)")
    assert setting.lines[1:] == ["Deployment api: Deploying (1 min 16 s)"]


def test_a_change_in_the_pause_is_said_after_it() -> None:
    setting = Setting()
    setting.now += QUIET_START
    setting.reporter.status("Queued (10 s)")
    setting.now += 5
    setting.reporter.status("Deploying (15 s)")
    assert len(setting.lines) == 1
    setting.now += STATUS_PAUSE
    setting.reporter.status("Deploying (45 s)")
    assert setting.lines[1] == "Deployment api: Deploying (45 s)"


def test_trouble_with_a_growing_duration_is_said_once() -> None:
    setting = Setting()
    for seconds in (20, 60, 100):
        setting.now = 100.0 + seconds
        setting.reporter.status(f"Queued ({seconds} s); cannot be read for {seconds} s, trying again")
    assert len(setting.lines) == 1


def test_an_engine_that_has_gone_disturbs_nobody() -> None:
    setting = Setting()
    setting.stream.close()
    setting.reporter.info("hello")
