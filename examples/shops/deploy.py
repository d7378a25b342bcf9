"""Deploys a tag in all shops, wave by wave: `python deploy.py v1.1.0`."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pulumi import automation

PROGRAM = Path(__file__).parent / "shop"
WAVES = [["dev"], ["eu", "us"]]


def deploy(stack: automation.Stack) -> str:
    """Run `pulumi up` for one shop; return the tag that it runs."""
    try:
        result = stack.up()
    except automation.CommandError as error:
        print(f"{stack.name} failed:\n{error}", file=sys.stderr)
        return ""
    tag = str(result.outputs["runningTag"].value)
    print(f"{stack.name} runs {tag}", flush=True)
    return tag


def main(tag: str) -> int:
    """Deploy the waves in their order; stop after a wave in which a shop failed."""
    for wave in WAVES:
        # One after another, because these commands write to the same folder.
        stacks = [automation.select_stack(shop, work_dir=str(PROGRAM)) for shop in wave]
        for stack in stacks:
            stack.set_config("tag", automation.ConfigValue(tag))
        with ThreadPoolExecutor(len(stacks)) as pool:
            if set(pool.map(deploy, stacks)) != {tag}:
                print(f"Stopped after {', '.join(wave)}.", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
