"""A destroy in one go, from any state of the three objects."""

from __future__ import annotations

import re
from itertools import product

import pytest

from commercetools_connect.api import ById, ConnectClient, Redeploy
from commercetools_connect.core.errors import ConflictError, InitFailedError
from commercetools_connect.core.results import State
from tests.resources.connectors import another_client, preview_elsewhere, publish_elsewhere
from tests.resources.deployments import same_inputs
from tests.support.world import PROJECT, ResourceOf, World

DEPLOYMENTS = ("Queued", "Deploying", "Deployed", "Failed", "Undeploying", "UndeployFailed", "gone")
DRAFTS = ("Published", "Processing", "Failed", "InCertification", "pending")


def bring_deployment(world: World, state: State, status: str) -> State:
    """Let the deployment come into that status; a run is one of this stack that was cut off."""
    object_id = str(state.outputs["deploymentId"])
    if status in ("Queued", "Deploying"):
        inputs = same_inputs(world, state, redeployTrigger=1)
        with pytest.raises(InitFailedError) as caught:
            world.up("Deployment", state, inputs, time_limit=2 if status == "Queued" else 12)
        return caught.value.state
    if status == "gone":
        world.emulator.admin.delete("deployments", object_id)
    elif status == "Undeploying":
        another_client(world, lambda client: client.delete_deployment(PROJECT, ById(object_id)))
    else:
        world.emulator.admin.patch("deployments", object_id, {"status": status})
    return state


def redeploy_elsewhere(world: World, object_id: str) -> None:
    """Start a redeploy as a colleague does."""

    async def act(client: ConnectClient) -> None:
        there = await client.get_deployment(PROJECT, ById(object_id))
        await client.update_deployment(PROJECT, ById(object_id), there.version, [Redeploy()])

    another_client(world, act)


def bring_draft(world: World, draft_id: str, status: str) -> None:
    """Let the draft come into that status."""
    if status == "Processing":
        publish_elsewhere(world, draft_id)
    elif status == "pending":
        preview_elsewhere(world, draft_id)
    else:
        world.emulator.admin.patch("drafts", draft_id, {"status": status})


@pytest.mark.parametrize(("deployment", "draft"), list(product(DEPLOYMENTS, DRAFTS)))
def test_a_destroy_leaves_nothing(world: World, deployment: str, draft: str) -> None:
    """Deployment, publication and draft go in this order, each once, and nothing is left."""
    staged, publication = world.published()
    running = world.create("Deployment", world.deployment_inputs(staged.id))
    bring_draft(world, staged.id, draft)
    running = bring_deployment(world, running, deployment)

    destroy(world, staged, publication, running)


def test_a_publication_that_outlives_its_resource_is_reported_and_one_that_goes_with_its_draft_is_not(
    world: World,
) -> None:
    """In a destroy the published connector is deleted a moment later."""
    staged, publication = world.published()

    async def without_publication(resource_of: ResourceOf) -> None:
        draft, context = resource_of("ConnectorStaged"), world.context()
        checked = draft.check(context, staged.inputs, world.staged_inputs())
        await draft.diff(context, staged, checked.inputs)
        await resource_of("ConnectorPublication").delete(context, publication)

    world.said.infos.clear()
    world.delete("ConnectorPublication", publication)
    in_a_destroy = list(world.said.infos)
    world.run(without_publication)

    assert in_a_destroy == []
    assert world.said.infos == [
        "the published Connector stays until its ConnectorStaged is deleted; Connect cannot take it back"
    ]


@pytest.mark.parametrize("status", ["Queued", "Deploying", "Deployed"])
def test_what_a_colleague_has_redeployed_stays_until_the_user_says_that_it_may_go(
    world: World, status: str
) -> None:
    """The error names the command; with it the destroy leaves nothing."""
    staged, publication = world.published()
    running = world.create("Deployment", world.deployment_inputs(staged.id))
    redeploy_elsewhere(world, str(running.outputs["deploymentId"]))
    world.emulator.admin.advance({"Queued": 0, "Deploying": 10, "Deployed": 60}[status])

    with pytest.raises(ConflictError, match="redeployed by another client") as caught:
        world.delete("Deployment", running)
    assert not world.writes()
    (line,) = re.findall(r"CTP_ADOPT='([^']+)'", caught.value.remedy)
    world.settings["adopt"] = line

    destroy(world, staged, publication, running)


def destroy(world: World, staged: State, publication: State, running: State) -> None:
    """Delete all three in the engine's order, and make sure that nothing is left."""
    world.delete("Deployment", running)
    world.delete("ConnectorPublication", publication)
    world.delete("ConnectorStaged", staged)

    dump = world.emulator.admin.dump()
    assert not dump["deployments"]
    assert not dump["drafts"]
