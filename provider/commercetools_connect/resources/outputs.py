"""Conversion of API models to plain outputs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel

from commercetools_connect.api import ReportEntry, ReportEntryType
from commercetools_connect.core.text import capped_list, escape_untrusted
from commercetools_connect.core.values import PlainMap
from commercetools_connect.waiters import ReportLine

MAX_ENTRIES: Final = 200
"""Of a report in the outputs; each has two texts of up to 500 characters."""


def to_plain(model: BaseModel) -> PlainMap:
    """Return a representation under the API's own names, without what is absent."""
    return dict(model.model_dump(mode="json", by_alias=True, exclude_none=True))


def report_entries(entries: Iterable[ReportEntry]) -> list[PlainMap]:
    """Return the entries of a report (API §4.4, §4.7), safe to print: the first 200, and how many more."""
    shown = capped_list(
        list(entries), MAX_ENTRIES, lambda text: ReportEntry(type=ReportEntryType.INFORMATION, title=text)
    )
    return [
        {
            name: escape_untrusted(value)
            for name, value in to_plain(entry).items()
            if isinstance(value, str) and value
        }
        for entry in shown
    ]


def report_lines(entries: Iterable[ReportEntry]) -> tuple[ReportLine, ...]:
    """Return the entries as a wait shows them.

    A check that was skipped is called an error in reports of drafts that passed (API §8.1): it is information.
    """
    return tuple(
        ReportLine(
            ReportEntryType.INFORMATION if entry.title.endswith("skipped") else entry.type,
            entry.title,
            entry.message,
            entry.application,
            entry.created_at,
        )
        for entry in entries
    )
