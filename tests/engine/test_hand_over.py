"""An object moves from one stack to another and stays live: the steps of docs/adopt.md on a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_load

from tests.engine.yaml_harness import PROJECT, YamlHarness, program, staged

pytestmark = pytest.mark.long


@pytest.fixture
def old(engine_root: Path, tmp_path: Path) -> Iterator[YamlHarness]:
    """Return a stack with a live deployment."""
    folder = tmp_path / "old"
    folder.mkdir()
    with staged(folder, engine_root) as harness:
        harness.write(program())
        harness.up()
        harness.emulator.admin.clear_journal()
        yield harness


@pytest.fixture
def new(old: YamlHarness, tmp_path: Path) -> Iterator[YamlHarness]:
    """Return an empty stack in another backend, for the same project of the same host."""
    folder = tmp_path / "new"
    folder.mkdir()
    harness = YamlHarness(folder, old.emulator, old.engine)
    harness.prepare()
    yield harness
    harness.expect_no_secrets()


def without_deployment() -> dict[str, Any]:
    return {name: each for name, each in program().items() if name != "deployment"}


def delete_from_the_state(old: YamlHarness) -> None:
    old.write(without_deployment())
    old.run("state", "delete", old.resource(":Deployment")["urn"], "--yes")


def retain_on_delete(old: YamlHarness) -> None:
    retained = program()
    retained["deployment"]["options"] = {"retainOnDelete": True}
    old.write(retained)
    old.up()
    old.write(without_deployment())
    old.up()


def writes(harness: YamlHarness) -> list[str]:
    """Return each call that was not a read since the journal was cleared."""
    journal = [each for each in harness.emulator.admin.journal() if "oauth" not in each["path"]]
    return [f"{each['method']} {each['path']}" for each in journal if each["method"] != "GET"]


@pytest.mark.parametrize("take_out", [delete_from_the_state, retain_on_delete])
def test_an_object_is_handed_over_without_a_write(old: YamlHarness, new: YamlHarness, take_out: Any) -> None:
    """Secured values in the new program redeploy it once. The old stack never sees it again."""
    identity = f"{PROJECT}/key={old.resource(':Deployment')['outputs']['key']}"
    before = old.deployment()
    generated = new.folder / "generated.yaml"

    take_out(old)
    seen_by_old = old.preview()
    kind = "commercetools-connect:index:Deployment"
    new.run("import", kind, "greeter", identity, "--yes", "--skip-preview", "--out", str(generated))
    resources = safe_load(generated.read_text())["resources"]
    new.write(resources)
    seen_by_new = new.preview()

    assert (seen_by_old, seen_by_new) == ({}, {})
    assert not writes(old)
    assert old.deployment() == before

    resources["greeter"]["properties"]["configurations"]["service"]["securedConfiguration"] = {
        "API_TOKEN": "${apiToken}"
    }
    new.write(resources)
    new.up()
    assert writes(new) == [f"POST /{PROJECT}/deployments/{before['id']}"]
    assert new.preview() == {}
    assert old.preview("--refresh") == {}
    assert old.deployment()["id"] == before["id"]


def test_an_up_of_the_old_stack_between_its_two_steps_takes_the_object_back(old: YamlHarness) -> None:
    """The state lacks it first."""
    before = old.deployment()
    old.run("state", "delete", old.resource(":Deployment")["urn"], "--yes")
    old.up()

    assert old.deployment()["id"] == before["id"]
    assert old.resource(":Deployment")["outputs"]["key"] == before["key"]


def test_an_up_of_the_old_stack_between_its_two_steps_is_refused_for_a_key_of_its_own(old: YamlHarness) -> None:
    """The state lacks it first. The object exists already, and its key does not say whose it is."""
    explicit = program()
    explicit["deployment"]["properties"]["key"] = "tax"
    old.write(explicit)
    old.up()
    before = old.deployment()
    old.run("state", "delete", old.resource(":Deployment")["urn"], "--yes")

    assert "set `adopt: true`" in old.fails("up", "--yes", "--skip-preview")
    assert old.deployment() == before


def test_an_up_of_the_old_stack_without_the_resource_deletes_the_object(old: YamlHarness) -> None:
    """The program lacks it first."""
    old.write(without_deployment())
    old.up()

    assert not old.emulator.admin.dump()["deployments"]
