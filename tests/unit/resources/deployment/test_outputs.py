"""A Deployment shows what runs; its secured values are the program's own, sealed, and never the server's masks."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import Deployment
from commercetools_connect.core.values import PropertyMap, PropertyValue, Secret, unwrap_secrets
from commercetools_connect.resources.deployment.model import DEPLOYMENT as DEPLOYMENT_SCHEMA
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.deployment.outputs import observed_inputs, outputs, urls_of
from commercetools_connect.resources.inputs import validate_inputs
from commercetools_connect.resources.schema import find_differences
from tests.unit.core.trees import paths_in
from tests.unit.resources.deployment.running import MASKED, RUNNING, SHOWN, values
from tests.unit.resources.trees import DEPLOYMENT, HIDDEN, TreeDict


def running(**changes: Any) -> Deployment:
    return Deployment.model_validate({**SHOWN, **changes})


def observed(declared: PropertyMap = DEPLOYMENT, **changes: Any) -> TreeDict:
    return observed_inputs(running(**changes), "acme-dev", declared)


def drift(declared: PropertyMap = DEPLOYMENT, **changes: Any) -> set[str]:
    return {".".join(map(str, path)) for path in find_differences(observed(declared, **changes), declared)}


class TestSecrets:
    def test_secured_values_are_sealed_however_they_came(self) -> None:
        plain = unwrap_secrets(DEPLOYMENT["configurations"])
        for form in (plain, Secret(plain), DEPLOYMENT["configurations"]):
            sealed = DEPLOYMENT_SCHEMA.mark_secrets(
                {"configurations": form, "globalConfiguration": unwrap_secrets(DEPLOYMENT["globalConfiguration"])}
            )
            assert HIDDEN not in repr(sealed)
            assert unwrap_secrets(sealed) == {
                "configurations": plain,
                "globalConfiguration": unwrap_secrets(DEPLOYMENT["globalConfiguration"]),
            }

    def test_all_outputs_together_do_not_show_one(self) -> None:
        shown = outputs("acme-dev", RUNNING)
        assert HIDDEN not in repr(shown)

    def test_a_mask_never_becomes_a_value(self) -> None:
        for tree in (
            observed(),
            observed({}),
            observed({"configurations": {"service": {"securedConfiguration": {"OTHER": None}}}}),
            outputs("acme-dev", RUNNING),
        ):
            assert MASKED not in str(unwrap_secrets(tree))

    def test_only_the_keys_of_secured_values_are_shown(self) -> None:
        assert outputs("acme-dev", RUNNING)["securedKeys"] == {
            "service": ["OTHER", "TAX_API_KEY"],
            "$global": ["SHARED"],
        }


class TestObservedInputs:
    def test_an_unchanged_deployment_shows_what_was_declared(self) -> None:
        assert drift() == set()
        assert unwrap_secrets(observed()) == {name: unwrap_secrets(value) for name, value in DEPLOYMENT.items()}

    def test_every_declared_part_alone_shows_no_drift(self) -> None:
        for name, value in DEPLOYMENT.items():
            assert drift({name: value}) == set(), name

    def test_defaults_and_keys_that_the_program_does_not_declare_are_no_drift(self) -> None:
        declared: TreeDict = {"configurations": {"service": {"standardConfiguration": {"TAX_MODE": "gross"}}}}
        assert drift(declared) == set()

    @pytest.mark.parametrize(
        ("change", "paths"),
        [
            ({"deployedRegion": "us-east-2.aws"}, {"region"}),
            ({"type": "production"}, {"type"}),
            (
                {"connector": {**SHOWN["connector"], "repository": {"url": "u", "tag": "v9"}}},
                {"connectorTag"},
            ),
            ({"globalConfiguration": {}}, {
                "globalConfiguration.standardConfiguration.LOG_LEVEL",
                "globalConfiguration.securedConfiguration.SHARED",
            }),
            (
                {"applications": [
                    {**SHOWN["applications"][0], "standardConfiguration": values(TAX_MODE="net", RETRIES="3")},
                    {"applicationName": "nightly-job", "schedule": "* * * * *"},
                    {"applicationName": "event"},
                ]},
                {
                    "configurations.service.standardConfiguration.TAX_MODE",
                    "configurations.nightly-job.schedule",
                    "configurations.event.retryPolicy.strategy",
                    "configurations.event.retryPolicy.minBackoffSeconds",
                    "configurations.event.retryPolicy.maxBackoffSeconds",
                    "configurations.event.retryPolicy.maxAttempts",
                },
            ),
        ],
        ids=["region", "type", "tag", "global", "applications"],
    )  # fmt: skip
    def test_an_outside_change_shows_at_its_path(self, change: dict[str, Any], paths: set[str]) -> None:
        assert drift(**change) == paths

    def test_a_declared_secured_key_that_is_gone_shows_as_missing(self) -> None:
        service = {**SHOWN["applications"][0], "securedConfiguration": []}
        assert drift(applications=[service, *SHOWN["applications"][1:]]) == {
            "configurations.service.securedConfiguration.TAX_API_KEY"
        }

    def test_an_application_that_is_gone_shows_with_all_it_declared(self) -> None:
        assert drift({"configurations": {"event": {"schedule": "x"}}}, applications=[]) == {
            "configurations.event.schedule"
        }

    def test_a_tag_that_is_not_asked_for_is_not_shown(self) -> None:
        assert "connectorTag" not in observed({"key": "tax-dev"})

    def test_what_is_ours_stays_as_it_was(self) -> None:
        ours: TreeDict = {"redeployTrigger": {"a": [1]}, "skipScripts": True, "adopt": True}
        assert observed(ours) == ours


class TestReference:
    @pytest.mark.parametrize(
        "reference",
        [{"id": "c-1"}, {"key": "acme-tax"}, {"key": "acme-tax", "staged": False}, {"id": "c-1", "key": None}],
    )
    def test_the_programs_own_way_to_name_the_connector_stays(self, reference: PropertyValue) -> None:
        assert observed({"connector": reference})["connector"] == reference

    @pytest.mark.parametrize("reference", [{"id": "c-2"}, {"key": "other"}, {"id": "c-1", "staged": True}])
    def test_another_connector_shows_as_the_one_that_runs(self, reference: PropertyValue) -> None:
        assert observed({"connector": reference})["connector"] == {"id": "c-1"}

    def test_a_preview_deployment_runs_a_staged_one(self) -> None:
        assert observed({"connector": {"key": "acme-tax", "staged": True}}, preview=True)["connector"] == {
            "key": "acme-tax",
            "staged": True,
        }
        assert observed({"connector": {"key": "acme-tax"}}, preview=True)["connector"] == {
            "id": "c-1",
            "staged": True,
        }


class TestImport:
    def test_it_shows_what_a_program_must_write(self) -> None:
        seen = observed({})
        assert {name: seen[name] for name in ("key", "projectKey", "region", "type", "connector")} == {
            "key": "tax-dev",
            "projectKey": "acme-dev",
            "region": "europe-west1.gcp",
            "type": "sandbox",
            "connector": {"id": "c-1"},
        }
        assert "connectorTag" not in seen
        assert validate_inputs(DeploymentInputs, seen) == ()

    def test_it_shows_readable_values_schedules_and_policies_of_every_application(self) -> None:
        configurations = DEPLOYMENT["configurations"]
        assert isinstance(configurations, dict)
        assert observed({})["configurations"] == {
            "service": {"standardConfiguration": {"TAX_MODE": "gross", "RETRIES": "3", "TIMEOUT": "10"}},
            "nightly-job": {"standardConfiguration": {}, "schedule": "0 3 * * *"},
            "event": {"standardConfiguration": {}, **configurations["event"]},
            "enabler": {"standardConfiguration": {}},
        }

    def test_it_leaves_secured_values_out(self) -> None:
        assert not [path for path in paths_in(observed({})) if "securedConfiguration" in path]

    def test_an_import_shows_the_values_that_all_applications_share(self) -> None:
        assert observed({})["globalConfiguration"] == {
            "standardConfiguration": {"LOG_LEVEL": "info", "REGION": "eu"},
        }


class TestOutputs:
    def test_they_tell_what_only_the_api_knows(self) -> None:
        shown = dict(outputs("acme-dev", RUNNING))
        applications = shown.pop("applications")
        assert isinstance(applications, list)
        assert applications[:2] == [
            {
                "name": "service",
                "type": "service",
                "url": "https://service-1.europe-west1.gcp.sandbox.commercetools.app/service",
                "topic": "",
                "schedule": "",
            },
            {"name": "nightly-job", "type": "job", "url": "", "topic": "", "schedule": "0 3 * * *"},
        ]
        assert shown == {
            "projectKey": "acme-dev",
            "deploymentId": "d-1",
            "status": "Deployed",
            "urls": urls_of(RUNNING),
            "connectorId": "c-1",
            "connectorKey": "acme-tax",
            "connectorVersion": 4,
            "deployedTag": "v1.2.0",
            "buildId": "b-7",
            "report": [{"type": "Warning", "title": "postDeploy\\u001b"}],
            "apiClientName": "client-9",
            "securedKeys": {"service": ["OTHER", "TAX_API_KEY"], "$global": ["SHARED"]},
        }

    def test_urls_are_those_of_applications_that_have_one(self) -> None:
        assert set(urls_of(RUNNING)) == {"service", "enabler"}

    def test_a_deployment_that_tells_almost_nothing_is_shown_too(self) -> None:
        shown = outputs("acme-dev", Deployment(id="d-1", version=1, status="Queued"))
        assert (shown["connectorVersion"], shown["deployedTag"], shown["apiClientName"]) == (0, "", "")
        assert shown["securedKeys"] == {}
