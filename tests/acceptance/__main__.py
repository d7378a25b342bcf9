"""`make acceptance`: refuses unless it is given credentials, a repository and an explicit yes."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

from commercetools_connect.cli.common import connection_from
from commercetools_connect.core.errors import ConfigurationError, ProviderError
from tests.acceptance.report import render
from tests.acceptance.scenario import Plan, Scenario
from tests.acceptance.wire import Wire

__all__ = ["main"]

REPORT = Path("acceptance-report.md")

NEEDED = {
    "CTP_PROJECT_KEY": "the project to use, best one for tests",
    "ACCEPTANCE_REGION": "its region, such as europe-west1.gcp",
    "ACCEPTANCE_REPOSITORY": "a Git repository of a connector that Connect can read",
    "ACCEPTANCE_TAG": "a tag of it",
}
YES = "yes, make and delete objects in this project"


def main(environ: Mapping[str, str], report: Path = REPORT) -> int:
    """Run the scenario, write the report, and return 0 when nothing is left behind.

    Raises `ConfigurationError` before any call when something is missing, the explicit yes for example.
    """
    missing = [f"{name}: {what}" for name, what in NEEDED.items() if not environ.get(name)]
    if missing:
        raise ConfigurationError("Not begun; the environment lacks\n" + "\n".join(missing))
    if environ.get("ACCEPTANCE_YES") != YES:
        raise ConfigurationError(
            "Not begun: this makes a connector draft, publishes it privately, deploys it, and deletes all of it.",
            f'Set ACCEPTANCE_YES="{YES}".',
        )
    named = any(environ.get(name) for name in ("CTP_API_URL", "CTP_CONNECT_URL"))
    connection = connection_from(environ, "" if named else environ["ACCEPTANCE_REGION"])
    plan = Plan(
        project=environ["CTP_PROJECT_KEY"],
        region=environ["ACCEPTANCE_REGION"],
        repository=environ["ACCEPTANCE_REPOSITORY"],
        tag=environ["ACCEPTANCE_TAG"],
        key=f"acceptance-{uuid.uuid4().hex[:12]}",
        look_every=float(environ.get("ACCEPTANCE_LOOK_EVERY", "5")),
        patience=float(environ.get("ACCEPTANCE_PATIENCE", "1800")),
    )
    with Wire(connection) as wire:
        token = wire.log_in()
        if not token.ok:
            raise ConfigurationError(
                f"There is no token: {token.words()}.", "Check the credentials and the region."
            )
        scenario = Scenario(wire, plan)
        try:
            scenario.run()
        finally:
            report.write_text(render(scenario))
    return 1 if scenario.left else 0


if __name__ == "__main__":
    try:
        code = main(os.environ)
    except ProviderError as error:
        sys.exit(str(error))
    sys.stdout.write(f"The report is in {REPORT}. Please send it: it holds no credentials.\n")
    sys.exit(code)
