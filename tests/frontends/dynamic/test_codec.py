"""Values on their way between Pulumi and a resource."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import FileAsset
from pulumi.output import Unknown
from pulumi.runtime import rpc

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.values import UNKNOWN, Secret, equivalent
from commercetools_connect.frontends.dynamic.codec import decode, decode_properties, encode, encode_properties

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(max_size=20)
    | st.just(UNKNOWN)
)
names = st.text(min_size=1, max_size=8)
branches = st.recursive(
    leaves,
    lambda child: (
        st.lists(child, max_size=3)
        | st.dictionaries(names, child, max_size=3)
        | child.filter(lambda value: value is not None and not isinstance(value, Secret)).map(Secret)
    ),
    max_leaves=12,
)
trees = st.dictionaries(names.filter(lambda name: not name.startswith("__")), branches, max_size=5)


def _as_pulumi_sends(value: Any) -> Any:
    """Numbers become floats on the wire."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, dict):
        return {name: _as_pulumi_sends(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_as_pulumi_sends(child) for child in value]
    return value


@given(trees)
def test_what_is_written_is_read_back(tree: Any) -> None:
    decoded = decode_properties(_as_pulumi_sends(encode_properties(tree)))
    assert decoded == {name: value for name, value in tree.items() if value is not None}


@given(trees)
def test_no_value_ever_has_two_envelopes_and_unknowns_are_pulumis(tree: Any) -> None:
    def look(value: Any) -> None:
        assert not isinstance(value, Secret)
        assert value is not UNKNOWN
        if rpc.is_rpc_secret(value):
            assert not rpc.is_rpc_secret(value["value"])
            assert value["value"] is not None
        for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            look(child)

    look(encode_properties(tree))


def test_whole_numbers_are_integers_again() -> None:
    assert decode({"n": 3.0, "x": 1.5, "yes": True}) == {"n": 3, "x": 1.5, "yes": True}
    assert type(decode(3.0)) is int
    assert type(decode(True)) is bool
    assert equivalent(decode(3.0), 3)


def test_unknowns_of_a_preview_are_known_as_such() -> None:
    assert decode({"a": [Unknown()]}) == {"a": [UNKNOWN]}
    assert isinstance(encode(UNKNOWN), Unknown)


def test_properties_of_pulumi_are_dropped_and_those_of_users_kept() -> None:
    assert decode_properties({"__provider": "x", "__other": 1.0, "a": {"__mine": 1.0}}) == {"a": {"__mine": 1}}


def test_a_secret_in_a_secret_is_one_secret() -> None:
    assert encode(Secret(Secret("x"))) == rpc.wrap_rpc_secret("x")


def test_a_secret_nothing_is_nothing() -> None:
    assert encode({"a": Secret(None)}) == {"a": None}


def test_an_asset_is_a_mistake_in_the_program_and_named_by_its_place() -> None:
    with pytest.raises(InvalidInputError, match=r"a\.b\[1\] is of type FileAsset, which cannot be used here"):
        decode_properties({"a": {"b": [1, FileAsset("x")]}})
