"""What a user gets does not depend on the door: the same calls, the same state, the same words.

Each scenario runs through both doors, each run of the engine with a preview before it, and everything that can be
compared is. What differs by design, and is left out of the comparison:

- the form of an error on the wire (code, details): the words in it are compared;
- status lines: the engine replaces those of the plugin, the dynamic door prints few of them;
- a preview of an update: Pulumi asks no dynamic provider, so only the plugin knows the outputs that last;
- inputs in the dynamic door's state that only its previews need;
- when a published connector is looked at for plan-time checks: Pulumi previews no create of a dynamic resource, so
  that door looks when it checks a new deployment, once more where the create then does not come that far.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from itertools import groupby

import pytest

from tests.doors.agreement.conftest import Scenario
from tests.doors.agreement.doors import PluginDoor
from tests.doors.agreement.stage import CANARY, Stage, gate_program, program
from tests.support.marks import UNKNOWN
from tests.support.world import PROJECT

SAME = {"ConnectorStaged": "same", "ConnectorPublication": "same", "Deployment": "same"}
CREATE = dict.fromkeys(SAME, "create")
UPDATE = dict.fromkeys(SAME, "update")
HEALTH = {"type": "Error", "title": "Health check failed", "application": "service"}


# The scenarios. Each asserts what it is about, so that the doors cannot agree on nothing having happened.


def create_all_and_change_nothing(stage: Stage) -> None:
    assert stage.up(program()) == CREATE
    assert stage.up(program()) == SAME
    assert not stage.last.calls
    assert stage.refresh() == dict.fromkeys(SAME, "read")
    assert stage.up(program()) == SAME


def change_a_value(stage: Stage) -> None:
    stage.up(program())
    assert stage.up(program(shop=3)) == {**SAME, "Deployment": "update"}
    assert stage.up(program(shop=3)) == SAME


def rotate_a_secret(stage: Stage) -> None:
    stage.up(program())
    assert stage.up(program(token=f"{CANARY}-2")) == {**SAME, "Deployment": "update"}
    assert ("info", "configurations.service.securedConfiguration.API_TOKEN changes") in stage.last.messages
    assert stage.up(program(token=f"{CANARY}-2")) == SAME


def move_the_tag(stage: Stage) -> None:
    stage.up(program())
    assert stage.up(program(tag="v1.1.0")) == UPDATE


def remove_a_key(stage: Stage) -> None:
    stage.up(program())
    service = {"service": {"standardConfiguration": {"SHOP_NAME": "Acme"}}}
    assert stage.up(program(configurations=service)) == {**SAME, "Deployment": "update"}
    assert any(level == "warning" for level, _ in stage.last.messages)


def fail_and_heal(stage: Stage) -> None:
    stage.emulator.admin.outcome("deploy", "*", "failure", report=[HEALTH])
    assert stage.up(program()) == {**CREATE, "Deployment": "partial"}
    assert "service: Health check failed" in stage.last.errors[0]
    assert stage.refresh()["Deployment"] == "partial"
    assert stage.up(program()) == {**SAME, "Deployment": "update"}
    assert stage.up(program()) == SAME


def fail_to_publish(stage: Stage) -> None:
    entry = {"type": "Error", "title": "SAST failed", "message": "lodash is vulnerable"}
    stage.emulator.admin.outcome("publish", "*", "failure", report=[entry])
    assert "Deployment" not in stage.up(program())
    assert "lodash is vulnerable" in stage.last.errors[0]
    stage.up(program())
    assert stage.up(program()) == SAME


def time_out_and_go_on(stage: Stage) -> None:
    stage.up({kind: each for kind, each in program().items() if kind != "Deployment"})
    assert stage.up(program(), limit=18)["Deployment"] == "partial"
    assert stage.up(program())["Deployment"] == "update"
    assert not [call for call in stage.last.calls if call.startswith("POST") and "deployments" in call]
    assert stage.up(program()) == SAME


def drift(stage: Stage) -> None:
    stage.up(program())
    changes = {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": "Someone else's"}}}}
    stage.emulator.admin.patch("deployments", stage.id, changes)
    assert stage.refresh() == dict.fromkeys(SAME, "read")
    assert stage.up(program()) == {**SAME, "Deployment": "update"}


def fail_at_night(stage: Stage) -> None:
    stage.up(program())
    stage.emulator.admin.patch("deployments", stage.id, {"status": "Failed"})
    assert stage.refresh()["Deployment"] == "partial"
    assert stage.up(program()) == {**SAME, "Deployment": "update"}


def vanish(stage: Stage) -> None:
    stage.up(program())
    stage.emulator.admin.delete("deployments", stage.id)
    assert stage.refresh()["Deployment"] == "gone"
    assert stage.up(program()) == {**SAME, "Deployment": "create"}


def vanish_unseen(stage: Stage) -> None:
    stage.up(program())
    stage.emulator.admin.delete("deployments", stage.id)
    assert stage.up(program(shop="Other")) == {**SAME, "Deployment": "failed"}
    assert "pulumi refresh" in stage.last.errors[0]


def move_the_region(stage: Stage) -> None:
    stage.up(program())
    before = stage.id
    assert stage.up(program(region="us-central1.gcp")) == {**SAME, "Deployment": "replace"}
    assert stage.id != before


def replace_everything(stage: Stage) -> None:
    stage.up(program(keys="greeter"))
    assert stage.up(program(keys="greeter-2")) == dict.fromkeys(SAME, "replace, then delete")
    assert len(stage.emulator.admin.dump()["deployments"]) == 1
    assert stage.up(program(keys="greeter-2")) == SAME


def make_mistakes(stage: Stage) -> None:
    stage.up(program(region="Mars", connector={"id": "x", "key": CANARY}))
    assert len(stage.last.errors) == 2
    assert CANARY not in "".join(stage.last.errors)


def take_over_by_key(stage: Stage) -> None:
    stage.up(program(keys="greeter"))
    stage.engine.state.clear()
    assert stage.up(program(keys="greeter")) == CREATE
    assert any("took over" in text for _, text in stage.last.messages)
    assert stage.up(program(keys="greeter")) == SAME


def take_over_what_differs(stage: Stage) -> None:
    stage.up(program(keys="greeter"))
    del stage.engine.state["Deployment"]
    assert stage.up(program(keys="greeter", shop="Other"))["Deployment"] == "failed"
    assert "SHOP_NAME" in stage.last.errors[0]


def find_an_interrupted_one(stage: Stage) -> None:
    stage.up(program())
    stage.engine.state.clear()
    assert stage.up(program()) == CREATE
    assert any("going on with the existing" in text for _, text in stage.last.messages)


def lose_the_right_to_deploy(stage: Stage) -> None:
    stage.emulator.admin.clients(
        [{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": f"manage_connectors:{PROJECT}"}]
    )
    assert stage.up(program())["Deployment"] == "failed"
    assert "HTTP 403" in stage.last.errors[0]


def delete_when(status: str) -> Scenario:
    def delete(stage: Stage) -> None:
        stage.up(program())
        if status == "Undeploying":
            stage.undeployed_by_someone_else()
        else:
            stage.emulator.admin.patch("deployments", stage.id, {"status": status})
        assert stage.destroy() == dict.fromkeys(SAME, "delete")
        assert not stage.emulator.admin.dump()["deployments"]

    delete.__name__ = f"delete_when_{status}"
    return delete


def fail_to_delete(stage: Stage) -> None:
    stage.up(program())
    stage.emulator.admin.outcome(
        "undeploy", "*", "failure", report=[{"type": "Error", "title": "preUndeploy failed"}]
    )
    assert stage.destroy()["Deployment"] == "failed"
    assert "preUndeploy failed" in stage.last.errors[0]
    assert stage.destroy()["Deployment"] == "delete"


def open_a_gate(stage: Stage) -> None:
    assert stage.up(gate_program("v1.0.0", "v1.0.0", bakeTime="1m")) == {"RolloutGate": "create"}
    assert stage.up(gate_program("v1.0.0", "v1.0.0", bakeTime="1m")) == {"RolloutGate": "same"}
    assert stage.refresh() == {"RolloutGate": "read"}
    assert stage.up(gate_program("v1.1.0", "v1.0.0")) == {"RolloutGate": "failed"}
    assert "dev runs v1.0.0 (Deployed)" in stage.last.errors[0]
    assert stage.up(gate_program("v1.1.0", "v1.1.0", bakeTime="1m"), limit=30) == {"RolloutGate": "failed"}
    assert stage.up(gate_program("v1.1.0", "v1.1.0")) == {"RolloutGate": "update"}
    assert stage.destroy() == {"RolloutGate": "delete"}
    assert not any(record.calls for record in stage.records)


SCENARIOS: tuple[Scenario, ...] = (
    create_all_and_change_nothing,
    change_a_value,
    rotate_a_secret,
    move_the_tag,
    remove_a_key,
    fail_and_heal,
    fail_to_publish,
    time_out_and_go_on,
    drift,
    fail_at_night,
    vanish,
    vanish_unseen,
    move_the_region,
    replace_everything,
    make_mistakes,
    take_over_by_key,
    take_over_what_differs,
    find_an_interrupted_one,
    lose_the_right_to_deploy,
    *(delete_when(status) for status in ("Deployed", "Failed", "Deploying", "Undeploying")),
    fail_to_delete,
    open_a_gate,
)


CUT_OFF = (time_out_and_go_on,)
"""Where a wait is cut off: time passes for the emulator until the wait hears of it, so a look less may be left."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
def test_both_doors_do_and_say_the_same(stages: Callable[[Scenario], list[Stage]], scenario: Scenario) -> None:
    plugin, dynamic = stages(scenario)

    for ours, theirs in zip(plugin.records, dynamic.records, strict=True):
        assert 0 <= theirs.looks - ours.looks <= 1
        if scenario in CUT_OFF:
            ours.calls, theirs.calls = _without_repetitions(ours.calls), _without_repetitions(theirs.calls)
        assert _differences(vars(ours), {**vars(theirs), "looks": ours.looks}) == [], ours.act
    assert _differences(plugin.resting(), dynamic.resting()) == []
    for known_to_plugin, known_to_dynamic in zip(plugin.previews, dynamic.previews, strict=True):
        for kind, known in known_to_dynamic.items():
            assert {name: known_to_plugin[kind].get(name, UNKNOWN) for name in known} == known
    everything = repr([plugin.records, dynamic.records])
    assert CANARY not in everything
    assert "demo-secret" not in everything


