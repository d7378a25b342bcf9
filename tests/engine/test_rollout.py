"""A connector moves through an estate: canary first, stopped by a failure, resumed, taken back, made smaller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from pulumi import automation
from pulumi.automation import OpType
from yaml import safe_load

from commercetools_connect.emulator import ScriptSpec
from tests.engine.conftest import Harness
from tests.engine.estate import CANARY, SHOPS, connections, deployments, furnish, publish, redeployed
from tests.engine.yaml_harness import YamlHarness
from tests.support.python_sdk import install_python_sdk

pytestmark = pytest.mark.rollouts

EXAMPLE = Path(__file__).parents[2] / "examples" / "multi-region-rollout"
HEALTH = {"type": "Error", "title": "Health check failed", "application": "service"}


def run_example(*, edits: dict[str, str]) -> None:
    """Run the example for dynamic resources, with the edits that a user would make in it."""
    exec_example("python-dynamic", edits)


def exec_example(language: str, edits: Mapping[str, str] = MappingProxyType({})) -> None:
    path = EXAMPLE / language / "__main__.py"
    text = path.read_text()
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    exec(compile(text, str(path), "exec"), {"__name__": "__main__"})


def prepare(harness: Harness) -> dict[str, str]:
    """Furnish the estate and configure the stack; return the edits, which may be changed between two runs."""
    furnish(harness.emulator)
    nothing = dict.fromkeys(
        [f"commercetools-connect:{name}" for name in ("clientId", "clientSecret", "projectKey")], ""
    )
    harness.config = {
        **nothing,
        "commercetools-connect:connections": json.dumps(connections(harness.emulator)),
        "demo:connectorKey": "greeter",
        "demo:tag": "v1.0.0",
        "demo:bakeTime": "0.1s",
        **{f"demo:{shop}-token": f"{CANARY}-token-{shop}" for shop in SHOPS},
    }
    edits: dict[str, str] = {}
    harness.program = lambda: run_example(edits=edits)
    return edits


def go_to(harness: Harness, tag: str) -> None:
    """Publish a tag, and ask for it."""
    publish(harness.emulator, tag)
    harness.stack.set_config("demo:tag", automation.ConfigValue(tag))


def tags(summary: object) -> dict[str, tuple[str, str, str]]:
    assert isinstance(summary, list)
    return {row["target"]: (row["wave"], row["fromTag"], row["toTag"]) for row in summary}


def test_the_python_example_through_its_whole_life(harness: Harness) -> None:
    edits = prepare(harness)

    assert preview(harness) == {"create": 9}
    first = harness.up()

    assert redeployed(harness.emulator)[:2] == ["acme-dev", "acme-eu"]
    assert sorted(redeployed(harness.emulator)) == sorted(SHOPS)
    assert set(deployments(harness.emulator).values()) == {("v1.0.0", "Deployed")}
    assert tags(first["summary"])["acme-us"] == ("rest", "", "v1.0.0")
    assert "TARGET" in "\n".join(harness.said)

    # The canary fails: no other target is touched.
    go_to(harness, "v1.1.0")
    harness.emulator.admin.outcome("deploy", "*", "failure", project="acme-dev", report=[HEALTH])
    said = harness.fails(harness.up)
    assert "Health check failed" in said
    assert redeployed(harness.emulator) == ["acme-dev"]
    assert {deployments(harness.emulator)[shop] for shop in SHOPS[1:]} == {("v1.0.0", "Deployed")}

    # The next up goes on from there.
    resumed = harness.up()
    assert redeployed(harness.emulator)[1:3] == ["acme-dev", "acme-eu"]
    assert set(deployments(harness.emulator).values()) == {("v1.1.0", "Deployed")}
    assert set(tags(resumed["summary"]).values()) == {
        ("canary", "v1.0.0", "v1.1.0"),
        ("europe", "v1.0.0", "v1.1.0"),
        ("rest", "v1.0.0", "v1.1.0"),
    }

    # Another order is no change; another wave and another name touch nothing that runs.
    edits["targets=["] = "targets=[*reversed(["
    edits["    ],\n)\n\npulumi.export"] = "    ])],\n)\n\npulumi.export"
    assert set(preview(harness)) == {"same"}
    edits['target("acme-us", "us-east-2.aws"'] = 'target("acme-us", "us-east-2.aws", wave="europe"'
    edits['{"name": name, "region"'] = (
        '{"name": "oz" if name == "acme-au" else name, "aliases": ["acme-au"] * (name == "acme-au"), "region"'
    )
    harness.emulator.admin.clear_journal()
    moved = harness.up()
    assert tags(moved["summary"])["acme-us"] == ("europe", "", "v1.1.0")  # its history is its former gate's
    assert not redeployed(harness.emulator)

    # Back to the tag before, and without one of the shops.
    go_to(harness, "v1.0.0")
    edits['        target("acme-au", "australia-southeast1.gcp", configurations=shop("acme-au")),\n'] = ""
    edits['        target("acme-eu", "europe-west1.gcp", wave="europe"'] = (
        '        target("acme-eu", "europe-west1.gcp", wave="rest"'
    )
    back = harness.up()
    assert deployments(harness.emulator) == dict.fromkeys(SHOPS[:3], ("v1.0.0", "Deployed"))
    assert tags(back["summary"])["acme-dev"] == ("canary", "v1.1.0", "v1.0.0")
    assert CANARY not in "\n".join([*harness.said, harness.state()])


def preview(harness: Harness) -> Mapping[OpType, int]:
    """Return how many resources would have which change."""
    return harness.stack.preview(on_output=harness.said.append).change_summary


def test_the_yaml_example_through_its_whole_life(yaml: YamlHarness) -> None:
    """The same through the plugin, as every language has it; each shop has a provider of its own."""
    example = prepare_yaml(yaml)

    yaml.up()
    assert redeployed(yaml.emulator) == ["acme-dev", "acme-eu", "acme-us"]
    assert tags(yaml.outputs()["summary"])["acme-us"] == ("rest", "", "v1.0.0")
    assert yaml.outputs()["targets"]["acme-eu"]["status"] == "Deployed"

    # The canary fails: no other target is touched, and the error says who runs what.
    publish(yaml.emulator, "v1.1.0")
    yaml.emulator.admin.outcome("deploy", "*", "failure", project="acme-dev", report=[HEALTH])
    said = yaml.fails("up", "--yes", "--skip-preview", "--config=shop:tag=v1.1.0")
    assert "Health check failed" in said
    assert "rollout release stopped in wave canary." in said
    assert "failed, or were under way: acme-dev (" in said
    assert "have not been touched: acme-eu (v1.0.0, Deployed), acme-us (v1.0.0, Deployed)" in said
    assert redeployed(yaml.emulator) == ["acme-dev"]
    assert not yaml.checkpoint().get("pending_operations")

    # The next up goes on from there.
    assert "TARGET" in yaml.up()
    assert redeployed(yaml.emulator)[1:] == ["acme-dev", "acme-eu", "acme-us"]
    assert {each[1:] for each in tags(yaml.outputs()["summary"]).values()} == {("v1.0.0", "v1.1.0")}

    # Another order is no change.
    release = example["resources"]["release"]["properties"]
    yaml.write(with_targets(example, release["targets"][::-1]), example["outputs"], config=example["config"])
    assert yaml.preview() == {}

    # Back to the tag before, and without one of the shops; its wave goes with it.
    publish(yaml.emulator, "v1.0.0")
    fewer = with_targets(example, release["targets"][:2], waves=release["waves"][:2])
    yaml.write(fewer, example["outputs"], config=example["config"])
    yaml.up("--config=shop:tag=v1.0.0")
    assert deployments(yaml.emulator) == dict.fromkeys(SHOPS[:2], ("v1.0.0", "Deployed"))
    assert tags(yaml.outputs()["summary"])["acme-dev"] == ("canary", "v1.1.0", "v1.0.0")
    assert secret_leaves(yaml) == SECRETS_OF_THE_DEFAULT_PROVIDER + 2 * SECRETS_OF_A_TARGET
    assert CANARY not in yaml.everything()


def test_a_target_whose_credentials_fail_is_an_error_for_itself_and_for_its_wave(yaml: YamlHarness) -> None:
    """An engine that continues after errors moves the others of the wave; later waves wait for the repair."""
    example = prepare_yaml(yaml)
    targets = [{**each, "wave": "europe"} for each in example["resources"]["release"]["properties"]["targets"]]
    everyone = with_targets(example, [*targets[:2], {**targets[2], "wave": "rest"}], canary=[], waves=NO_CANARY)
    yaml.write(everyone, example["outputs"], config=example["config"])
    yaml.run("config", "set", "--secret", "shop:euClientSecret", f"{CANARY}-wrong")

    said = yaml.fails("up", "--yes", "--skip-preview", "--continue-on-error")
    assert "release-acme-eu" in said
    assert "run v1.0.0: acme-dev" in said
    assert "failed, or were under way: acme-eu" in said
    assert redeployed(yaml.emulator) == ["acme-dev"]

    yaml.run("config", "set", "--secret", "shop:euClientSecret", f"{CANARY}-acme-eu")
    yaml.up()
    assert redeployed(yaml.emulator) == ["acme-dev", "acme-eu", "acme-us"]
    assert yaml.preview() == {}


def test_a_region_that_answers_503_for_a_while_is_waited_for(yaml: YamlHarness) -> None:
    """At its first call, and again in the midst of its run: nothing is done twice, and no wave is left out."""
    prepare_yaml(yaml)
    admin = yaml.emulator.admin
    admin.settings(delays={"deploying": 2})
    admin.fault({"status": 503}, path="/acme-eu/*", times=3)

    update = yaml.start("up", "--yes", "--skip-preview")
    yaml.wait_for_post("/acme-eu/deployments")
    admin.fault({"status": 503}, path="/acme-eu/*", for_seconds=4)
    code, said = yaml.finish(update)

    assert code == 0, said
    assert redeployed(yaml.emulator) == ["acme-dev", "acme-eu", "acme-us"]
    assert deployments(yaml.emulator) == dict.fromkeys(SHOPS[:3], ("v1.0.0", "Deployed"))
    refused = [call for call in admin.journal() if call["status"] == 503]
    assert len(refused) > 3
    assert {call["client"] for call in refused} == {"acme-eu-client"}


def test_a_canary_that_is_not_wired_stops_the_rollout_and_the_next_up_goes_on(yaml: YamlHarness) -> None:
    """Its scripts run once more; the other targets, which expect the same, follow."""
    example = prepare_yaml(yaml)
    cart: ScriptSpec = {"application": "service", "key": "acme-cart"}
    nothing: ScriptSpec = {**cart, "does": "nothing"}
    yaml.emulator.admin.outcome("deploy", "*", "success", project="acme-dev", scripts=[nothing], times=1)
    for shop in SHOPS[:3]:
        yaml.emulator.admin.outcome("deploy", "*", "success", project=shop, scripts=[cart], times=10)
    targets = example["resources"]["release"]["properties"]["targets"]
    expected = {"service": {"extension": True}}
    eu = {**targets[1], "expect": {"service": {"extension": ["acme-cart"]}}}
    wired = with_targets(example, [targets[0], eu, targets[2]], expect=expected, wired=True)
    yaml.write(wired, example["outputs"], config=example["config"])

    said = yaml.fails("up", "--yes", "--skip-preview")
    assert "the application 'service' is not wired: no Extension of project 'acme-dev' calls" in said
    assert redeployed(yaml.emulator) == ["acme-dev"]

    yaml.up()
    assert redeployed(yaml.emulator) == ["acme-dev", "acme-dev", "acme-eu", "acme-us"]
    assert yaml.preview() == {}


def test_mistakes_are_shown_at_a_preview_with_their_places(yaml: YamlHarness) -> None:
    example = prepare_yaml(yaml)
    first, second, third = example["resources"]["release"]["properties"]["targets"]
    wrong = [first, {**second, "name": "acme-dev"}, {**third, "wave": "rset"}]
    yaml.write(with_targets(example, wrong), example["outputs"], config=example["config"])

    said = yaml.fails("preview")

    assert "targets[1].name: targets[0] has the same name, 'acme-dev'" in said
    assert "targets[2].wave: 'rset' is not the name of a wave; did you mean rest?" in said
    assert "Deployment" not in said


def test_a_stack_moves_from_dynamic_resources_to_the_plugin_and_nothing_that_runs_is_touched(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example of the plugin in Python, with the SDK as users install it."""
    edits = prepare(harness)
    edits['        target("acme-au", "australia-southeast1.gcp", configurations=shop("acme-au")),\n'] = ""
    harness.up()
    harness.emulator.admin.clear_journal()

    monkeypatch.syspath_prepend(str(install_python_sdk(tmp_path / "sdk")))
    plain = {"connectUrl": harness.emulator.url, **{f"{shop[5:]}ClientId": f"{shop}-client" for shop in SHOPS[:3]}}
    secrets = {f"{shop[5:]}ClientSecret": f"{CANARY}-{shop}" for shop in SHOPS[:3]}
    secrets |= {f"{shop[5:]}Token": f"{CANARY}-token-{shop}" for shop in SHOPS[:3]}
    harness.stack.set_all_config(
        {f"demo:{name}": automation.ConfigValue(value) for name, value in plain.items()}
        | {f"demo:{name}": automation.ConfigValue(value, secret=True) for name, value in secrets.items()}
    )
    harness.program = lambda: exec_example("python")
    moved = harness.up()

    assert {call["method"] for call in harness.emulator.admin.journal() if "/deployments" in call["path"]} <= {
        "GET"
    }
    assert tags(moved["summary"])["acme-us"] == ("rest", "", "v1.0.0")
    assert {each["type"] for each in harness.resources()} >= {"commercetools-connect:index:Deployment"}
    assert set(preview(harness)) == {"same"}


