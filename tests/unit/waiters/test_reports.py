"""What the server reports is said once, in safe letters, and decides nothing."""

from __future__ import annotations

import pytest

from commercetools_connect.waiters import PUBLISH, Ending, ReportLine
from tests.unit.waiters.script import Scene, Thing

BUILT = ReportLine("Information", "Image built")
SCRIPT = ReportLine("Warning", "Failed during the execution of 'postDeploy' script", "exit 1", "api")
SCAN = ReportLine("Error", "SAST check skipped")


def told(*lines: ReportLine, status: str = "Deploying", version: int = 6) -> Thing:
    return Thing(status, version, report=lines)


class TestOnce:
    def test_an_entry_is_said_when_it_appears_and_not_again(self) -> None:
        looks = [told(BUILT), told(BUILT), told(BUILT, SCRIPT), told(BUILT, SCRIPT, status="Deployed", version=7)]
        scene = Scene(Thing("Queued"), looks)
        assert scene.outcome().success
        assert scene.said.warnings == ["api: Failed during the execution of 'postDeploy' script: exit 1"]
        assert scene.said.statuses == [
            "queued (0 s)",
            "deploying (5 s): Image built",
            "deploying (10 s)",
            "deploying (15 s)",
            "deployed (20 s)",
        ]

    def test_entries_of_the_run_before_are_not_said(self) -> None:
        scene = Scene(told(SCRIPT), [told(SCRIPT), told(SCRIPT, status="Deployed", version=7)])
        assert scene.outcome().success
        assert scene.said.warnings == []

    def test_an_entry_that_comes_with_the_success_is_said(self) -> None:
        scene = Scene(Thing("Deploying"), [told(BUILT, SCRIPT, status="Deployed")])
        assert scene.outcome().success
        assert len(scene.said.warnings) == 1
        assert scene.said.statuses[-1] == "deployed (5 s): Image built"

    def test_what_is_only_information_does_not_stay_on_the_screen(self) -> None:
        scene = Scene(Thing("Deploying"), [told(BUILT), told(BUILT, status="Deployed")])
        scene.outcome()
        assert scene.said.warnings == []
        assert scene.said.infos == []

    def test_a_new_kind_of_entry_is_not_lost(self) -> None:
        scene = Scene(Thing("Deploying"), [told(ReportLine("Critical", "x")), told(status="Deployed", version=7)])
        scene.outcome()
        assert scene.said.warnings == ["x"]


class TestVerdict:
    def test_errors_in_the_report_are_no_failure(self) -> None:
        looks = [Thing("Processing", report=(SCAN,)), Thing("Published", version=6, report=(SCAN,))]
        scene = Scene(Thing("Processing"), looks, PUBLISH)
        assert scene.outcome().success
        assert scene.said.warnings == ["SAST check skipped"]

    def test_good_news_in_the_report_is_no_success(self) -> None:
        done = ReportLine("Information", "Deployment succeeded")
        assert Scene(Thing("Deploying"), [told(done)]).outcome(deadline=60).ending is Ending.TIMED_OUT

    def test_a_failure_tells_why_entry_by_entry_with_the_application(self) -> None:
        health = ReportLine("Error", "Health check failed", "no answer on port 8080", "api")
        looks = [told(SCRIPT), told(BUILT, SCRIPT, health, SCAN, status="Failed", version=7)]
        scene = Scene(Thing("Deploying"), looks)
        outcome = scene.outcome()
        assert outcome.ending is Ending.FAILURE
        assert outcome.reason.splitlines() == [
            "deployment failed",
            "  Warning: api: Failed during the execution of 'postDeploy' script: exit 1",
            "  Error: api: Health check failed: no answer on port 8080",
            "  Error: SAST check skipped",
        ]
        assert scene.said.warnings == ["api: Failed during the execution of 'postDeploy' script: exit 1"]

    def test_a_message_that_repeats_the_title_is_said_once(self) -> None:
        assert str(ReportLine("Error", "No", "No", "api")) == "api: No"
        assert str(ReportLine("Error", "No")) == "No"


class TestForeignText:
    EVIL = "\x1b[2J\u202e\nfaked: deployed"

    @pytest.mark.parametrize("member", ["level", "title", "message", "application"])
    def test_no_part_of_an_entry_can_play_with_the_terminal(self, member: str) -> None:
        parts = {"level": "Error", "title": "t", "message": "m", "application": "a"}
        line = ReportLine(**{**parts, member: self.EVIL})
        scene = Scene(Thing("Deploying"), [told(line), told(line, status="Failed", version=7)])
        reason = scene.outcome().reason
        assert len(reason.splitlines()) == 2
        for text in (reason, scene.said.everything):
            assert "\x1b" not in text
            assert "\u202e" not in text
        assert "\\u001b[2J\\u202e faked: deployed" in reason

    def test_an_unknown_status_cannot_either(self) -> None:
        scene = Scene(Thing(self.EVIL))
        reason = scene.outcome(deadline=60).reason
        for text in (reason, *scene.said.statuses, *scene.said.warnings):
            assert "\x1b" not in text
            assert "\n" not in text

    def test_a_novel_of_the_server_is_cut(self) -> None:
        novel = ReportLine("Error", "x" * 5000)
        outcome = Scene(Thing("Deploying"), [told(novel, status="Failed")]).outcome()
        assert len(outcome.reason) < 600


class TestUnknownStatus:
    def test_it_is_said_once_and_waited_out(self) -> None:
        looks = [
            Thing("Hibernating"),
            Thing("Hibernating"),
            Thing("Queued"),
            Thing("Hibernating"),
            Thing("Deployed"),
        ]
        scene = Scene(Thing("Queued"), looks)
        assert scene.outcome().success
        assert scene.said.warnings == [
            'unknown status "Hibernating" is not known to this version of the provider; waiting until it changes'
        ]

    def test_each_new_word_is_said(self) -> None:
        scene = Scene(Thing("One"), [Thing("Two"), Thing("Three"), Thing("Deployed")])
        scene.outcome()
        assert len(scene.said.warnings) == 3
