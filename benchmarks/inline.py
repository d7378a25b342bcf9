"""`pulumi up` of a Python program, by the Automation API: the engines of `tools/pulumi` have no language host."""

from __future__ import annotations

import os
import resource
import sys
import time

from pulumi import automation

from benchmarks.api import REGION

__all__ = ["main"]


def program(size: int, connector_id: str) -> None:
    """Declare so many deployments."""
    from commercetools_connect.dynamic import (  # noqa: PLC0415 - part of what a program pays for
        ApplicationConfigurationArgs,
        Deployment,
    )

    values: ApplicationConfigurationArgs = {
        "standard_configuration": {"SHOP_NAME": "Acme"},
        "secured_configuration": {"API_TOKEN": "anything"},
    }
    for number in range(size):
        Deployment(
            f"d-{number}", region=REGION, connector={"id": connector_id}, configurations={"service": values}
        )


def main(engine: str, folder: str, size: str, connector_id: str, parallel: str) -> None:
    """Run one `up`, and print how long it took and what it used of a core, this process included."""
    command = automation.PulumiCommand(root=engine)
    options = automation.LocalWorkspaceOptions(pulumi_command=command, work_dir=folder, env_vars=dict(os.environ))
    stack = automation.select_stack(
        "bench", project_name="bench", program=lambda: program(int(size), connector_id), opts=options
    )
    # what the CLI would be started for once more each, after the run
    vars(stack).update(outputs=dict, info=lambda *_, **__: object())
    began, before = time.perf_counter(), _cpu()
    stack.up(parallel=int(parallel))
    sys.stdout.write(f"{time.perf_counter() - began} {_cpu() - before}\n")


def _cpu() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main(*sys.argv[1:])
