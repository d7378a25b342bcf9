"""What a value means to a user does not depend on how it travels, and a secret is never shown on the way."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.results import Checked, State
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainValue,
    PropertyValue,
    Secret,
    Unknown,
    equivalent,
    has_unknown,
    unwrap_secrets,
)
from tests.unit.core.trees import NAMES, PLAIN, PLAIN_MAPS, paths_in, put, some_examples, with_secrets

WITH_ITS_SECRETS = PLAIN.flatmap(lambda plain: st.tuples(st.just(plain), with_secrets(plain)))
WITH_AN_UNKNOWN = PLAIN.flatmap(
    lambda plain: st.tuples(st.just(plain), st.sampled_from(list(paths_in(plain))))
).map(lambda drawn: put(drawn[0], drawn[1], lambda _: UNKNOWN))

HIDDEN = "s3cr3t-Zx81"


def meaning(value: PlainValue) -> object:
    """Write a value in a form in which Python's own equality is the user's."""
    if isinstance(value, Mapping):
        return "map", frozenset((name, meaning(child)) for name, child in value.items() if child is not None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "list", tuple(map(meaning, value))
    kinds: dict[type, str] = {bool: "truth", int: "number", float: "number", str: "text", type(None): "null"}
    return kinds[type(value)], value


class TestSecretness:
    @some_examples
    @given(WITH_ITS_SECRETS)
    def test_secrets_at_any_depth_can_be_taken_off(self, drawn: tuple[PlainValue, PropertyValue]) -> None:
        plain, wrapped = drawn
        assert meaning(unwrap_secrets(wrapped)) == meaning(plain)

    @some_examples
    @given(WITH_ITS_SECRETS)
    def test_marking_something_secret_is_no_change(self, drawn: tuple[PlainValue, PropertyValue]) -> None:
        plain, wrapped = drawn
        assert equivalent(plain, wrapped)
        assert equivalent(wrapped, plain)
        assert not has_unknown(wrapped)

    def test_a_secret_in_a_secret_is_taken_off_too(self) -> None:
        assert unwrap_secrets(Secret(Secret({"a": [Secret(1)]}))) == {"a": [1]}

    @pytest.mark.parametrize("show", [repr, str, format, ascii, "{}".format, "{!r:>40}".format])
    @pytest.mark.parametrize(
        "value",
        [
            Secret(HIDDEN),
            Secret(Secret(HIDDEN)),
            Secret({"password": HIDDEN}),
            {"a": [Secret(HIDDEN)]},
            [{"a": Secret([HIDDEN])}],
            State("id", {"a": Secret(HIDDEN)}, {"a": Secret(HIDDEN)}),
            Checked({"a": Secret(HIDDEN)}),
        ],
    )
    def test_a_secret_is_never_shown(self, show: Callable[[object], str], value: object) -> None:
        shown = show(value)
        assert HIDDEN not in shown
        assert "***" in shown

    @some_examples
    @given(st.text(min_size=1))
    def test_two_secrets_look_the_same(self, text: str) -> None:
        assert repr(Secret(text)) == repr(Secret("another"))

    def test_a_failed_use_of_a_secret_does_not_tell_it(self) -> None:
        uses: list[Callable[[], object]] = [
            lambda: Secret(HIDDEN) + 1,  # type: ignore[operator]  # wrong on purpose
            lambda: Secret(HIDDEN) < Secret(HIDDEN),  # type: ignore[operator]  # wrong on purpose
            lambda: f"{Secret(HIDDEN):d}",
            lambda: Secret(HIDDEN).strip(),  # type: ignore[attr-defined]  # wrong on purpose
            lambda: setattr(Secret(HIDDEN), "value", 1),
        ]
        for use in uses:
            with pytest.raises(Exception) as caught:  # noqa: PT011 - any of them, and what it says
                use()
            assert HIDDEN not in str(caught.value)


class TestUnknown:
    @some_examples
    @given(WITH_AN_UNKNOWN, st.data())
    def test_an_unknown_at_any_depth_is_seen_also_inside_a_secret(
        self, value: PropertyValue, data: st.DataObject
    ) -> None:
        assert has_unknown(value)
        assert has_unknown(data.draw(with_secrets(value)))

    @some_examples
    @given(WITH_AN_UNKNOWN, PLAIN)
    def test_what_is_not_known_equals_nothing_not_even_itself(
        self, value: PropertyValue, other: PropertyValue
    ) -> None:
        assert not equivalent(value, value)
        assert not equivalent(value, other)
        assert not equivalent(other, value)
        assert not equivalent(Secret(value), value)

    @some_examples
    @given(PLAIN)
    def test_a_known_value_is_known(self, value: PlainValue) -> None:
        assert not has_unknown(value)

    def test_an_unknown_member_is_not_the_same_as_an_absent_one(self) -> None:
        assert not equivalent({"a": UNKNOWN}, {})
        assert not equivalent(None, UNKNOWN)

    @pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
    def test_unknown_stays_itself_however_it_is_copied(self, again: Callable[[Unknown], Unknown]) -> None:
        assert again(UNKNOWN) is UNKNOWN
        assert unwrap_secrets(again(UNKNOWN)) is UNKNOWN
        assert repr(UNKNOWN) == "UNKNOWN"


class TestSameness:
    @some_examples
    @given(PLAIN)
    def test_a_known_value_is_the_same_as_itself_and_as_its_copy(self, value: PlainValue) -> None:
        assert equivalent(value, copy.deepcopy(value))

    @some_examples
    @given(PLAIN, PLAIN)
    def test_two_values_are_the_same_only_if_a_user_means_the_same(
        self, left: PlainValue, right: PlainValue
    ) -> None:
        assert equivalent(left, right) == (meaning(left) == meaning(right))

    @some_examples
    @given(PLAIN_MAPS, NAMES)
    def test_null_and_absent_are_the_same(self, members: dict[str, PlainValue], name: str) -> None:
        absent = {key: child for key, child in members.items() if key != name}
        assert equivalent({**absent, name: None}, absent)
        assert equivalent({"in": {**absent, name: None}}, {"in": absent})

    @some_examples
    @given(PLAIN)
    def test_the_engine_may_send_every_number_as_a_double(self, value: PlainValue) -> None:
        def doubled(each: PlainValue) -> PlainValue:
            if isinstance(each, Mapping):
                return {name: doubled(child) for name, child in each.items()}
            if isinstance(each, Sequence) and not isinstance(each, str):
                return [doubled(child) for child in each]
            return float(each) if isinstance(each, int) and not isinstance(each, bool) else each

        assert equivalent(value, doubled(value))

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (True, 1),
            (False, 0),
            (True, 1.0),
            (True, "true"),
            (3, "3"),
            ("", None),
            ({}, None),
            ([], None),
            ([], {}),
            ([None], []),
            ([1, 2], [2, 1]),
            ("ab", ["a", "b"]),
            ({"a": True}, {"a": 1}),
        ],
    )
    def test_values_that_only_look_alike_differ(self, left: PropertyValue, right: PropertyValue) -> None:
        assert not equivalent(left, right)
        assert not equivalent(right, left)

    def test_a_tuple_is_a_list(self) -> None:
        assert equivalent((1, {"a": (2,)}), [1, {"a": [2]}])
