"""A key that nobody chose is the same on every machine, for ever, and no one else's."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.values import UNKNOWN
from commercetools_connect.resources.keys import KEY_PATTERN, derive_key, with_key
from tests.unit.contract.trees import some_examples

OPERATION = Operation("tax", "derived-key")


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("shop", "dev", "tax"), "shop-dev-tax-59dbcb35"),
        (("shop", "prod/eu", "Tax Service"), "shop-prod-eu-Tax-Service-01f89665"),
        (("", "", ""), "96a296d2"),
        (("Größe", "日本", "ü"), "Gr-e-1885b822"),
    ],
)
def test_a_derived_key_never_changes(names: tuple[str, str, str], key: str) -> None:
    """Objects of earlier versions are found again by these: change the code, not this table."""
    assert derive_key(*names) == key


@some_examples
@given(st.text(), st.text(), st.text())
def test_any_names_give_a_key_that_the_api_takes(project: str, stack: str, name: str) -> None:
    assert KEY_PATTERN.fullmatch(derive_key(project, stack, name))


@some_examples
@given(st.text(max_size=400), st.text(max_size=400))
def test_a_derived_key_can_be_read_in_a_list(project: str, name: str) -> None:
    key = derive_key(project, "dev", name)
    assert len(key) <= 89
    assert re.fullmatch(r"(.*-)?[0-9a-f]{8}", key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b", "c-d"), ("a", "b-c", "d")),
        (("a", "b", "c d"), ("a", "b", "c-d")),
        (("a", "b", "c.d"), ("a", "b", "c/d")),
        (("a", "b", "ä"), ("a", "b", "ö")),
        (("a", "b", "Tax"), ("a", "b", "tax")),
        (("a", "b", "x" * 200 + "1"), ("a", "b", "x" * 200 + "2")),
        (("a", "b", "\u00e9"), ("a", "b", "e\u0301")),
        (("a", "b", "c"), ("a", "b", "c-")),
    ],
)
def test_names_that_look_alike_get_different_keys(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert derive_key(*one) != derive_key(*other)


class TestWithKey:
    def test_the_programs_own_key_wins(self) -> None:
        assert with_key(OPERATION, {"key": "old-key"}, {"key": "my-key"}) == {"key": "my-key"}

    def test_a_key_in_the_state_stays_also_when_the_stack_is_renamed(self) -> None:
        assert with_key(OPERATION, {"key": "old-key"}, {"a": 1}) == {"a": 1, "key": "old-key"}

    @pytest.mark.parametrize("olds", [{}, {"key": None}, {"key": ""}])
    def test_without_both_it_is_derived(self, olds: dict[str, str | None]) -> None:
        assert with_key(OPERATION, olds, {"key": None}) == {"key": "derived-key"}

    def test_a_key_that_is_not_known_yet_is_left_alone(self) -> None:
        assert with_key(OPERATION, {"key": "old-key"}, {"key": UNKNOWN}) == {"key": UNKNOWN}

    def test_an_empty_key_is_kept_as_the_mistake_it_is(self) -> None:
        assert with_key(OPERATION, {"key": "old-key"}, {"key": ""}) == {"key": ""}

    def test_the_programs_inputs_are_not_changed(self) -> None:
        news: dict[str, str] = {}
        with_key(OPERATION, {}, news)
        assert news == {}
