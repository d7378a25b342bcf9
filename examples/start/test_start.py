"""A failed canary stops the rollout, and the next `up` continues: on the emulator."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from commercetools_connect.emulator import Emulator

FOLDER = Path(__file__).parent
CLIENTS = {"acme": "acme", "acme-dev": "dev", "acme-eu": "eu"}  # by project


def configure(stack: automation.Stack, emulator: Emulator) -> None:
    """Set the tag, the secret of the connector, and a connection for each project."""
    stack.set_config("tag", automation.ConfigValue("v1.0.0"))
    stack.set_config("apiToken", automation.ConfigValue("t0ken", secret=True))
    for project, client in CLIENTS.items():
        connection = f"commercetools-connect:connections.{project}"
        members = {
            "connectUrl": automation.ConfigValue(emulator.url),
            "projectKey": automation.ConfigValue(project),
            "clientId": automation.ConfigValue(f"{client}-client"),
            "clientSecret": automation.ConfigValue(f"{client}-secret", secret=True),
        }
        for name, value in members.items():
            stack.set_config(f"{connection}.{name}", value, path=True)


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
            "PULUMI_BACKEND_URL": f"file://{tmp_path}",
            "PULUMI_CONFIG_PASSPHRASE": "only-for-tests",
        }
        options = automation.LocalWorkspaceOptions(env_vars=where)
        stack = automation.create_stack("test", work_dir=str(program), opts=options)
        configure(stack, emulator)

        with pytest.raises(automation.CommandError, match="deployment failed"):
            stack.up()
        assert shops(emulator) == {"acme-dev": "Failed"}

        stack.up()
        assert shops(emulator) == {"acme-dev": "Deployed", "acme-eu": "Deployed"}
