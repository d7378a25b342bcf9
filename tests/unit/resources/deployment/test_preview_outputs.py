"""What a preview of a redeploy knows already."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue
from commercetools_connect.resources.deployment.diff import preview_outputs

HELD: PropertyMap = {
    "connectorTag": "v1",
    "deployedTag": "v1",
    "status": "Deployed",
    "deploymentId": "d-1",
    "connectorId": "c-1",
    "connectorKey": "tax",
    "connectorVersion": 3,
    "urls": {"service": "https://service.example"},
    "applications": [{"name": "job", "schedule": "0 * * * *"}],
    "configurations": {"job": {"schedule": "0 * * * *"}},
    "buildId": "b-1",
}
IDS = {"deploymentId", "connectorId", "connectorKey"}


def known(**wanted: PropertyValue) -> set[str]:
    return {*preview_outputs({"connectorTag": "v1", "configurations": HELD["configurations"], **wanted}, HELD)}


def test_before_a_create_only_the_tag_is_known() -> None:
    assert preview_outputs({"connectorTag": "v1"}, None) == {"deployedTag": "v1"}
    assert preview_outputs({}, None) == {}


@pytest.mark.parametrize("tag", ["v1", None])
def test_other_values_keep_ids_urls_and_applications(tag: str | None) -> None:
    """A program that hands a URL on previews no change of what depends on it."""
    known = preview_outputs({"connectorTag": tag, "configurations": HELD["configurations"]}, HELD)

    assert {*known} == {*IDS, "deployedTag", "urls", "applications"}
    assert (known["urls"], known["deployedTag"]) == (HELD["urls"], "v1")


def test_another_schedule_shows_among_the_applications() -> None:
    assert known(configurations={"job": {"schedule": "5 * * * *"}}) == {*IDS, "deployedTag", "urls"}


@pytest.mark.parametrize("tag", ["v2", UNKNOWN])
def test_another_version_may_have_other_applications(tag: Any) -> None:
    known = preview_outputs({"connectorTag": tag}, HELD)

    assert {*known} == {*IDS, "deployedTag"}
    assert known["deployedTag"] == tag


def test_a_deployment_that_failed_has_not_shown_all_of_its_urls() -> None:
    known = preview_outputs({"connectorTag": "v1"}, {**HELD, "status": "Failed", "urls": {}})

    assert {*known} == {*IDS, "deployedTag"}
