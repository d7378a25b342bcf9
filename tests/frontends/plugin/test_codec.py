"""Values survive the way through the frontend and back, and what cannot be used is refused by name."""

from __future__ import annotations

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from commercetools_connect.core import values as marks
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.values import UNKNOWN, PropertyValue, Secret
from commercetools_connect.frontends.plugin import codec
from commercetools_connect.frontends.plugin.codec import decode, decode_properties, encode, encode_properties
from tests.frontends.plugin.conftest import secret, struct
from tests.support.marks import SIGNATURE
from tests.unit.core.trees import some_examples

OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
NAMES = st.text(max_size=8).filter(lambda name: name != SIGNATURE)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False).map(lambda number: number + 0.0)  # a whole number is read as an int: no -0
    | st.text(max_size=20)
    | st.just(UNKNOWN)
)


def _secrets(inner: st.SearchStrategy[PropertyValue]) -> st.SearchStrategy[PropertyValue]:
    """Secrets around something, and never directly around another."""
    return inner.map(lambda value: value if value is None or isinstance(value, Secret) else Secret(value))


VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4) | _secrets(inner),
    max_leaves=20,
)


@some_examples
@given(VALUES)
def test_every_value_comes_back_as_it_was(value: PropertyValue) -> None:
    again = decode(struct_pb2.Value.FromString(encode(value).SerializeToString()))

    assert again == value
    assert repr(encode(again)) == repr(encode(value))


@some_examples
@given(st.dictionaries(NAMES.filter(lambda name: not name.startswith("__")), VALUES, max_size=5))
def test_properties_come_back_without_those_that_are_absent(tree: dict[str, PropertyValue]) -> None:
    assert decode_properties(encode_properties(tree)) == {
        name: value for name, value in tree.items() if value is not None
    }


@some_examples
@given(VALUES)
def test_a_secret_is_one_envelope_at_every_depth(value: PropertyValue) -> None:
    assert encode(Secret(Secret(value))) == encode(Secret(value))


def test_whole_numbers_are_whole() -> None:
    """The wire knows only doubles; `3` must not become `3.0` in a configuration value."""
    number = decode(struct_pb2.Value(number_value=3.0))

    assert (number, type(number)) == (3, int)


@pytest.mark.parametrize("text", sorted(marks.UNKNOWN_TEXTS))
def test_each_text_for_unknown_is_unknown(text: str) -> None:
    assert decode(struct_pb2.Value(string_value=text)) is UNKNOWN


def test_the_marks_are_those_of_the_sdk() -> None:
    assert rpc._special_sig_key == marks.SIGNATURE
    assert rpc._special_secret_sig == marks.SECRETS_MARK
    assert rpc._special_output_value_sig == codec.OUTPUT
    assert set(codec.REFUSED) == {
        rpc._special_asset_sig,
        rpc._special_archive_sig,
        rpc._special_resource_sig,
    }
    assert marks.UNKNOWN_TEXT == rpc.UNKNOWN


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ({SIGNATURE: OUTPUT, "value": 1}, 1),
        ({SIGNATURE: OUTPUT, "value": "x", "secret": True, "dependencies": ["urn"]}, Secret("x")),
        ({SIGNATURE: OUTPUT, "value": secret("x"), "secret": True}, Secret("x")),
        ({SIGNATURE: OUTPUT}, UNKNOWN),
        ({SIGNATURE: OUTPUT, "secret": True}, Secret(UNKNOWN)),
        (secret(secret("x")), Secret("x")),
        ([secret("x"), None], [Secret("x"), None]),
        ({}, {}),
        ([], []),
    ],
)
def test_what_an_engine_may_send(wire: object, value: PropertyValue) -> None:
    assert decode_properties(struct({"a": wire})) == {"a": value}


@pytest.mark.parametrize("signature", sorted([*codec.REFUSED, "something-of-tomorrow"]))
def test_what_no_input_can_be_is_refused_with_its_path(signature: str) -> None:
    with pytest.raises(InvalidInputError, match=r"configurations\.api\[0\] is "):
        decode_properties(struct({"configurations": {"api": [{SIGNATURE: signature, "text": "canary"}]}}))


def test_properties_of_others_are_left_out() -> None:
    """States that another frontend made hold its provider and its declaration."""
    assert decode_properties(struct({"__provider": "gASV", "__declaration": {}, "key": "k"})) == {"key": "k"}
