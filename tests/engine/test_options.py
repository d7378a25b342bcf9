"""Resource options on a real engine, in both frontends: each does what the page of options says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pulumi
import pytest

from commercetools_connect.dynamic import Deployment
from tests.engine.conftest import Harness
from tests.engine.programs import CANARY, chain
from tests.engine.yaml_harness import YamlHarness, program

pytestmark = pytest.mark.long

SETTING = "configurations.service.standardConfiguration.SHOP_NAME"


def with_options(**options: Any) -> Callable[..., object]:
    """Return the program whose deployment has these options."""
    return partial(chain, deployment_arguments={"opts": pulumi.ResourceOptions(**options)})


def with_yaml_options(**options: Any) -> Callable[..., dict[str, Any]]:
    """Return a function that makes the program whose deployment has these options."""

    def declare(**more: Any) -> dict[str, Any]:
        resources = program(**more)
        resources["deployment"]["options"] = options
        return resources

    return declare


def test_dynamic_a_setting_that_is_ignored_under_its_python_name_stays(harness: Harness) -> None:
    """The deployment is not touched when only that setting changes."""
    declared = with_options(ignore_changes=["configurations.service.standard_configuration.SHOP_NAME"])
    harness.program = declared
    harness.up()
    harness.emulator.admin.clear_journal()
    harness.program = partial(declared, shop="Other")
    harness.up()
    ignored = harness.posts("/demo-project/deployments")
    harness.program = partial(chain, shop="Other")
    harness.up()

    assert ignored == 0
    assert harness.posts("/demo-project/deployments") == 1


def test_plugin_a_setting_that_is_ignored_stays(yaml: YamlHarness) -> None:
    declared = with_yaml_options(ignoreChanges=[SETTING])
    yaml.write(declared())
    yaml.up()
    yaml.write(declared(shop="Other"))
    ignored = yaml.preview()
    yaml.write(program(shop="Other"))

    assert ignored == {}
    assert yaml.preview() == {"update": 1}


def test_dynamic_a_protected_deployment_survives_and_a_retained_one_is_left(harness: Harness) -> None:
    harness.program = with_options(protect=True)
    harness.up()
    text = harness.fails(lambda: harness.stack.destroy(on_output=harness.said.append))
    harness.program = with_options(protect=False, retain_on_delete=True)
    harness.up()
    harness.program = lambda: None
    harness.emulator.admin.clear_journal()
    harness.fails(harness.up)  # the draft is refused: the deployment still uses it

    assert "protect" in text
    assert harness.calls("DELETE", "/demo-project/deployments") == []
    assert harness.deployment()["status"] == "Deployed"


def test_plugin_a_protected_deployment_survives_and_a_retained_one_is_left(yaml: YamlHarness) -> None:
    yaml.write(with_yaml_options(protect=True)())
    yaml.up()
    text = yaml.fails("destroy", "--yes", "--skip-preview")
    declared = with_yaml_options(protect=False, retainOnDelete=True)()
    yaml.write(declared)
    yaml.up()
    yaml.write({name: each for name, each in declared.items() if name != "deployment"})
    yaml.up()

    assert "protect" in text
    assert yaml.deployment()["status"] == "Deployed"


def test_dynamic_outputs_are_secret_under_their_python_names(harness: Harness) -> None:
    harness.program = with_options(additional_secret_outputs=["deployed_tag"])
    harness.up()
    (found,) = [each for each in harness.resources() if each["type"].endswith(":Deployment")]

    assert "ciphertext" in found["outputs"]["deployedTag"]
    assert found["outputs"]["status"] == "Deployed"


def test_plugin_outputs_are_secret(yaml: YamlHarness) -> None:
    yaml.write(with_yaml_options(additionalSecretOutputs=["deployedTag"])())
    yaml.up()

    assert "ciphertext" in yaml.resource(":Deployment")["outputs"]["deployedTag"]


def test_plugin_a_change_replaces_if_the_program_says_so(yaml: YamlHarness) -> None:
    yaml.write(with_yaml_options(replaceOnChanges=["configurations"])())
    yaml.up()
    yaml.write(with_yaml_options(replaceOnChanges=["configurations"])(shop="Other"))

    assert yaml.preview() == {"replace": 1}


@pytest.mark.parametrize(
    ("options", "remedy"),
    [({"import_": "demo-project/x"}, "adopt=True"), ({"replace_on_changes": ["region"]}, "part of `key`")],
)
def test_dynamic_what_has_no_effect_is_refused_before_anything_is_made(
    harness: Harness, options: dict[str, Any], remedy: str
) -> None:
    """In words, without Pulumi's own traceback."""

    def declare() -> None:
        opts = pulumi.ResourceOptions(**options)
        Deployment("shop", connector={"key": "c"}, region="europe-west1.gcp", opts=opts)

    harness.program = declare
    text = harness.fails(harness.up)

    assert "Deployment 'shop': the resource option" in text
    assert remedy in text
    assert harness.calls("POST", "/deployments") == []


def test_dynamic_a_value_in_an_output_that_cannot_be_sent_is_refused_with_its_path(harness: Harness) -> None:
    def declare() -> None:
        value: Any = pulumi.Output.secret({CANARY})
        Deployment("shop", connector={"key": "c"}, region=value)

    harness.program = declare
    text = harness.fails(harness.up)

    assert "Deployment 'shop': the input region is of type set" in text
    assert CANARY not in text
