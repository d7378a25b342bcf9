"""What a run of the fault test has reached: which fault hit which operation on an object in which state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["TALLY", "Tally"]


@dataclass
class Tally:
    """Counts; `reached` has (operation, state of the object before, trouble)."""

    steps: int = 0
    runs: int = 0
    settled: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    reached: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def table(self) -> str:
        """Return operation and state with the number of kinds of trouble met, and the times it was met at all."""
        rows = sorted({(operation, state) for operation, state, _ in self.reached})
        lines = [f"{'operation':32} {'object was':34} {'times':>6}  trouble met"]
        for operation, state in rows:
            of = {t: n for (o, s, t), n in self.reached.items() if (o, s) == (operation, state)}
            kinds = sorted(kind for kind in of if kind != "none")
            lines.append(f"{operation:32} {state:34} {sum(of.values()):6}  {len(kinds):2}: {', '.join(kinds)}")
        return "\n".join(lines)

    def summary(self) -> str:
        """Return the totals."""
        return "\n".join(
            [
                f"{self.steps} steps, {self.runs} runs of the engine, {self.settled} times settled, "
                f"{len(self.reached)} combinations of operation, state and trouble",
                f"faults that hit a call: {_counts(self.faults)}",
                f"crashes and other hands: {_counts(self.crashes)}",
                f"endings: {_counts(self.endings)}",
            ]
        )


def _counts(counter: Counter[str]) -> str:
    total = sum(counter.values())
    return f"{total} ({', '.join(f'{name} {n}' for name, n in counter.most_common())})"


TALLY = Tally()
"""Of this process."""
