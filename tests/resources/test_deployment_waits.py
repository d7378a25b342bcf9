"""A wait that does not come to its end loses nothing; one that does has evidence."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import NotReachedError, ProviderError
from tests.resources.deployments import (
    DEPLOYMENT,
    creates,
    deployed,
    partial,
    plain_inputs,
    published,
    redeploys,
    running,
    same_inputs,
    simple,
)
from tests.support.world import PROJECT, World


@pytest.mark.parametrize("how", ["time limit", "cancelled", "forbidden", "unauthorized"])
@pytest.mark.parametrize("moment", [6, 12, 30])
def test_a_create_that_is_cut_off_is_partial_with_id_and_what_is_true(world: World, how: str, moment: int) -> None:
    """And the next update joins: no second request, no redeploy."""
    staged, _ = published(world)
    inputs = world.deployment_inputs(staged.id)
    world.emulator.admin.clear_journal()
    news = world.checked(DEPLOYMENT, inputs)

    ended = partial(lambda: cut(world, how, moment, lambda resource, context: resource.create(context, news)))

    assert ended.state.id == f"{PROJECT}/{running(world)[0]['id']}"
    assert ended.state.outputs["status"] in ("Queued", "Deploying")
    world.emulator.admin.clear_faults()
    after = world.up(DEPLOYMENT, ended.state, inputs)
    assert len(creates(world)) == 1
    assert not redeploys(world)
    assert not world.diff(DEPLOYMENT, after, inputs)


@pytest.mark.parametrize("how", ["time limit", "cancelled", "forbidden", "unauthorized"])
@pytest.mark.parametrize("reading", ["default", "other"])
@pytest.mark.parametrize("moment", [3, 6, 20])
def test_an_update_that_is_cut_off_is_partial_and_the_next_one_joins(
    world: World, how: str, moment: int, reading: str
) -> None:
    """Also where the old status shows for a while after the request (API §19 #44): never success on its word."""
    state = deployed(world)
    world.emulator.admin.settings(assumptions={"44": reading})
    inputs = same_inputs(world, state, configurations=simple(GREETING="Moin", secured={"API_TOKEN": "rotated"}))
    news = world.checked(DEPLOYMENT, inputs, olds=state.outputs)
    world.emulator.admin.clear_journal()

    ended = partial(
        lambda: cut(world, how, moment, lambda resource, context: resource.update(context, state, news))
    )

    world.emulator.admin.clear_faults()
    assert world.diff(DEPLOYMENT, ended.state, inputs)
    after = world.up(DEPLOYMENT, ended.state, inputs)
    assert running(world)[0]["status"] == "Deployed"
    assert after.outputs["buildId"] != state.outputs["buildId"]
    assert len(redeploys(world)) == 1
    assert not redeploys(world, "400")


@pytest.mark.parametrize("step", ["create", "update", "delete"])
@pytest.mark.parametrize("how", ["time limit", "cancelled"])
def test_a_stop_and_a_time_limit_end_the_pause_between_repeated_requests(
    world: World, how: str, step: str
) -> None:
    """One policy repeats a create, an update and a delete that Connect may not have received."""
    write = "DELETE" if step == "delete" else "POST"
    if step == "create":
        staged, _ = published(world)
        news = world.checked(DEPLOYMENT, world.deployment_inputs(staged.id))
    else:
        state = deployed(world)
        news = world.checked(DEPLOYMENT, same_inputs(world, state, redeployTrigger=1), olds=state.outputs)
    world.emulator.admin.fault({"status": 503}, method=write, path="*/deployments*", times=999)
    world.emulator.admin.clear_journal()
    operations: dict[str, Any] = {
        "create": lambda resource, context: resource.create(context, news),
        "update": lambda resource, context: resource.update(context, state, news),
        "delete": lambda resource, context: resource.delete(context, state),
    }

    with pytest.raises(ProviderError, match="cancelled" if how == "cancelled" else "503"):
        cut(world, how, 25, operations[step])

    assert len([call for call in world.calls() if call.startswith(write)]) == 3  # after 0, 5 and 15 seconds


def cut(world: World, how: str, moment: float, act: Any) -> Any:
    context = world.context(time_limit=moment if how == "time limit" else None)
    if how == "cancelled":
        world.clock.after(moment, context.cancellation.cancel)
    if how in ("forbidden", "unauthorized"):
        code: Any = 403 if how == "forbidden" else 401
        world.clock.after(
            moment,
            lambda: world.emulator.admin.fault({"status": code}, method="GET", path="/*/deployments/*", times=999),
        )
    return world.run(lambda of: act(of(DEPLOYMENT), context))


@pytest.mark.parametrize("status", [500, 503])
def test_an_outage_of_nine_minutes_is_survived(world: World, status: int) -> None:
    staged, _ = published(world)
    inputs = plain_inputs(world, staged.id)
    world.clock.after(
        6,
        lambda: world.emulator.admin.fault(
            {"status": status}, method="GET", path="/*/deployments/*", for_seconds=540
        ),
    )

    assert world.create(DEPLOYMENT, inputs).outputs["status"] == "Deployed"

    assert len(creates(world)) == 1
    assert world.clock.monotonic() > 540


def test_an_outage_of_half_an_hour_is_partial(world: World) -> None:
    staged, _ = published(world)
    inputs = plain_inputs(world, staged.id)
    world.clock.after(
        6, lambda: world.emulator.admin.fault({"status": 500}, method="GET", path="/*/deployments/*", times=9999)
    )

    ended = partial(lambda: world.create(DEPLOYMENT, inputs))

    assert "cannot be read" in str(ended)
    world.emulator.admin.clear_faults()
    assert world.up(DEPLOYMENT, ended.state, inputs).outputs["status"] == "Deployed"


@pytest.mark.parametrize("refresh", [False, True])
def test_a_redeploy_that_never_begins_is_asked_for_again(world: World, refresh: bool) -> None:
    """Accepted, and nothing happens: never a success, and the next `up` does not take it for done."""
    state = deployed(world)
    world.emulator.admin.settings(assumptions={"44": "other"}, delays={"queued": 9000})
    inputs = same_inputs(world, state, configurations=simple(GREETING="Moin"))

    last = partial(lambda: world.up(DEPLOYMENT, state, inputs)).state
    world.emulator.admin.settings(assumptions={"44": "default"}, delays={"queued": 8})
    world.emulator.admin.patch(
        "deployments", str(state.outputs["deploymentId"]), {"status": "Deployed", "version": 3}
    )
    if refresh:
        last = partial(lambda: world.read(DEPLOYMENT, last)).state
    world.emulator.admin.clear_journal()

    assert world.diff(DEPLOYMENT, last, inputs)
    after = world.up(DEPLOYMENT, last, inputs)

    assert len(redeploys(world)) == 1
    assert after.outputs["buildId"] != state.outputs["buildId"]
    assert not world.diff(DEPLOYMENT, after, inputs)


def test_waiting_for_another_clients_undeployment_can_be_cut_off(world: World) -> None:
    """A create that waits for its key to be free has made nothing."""
    state = deployed(world)
    with pytest.raises(NotReachedError):
        world.delete(DEPLOYMENT, state, time_limit=2)
    world.emulator.admin.clear_journal()

    with pytest.raises(NotReachedError):
        world.create(DEPLOYMENT, same_inputs(world, state), time_limit=2)

    assert not world.writes()


def test_a_draft_does_not_outlive_a_short_time_limit(world: World) -> None:
    state = deployed(world)
    world.emulator.admin.patch("deployments", str(state.outputs["deploymentId"]), {"status": "Draft"})

    ended = partial(
        lambda: world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1), time_limit=20)
    )

    assert world.clock.monotonic() < 150
    assert ended.state.outputs["status"] == "Draft"
    assert not redeploys(world)
