"""Playing the fault test: some examples from one seed, and what to say when one fails."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import WorstDays

__all__ = ["STEPS_PER_EXAMPLE", "play_examples"]

STEPS_PER_EXAMPLE = 25


def play_examples(number: int, *, examples: int, shrink: bool) -> None:
    """Play that many examples, always the same ones for the same number.

    Raises what an example ends in, with a note how to see it again. `shrink` looks for the shortest story first,
    which takes minutes.
    """
    phases = [Phase.generate, *([Phase.shrink, Phase.explain] if shrink else [])]
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS_PER_EXAMPLE,
        phases=phases,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    # A class of its own for each number: hypothesis keeps the seed on the class.
    machine = seed(number)(type("WorstDays", (WorstDays,), {}))
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except BaseException as error:
        again = f"python -m tests.faults.soak --seed {number} --examples {examples}"
        # Python 3.10 has no notes
        error.args = (f"{error}\n\nTo see it again, as short as it gets: {again} --shrink", *error.args[1:])
        raise
