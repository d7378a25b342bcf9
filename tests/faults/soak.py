"""The fault test for as long as you like: `make soak`, SOAK_MINUTES=10 if nothing is said.

    python -m tests.faults.soak [--machine NAME] [--minutes M] [--seed N [--examples E] [--shrink]] [--table]

Each round has a seed of its own; without a name the machines take turns. The first failure ends it, with the seed
that shows it again.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time

from tests.faults.playing import MACHINES, play_examples
from tests.faults.statistics import STATISTICS

EXAMPLES_PER_ROUND = 10


def main() -> int:
    """Run, and return the exit code."""
    parser = argparse.ArgumentParser(description="Random programs on their worst days.")
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("SOAK_MINUTES", "10")))
    parser.add_argument("--machine", choices=[*MACHINES], help="play only this one")
    parser.add_argument("--seed", type=int, help="play only this round")
    parser.add_argument("--examples", type=int, default=EXAMPLES_PER_ROUND)
    parser.add_argument("--shrink", action="store_true", help="look for the shortest story of a failure")
    parser.add_argument("--table", action="store_true", help="print what was reached")
    given = parser.parse_args()
    end = time.monotonic() + given.minutes * 60
    first = given.seed if given.seed is not None else random.SystemRandom().randrange(10**9)
    number = first
    machines = [given.machine] if given.machine else [*MACHINES]
    try:
        while number == first or (given.seed is None and time.monotonic() < end):
            for machine in machines:
                play_examples(number, examples=given.examples, shrink=given.shrink, machine=machine)
            print(f"\rseed {number}: {STATISTICS.steps} steps", end="", flush=True)
            number += 1
    except AssertionError as failure:
        print(f"\n{failure}\n\nfailed with seed {number}", file=sys.stderr)
        return 1
    finally:
        print(f"\n{STATISTICS.summary()}")
        if given.table:
            print(STATISTICS.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
