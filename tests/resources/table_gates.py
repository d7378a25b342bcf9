"""What a user sees of gates, state by state: data that `test_gate_table.py` runs row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.resources.table import Row

__all__ = ["CASES", "ROWS", "Case"]


@dataclass(frozen=True)
class Case:
    """A row with what proves it: how the operation ends, and a part of what is said."""

    row: Row
    ends: str
    says: str = ""


def _case(state: str, operation: str, sees: str, ends: str, says: str = "") -> Case:
    return Case(Row("RolloutGate", state, operation, sees, ""), ends, says)


BEHIND: Final = "an error that names who runs what; dependants stay as they are, the next `up` tries again"

CASES: Final = (
    _case("the wave runs the tag", "create", "it bakes, is checked, and opens with a table", "done", "TARGET"),
    _case("a deployment runs another tag", "create", BEHIND, "error", "us runs v1.3.0"),
    _case(
        "a check fails", "create", "an error with target, application, path and status", "error", "has not passed"
    ),
    _case("the wave runs another tag", "update", "it bakes and is checked again", "done", "v1.5.0"),
    _case("a deployment was rebuilt", "update", "it bakes and is checked again", "done"),
    _case("a target joined", "update", "the new one is checked, without a wait", "done"),
    _case("a target left", "update", "it stays open", "done"),
    _case("the order changed", "update", "no change", "same"),
    _case("open", "refresh", "no drift: it is not an object of Connect", "no diff"),
    _case("open", "delete", "forgotten; nothing that runs changes", "done"),
)
"""Every row, in the order of the document."""

ROWS: Final = tuple(case.row for case in CASES)
