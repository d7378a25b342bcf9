"""What a run of the fault test has reached: which fault hit which operation on an object in which state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["BEHIND", "MOVED", "NAME_ONLY", "OLD_NAME", "SHARED", "STATISTICS", "Statistics"]


NAME_ONLY = "taken over by a name only"
"""An exception from the promise that no unowned object is touched: dynamic resources under derived keys."""

MOVED = "taken back after a state move"
"""The other exception: a program of the plugin that still names what was moved to another stack."""


OLD_NAME = "taken from a renamed resource that was no target, or replaced"
"""A new resource under the old name of a renamed one derives the key that this one has kept."""

BEHIND = "deleted under its old name, the new one behind a failure"
"""What the engine does with `--continue-on-error`: the engine never sends the new name to the provider."""

SHARED = "removed as one of two resources, the other one no target"
"""With `--target` the provider does not know the other resource that has the object, nor can `adopt` see it."""


@dataclass
class Statistics:
    """Counts; `reached` has (operation, state of the object before, trouble)."""

    steps: int = 0
    runs: int = 0
    settled: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    reached: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def table(self) -> str:
        """Return operation and state with the kinds of trouble met, then what people did; each with its times."""
        rows = sorted({(operation, state) for operation, state, _ in self.reached})
        lines = [f"{'operation':32} {'object was':34} {'times':>6}  trouble met"]
        for operation, state in rows:
            of = {t: n for (o, s, t), n in self.reached.items() if (o, s) == (operation, state)}
            kinds = sorted(kind for kind in of if kind != "none")
            lines.append(f"{operation:32} {state:34} {sum(of.values()):6}  {len(kinds):2}: {', '.join(kinds)}")
        lines += ["", f"{'what people did':67} {'times':>6}"]
        lines += [f"{action:67} {times:6}" for action, times in sorted(self.people.items())]
        return "\n".join(lines)

    def summary(self) -> str:
        """Return the totals."""
        return "\n".join(
            [
                f"{self.steps} steps, {self.runs} runs of the engine, {self.settled} times settled, "
                f"{len(self.reached)} combinations of operation, state and trouble",
                f"faults that hit a call: {_counts(self.faults)}",
                f"crashes and other clients: {_counts(self.crashes)}",
                f"endings: {_counts(self.endings)}",
                f"what people did: {_counts(self.people)}",
                *(f"{name}: {self.people[name]}" for name in (NAME_ONLY, MOVED, OLD_NAME, BEHIND, SHARED)),
            ]
        )


def _counts(counter: Counter[str]) -> str:
    total = sum(counter.values())
    return f"{total} ({', '.join(f'{name} {n}' for name, n in counter.most_common())})"


STATISTICS = Statistics()
"""Of this process."""
