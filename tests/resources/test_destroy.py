"""A destroy in one go, whatever state the three objects are in."""

from __future__ import annotations

from itertools import product

import pytest

from commercetools_connect.api import ById, ConnectClient, Redeploy
from commercetools_connect.contract.results import State
from tests.resources.connectors import preview_elsewhere, publish_elsewhere, someone_else
from tests.support.world import PROJECT, World

DEPLOYMENTS = ("Queued", "Deploying", "Deployed", "Failed", "Undeploying", "UndeployFailed", "gone")
DRAFTS = ("Published", "Processing", "Failed", "InCertification", "pending")


def bring_deployment(world: World, state: State, status: str) -> None:
    """Let the deployment come into that status by the hand or the tool of somebody else."""
    object_id = str(state.outputs["deploymentId"])
    if status == "gone":
        world.emulator.admin.delete("deployments", object_id)
    elif status == "Undeploying":
        someone_else(world, lambda client: client.delete_deployment(PROJECT, ById(object_id)))
    elif status in ("Queued", "Deploying"):
        redeploy_elsewhere(world, object_id)
        world.emulator.admin.advance(10 if status == "Deploying" else 0)
    else:
        world.emulator.admin.patch("deployments", object_id, {"status": status})


def redeploy_elsewhere(world: World, object_id: str) -> None:
    """Start a redeploy as a colleague does."""

    async def act(client: ConnectClient) -> None:
        there = await client.get_deployment(PROJECT, ById(object_id))
        await client.update_deployment(PROJECT, ById(object_id), there.version, [Redeploy()])

    someone_else(world, act)


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
    bring_deployment(world, running, deployment)

    world.delete("Deployment", running)
    world.delete("ConnectorPublication", publication)
    world.delete("ConnectorStaged", staged)

    dump = world.emulator.admin.dump()
    assert not dump["deployments"]
    assert not dump["drafts"]
