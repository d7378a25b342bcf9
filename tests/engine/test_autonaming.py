"""`pulumi:autonaming` on a real engine, mode by mode: preview, `up`, a killed create and a replacement."""

from __future__ import annotations

import json
import os
import re
import signal
from typing import Any

import pytest
from yaml import safe_load

from tests.engine.yaml_harness import YamlHarness, program
from tests.site.blocks import DOCS, blocks_of
from tests.support.marks import UNKNOWN

pytestmark = pytest.mark.long


@pytest.fixture
def yaml(yaml: YamlHarness) -> YamlHarness:
    yaml.write(program())
    return yaml


def name_by(harness: YamlHarness, **setting: object) -> None:
    """Configure autonaming for the provider."""
    config = harness.folder / "program" / "Pulumi.test.yaml"
    text = config.read_text()
    value = json.dumps({"providers": {"commercetools-connect": setting}})
    config.write_text(text.replace("config:\n", f"config:\n  pulumi:autonaming: {value}\n", 1))


def planned_keys(harness: YamlHarness) -> list[str]:
    """Return the keys that a preview shows, of the draft and of the deployment."""
    text = harness.run("preview", "--json")
    steps = [each["newState"] for each in json.loads(text[text.index("{") :])["steps"] if "newState" in each]
    return [each["inputs"]["key"] for each in steps if "key" in each.get("inputs", {})]


def live(harness: YamlHarness) -> dict[str, str]:
    """Return the key of each deployment, with its region."""
    dump: Any = harness.emulator.admin.dump()
    return {each["key"]: each["region"] for each in dump["deployments"]}


def replaced(region: str) -> dict[str, Any]:
    resources = program()
    resources["deployment"]["properties"]["region"] = region
    return resources


def kill_first_create(harness: YamlHarness) -> str:
    """Kill the first `up` in the create of the deployment, and return the key of that."""
    harness.emulator.admin.settings(delays={"deploying": 20})
    running = harness.start("up", "--yes", "--skip-preview")
    harness.wait_for_post("/deployments")
    os.killpg(running.pid, signal.SIGKILL)
    harness.finish(running)
    (key,) = live(harness)
    harness.emulator.admin.settings(delays={"deploying": 0.05})
    harness.run("cancel", "--yes")
    return key


def setting_of_the_page() -> dict[str, object]:
    """Return the setting that the documentation shows."""
    (block,) = blocks_of(DOCS / "autonaming.md")
    config = safe_load(block.text)["config"]["pulumi:autonaming"]
    return dict(config["providers"]["commercetools-connect"])


@pytest.mark.parametrize(
    ("setting", "pattern"),
    [
        ({"mode": "verbatim"}, r"greeter"),
        ({"pattern": "acme-${name}"}, r"acme-greeter"),
        (setting_of_the_page(), r"acme-greeter-[0-9a-f]{6}"),
    ],
    ids=["verbatim", "pattern", "random pattern"],
)
def test_a_name_lasts_from_a_killed_create_through_previews_to_a_replacement(
    yaml: YamlHarness, setting: dict[str, object], pattern: str
) -> None:
    """What the killed run has begun is still under way; once finished, it needs `adopt`."""
    name_by(yaml, **setting)
    planned = planned_keys(yaml)
    killed = kill_first_create(yaml)
    yaml.up()
    after = live(yaml)
    yaml.write(replaced("us-central1.gcp"))
    yaml.up()

    assert re.fullmatch(pattern, killed)
    # the first preview still makes the provider, of which random parts are drawn
    assert set(planned) == {UNKNOWN if "hex" in str(setting) else killed}
    assert after == {killed: "europe-west1.gcp"}
    assert live(yaml) == {killed: "us-central1.gcp"}
    assert not any("does not support autonaming" in said for said in yaml.said)


def test_disabled_asks_for_keys_before_anything_is_done(yaml: YamlHarness) -> None:
    name_by(yaml, mode="disabled")
    refused = yaml.fails("preview")
    resources = program()
    for name, key in (("draft", "my-draft"), ("deployment", "my-deployment")):
        resources[name]["properties"]["key"] = key
    yaml.write(resources)
    yaml.up()

    assert "key: is required: the autonaming configuration of this stack" in refused
    assert list(live(yaml)) == ["my-deployment"]
