"""A preview never complains about what only an apply will tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.text import Path
from commercetools_connect.core.values import UNKNOWN, PropertyValue, Secret, has_unknown
from commercetools_connect.resources.connector_staged.model import (
    ConnectorStagedInputs,
    content_hash,
    repository_warnings,
)
from commercetools_connect.resources.deployment.configuration_values import canonical_configurations
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.deployment.validation import connector_failures, default_type
from commercetools_connect.resources.inputs import InputModel, validate_inputs
from commercetools_connect.resources.schema import find_differences
from tests.unit.core.trees import paths_in, put, some_examples
from tests.unit.resources.trees import DEPLOYMENT, FULL, STAGED, TreeDict

PLACES = [(model, path) for model, full in FULL.items() for path in paths_in(full) if path]
each_place = pytest.mark.parametrize(
    ("model", "path"), PLACES, ids=[f"{model.__name__}:{'.'.join(map(str, path))}" for model, path in PLACES]
)


def unknown_at(tree: PropertyValue, *paths: Path) -> TreeDict:
    for path in paths:
        if path in set(paths_in(tree)):
            tree = put(tree, path, lambda _: UNKNOWN)
    assert isinstance(tree, dict)
    return tree


def all_mistakes(model: type[InputModel], tree: TreeDict) -> list[str]:
    """Run everything that a preview runs on the inputs alone."""
    found = [*validate_inputs(model, tree)]
    if model is DeploymentInputs:
        tree = canonical_configurations(tree)
        tree["type"] = default_type(tree.get("connector"))
        found += [*validate_inputs(model, tree), *connector_failures(tree)]
    if model is ConnectorStagedInputs:
        repository_warnings(tree)
        content_hash(tree)
    return [str(mistake) for mistake in found]


@each_place
def test_an_unknown_anywhere_is_no_mistake(model: type[InputModel], path: Path) -> None:
    assert all_mistakes(model, unknown_at(FULL[model], path)) == []


@each_place
def test_an_unknown_secret_anywhere_is_no_mistake(model: type[InputModel], path: Path) -> None:
    tree = put(FULL[model], path, lambda _: Secret(UNKNOWN))
    assert isinstance(tree, dict)
    assert all_mistakes(model, tree) == []


@pytest.mark.parametrize("model", FULL, ids=lambda model: model.__name__)
@some_examples
@given(data=st.data())
def test_several_unknowns_are_no_mistake_either(model: type[InputModel], data: st.DataObject) -> None:
    paths = [path for path in paths_in(FULL[model]) if path]
    tree = unknown_at(FULL[model], *data.draw(st.lists(st.sampled_from(paths), max_size=4)))
    assert all_mistakes(model, tree) == []


@each_place
def test_what_is_unknown_counts_as_changed_there_or_above(model: type[InputModel], path: Path) -> None:
    changes = find_differences(FULL[model], unknown_at(FULL[model], path))
    assert len(changes) == 1
    (changed,) = changes
    assert path[: len(changed)] == changed


@pytest.mark.parametrize("path", [path for path in paths_in(STAGED) if path and path[0] != "key"])
def test_a_mistake_beside_an_unknown_is_still_found(path: Path) -> None:
    tree = {**unknown_at(STAGED, path), "key": "?"}
    assert [mistake.path for mistake in validate_inputs(ConnectorStagedInputs, tree)] == [("key",)]


def test_a_mistake_in_the_same_object_as_an_unknown_is_still_found() -> None:
    tree: TreeDict = {**STAGED, "creator": {"email": UNKNOWN, "noOfContributors": 0, "titel": "Dr."}}
    found = [mistake.path for mistake in validate_inputs(ConnectorStagedInputs, tree)]
    assert sorted(found, key=str) == [("creator", "noOfContributors"), ("creator", "titel")]


def test_a_mistake_in_an_application_beside_an_unknown_one_is_still_found() -> None:
    applications: PropertyValue = {"later": UNKNOWN, "service": {"schedule": ""}}
    tree: TreeDict = {**DEPLOYMENT, "configurations": applications}
    assert [str(each) for each in validate_inputs(DeploymentInputs, tree)] == [
        "configurations.service.schedule: must not be empty"
    ]


def test_the_tree_that_is_checked_is_not_changed() -> None:
    tree = unknown_at(DEPLOYMENT, ("configurations", "service", "securedConfiguration", "TAX_API_KEY"))
    all_mistakes(DeploymentInputs, tree)
    assert has_unknown(tree["configurations"])
