"""Search: which Connectors one finds, and how (API §3 row 3, §3.1). Pages and order: `test_lists`."""

from __future__ import annotations

from typing import Any

import pytest

SEARCH = "/connectors/search"
REGION = "europe-west1.gcp"


def keys(api: Any, **query: Any) -> list[str]:
    return [each["key"] for each in api.ok("GET", SEARCH, params=query)["results"]]


@pytest.fixture
def shop(api: Any) -> Any:
    """Give four Connectors of acme-dev: own, shared with acme-prod, certified, and one that is unlisted again."""
    listed = {"own": ["acme-dev"], "shared": ["acme-dev", "acme-prod"], "public": [], "hidden": []}
    for key, projects in listed.items():
        api.create_connector_staged(
            key=key, name=f"The {key} one", privateProjects=[f"{REGION}:{each}" for each in projects]
        )
        api.publish(key, certification=not projects)
        if not projects:
            api.admin.certify(key, "approve")
    api.update({"action": "unlist"}, key="hidden")
    return api


def test_a_search_answers_with_whole_connectors(shop: Any) -> None:
    page = shop.ok("GET", SEARCH, params={"key": "own"})
    assert (page["limit"], page["offset"], page["count"], page["total"]) == (20, 0, 1, 1)
    assert page["results"] == [shop.connector("own")]
    assert "status" not in page["results"][0]


def test_private_connectors_are_found_only_by_the_projects_they_list(shop: Any, prod: Any) -> None:
    assert keys(shop) == ["own", "shared", "public"]
    assert keys(prod) == ["shared", "public"]
    assert keys(prod, private="true") == ["shared"]
    assert keys(prod, private="false") == ["shared", "public"]


def test_an_unlisted_connector_is_not_found_but_can_be_read(shop: Any, prod: Any) -> None:
    assert "hidden" not in keys(shop)
    assert prod.connector("hidden")["name"] == "The hidden one"


def test_a_draft_is_found_once_it_is_published(api: Any) -> None:
    api.create_connector_staged()
    assert keys(api) == []
    api.publish()
    api.update({"action": "setName", "name": "Renamed"})
    assert keys(api, text="Acme") == ["acme-tax"]
    assert keys(api, text="Renamed") == []


def test_filters_narrow_each_other(shop: Any) -> None:
    assert keys(shop, text="the", integrationTypes="tax", key=["own", "public"], private="true") == ["own"]
    assert keys(shop, **{"creator.company": "Acme", "limit": "1", "offset": "1", "sort": "createdAt desc"}) == [
        "shared"
    ]


def test_a_text_is_no_pattern(shop: Any) -> None:
    assert keys(shop, text="*") == []
    assert keys(shop, text="TAX") == ["own", "shared", "public"]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("scope", ["view_connectors", "manage_connectors", "manage_project"])
def test_searching_needs_a_scope_for_connectors(log_in_as: Any, scope: str) -> None:
    assert keys(log_in_as(f"{scope}:acme-dev")) == ["own", "shared", "public"]
    without = log_in_as("manage_connectors_deployments:acme-dev")
    assert without.refused("GET", SEARCH) == (403, "AuthorizationError")


def test_30_a_search_without_private_may_find_private_ones_only(shop: Any) -> None:
    shop.admin.settings(assumptions={"30": "other"})
    assert keys(shop) == ["own", "shared"]
    assert keys(shop, private="false") == ["own", "shared", "public"]
