"""Lists: pages, order, filters, and parameters that are refused (API §2, §3.1)."""

from __future__ import annotations

from typing import Any

import pytest

LISTS = ["/connectors/drafts", "/connectors/search", "/acme-dev/deployments"]


@pytest.fixture
def three(api: Any) -> Any:
    """Three published drafts a1, a2, a3 (tax, oms, none) with a deployment each, one second apart."""
    types: dict[str, list[str]] = {"a1": ["tax"], "a2": ["oms", "tax"], "a3": []}
    for key, integration_types in types.items():
        api.create_connector_staged(key=key, name=f"Name {key}", integrationTypes=integration_types)
        api.publish(key)
        api.start(key=key, connector={"key": key})
        api.admin.advance(1)
    return api


def keys(api: Any, path: str, **query: Any) -> list[str]:
    return [each["key"] for each in api.ok("GET", path, params=query)["results"]]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_a_page_with_its_numbers(three: Any, path: str) -> None:
    page = three.ok("GET", path, params={"limit": 2, "offset": 2})
    assert (page["limit"], page["offset"], page["count"], page["total"]) == (2, 2, 1, 3)
    assert [each["key"] for each in page["results"]] == ["a3"]
    assert three.ok("GET", path)["limit"] == 20
    assert three.ok("GET", path, params={"limit": 0})["results"] == []
    assert three.ok("GET", path, params={"limit": 500, "offset": 10_000})["results"] == []


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_ordered_as_asked(three: Any, path: str) -> None:
    assert keys(three, path, sort="createdAt asc") == ["a1", "a2", "a3"]
    assert keys(three, path, sort="createdAt desc") == ["a3", "a2", "a1"]
    assert keys(three, path, sort="createdAt") == ["a1", "a2", "a3"]
    assert keys(three, path, sort=["lastModifiedAt desc", "createdAt asc"]) == ["a3", "a2", "a1"]


def test_last_modified_follows_changes(three: Any) -> None:
    three.update({"action": "setName", "name": "N"}, key="a1")
    assert keys(three, "/connectors/drafts", sort="lastModifiedAt desc")[0] == "a1"


@pytest.mark.parametrize("path", LISTS)
def test_integration_types_are_any_of(three: Any, path: str) -> None:
    assert keys(three, path, integrationTypes="tax") == ["a1", "a2"]
    assert keys(three, path, integrationTypes=["oms", "erp"]) == ["a2"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query",
    ["limit=501", "limit=-1", "limit=ten", "limit=", "offset=10001", "offset=-1", "sort=name", "sort=createdAt up",
     "integrationTypes=taxes", "limit=1&limit=2", "unknown=1"],
)  # fmt: skip
def test_a_bad_parameter_is_refused_by_name(api: Any, path: str, query: str) -> None:
    status, code, error = api.refusal("GET", f"{path}?{query}")
    assert (status, code) == (400, "InvalidQueryParam")
    assert error["detailedErrorMessage"].startswith(query.partition("=")[0])


def test_drafts_by_privacy(three: Any) -> None:
    three.publish("a2", certification=True)
    three.admin.certify("a2", "approve")
    assert keys(three, "/connectors/drafts", isPrivate="true") == ["a1", "a3"]
    assert keys(three, "/connectors/drafts", isPrivate="false") == ["a2"]
    assert three.refused("GET", "/connectors/drafts?isPrivate=yes") == (400, "InvalidQueryParam")


def test_deployments_by_type(three: Any) -> None:
    three.start(key="p1", type="production", connector={"key": "a1"})
    path = "/acme-dev/deployments"
    assert keys(three, path, deploymentType="production") == ["p1"]
    assert keys(three, path, deploymentType="sandbox") == ["a1", "a2", "a3"]
    assert keys(three, path, deploymentType="preview") == []
    assert three.refused("GET", f"{path}?deploymentType=staging") == (400, "InvalidQueryParam")


@pytest.mark.usefixtures("three")
def test_lists_hold_only_what_the_caller_may_see(prod: Any) -> None:
    for path in ("/connectors/drafts", "/connectors/search", "/acme-prod/deployments"):
        assert prod.ok("GET", path)["total"] == 0


def test_search_by_text_company_id_key_and_privacy(three: Any) -> None:
    path = "/connectors/search"
    assert keys(three, path, text="name A2") == ["a2"]
    assert keys(three, path, text="calculates") == ["a1", "a2", "a3"]
    assert keys(three, path, key=["a1", "a3"]) == ["a1", "a3"]
    assert keys(three, path, id=three.connector("a2")["id"]) == ["a2"]
    assert keys(three, path, **{"creator.company": "Other"}) == []
    three.publish("a2", certification=True)
    three.admin.certify("a2", "approve")
    assert keys(three, path, private="true") == ["a1", "a3"]
    assert keys(three, path, private="false") == ["a1", "a2", "a3"]


def test_a_path_or_method_that_does_not_exist_is_said_in_json(api: Any) -> None:
    assert api.refused("GET", "/connectors/drafts/key=aa/extra/more") == (404, "ResourceNotFound")
    assert api.http.put("/connectors/drafts").status_code == 405
    assert api.http.get("/connectors/drafts/").json()["statusCode"] == 404
