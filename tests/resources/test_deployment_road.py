"""A deployment on the straight road."""

from __future__ import annotations

from tests.support.world import World


def test_a_create_costs_one_lookup_one_metadata_read_one_post_and_polls(world: World) -> None:
    """Nothing more is asked of Connect than needed."""
    staged, _ = world.published()
    world.emulator.admin.clear_journal()

    state = world.create("Deployment", world.deployment_inputs(staged.id))

    calls = world.calls()
    assert calls[:3] == [
        "GET /demo-project/deployments/key=derived-greeter 404",
        f"GET /connectors/{staged.id} 200",
        "POST /demo-project/deployments 201",
    ]
    assert set(calls[3:]) == {f"GET /demo-project/deployments/{state.outputs['deploymentId']} 200"}
    assert state.outputs["status"] == "Deployed"


def test_a_second_up_after_create_or_refresh_makes_no_change(world: World) -> None:
    """Not even a call, without the refresh."""
    staged, _ = world.published()
    inputs = world.deployment_inputs(staged.id)
    state = world.create("Deployment", inputs)
    world.emulator.admin.clear_journal()

    assert not world.diff("Deployment", state, inputs)
    assert not world.calls()

    refreshed = world.read("Deployment", state)
    assert refreshed is not None
    assert refreshed.outputs == state.outputs
    assert not world.diff("Deployment", refreshed, inputs)
