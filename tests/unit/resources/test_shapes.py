"""Reports reach the state and the terminal in safe letters."""

from __future__ import annotations

from commercetools_connect.api import ReportEntry
from commercetools_connect.resources.schema import report_entries, report_lines
from commercetools_connect.waiters import ReportLine

ENTRY = ReportEntry(type="Error", title="No \x1b[31mimage", message="", application="api", created_at="2026-11-01")


def test_a_report_in_the_state_has_the_apis_names_no_empty_members_and_no_control_characters() -> None:
    assert report_entries([ENTRY]) == [
        {"type": "Error", "title": "No \\u001b[31mimage", "application": "api", "createdAt": "2026-11-01"}
    ]


def test_the_state_has_the_first_entries_of_a_long_report_and_says_how_many_more_there_were() -> None:
    shown = report_entries([ENTRY] * 50_150)

    assert len(shown) == 201
    assert shown[-1] == {"type": "Information", "title": "… and 49,950 more"}
    assert report_entries([ENTRY] * 200) == shown[:200]


def test_a_wait_gets_every_part_of_an_entry() -> None:
    entry = ENTRY.model_copy(update={"message": "m"})
    assert report_lines([entry]) == (ReportLine("Error", "No \x1b[31mimage", "m", "api", "2026-11-01"),)
