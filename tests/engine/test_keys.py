"""Keys that the plugin derives on a real engine: a killed run finds its objects, and no other stack does."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

from commercetools_connect.emulator import Emulator
from tests.engine.yaml_harness import YamlHarness, program
from tests.support.marks import UNKNOWN

pytestmark = pytest.mark.long


@pytest.fixture
def yaml(yaml: YamlHarness) -> YamlHarness:
    yaml.write(program())
    return yaml


def elsewhere(harness: YamlHarness, name: str) -> YamlHarness:
    """Return a stack of the same program and the same name in a backend of its own; both use one emulator."""
    (harness.folder / name).mkdir()
    other = YamlHarness(harness.folder / name, harness.emulator, harness.engine)
    other.prepare()
    other.write(program())
    return other


def key_of(harness: YamlHarness) -> str:
    return str(harness.resource("index:Deployment")["inputs"]["key"])


def live(emulator: Emulator) -> dict[str, str]:
    """Return the key of each deployment, with its status."""
    dump: Any = emulator.admin.dump()
    return {each["key"]: each["status"] for each in dump["deployments"]}


def planned_key(harness: YamlHarness, name: str) -> str:
    """Return the key that a preview shows for a new deployment."""
    text = harness.run("preview", "--json")
    steps = json.loads(text[text.index("{") :])["steps"]
    (key,) = [
        each["newState"]["inputs"]["key"] for each in steps if each["urn"].endswith(f"index:Deployment::{name}")
    ]
    return str(key)


def with_a_second_deployment() -> dict[str, Any]:
    resources = program()
    return {**resources, "second": {**resources["deployment"], "name": "second"}}


def test_a_new_stack_under_the_old_name_of_a_renamed_one_takes_nothing_over(yaml: YamlHarness) -> None:
    """Both are live side by side, the renamed one keeps its keys, and its `destroy` takes away only its own."""
    yaml.up()
    first = key_of(yaml)
    yaml.run("stack", "rename", "test-old", "--stack", "test")
    yaml.run("stack", "init", "test", "--copy-config-from", "test-old")

    yaml.up()
    second = key_of(yaml)
    both = live(yaml.emulator)
    yaml.run("destroy", "--yes", "--skip-preview")

    assert first != second
    assert first[:-8] == second[:-8] == "shop-test-greeter-"
    assert both == {first: "Deployed", second: "Deployed"}
    assert live(yaml.emulator) == {first: "Deployed"}


def test_stacks_of_equal_names_in_two_backends_are_two_owners_until_one_is_imported_into_the_other(
    yaml: YamlHarness,
) -> None:
    """A state carries the id that keys are derived from: an imported copy derives the keys of its original."""
    copy, other = elsewhere(yaml, "copy"), elsewhere(yaml, "other")
    yaml.up()
    unknown = planned_key(other, "greeter")
    other.up()
    state = yaml.folder / "state.json"
    yaml.run("stack", "export", "--file", str(state), "--stack", "test")
    copy.run("stack", "import", "--file", str(state), "--stack", "test")

    for harness in (yaml, copy, other):
        harness.write(with_a_second_deployment())
    keys = [planned_key(harness, "second") for harness in (yaml, copy, other)]

    assert unknown == UNKNOWN
    assert live(yaml.emulator) == {key_of(yaml): "Deployed", key_of(other): "Deployed"}
    assert key_of(copy) == key_of(yaml)
    assert keys[0] == keys[1] != keys[2]


def test_a_create_that_was_killed_is_found_again_by_a_program_that_has_moved_on(yaml: YamlHarness) -> None:
    """It was the stack's very first `up`; nothing is created twice."""
    yaml.emulator.admin.settings(delays={"deploying": 6})
    running = yaml.start("up", "--yes", "--skip-preview")
    yaml.wait_for_post("/deployments")
    os.killpg(running.pid, signal.SIGKILL)
    yaml.finish(running)
    (killed,) = live(yaml.emulator)
    yaml.emulator.admin.settings(delays={"deploying": 0.05})
    yaml.run("cancel", "--yes")
    yaml.write(program(shop="Other"))

    yaml.up()

    assert live(yaml.emulator) == {killed: "Deployed"}
    assert key_of(yaml) == killed
    assert yaml.resource("index:Deployment")["id"].endswith(yaml.deployment()["id"])
