"""A deployment is made, changed and removed, whichever way Connect is in what became known late (API §22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from commercetools_connect.core.errors import ProviderError
from tests.resources.deployments import (
    DEPLOYMENT,
    GLOBAL,
    applications,
    canary,
    deployed,
    is_stored,
    killed,
    publish,
    published,
    redeploys,
    releases,
    same_inputs,
    simple,
)
from tests.support.world import PROJECT, REPOSITORY, World

READINGS: Mapping[str, Mapping[str, Any]] = {
    "by default": {},
    **{
        f"{row} {reading}": {"assumptions": {row: reading}}
        for row, reading in [
            ("4", "other"), ("4", "third"), ("15", "other"), ("18", "other"), ("18", "third"), ("27", "other"),
            ("35", "other"), ("44", "other"), ("45", "other"), ("46", "other"), ("47", "other"), ("48", "other"),
        ]
    },
    "details are empty while Deploying": {"responses": {"emptyDetails": True}},
    "details are empty, the old run shows": {"responses": {"emptyDetails": True}, "assumptions": {"44": "other"}},
}  # fmt: skip

every_reading = pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS.keys())
FIRST_ANSWERS = ["47 other", "48 other", "details are empty, the old run shows"]
NEEDS_CLIENT = "  apiClient: {scopes: [manage_orders]}\n"
LISTENING = {**simple(secured={"API_TOKEN": canary}), "event": {}}


@every_reading
def test_one_up_makes_it_one_up_changes_it_and_the_next_has_nothing_to_do(
    world: World, reading: Mapping[str, Any]
) -> None:
    world.emulator.admin.settings(**reading)
    staged, publication = published(world)
    state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=LISTENING))
    assert "event" in applications(state)
    inputs = same_inputs(world, state, configurations=LISTENING, connectorTag="v2.1.0")
    publish(world, staged, publication, "v2.1.0")
    world.emulator.admin.clear_journal()

    state = world.up(DEPLOYMENT, state, inputs)

    assert state.outputs["deployedTag"] == "v2.1.0"
    assert len(redeploys(world)) == 1
    world.emulator.admin.advance(3600)
    assert not world.diff(DEPLOYMENT, state, inputs)
    assert not world.diff(DEPLOYMENT, world.refreshed(DEPLOYMENT, state), inputs)
    assert is_stored(world, "API_TOKEN", canary)
    world.delete(DEPLOYMENT, state)


@pytest.mark.parametrize("reading", [READINGS[name] for name in FIRST_ANSWERS], ids=FIRST_ANSWERS)
@pytest.mark.parametrize("step", [2, 3, 4])
def test_a_create_that_was_killed_is_gone_on_with(world: World, reading: Mapping[str, Any], step: int) -> None:
    """Also when the first answer shows addresses already, or no build."""
    world.emulator.admin.settings(**reading)
    staged, _ = published(world)
    inputs = world.deployment_inputs(staged.id, configurations=LISTENING)
    news = world.checked(DEPLOYMENT, inputs)

    killed(world, DEPLOYMENT, step, lambda resource: resource.create(world.context(), news))
    state = world.create(DEPLOYMENT, inputs)

    assert state.outputs["status"] == "Deployed"
    assert not world.diff(DEPLOYMENT, state, inputs)


@pytest.mark.parametrize("reading", ["default", "other", "third"])
def test_a_redeploy_that_brings_the_first_api_client_names_the_scope_that_it_needs(
    world: World, reading: str
) -> None:
    """API §19 #18: the version before generated no client, so the create needed no such scope."""
    world.emulator.admin.settings(assumptions={"18": reading})
    state = deployed(world)
    needy = GLOBAL + NEEDS_CLIENT
    text = needy + "deployAs:\n  - {name: service, applicationType: service, endpoint: /service}\n"
    world.emulator.admin.repositories([{"url": REPOSITORY, "tag": "v3.0.0", "connectYaml": text}])
    world.emulator.admin.patch("connectors", str(state.outputs["connectorId"]), {"tag": "v3.0.0"})
    scopes = f"manage_project:{PROJECT}"
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}])
    inputs = same_inputs(world, state, configurations={}, connectorTag="v3.0.0", skipPlanTimeValidation=True)

    if reading == "third":
        assert world.up(DEPLOYMENT, state, inputs).outputs["deployedTag"] == "v3.0.0"
        return
    with pytest.raises(ProviderError) as caught:
        world.up(DEPLOYMENT, state, inputs)
    assert f"manage_api_clients:{PROJECT}" in str(caught.value)
    assert "inheritAs.apiClient" in str(caught.value)


def test_a_build_that_moves_by_itself_is_no_reason_to_redeploy(world: World) -> None:
    """API §19 #48: the platform rebuilds; nothing of the program has changed."""
    state = deployed(world)
    inputs = same_inputs(world, state)
    world.emulator.admin.rebuild(PROJECT, str(state.outputs["deploymentId"]))

    refreshed = world.refreshed(DEPLOYMENT, state)

    assert refreshed.outputs["buildId"] != state.outputs["buildId"]
    assert not world.diff(DEPLOYMENT, state, inputs)
    assert not world.diff(DEPLOYMENT, refreshed, inputs)


@pytest.mark.parametrize("reading", ["default", "other"])
def test_the_topic_that_a_state_shows_is_the_one_that_the_last_run_left(world: World, reading: str) -> None:
    """API §19 #45: a Subscription made from the output is never left on an old topic."""
    world.emulator.admin.settings(assumptions={"45": reading})
    releases(world)
    state = deployed(world, configurations=LISTENING)
    after = world.up(DEPLOYMENT, state, same_inputs(world, state, configurations=LISTENING, redeployTrigger=1))
    assert topics(after) == topics(world.refreshed(DEPLOYMENT, after))
    assert (topics(after) == topics(state)) == (reading == "other")


def topics(state: Any) -> list[str]:
    return [each["topic"] for each in state.outputs["applications"] if each.get("topic")]
