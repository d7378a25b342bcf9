"""Deployments: redeploy, how runs end, delete, and everything that is refused then (API §6, §8.2, §11)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.deployments import DEPLOYMENTS, REGION, TAX, all_applications, application, values


def test_a_redeploy_is_queued_in_its_answer_with_a_new_version_and_build(tax: Any) -> None:
    before = tax.deployment()
    response = tax.http.post(TAX, json=tax.redeploy_body())
    after = response.json()
    assert (response.status_code, after["status"]) == (201, "Queued")
    assert after["version"] == before["version"] + 1
    assert after["details"]["build"]["id"] != before["details"]["build"]["id"]
    assert "report" not in after["details"]["build"]
    tax.admin.advance(1)
    assert (tax.deployment()["status"], tax.deployment()["version"]) == ("Deployed", before["version"] + 2)


def test_a_redeploy_merges_values_per_key(tax: Any) -> None:
    before = tax.admin.secured("acme-dev", "tax")
    after = tax.redeploy(
        configurationValues=[
            {
                "applicationName": "service",
                "standardConfiguration": [{"key": "COUNTRY", "value": "de"}],
                "securedConfiguration": [{"key": "WEBHOOK", "value": "w"}],
            }
        ],
        globalConfiguration={"standardConfiguration": [{"key": "LOG_LEVEL", "value": "debug"}]},
    )
    service = application(after)
    assert values(service["standardConfiguration"]) == {"TAX_MODE": "net", "COUNTRY": "de"}
    assert values(service["securedConfiguration"]) == {"TAX_API_KEY": "****", "WEBHOOK": "****"}
    assert values(after["globalConfiguration"]["standardConfiguration"]) == {"LOG_LEVEL": "debug"}
    hashes = tax.admin.secured("acme-dev", "tax")
    assert hashes["service"]["TAX_API_KEY"] == before["service"]["TAX_API_KEY"]
    assert values(application(tax.redeploy())["standardConfiguration"]) == {"TAX_MODE": "net", "COUNTRY": "de"}


def test_a_value_is_not_reset_to_its_default(tax: Any) -> None:
    gross = [{"applicationName": "service", "standardConfiguration": [{"key": "TAX_MODE", "value": "gross"}]}]
    tax.redeploy(configurationValues=gross)
    assert values(application(tax.redeploy())["standardConfiguration"])["TAX_MODE"] == "gross"
    country = [{"applicationName": "service", "standardConfiguration": [{"key": "COUNTRY", "value": "de"}]}]
    after = tax.redeploy(configurationValues=country)
    assert values(application(after)["standardConfiguration"]) == {"TAX_MODE": "gross", "COUNTRY": "de"}


def test_a_placeholder_overwrites_a_secret(tax: Any) -> None:
    """The API does not refuse a mask that a client sends back."""
    before = tax.admin.secured("acme-dev", "tax")["service"]
    masked = [{"applicationName": "service", "securedConfiguration": [{"key": "TAX_API_KEY", "value": "****"}]}]
    tax.redeploy(configurationValues=masked)
    assert tax.admin.secured("acme-dev", "tax")["service"] != before


def test_a_schedule_and_a_retry_policy_change_by_redeploy(api: Any) -> None:
    api.published()
    api.deploy(configurations=all_applications("nightly", "listener"))
    policy = {"strategy": "exponential-backoff", "minBackoffSeconds": 1, "maxBackoffSeconds": 9}
    after = api.redeploy(
        configurationValues=[
            {"applicationName": "nightly", "schedule": "@hourly"},
            {"applicationName": "listener", "retryPolicy": policy},
        ]
    )
    assert application(after, "nightly")["schedule"] == "@hourly"
    assert application(after, "listener")["retryPolicy"] == policy
    assert application(api.redeploy(), "nightly")["schedule"] == "@hourly"


def test_code_moves_only_with_update_connector(tax: Any) -> None:
    tax.set_tag("v2")
    tax.publish()
    assert tax.redeploy()["connector"]["repository"]["tag"] == "v1"
    moved = tax.redeploy(updateConnector=True)
    assert (moved["connector"]["repository"]["tag"], moved["connector"]["version"]) == (
        "v2",
        tax.draft()["version"],
    )
    assert values(application(moved)["standardConfiguration"]) == {"TAX_MODE": "net", "REGION_CODE": "eu"}


def test_a_new_application_joins_only_when_it_is_named_with_update_connector(tax: Any) -> None:
    tax.set_tag("v2")
    tax.publish()
    extra = [{"applicationName": "extra"}]
    refused = tax.redeploy_refused(configurationValues=extra)
    assert refused == (400, "DeploymentUnknownApplicationConfiguration")
    assert len(tax.redeploy(updateConnector=True)["applications"]) == 1
    # From now on it is an application of the running version that was left out.
    assert tax.redeploy_refused(configurationValues=extra) == (400, "DeploymentApplicationDoNotBelong")


def test_a_new_application_gets_an_address_when_it_runs(tax: Any) -> None:
    tax.set_tag("v2")
    tax.publish()
    moved = tax.redeploy(updateConnector=True, configurationValues=[{"applicationName": "extra"}])
    assert application(moved, "extra")["url"].endswith("/extra")


def test_a_failing_new_version_leaves_the_old_code_running(tax: Any) -> None:
    tax.set_tag("v2")
    tax.publish()
    tax.admin.outcome("deploy", "tax", "failure")
    failed = tax.redeploy(updateConnector=True)
    assert (failed["status"], failed["connector"]["repository"]["tag"]) == ("Failed", "v1")
    assert application(failed)["url"]
    assert tax.redeploy(updateConnector=True)["connector"]["repository"]["tag"] == "v2"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"configurationValues": []}, "DeploymentApplicationRequired"),
        ({"configurationValues": [{"applicationName": "enabler"}]}, "DeploymentApplicationDoNotBelong"),
        ({"configurationValues": [{"applicationName": "web"}]}, "DeploymentUnknownApplicationConfiguration"),
        (
            {"configurationValues": [{"applicationName": "service", "securedConfiguration": [
                {"key": "NOPE", "value": ""}]}]},
            "DeploymentUnknownApplicationConfigurationKey",
        ),
        (
            {"globalConfiguration": {"standardConfiguration": [{"key": "NOPE", "value": ""}]}},
            "DeploymentUnknownGlobalConfigurationKey",
        ),
        ({"configurations": []}, "InvalidJsonInput"),
    ],
)  # fmt: skip
def test_a_redeploy_is_refused_for_a_reason_and_nothing_changes(
    tax: Any, changes: dict[str, Any], code: str
) -> None:
    before = tax.deployment()
    assert tax.redeploy_refused(**changes) == (400, code)
    assert tax.deployment() == before


def test_a_redeploy_of_another_version_is_refused(tax: Any) -> None:
    body = {"version": 1, "actions": [{"action": "redeploy"}]}
    assert tax.refused("POST", TAX, body) == (409, "ConcurrentModification")


def test_an_update_without_actions_changes_nothing(tax: Any) -> None:
    before = tax.deployment()
    assert tax.ok("POST", TAX, {"version": before["version"], "actions": []}) == before


def test_a_redeploy_must_wait_for_the_run_before(tax: Any) -> None:
    tax.admin.settings(delays={"queued": 10, "deploying": 10, "undeploying": 10})
    expected = (400, "DeploymentInvalidStatusTransition")
    tax.restart()
    assert tax.redeploy_refused() == expected
    tax.admin.advance(15)
    assert tax.redeploy_refused() == expected
    tax.admin.advance(15)
    tax.undeploy()
    status, code, error = tax.refusal("POST", TAX, tax.redeploy_body())
    assert ((status, code), error["message"]) == (expected, "Invalid status change: Already undeploying")


def test_an_event_application_gets_a_new_topic_with_each_redeploy_that_succeeds(api: Any) -> None:
    """A Subscription of the old topic hears nothing any more (API §22, row 45); URLs stay."""
    api.published()
    first = api.deploy(configurations=all_applications("service", "listener"))
    topic = application(first, "listener")["topic"]
    assert application(api.restart(), "listener")["topic"] == topic
    api.admin.advance(1)
    second = api.deployment()
    assert application(second, "listener")["topic"] != topic
    assert application(second)["url"] == application(first)["url"]
    api.admin.outcome("deploy", "tax", "failure")
    assert application(api.redeploy(), "listener")["topic"] == application(second, "listener")["topic"]


def test_two_redeploys_in_one_update_are_refused_together(tax: Any) -> None:
    before = tax.deployment()
    body = {"version": before["version"], "actions": [{"action": "redeploy"}] * 2}
    assert tax.refused("POST", TAX, body) == (400, "DeploymentInvalidStatusTransition")
    assert tax.deployment() == before


def test_update_connector_fails_when_the_connector_is_gone_or_left_the_region(tax: Any) -> None:
    tax.update({"action": "setSupportedRegions", "regions": ["us-east-2.aws"]})
    tax.publish()
    body = tax.redeploy_body(updateConnector=True)
    status, code, error = tax.refusal("POST", TAX, body)
    assert (status, code) == (400, "DeploymentConnectorUpdateFailure")
    assert REGION in error["cause"]
    tax.admin.delete("drafts", "acme-tax")
    tax.admin.delete("connectors", "acme-tax")
    assert tax.redeploy_refused(updateConnector=True) == (400, "DeploymentConnectorUpdateFailure")
    assert tax.redeploy()["status"] == "Deployed"


@pytest.mark.parametrize(
    ("outcome", "status", "types"),
    [
        ("success", "Deployed", ["Information"]),
        ("warning", "Deployed", ["Warning"]),
        ("failure", "Failed", ["Error"]),
    ],
)
def test_a_run_ends_as_it_is_scripted_and_says_so_in_its_report(
    api: Any, outcome: Any, status: str, types: list[str]
) -> None:
    api.published()
    api.admin.outcome("deploy", "tax", outcome)
    deployed = api.deploy()
    entries = deployed["details"]["build"]["report"]["entries"]
    assert (deployed["status"], [entry["type"] for entry in entries]) == (status, types)
    assert entries[0]["application"] == "service"


def test_a_stuck_run_stays_deploying(api: Any) -> None:
    api.published()
    api.admin.outcome("deploy", "tax", "stuck")
    assert api.deploy()["status"] == "Deploying"
    api.admin.advance(86_400)
    assert api.deployment()["status"] == "Deploying"


def test_skipped_scripts_leave_no_entries(tax: Any) -> None:
    assert tax.redeploy(skipScripts=True)["details"]["build"]["report"]["entries"] == []


def test_a_deletion_is_accepted_and_then_the_deployment_is_gone(tax: Any) -> None:
    response = tax.http.delete(TAX)
    assert (response.status_code, response.json()["status"]) == (202, "Undeploying")
    assert tax.deployment()["status"] == "Undeploying"
    assert tax.refused("DELETE", TAX) == (400, "DeploymentInvalidStatusTransition")
    assert tax.refused("POST", DEPLOYMENTS, tax.deployment_body()) == (400, "DuplicateField")
    tax.admin.advance(1)
    assert tax.refusal("GET", TAX)[:2] == (404, "ResourceNotFound")
    assert tax.refusal("GET", TAX)[2]["message"] == "Deployment with key=tax does not exist"
    tax.start()


def test_a_failed_undeployment_can_be_tried_again_or_redeployed(tax: Any) -> None:
    tax.admin.outcome("undeploy", "tax", "failure", times=2)
    tax.undeploy()
    tax.admin.advance(1)
    failed = tax.deployment()
    assert failed["status"] == "UndeployFailed"
    assert failed["details"]["build"]["report"]["entries"][0]["type"] == "Error"
    assert tax.redeploy()["status"] == "Deployed"
    tax.undeploy()
    tax.admin.advance(1)
    tax.undeploy()
    tax.admin.advance(1)
    assert tax.refused("GET", TAX)[0] == 404


def test_a_deletion_ends_a_run_that_is_under_way(api: Any) -> None:
    api.published()
    api.start()
    api.undeploy()
    api.admin.advance(1)
    assert api.refused("GET", TAX)[0] == 404


def test_a_deployment_of_another_project_is_not_there(tax: Any, prod: Any) -> None:
    deployment = tax.deployment()
    assert prod.refused("GET", f"/acme-prod/deployments/{deployment['id']}")[0] == 404
    assert prod.refused("GET", TAX) == (403, "AuthorizationError")
