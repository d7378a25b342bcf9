"""What does not fit together in a Deployment is found before any call, and values are written as the API does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.values import UNKNOWN, PropertyValue, Secret, unwrap_secrets
from commercetools_connect.resources.deployment.configuration_values import canonical_configurations
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.deployment.validation import connector_failures, default_type
from commercetools_connect.resources.inputs import validate_inputs
from tests.unit.core.trees import some_examples
from tests.unit.resources.trees import DEPLOYMENT, TreeDict

EXACT = st.integers(-(2**53), 2**53) | st.floats(-(2.0**53), 2.0**53)


def failures(connector: PropertyValue, kind: PropertyValue) -> list[str]:
    return [str(failure) for failure in connector_failures({"connector": connector, "type": kind})]


class TestDefaultType:
    @pytest.mark.parametrize(
        ("connector", "kind"),
        [
            ({"key": "a"}, "sandbox"),
            ({"key": "a", "staged": False}, "sandbox"),
            ({"key": "a", "staged": None}, "sandbox"),
            ({"key": "a", "staged": True}, "preview"),
            (Secret({"key": "a", "staged": Secret(True)}), "preview"),
            ({"key": UNKNOWN}, "sandbox"),
            ({"key": "a", "staged": UNKNOWN}, UNKNOWN),
            (UNKNOWN, UNKNOWN),
            (None, "sandbox"),
        ],
    )
    def test_only_a_staged_connector_is_deployed_as_preview(
        self, connector: PropertyValue, kind: PropertyValue
    ) -> None:
        assert default_type(connector) == kind

    @pytest.mark.parametrize("staged", [True, False])
    def test_the_default_is_never_a_mistake(self, *, staged: bool) -> None:
        connector: PropertyValue = {"id": "c-1", "staged": staged}
        assert failures(connector, default_type(connector)) == []


class TestConnector:
    def test_exactly_one_of_id_and_key_is_needed(self) -> None:
        words = "connector: needs exactly one of id and key"
        assert failures({"id": "c-1"}, "sandbox") == []
        assert failures({"key": "acme"}, "production") == []
        assert failures({"id": None, "key": "acme"}, "sandbox") == []
        assert failures({"id": "c-1", "key": "acme"}, "sandbox") == [f"{words}; both are given"]
        assert failures({}, "sandbox") == [f"{words}; neither is given"]

    @pytest.mark.parametrize("kind", ["sandbox", "production"])
    def test_a_staged_one_goes_with_no_type_but_preview(self, kind: str) -> None:
        assert failures({"key": "a", "staged": True}, "preview") == []
        (failure,) = failures({"key": "a", "staged": True}, kind)
        assert failure.startswith("type: a staged connector can only be deployed as preview")

    def test_a_published_one_is_not_deployed_as_preview(self) -> None:
        (failure,) = failures({"key": "a"}, "preview")
        assert failure.startswith("type: only a staged connector can be deployed as preview")

    @pytest.mark.parametrize(
        ("connector", "kind"),
        [
            (UNKNOWN, "preview"),
            ({"key": "a", "staged": UNKNOWN}, "preview"),
            ({"key": "a", "staged": True}, UNKNOWN),
            ({"id": UNKNOWN}, "sandbox"),
            (None, "sandbox"),
            ("acme", "sandbox"),
        ],
    )
    def test_what_is_not_known_or_of_another_kind_is_left_to_others(
        self, connector: PropertyValue, kind: PropertyValue
    ) -> None:
        assert failures(connector, kind) == []


CONTENT: PropertyValue = {
    "standardConfiguration": {
        "FLAG": True,
        "COUNT": 3.0,
        "RATIO": 3.5,
        "WHOLE": 3,
        "TEXT": "True",
        "LATER": UNKNOWN,
        "NONE": None,
    },
    "securedConfiguration": {"PIN": Secret(1234.0), "FLAG": Secret(False), "LATER": Secret(UNKNOWN)},
}
CANONICAL: PropertyValue = {
    "standardConfiguration": {
        "FLAG": "true",
        "COUNT": "3",
        "RATIO": "3.5",
        "WHOLE": "3",
        "TEXT": "True",
        "LATER": UNKNOWN,
    },
    "securedConfiguration": {"PIN": Secret("1234"), "FLAG": Secret("false"), "LATER": Secret(UNKNOWN)},
}


class TestCanonicalValues:
    def test_numbers_and_booleans_become_the_strings_that_the_api_keeps(self) -> None:
        tree: TreeDict = {**DEPLOYMENT, "configurations": {"a": CONTENT}, "globalConfiguration": CONTENT}
        result = canonical_configurations(tree)
        assert result == {**tree, "configurations": {"a": CANONICAL}, "globalConfiguration": CANONICAL}

    def test_secret_branches_stay_secret(self) -> None:
        content: PropertyValue = {"securedConfiguration": Secret({"PIN": 1})}
        tree: TreeDict = {"configurations": {"a": Secret(content)}, "globalConfiguration": Secret(content)}
        expected = Secret({"securedConfiguration": Secret({"PIN": "1"})})
        assert canonical_configurations(tree) == {
            "configurations": {"a": expected},
            "globalConfiguration": expected,
        }

    @pytest.mark.parametrize(
        "tree",
        [
            {},
            {"configurations": UNKNOWN, "globalConfiguration": UNKNOWN},
            {"configurations": {"a": UNKNOWN}},
            {"configurations": {"a": {"standardConfiguration": UNKNOWN, "schedule": "0 3 * * *"}}},
            {"configurations": {"a": None}},
            {"configurations": "text"},
            {"configurations": None, "globalConfiguration": None},
        ],
    )
    def test_what_is_not_a_value_stays_as_it_is(self, tree: TreeDict) -> None:
        assert canonical_configurations(tree) == tree

    @pytest.mark.parametrize("structure", [{"a": 1}, ["a"], [], {}])
    def test_a_structure_is_left_for_the_model_to_refuse_by_its_path(self, structure: PropertyValue) -> None:
        configurations: PropertyValue = {"service": {"securedConfiguration": {"KEY": Secret(structure)}}}
        tree = canonical_configurations({**DEPLOYMENT, "configurations": configurations})
        (mistake,) = validate_inputs(DeploymentInputs, tree)
        assert str(mistake).startswith("configurations.service.securedConfiguration.KEY: must be a string, number")

    @some_examples
    @given(st.dictionaries(st.text(max_size=4), st.booleans() | EXACT | st.text(max_size=4)))
    def test_doing_it_twice_is_doing_it_once(self, values: dict[str, bool | float | str]) -> None:
        once = canonical_configurations({"configurations": {"a": {"standardConfiguration": values}}})
        assert canonical_configurations(once) == once
        plain: Any = unwrap_secrets(once)
        written = plain["configurations"]["a"]["standardConfiguration"]
        assert all(isinstance(value, str) for value in written.values())
