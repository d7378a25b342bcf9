"""Mistakes in a real `pulumi preview`, through both frontends, and the release that must not be one."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

import pytest

from commercetools_connect.dynamic import Deployment
from tests.engine.conftest import Harness
from tests.engine.programs import CANARY, REPOSITORY, chain
from tests.engine.yaml_harness import PROJECT, YamlHarness, program

pytestmark = pytest.mark.long

CONNECT_YAML = """\
inheritAs:
  configuration:
    standardConfiguration: [{key: SHOP_URL, description: Where}]
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration:
        - {key: SHOP_NAME, description: The shop, required: true}
        - {key: GREETING, description: First word, default: Hello}
      securedConfiguration:
        - {key: API_TOKEN, description: A token, required: true}
  - name: nightly-job
    applicationType: job
    endpoint: /job
    properties: {schedule: "0 3 * * *"}
"""
NEXT = CONNECT_YAML.replace(
    "{key: GREETING,", "{key: CURRENCY, description: Which, required: true}\n        - {key: GREETING,"
)

MISTAKES = (
    "configurations.servce: the connector has no such application; did you mean service?",
    "configurations.service.standardConfiguration.GREETNG: service has no such key at v1.0.0; did you mean",
    "configurations.service.standardConfiguration.API_TOKEN: is a secured key of the connector: write it under",
    "configurations.service.standardConfiguration.SHOP_URL: is a global key: write it under globalConfiguration",
    "configurations.service.securedConfiguration.SHOP_NAME: is a standard key of the connector: write it under",
    "configurations.service.schedule: only applications of type job can have one, not service",
    "configurations.service.retryPolicy: only applications of type event can have one, not service",
    "configurations.nightly-job.schedule: is not a valid cron expression: minute (0-59) cannot be read",
    "globalConfiguration.standardConfiguration.SHOP_URI: the connector has no such global key at v1.0.0; did",
    "region: the connector does not support us-central1.gcp; known: europe-west1.gcp",
)


def ten_mistakes(secret: Any) -> dict[str, Any]:
    """Return inputs for a deployment with all of them, but for the connector."""
    return {
        "region": "us-central1.gcp",
        "configurations": {
            "servce": {},
            "service": {
                "standardConfiguration": {"GREETNG": "Hi", "API_TOKEN": secret, "SHOP_URL": "x"},
                "securedConfiguration": {"SHOP_NAME": secret},
                "schedule": "0 3 * * *",
                "retryPolicy": {"strategy": "immediate"},
            },
            "nightly-job": {"schedule": "60 3 * * *"},
        },
        "globalConfiguration": {"standardConfiguration": {"SHOP_URI": "x"}},
    }


@pytest.fixture
def yaml(yaml: YamlHarness) -> YamlHarness:
    yaml.emulator.admin.repositories(
        [
            {"url": REPOSITORY, "tag": tag, "connectYaml": text}
            for tag, text in (("v1.0.0", CONNECT_YAML), ("v2.0.0", NEXT))
        ]
    )
    return yaml


def declared(deployments: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a connector for one region, and deployments of it."""
    resources = program(**changes)
    resources["draft"]["properties"]["supportedRegions"] = ["europe-west1.gcp"]
    first = resources["deployment"]
    return resources | {f"deployment{n}": {**first, "name": f"greeter{n}"} for n in range(1, deployments)}


def connector_reads(harness: YamlHarness) -> int:
    calls = [call for call in harness.emulator.admin.journal() if call["path"].startswith("/connectors/")]
    assert {call["method"] for call in calls} <= {"GET"}
    return len(calls)


