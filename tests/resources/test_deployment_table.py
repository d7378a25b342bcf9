"""Every row about Deployments in docs/resources.md is true."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.contract.errors import Partial, ProviderError
from commercetools_connect.contract.results import State
from tests.resources.deployments import DEPLOYMENT, changed, deployed, published, simple, status
from tests.resources.table_deployments import CASES, Case
from tests.support.world import PROJECT, World


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row.operation}: {case.row.state}")
def test_a_deployment(world: World, case: Case) -> None:
    state, word, operation = None, case.row.state, case.row.operation
    staged, _ = published(world)
    inputs = _inputs(world, staged.id, word, operation)
    if word != "absent":
        state = _arrange(world, word, operation)
    world.said.warnings.clear()
    world.emulator.admin.clear_journal()

    calls: list[str] = []
    ended, said = _end_of(world, operation, state, inputs, 100 if "nobody knows" in word else None, calls)

    assert ended == case.ends, said
    assert case.says in "\n".join([said, *world.said.infos, *world.said.warnings, *world.said.statuses])
    assert ", ".join(_words(calls or world.calls())) == case.row.calls


def _inputs(world: World, connector_id: str, word: str, operation: str) -> dict[str, Any]:
    secured = {"API_TOKEN": "t"} if "secured" in word else None
    inputs = world.deployment_inputs(connector_id, configurations=simple(secured=secured))
    if word.startswith("somebody"):
        return {**inputs, "key": "greeter", "configurations": simple(GREETING="Mine")}
    return {**inputs, "redeployTrigger": 1} if operation == "update" else inputs


def _arrange(world: World, word: str, operation: str) -> State:
    state = deployed(world, configurations=simple(), key="greeter" if word.startswith("somebody") else None)
    name = word.partition(",")[0]
    if word in ("Queued", "Deploying"):
        return _under_way(world, state, 1 if word == "Queued" else 12)
    if name == "gone":
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
        if "taken" in word:
            world.create(DEPLOYMENT, world.deployment_inputs(str(state.outputs["connectorId"])))
    elif word == "Undeploying":
        with pytest.raises(ProviderError):
            world.delete(DEPLOYMENT, state, time_limit=2)
    elif word == "a value changed by hand":
        changed(world, state, applications={"service": {"standardConfiguration": {"SHOP_NAME": "Hacked"}}})
    elif "undeploy fails" in word:
        world.emulator.admin.outcome("undeploy", "derived-greeter", "failure")
    elif "nobody knows" in word:
        status(world, state, "Verifying")
    elif name not in ("Deployed", "somebody's"):
        status(world, state, name)
    if name in ("Failed", "UndeployFailed") and operation == "update":
        with pytest.raises(Partial) as caught:
            world.read(DEPLOYMENT, state)
        return caught.value.state
    return state


def _under_way(world: World, state: State, seconds: float) -> State:
    """Start a run that is not the program's and let some of it pass; a delete finds one that takes its time."""
    world.emulator.admin.settings(delays={"queued": 8, "deploying": 400})
    inputs = world.deployment_inputs(str(state.outputs["connectorId"]), configurations=simple(), redeployTrigger=9)
    with pytest.raises(Partial):
        world.up(DEPLOYMENT, state, inputs, time_limit=seconds)
    return state


def _end_of(
    world: World, operation: str, state: State | None, inputs: Any, time_limit: float | None, calls: list[str]
) -> tuple[str, str]:
    try:
        if operation == "create":
            world.create(DEPLOYMENT, inputs)
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
    except Partial as partial:
        return "partial", str(partial)
    except ProviderError as error:
        return "error", str(error)
    return "done", ""


def _words(calls: list[str]) -> list[str]:
    """Return the calls in the words of the table; reads by id that follow anything but nothing are polls."""
    told: list[str] = []
    for call in calls:
        method, path, _ = call.split(" ")
        if path.startswith("/connectors/"):
            word = "GET Connector"
        elif "/key=" in path:
            word = f"{method} deployment by key"
        elif path == f"/{PROJECT}/deployments":
            word = f"{method} deployment{'s' if method == 'GET' else ''}"
        else:
            word = {"POST": "POST redeploy", "GET": "polls" if told else "GET deployment"}.get(
                method, "DELETE deployment"
            )
        if not (word == "polls" and told[-1] == "polls"):
            told.append(word)
    return told
