"""A name in a path reaches exactly one object, with any characters."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api import ById, ByKey
from commercetools_connect.core.errors import InvalidInputError


def test_an_object_is_addressed_by_id_or_by_key() -> None:
    assert ById("0b7c-4d").segment == "0b7c-4d"
    assert ByKey("acme-tax").segment == "key=acme-tax"
    assert (str(ById("x")), str(ByKey("y"))) == ("id 'x'", "key 'y'")


@pytest.mark.parametrize(
    "text", ["", ".", "..", "/", "a/b", "key=x", "drafts", "Search", "a b", "%2e", "a\\b", "ä", "a?b"]
)
def test_an_id_that_would_address_something_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        ById(text)


@pytest.mark.parametrize("text", ["", "/", "a/b", "a\\b", "a\nb", "\x00"])
def test_a_key_that_would_address_something_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        ByKey(text)


@given(st.text(max_size=30))
def test_a_key_stays_one_segment_and_comes_back_as_it_was(text: str) -> None:
    try:
        ref = ByKey(text)
        url = httpx.URL(f"https://h.example/connectors/drafts/{ref.segment}")
    except (InvalidInputError, UnicodeEncodeError):
        return
    assert url.path == f"/connectors/drafts/key={text}"
    assert url.raw_path.count(b"/") == 3
    assert not url.query
    assert not url.fragment
