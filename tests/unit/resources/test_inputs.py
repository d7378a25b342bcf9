"""Every mistake of a program is found at once, is named where it stands, and shows no value."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import Path
from commercetools_connect.core.values import PropertyValue, Secret, unwrap_secrets
from commercetools_connect.resources.connector_staged.model import ConnectorStagedInputs
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.inputs import InputModel, member_names, parse, pick, validate_inputs
from tests.unit.core.trees import paths_in, put, some_examples
from tests.unit.resources.trees import DEPLOYMENT, FULL, HIDDEN, STAGED, TreeDict

POISONS: list[PropertyValue] = [
    HIDDEN,
    [HIDDEN],
    {"x": HIDDEN},
    [{"x": [HIDDEN]}],
    810081008100,
    -810081.5,
    Secret(HIDDEN),
]

each_model = pytest.mark.parametrize("model", FULL, ids=lambda model: model.__name__)


def mistakes(model: type[InputModel], inputs: TreeDict) -> list[str]:
    return [str(mistake) for mistake in validate_inputs(model, inputs)]


@each_model
def test_a_program_that_says_everything_right_has_no_mistake(model: type[InputModel]) -> None:
    assert mistakes(model, FULL[model]) == []
    assert parse(model, FULL[model])


def test_all_mistakes_are_found_at_once_each_with_its_path() -> None:
    found = mistakes(
        ConnectorStagedInputs,
        {
            "key": "x",
            "creator": {"email": "unknown", "noOfContributors": "many"},
            "repository": {"url": "git@github.com:acme/tax.git", "tag": " "},
            "integrationTypes": "tax",
            "privateProjects": ["europe-west1.gcp:acme-dev", "acme-prod"],
            "adopt": "perhaps",
        },
    )
    assert sorted(found) == [
        "adopt: must be true or false",
        "creator.email: must be an e-mail address, such as dev@acme.example",
        "creator.noOfContributors: must be a whole number",
        "integrationTypes: must be a list",
        "key: must have 2 to 256 characters out of A-Z, a-z, 0-9, _ and -",
        "name: is required",
        "privateProjects[1]: must be region:projectKey, such as europe-west1.gcp:acme-dev",
        "repository.tag: must not be empty",
    ]


def test_a_mistake_in_a_configuration_names_application_and_key() -> None:
    settings: PropertyValue = {
        "standardConfiguration": {"A": {"x": 1}, "B": "fine"},
        "securedConfiguration": {"my.key": Secret([1])},
        "retryPolicy": {"strategy": "immediate", "maxAttempts": 2.5},
    }
    found = mistakes(DeploymentInputs, {**DEPLOYMENT, "configurations": {"service": settings}})
    words = "must be a string, number or boolean; write a structure as a string, with json.dumps for example"
    assert sorted(found) == [
        "configurations.service.retryPolicy.maxAttempts: must be a whole number",
        f'configurations.service.securedConfiguration["my.key"]: {words}',
        f"configurations.service.standardConfiguration.A: {words}",
    ]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        (("regoin",), "region"),
        (("project_key",), "projectKey"),
        (("configuration",), "configurations"),
        (("connector", "stagged"), "staged"),
        (("configurations", "service", "securedConfig"), "securedConfiguration"),
        (("configurations", "service", "retryPolicy", "max_attempts"), "maxAttempts"),
        (("globalConfiguration", "standard_configuration"), "standardConfiguration"),
    ],
)
def test_a_misspelt_argument_is_answered_with_the_nearest_name(path: Path, near: str) -> None:
    retries: PropertyValue = {"strategy": "immediate"}
    tree: PropertyValue = {**DEPLOYMENT, "configurations": {"service": {"retryPolicy": retries}}}

    def misspell(settings: PropertyValue) -> PropertyValue:
        assert isinstance(settings, dict)
        return {**settings, path[-1]: "x"}

    tree = put(tree, path[:-1], misspell)
    assert isinstance(tree, dict)
    (mistake,) = validate_inputs(DeploymentInputs, tree)
    assert mistake.path == path
    assert mistake.reason == f"unknown argument; did you mean {near}?"


def test_an_argument_like_no_other_is_answered_with_all_that_are_known() -> None:
    (mistake,) = mistakes(ConnectorStagedInputs, {**STAGED, "repository": {"url": "u", "tag": "t", "xyzzy": 1}})
    assert mistake == "repository.xyzzy: unknown argument; known: tag, url"


@each_model
def test_null_is_like_absent(model: type[InputModel]) -> None:
    full = FULL[model]
    for name in full:
        without = {key: value for key, value in full.items() if key != name}
        assert mistakes(model, {**full, name: None}) == mistakes(model, without)


@each_model
def test_what_is_required_is_said_to_be_required(model: type[InputModel]) -> None:
    required = [field.alias for field in model.model_fields.values() if field.is_required()]
    assert sorted(mistakes(model, {})) == sorted(f"{name}: is required" for name in required)


@each_model
def test_secretness_changes_nothing(model: type[InputModel]) -> None:
    for path in paths_in(FULL[model]):
        if path:
            tree = put(FULL[model], path, Secret)
            assert isinstance(tree, dict)
            assert mistakes(model, tree) == []
            assert parse(model, tree) == parse(model, FULL[model])


@each_model
@some_examples
@given(data=st.data())
def test_no_mistake_ever_shows_a_value(model: type[InputModel], data: st.DataObject) -> None:
    poison = data.draw(st.sampled_from(POISONS))
    tree: PropertyValue = FULL[model]
    for path in data.draw(st.lists(st.sampled_from([each for each in paths_in(tree) if each]), max_size=3)):
        if path in set(paths_in(tree)):
            tree = put(tree, path, lambda _: poison)
    assert isinstance(tree, dict)
    texts = mistakes(model, tree)
    try:
        texts.append(repr(validate_inputs(model, tree)))
        parse(model, tree)
    except InvalidInputError as error:
        texts += [str(error), repr(error), *traceback.format_exception(error)]
    for text in texts:
        assert HIDDEN not in text
        assert "81008" not in text


def test_the_text_of_an_invalid_program_has_one_line_for_each_mistake() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(ConnectorStagedInputs, {**STAGED, "name": "", "key": "?"})
    assert str(caught.value).splitlines() == [
        "key: must have 2 to 256 characters out of A-Z, a-z, 0-9, _ and -",
        "name: must not be empty",
    ]


def test_a_parsed_program_does_not_show_its_secured_values() -> None:
    parsed = parse(DeploymentInputs, DEPLOYMENT)
    assert HIDDEN not in repr(parsed)
    assert HIDDEN not in str(parsed)
    assert parsed.configurations["service"].secured_configuration == {"TAX_API_KEY": HIDDEN}


@pytest.mark.parametrize("tree", FULL.values())
def test_the_names_of_a_model_are_those_a_program_writes(tree: TreeDict) -> None:
    (model,) = (model for model, full in FULL.items() if full is tree)
    assert set(member_names(model)) == set(tree)


def test_only_what_is_set_is_picked() -> None:
    tree: TreeDict = {"a": 1, "b": None, "c": "", "d": False, "e": []}
    assert pick(tree, ["a", "b", "c", "d", "e", "f"]) == {"a": 1, "c": "", "d": False, "e": []}


def test_whole_numbers_that_the_engine_sends_as_doubles_are_whole() -> None:
    creator = unwrap_secrets(STAGED["creator"])
    assert isinstance(creator, dict)
    parsed = parse(ConnectorStagedInputs, {**STAGED, "creator": {**creator, "noOfContributors": 3.0}})
    assert parsed == parse(ConnectorStagedInputs, STAGED)
