"""The rollout, tested on the emulator: a canary that fails stops it, and the next `up` goes on."""

from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from commercetools_connect.emulator import Emulator

FOLDER = Path(__file__).parent
SECRETS = {"apiToken": "t0ken", "acmeSecret": "acme-secret", "devSecret": "dev-secret", "euSecret": "eu-secret"}


def shops(emulator: Emulator) -> dict[str, str]:
    """Return the status of each deployment, by project."""
    state: Any = emulator.admin.dump()
    return {each["project"]: each["status"] for each in state["deployments"]}


def test_a_failed_canary_stops_the_rollout(tmp_path: Path) -> None:
    with Emulator(seed=FOLDER / "emulator.yaml") as emulator:
        emulator.admin.outcome("deploy", "*", "failure", project="acme-dev", times=1)
        where = {
            "CTP_CONNECT_URL": emulator.url,
            "PULUMI_BACKEND_URL": f"file://{tmp_path}",
            "PULUMI_CONFIG_PASSPHRASE": "only-for-tests",
        }
        options = automation.LocalWorkspaceOptions(env_vars=where)
        stack = automation.create_stack("test", work_dir=str(FOLDER), opts=options)
        stack.set_all_config(
            {
                "tag": automation.ConfigValue("v1.0.0"),
                **{name: automation.ConfigValue(value, secret=True) for name, value in SECRETS.items()},
            }
        )

        with pytest.raises(automation.CommandError, match="deployment failed"):
            stack.up()
        assert shops(emulator) == {"acme-dev": "Failed"}

        stack.up()
        assert shops(emulator) == {"acme-dev": "Deployed", "acme-eu": "Deployed"}
