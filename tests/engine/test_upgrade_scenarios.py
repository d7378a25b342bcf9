"""Rollouts, keys and imported stacks that an earlier release left behind go on with today's code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi import automation

from commercetools_connect.emulator import Emulator
from tests.upgrade.playing import restored_dynamic, restored_plugin, run_dynamic, running
from tests.upgrade.recording import VERSIONS, Recording

pytestmark = pytest.mark.long

SCENARIOS = ("rollout-three", "rollout-two", "rollout-draft", "keys", "keys-imported")
RECORDED = [
    (version, scenario)
    for version in VERSIONS
    for scenario in SCENARIOS
    if Recording(version, "plugin", scenario).exists
]
OF_ROLLOUTS = [version for version, scenario in RECORDED if scenario == "rollout-three"]
OF_IMPORTS = [version for version, scenario in RECORDED if scenario == "keys-imported"]
WITH_PROVIDERS = "0.1.0"
"""The version whose Rollouts had a provider for each target."""

PUBLISHER = "acme"
"""The project that publishes a connector apart from the stack, where a Rollout has no draft of its own."""


def test_each_version_has_the_same_scenarios_in_both_frontends() -> None:
    missing = [
        (version, frontend, scenario)
        for version in VERSIONS
        for frontend in ("dynamic", "plugin")
        for scenario in SCENARIOS
        if not Recording(version, frontend, scenario).exists
    ]
    assert not missing


@pytest.mark.parametrize(("version", "scenario"), RECORDED)
def test_a_recorded_stack_of_dynamic_resources_goes_on(
    engine_root: Path, command: automation.PulumiCommand, tmp_path: Path, version: str, scenario: str
) -> None:
    """A refresh finds no drift, an `up` changes nothing and keeps all keys, destroy leaves nothing."""
    recording = Recording(version, "dynamic", scenario)
    with (
        running(recording) as emulators,
        restored_dynamic(recording, engine_root, command, tmp_path, emulators) as harness,
    ):
        refreshed = harness.stack.refresh(on_output=harness.said.append).stdout
        done = harness.stack.up(on_output=harness.said.append).stdout
        kept, written = keys(harness.resources()), writes(emulators)
        harness.stack.destroy(on_output=harness.said.append)

        assert changes(refreshed) == {"unchanged"}
        assert changes(done) == {"unchanged"}
        assert kept == keys(recording.resources())
        assert not written
        assert not left(emulators)
        harness.expect_no_secrets()


@pytest.mark.parametrize(("version", "scenario"), RECORDED)
def test_a_recorded_stack_of_the_plugin_goes_on(
    engine_root: Path, tmp_path: Path, version: str, scenario: str
) -> None:
    """A refresh finds no drift, an `up` writes nothing to Connect and keeps all keys, destroy leaves nothing.

    A Rollout that had a provider for each target gives them up: the state changes once.
    """
    recording = Recording(version, "plugin", scenario)
    with running(recording) as emulators:
        harness = restored_plugin(recording, engine_root, tmp_path, emulators)

        refreshed = harness.run("refresh", "--yes", "--skip-preview")
        done = harness.up()
        again = harness.up()
        kept, written = keys(harness.checkpoint()["resources"]), writes(emulators)
        harness.run("destroy", "--yes", "--skip-preview")

        moves = scenario.startswith("rollout") and version == WITH_PROVIDERS
        assert changes(refreshed) == {"unchanged"}
        assert changes(done) == ({"changes", "updated", "deleted"} if moves else {"unchanged"})
        assert changes(again) == {"unchanged"}
        assert kept == keys(recording.resources())
        assert not written
        assert not left(emulators)
        harness.expect_no_secrets()


@pytest.mark.parametrize("version", OF_ROLLOUTS)
def test_a_target_leaves_a_recorded_rollout_of_dynamic_resources(
    engine_root: Path, command: automation.PulumiCommand, tmp_path: Path, version: str
) -> None:
    """Its deployment is undeployed, and nothing is written to the two others, which are in two host regions."""
    recording, later = (Recording(version, "dynamic", each) for each in ("rollout-three", "rollout-two"))
    with (
        running(recording) as emulators,
        restored_dynamic(recording, engine_root, command, tmp_path, emulators) as harness,
    ):
        harness.program = partial(run_dynamic, later)
        harness.up()

        assert writes(emulators) == {("DELETE", "acme-eu")}
        assert deployed(emulators) == [{"acme-dev"}, {"acme-us"}]
        assert harness.urns() == [each["urn"] for each in later.resources()]


@pytest.mark.parametrize("version", OF_ROLLOUTS)
def test_a_target_leaves_a_recorded_rollout_of_the_plugin(engine_root: Path, tmp_path: Path, version: str) -> None:
    """Its deployment is undeployed, and nothing is written to the two others, which are in two host regions.

    One of these gets another name in the same run. No deployment is replaced, and no provider of a target is left.
    """
    recording = Recording(version, "plugin", "rollout-three")
    with running(recording) as emulators:
        harness = restored_plugin(recording, engine_root, tmp_path, emulators)
        program = yaml.safe_load(recording.program.read_text())
        targets = program["resources"]["release"]["properties"]["targets"]
        targets[:] = [targets[0], {**targets[2], "name": "america", "aliases": ["acme-us"]}]
        harness.write(program["resources"], program["outputs"], config=program["config"])

        planned = harness.preview()
        harness.up()
        written, state = writes(emulators), harness.checkpoint()["resources"]

        assert "replace" not in planned
        assert written == {("DELETE", "acme-eu")}
        assert deployed(emulators) == [{"acme-dev"}, {"acme-us"}]
        held = keys(recording.resources())
        assert {urn.rpartition("::")[2]: key for urn, key in keys(state).items()} == {
            "release-acme-dev": next(key for urn, key in held.items() if urn.endswith("acme-dev")),
            "release-america": next(key for urn, key in held.items() if urn.endswith("acme-us")),
        }
        providers = [each for each in state if each["type"].startswith("pulumi:providers:")]
        assert [each["urn"].rpartition("::")[2] for each in providers] == ["default"]
        assert changes(harness.up()) == {"unchanged"}

        # One that leaves after the move is undeployed with the credentials in its own state.
        targets.pop()
        program["resources"]["release"]["properties"]["waves"].pop()
        harness.write(program["resources"], program["outputs"], config=program["config"])
        harness.up()
        assert writes(emulators) == {("DELETE", "acme-eu"), ("DELETE", "acme-us")}
        assert deployed(emulators) == [{"acme-dev"}, set()]
        harness.expect_no_secrets()


@pytest.mark.parametrize("version", OF_IMPORTS)
def test_a_recorded_stack_and_its_import_in_another_backend_hold_the_same_objects(
    engine_root: Path, tmp_path: Path, version: str
) -> None:
    """Both are restored over one Connect: provider and object ids are equal, and neither plans a change."""
    original, copy = (Recording(version, "plugin", each) for each in ("keys", "keys-imported"))
    with running(original) as emulators:
        harnesses = [
            restored_plugin(recording, engine_root, tmp_path / name, emulators)
            for name, recording in {"original": original, "copy": copy}.items()
        ]

        assert [harness.preview("--refresh") for harness in harnesses] == [{}, {}]
        assert ids(harnesses[0].checkpoint()["resources"]) == ids(harnesses[1].checkpoint()["resources"])
        assert not writes(emulators)


def changes(said: str) -> set[str]:
    """Return what the engine has counted at the end of a run: `unchanged`, `updated` and so on."""
    counted = said.rpartition("Resources:")[2]
    return set(re.findall(r"^ +(?:\S+ )?\d+ (\w+)", counted, re.MULTILINE))


def keys(resources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the keys of objects in Connect, by URN."""
    return {
        each["urn"]: each["outputs"]["key"]
        for each in resources
        if each["type"].rpartition(":")[2] in ("ConnectorStaged", "Deployment")
    }


def ids(resources: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """Return the ids of providers and objects, by URN."""
    return {each["urn"]: each.get("id") for each in resources}


def writes(emulators: Sequence[Emulator]) -> set[tuple[str, str]]:
    """Return method and project (or `connectors`) of each call that is no read and asks for no token."""
    return {
        (call["method"], call["path"].split("/")[1])
        for emulator in emulators
        for call in emulator.admin.journal()
        if call["method"] != "GET" and call["path"] != "/oauth/token"
    }


def deployed(emulators: Sequence[Emulator]) -> list[set[str]]:
    """Return the projects that have deployments, for each emulator."""
    return [{each["project"] for each in emulator.admin.dump()["deployments"]} for emulator in emulators]


def left(emulators: Sequence[Emulator]) -> list[str]:
    """Return the keys of deployments, and of drafts that the publisher has not made."""
    dumps = [emulator.admin.dump() for emulator in emulators]
    return [
        each["key"]
        for dump in dumps
        for each in (*dump["deployments"], *dump["drafts"])
        if each["project"] != PUBLISHER
    ]
