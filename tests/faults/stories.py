"""After any trouble at any moment: nothing is lost, nothing doubled, no false success, and two calm `up`s heal it.

`promises` says what is looked at, `trouble` what goes wrong. `make soak` plays new stories as long as you like.
`test_machine` runs this file in interpreters of its own: hypothesis takes constants out of every loaded module, so
beside other tests a seed would tell another story each time.
"""

from __future__ import annotations

import pytest

from tests.faults.company import TYPO
from tests.faults.playing import STEPS_PER_EXAMPLE, play_examples
from tests.faults.statistics import STATISTICS

FIXED = (1, 3, 4, 5)
"""Without 2: only a refresh finds a killed `--replace` whose redeploy failed, as a no-op `up` reads nothing."""

PEOPLE = (1, 2, 3, 4)
EXAMPLES = 20
STEPS = EXAMPLES * STEPS_PER_EXAMPLE

ACTIONS = {
    "copied key",
    "swapped keys",
    "rename with alias",
    "rename without alias",
    *(f"typo in {field}" for field in TYPO),
    "two stacks, one program",
    "two backends, same names",
    "stack rename",
    "stack export and import",
    "state move",
    "state delete",
    "import",
    "other credentials",
    "option adopt",
    "option retain",
    "option delete_first",
    "option explicit",
    "up --target",
    "up --replace",
    "up --refresh",
    "up --continue-on-error",
    "up killed",
    "destroy --refresh",
    "CTP_ADOPT",
    "up done",
    "up failed",
}

pytestmark = pytest.mark.timeout(900)  # a failure is made short before it is shown


def play_steps(number: int, machine: str) -> int:
    """Play stories until there were enough steps, and return how many.

    A step in which nothing could be done does not count.
    """
    steps = STATISTICS.steps
    play_examples(number, examples=EXAMPLES, shrink=True, machine=machine)
    for further in range(10, 100, 10):
        if STATISTICS.steps - steps >= STEPS:
            break
        play_examples(number + further, examples=EXAMPLES // 10, shrink=True, machine=machine)
    return STATISTICS.steps - steps


@pytest.mark.parametrize("number", FIXED)
def test_the_worst_days_that_we_know(number: int) -> None:
    """The same stories every time: a failure here is a change of the product."""
    assert play_steps(number, "days") >= STEPS


@pytest.mark.parametrize("number", PEOPLE)
def test_what_people_do_takes_nothing_away(number: int) -> None:
    """Several stacks, backends and people: what is live stays, with its values, unless a user asks otherwise."""
    assert play_steps(number, "people") >= STEPS


def test_people_have_done_everything() -> None:
    """Every action has been met, and refused as well as done."""
    for number in range(6, 12):
        if not set(STATISTICS.people) >= ACTIONS:
            play_examples(number, examples=EXAMPLES, shrink=False, machine="people")

    assert set(STATISTICS.people) >= ACTIONS


def test_the_stories_are_hard_enough() -> None:
    """Every way to end a call, and crashes, have been met: a machine that reaches nothing proves nothing."""
    play_examples(5, examples=EXAMPLES // 2, shrink=False)

    assert {"create", "update", "replace", "delete", "read"} <= {name.split()[0] for name in STATISTICS.endings}
    assert {"done", "partial", "failed", "killed"} <= {name.split()[1] for name in STATISTICS.endings}
    assert {"kill provider", "kill engine", "cancel", "restart"} <= set(STATISTICS.crashes)
    assert len(STATISTICS.faults) >= 12
    assert len(STATISTICS.reached) >= 100
