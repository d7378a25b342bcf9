"""What a user gets does not depend on the frontend: the same calls, the same state, the same words.

Each scenario runs through both frontends, each run of the engine with a preview before it, and everything that can
be compared is. What differs by design, and is left out of the comparison:

- the form of an error on the wire (code, details): the words in it are compared;
- status lines: the engine replaces those of the plugin, the dynamic frontend prints few of them;
- a preview of an update: Pulumi asks no dynamic provider, so only the plugin knows the outputs that last;
- inputs in the dynamic frontend's state that only its previews need;
- when a published connector is looked at for plan-time checks: Pulumi previews no create of a dynamic resource, so
  that frontend looks when it checks a new deployment, once more where the create then does not come that far;
- when what runs is looked at for them: the dynamic frontend looks in a diff, also in that of the `up`, the plugin
  when Pulumi previews the update.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest

from commercetools_connect.emulator import ScriptSpec
from commercetools_connect.emulator.demo import demo_repositories
from tests.frontends.agreement.conftest import Scenario
from tests.frontends.agreement.engine_clients import PluginFrontend
from tests.frontends.agreement.harness import CANARY, Harness, Program, gate_program, program
from tests.support.marks import UNKNOWN
from tests.support.world import PROJECT, REPOSITORY

SAME = {"ConnectorStaged": "same", "ConnectorPublication": "same", "Deployment": "same"}
CREATE = dict.fromkeys(SAME, "create")
UPDATE = dict.fromkeys(SAME, "update")
HEALTH = {"type": "Error", "title": "Health check failed", "application": "service"}


# The scenarios. Each asserts what it is about, so that the frontends cannot agree on nothing having happened.


def create_all_and_change_nothing(harness: Harness) -> None:
    assert harness.up(program()) == CREATE
    assert harness.up(program()) == SAME
    assert not harness.last.calls
    assert harness.refresh() == dict.fromkeys(SAME, "read")
    assert harness.up(program()) == SAME


def change_a_value(harness: Harness) -> None:
    harness.up(program())
    assert harness.up(program(shop=3)) == {**SAME, "Deployment": "update"}
    assert harness.up(program(shop=3)) == SAME


def rotate_a_secret(harness: Harness) -> None:
    harness.up(program())
    assert harness.up(program(token=f"{CANARY}-2")) == {**SAME, "Deployment": "update"}
    assert ("info", "configurations.service.securedConfiguration.API_TOKEN changes") in harness.last.messages
    assert harness.up(program(token=f"{CANARY}-2")) == SAME


def change_the_connection(harness: Harness) -> None:
    """Members, other members, a name; all lead to one project."""
    members = {"connectUrl": harness.emulator.url, "projectKey": PROJECT, "clientId": "demo-client"}
    members |= {"clientSecret": "demo-secret"}
    harness.engine.config = {**harness.engine.config, "connections": json.dumps({"eu": members})}
    assert harness.up(program(connection=members)) == CREATE
    assert harness.up(program(connection=members)) == SAME
    for other in ({**members, "clientSecret": f"{CANARY}-rotated"}, "eu"):
        assert harness.up(program(connection=other)) == {**SAME, "Deployment": "update"}
        assert not harness.last.calls
        assert harness.up(program(connection=other)) == SAME
    assert harness.refresh() == dict.fromkeys(SAME, "read")
    assert harness.up(program(connection="ue"))["Deployment"] != "update"
    assert "there is no connection 'ue'" in harness.last.errors[0]
    assert harness.destroy() == dict.fromkeys(SAME, "delete")


def change_the_connection_of_expect(harness: Harness) -> None:
    """Members, other members, a name; another client lists, and a change of it makes no call."""
    cart: ScriptSpec = {"application": "service", "key": "acme-cart"}
    harness.emulator.admin.outcome("deploy", "*", "success", scripts=[cart], times=5)
    members = {"connectUrl": harness.emulator.url, "projectKey": PROJECT, "clientId": "demo-client"}
    members |= {"clientSecret": "demo-secret"}
    harness.engine.config = {**harness.engine.config, "connections": json.dumps({"watch": members})}

    def declared(connection: object) -> Program:
        return program(expect={"service": {"extension": True, "connection": connection}})

    assert harness.up(declared(members)) == CREATE
    assert f"GET /{PROJECT}/extensions 200" in harness.last.calls
    assert harness.up(declared(members)) == SAME
    for other in ({**members, "clientSecret": f"{CANARY}-rotated"}, "watch"):
        assert harness.up(declared(other)) == {**SAME, "Deployment": "update"}
        assert not harness.last.calls
        assert harness.up(declared(other)) == SAME
    assert harness.refresh() == dict.fromkeys(SAME, "read")
    assert harness.up(declared({**members, "projectKey": "acme-us"}))["Deployment"] != "update"
    assert "expect.service.connection: is of project acme-us" in harness.last.errors[0]
    assert harness.destroy() == dict.fromkeys(SAME, "delete")


def move_the_tag(harness: Harness) -> None:
    harness.up(program())
    assert harness.up(program(tag="v1.1.0")) == UPDATE


def remove_a_key(harness: Harness) -> None:
    harness.up(program())
    service = {"service": {"standardConfiguration": {"SHOP_NAME": "Acme"}}}
    assert harness.up(program(configurations=service)) == {**SAME, "Deployment": "update"}
    assert any(level == "warning" for level, _ in harness.last.messages)


def fail_and_heal(harness: Harness) -> None:
    harness.emulator.admin.outcome("deploy", "*", "failure", report=[HEALTH])
    assert harness.up(program()) == {**CREATE, "Deployment": "partial"}
    assert "service: Health check failed" in harness.last.errors[0]
    assert harness.refresh()["Deployment"] == "partial"
    assert harness.up(program()) == {**SAME, "Deployment": "update"}
    assert harness.up(program()) == SAME


def fail_to_publish(harness: Harness) -> None:
    entry = {"type": "Error", "title": "SAST failed", "message": "lodash is vulnerable"}
    harness.emulator.admin.outcome("publish", "*", "failure", report=[entry])
    assert "Deployment" not in harness.up(program())
    assert "lodash is vulnerable" in harness.last.errors[0]
    harness.up(program())
    assert harness.up(program()) == SAME


def time_out_and_go_on(harness: Harness) -> None:
    harness.up({kind: each for kind, each in program().items() if kind != "Deployment"})
    assert harness.up(program(), limit=18)["Deployment"] == "partial"
    assert harness.up(program())["Deployment"] == "update"
    assert not [call for call in harness.last.calls if call.startswith("POST") and "deployments" in call]
    assert harness.up(program()) == SAME


def drift(harness: Harness) -> None:
    harness.up(program())
    changes = {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": "Another client's"}}}}
    harness.emulator.admin.patch("deployments", harness.id, changes)
    assert harness.refresh() == dict.fromkeys(SAME, "read")
    assert harness.up(program()) == {**SAME, "Deployment": "update"}


def fail_at_night(harness: Harness) -> None:
    harness.up(program())
    harness.emulator.admin.patch("deployments", harness.id, {"status": "Failed"})
    assert harness.refresh()["Deployment"] == "partial"
    assert harness.up(program()) == {**SAME, "Deployment": "update"}


def vanish(harness: Harness) -> None:
    harness.up(program())
    harness.emulator.admin.delete("deployments", harness.id)
    assert harness.refresh()["Deployment"] == "gone"
    assert harness.up(program()) == {**SAME, "Deployment": "create"}


def vanish_unseen(harness: Harness) -> None:
    harness.up(program())
    harness.emulator.admin.delete("deployments", harness.id)
    assert harness.up(program(shop="Other")) == {**SAME, "Deployment": "failed"}
    assert "pulumi refresh" in harness.last.errors[0]


def move_the_region(harness: Harness) -> None:
    harness.up(program())
    before = harness.id
    assert harness.up(program(region="us-central1.gcp")) == {**SAME, "Deployment": "replace"}
    assert harness.id != before


def replace_everything(harness: Harness) -> None:
    harness.up(program(keys="greeter"))
    assert harness.up(program(keys="greeter-2")) == dict.fromkeys(SAME, "replace, then delete")
    assert len(harness.emulator.admin.dump()["deployments"]) == 1
    # the scripts of the old deployment ran last: the new one is redeployed once
    assert harness.up(program(keys="greeter-2")) == {**SAME, "Deployment": "update"}
    assert harness.up(program(keys="greeter-2")) == SAME


def make_mistakes(harness: Harness) -> None:
    harness.up(program(region="Mars", connector={"id": "x", "key": CANARY}))
    assert len(harness.last.errors) == 2
    assert CANARY not in "".join(harness.last.errors)


def take_over_by_key(harness: Harness) -> None:
    harness.up(program(keys="greeter"))
    harness.engine.state.clear()
    assert harness.up(program(keys="greeter", adopt=True)) == CREATE
    assert any("takes over" in text for _, text in harness.last.messages)
    assert harness.up(program(keys="greeter", adopt=True)) == SAME


def take_over_what_differs(harness: Harness) -> None:
    harness.up(program(keys="greeter"))
    del harness.engine.state["Deployment"]
    assert harness.up(program(keys="greeter", shop="Other"))["Deployment"] == "failed"
    assert "SHOP_NAME" in harness.last.errors[0]


def leave_what_another_stack_made(harness: Harness) -> None:
    harness.up(program(keys="greeter"))
    harness.engine.state.clear()
    assert harness.up(program(keys="greeter"))["ConnectorStaged"] == "failed"
    assert "CTP_ADOPT='connectors/greeter'" in harness.last.errors[0]
    assert not [call for call in harness.last.calls if not call.startswith(("GET", "POST /oauth/token"))]


def lose_the_right_to_deploy(harness: Harness) -> None:
    harness.emulator.admin.clients(
        [{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": f"manage_connectors:{PROJECT}"}]
    )
    assert harness.up(program())["Deployment"] == "failed"
    assert "HTTP 403" in harness.last.errors[0]


def lose_the_right_to_make_api_clients(harness: Harness) -> None:
    """Redeploy to a version that brings the deployment its first API client (API §19 #18)."""
    harness.up(program())
    text = "inheritAs: {apiClient: {scopes: [manage_orders]}}\n" + str(demo_repositories()[1].connect_yaml)
    harness.emulator.admin.repositories([{"url": REPOSITORY, "tag": "v1.1.0", "connectYaml": text}])
    harness.emulator.admin.clients(
        [{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": f"manage_project:{PROJECT}"}]
    )
    assert harness.up(program(tag="v1.1.0"))["Deployment"] == "failed"
    assert f"manage_api_clients:{PROJECT}" in harness.last.errors[0]


def read_all_that_was_amended_otherwise(harness: Harness) -> None:
    """Do everything where each amended row is read the other way, all at once (API §22)."""
    rows: Any = dict.fromkeys(("15", "18", "27", "35", "44", "45", "46", "47", "48"), "other")
    harness.emulator.admin.settings(assumptions={**rows, "4": "third"}, responses={"emptyDetails": True})
    assert harness.up(program()) == CREATE
    assert harness.up(program(tag="v1.1.0")) == UPDATE
    assert harness.up(program(tag="v1.1.0")) == SAME
    assert harness.refresh() == dict.fromkeys(SAME, "read")
    assert harness.up(program(tag="v1.1.0")) == SAME
    assert harness.destroy() == dict.fromkeys(SAME, "delete")


def delete_when(status: str) -> Scenario:
    def delete(harness: Harness) -> None:
        harness.up(program())
        if status == "Undeploying":
            harness.undeployed_by_another_client()
        else:
            harness.emulator.admin.patch("deployments", harness.id, {"status": status})
        assert harness.destroy() == dict.fromkeys(SAME, "delete")
        assert not harness.emulator.admin.dump()["deployments"]

    delete.__name__ = f"delete_when_{status}"
    return delete


def fail_to_delete(harness: Harness) -> None:
    harness.up(program())
    harness.emulator.admin.outcome(
        "undeploy", "*", "failure", report=[{"type": "Error", "title": "preUndeploy failed"}]
    )
    assert harness.destroy()["Deployment"] == "failed"
    assert "preUndeploy failed" in harness.last.errors[0]
    assert harness.destroy()["Deployment"] == "delete"


def open_a_gate(harness: Harness) -> None:
    assert harness.up(gate_program("v1.0.0", "v1.0.0", bakeTime="1m")) == {"RolloutGate": "create"}
    assert harness.up(gate_program("v1.0.0", "v1.0.0", bakeTime="1m")) == {"RolloutGate": "same"}
    assert harness.refresh() == {"RolloutGate": "read"}
    assert harness.up(gate_program("v1.1.0", "v1.0.0")) == {"RolloutGate": "failed"}
    assert "dev runs v1.0.0 (Deployed)" in harness.last.errors[0]
    assert harness.up(gate_program("v1.1.0", "v1.1.0", bakeTime="1m"), limit=30) == {"RolloutGate": "failed"}
    assert harness.up(gate_program("v1.1.0", "v1.1.0")) == {"RolloutGate": "update"}
    assert harness.destroy() == {"RolloutGate": "delete"}
    assert not any(record.calls for record in harness.records)


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
    leave_what_another_stack_made,
    lose_the_right_to_deploy,
    lose_the_right_to_make_api_clients,
    read_all_that_was_amended_otherwise,
    *(delete_when(status) for status in ("Deployed", "Failed", "Deploying", "Undeploying")),
    fail_to_delete,
    open_a_gate,
    change_the_connection,
    change_the_connection_of_expect,
)


RUNNING = re.compile(rf"GET /{PROJECT}/deployments/<\d+> 200")

UNCHECKED = "not everything could be checked at preview"
"""The dynamic frontend says it in the check of an `up` as well, where everything is known."""

MORE_LOOKS = 4
"""At the connector, and at the keys of a draft and of a deployment; the plugin may read a list for these."""

CUT_OFF = (time_out_and_go_on,)
"""Where a wait is cut off: time passes for the emulator until the wait hears of it, so a look less may be left."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
def test_both_frontends_do_and_say_the_same(
    harnesses: Callable[[Scenario], list[Harness]], scenario: Scenario
) -> None:
    plugin, dynamic = harnesses(scenario)

    for ours, theirs in zip(plugin.records, dynamic.records, strict=True):
        assert abs(theirs.looks - ours.looks) <= MORE_LOOKS
        theirs.calls = _without_a_look(theirs.calls, ours.calls)
        theirs.messages = [each for each in theirs.messages if each in ours.messages or UNCHECKED not in each[1]]
        ours.calls = _without_a_look(ours.calls, theirs.calls)
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


def test_the_plugin_goes_on_with_what_the_dynamic_frontend_left(
    harnesses: Callable[[Scenario], list[Harness]],
) -> None:
    """Its state, with what belongs to Pulumi and to that frontend, is no difference, and can be destroyed."""

    def scenario(harness: Harness) -> None:
        dynamic = not harness.frontend.previews
        harness.up(program())
        harness.frontend = harness.engine.frontend = PluginFrontend()
        assert {"__provider" in held.outputs for held in harness.engine.state.values()} == {dynamic}
        assert harness.up(program()) == SAME
        assert not harness.last.calls
        assert harness.refresh() == dict.fromkeys(SAME, "read")
        assert not [
            name for held in harness.engine.state.values() for name in held.outputs if name.startswith("__")
        ]
        assert harness.destroy() == dict.fromkeys(SAME, "delete")

    _, moved = harnesses(scenario)

    assert not [error for record in moved.records for error in record.errors]


def _without_a_look(calls: list[str], others: list[str]) -> list[str]:
    """Return the calls without the one look at what runs that only this frontend takes."""
    for at, call in enumerate(calls):
        if RUNNING.fullmatch(call) and calls[:at] + calls[at + 1 :] == others:
            return others
    return calls


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
