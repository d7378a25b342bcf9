"""A stack that an earlier release left behind goes on with today's code; `make record` adds a release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi import automation

import commercetools_connect
from commercetools_connect.emulator import Emulator
from examples.demo.engine import isolated
from tests.engine.conftest import Harness
from tests.engine.templates import STACK
from tests.engine.yaml_harness import YamlHarness
from tests.upgrade.playing import run_dynamic, write_yaml
from tests.upgrade.recording import VERSIONS, Recording

pytestmark = pytest.mark.long

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
KINDS = {"ConnectorStaged", "ConnectorPublication", "Deployment", "RolloutGate"}


def kinds(resources: list[dict[str, object]]) -> set[str]:
    return {str(each["type"]).rpartition(":")[2] for each in resources} & KINDS


def test_this_version_is_recorded() -> None:
    assert commercetools_connect.__version__ in VERSIONS


@pytest.fixture
def harness(engine_root: Path, command: automation.PulumiCommand, tmp_path: Path) -> Iterator[Harness]:
    """Give a harness without a stack."""
    with isolated(tmp_path, engine_root), Emulator() as emulator:
        yield Harness(command, emulator, tmp_path)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stack_of_dynamic_resources_goes_on(harness: Harness, version: str) -> None:
    """Its pickles are understood: a refresh finds no drift, no change is planned, destroy leaves nothing."""
    recording = Recording(version, "dynamic")
    recording.restore(harness.folder / "state", harness.folder / STACK, harness.emulator)
    harness.program = lambda: run_dynamic(recording)
    held = kinds(harness.resources())

    planned = harness.stack.preview(refresh=True, on_output=harness.said.append).change_summary
    writes = [call["path"] for call in harness.emulator.admin.journal() if call["method"] in WRITES]
    harness.stack.destroy(on_output=harness.said.append)

    dump = harness.emulator.admin.dump()
    assert held == KINDS
    assert planned == {"same": 5}
    assert set(writes) == {"/oauth/token"}
    assert not dump["deployments"]
    assert not dump["drafts"]
    harness.expect_no_secrets()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stack_of_the_plugin_goes_on(engine_root: Path, tmp_path: Path, version: str) -> None:
    """A refresh finds no drift, no change is planned, destroy leaves nothing."""
    recording = Recording(version, "plugin")
    with Emulator() as emulator:
        harness = YamlHarness(tmp_path, emulator, engine_root)
        harness.make_folders()
        write_yaml(harness, recording)
        recording.restore(harness.folder / "state", harness.folder / "program", harness.emulator)
        held = kinds(harness.checkpoint()["resources"])

        planned = harness.preview("--refresh")
        writes = [call["path"] for call in harness.emulator.admin.journal() if call["method"] in WRITES]
        harness.run("destroy", "--yes", "--skip-preview")

        dump = harness.emulator.admin.dump()
        harness.expect_no_secrets()
    assert held == KINDS
    assert planned == {}
    assert set(writes) == {"/oauth/token"}
    assert not dump["deployments"]
    assert not dump["drafts"]
