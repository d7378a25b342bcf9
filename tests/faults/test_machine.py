"""Whatever goes wrong, whenever: nothing is lost, nothing doubled, no false success, and two calm `up`s heal it.

`promises` says what is looked at, `trouble` what goes wrong. `make soak` plays on for as long as you like.
"""

from __future__ import annotations

import random

import pytest

from tests.faults.playing import STEPS_PER_EXAMPLE, play_examples
from tests.faults.tally import TALLY

FIXED = (1, 2, 3, 4)
EXAMPLES = 20
STEPS = EXAMPLES * STEPS_PER_EXAMPLE

pytestmark = pytest.mark.timeout(900)  # a failure is made short before it is shown


@pytest.mark.parametrize("number", FIXED)
def test_the_worst_days_that_we_know(number: int) -> None:
    """The same stories every time: a failure here is a change of the product."""
    steps, runs = TALLY.steps, TALLY.runs

    for further in range(0, 100, 10):  # hypothesis ends some stories early
        play_examples(number + further, examples=EXAMPLES, shrink=True)
        if TALLY.steps - steps >= STEPS:
            break

    assert TALLY.steps - steps >= STEPS
    assert TALLY.runs > runs


def test_worst_days_that_nobody_has_seen() -> None:
    """New stories every time; a failure names the seed that tells it again."""
    play_examples(random.SystemRandom().randrange(10**9), examples=EXAMPLES // 4, shrink=True)


def test_the_stories_are_hard_enough() -> None:
    """Every way to end a call, and crashes, have been met: a machine that reaches nothing proves nothing."""
    play_examples(5, examples=EXAMPLES // 2, shrink=False)

    assert {"create", "update", "replace", "delete", "read"} <= {name.split()[0] for name in TALLY.endings}
    assert {"done", "partial", "failed", "killed"} <= {name.split()[1] for name in TALLY.endings}
    assert {"kill provider", "kill engine", "cancel", "restart"} <= set(TALLY.crashes)
    assert len(TALLY.faults) >= 12
    assert len(TALLY.reached) >= 100
