"""A program finds a public connector, takes its template and installs it in two projects, in every frontend."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_load

from commercetools_connect.api import (
    ById,
    ConnectClient,
    Connection,
    ConnectorStagedDraft,
    CreatorDraft,
    Publish,
    RepositoryDraft,
)
from commercetools_connect.core.clock import SystemClock
from commercetools_connect.emulator import ClientSpec, Emulator
from tests.engine.conftest import Harness
from tests.engine.test_examples import python_sdk
from tests.engine.yaml_harness import YamlHarness

pytestmark = pytest.mark.long

__all__ = ["python_sdk"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "install-public-connector"
SHOPS = ("shop-eu", "shop-us")
CANARY = "c4n4ry-shop-5ecret"
SETTINGS = {"connector": "Greeter", "company": "Acme", "apiToken": "t0ken"}


def open_marketplace(emulator: Emulator) -> None:
    """List one connector, made by another company's project, and two projects that may install it."""
    shops: list[ClientSpec] = [
        {"clientId": f"{shop}-client", "clientSecret": f"{CANARY}-{shop}", "scopes": [f"manage_project:{shop}"]}
        for shop in SHOPS
    ]
    maker: ClientSpec = {"clientId": "maker", "clientSecret": "m", "scopes": ["manage_project:acme"]}
    emulator.admin.clients([maker, *shops])

    async def submit() -> str:
        connection = Connection(emulator.url, emulator.url, "maker", "m", project_key="acme")
        async with ConnectClient(connection, clock=SystemClock()) as client:
            draft = await client.create_connector_staged(
                ConnectorStagedDraft(
                    name="Greeter",
                    creator=CreatorDraft(email="dev@acme.example", company="Acme"),
                    repository=RepositoryDraft(url="https://github.com/acme/demo-connector.git", tag="v1.0.0"),
                )
            )
            await client.update_connector_staged(ById(draft.id), draft.version, [Publish(certification=True)])
            return draft.id

    draft_id = asyncio.run(submit())
    emulator.admin.advance(60)
    emulator.admin.certify(draft_id, "approve")
    emulator.admin.clear_journal()


def check(emulator: Emulator, outputs: Mapping[str, Any]) -> None:
    """See that each project has its deployment, made by its own client, with what the template said."""
    deployments = emulator.admin.dump()["deployments"]
    assert {each["project"] for each in deployments} == set(SHOPS)
    assert outputs["installed"] == "Greeter v1.0.0"
    for shop in SHOPS:
        assert outputs[shop]["service"].startswith("https://")
        calls = [call for call in emulator.admin.journal() if call["path"].startswith(f"/{shop}/deployments")]
        assert {call["client"] for call in calls} == {f"{shop}-client"}
        assert len([call for call in calls if call["method"] == "POST"]) == 1
    values = str(deployments)
    assert "Hello" in values
    assert all(shop in values for shop in SHOPS)


def test_a_public_connector_is_installed_in_python_with_dynamic_resources(harness: Harness) -> None:
    """Nothing but connections is configured; functions and resources use the same."""
    open_marketplace(harness.emulator)
    connections = {
        shop: {
            "clientId": f"{shop}-client",
            "clientSecret": f"{CANARY}-{shop}",
            "connectUrl": harness.emulator.url,
            "pollInterval": 0.05,
        }
        for shop in SHOPS
    }
    nothing = dict.fromkeys(
        [f"commercetools-connect:{name}" for name in ("clientId", "clientSecret", "projectKey")], ""
    )
    harness.config = {
        **{f"demo:{name}": value for name, value in SETTINGS.items()},
        **nothing,
        "commercetools-connect:connections": json.dumps(connections),
    }
    harness.program = lambda: runpy.run_path(str(EXAMPLE / "python-dynamic" / "__main__.py"))

    outputs = harness.up()

    check(harness.emulator, outputs)
    assert CANARY not in "\n".join([*harness.said, harness.state()])


@pytest.mark.usefixtures("python_sdk")
def test_a_public_connector_is_installed_in_python_through_the_plugin(harness: Harness) -> None:
    open_marketplace(harness.emulator)
    harness.config = {
        **{f"demo:{name}": value for name, value in SETTINGS.items()},
        "demo:connectUrl": harness.emulator.url,
        **{f"demo:{shop}-clientId": f"{shop}-client" for shop in SHOPS},
        **{f"demo:{shop}-clientSecret": f"{CANARY}-{shop}" for shop in SHOPS},
    }
    harness.program = lambda: runpy.run_path(str(EXAMPLE / "python" / "__main__.py"))

    outputs = harness.up()

    check(harness.emulator, outputs)
    assert CANARY not in "\n".join([*harness.said, harness.state()])


def test_a_public_connector_is_installed_in_yaml(yaml: YamlHarness) -> None:
    """One command: its preview looks up what the update then uses."""
    open_marketplace(yaml.emulator)
    example = safe_load((EXAMPLE / "yaml" / "Pulumi.yaml").read_text())
    yaml.write(example["resources"], example["outputs"], config=example["config"], variables=example["variables"])
    plain = {
        "connector": "Greeter",
        "company": "Acme",
        "connectUrl": yaml.emulator.url,
        "euClientId": "shop-eu-client",
        "usClientId": "shop-us-client",
    }
    secrets = {f"{shop[-2:]}ClientSecret": f"{CANARY}-{shop}" for shop in SHOPS}
    yaml.run(
        "config",
        "set-all",
        *[f"--plaintext=shop:{name}={value}" for name, value in plain.items()],
        *[f"--secret=shop:{name}={value}" for name, value in secrets.items()],
    )

    said = yaml.run("up", "--yes")

    check(yaml.emulator, yaml.outputs())
    assert "warning" not in said
    assert CANARY not in yaml.everything()
