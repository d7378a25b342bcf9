"""A default key is the same on every machine, for ever, and no other resource has it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue
from commercetools_connect.resources.keys import KEY_PATTERN, ResourceKeys, derive_key, is_derived, key_prefix
from tests.unit.core.trees import some_examples

OPERATION = OperationContext("tax", "derived-key", urn="urn:tax")


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


class TestWithTheProvidersId:
    PARENTS = "my:Estate$my:Shop"  # words: part of a frozen key
    KEY = derive_key("shop", "dev", "tax", parents=PARENTS, provider_id="0d6e1f30")

    def test_such_a_key_never_changes(self) -> None:
        """A killed run is found again by the next release: change the code, not this value."""
        assert self.KEY == "shop-dev-tax-a7693470"

    @pytest.mark.parametrize(
        "other",
        [
            derive_key("shop", "dev", "tax"),
            derive_key("shop", "dev", "tax", parents=PARENTS, provider_id="0d6e1f31"),
            derive_key("shop", "dev", "tax", parents="my:Shop", provider_id="0d6e1f30"),
        ],
    )
    def test_another_stack_of_the_same_name_and_another_parent_get_another_key(self, other: str) -> None:
        """What people read of it stays the same, and so does its length."""
        assert other != self.KEY
        assert other[:-8] == self.KEY[:-8]

    def test_parents_alone_change_nothing(self) -> None:
        """Without an id the key is the one that every earlier version derived."""
        assert derive_key("shop", "dev", "tax", parents="my:Shop") == derive_key("shop", "dev", "tax")


@some_examples
@given(st.text(), st.text(), st.text(), st.text())
def test_a_key_is_distinguished_from_those_of_other_resources(
    project: str, stack: str, name: str, id_: str
) -> None:
    assert is_derived(derive_key(project, stack, name, provider_id=id_), project, stack, name)


@pytest.mark.parametrize(
    "key", ["shop-dev-tax", "shop-dev-tax-59dbcb3", "shop-dev-tax-2-59dbcb35", "shop-dev-tax-SIXTEEN8"]
)
def test_a_key_of_another_name_does_not_look_derived(key: str) -> None:
    assert not is_derived(key, "shop", "dev", "tax")


@some_examples
@given(st.text(max_size=60), st.text(max_size=60), st.text())
def test_every_derived_key_begins_with_the_prefix_of_its_stack(project: str, stack: str, name: str) -> None:
    prefix = key_prefix(f"p{project}", stack)

    assert len(prefix) > 1
    assert derive_key(f"p{project}", stack, name).startswith(prefix)


class TestWithKey:
    def test_the_programs_own_key_wins(self) -> None:
        assert with_key({"key": "old-key"}, {"key": "my-key"}) == {"key": "my-key"}

    def test_a_key_in_the_state_stays_also_when_the_stack_is_renamed(self) -> None:
        assert with_key({"key": "old-key"}, {"a": 1}) == {"a": 1, "key": "old-key"}

    @pytest.mark.parametrize("olds", [{}, {"key": None}, {"key": ""}])
    def test_without_both_it_is_derived(self, olds: dict[str, str | None]) -> None:
        assert with_key(olds, {"key": None}) == {"key": "derived-key"}

    def test_while_the_provider_is_not_there_yet_the_key_is_not_known(self) -> None:
        assert ResourceKeys().key_of(replace(OPERATION, default_key=UNKNOWN), {}, None) is UNKNOWN

    def test_a_key_that_is_not_known_yet_is_left_alone(self) -> None:
        assert with_key({"key": "old-key"}, {"key": UNKNOWN}) == {"key": UNKNOWN}

    def test_an_empty_key_is_kept_as_the_mistake_it_is(self) -> None:
        assert with_key({"key": "old-key"}, {"key": ""}) == {"key": ""}

    def test_the_programs_inputs_are_not_changed(self) -> None:
        news: dict[str, str] = {}
        with_key({}, news)
        assert news == {}


class TestTheSecondCheckOfAReplacement:
    """The engine gives the old inputs to the first check only."""

    @pytest.mark.parametrize(
        ("olds", "first", "second", "key"),
        [
            ({"key": "old-key"}, {}, {}, "old-key"),
            ({"key": "old-key"}, {"key": "old-key"}, {"key": "old-key"}, "old-key"),
            ({"key": "old-key"}, {"key": "my-key"}, {"key": "my-key"}, "my-key"),
            ({"a": 1}, {}, {}, "derived-key"),
        ],
    )
    def test_the_second_check_keeps_the_key_of_the_first(
        self, olds: PropertyMap, first: PropertyMap, second: PropertyMap, key: str
    ) -> None:
        keys = ResourceKeys()

        assert keys.key_of(OPERATION, olds, first.get("key")) == key
        assert keys.key_of(OPERATION, {}, second.get("key")) == key

    def test_a_check_of_another_resource_does_not_keep_the_key(self) -> None:
        keys = ResourceKeys()
        keys.key_of(OPERATION, {"key": "old-key"}, None)

        assert keys.key_of(replace(OPERATION, urn="urn:other"), {}, None) == "derived-key"
        assert keys.key_of(replace(OPERATION, urn=""), {}, None) == "derived-key"

    def test_a_check_without_a_urn_does_not_keep_the_key(self) -> None:
        """Two of them would be mixed up."""
        keys, nameless = ResourceKeys(), replace(OPERATION, urn="")
        keys.key_of(nameless, {"key": "old-key"}, None)

        assert keys.key_of(nameless, {}, None) == "derived-key"


def with_key(olds: PropertyMap, news: PropertyMap) -> dict[str, PropertyValue]:
    return {**news, "key": ResourceKeys().key_of(OPERATION, olds, news.get("key"))}
