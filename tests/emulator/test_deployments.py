"""Deployments: create, and everything that is refused then (API §6, §8.2, §11)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.emulator.deployments import DEPLOYMENTS, KEY, REGION, all_applications, application, values


def test_a_deployment_is_queued_then_deploying_then_deployed(api: Any) -> None:
    api.published()
    api.admin.settings(delays={"queued": 10, "deploying": 20})
    assert api.start()["status"] == "Queued"
    seen = []
    for _ in range(4):
        seen.append((api.deployment()["status"], api.deployment()["version"]))
        api.admin.advance(9.9)
    assert seen == [("Queued", 1), ("Queued", 1), ("Deploying", 1), ("Deploying", 1)]
    assert (api.deployment()["status"], api.deployment()["version"]) == ("Deployed", 2)


def test_a_step_has_its_own_time_however_late_it_is_looked_at(api: Any) -> None:
    api.published()
    api.admin.settings(delays={"queued": 10, "deploying": 20})
    api.admin.outcome("deploy", "tax", "warning")
    began = api.http.get(api.http.base_url.join("/__admin/clock")).json()["now"]
    api.start()
    api.admin.advance(3600)
    entry = api.deployment()["details"]["build"]["report"]["entries"][0]
    journal_time = api.admin.journal()[-1]["time"]
    assert entry["createdAt"] < journal_time
    assert api.admin.dump()["deployments"][0]["modifiedAt"] == pytest.approx(began + 30)


def test_a_new_deployment_is_what_the_reference_shows(api: Any) -> None:
    draft = api.published()
    response = api.http.post(DEPLOYMENTS, json=api.deployment_body())
    assert response.status_code == 201
    made = response.json()
    assert (made["key"], made["version"], made["type"], made["preview"]) == ("tax", 1, "sandbox", False)
    assert made["deployedRegion"] == REGION
    assert made["connector"]["id"] == draft["id"]
    assert made["connector"]["repository"]["tag"] == "v1"
    assert made["connector"]["version"] == draft["version"]
    assert set(made["details"]["build"]) == {"id"}
    assert "url" not in application(made)
    assert values(made["globalConfiguration"]["standardConfiguration"]) == {"LOG_LEVEL": "info"}


def test_secured_values_are_masked_and_defaults_are_filled_in(api: Any) -> None:
    api.published()
    for deployment in (api.start(), api.deployment()):
        service = application(deployment)
        assert service["securedConfiguration"] == [{"key": "TAX_API_KEY", "value": "****"}]
        assert values(service["standardConfiguration"]) == {"TAX_MODE": "net"}


def test_only_listed_applications_are_deployed(api: Any) -> None:
    api.published()
    assert [each["applicationName"] for each in api.deploy()["applications"]] == ["service"]


def test_without_a_list_all_applications_are_deployed(api: Any) -> None:
    api.published("needs")
    body = api.deployment_body(
        configurations=None, globalConfiguration={"standardConfiguration": [{"key": "SHOP", "value": "a"}]}
    )
    made = api.ok("POST", DEPLOYMENTS, body)
    assert [each["applicationName"] for each in made["applications"]] == ["service"]


@pytest.mark.parametrize(
    ("kind", "host"),
    [
        ("sandbox", r"europe-west1\.gcp\.2\.sandbox\.commercetools\.app"),
        ("production", r"europe-west1\.gcp\.2\.commercetools\.app"),
    ],
)
def test_applications_get_addresses_of_their_kind_once_they_run(api: Any, kind: str, host: str) -> None:
    api.published()
    names = ("service", "nightly", "listener", "enabler")
    deployed = api.deploy(type=kind, configurations=all_applications(*names))
    service, nightly, listener, enabler = (application(deployed, name) for name in names)
    assert re.fullmatch(rf"https://service-[0-9a-z]{{24}}\.{host}/service", service["url"])
    assert re.fullmatch(rf"https://assets-[0-9a-z]{{24}}\.assets\.{host}", enabler["url"])
    assert (nightly["schedule"], "url" in nightly) == ("0 3 * * *", False)
    assert re.fullmatch(r"projects/[a-z0-9-]+/topics/event-[0-9a-z]{24}", listener["topic"])
    assert "url" not in listener


def test_an_event_application_on_aws_has_an_arn_as_topic(api: Any) -> None:
    api.published()
    deployed = api.deploy(region="us-east-2.aws", configurations=all_applications("listener"))
    assert application(deployed, "listener")["topic"].startswith("arn:aws:sns:us-east-2:")


def test_a_preview_deployment_has_a_preview_address(api: Any) -> None:
    api.create_connector_staged()
    api.preview()
    deployed = api.deploy(connector={"key": "acme-tax", "staged": True})
    assert (deployed["type"], deployed["preview"]) == ("preview", True)
    assert ".europe-west1.gcp.preview.commercetools.app/service" in application(deployed)["url"]


def test_addresses_stay_on_redeploy_and_are_new_on_recreate(tax: Any) -> None:
    before = application(tax.deployment())["url"]
    assert application(tax.redeploy())["url"] == before
    tax.undeploy()
    tax.admin.advance(1)
    assert application(tax.deploy())["url"] != before


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "unknown member": ({"configuration": []}, 400, "InvalidJsonInput"),
    "no region": ({"region": None}, 400, "InvalidJsonInput"),
    "no connector": ({"connector": {}}, 400, "InvalidJsonInput"),
    "id and key": ({"connector": {"id": "a", "key": "b"}}, 400, "InvalidJsonInput"),
    "a key of one letter": ({"key": "x"}, 400, "InvalidJsonInput"),
    "an unknown type": ({"type": "staging"}, 400, "InvalidJsonInput"),
    "no such connector": ({"connector": {"key": "other"}}, 400, "ConnectorReferenceNotFound"),
    "another version": (
        {"connector": {"key": "acme-tax", "version": 9}}, 400, "ConnectorReferenceNotFound",
    ),
    "a region that is none": ({"region": "eastus.azure"}, 400, "DeploymentUnsupportedRegion"),
    "a region that the connector leaves out": (
        {"region": "us-east-2.aws"}, 400, "DeploymentUnsupportedRegion",
    ),
    "preview of a published connector": ({"type": "preview"}, 400, "DeploymentInvalidType"),
    "sandbox of a staged connector": (
        {"type": "sandbox", "connector": {"key": "acme-tax", "staged": True}}, 400, "DeploymentInvalidType",
    ),
    "staged and not previewable": (
        {"connector": {"key": "acme-tax", "staged": True}}, 400, "ConnectorStagedNotPreviewable",
    ),
    "no applications": ({"configurations": []}, 400, "DeploymentApplicationRequired"),
    "an application twice": (
        {"configurations": all_applications("service", "service")}, 400, "InvalidJsonInput",
    ),
    "an unknown application": (
        {"configurations": all_applications("service", "web")},
        400, "DeploymentUnknownApplicationConfiguration",
    ),
    "values for an application that takes none": (
        {"configurations": [{"applicationName": "enabler", "standardConfiguration": KEY}]},
        400, "DeploymentUnknownApplicationConfiguration",
    ),
    "an unknown key": (
        {"configurations": [{"applicationName": "service", "standardConfiguration": [
            {"key": "NOPE", "value": "x"}]}]},
        400, "DeploymentUnknownApplicationConfigurationKey",
    ),
    "a secured key among the standard ones": (
        {"configurations": [{"applicationName": "service", "standardConfiguration": KEY}]},
        400, "DeploymentUnknownApplicationConfigurationKey",
    ),
    "a key twice": (
        {"configurations": [{"applicationName": "service", "securedConfiguration": KEY * 2}]},
        400, "InvalidJsonInput",
    ),
    "a required key without value": (
        {"configurations": [{"applicationName": "service"}]}, 400, "InvalidJsonInput",
    ),
    "a required key with an empty value": (
        {"configurations": [{"applicationName": "service", "securedConfiguration": [
            {"key": "TAX_API_KEY", "value": ""}]}]},
        400, "InvalidJsonInput",
    ),
    "a number as value": (
        {"configurations": [{"applicationName": "service", "securedConfiguration": [
            {"key": "TAX_API_KEY", "value": 12}]}]},
        400, "InvalidJsonInput",
    ),
    "a schedule for a service": (
        {"configurations": [{"applicationName": "service", "schedule": "@daily"}]}, 400, "InvalidJsonInput",
    ),
    "a schedule that is none": (
        {"configurations": [{"applicationName": "nightly", "schedule": "soon"}]}, 400, "InvalidJsonInput",
    ),
    "a retry policy for a job": (
        {"configurations": [{"applicationName": "nightly", "retryPolicy": {"strategy": "immediate"}}]},
        400, "DeploymentRetryPolicyOverrideNotAllowed",
    ),
    "a retry policy that is none": (
        {"configurations": [{"applicationName": "listener", "retryPolicy": {"strategy": "never"}}]},
        400, "DeploymentInvalidRetryPolicy",
    ),
    "an unknown global key": (
        {"globalConfiguration": {"securedConfiguration": [{"key": "LOG_LEVEL", "value": "x"}]}},
        400, "DeploymentUnknownGlobalConfigurationKey",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_deployment_is_refused_for_a_reason_and_nothing_is_made(
    api: Any, changes: dict[str, Any], status: int, code: str
) -> None:
    api.published(supportedRegions=[REGION])
    assert api.refused("POST", DEPLOYMENTS, api.deployment_body(**changes)) == (status, code)
    assert api.ok("GET", DEPLOYMENTS)["total"] == 0


def test_the_missing_required_key_is_named_with_its_application(api: Any) -> None:
    api.published()
    body = api.deployment_body(configurations=[{"applicationName": "service"}])
    detail = api.refusal("POST", DEPLOYMENTS, body)[2]["detailedErrorMessage"]
    assert "TAX_API_KEY" in detail
    assert "service" in detail


def test_required_global_keys_must_be_there_and_not_empty(api: Any) -> None:
    api.published("needs")
    body = api.deployment_body(configurations=[{"applicationName": "service"}])
    assert api.refused("POST", DEPLOYMENTS, body) == (400, "DeploymentMissingGlobalConfigurationKey")
    body["globalConfiguration"] = {"standardConfiguration": [{"key": "SHOP", "value": ""}]}
    assert api.refused("POST", DEPLOYMENTS, body) == (400, "DeploymentEmptyRequiredGlobalConfigurationKey")


def test_a_key_is_unique_in_its_project_only(tax: Any, prod: Any) -> None:
    status, code, error = tax.refusal("POST", DEPLOYMENTS, tax.deployment_body())
    assert (status, code, error["duplicateValue"]) == (400, "DuplicateField", "tax")
    tax.update({"action": "addPrivateProject", "privateProject": f"{REGION}:acme-prod"})
    assert prod.start()["key"] == "tax"


def test_several_deployments_of_one_connector_are_fine(tax: Any) -> None:
    tax.deploy(key="tax-2")
    tax.start(key=None)
    assert tax.ok("GET", DEPLOYMENTS)["total"] == 3


def test_production_may_be_switched_off(api: Any) -> None:
    api.published()
    api.admin.settings(productionEnabled=False)
    refused = api.refused("POST", DEPLOYMENTS, api.deployment_body(type="production"))
    assert refused == (400, "DeploymentProductionDeactivated")
    api.start()


@pytest.mark.parametrize("staged", [False, True])
def test_a_private_connector_goes_only_to_listed_projects(api: Any, prod: Any, staged: bool) -> None:
    api.published()
    api.preview()
    body = prod.deployment_body(connector={"key": "acme-tax", "staged": staged})
    assert prod.refused("POST", prod.deployments, body) == (403, "AuthorizationError")
    api.update({"action": "addPrivateProject", "privateProject": "us-central1.gcp:acme-prod"})
    prod.start(connector={"key": "acme-tax", "staged": staged})


def test_the_own_project_must_be_listed_for_staged_and_if_any_is_listed(api: Any) -> None:
    api.published(privateProjects=[])
    api.preview()
    staged = api.deployment_body(connector={"key": "acme-tax", "staged": True})
    assert api.refused("POST", DEPLOYMENTS, staged) == (403, "AuthorizationError")
    api.start()
    api.update({"action": "addPrivateProject", "privateProject": f"{REGION}:acme-prod"})
    again = api.deployment_body(key="tax-2")
    assert api.refused("POST", DEPLOYMENTS, again) == (403, "AuthorizationError")


def test_a_certified_connector_goes_everywhere(api: Any, prod: Any) -> None:
    api.create_connector_staged()
    api.publish(certification=True)
    api.admin.certify("acme-tax", "approve")
    assert prod.deploy()["connector"]["certified"] is True


def test_a_generated_api_client_needs_its_scope_and_is_shown_without_secret(api: Any, prod: Any) -> None:
    api.published("needs", privateProjects=[f"{REGION}:acme-dev", f"{REGION}:acme-prod"])
    shop = {"standardConfiguration": [{"key": "SHOP", "value": "a"}]}
    options = {"configurations": [{"applicationName": "service"}], "globalConfiguration": shop}
    deployed = api.deploy(**options)
    assert deployed["apiClient"]["scopes"] == ["manage_orders"]
    assert set(deployed["apiClient"]) == {"name", "scopes"}
    body = prod.deployment_body(**options)
    assert prod.refused("POST", prod.deployments, body) == (403, "AuthorizationError")


def test_a_staged_deployment_runs_what_was_previewed_not_what_was_edited(api: Any) -> None:
    api.create_connector_staged()
    previewed = api.preview()
    api.update({"action": "setName", "name": "Edited"})
    staged = {"key": "acme-tax", "staged": True}
    deployed = api.deploy(connector=staged)
    assert deployed["connector"]["name"] == "Acme tax"
    assert deployed["connector"]["version"] == previewed["version"]
    api.set_tag("v2")
    refused = api.refused("POST", DEPLOYMENTS, api.deployment_body(key="tax-2", connector=staged))
    assert refused == (400, "ConnectorStagedNotPreviewable")
    assert api.redeploy(updateConnector=True)["connector"]["repository"]["tag"] == "v1"
    api.preview()
    assert api.redeploy(updateConnector=True)["connector"]["repository"]["tag"] == "v2"
