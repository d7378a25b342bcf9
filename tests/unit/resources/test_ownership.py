"""A create continues with an object that exists only when its owner is proven, or when it is asked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Change, Diff, State
from commercetools_connect.core.text import Path
from commercetools_connect.core.values import UNKNOWN, Secret
from commercetools_connect.resources.managed import ManagedResource
from commercetools_connect.resources.ownership import (
    ExistingObject,
    Ownership,
    contested_error,
    decide_ownership,
    describe_take_over,
    refuse_create,
    refuse_delete,
    same_key_failure,
)
from commercetools_connect.resources.run_registry import RunRegistry

DIFFERENCES: tuple[Path, ...] = (("region",), ("configurations", "a b"))
FOUND = ExistingObject(
    resource="tax", what="Deployment my-key (d-1) in project p", entry="p/my-key", differences=()
)
DEPLOYMENT_FROM_NAMES: Mapping[str, Any] = {"key_from_names": True, "may_be_equal": True}
DRAFT_FROM_NAMES: Mapping[str, Any] = {"key_from_names": True}

ROWS: dict[str, tuple[Mapping[str, Any], Ownership]] = {
    "only this stack derives the key, or the state names it": ({"key_is_ours": True}, Ownership.OURS),
    "ours, in spite of differences": ({"key_is_ours": True, "differences": DIFFERENCES}, Ownership.OURS),
    "ours before any permission": ({"key_is_ours": True, "adopt": True}, Ownership.OURS),
    "the user asks for it": ({"adopt": True}, Ownership.ADOPTED),
    "the user asks for it, in spite of differences": (
        {"adopt": True, "differences": DIFFERENCES},
        Ownership.ADOPTED,
    ),
    "equal, and never live": ({"never_live": True}, Ownership.BEING_MADE),
    "never live, but different": ({"never_live": True, "differences": DIFFERENCES}, Ownership.FOREIGN),
    "finished and equal, under a key of one's own": ({}, Ownership.FOREIGN),
    "different": ({"differences": DIFFERENCES}, Ownership.FOREIGN),
    "failed and equal, under a key of one's own": ({"failed": True}, Ownership.FOREIGN),
    "finished and equal, under a key from names": (DEPLOYMENT_FROM_NAMES, Ownership.EQUAL),
    "different, under a key from names": (
        {**DEPLOYMENT_FROM_NAMES, "differences": DIFFERENCES},
        Ownership.FOREIGN,
    ),
    "failed and different, under a key from names": (
        {**DEPLOYMENT_FROM_NAMES, "failed": True, "differences": DIFFERENCES},
        Ownership.EQUAL,
    ),
    "never live and equal, under a key from names": (
        {**DEPLOYMENT_FROM_NAMES, "never_live": True},
        Ownership.BEING_MADE,
    ),
    "a finished draft, under a key from names": (DRAFT_FROM_NAMES, Ownership.FOREIGN),
    "a draft that nothing was done with yet": ({**DRAFT_FROM_NAMES, "never_live": True}, Ownership.BEING_MADE),
}


@pytest.mark.parametrize(("facts", "expected"), ROWS.values(), ids=ROWS)
def test_whose_an_existing_object_is(facts: Mapping[str, Any], expected: Ownership) -> None:
    assert decide_ownership(replace(FOUND, **facts)) is expected


@pytest.mark.parametrize("ownership", [each for each in Ownership if each is not Ownership.FOREIGN])
def test_each_take_over_is_reported_with_the_object(ownership: Ownership) -> None:
    assert FOUND.what in describe_take_over(ownership, FOUND.what)


def test_the_take_over_by_names_alone_tells_the_risk_and_how_to_rule_it_out() -> None:
    words = describe_take_over(Ownership.EQUAL, FOUND.what)
    for part in ("another stack of the same names", "secrets are overwritten", "a key of its own", "plugin"):
        assert part in words


class TestRefusedCreate:
    def test_it_names_resource_object_and_differences_and_all_ways_on(self) -> None:
        error = refuse_create(replace(FOUND, differences=DIFFERENCES), "p/my-key")

        assert error.message == (
            "Deployment my-key (d-1) in project p already exists, and nothing proves that it belongs to the "
            "resource tax; another resource or stack may own it. Nothing was changed. It differs from the program "
            'in: configurations["a b"], region.'
        )
        for way in ("alias", "`pulumi import`", "`adopt: true`", "CTP_ADOPT='p/my-key'", "a key of its own"):
            assert way in error.remedy
        for part in ("asked for a replacement", "`pulumi state untaint`", "`retainOnDelete`", "revert the change"):
            assert part in error.remedy

    def test_what_cannot_become_what_is_declared_is_not_offered_for_adoption(self) -> None:
        remedy = refuse_create(replace(FOUND, adoptable=False), "p/my-key").remedy

        assert "adopt" not in remedy.casefold()
        assert "a key of its own" in remedy

    def test_of_an_equal_object_it_says_so(self) -> None:
        assert "equal in everything that can be read" in refuse_create(FOUND, "p/my-key").message

    def test_one_line_takes_over_all_that_the_run_has_refused(self) -> None:
        """Once each, however often it was refused."""
        registry = RunRegistry()
        for entry in ("p/one", "connectors/two", "p/one"):
            registry.refuse(entry)

        error = refuse_create(FOUND, registry.refuse("p/my-key"))

        assert "CTP_ADOPT='p/one,connectors/two,p/my-key'" in error.remedy

    def test_a_refused_delete_stands_in_the_same_line(self) -> None:
        registry = RunRegistry()
        registry.refuse("p/one")

        error = refuse_delete("Deployment two", "it was redeployed", registry.refuse("p/two"))

        assert error.message == "Deployment two is not deleted: it was redeployed."
        assert "CTP_ADOPT='p/one,p/two'" in error.remedy
        assert "`pulumi state delete`" in error.remedy
        assert "a refresh does not" in error.remedy


@pytest.mark.parametrize("refused", [True, False])
def test_a_contested_object_is_kept_with_an_error_that_names_both_resources(refused: bool) -> None:
    me = OperationContext("old", default_key="k", urn="urn:old")
    error = contested_error("Deployment p/1", me, "urn:new", refused=refused)
    for part in ("Deployment p/1 is not deleted", "urn:old", "urn:new"):
        assert part in error.message
    assert "alias" in error.remedy
    assert ("Do first what the error of that create says." in error.remedy) is not refused


def test_two_resources_with_one_key_are_a_mistake_of_the_key_that_names_both() -> None:
    failure = same_key_failure(OperationContext("one", default_key="k", urn="urn:one"), "mine", "urn:two")
    assert failure.path == ("key",)
    for part in ("mine", "urn:one", "urn:two"):
        assert part in failure.reason


class TestCascade:
    REPLACED = Diff({("region",): Change.UPDATE}, frozenset({("region",)}))
    ONE = OperationContext("one", default_key="k", urn="urn:one")

    @pytest.mark.parametrize("news", [{"region": UNKNOWN}, {"configurations": {"a": Secret(UNKNOWN)}}], ids=str)
    def test_a_replacement_by_anothers_delete_is_an_error_that_names_the_setting(self, news: Any) -> None:
        with pytest.raises(InvalidInputError, match="Deployment one would be deleted before") as caught:
            record_diff(RunRegistry(), self.ONE, news, self.REPLACED)
        assert "deleteBeforeReplace" in caught.value.remedy

    @pytest.mark.parametrize("reason", ["known", "updated", "checked"])
    def test_a_diff_of_the_program_or_of_a_refresh_is_none(self, reason: str) -> None:
        """The program's diff follows a check, and a refresh knows every value."""
        registry = RunRegistry()
        news = {"region": "r" if reason == "known" else UNKNOWN}
        found = Diff({("region",): Change.UPDATE}) if reason == "updated" else self.REPLACED
        if reason == "checked":
            registry.record_check("Deployment", self.ONE, "", "", news)

        assert record_diff(registry, self.ONE, news, found) is found


def record_diff(registry: RunRegistry, context: OperationContext, news: Any, found: Diff) -> Diff:
    resource = ManagedResource(SimpleNamespace(registry=registry))  # type: ignore[arg-type]  # has all that is called
    resource.kind = "Deployment"  # type: ignore[misc]  # of this one alone
    return resource.record_diff(context, State("acme-dev/1", {}, {}), news, found)
