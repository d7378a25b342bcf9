"""The examples do what they say, on a real engine: in YAML, in Python through the plugin, and in Python alone."""

from __future__ import annotations

import importlib
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation
from yaml import safe_load

from commercetools_connect.emulator import ScriptSpec
from tests.engine.conftest import Harness
from tests.engine.programs import CANARY
from tests.engine.yaml_harness import YamlHarness
from tests.support.python_sdk import install_python_sdk

pytestmark = pytest.mark.long

CART: ScriptSpec = {"application": "service", "key": "acme-cart"}
"""What the script of the example with `expect` registers."""

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def python_sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have the generated Python SDK, for as long as the tests of this file run."""
    site = str(install_python_sdk(tmp_path_factory.mktemp("sdk")))
    sys.path.insert(0, site)
    importlib.invalidate_caches()
    yield
    sys.path.remove(site)


def run_programs(language: str, *folders: str) -> None:
    """Run several examples as one program; `pulumi up` runs one of them."""
    for folder in folders:
        runpy.run_path(str(EXAMPLES / folder / language / "__main__.py"))


def deployment_key(resources: list[dict[str, Any]]) -> str:
    """Return the key of the deployment of the pipeline."""
    (deployment,) = [each for each in resources if each["type"].endswith(":Deployment")]
    return str(deployment["outputs"]["key"])


def connector_key(resources: list[dict[str, Any]]) -> str:
    """Return the key of the connector that the pipeline has published."""
    (publication,) = [each for each in resources if each["type"].endswith(":ConnectorPublication")]
    return str(publication["outputs"]["connectorKey"])


@pytest.mark.parametrize(
    ("language", "package"),
    [
        ("python", "commercetools-connect:index"),
        ("python-dynamic", "pulumi-python:dynamic/commercetools-connect"),
    ],
)
@pytest.mark.usefixtures("python_sdk")
def test_the_python_examples_come_to_life(harness: Harness, language: str, package: str) -> None:
    """The pipeline first; its connector is then deployed once more by key, beside another draft.

    The same program through the other frontend makes, replaces and deletes nothing: the stack may move there.
    """
    other = "python" if language == "python-dynamic" else "python-dynamic"
    harness.config = {
        "demo:tag": "v1.0.0",
        "demo:apiToken": CANARY,
        "demo:bakeTime": "0.1s",
        "commercetools-connect:experimental": "getDeploymentRevisions",
    }
    harness.program = lambda: run_programs(language, "connector-pipeline")
    first = harness.up()
    keys = {
        "connectorKey": connector_key(harness.resources()),
        "deploymentKey": deployment_key(harness.resources()),
    }
    harness.stack.set_all_config({f"demo:{name}": automation.ConfigValue(key) for name, key in keys.items()})
    harness.emulator.admin.outcome("deploy", "greeter-wired", "success", scripts=[CART])
    harness.program = lambda: run_programs(
        language,
        "connector-pipeline",
        "deployment",
        "wired-deployment",
        "connector-staged",
        "rollout-gate",
        "look-ups",
    )
    second = harness.up()
    harness.program = lambda: run_programs(
        other, "connector-pipeline", "deployment", "wired-deployment", "connector-staged", "rollout-gate"
    )
    moving = harness.stack.preview(on_output=harness.said.append).change_summary

    assert set(moving) <= {"same", "update"}, moving
    assert first["runningTag"] == "v1.0.0"
    assert second["urls"] == first["urls"]
    assert second["openedAt"]
    assert set(second["assistantUrls"]) == {"service"}
    assert second["status"]
    assert second["statusNow"] == "Deployed"
    assert second["publishedTag"] == "v1.0.0"
    assert second["foundNames"] == ["Greeter"]
    assert second["deploymentIds"]
    assert second["revisionTags"] == ["v1.0.0"]
    assert second["wiring"]["service"]["extensions"][0]["key"] == "acme-cart"
    assert "configurations.service.securedConfiguration.API_TOKEN" in second["toFillIn"]
    assert {each["type"] for each in harness.resources()} >= {
        f"{package}:Deployment",
        f"{package}:ConnectorStaged",
    }


def test_the_yaml_examples_come_to_life(yaml: YamlHarness) -> None:
    """The same in YAML; the files are the users', only put together."""
    examples = {
        name: safe_load((EXAMPLES / name / "yaml" / "Pulumi.yaml").read_text())
        for name in (
            "connector-pipeline",
            "deployment",
            "wired-deployment",
            "connector-staged",
            "rollout-gate",
            "look-ups",
        )
    }
    pipeline = examples["connector-pipeline"]
    yaml.write(pipeline["resources"], pipeline["outputs"], config=pipeline["config"])
    yaml.run("config", "set", "shop:tag", "v1.0.0")
    yaml.up()
    first = yaml.outputs()
    before = yaml.checkpoint()["resources"]
    yaml.run(
        "config",
        "set-all",
        f"--plaintext=shop:connectorKey={connector_key(before)}",
        "--plaintext=shop:bakeTime=0.1s",
        f"--plaintext=shop:deploymentKey={deployment_key(before)}",
        "--plaintext=commercetools-connect:experimental=getDeploymentRevisions",
    )
    yaml.emulator.admin.outcome("deploy", "greeter-wired", "success", scripts=[CART])
    yaml.write(
        *(
            {name: each for example in examples.values() for name, each in example.get(part, {}).items()}
            for part in ("resources", "outputs", "config", "variables")
        )
    )
    yaml.up()
    second = yaml.outputs()

    assert first["runningTag"] == "v1.0.0"
    assert second["urls"] == first["urls"]
    assert second["openedAt"]
    assert set(second["assistantUrls"]) == {"service"}
    assert second["status"]
    assert second["statusNow"] == "Deployed"
    assert second["wiring"]["service"]["extensions"][0]["key"] == "acme-cart"
    assert (second["firstFound"], second["newestRevision"]) == ("Greeter", "v1.0.0")
