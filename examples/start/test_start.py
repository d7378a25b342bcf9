"""A failed canary stops the rollout, and the next `up` continues: on the emulator."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from commercetools_connect.emulator import Emulator

FOLDER = Path(__file__).parent
SECRETS = {
    "apiToken": "t0ken",
    "acmeSecret": "acme-secret",
    "devSecret": "dev-secret",
    "euSecret": "eu-secret",
}


def shops(emulator: Emulator) -> dict[str, str]:
    """Return the status of each deployment, by project."""
    state: Any = emulator.admin.dump()
    return {each["project"]: each["status"] for each in state["deployments"]}


def test_a_failed_canary_stops_the_rollout(tmp_path: Path) -> None:
    program = tmp_path / "program"  # so that no other stack is deselected
    program.mkdir()
    shutil.copy(FOLDER / "Pulumi.yaml", program)
    with Emulator(seed=FOLDER / "emulator.yaml") as emulator:
        emulator.admin.outcome("deploy", "*", "failure", project="acme-dev", times=1)
        where = {
            "CTP_CONNECT_URL": emulator.url,
            "PULUMI_BACKEND_URL": f"file://{tmp_path}",
            "PULUMI_CONFIG_PASSPHRASE": "only-for-tests",
        }
        options = automation.LocalWorkspaceOptions(env_vars=where)
        stack = automation.create_stack("test", work_dir=str(program), opts=options)
        stack.set_config("tag", automation.ConfigValue("v1.0.0"))
        for name, value in SECRETS.items():
            stack.set_config(name, automation.ConfigValue(value, secret=True))

        with pytest.raises(automation.CommandError, match="deployment failed"):
            stack.up()
        assert shops(emulator) == {"acme-dev": "Failed"}

        stack.up()
        assert shops(emulator) == {"acme-dev": "Deployed", "acme-eu": "Deployed"}
