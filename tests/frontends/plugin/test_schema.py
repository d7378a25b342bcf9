"""The schema is what the models say, and the models say what the resources do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.core.values import UNKNOWN, Secret
from commercetools_connect.frontends.plugin.schema.package import package_schema, schema_text
from commercetools_connect.resources.provider import RESOURCE_NAMES, RESOURCE_SCHEMAS
from commercetools_connect.rollout.model import COMPONENTS

ROOT = Path(__file__).parents[3]
SCHEMA: dict[str, Any] = dict(package_schema())


def resource(kind: str) -> dict[str, Any]:
    return dict(SCHEMA["resources"][f"commercetools-connect:index:{kind}"])


def objects() -> list[tuple[str, dict[str, Any]]]:
    """Return each place that holds properties."""
    found = [(token, each["properties"]) for token, each in SCHEMA["types"].items() if "properties" in each]
    for token, each in SCHEMA["resources"].items():
        found += [(token, each["properties"]), (token, each["inputProperties"])]
    return [*found, ("provider", SCHEMA["provider"]["inputProperties"])]


def test_the_file_is_up_to_date() -> None:
    """Otherwise: `make schema`."""
    assert (ROOT / "schema.json").read_text() == schema_text()


def test_every_resource_is_declared() -> None:
    assert tuple(RESOURCE_SCHEMAS) == RESOURCE_NAMES


def test_everything_is_described_and_nothing_is_reserved() -> None:
    for token, properties in objects():
        for name, each in properties.items():
            assert each["description"], (token, name)
    for kind in (*RESOURCE_SCHEMAS, *COMPONENTS):
        assert not {"id", "urn", "pulumi"} & {*resource(kind)["properties"], *resource(kind)["inputProperties"]}


def test_every_reference_leads_somewhere() -> None:
    references = {each.partition('"')[0] for each in json.dumps(SCHEMA).split('"#/types/')[1:]}

    assert references == set(SCHEMA["types"])


def test_secrets_are_marked() -> None:
    secrets = {
        (token, name) for token, properties in objects() for name, each in properties.items() if "secret" in each
    }

    assert secrets == {
        ("commercetools-connect:index:ApplicationConfiguration", "securedConfiguration"),
        ("commercetools-connect:index:Connection", "clientSecret"),
        ("commercetools-connect:index:GlobalConfiguration", "securedConfiguration"),
        ("commercetools-connect:index:RolloutTarget", "clientSecret"),
        ("provider", "clientSecret"),
        ("provider", "connections"),
    }


def test_a_component_is_one_and_gives_no_input_back() -> None:
    """What it was given, credentials among it, is kept with its children only."""
    rollout = resource("Rollout")

    assert rollout["isComponent"] is True
    assert rollout["requiredInputs"] == ["connectorTag", "targets"]
    assert set(rollout["properties"]) == {"targets", "summary"}
    assert {token for token, each in SCHEMA["resources"].items() if each.get("isComponent")} == {
        f"commercetools-connect:index:{name}" for name in COMPONENTS
    }


def test_what_a_check_fills_in_need_not_be_written() -> None:
    assert resource("Deployment")["requiredInputs"] == ["region", "connector"]
    assert resource("ConnectorStaged")["requiredInputs"] == ["name", "creator", "repository"]
    assert "key" in resource("Deployment")["required"]


def test_the_configuration_names_its_environment_and_keeps_no_credential() -> None:
    """What an SDK fills in from the environment is kept in the state; credentials must be read at each run."""
    variables = SCHEMA["config"]["variables"]

    assert all(variable in variables[name]["description"] for name, variable in ENVIRONMENT_NAMES.items())
    assert [name for name, each in variables.items() if "defaultInfo" in each] == ["projectKey"]


def test_stacks_of_the_other_frontend_are_taken_over() -> None:
    assert resource("Deployment")["aliases"] == [
        {"type": "pulumi-python:dynamic/commercetools-connect:Deployment"}
    ]


def test_enumerations_are_open() -> None:
    kind = resource("Deployment")["inputProperties"]["type"]

    assert {"type": "string"} in kind["oneOf"]
    assert resource("Deployment")["properties"]["type"]["oneOf"] == kind["oneOf"]


def test_sealing_wraps_values_one_by_one_and_leaves_odd_shapes_alone() -> None:
    seal = RESOURCE_SCHEMAS["Deployment"].mark_secrets

    assert seal({"configurations": {"a": {"securedConfiguration": {"K": "v", "U": UNKNOWN, "N": None}}}}) == {
        "configurations": {"a": {"securedConfiguration": {"K": Secret("v"), "U": UNKNOWN, "N": None}}}
    }
    whole = {"configurations": Secret({"a": {"securedConfiguration": {"K": "v"}}})}
    assert seal(whole) == whole
    for odd in (UNKNOWN, "text", ["list"], {"a": "text"}, {"a": {"securedConfiguration": ["v"]}}):
        assert seal({"configurations": odd})["configurations"] is not None
