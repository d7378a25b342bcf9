"""`make demo`: the program of docs/choose.md on a real Pulumi engine and the emulator, step by step."""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from pathlib import Path

from commercetools_connect.emulator import Emulator
from examples.demo.engine import Engine, find_engine, isolated
from examples.demo.story import STEPS, Story, program


def say(line: str = "") -> None:
    """Write a line for the person who watches."""
    sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.flush()


def keep_quiet(left: sys.UnraisableHookArgs) -> None:
    """Say nothing of coroutines that Pulumi's SDK abandons when a program ends in an error, as two here do."""
    if "run_in_stack" not in repr(left.object) and "run_pulumi_func" not in repr(left.object):
        sys.__unraisablehook__(left)


def main() -> int:
    """Tell the story; 0 only if every claim of every step holds."""
    sys.unraisablehook = keep_quiet
    root = find_engine()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, isolated(Path(name), root), Emulator() as emulator:
        configuration = {
            "commercetools-connect:connectUrl": emulator.url,
            "commercetools-connect:clientId": "demo-client",
            "commercetools-connect:clientSecret": "demo-secret",
            "commercetools-connect:projectKey": "demo-project",
        }
        stack = Engine(root, Path(name)).stack("demo", program, configuration)
        story = Story(stack, emulator, say=lambda line: say(f"    {line}"))
        held = sum(tell(story, number) for number in range(len(STEPS)))
    say(f"\ntook {time.monotonic() - began:.0f} s")
    gc.collect()  # complaints about what is left over come before the last line
    say(f"demo: {len(STEPS)} steps, {held} ok")
    return 0 if held == len(STEPS) else 1


def tell(story: Story, number: int) -> bool:
    """Run one step and print its claims; tell whether all of them hold."""
    step = STEPS[number]
    say(f"\n{number + 1}. {(step.__doc__ or '').strip()}\n")
    claims = list(step(story))
    for claim in claims:
        say(f"  {'ok  ' if claim.holds else 'FAIL'} {claim.text}")
    return all(claim.holds for claim in claims)


if __name__ == "__main__":
    sys.exit(main())
