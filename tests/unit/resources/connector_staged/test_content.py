"""The content hash changes exactly when a publication would publish something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.text import Path
from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue, Secret
from commercetools_connect.resources.connector_staged.model import content_hash
from tests.unit.core.trees import paths_in, put, some_examples, with_secrets
from tests.unit.resources.trees import STAGED, TreeDict

OURS = {"key", "forceDestroy", "adopt"}
LISTS = ("integrationTypes", "supportedRegions", "privateProjects")
PUBLISHED = [path for path in paths_in(STAGED) if path and path[0] not in OURS]


def with_value(path: Path, value: PropertyValue) -> PropertyMap:
    tree = put(STAGED, path, lambda _: value)
    assert isinstance(tree, dict)
    return tree


def test_it_never_changes_for_the_same_content() -> None:
    """States hold it: another value for the same draft would publish every connector again."""
    assert content_hash(STAGED) == "d957e840ea4f7870"


@pytest.mark.parametrize("path", PUBLISHED, ids=str)
def test_every_member_that_is_published_changes_it(path: Path) -> None:
    assert content_hash(with_value(path, "another")) != content_hash(STAGED)


@pytest.mark.parametrize("path", [path for path in PUBLISHED if isinstance(path[-1], str)], ids=str)
def test_leaving_a_published_member_out_changes_it(path: Path) -> None:
    assert content_hash(with_value(path, None)) != content_hash(STAGED)


def test_what_is_ours_changes_nothing() -> None:
    assert content_hash({**STAGED, "key": "x", "forceDestroy": True, "adopt": True, "status": "Published"}) == (
        content_hash(STAGED)
    )


@some_examples
@given(st.permutations(list(STAGED)), st.data())
def test_order_changes_nothing(names: list[str], data: st.DataObject) -> None:
    shuffled: TreeDict = {name: STAGED[name] for name in names}
    for name in LISTS:
        items = STAGED[name]
        assert isinstance(items, list)
        shuffled[name] = data.draw(st.permutations(items))
    assert content_hash(shuffled) == content_hash(STAGED)


def test_null_is_like_absent() -> None:
    creator: PropertyValue = {"email": "a@b.cc"}
    assert content_hash({"name": "x", "description": None, "creator": {"email": "a@b.cc", "title": None}}) == (
        content_hash({"name": "x", "creator": creator})
    )


@some_examples
@given(with_secrets({name: value for name, value in STAGED.items() if not isinstance(value, Secret)}))
def test_secretness_changes_nothing(tree: PropertyValue) -> None:
    members = tree.value if isinstance(tree, Secret) else tree
    assert isinstance(members, dict)
    assert content_hash(members) == content_hash(STAGED)


@pytest.mark.parametrize("path", PUBLISHED, ids=str)
def test_it_is_unknown_as_long_as_a_part_of_the_content_is(path: Path) -> None:
    assert content_hash(with_value(path, UNKNOWN)) is UNKNOWN


def test_an_unknown_that_is_not_published_does_not_matter() -> None:
    assert content_hash({**STAGED, "key": UNKNOWN}) == content_hash(STAGED)


def test_two_members_do_not_run_together() -> None:
    assert content_hash({"name": "a", "description": "b"}) != content_hash({"name": "b", "description": "a"})
    assert content_hash({"integrationTypes": ["a,b"]}) != content_hash({"integrationTypes": ["a", "b"]})
