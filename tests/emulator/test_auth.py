"""Tokens and scopes: who may do what (API §1.2, §1.3)."""

from __future__ import annotations

from typing import Any

import pytest

DRAFT = "/connectors/drafts/key=acme-tax"


def token(api: Any, user: tuple[str, str] = ("dev", "dev-secret"), **data: str) -> Any:
    return api.http.post("/oauth/token", auth=user, data={"grant_type": "client_credentials", **data})


def test_a_token_has_the_lifetime_and_all_scopes_of_its_client(api: Any) -> None:
    answer = token(api).json()
    assert answer.pop("access_token")
    assert answer == {
        "expires_in": 172_800,
        "scope": "manage_project:acme-dev manage_api_clients:acme-dev",
        "token_type": "Bearer",
    }


def test_the_grant_type_may_be_in_the_query(api: Any) -> None:
    response = api.http.post("/oauth/token?grant_type=client_credentials", auth=("dev", "dev-secret"))
    assert response.status_code == 200


def test_a_token_may_ask_for_fewer_scopes_but_not_for_others(api: Any) -> None:
    assert token(api, scope="manage_project:acme-dev").json()["scope"] == "manage_project:acme-dev"
    refused = token(api, scope="manage_project:acme-prod")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "invalid_scope")


@pytest.mark.parametrize("user", [("dev", "wrong"), ("unknown", "dev-secret"), ("dev", "")])
def test_bad_credentials_are_401(api: Any, user: tuple[str, str]) -> None:
    response = token(api, user)
    assert response.status_code == 401
    body = response.json()
    assert body["errors"] == [
        {"code": "AuthenticationError", "message": "Bad credentials or Client ID is not defined"}
    ]
    assert body["error"] == "invalid_client"


@pytest.mark.parametrize("header", ["Basic !!!", "Basic /w==", "Bearer x", ""])
def test_credentials_that_cannot_be_read_are_401(api: Any, header: str) -> None:
    response = api.http.post("/oauth/token", headers={"authorization": header})
    assert response.status_code == 401


def test_another_grant_type_is_refused(api: Any) -> None:
    response = api.http.post("/oauth/token", auth=("dev", "dev-secret"), data={"grant_type": "password"})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic ZGV2OmRldi1zZWNyZXQ="])
def test_a_call_without_a_valid_token_is_401_and_says_so_twice(api: Any, header: str | None) -> None:
    api.http.headers.pop("authorization")
    headers = {"authorization": header} if header else {}
    response = api.http.get("/connectors/drafts", headers=headers)
    assert response.status_code == 401
    assert response.json()["errors"][0]["code"] == "invalid_token"
    assert response.json()["error"] == "invalid_token"
    assert response.headers["www-authenticate"] == "Bearer"


def test_a_token_ends_with_its_lifetime(api: Any) -> None:
    api.admin.settings(tokenLifetime=60)
    api.log_in()
    api.admin.advance(59)
    api.ok("GET", "/connectors/drafts")
    api.admin.advance(1)
    assert api.refused("GET", "/connectors/drafts") == (401, "invalid_token")


def test_introspection_tells_about_a_token_as_long_as_it_lives(api: Any) -> None:
    api.admin.settings(tokenLifetime=60)
    value = token(api).json()["access_token"]

    def introspect(text: str = value) -> Any:
        return api.http.post("/oauth/introspect", auth=("dev", "dev-secret"), data={"token": text}).json()

    answer = introspect()
    assert (answer["active"], answer["client_id"]) == (True, "dev")
    assert answer["scope"] == "manage_project:acme-dev manage_api_clients:acme-dev"
    assert answer["exp"] > 0
    assert introspect("other") == {"active": False}
    api.admin.advance(60)
    assert introspect() == {"active": False}
    assert api.http.post("/oauth/introspect", data={"token": value}).status_code == 401


def test_the_tokens_of_a_removed_client_are_revoked(api: Any) -> None:
    api.admin.clients([{"clientId": "new", "clientSecret": "s", "scopes": ["manage_project:acme-dev"]}])
    assert api.refused("GET", "/connectors/drafts") == (401, "invalid_token")


VIEW = [("GET", "/connectors/drafts"), ("GET", DRAFT), ("GET", "/connectors/key=acme-tax"),
        ("GET", "/connectors/search")]  # fmt: skip
MANAGE = [("POST", "/connectors/drafts"), ("POST", DRAFT), ("DELETE", DRAFT)]
VIEW_DEPLOYMENTS = [
    ("GET", "/acme-dev/deployments"),
    ("GET", "/acme-dev/deployments/key=tax"),
    ("GET", "/acme-dev/deployments/key=tax/logs"),
    ("GET", "/acme-dev/deployments/key=tax/revisions"),
    ("GET", "/acme-dev/deployments/key=tax/revisions/1"),
]
MANAGE_DEPLOYMENTS = [
    ("POST", "/acme-dev/deployments"),
    ("POST", "/acme-dev/deployments/key=tax"),
    ("POST", "/acme-dev/deployments/key=tax/revisions/1/rollback"),
    ("DELETE", "/acme-dev/deployments/key=tax"),
]
GRANTED = {
    "manage_project": [*VIEW, *MANAGE, *VIEW_DEPLOYMENTS, *MANAGE_DEPLOYMENTS],
    "manage_connectors": [*VIEW, *MANAGE],
    "view_connectors": VIEW,
    "manage_connectors_deployments": [*VIEW_DEPLOYMENTS, *MANAGE_DEPLOYMENTS],
    "view_connectors_deployments": VIEW_DEPLOYMENTS,
    "manage_api_clients": [],
}


