"""A difference is named path by path, and only a difference is one."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.results import Change
from commercetools_connect.core.values import UNKNOWN, PlainValue, PropertyValue, Secret, equivalent
from commercetools_connect.resources.schema import find_differences
from tests.unit.core.trees import PLAIN_MAPS, some_examples, with_secrets

ADD, UPDATE, DELETE = Change.ADD, Change.UPDATE, Change.DELETE


@pytest.mark.parametrize(
    ("held", "wanted", "changes"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {("a",): UPDATE}),
        ({}, {"a": 1}, {("a",): ADD}),
        ({"a": None}, {"a": 1}, {("a",): ADD}),
        ({"a": 1}, {}, {("a",): DELETE}),
        ({"a": 1}, {"a": None}, {("a",): DELETE}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3, "d": 4}}, {("a", "c"): UPDATE, ("a", "d"): ADD}),
        ({"a": {"b": 1}}, {}, {("a", "b"): DELETE}),
        ({}, {"a": {"b": {"c": 1}}}, {("a", "b", "c"): ADD}),
        ({"a": "x"}, {"a": {"b": 1}}, {("a",): UPDATE}),
        ({"a": {"b": 1}}, {"a": "x"}, {("a",): UPDATE}),
        ({"a": [1, 2]}, {"a": [1, 3]}, {("a",): UPDATE}),
        ({"a": [1, 2]}, {"a": [2, 1]}, {("a",): UPDATE}),
        ({"a": True}, {"a": 1}, {("a",): UPDATE}),
        ({"a": UNKNOWN}, {"a": UNKNOWN}, {("a",): UPDATE}),
        ({"a": {"b": 1}}, {"a": UNKNOWN}, {("a",): UPDATE}),
        ({}, {"a": UNKNOWN}, {("a",): ADD}),
        ({"a": 1}, {"a": {"b": UNKNOWN}}, {("a",): UPDATE}),
    ],
)
def test_a_change_is_named_where_it_is(
    held: PropertyValue, wanted: PropertyValue, changes: dict[tuple[str, ...], Change]
) -> None:
    assert find_differences(held, wanted) == changes


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ({"a": {}}, {}),
        ({}, {"a": {}}),
        ({"a": {}}, {"a": None}),
        ({"a": {"b": None}}, {"a": {}}),
        ({"a": {"b": {}}}, {}),
        ({"a": 3}, {"a": 3.0}),
        ({"a": Secret("x")}, {"a": "x"}),
        ({"a": Secret({"b": "x"})}, {"a": {"b": Secret("x")}}),
        ({"a": ("x",)}, {"a": ["x"]}),
    ],
)
def test_what_a_user_means_the_same_by_is_no_change(held: PropertyValue, wanted: PropertyValue) -> None:
    assert find_differences(held, wanted) == {}
    assert find_differences(wanted, held) == {}


class TestOrder:
    def test_it_counts_unless_the_list_is_named(self) -> None:
        held, wanted = {"a": ["x", "y"], "b": ["x", "y"]}, {"a": ["y", "x"], "b": ["y", "x"]}
        assert find_differences(held, wanted, unordered={"a"}) == {("b",): UPDATE}

    def test_another_member_is_a_change_in_any_order(self) -> None:
        assert find_differences({"a": ["x", "y"]}, {"a": ["y", "z"]}, unordered={"a"}) == {("a",): UPDATE}

    def test_a_list_that_is_not_known_yet_is_a_change(self) -> None:
        assert find_differences({"a": ["x", "y"]}, {"a": ["y", UNKNOWN]}, unordered={"a"}) == {("a",): UPDATE}

    @some_examples
    @given(st.lists(st.text(max_size=3), unique=True), st.randoms())
    def test_any_shuffle_is_no_change(self, items: list[str], random: Random) -> None:
        shuffled = list(items)
        random.shuffle(shuffled)
        assert find_differences({"a": items}, {"a": Secret(shuffled)}, unordered={"a"}) == {}


@some_examples
@given(PLAIN_MAPS, PLAIN_MAPS, st.data())
def test_secretness_changes_no_difference(
    held: dict[str, PlainValue], wanted: dict[str, PlainValue], data: st.DataObject
) -> None:
    expected = find_differences(held, wanted)
    assert find_differences(data.draw(with_secrets(held)), data.draw(with_secrets(wanted))) == expected


@some_examples
@given(PLAIN_MAPS, PLAIN_MAPS)
def test_what_is_the_same_has_no_difference_and_every_difference_has_two_sides(
    held: dict[str, PlainValue], wanted: dict[str, PlainValue]
) -> None:
    changes = find_differences(held, wanted)
    if equivalent(held, wanted):
        assert changes == {}
    mirrored = {ADD: DELETE, DELETE: ADD, UPDATE: UPDATE}
    assert find_differences(wanted, held) == {path: mirrored[change] for path, change in changes.items()}
