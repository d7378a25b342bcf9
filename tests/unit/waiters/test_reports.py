"""What the server reports is said once, in safe letters, and decides nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commercetools_connect.core.text import capped_text
from commercetools_connect.waiters import PUBLISH, ReportLine, WaitStatus
from tests.unit.waiters.script import Scene, Thing

BUILT = ReportLine("Information", "Image built")
SCRIPT = ReportLine("Warning", "Failed during the execution of 'postDeploy' script", "exit 1", "api")
SCAN = ReportLine("Error", "SAST check skipped")


def reporting(*lines: ReportLine, status: str = "Deploying", version: int = 6) -> Thing:
    return Thing(status, version, report=lines)


class TestOnce:
    def test_an_entry_is_said_when_it_appears_and_not_again(self) -> None:
        looks = [
            reporting(BUILT),
            reporting(BUILT),
            reporting(BUILT, SCRIPT),
            reporting(BUILT, SCRIPT, status="Deployed", version=7),
        ]
        scene = Scene(Thing("Queued"), looks)
        assert scene.outcome().success
        assert scene.said.warnings == ["api: Failed during the execution of 'postDeploy' script: exit 1"]
        assert scene.said.statuses == [
            "queued (0 s)",
            "deploying: Image built (5 s)",
            "deploying (10 s)",
            "deploying (15 s)",
            "deployed (20 s)",
        ]

    def test_entries_of_the_run_before_are_not_said(self) -> None:
        scene = Scene(reporting(SCRIPT), [reporting(SCRIPT), reporting(SCRIPT, status="Deployed", version=7)])
        assert scene.outcome().success
        assert scene.said.warnings == []

    def test_an_entry_that_comes_with_the_success_is_said(self) -> None:
        scene = Scene(Thing("Deploying"), [reporting(BUILT, SCRIPT, status="Deployed")])
        assert scene.outcome().success
        assert len(scene.said.warnings) == 1
        assert scene.said.statuses[-2:] == ["deployed: Image built (5 s)", "deployed (5 s)"]

    def test_the_same_entry_of_several_applications_is_one(self) -> None:
        lines = [
            ReportLine("Information", "No script", application=name, created_at=name) for name in ("api", "job")
        ]
        scene = Scene(Thing("Deploying"), [reporting(*lines, BUILT, status="Deployed")])
        assert scene.outcome().success
        assert scene.said.statuses[-2] == "deployed: api, job: No script; Image built (5 s)"

    def test_information_that_the_last_run_gave_as_well_is_no_news_and_a_warning_is(self) -> None:
        before = [replace(each, created_at="2026-11-19") for each in (BUILT, SCRIPT)]
        now = [replace(each, created_at="2026-11-20") for each in (BUILT, SCRIPT)]
        scene = Scene(reporting(*before), [reporting(*now, status="Deployed", version=7)])
        assert scene.outcome().success
        assert scene.said.statuses[-1] == "deployed (5 s)"
        assert len(scene.said.warnings) == 1

    def test_of_a_very_long_report_the_first_entries_are_said_and_how_many_more_there_are(self) -> None:
        """Fifty thousand lines would leave no terminal usable, and megabytes no log."""
        lines = [ReportLine(level, f"finding {n}") for n in range(50_000) for level in ("Warning", "Information")]
        scene = Scene(Thing("Deploying"), [reporting(*lines, status="Deployed")])
        assert scene.outcome().success
        assert scene.said.warnings[:2] == ["finding 0", "finding 1"]
        assert scene.said.warnings[50:] == ["… and 49,950 more"]
        assert scene.said.statuses[-2].endswith("finding 49; … and 49,950 more (5 s)")

    def test_the_reason_of_a_failure_has_the_first_entries_of_a_very_long_report(self) -> None:
        lines = [ReportLine("Error", f"finding {n}") for n in range(50_000)]
        scene = Scene(Thing("Deploying"), [reporting(*lines, status="Failed")])
        reason = scene.outcome().reason.splitlines()
        assert reason[1] == "  Error: finding 0"
        assert reason[-1] == "  … and 49,960 more"
        assert capped_text("\n".join(reason)) == "\n".join(reason)

    def test_what_is_only_information_does_not_stay_on_the_screen(self) -> None:
        scene = Scene(Thing("Deploying"), [reporting(BUILT), reporting(BUILT, status="Deployed")])
        scene.outcome()
        assert scene.said.warnings == []
        assert scene.said.infos == []

    def test_a_new_kind_of_entry_is_not_lost(self) -> None:
        scene = Scene(
            Thing("Deploying"), [reporting(ReportLine("Critical", "x")), reporting(status="Deployed", version=7)]
        )
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
        assert Scene(Thing("Deploying"), [reporting(done)]).outcome(deadline=60).ending is WaitStatus.TIMED_OUT

    def test_a_failure_tells_why_entry_by_entry_with_the_application(self) -> None:
        health = ReportLine("Error", "Health check failed", "no answer on port 8080", "api")
        looks = [reporting(SCRIPT), reporting(BUILT, SCRIPT, health, SCAN, status="Failed", version=7)]
        scene = Scene(Thing("Deploying"), looks)
        outcome = scene.outcome()
        assert outcome.ending is WaitStatus.FAILURE
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
        scene = Scene(Thing("Deploying"), [reporting(line), reporting(line, status="Failed", version=7)])
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
        outcome = Scene(Thing("Deploying"), [reporting(novel, status="Failed")]).outcome()
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
