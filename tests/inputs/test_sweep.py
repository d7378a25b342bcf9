"""Every input with every kind of bad value: an error that names the path, or accepted and then really usable."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from pydantic import BaseModel

from commercetools_connect.core.values import Secret
from commercetools_connect.resources.connector_publication.model import ConnectorPublicationInputs
from commercetools_connect.resources.connector_staged.model import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.plan import new_draft
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.inputs import InputModel, parse
from tests.inputs.document import DOCUMENT, render
from tests.inputs.sweep import CANARY, KINDS, Case, all_cases, check
from tests.unit.resources.trees import HIDDEN

MODELS: dict[str, type[InputModel]] = {
    "ConnectorStaged": ConnectorStagedInputs,
    "ConnectorPublication": ConnectorPublicationInputs,
    "Deployment": DeploymentInputs,
}


def cases(kind: str) -> list[Case]:
    found = [case for case in all_cases() if case.kind == kind and case.inputs is not None]
    assert len(found) > 10
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_mistake_is_named_where_it_stands_in_words_that_show_no_value(kind: str) -> None:
    """One line each, fit for a terminal, at the path or inside of it; or at what a missing member belongs to."""
    for case in cases(kind):
        checked = check(case)
        for failure in checked.failures:
            shorter = min(len(failure.path), len(case.path))
            assert failure.path[:shorter] == case.path[:shorter], case
            assert failure.reason, case
        for text in [*map(str, checked.failures), *checked.warnings]:
            assert not any(unicodedata.category(char).startswith("C") for char in text), case
            assert CANARY not in text, case
            assert HIDDEN not in text, case
            assert len(text) < 1000, case


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "unknown"])
def test_what_is_accepted_can_be_sent(kind: str) -> None:
    """No bad value comes through the check only to break the request."""
    for case in cases(kind):
        checked = check(case)
        if checked.failures:
            continue
        inputs = parse(MODELS[case.resource], checked.inputs)
        body: BaseModel = new_draft(inputs) if isinstance(inputs, ConnectorStagedInputs) else inputs
        assert json.dumps(body.model_dump(mode="json")).encode(), case


@pytest.mark.parametrize("kind", ["unknown", "secret"])
def test_what_a_preview_does_not_know_and_what_is_secret_is_no_mistake(kind: str) -> None:
    for case in cases(kind):
        assert not check(case).failures, case


def test_a_secret_stays_one() -> None:
    """Wherever a program wraps a value, no plain copy comes out of the check."""
    for case in cases("secret"):
        value: Any = check(case).inputs
        for step in case.path:
            if isinstance(value, Secret):
                break
            value = value[step]
        assert isinstance(value, Secret) or has_only_secrets(value), case


def has_only_secrets(value: object) -> bool:
    """Tell whether every leaf is secret: where the resource writes values again it seals each of them."""
    if isinstance(value, dict):
        return bool(value) and all(map(has_only_secrets, value.values()))
    return isinstance(value, Secret)


def test_missing_and_null_are_the_same() -> None:
    by_place: dict[tuple[object, ...], set[object]] = {}
    for case in [*cases("missing"), *cases("null")]:
        if not isinstance(case.path[-1], int):
            failures = frozenset((failure.path, failure.reason) for failure in check(case).failures)
            by_place.setdefault((case.resource, *case.path), set()).add(failures)
    assert len(by_place) > 40
    assert all(len(outcomes) == 1 for outcomes in by_place.values())


def test_the_table_in_the_documentation_is_what_happens() -> None:
    """`make docs` writes it."""
    assert DOCUMENT.read_text() == render()


def test_each_member_of_each_model_is_in_the_table() -> None:
    """A new input cannot be forgotten."""
    named = {str(step) for case in all_cases() for step in case.path}

    def members(model: type[BaseModel]) -> set[str]:
        return {info.alias or name for name, info in model.model_fields.items()}

    declared = set().union(*map(members, MODELS.values()))
    assert declared <= named
