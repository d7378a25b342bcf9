"""Each field takes what commercetools takes, and says what to write instead of the rest."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from commercetools_connect.resources import inputs as fields
from commercetools_connect.resources.inputs import canonical_value

GOOD = {
    fields.Key: ["ab", "a_B-9", "x" * 256],
    fields.Text: ["a", " a "],
    fields.ProjectIdentifier: ["europe-west1.gcp:acme-dev", "us-east-2.aws:a_1"],
    fields.ProjectKey: ["ac", "acme-dev_1", "x" * 36],
    fields.Email: ["dev@acme.example", "a.b+c@d.e.f"],
    fields.Region: ["europe-west1.gcp", "us-east-2.aws", "mars-north1.gcp"],
}
BAD = {
    fields.Key: ["", "a", "x" * 257, "a b", "ä-key", "key\n", "a/b", "a.b", "٣٣"],
    fields.Text: ["", " ", "\n"],
    fields.ProjectIdentifier: [
        "acme-dev",
        "acme-dev:",
        ":acme",
        "europe-west1.gcp:a",
        "a:b:cc",
        "r:acme dev",
        "r:aä",
    ],
    fields.ProjectKey: ["", "a", "x" * 37, "acme dev", "r:acme", "acme\n"],
    fields.Email: ["", "dev", "dev@acme", "dev@acme.", "a b@c.d", "@c.d", "a@@c.d", "dev@acme.example\n"],
    fields.Region: ["", "europe", "EUROPE-west1.gcp", "europe-west1.gcp.x", "gcp.", "europe-west1.gcp\n"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in GOOD.items() for value in values]
)
def test_what_commercetools_takes_is_taken_as_it_is(field: Any, value: str) -> None:
    assert TypeAdapter(field).validate_python(value) == value


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
def test_what_it_would_refuse_is_refused_before(field: Any, value: str) -> None:
    with pytest.raises(ValidationError, match="must "):
        TypeAdapter(field).validate_python(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (3.0, "3"),
        (3.5, "3.5"),
        (-3.0, "-3"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (2**53, "9007199254740992"),
        ("True", "True"),
        ("", ""),
        (" 007 ", " 007 "),
    ],
)
def test_a_value_is_written_as_the_api_keeps_it(value: object, text: str) -> None:
    assert canonical_value(value) == text
    assert canonical_value(text) == text


@pytest.mark.parametrize("value", [[], ["a"], {}, {"a": 1}, None, b"x", object()])
def test_a_structure_is_refused_with_advice(value: object) -> None:
    with pytest.raises(ValueError, match="with json"):
        canonical_value(value)


@pytest.mark.parametrize("number", [2**53 + 2, 1e21, float("nan"), float("inf")])
def test_a_number_that_would_change_on_its_way_must_be_written_as_a_string(number: float) -> None:
    """Engines send numbers as doubles: beyond 2^53 another number would arrive than the one written."""
    with pytest.raises(ValueError, match="must be a string: numbers this large"):
        canonical_value(number)
