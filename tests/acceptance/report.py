"""What was seen, next to what the emulator assumes: a page to send back."""

from __future__ import annotations

from collections.abc import Iterable

from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.emulator.assumptions import ASSUMPTIONS
from tests.acceptance.scenario import Observation, Scenario

__all__ = ["render"]

HEAD = """# What commercetools Connect answered

It holds no credentials, no project key and no values. Numbers are those of the open questions (API §19) that the
emulator's assumptions are marked with.

| # | question | seen | as the emulator | the emulator assumes |
|---|---|---|---|---|
"""
VERDICTS = {True: "yes", False: "**no**", None: "not comparable"}


def render(scenario: Scenario) -> str:
    """Return the report."""
    seen = sorted(scenario.seen, key=lambda each: each.question)
    steps = "\n".join(f"{number}. {_cell(scenario, line)}" for number, line in enumerate(scenario.log, start=1))
    left = [f"- `{_cell(scenario, path)}`" for path in scenario.left] or ["Nothing."]
    parts = ("\n## Steps\n", steps, "\n## Left behind\n", *left, f"\n{scenario.wire.calls} calls.\n")
    return HEAD + "\n".join([*_rows(scenario, seen), *parts])


def _rows(scenario: Scenario, seen: Iterable[Observation]) -> Iterable[str]:
    for each in seen:
        cells = (
            str(each.question),
            each.what,
            each.seen,
            VERDICTS[each.as_assumed],
            ASSUMPTIONS[each.question].default,
        )
        yield "| " + " | ".join(_cell(scenario, cell) for cell in cells) + " |"


def _cell(scenario: Scenario, text: str) -> str:
    return escape_untrusted(text.replace(scenario.plan.project, "<project>").replace("|", "\\|"), 300)
