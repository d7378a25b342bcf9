"""Several projects through one provider on a real engine: by name, and by members whose values come late."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.estate import CANARY, CONNECTOR, connections, deployments, furnish
from tests.engine.yaml_harness import YamlHarness

pytestmark = pytest.mark.long

SHOPS = ("acme-eu", "acme-us")
PREFIX = "commercetools-connect:connections"


@pytest.fixture
def yaml(yaml: YamlHarness) -> YamlHarness:
    furnish(yaml.emulator, SHOPS)
    return yaml


def deployment(connection: Any, shop: str, **changes: Any) -> dict[str, Any]:
    """Return a deployment of the shop's connector."""
    secured = {
        "standardConfiguration": {"SHOP_NAME": shop},
        "securedConfiguration": {"API_TOKEN": f"{CANARY}-{shop}"},
    }
    properties = {
        "connection": connection,
        "region": "europe-west1.gcp",
        "connector": {"key": CONNECTOR},
        "configurations": {"service": secured},
        **changes,
    }
    return {"type": "commercetools-connect:Deployment", "properties": properties}


def configure(yaml: YamlHarness, name: str, members: dict[str, Any]) -> None:
    """Set a named connection, its secret encrypted."""
    for member, value in members.items():
        kind = "--secret" if member == "clientSecret" else "--plaintext"
        yaml.run("config", "set", kind, "--path", f"{PREFIX}.{name}.{member}", str(value))


def callers(yaml: YamlHarness) -> set[str]:
    """Return the client and the project of each call about deployments since the journal was cleared."""
    journal = [call for call in yaml.emulator.admin.journal() if "/deployments" in call["path"]]
    return {f"{call['client']} {call['path'].split('/')[1]}" for call in journal}


def test_named_connections_from_their_first_to_their_last_deployment(yaml: YamlHarness) -> None:
    for shop, members in connections(yaml.emulator, SHOPS).items():
        configure(yaml, shop[5:], members)
    both = {name: deployment(name, f"acme-{name}") for name in ("eu", "us")}
    yaml.write(both)
    yaml.up()
    assert deployments(yaml.emulator) == dict.fromkeys(SHOPS, ("v1.0.0", "Deployed"))
    assert callers(yaml) == {"acme-eu-client acme-eu", "acme-us-client acme-us"}
    assert yaml.preview("--refresh") == {}

    # A connection never moves: the preview ends before anything is done.
    yaml.run("config", "set", "--path", f"{PREFIX}.us.projectKey", "acme-eu")
    assert "the connection us has moved" in yaml.fails("preview")
    yaml.run("config", "set", "--path", f"{PREFIX}.us.projectKey", "acme-us")

    # Another name, in the configuration and in the program, makes no call.
    configure(yaml, "america", connections(yaml.emulator, SHOPS)["acme-us"])
    yaml.run("config", "rm", "--path", f"{PREFIX}.us")
    yaml.emulator.admin.clear_journal()
    yaml.write({**both, "us": deployment("america", "acme-us")})
    yaml.up()
    assert not callers(yaml)

    # What is removed needs its connection until then.
    members = connections(yaml.emulator, SHOPS)["acme-us"]
    yaml.run("config", "rm", "--path", f"{PREFIX}.america")
    yaml.write({"eu": both["eu"]})
    said = yaml.fails("up", "--yes", "--skip-preview")
    assert "made with the connection america, which is not configured any more (known: eu)" in said
    assert set(deployments(yaml.emulator)) == set(SHOPS)
    configure(yaml, "america", members)
    yaml.up()
    assert set(deployments(yaml.emulator)) == {"acme-eu"}
    assert yaml.preview() == {}
    assert CANARY not in yaml.everything()


def test_an_import_names_the_connection_before_the_id(yaml: YamlHarness) -> None:
    for shop, members in connections(yaml.emulator, SHOPS).items():
        configure(yaml, shop[5:], members)
    yaml.write({"us": deployment("us", "acme-us", key="shop")})
    yaml.up()
    (made,) = [each for each in yaml.checkpoint()["resources"] if each["type"].endswith(":Deployment")]
    yaml.run("state", "delete", made["urn"], "--yes")
    options = {"import": "us:acme-us/key=shop"}
    yaml.write({"us": {**deployment("us", "acme-us", key="shop", type="sandbox"), "options": options}})

    yaml.up()

    held = yaml.resource(":Deployment")
    assert (held["id"], held["outputs"]["connection"]) == (made["id"], "us")
    assert yaml.preview() == {}


def test_a_credential_that_is_not_known_yet_hides_one_target_of_a_preview(yaml: YamlHarness) -> None:
    """The other one is checked."""
    members = connections(yaml.emulator, SHOPS)
    known = {name: members["acme-eu"][name] for name in ("clientId", "clientSecret", "projectKey", "connectUrl")}
    late = {**known, "clientId": "acme-us-client", "projectKey": "acme-us"}
    late["clientSecret"] = "${secret}"
    targets = [
        {"name": "eu", "region": "europe-west1.gcp", "connection": known},
        {"name": "us", "region": "europe-west1.gcp", "connection": late},
    ]
    shared = deployment(None, "acme")["properties"]["configurations"]
    release = {
        "type": "commercetools-connect:Rollout",
        "properties": {
            "connector": {"key": CONNECTOR},
            "connectorTag": "v1.0.0",
            "configurations": shared,
            "targets": targets,
        },
    }
    yaml.write(
        {"first": deployment(known, "acme-eu", key="first"), "release": release},
        # the secret follows from an output that a preview does not know
        variables={"secret": {"fn::select": [1, ["${first.deploymentId}", f"{CANARY}-acme-us"]]}},
    )
    yaml.emulator.admin.clear_journal()

    planned = yaml.preview()

    assert planned["create"] == 6  # with the stack, the first one, the rollout and its gate
    assert callers(yaml) == {"acme-eu-client acme-eu"}
    yaml.up()
    assert len(yaml.emulator.admin.dump()["deployments"]) == 3
    assert yaml.preview() == {}
