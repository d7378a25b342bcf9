"""A project made by hand comes under Pulumi: import-file, `pulumi import --file`, and the generated program."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from yaml import safe_load

from commercetools_connect.cli.main import app
from tests.engine.yaml_harness import CANARY, PROJECT, YamlHarness, program

pytestmark = pytest.mark.long


def estate() -> dict[str, Any]:
    """Return a program with more than one object of each kind, and names that are hard on generated code."""
    resources = program()
    resources["draft"]["properties"]["key"] = "1-Shop_front"
    resources["deployment"]["properties"]["key"] = "shop-front"
    copies = {name: json.loads(json.dumps(resources[name])) for name in ("draft", "deployment")}
    copies["draft"]["properties"].update(key="1-shop-front", name="Idle", description="A second\nline: # and all")
    copies["deployment"]["properties"].update(key="shop_front")
    del copies["deployment"]["properties"]["connectorTag"]
    return {**resources, **{f"{name}-2": {**each, "name": f"{name}-2"} for name, each in copies.items()}}


def let_go(yaml: YamlHarness) -> None:
    """Forget the whole stack, as if Pulumi had never been used here."""
    yaml.write({})
    yaml.run("state", "delete", "--yes", "--all", "--force")


def import_file(yaml: YamlHarness, **more: str) -> Path:
    """Write the file."""
    path = yaml.folder / "import.json"
    environ = {
        "CTP_CONNECT_URL": yaml.emulator.url,
        "CTP_CLIENT_ID": "demo-client",
        "CTP_CLIENT_SECRET": "demo-secret",
        "CTP_PROJECT_KEY": PROJECT,
        **more,
    }
    result = CliRunner().invoke(app, ["import-file", "--output", str(path)], env=environ)
    assert result.exit_code == 0, result.output
    return path


def test_a_whole_project_is_imported_and_its_generated_program_changes_nothing(yaml: YamlHarness) -> None:
    """The preview is clean, nothing is written; a change of a plain value later leaves the live secrets alone."""
    yaml.write(estate())
    yaml.up()
    let_go(yaml)
    yaml.emulator.admin.clear_journal()
    generated = yaml.folder / "generated.yaml"

    yaml.run("import", "--yes", "--skip-preview", "--file", str(import_file(yaml)), "--out", str(generated))
    resources = safe_load(generated.read_text())["resources"]
    yaml.write(resources)
    changes = yaml.preview()
    methods = {call["method"] for call in yaml.emulator.admin.journal() if "oauth" not in call["path"]}
    deployment = resources["deployment-shop-front"]["properties"]
    deployment["configurations"]["service"]["standardConfiguration"]["SHOP_NAME"] = "Acme 2"
    yaml.write(resources)
    said = yaml.up()

    held = {
        each["key"]: yaml.emulator.admin.secured(PROJECT, each["id"])["service"]["API_TOKEN"]
        for each in yaml.emulator.admin.dump()["deployments"]
    }
    assert sorted(resources) == [
        "deployment-shop-front",
        "deployment-shop-front-2",
        "draft-1-Shop-front",
        "draft-1-shop-front-2",
        "publication-1-Shop-front",
    ]
    assert changes == {}
    assert methods == {"GET"}
    assert "~ 1 updated" in said
    assert set(held.values()) == {hashlib.sha256(CANARY.encode()).hexdigest()}
    assert CANARY not in generated.read_text() + yaml.everything()
    assert "securedConfiguration" not in generated.read_text()


def test_each_named_connection_is_imported_and_its_generated_program_names_it(yaml: YamlHarness) -> None:
    """The ids begin with the name of the connection; the state knows whose credentials to use from then on."""
    members = {"clientId": "us", "clientSecret": f"{CANARY}-us", "projectKey": "acme-us"}
    members["connectUrl"] = yaml.emulator.url
    clients = (("demo-client", "demo-secret", PROJECT), ("us", members["clientSecret"], "acme-us"))
    yaml.emulator.admin.clients(
        [
            {"clientId": name, "clientSecret": secret, "scopes": f"manage_project:{of}"}
            for name, secret, of in clients
        ]
    )
    for name, value in members.items():
        yaml.run("config", "set", "--secret", "--path", f"commercetools-connect:connections.us.{name}", value)
    resources = program()
    resources["draft"]["properties"]["privateProjects"].append("europe-west1.gcp:acme-us")
    resources["us"] = json.loads(json.dumps(resources["deployment"]))
    resources["us"]["name"] = "us"
    resources["us"]["properties"]["connection"] = "us"
    yaml.write(resources)
    yaml.up()
    let_go(yaml)
    generated = yaml.folder / "generated.yaml"

    path = import_file(yaml, CTP_CONNECTIONS=json.dumps({"us": members}))
    ids = [each["id"] for each in json.loads(path.read_text())["resources"]]
    yaml.run("import", "--yes", "--skip-preview", "--file", str(path), "--out", str(generated))
    written = safe_load(generated.read_text())["resources"]
    yaml.write(written)

    assert [each for each in ids if each.startswith("us:acme-us/")] == [ids[-1]]
    assert len(ids) == 4
    assert [name for name, each in written.items() if each["properties"].get("connection") == "us"] == [
        next(name for name in written if name.startswith("deployment-us-"))
    ]
    assert yaml.preview() == {}
    assert members["clientSecret"] not in path.read_text() + generated.read_text() + yaml.everything()
