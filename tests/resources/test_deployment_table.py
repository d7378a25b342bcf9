"""Every row about Deployments in docs/resources.md is true."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.results import State
from tests.resources.deployments import DEPLOYMENT, changed, deployed, published, same_inputs, simple, status
from tests.resources.table_deployments import CASES, Case
from tests.resources.test_destroy import redeploy_elsewhere
from tests.support.world import PROJECT, World


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row.operation}: {case.row.state}")
def test_a_deployment_does_what_its_row_says(world: World, case: Case) -> None:
    state, word, operation = None, case.row.state, case.row.operation
    staged, _ = published(world)
    inputs = _inputs(world, staged.id, word, operation)
    if word != "absent":
        state = _arrange(world, word, operation)
    world.said.warnings.clear()
    world.emulator.admin.clear_journal()

    calls: list[str] = []
    limit = 100 if "unknown status" in word else None
    from_names = "dynamic" in word
    ended, said = _end_of(world, operation, state, inputs, limit, calls, from_names=from_names)

    assert ended == case.ends, said
    assert case.says in "\n".join([said, *world.said.infos, *world.said.warnings, *world.said.statuses])
    assert ", ".join(_words(calls or world.calls())) == case.row.calls


def _inputs(world: World, connector_id: str, word: str, operation: str) -> dict[str, Any]:
    secured = {"API_TOKEN": "t"} if "secured" in word else None
    inputs = world.deployment_inputs(connector_id, configurations=simple(secured=secured))
    if "explicit key" in word:
        different = simple(GREETING="Mine") if "different" in word else simple()
        return {**inputs, "key": "greeter", "configurations": different, "adopt": "adopt" in word}
    if "different" in word:
        return {**inputs, "configurations": simple(GREETING="Mine")}
    return {**inputs, "redeployTrigger": 1} if operation == "update" else inputs


def _arrange(world: World, word: str, operation: str) -> State:
    key = "greeter" if "explicit key" in word else None
    if word.startswith("being made"):
        return _being_made(world, key)
    state = deployed(world, configurations=simple(), key=key)
    if word in ("Queued", "Deploying"):
        return _under_way(world, state, 1 if word == "Queued" else 12, operation)
    _bring(world, state, word)
    if word in ("Failed", "UndeployFailed") and operation == "update":
        with pytest.raises(InitFailedError) as caught:
            world.read(DEPLOYMENT, state)
        return caught.value.state
    return state


def _being_made(world: World, key: str | None) -> State:
    """Return what a create has left that was cut off."""
    staged, _ = published(world)
    inputs = world.deployment_inputs(staged.id, configurations=simple(), key=key)
    with pytest.raises(InitFailedError) as caught:
        world.create(DEPLOYMENT, inputs, time_limit=12)
    return caught.value.state


def _bring(world: World, state: State, word: str) -> None:
    """Let something happen to a live deployment."""
    name = word.partition(",")[0]
    if "another client has redeployed" in word:
        redeploy_elsewhere(world, str(state.outputs["deploymentId"]))
        world.emulator.admin.advance(60)
    elif name == "gone":
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
        if "taken" in word:
            world.create(DEPLOYMENT, same_inputs(world, state))
    elif word == "Undeploying":
        with pytest.raises(ProviderError):
            world.delete(DEPLOYMENT, state, time_limit=2)
    elif word == "a value changed by hand":
        changed(world, state, applications={"service": {"standardConfiguration": {"SHOP_NAME": "Hacked"}}})
    elif "undeploy fails" in word:
        world.emulator.admin.outcome("undeploy", "derived-greeter", "failure")
    elif "unknown status" in word:
        status(world, state, "Verifying")
    elif name != "Deployed":
        status(world, state, name)


def _under_way(world: World, state: State, seconds: float, operation: str) -> State:
    """Start a run that is not the program's and let some of it pass; a delete finds one that takes its time.

    The state that a delete starts from has seen the run begin.
    """
    world.emulator.admin.settings(delays={"queued": 8, "deploying": 400})
    inputs = same_inputs(world, state, configurations=simple(), redeployTrigger=9)
    with pytest.raises(InitFailedError) as caught:
        world.up(DEPLOYMENT, state, inputs, time_limit=seconds)
    return caught.value.state if operation == "delete" else state


def _end_of(
    world: World,
    operation: str,
    state: State | None,
    inputs: Any,
    time_limit: float | None,
    calls: list[str],
    *,
    from_names: bool,
) -> tuple[str, str]:
    try:
        if operation == "create":
            world.create(DEPLOYMENT, inputs, key_proves_ownership=not from_names)
            return "done", ""
        assert state is not None
        if operation == "update":
            world.up(DEPLOYMENT, state, inputs, time_limit=time_limit)
        if operation == "delete":
            world.delete(DEPLOYMENT, state)
        if operation == "refresh":
            refreshed = world.read(DEPLOYMENT, state)
            calls.extend(world.calls())  # the diff belongs to the next up
            if refreshed is None:
                return "gone", ""
            return ("diff" if world.diff(DEPLOYMENT, refreshed, inputs) else "no diff"), ""
    except InitFailedError as partial:
        return "partial", str(partial)
    except ProviderError as error:
        return "error", str(error)
    return "done", ""


def _words(calls: list[str]) -> list[str]:
    """Return the calls in the words of the table; reads by id that follow anything but nothing are polls."""
    reported: list[str] = []
    for call in calls:
        method, path, _ = call.split(" ")
        if path.startswith("/connectors/"):
            word = "GET Connector"
        elif path.endswith("/revisions"):
            word = "GET revisions"
        elif "/key=" in path:
            word = f"{method} deployment by key"
        elif path == f"/{PROJECT}/deployments":
            word = f"{method} deployment{'s' if method == 'GET' else ''}"
        else:
            word = {"POST": "POST redeploy", "GET": "polls" if reported else "GET deployment"}.get(
                method, "DELETE deployment"
            )
        if not (word == "polls" and reported[-1] == "polls"):
            reported.append(word)
    return reported