def test_a_preview_tells_ten_mistakes_at_once_and_a_release_passes(yaml: YamlHarness) -> None:
    """One read of the connector for all that is new of it, one look at what runs, none for what stays."""
    yaml.write(declared(3))
    yaml.up()
    wrong = declared(3)
    for name in ("new", "new2"):
        properties = {**ten_mistakes("${apiToken}"), "connector": {"id": "${publication.connectorId}"}}
        wrong[name] = {"type": "commercetools-connect:Deployment", "properties": properties}
    yaml.write(wrong)
    yaml.emulator.admin.clear_journal()

    reported = yaml.fails("preview")

    assert [mistake for mistake in MISTAKES if mistake not in reported] == []
    assert connector_reads(yaml) == 1

    # what runs already
    wrong = declared(3)
    wrong["deployment"]["properties"]["configurations"]["service"]["schedule"] = "0 3 * * *"
    yaml.write(wrong)
    yaml.emulator.admin.clear_journal()

    reported = yaml.fails("preview")

    assert "configurations.service.schedule: only applications of type job can have one, not service" in reported
    assert connector_reads(yaml) == 0
    assert len([call for call in yaml.emulator.admin.journal() if "/deployments" in call["path"]]) == 1

    # a new tag with a new key: draft, publication and deployments in one up, with its preview
    release = declared(3, tag="v2.0.0")
    service = release["deployment"]["properties"]["configurations"]["service"]
    service["standardConfiguration"]["CURRENCY"] = "EUR"
    yaml.write(release, {"tag": "${deployment2.deployedTag}"})

    reported = yaml.run("up", "--yes")

    assert yaml.outputs()["tag"] == "v2.0.0"
    (warning,) = [line for line in reported.splitlines() if line.startswith("    warning: ")]
    assert "tag v2.0.0 is published in this same `pulumi up`" in warning
    assert yaml.preview() == {}
    assert CANARY not in yaml.everything()


def test_a_preview_tells_the_mistakes_of_all_that_it_looks_at_in_parallel(yaml: YamlHarness) -> None:
    """Of updates and of creates: the first error does not hide the others."""
    yaml.write(declared(3))
    yaml.up()
    wrong = declared(6)
    names = [name for name, each in wrong.items() if each["type"].endswith(":Deployment")]
    for name in names:
        properties = wrong[name]["properties"] = copy.deepcopy(wrong[name]["properties"])
        properties["configurations"]["service"]["standardConfiguration"][f"OF_{name.upper()}"] = "x"
    yaml.write(wrong)

    reported = yaml.fails("preview")

    assert len(names) == 6
    assert [name for name in names if f"OF_{name.upper()}: service has no such key" not in reported] == []


def test_a_tag_that_no_provider_of_the_program_publishes_is_an_error(yaml: YamlHarness) -> None:
    """Each explicit provider is a process of its own, and they tell each other what they publish."""
    connection = {"connectUrl": yaml.emulator.url, "clientId": "demo-client", "clientSecret": "demo-secret"}
    provider = {"type": "pulumi:providers:commercetools-connect", "properties": connection}

    def deployed(tag: str) -> dict[str, Any]:
        resources = declared(tag="v2.0.0")
        properties = resources["deployment"]["properties"] = copy.deepcopy(resources["deployment"]["properties"])
        properties |= {"projectKey": PROJECT, "connectorTag": tag, "connector": {"key": "greeter"}}
        properties["configurations"]["service"]["standardConfiguration"]["CURRENCY"] = "EUR"
        resources["draft"]["properties"]["key"] = "greeter"
        options = {"provider": "${other}", "dependsOn": ["${publication}"]}
        return {"other": provider, **resources, "deployment": {**resources["deployment"], "options": options}}

    before = deployed("v2.0.0")
    before["draft"]["properties"]["repository"]["tag"] = "v1.0.0"
    before.pop("deployment")
    yaml.write(before)
    yaml.up()

    yaml.write(deployed("v3.0.0"))
    reported = yaml.fails("preview")
    assert "connectorTag: v3.0.0 is not available, and this program does not publish it" in reported

    yaml.write(deployed("v2.0.0"))
    reported = yaml.run("up", "--yes")
    assert "tag v2.0.0 is published in this same `pulumi up`" in reported


def test_a_preview_of_dynamic_resources_tells_them_too(harness: Harness) -> None:
    """Pulumi previews no create of a dynamic resource: the check of a new one looks."""
    harness.emulator.admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": CONNECT_YAML}])
    base = partial(chain, staged_arguments={"supported_regions": ["europe-west1.gcp"], "key": "greeter"})
    harness.program = base
    harness.up()

    def wrong() -> None:
        base()
        for name in ("new", "new2"):
            Deployment(name, connector={"key": "greeter"}, **_snake(ten_mistakes(CANARY)))

    harness.program = wrong
    harness.emulator.admin.clear_journal()

    reported = harness.fails(
        lambda: harness.stack.preview(on_output=harness.said.append, on_error=harness.said.append)
    )

    assert [mistake for mistake in MISTAKES if mistake not in reported] == []
    assert harness.calls("GET", "/connectors/") == ["/connectors/key=greeter"]
    assert "Traceback" not in reported
    assert CANARY not in reported


def _snake(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        {"globalConfiguration": "global_configuration"}.get(name, name): value for name, value in inputs.items()
    }
