"""Writes docs/lifecycles.md from the tables of `waiters.lifecycle`: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator

from commercetools_connect.waiters.lifecycle import DAY, LIFECYCLES, MINUTE, Lifecycle, Verdict
from tests.site.blocks import DOCS
from tests.site.tables import table

__all__ = ["LIFECYCLES_PAGE", "render"]

LIFECYCLES_PAGE = DOCS / "lifecycles.md"

HEAD = """# Lifecycles: what counts as done

Read this page to know when an operation ends, and how long the provider waits. Generated from the tables that
every wait decides with (`make docs`); do not edit.

Connect answers a request at once and works on it afterwards. An operation is done when two things are true: the
status of Connect says so, and there is a sign that this run has ended. The success of a previous run does not
count. A status that is in no table counts as not done. So a new status of Connect never becomes a success.

A time limit is that of the whole operation. To set another one, use the option `customTimeouts`, or `timeouts`
with dynamic resources. If the limit ends first, nothing is lost: the run continues at Connect, and the next
`pulumi up` waits for it.
"""

WHEN = {
    "preview": "A `ConnectorPublication` with `target: preview`.",
    "publish": "A `ConnectorPublication` with `target: private`.",
    "validation for certification": "A `ConnectorPublication` with `target: marketplace`.",
    "certification": "The same with `waitFor: certification`. People decide here.",
    "deployment": "A `Deployment` that is created, changed or moved to another tag.",
    "undeploy": "A `Deployment` that is deleted or replaced.",
}
GONE = {
    Verdict.SUCCESS: "done: that is what was asked for",
    Verdict.FAILURE: "failed: another client has deleted it",
}


def render() -> str:
    """Return the page: a section for each lifecycle."""
    return "\n".join([HEAD, *(line for lifecycle in LIFECYCLES for line in _section(lifecycle))])


def _section(lifecycle: Lifecycle) -> Iterator[str]:
    yield f"## {lifecycle.name.capitalize()}\n"
    yield f"{WHEN[lifecycle.name]} Time limit: {_duration(lifecycle.time_limit)}.\n"
    rows = [
        *((f"`{value}`", words, "goes on") for value, words in lifecycle.pending.items()),
        *((f"`{value}`", words, "**done**") for value, words in lifecycle.success.items()),
        *((f"`{value}`", words, "failed") for value, words in lifecycle.failure.items()),
        ("the object is gone", "", GONE[lifecycle.gone]),
        ("anything else", f"unknown {lifecycle.field}", "goes on"),
    ]
    yield from table((f"`{lifecycle.field}`", "the status line says", "the wait"), rows)
    yield ""


def _duration(seconds: float) -> str:
    return f"{seconds / DAY:g} days" if seconds >= DAY else f"{seconds / MINUTE:g} minutes"