NO_CANARY = [{"name": "europe"}, {"name": "rest"}]

SECRETS_OF_THE_DEFAULT_PROVIDER = 2
SECRETS_OF_A_TARGET = 4
"""The client's secret in its provider and one token in its deployment, in inputs and outputs each."""


def prepare_yaml(yaml: YamlHarness) -> dict[str, Any]:
    """Furnish the estate, write the example as it is, configure the stack; return the example."""
    furnish(yaml.emulator, SHOPS[:3])
    example = dict(safe_load((EXAMPLE / "yaml" / "Pulumi.yaml").read_text()))
    yaml.write(example["resources"], example["outputs"], config=example["config"])
    plain = {"connectorKey": "greeter", "tag": "v1.0.0", "bakeTime": "0.1s", "connectUrl": yaml.emulator.url}
    plain |= {f"{shop.removeprefix('acme-')}ClientId": f"{shop}-client" for shop in SHOPS[:3]}
    secrets = {f"{shop.removeprefix('acme-')}ClientSecret": f"{CANARY}-{shop}" for shop in SHOPS[:3]}
    secrets |= {f"{shop.removeprefix('acme-')}Token": f"{CANARY}-token-{shop}" for shop in SHOPS[:3]}
    yaml.run(
        "config",
        "set-all",
        *[f"--plaintext=shop:{name}={value}" for name, value in plain.items()],
        *[f"--secret=shop:{name}={value}" for name, value in secrets.items()],
    )
    return example


def with_targets(example: dict[str, Any], targets: list[Any], **changes: Any) -> dict[str, Any]:
    """Return the resources of the example with other targets, and with other parts of the rollout."""
    release = example["resources"]["release"]
    return {"release": {**release, "properties": {**release["properties"], "targets": targets, **changes}}}


def secret_leaves(yaml: YamlHarness) -> int:
    """Count the values that are encrypted in the state."""
    return json.dumps(yaml.checkpoint()["resources"]).count('"ciphertext"')
