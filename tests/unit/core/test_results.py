"""A result tells a frontend which properties change, and a mistake tells where it is."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from commercetools_connect.core.results import Change, CheckFailure, Diff, State
from commercetools_connect.core.text import Path

CHANGES: dict[Path, Change] = {
    ("region",): Change.UPDATE,
    ("configurations", "api", "standardConfiguration", "MODE"): Change.ADD,
    ("configurations", "api", "schedule"): Change.DELETE,
    ("adopt",): Change.DELETE,
}


def test_no_change_means_nothing_to_do() -> None:
    assert not Diff()
    assert Diff().properties == []
    assert Diff().replaced_properties == []


def test_every_changed_property_is_named_once_by_its_top_level_name() -> None:
    diff = Diff(CHANGES, frozenset({("region",)}))
    assert diff
    assert diff.properties == ["adopt", "configurations", "region"]
    assert diff.replaced_properties == ["region"]


def test_side_by_side_is_allowed_unless_said_otherwise() -> None:
    assert not Diff(CHANGES).delete_before_replace


def test_a_mistake_names_its_place() -> None:
    assert str(CheckFailure(("creator", "email"), "is required")) == "creator.email: is required"
    assert str(CheckFailure(("privateProjects", 1), "no")) == "privateProjects[1]: no"
    assert str(CheckFailure((), "no configuration")) == "no configuration"


def test_a_result_cannot_be_changed_afterwards() -> None:
    for result, member in ((Diff(), "changes"), (State("id", {}), "id"), (CheckFailure((), ""), "reason")):
        with pytest.raises(FrozenInstanceError):
            setattr(result, member, None)