@pytest.mark.parametrize("scope", GRANTED)
def test_a_scope_opens_its_calls_and_no_others(api: Any, log_in_as: Any, scope: str) -> None:
    """Every call with every scope: 403 exactly where the table of API §1.3 does not grant it."""
    api.published()
    api.deploy()
    special = log_in_as(f"{scope}:acme-dev")
    bodies = {
        ("POST", "/connectors/drafts"): api.draft_body(key="other"),
        ("POST", "/acme-dev/deployments"): api.deployment_body(key="other"),
        ("POST", DRAFT): {"version": api.draft()["version"], "actions": []},
        ("POST", "/acme-dev/deployments/key=tax"): {"version": api.deployment()["version"], "actions": []},
        ("POST", "/acme-dev/deployments/key=tax/revisions/1/rollback"): {"version": api.deployment()["version"]},
    }
    for call in [*VIEW, *VIEW_DEPLOYMENTS, *MANAGE, *MANAGE_DEPLOYMENTS]:
        response = special.http.request(*call, json=bodies.get(call))
        refused = response.status_code == 403
        assert refused == (call not in GRANTED[scope]), (call, response.text)
        if refused:
            assert response.json()["errors"][0]["code"] == "AuthorizationError"
            assert response.json()["message"] == "Access denied"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": "one", "actions": 5}', b"\xff"])
@pytest.mark.parametrize("call", [call for call in [*MANAGE, *MANAGE_DEPLOYMENTS] if call[0] == "POST"])
def test_a_call_without_its_scope_is_403_with_any_body(
    api: Any, log_in_as: Any, call: tuple[str, str], content: bytes
) -> None:
    """Authorization is decided before the body is looked at (API §22)."""
    api.published()
    api.deploy()
    special = log_in_as("view_connectors:acme-dev", "view_connectors_deployments:acme-dev")
    for kind in ("application/json", "text/plain"):
        response = special.http.request(*call, content=content, headers={"content-type": kind})
        assert (response.status_code, response.json()["errors"][0]["code"]) == (403, "AuthorizationError")
        allowed = api.http.request(*call, content=content, headers={"content-type": kind})
        assert (allowed.status_code, allowed.json()["errors"][0]["code"]) == (400, "InvalidJsonInput")


def test_an_update_of_a_draft_that_others_manage_is_403_with_any_body(api: Any, prod: Any) -> None:
    api.published(privateProjects=["europe-west1.gcp:acme-dev", "europe-west1.gcp:acme-prod"])
    assert prod.refused("POST", DRAFT, {"version": "one"}) == (403, "AuthorizationError")


def test_scopes_need_not_be_enforced(api: Any, log_in_as: Any) -> None:
    special = log_in_as("view_connectors:acme-dev")
    assert special.refused("POST", "/connectors/drafts", api.draft_body())[0] == 403
    api.admin.settings(enforceScopes=False)
    special.create_connector_staged()
    special.publish()
    special.start()


def test_a_project_that_no_client_names_does_not_exist(api: Any) -> None:
    assert api.refused("GET", "/nowhere/deployments") == (403, "AuthorizationError")
    api.admin.settings(enforceScopes=False)
    assert api.refused("GET", "/nowhere/deployments") == (404, "ResourceNotFound")


def test_the_deploying_client_needs_manage_api_clients_where_one_is_generated(api: Any, log_in_as: Any) -> None:
    api.published("needs")
    body = api.deployment_body(
        configurations=[{"applicationName": "service"}],
        globalConfiguration={"standardConfiguration": [{"key": "SHOP", "value": "a"}]},
    )
    special = log_in_as("manage_project:acme-dev")
    assert special.refused("POST", "/acme-dev/deployments", body) == (403, "AuthorizationError")
    special = log_in_as("manage_project:acme-dev", "manage_api_clients:acme-dev")
    special.ok("POST", "/acme-dev/deployments", body)


def test_a_draft_is_managed_by_its_own_project_and_seen_by_listed_ones(api: Any, prod: Any) -> None:
    api.published()
    assert prod.refused("GET", DRAFT) == (404, "ResourceNotFound")
    assert prod.refused("DELETE", DRAFT) == (404, "ResourceNotFound")
    assert prod.refused("GET", "/connectors/key=acme-tax") == (404, "ResourceNotFound")
    api.update({"action": "addPrivateProject", "privateProject": "europe-west1.gcp:acme-prod"})
    prod.draft()
    prod.connector()
    assert prod.refused("DELETE", DRAFT) == (403, "AuthorizationError")
