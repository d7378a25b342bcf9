"""From the API's representations to the plain trees that outputs are made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from commercetools_connect.api import ReportEntry, ReportEntryType
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.values import PlainTree
from commercetools_connect.waiters import ReportLine

__all__ = ["report_entries", "report_lines", "wire"]


def wire(model: BaseModel) -> PlainTree:
    """Return a representation under the API's own names, without what is absent."""
    return dict(model.model_dump(mode="json", by_alias=True, exclude_none=True))


def report_entries(entries: Iterable[ReportEntry]) -> list[PlainTree]:
    """Return the entries of a report (API §4.4, §4.7), safe to print."""
    return [
        {name: quote_foreign(value) for name, value in wire(entry).items() if isinstance(value, str) and value}
        for entry in entries
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
