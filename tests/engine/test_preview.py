"""Mistakes in a real `pulumi preview`, through both doors, and the release that must not be one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from commercetools_connect.dynamic import Deployment
from tests.engine.conftest import Stage
from tests.engine.programs import CANARY, REPOSITORY, chain
from tests.engine.yaml_stage import YamlStage, program, staged

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
    "configurations.nightly-job.schedule: is no cron expression: minute (0-59) cannot be read",
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
def yaml(engine_root: Path, tmp_path: Path) -> Iterator[YamlStage]:
    with staged(tmp_path, engine_root) as stage:
        stage.emulator.admin.repositories(
            [
                {"url": REPOSITORY, "tag": tag, "connectYaml": text}
                for tag, text in (("v1.0.0", CONNECT_YAML), ("v2.0.0", NEXT))
            ]
        )
        yield stage


def declared(deployments: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a connector for one region, and deployments of it."""
    resources = program(**changes)
    resources["draft"]["properties"]["supportedRegions"] = ["europe-west1.gcp"]
    first = resources["deployment"]
    return resources | {f"deployment{n}": {**first, "name": f"greeter{n}"} for n in range(1, deployments)}


def connector_reads(stage: YamlStage) -> int:
    calls = [call for call in stage.emulator.admin.journal() if call["path"].startswith("/connectors/")]
    assert {call["method"] for call in calls} <= {"GET"}
    return len(calls)


def test_a_preview_tells_ten_mistakes_at_once_and_a_release_passes(yaml: YamlStage) -> None:
    """One read of the connector for all that is new of it, one look at what runs, none for what stays."""
    yaml.write(declared(3))
    yaml.up()
    wrong = declared(3)
    for name in ("new", "new2"):
        properties = {**ten_mistakes("${apiToken}"), "connector": {"id": "${publication.connectorId}"}}
        wrong[name] = {"type": "commercetools-connect:Deployment", "properties": properties}
    yaml.write(wrong)
    yaml.emulator.admin.clear_journal()

    told = yaml.fails("preview")

    assert [mistake for mistake in MISTAKES if mistake not in told] == []
    assert connector_reads(yaml) == 1

    # what runs already
    wrong = declared(3)
    wrong["deployment"]["properties"]["configurations"]["service"]["schedule"] = "0 3 * * *"
    yaml.write(wrong)
    yaml.emulator.admin.clear_journal()

    told = yaml.fails("preview")

    assert "configurations.service.schedule: only applications of type job can have one, not service" in told
    assert connector_reads(yaml) == 0
    assert len([call for call in yaml.emulator.admin.journal() if "/deployments" in call["path"]]) == 1

    # a new tag with a new key: draft, publication and deployments in one up, with its preview
    release = declared(3, tag="v2.0.0")
    service = release["deployment"]["properties"]["configurations"]["service"]
    service["standardConfiguration"]["CURRENCY"] = "EUR"
    yaml.write(release, {"tag": "${deployment2.deployedTag}"})

    told = yaml.run("up", "--yes")

    assert yaml.outputs()["tag"] == "v2.0.0"
    (warning,) = [line for line in told.splitlines() if line.startswith("    warning: ")]
    assert "tag v2.0.0 is published in this same `pulumi up`" in warning
    assert yaml.preview() == {}
    assert CANARY not in yaml.everything()


def test_a_preview_of_dynamic_resources_tells_them_too(stage: Stage) -> None:
    """Pulumi previews no create of a dynamic resource: the check of a new one looks."""
    stage.emulator.admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": CONNECT_YAML}])
    base = partial(chain, staged_arguments={"supported_regions": ["europe-west1.gcp"], "key": "greeter"})
    stage.program = base
    stage.up()

    def wrong() -> None:
        base()
        for name in ("new", "new2"):
            Deployment(name, connector={"key": "greeter"}, **_snake(ten_mistakes(CANARY)))

    stage.program = wrong
    stage.emulator.admin.clear_journal()

    told = stage.fails(lambda: stage.stack.preview(on_output=stage.said.append, on_error=stage.said.append))

    assert [mistake for mistake in MISTAKES if mistake not in told] == []
    assert stage.calls("GET", "/connectors/") == ["/connectors/key=greeter"]
    assert "Traceback" not in told
    assert CANARY not in told


def _snake(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        {"globalConfiguration": "global_configuration"}.get(name, name): value for name, value in inputs.items()
    }
