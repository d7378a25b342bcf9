"""Playing the fault test: some examples from one seed, and what to say when one fails."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.faults.machine import WorstDays
from tests.faults.people_machine import PeoplesDays

__all__ = ["MACHINES", "STEPS_PER_EXAMPLE", "play_examples"]

MACHINES: Mapping[str, type[RuleBasedStateMachine]] = {"days": WorstDays, "people": PeoplesDays}
"""`days`: one user with a stack on worst days; `people`: several stacks, and what their owners do to them."""

STEPS_PER_EXAMPLE = 25


def play_examples(number: int, *, examples: int, shrink: bool, machine: str = "days") -> None:
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
    kind = MACHINES[machine]
    try:
        run_state_machine_as_test(seed(number)(type(kind.__name__, (kind,), {})), settings=chosen)
    except BaseException as error:
        again = f"python -m tests.faults.soak --machine {machine} --seed {number} --examples {examples}"
        # Python 3.10 has no notes
        error.args = (f"{error}\n\nTo see it again, as short as it gets: {again} --shrink", *error.args[1:])
        raise
