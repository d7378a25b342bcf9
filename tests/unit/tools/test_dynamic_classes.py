"""The dynamic classes are what the generator makes of schema.json and the overlay."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tools.dynamic import modules
from tools.dynamic.generate import FOLDER, ROOT, render_all
from tools.dynamic.package import OVERLAY, Package

SCHEMA: dict[str, Any] = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
OWN: dict[str, Any] = yaml.safe_load(OVERLAY.read_text(encoding="utf-8"))


@pytest.fixture
def schema() -> dict[str, Any]:
    return copy.deepcopy(SCHEMA)


@pytest.fixture
def overlay() -> dict[str, Any]:
    return copy.deepcopy(OWN)


def entry(schema: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema[part][f"commercetools-connect:index:{name}"]
    return found


def test_the_classes_are_those_of_the_schema_and_unedited() -> None:
    """Otherwise: `make dynamic`."""
    written = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("_generated_*.py")}
    assert written == render_all()


def test_a_new_input_becomes_an_argument_a_property_and_an_output(
    schema: dict[str, Any], overlay: dict[str, Any]
) -> None:
    deployment = entry(schema, "resources", "Deployment")
    for part in ("inputProperties", "properties"):
        deployment[part]["logLevel"] = {"type": "string", "description": "How much is logged."}

    text = modules.resources(Package(schema, overlay))

    assert "log_level: pulumi.Input[str] | None = None" in text
    assert ":param log_level: How much is logged.\n" in text
    assert '"logLevel": log_level' in text
    assert "def log_level(self) -> pulumi.Output[str | None]:" in text


def test_a_new_secret_is_marked_before_pulumi_sees_it(schema: dict[str, Any], overlay: dict[str, Any]) -> None:
    members = entry(schema, "types", "RetryPolicy")["properties"]
    members["token"] = {"type": "string", "description": "A secret.", "secret": True}
    inputs = entry(schema, "resources", "ConnectorStaged")["inputProperties"]
    inputs["password"] = {"type": "string", "description": "A secret.", "secret": True}

    inputs["passwords"] = {"type": "array", "items": {"type": "string"}, "description": "Secrets.", "secret": True}
    inputs["owner"] = {"$ref": inputs["creator"]["$ref"], "description": "A secret.", "secret": True}

    text = modules.shapes(Package(schema, overlay))

    assert '"token": secret(scalar)' in text
    assert '"password": secret(scalar)' in text
    assert '"passwords": secret(sendable)' in text
    assert '"owner": secret(_CREATOR)' in text


@pytest.mark.parametrize(
    ("path", "write", "named"),
    [
        (("resources", "Deploiment"), modules.resources, "resources of the schema: Deploiment"),
        (("resources", "Deployment", "members", "conector"), modules.resources, "members of Deployment: conector"),
        (("types", "HttpCheck", "members", "paht"), modules.argument_types, "members of HttpCheck: paht"),
        (("functions", "getDeployment", "members", "kee"), modules.functions, "members of getDeployment: kee"),
    ],
)
def test_a_misspelt_name_in_the_overlay_is_refused(
    schema: dict[str, Any],
    overlay: dict[str, Any],
    path: tuple[str, ...],
    write: Callable[[Package], str],
    named: str,
) -> None:
    place = overlay
    for step in path[:-1]:
        place = place.setdefault(step, {})
    place[path[-1]] = {"description": "Is never used."}

    with pytest.raises(ValueError, match=f"not among the {named}"):
        write(Package(schema, overlay))


def test_a_replacement_that_the_schema_no_longer_needs_is_refused(
    schema: dict[str, Any], overlay: dict[str, Any]
) -> None:
    """Or a sentence about the plugin's provider would come back when its words in the schema change."""
    overlay["replaced"].append(["the earlier provider", "the configuration"])

    with pytest.raises(ValueError, match="not among the descriptions of the schema: the earlier provider"):
        Package(schema, overlay)
