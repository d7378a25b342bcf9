"""Every endpoint asks for what the API documents, and gives back what it answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from commercetools_connect import __version__, api
from commercetools_connect.api import (
    ById,
    ByKey,
    ConfigurationValue,
    ConnectClient,
    Connection,
    ConnectorReference,
    ConnectorStagedDraft,
    CreatorDraft,
    DeploymentConfigurationApplication,
    DeploymentDraft,
    Publish,
    Redeploy,
    RepositoryDraft,
    SecuredConfigurationValue,
    SetName,
    UpdatePreviewable,
)
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError
from tests.unit.api.fake_network import CONNECT, CONNECTION, DEPLOYMENT, DRAFT, FakeNetwork, json_answer

KEY = ByKey("acme-tax")
NEW_DRAFT = ConnectorStagedDraft(
    key="acme-tax",
    name="Acme tax",
    creator=CreatorDraft(email="dev@acme.example", no_of_contributors=2),
    repository=RepositoryDraft(url="git@github.com:acme/tax.git", tag="v1"),
    integration_types=(),
    description="",
)
NEW_DEPLOYMENT = DeploymentDraft(
    key="tax-dev",
    type="sandbox",
    connector=ConnectorReference(key="acme-tax"),
    configurations=(
        DeploymentConfigurationApplication(
            application_name="service",
            standard_configuration=(ConfigurationValue(key="TAX_MODE", value=""),),
            secured_configuration=(SecuredConfigurationValue(key="TAX_API_KEY", value=SecretStr("s3cret")),),
        ),
        DeploymentConfigurationApplication(application_name="assets"),
    ),
    region="europe-west1.gcp",
)

Use = Callable[[ConnectClient], Coroutine[Any, Any, object]]

ENDPOINTS: list[tuple[str, str, object, Use]] = [
    ("GET", "/connectors/0b7c", None, lambda c: c.get_connector(ById("0b7c"))),
    ("GET", "/connectors/key=acme-tax", None, lambda c: c.get_connector(KEY)),
    (
        "POST",
        "/connectors/drafts",
        {
            "key": "acme-tax",
            "name": "Acme tax",
            "description": "",
            "creator": {"email": "dev@acme.example", "noOfContributors": 2},
            "repository": {"url": "git@github.com:acme/tax.git", "tag": "v1"},
            "integrationTypes": [],
        },
        lambda c: c.create_connector_staged(NEW_DRAFT),
    ),
    ("GET", "/connectors/drafts/0b7c", None, lambda c: c.get_connector_staged(ById("0b7c"))),
    ("GET", "/connectors/drafts/key=acme-tax", None, lambda c: c.get_connector_staged(KEY)),
    (
        "POST",
        "/connectors/drafts/key=acme-tax",
        {"version": 4, "actions": [{"action": "setName", "name": ""}, {"action": "updatePreviewable"}]},
        lambda c: c.update_connector_staged(KEY, 4, [SetName(name=""), UpdatePreviewable()]),
    ),
    ("DELETE", "/connectors/drafts/key=acme-tax", None, lambda c: c.delete_connector_staged(KEY)),
    (
        "POST",
        "/acme-dev/deployments",
        {
            "key": "tax-dev",
            "type": "sandbox",
            "region": "europe-west1.gcp",
            "connector": {"key": "acme-tax", "staged": False},
            "configurations": [
                {
                    "applicationName": "service",
                    "standardConfiguration": [{"key": "TAX_MODE", "value": ""}],
                    "securedConfiguration": [{"key": "TAX_API_KEY", "value": "s3cret"}],
                },
                {"applicationName": "assets", "standardConfiguration": [], "securedConfiguration": []},
            ],
        },
        lambda c: c.create_deployment("acme-dev", NEW_DEPLOYMENT),
    ),
    ("GET", "/acme-dev/deployments/d1", None, lambda c: c.get_deployment("acme-dev", ById("d1"))),
    (
        "POST",
        "/acme-dev/deployments/d1",
        {"version": 3, "actions": [{"action": "redeploy", "updateConnector": True, "skipScripts": False}]},
        lambda c: c.update_deployment("acme-dev", ById("d1"), 3, [Redeploy(update_connector=True)]),
    ),
    ("DELETE", "/acme-dev/deployments/d1", None, lambda c: c.delete_deployment("acme-dev", ById("d1"))),
    (
        "POST",
        "/acme-dev/deployments/key=acme-tax/revisions/7/rollback",
        {"version": 3},
        lambda c: c.rollback_deployment("acme-dev", KEY, "7", 3),
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "use"), ENDPOINTS, ids=[f"{e[0]} {e[1]}" for e in ENDPOINTS])
@pytest.mark.parametrize("status", [200, 201, 202])
def test_an_endpoint_is_called_as_documented_and_any_2xx_is_a_success(
    method: str, path: str, body: object, use: Use, status: int
) -> None:
    network = FakeNetwork(json_answer({"id": "x", "version": 7, "status": "Draft"}, status))
    answer: Any = network.perform(use)
    (call,) = network.calls
    assert (call.method, str(call.url)) == (method, CONNECT + path)
    assert network.bodies == [body]
    assert (answer.id, answer.version) == ("x", 7)


def test_an_endpoint_can_be_found_for_every_documented_row() -> None:
    endpoints = {name for name, _ in inspect.getmembers(ConnectClient, inspect.isfunction) if "_" in name[1:]}
    endpoints = {name for name in endpoints if not name.startswith("_")} - {"no_answer"}
    assert endpoints == {
        "get_connector",
        *(f"{verb}_connector_staged" for verb in ("create", "get", "update", "delete")),
        *(f"{verb}_deployment" for verb in ("create", "get", "update", "delete")),
        "list_connectors_staged",
        "list_deployments",
        "search_connectors",
        "read_logs",
        "list_revisions",
        "rollback_deployment",
        "snapshot_connectors_staged",
        "snapshot_deployments",
    }


def test_a_call_says_who_calls_and_can_be_found_in_the_vendors_logs() -> None:
    network = FakeNetwork(json_answer(DRAFT))
    network.perform(lambda c: c.get_connector_staged(KEY))
    (call,) = network.calls
    assert call.headers["user-agent"] == f"commercetools-connect-provider/{__version__}"
    correlation = call.headers["x-correlation-id"]
    prefix, digits = correlation[:4], correlation[4:]
    assert prefix == "ccp-"
    assert len(digits) == 32
    assert int(digits, 16)
    assert call.headers["authorization"].startswith("Bearer ")
    assert "content-type" not in call.headers


def test_each_call_has_its_own_correlation_id() -> None:
    network = FakeNetwork(json_answer(DRAFT))

    async def twice(client: ConnectClient) -> None:
        await client.get_connector_staged(KEY)
        await client.get_connector_staged(KEY)

    network.perform(twice)
    assert len({call.headers["x-correlation-id"] for call in network.calls}) == 2


def test_a_body_says_that_it_is_json() -> None:
    network = FakeNetwork(json_answer(DRAFT, 201))
    network.perform(lambda c: c.create_connector_staged(NEW_DRAFT))
    assert network.calls[0].headers["content-type"] == "application/json"


def test_a_call_never_waits_for_ever_for_an_answer() -> None:
    network = FakeNetwork(json_answer(DRAFT))
    network.perform(lambda c: c.get_connector_staged(KEY))
    limits = network.calls[0].extensions["timeout"]
    assert limits == {"connect": 10.0, "read": 60.0, "write": 60.0, "pool": 120.0}
    assert network.token_calls[0].extensions["timeout"] == limits


@pytest.mark.parametrize(
    "use", [lambda c: c.delete_connector_staged(KEY), lambda c: c.delete_deployment("acme-dev", KEY)]
)
def test_a_delete_that_is_confirmed_without_a_body_is_a_success(use: Use) -> None:
    assert FakeNetwork(httpx.Response(204)).perform(use) is None


def test_a_delete_sends_no_version() -> None:
    network = FakeNetwork(json_answer(DEPLOYMENT, 202))
    network.perform(lambda c: c.delete_deployment("acme-dev", KEY))
    assert network.calls[0].url.query == b""


def test_an_update_without_any_action_is_not_sent() -> None:
    network = FakeNetwork(json_answer(DRAFT))
    with pytest.raises(ValidationError):
        network.perform(lambda c: c.update_connector_staged(KEY, 1, []))
    assert not network.calls


def test_the_deployments_of_a_type_can_be_listed() -> None:
    network = FakeNetwork(
        json_answer({"limit": 500, "offset": 0, "count": 1, "total": 1, "results": [DEPLOYMENT]})
    )

    async def listed(client: ConnectClient) -> list[str]:
        return [one.id async for one in client.list_deployments("acme-dev", deployment_type="preview")]

    assert network.perform(listed) == ["d1"]
    (call,) = network.calls
    assert call.url.path == "/acme-dev/deployments"
    assert call.url.params.multi_items() == [
        ("limit", "500"),
        ("offset", "0"),
        ("sort", "createdAt asc"),
        ("deploymentType", "preview"),
    ]


@pytest.mark.parametrize(("private", "sent"), [(True, "true"), (False, "false"), (None, None)])
def test_drafts_can_be_listed_by_privacy_and_integration_type(private: bool | None, sent: str | None) -> None:
    network = FakeNetwork(json_answer({"total": 0, "results": []}))

    async def listed(client: ConnectClient) -> list[object]:
        return [
            one async for one in client.list_connectors_staged(private=private, integration_types=["tax", "psp"])
        ]

    assert network.perform(listed) == []
    params = network.calls[0].url.params
    assert params.get_list("integrationTypes") == ["tax", "psp"]
    assert params.get("isPrivate") == sent


def test_without_credentials_a_call_names_what_is_missing_and_sends_nothing() -> None:
    network = FakeNetwork(json_answer(DRAFT))
    with pytest.raises(ConfigurationError) as caught:
        network.perform(lambda c: c.get_connector_staged(KEY), connection=Connection(CONNECT, CONNECTION.auth_url))
    for name in ("clientId", "CTP_CLIENT_ID", "clientSecret", "CTP_CLIENT_SECRET"):
        assert name in str(caught.value)
    assert not network.calls
    assert not network.token_calls


def test_without_a_region_a_call_names_what_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="commercetools-connect:region"):
        FakeNetwork(json_answer(DRAFT)).perform(
            lambda c: c.get_connector_staged(KEY), connection=Connection(client_id="a", client_secret="b")
        )


@pytest.mark.parametrize("project", ["europe-west1.gcp:acme", "a", "../x", "a/b", "x" * 37])
def test_a_project_key_that_cannot_be_one_is_not_sent(project: str) -> None:
    network = FakeNetwork(json_answer(DEPLOYMENT))
    with pytest.raises(InvalidInputError):
        network.perform(lambda c: c.get_deployment(project, KEY))
    assert not network.calls


def test_without_a_project_key_a_call_names_where_to_give_it() -> None:
    with pytest.raises(ConfigurationError, match="CTP_PROJECT_KEY"):
        FakeNetwork(json_answer(DEPLOYMENT)).perform(lambda c: c.get_deployment("", KEY))


def test_an_address_with_a_path_before_the_api_is_kept() -> None:
    network = FakeNetwork(json_answer(DRAFT))
    proxied = Connection("https://proxy.example/connect", "https://proxy.example/auth", "a", "b")
    network.perform(lambda c: c.get_connector_staged(ByKey("a%b?c#d")), connection=proxied)
    assert network.calls[0].url.raw_path == b"/connect/connectors/drafts/key=a%25b%3Fc%23d"


def test_everything_public_can_be_imported_from_the_package() -> None:
    assert sorted(set(api.__all__)) == sorted(api.__all__)
    assert all(hasattr(api, name) for name in api.__all__)
    assert Publish in (getattr(api, name) for name in api.__all__)
