"""No program that is right is refused, with any connector; and one mistake in it is found."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commercetools_connect.core.values import UNKNOWN
from commercetools_connect.emulator import configuration, connect_yaml
from commercetools_connect.emulator.entities import GlobalValues
from commercetools_connect.emulator.requests import ApplicationValues, GlobalConfiguration
from commercetools_connect.resources.deployment.configuration_values import canonical_configurations, mask_failures
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.deployment.validation import connector_failures, validate
from commercetools_connect.resources.inputs import validate_inputs
from tests.unit.resources.deployment.connectors import Case, cases

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def mistakes(case: Case, program: dict[str, Any]) -> list[str]:
    """Return everything that keeps the program from being deployed, in the order of a real run."""
    inputs = canonical_configurations(program)
    found = [
        *validate_inputs(DeploymentInputs, inputs),
        *connector_failures(inputs),
        *mask_failures(inputs),
        *validate(case.version, inputs, declared={}),
    ]
    return [*map(str, found)]


@settings(calm, max_examples=400, derandomize=True)
@given(cases())
def test_no_valid_program_is_refused(case: Case) -> None:
    """Four hundred connectors and programs, the same ones every time."""
    assert mistakes(case, case.program) == []


@settings(calm, max_examples=100)
@given(cases())
def test_no_other_valid_program_is_refused_either(case: Case) -> None:
    """Different ones every time. That they are valid is not our opinion alone."""
    assert mistakes(case, case.program) == []
    assert_accepted_by_the_emulator(case)


@settings(calm, max_examples=100)
@given(cases(), st.data())
def test_what_is_not_known_yet_is_no_mistake(case: Case, data: st.DataObject) -> None:
    program = case.program
    for path in data.draw(st.lists(st.sampled_from(paths(program)), max_size=3)):
        program = without_knowledge(program, path)

    assert mistakes(case, program) == []


@settings(calm, max_examples=100)
@given(cases(), st.data())
def test_a_required_value_that_is_left_out_is_missed(case: Case, data: st.DataObject) -> None:
    needed = [path for path in paths(case.program) if is_needed(case, path)]
    if not needed:
        return
    path = data.draw(st.sampled_from(needed))

    reported = mistakes(case, left_out(case.program, path))

    assert len(reported) == 1
    assert path[-1] in reported[0]
    assert re.search("is required(; secured keys have| and has) no default", reported[0])


@pytest.mark.parametrize("kind", ["standardConfiguration", "securedConfiguration"])
@settings(calm, max_examples=50)
@given(case=cases(), data=st.data())
def test_an_unknown_key_is_found_where_it_is(kind: str, case: Case, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([each["name"] for each in case.connect_yaml["deployAs"]]))
    content = dict(case.program["configurations"].get(name, {}))
    content[kind] = {**content.get(kind, {}), "ZZZZZZZZ": "1"}
    program = {**case.program, "configurations": {**case.program["configurations"], name: content}}

    (reported,) = mistakes(case, program)

    assert "ZZZZZZZZ: " in reported
    assert "has no such key" in reported


def assert_accepted_by_the_emulator(case: Case) -> None:
    specification = connect_yaml.parse(json.dumps(case.connect_yaml))
    program: Any = canonical_configurations(case.program)
    listed: dict[str, Any] = {each["name"]: {} for each in case.connect_yaml["deployAs"]} | dict(
        program["configurations"]
    )
    applications = [
        ApplicationValues.model_validate({"applicationName": name, **_wire(content)})
        for name, content in listed.items()
    ]
    made = configuration.new_applications(specification, applications, with_defaults=True)
    assert configuration.missing_application_key(specification, made) is None
    shared = GlobalConfiguration.model_validate(_wire(program.get("globalConfiguration") or {}))
    configuration.merged_global_values(specification.global_keys, GlobalValues(), shared, with_defaults=True)


def paths(tree: Any, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return every path in the configuration of a program."""
    if not isinstance(tree, dict):
        return [at]
    members = tree.items() if at else ((name, tree[name]) for name in tree if "onfiguration" in name)
    inside = [path for name, child in members for path in paths(child, (*at, name))]
    return [*([at] if at else []), *inside] or [("configurations",)]


def without_knowledge(tree: Any, path: tuple[str, ...]) -> Any:
    if not path or not isinstance(tree, dict):
        return UNKNOWN
    return {**tree, path[0]: without_knowledge(tree.get(path[0]), path[1:])}


def left_out(tree: Any, path: tuple[str, ...]) -> Any:
    if len(path) == 1:
        return {name: child for name, child in tree.items() if name != path[0]}
    return {**tree, path[0]: left_out(tree[path[0]], path[1:])}


def is_needed(case: Case, path: tuple[str, ...]) -> bool:
    """Tell whether a path is the value of a required key without a default."""
    if path[-2:-1] not in (("standardConfiguration",), ("securedConfiguration",)):
        return False
    content: Any = case.version.global_configuration
    if path[0] == "configurations":
        content = next(each for each in case.version.configurations if each.application_name == path[1])
    if path[-2] == "securedConfiguration":
        return any(key.required and key.key == path[-1] for key in content.secured_configuration)
    return any(
        key.required and key.default is None and key.key == path[-1] for key in content.standard_configuration
    )


def _wire(content: Any) -> dict[str, Any]:
    lists = {
        kind: [{"key": key, "value": value} for key, value in content[kind].items()]
        for kind in ("standardConfiguration", "securedConfiguration")
        if kind in content
    }
    policy = {name: value for name, value in content.get("retryPolicy", {}).items() if value is not None}
    return {
        **lists,
        **({"schedule": content["schedule"]} if "schedule" in content else {}),
        **({"retryPolicy": policy} if policy else {}),
    }