def test_the_plugin_goes_on_with_what_the_dynamic_door_left(stages: Callable[[Scenario], list[Stage]]) -> None:
    """Its state, with what belongs to Pulumi and to that door in it, is no difference, and can be destroyed."""

    def scenario(stage: Stage) -> None:
        stage.up(program())
        stage.door = stage.engine.door = PluginDoor()
        assert all("__provider" in held.outputs for held in stage.engine.state.values()) or stage.previews
        assert stage.up(program()) == SAME
        assert not stage.last.calls
        assert stage.refresh() == dict.fromkeys(SAME, "read")
        assert not [name for held in stage.engine.state.values() for name in held.outputs if name.startswith("__")]
        assert stage.destroy() == dict.fromkeys(SAME, "delete")

    _, moved = stages(scenario)

    assert not [error for record in moved.records for error in record.errors]


def _without_repetitions(calls: list[str]) -> list[str]:
    return [call for call, _ in groupby(calls)]


def _differences(left: object, right: object, path: str = "") -> list[str]:
    """Return each path at which two states differ, with both values."""
    if isinstance(left, dict) and isinstance(right, dict):
        names = sorted({*left, *right})
        return [
            found
            for name in names
            for found in _differences(left.get(name, "absent"), right.get(name, "absent"), f"{path}/{name}")
        ]
    if isinstance(left, list) and isinstance(right, list) and left != right:
        compared = difflib.ndiff([str(each) for each in left], [str(each) for each in right])
        return [f"{path} {each}" for each in compared if each.startswith(("+", "-"))]
    return [] if left == right else [f"{path}: {left!r} != {right!r}"]
