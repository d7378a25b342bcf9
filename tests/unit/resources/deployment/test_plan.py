"""A Deployment is redeployed only when something differs, and then with everything the program declares."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import (
    ConnectorConfigurationApplication,
    ConnectorGlobalConfiguration,
    Deployment,
)
from commercetools_connect.core.text import Path
from commercetools_connect.core.values import PropertyMap, PropertyValue, Secret
from commercetools_connect.resources.deployment.connector_version import ConnectorVersion
from commercetools_connect.resources.deployment.plan import (
    Desired,
    RedeployPlan,
    new_deployment,
    plan_redeploy,
    redeploy_action,
)
from tests.unit.core.trees import put
from tests.unit.resources.deployment.running import RUNNING, SHOWN, values
from tests.unit.resources.trees import DEPLOYMENT, HIDDEN, TreeDict

APPLICATIONS = tuple(
    ConnectorConfigurationApplication(application_name=name)
    for name in ("service", "nightly-job", "event", "enabler")
)
SERVICE = {
    "applicationName": "service",
    "standardConfiguration": values(TAX_MODE="gross", RETRIES="3"),
    "securedConfiguration": values(TAX_API_KEY=HIDDEN),
}
JOB = {
    "applicationName": "nightly-job",
    "standardConfiguration": [],
    "securedConfiguration": [],
    "schedule": "0 3 * * *",
}
EVENT = {
    "applicationName": "event",
    "standardConfiguration": [],
    "securedConfiguration": [],
    "retryPolicy": {
        "strategy": "exponential-backoff",
        "minBackoffSeconds": 10,
        "maxBackoffSeconds": 60,
        "maxAttempts": 5,
    },
}
GLOBAL = {
    "standardConfiguration": values(LOG_LEVEL="info"),
    "securedConfiguration": values(SHARED=HIDDEN),
}


def empty(name: str) -> dict[str, Any]:
    return {"applicationName": name, "standardConfiguration": [], "securedConfiguration": []}


def running(**changes: Any) -> Deployment:
    return Deployment.model_validate({**SHOWN, **changes})


def plan(
    news: PropertyMap = DEPLOYMENT, held: PropertyMap | None = DEPLOYMENT, deployment: Deployment = RUNNING
) -> RedeployPlan:
    return plan_redeploy(deployment, Desired.parse(news), held)


def with_value(path: Path, value: PropertyValue) -> TreeDict:
    tree = put(DEPLOYMENT, path, lambda _: value)
    assert isinstance(tree, dict)
    return tree


class TestNoRedeploy:
    def test_what_runs_as_declared_is_left_alone(self) -> None:
        assert not plan()

    @pytest.mark.parametrize("name", ["skipScripts", "failOnScriptWarning", "skipPlanTimeValidation", "adopt"])
    def test_a_way_of_working_alone_is_no_reason(self, name: str) -> None:
        assert not plan({**DEPLOYMENT, name: not DEPLOYMENT[name]})

    def test_no_tag_asked_for_means_the_one_that_runs(self) -> None:
        assert not plan({**DEPLOYMENT, "connectorTag": None})

    def test_secretness_is_no_reason(self) -> None:
        news: TreeDict = {**DEPLOYMENT, "configurations": Secret(DEPLOYMENT["configurations"])}
        assert not plan(news, DEPLOYMENT)
        assert not plan(DEPLOYMENT, news)

    def test_a_url_in_its_place_is_no_reason(self) -> None:
        value = Secret("{{url:service}}/callback?token=x")
        held = with_value(("configurations", "service", "securedConfiguration", "TAX_API_KEY"), value)
        assert not plan_redeploy(RUNNING, Desired.parse(held), held)

    def test_keys_that_the_program_does_not_declare_are_no_reason(self) -> None:
        small: TreeDict = {**DEPLOYMENT, "configurations": {}, "globalConfiguration": None}
        assert not plan(small, small)


class TestReasons:
    @pytest.mark.parametrize("status", ["Failed", "UndeployFailed", "Draft"])
    def test_a_deployment_that_is_not_live_is_deployed_again(self, status: str) -> None:
        assert plan(deployment=running(status=status)).reasons == (f"status is {status}",)

    @pytest.mark.parametrize(
        "path",
        [
            ("configurations", "service", "standardConfiguration", "TAX_MODE"),
            ("configurations", "service", "securedConfiguration", "TAX_API_KEY"),
            ("configurations", "nightly-job", "schedule"),
            ("configurations", "event", "retryPolicy", "maxAttempts"),
            ("globalConfiguration", "standardConfiguration", "LOG_LEVEL"),
            ("globalConfiguration", "securedConfiguration", "SHARED"),
        ],
        ids=".".join,
    )
    def test_each_declared_value_is_one_and_is_named_without_its_value(self, path: Path) -> None:
        found = plan(with_value(path, 7 if path[-1] == "maxAttempts" else "other-s3cr3t"))
        assert found.reasons == (".".join(map(str, path)),)
        assert not found.update_connector

    def test_another_clients_change_of_a_declared_value_is_one(self) -> None:
        service = {**SHOWN["applications"][0], "standardConfiguration": values(TAX_MODE="net", RETRIES="3")}
        touched = running(applications=[service, *SHOWN["applications"][1:]])
        assert plan(deployment=touched).reasons == ("configurations.service.standardConfiguration.TAX_MODE",)

    def test_a_secured_key_that_the_api_lost_is_one(self) -> None:
        service = {**SHOWN["applications"][0], "securedConfiguration": []}
        touched = running(applications=[service, *SHOWN["applications"][1:]])
        assert plan(deployment=touched).reasons == ("configurations.service.securedConfiguration.TAX_API_KEY",)

    def test_a_half_done_run_before_is_one(self) -> None:
        assert plan(held={**DEPLOYMENT, "configurations": {}})

    @pytest.mark.parametrize("trigger", [None, "x", 1, {"rotation": 8, "images": ["a", "b"]}])
    def test_another_trigger_is_one(self, trigger: PropertyValue) -> None:
        assert plan({**DEPLOYMENT, "redeployTrigger": trigger}).reasons == ("redeployTrigger",)

    def test_the_wrong_tag_is_one_and_moves_the_connector(self) -> None:
        found = plan({**DEPLOYMENT, "connectorTag": "v1.3.0"})
        assert found.reasons == ("tag v1.2.0 runs instead of v1.3.0",)
        assert found.update_connector

    def test_all_are_named(self) -> None:
        found = plan(
            {**DEPLOYMENT, "connectorTag": "v2", "redeployTrigger": 1}, deployment=running(status="Failed")
        )
        assert len(found.reasons) == 3

    def test_of_a_deployment_that_was_taken_over_secured_values_are_sent_once(self) -> None:
        assert plan(held=None).reasons == ("secured values cannot be compared",)
        plain: TreeDict = {**DEPLOYMENT, "configurations": {"enabler": {}}, "globalConfiguration": None}
        assert not plan(plain, held=None)


class TestCreation:
    @staticmethod
    def body(**changes: PropertyValue) -> dict[str, Any]:
        desired = Desired.parse({**DEPLOYMENT, **changes})
        return dict(new_deployment(desired, APPLICATIONS).to_wire())

    def test_all_applications_are_listed_also_those_without_values(self) -> None:
        assert self.body() == {
            "key": "tax-dev",
            "type": "sandbox",
            "connector": {"key": "acme-tax", "staged": False},
            "region": "europe-west1.gcp",
            "configurations": [SERVICE, JOB, EVENT, empty("enabler")],
            "globalConfiguration": GLOBAL,
        }

    def test_without_metadata_the_declared_ones_are_listed(self) -> None:
        body = new_deployment(Desired.parse(DEPLOYMENT), ()).to_wire()
        assert body["configurations"] == [SERVICE, JOB, EVENT]

    def test_an_application_that_only_the_program_knows_is_sent_for_the_server_to_judge(self) -> None:
        body = self.body(configurations={"typo": {"standardConfiguration": {"A": 1}}})
        assert body["configurations"][-1] == {**empty("typo"), "standardConfiguration": values(A="1")}

    def test_no_global_values_means_no_such_member(self) -> None:
        assert "globalConfiguration" not in self.body(globalConfiguration=None)

    def test_a_staged_connector_is_deployed_by_reference_to_the_draft(self) -> None:
        body = self.body(connector={"id": "c-1", "staged": True}, type="preview")
        assert (body["connector"], body["type"]) == ({"id": "c-1", "staged": True}, "preview")


class TestRedeploy:
    @staticmethod
    def body(
        *,
        update: bool = False,
        applications: tuple[ConnectorConfigurationApplication, ...] | None = None,
        held: PropertyMap | None = None,
        deployment: Deployment = RUNNING,
        **changes: PropertyValue,
    ) -> dict[str, Any]:
        desired = Desired.parse({**DEPLOYMENT, **changes})
        chosen = RedeployPlan(("why",), update_connector=update)
        version = None
        if applications is not None:
            version = ConnectorVersion("Connector", "v2", applications, ConnectorGlobalConfiguration())
        return dict(redeploy_action(deployment, desired, chosen, held, version).to_wire())

    def test_the_whole_declared_configuration_is_sent_for_the_deployments_own_applications(self) -> None:
        assert self.body() == {
            "action": "redeploy",
            "configurationValues": [SERVICE, JOB, EVENT, empty("enabler")],
            "globalConfiguration": GLOBAL,
            "updateConnector": False,
            "skipScripts": False,
        }

    def test_a_new_application_is_added_when_the_connector_moves(self) -> None:
        moved = (*APPLICATIONS, ConnectorConfigurationApplication(application_name="new-app"))
        body = self.body(update=True, applications=moved)
        assert body["updateConnector"] is True
        assert empty("new-app") in body["configurationValues"]

    def test_a_new_application_is_not_added_while_the_connector_stays(self) -> None:
        new = (ConnectorConfigurationApplication(application_name="new-app"),)
        assert empty("new-app") not in self.body(applications=new)["configurationValues"]

    def test_without_metadata_a_move_lists_what_the_deployment_has(self) -> None:
        names = [each["applicationName"] for each in self.body(update=True)["configurationValues"]]
        assert names == ["service", "nightly-job", "event", "enabler"]

    def test_scripts_are_skipped_when_the_program_says_so(self) -> None:
        assert self.body(skipScripts=True)["skipScripts"] is True

    def test_no_request_shows_its_secrets(self) -> None:
        desired = Desired.parse(DEPLOYMENT)
        action = redeploy_action(RUNNING, desired, RedeployPlan(("why",)), None, None)
        for shown in (repr(action), str(action), repr(new_deployment(desired, APPLICATIONS))):
            assert HIDDEN not in shown


DEFINED = {
    "applicationName": "service",
    "standardConfiguration": [{"key": "TAX_MODE", "default": "net"}, {"key": "RETRIES"}],
}


class TestRemovedKeys:
    """The running version gives `TAX_MODE` a default and lets `RETRIES` be empty."""

    @staticmethod
    def deployment(**now: str) -> Deployment:
        service = {**SHOWN["applications"][0], "standardConfiguration": values(**now)}
        return running(
            connector={**SHOWN["connector"], "configurations": [DEFINED]},
            applications=[service, *SHOWN["applications"][1:]],
        )

    def test_they_are_a_reason_until_they_are_back_at_their_defaults(self) -> None:
        news = with_value(("configurations", "service", "standardConfiguration"), None)
        found = plan(news, DEPLOYMENT, self.deployment(TAX_MODE="gross", RETRIES="3"))
        assert found.reasons == (
            "service.TAX_MODE goes back to its default",
            "service.RETRIES goes back to its default",
        )
        assert not plan(news, DEPLOYMENT, self.deployment(TAX_MODE="net", RETRIES=""))

    def test_a_redeploy_sends_their_defaults_and_nothing_for_a_secured_one(self) -> None:
        body = TestRedeploy.body(
            held=DEPLOYMENT,
            deployment=self.deployment(TAX_MODE="gross", RETRIES="3"),
            configurations={"service": {}},
            globalConfiguration=None,
        )
        assert body["configurationValues"][0] == {
            **empty("service"),
            "standardConfiguration": values(TAX_MODE="net", RETRIES=""),
        }
        assert "globalConfiguration" not in body
