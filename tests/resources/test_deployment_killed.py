"""A process that is killed at any moment loses nothing and doubles nothing: the next `up` goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from commercetools_connect.core.errors import ConflictError, InitFailedError
from commercetools_connect.core.results import State
from tests.resources.deployments import (
    DEPLOYMENT,
    creates,
    deployed,
    is_stored,
    killed,
    plain_inputs,
    published,
    redeploys,
    running,
    same_inputs,
    simple,
)
from tests.support.world import World

STEPS = range(1, 200)


def at_each_step(world: World, act: Any, then: Callable[[int], None]) -> None:
    """Kill `act` at its first, second, third … step, each time in the same world, and do `then`."""
    start = world.emulator.admin.dump()
    for step in STEPS:
        world.emulator.admin.load(start)
        world.emulator.admin.clear_journal()
        was_killed, _ = killed(world, DEPLOYMENT, step, act)
        if not was_killed:
            assert step > 10, "there were steps to kill"
            return
        then(step)
    pytest.fail("it never came to an end")


def in_two_ups(world: World, state: State | None, inputs: Any) -> State:
    """Create or update until it succeeds, at most twice; a third finds nothing to do."""
    for _ in range(2):
        try:
            state = world.up(DEPLOYMENT, state, inputs) if state else world.create(DEPLOYMENT, inputs)
            break
        except InitFailedError as partial:
            state = partial.state
    assert state is not None
    assert not world.diff(DEPLOYMENT, state, inputs)
    assert state.outputs["status"] == "Deployed"
    return state


def refused_because_it_runs(world: World) -> list[str]:
    return redeploys(world, "400")


@pytest.mark.parametrize("reading", ["default", "other"])
@pytest.mark.parametrize("secured", [True, False])
def test_a_killed_create_is_continued(world: World, secured: bool, reading: str) -> None:
    """One Deployment, one request; a redeploy only for secured values, which cannot be compared."""
    world.settings["pollInterval"] = "25"
    world.emulator.admin.settings(assumptions={"44": reading})
    staged, _ = published(world)
    inputs = (world.deployment_inputs if secured else lambda i: plain_inputs(world, i))(staged.id)
    news = world.checked(DEPLOYMENT, inputs)

    def then(step: int) -> None:
        in_two_ups(world, None, inputs)
        assert len(running(world)) == 1, step
        assert len(creates(world)) == 1, step
        assert len(redeploys(world)) <= int(secured), step
        assert not refused_because_it_runs(world), step

    at_each_step(world, lambda resource: resource.create(world.context(), news), then)


@pytest.mark.parametrize("reading", ["default", "other"])
@pytest.mark.parametrize(
    ("configurations", "most"),
    [(simple(GREETING="Moin"), 1), (simple(secured={"API_TOKEN": "rotated"}), 2)],
    ids=["readable", "secured"],
)
def test_a_killed_update_is_continued(world: World, configurations: Any, most: int, reading: str) -> None:
    """What is live already is not deployed again; only a secret, which cannot be compared, is sent once more."""
    world.settings["pollInterval"] = "25"
    world.emulator.admin.settings(assumptions={"44": reading})
    state = deployed(world, configurations=simple())
    inputs = same_inputs(world, state, configurations=configurations)
    news = world.checked(DEPLOYMENT, inputs, olds=state.outputs)

    def then(step: int) -> None:
        after = in_two_ups(world, state, inputs)
        assert len(redeploys(world)) <= most, step
        assert reading == "other" or not refused_because_it_runs(world), step
        assert running(world)[0]["status"] == "Deployed", step
        assert after.outputs["buildId"] != state.outputs["buildId"], step
        if most == 2:
            assert is_stored(world, "API_TOKEN", "rotated"), step

    at_each_step(world, lambda resource: resource.update(world.context(), state, news), then)


@pytest.mark.parametrize("reading", ["default", "other"])
def test_a_killed_delete_is_continued(world: World, reading: str) -> None:
    """The next one joins, and ends in success."""
    world.settings["pollInterval"] = "12"
    world.emulator.admin.settings(assumptions={"8": reading})
    state = deployed(world)

    def then(_: int) -> None:
        world.delete(DEPLOYMENT, state)
        assert not running(world)

    at_each_step(world, lambda resource: resource.delete(world.context(), state), then)


def test_between_the_two_deployments_of_a_value_with_a_url(world: World) -> None:
    """The derived key is this stack's own: the next run repairs it."""
    world.settings["pollInterval"] = "25"
    staged, _ = published(world)
    inputs = plain_inputs(world, staged.id, configurations=simple(NOTE="{{url:service}}/cb"))
    news = world.checked(DEPLOYMENT, inputs)

    def then(step: int) -> None:
        state = in_two_ups(world, None, inputs)
        urls: Any = state.outputs["urls"]
        (there,) = running(world)
        assert there["applications"][0]["standard"]["NOTE"] == f"{urls['service']}/cb", step
        assert len(creates(world)) == 1, step
        assert len(redeploys(world)) == 1, step

    at_each_step(world, lambda resource: resource.create(world.context(), news), then)


@pytest.mark.parametrize("value", ["Moin", "{{url:service}}/cb"], ids=["plain", "with a url"])
@pytest.mark.parametrize("key", ["mine", None], ids=["explicit", "from names"])
def test_a_create_under_a_key_that_proves_nothing(world: World, key: str | None, value: str) -> None:
    """It heals while the deployment is being made; a finished one takes one reading and one command at most.

    What an interrupted run left in place of the URL is no difference.
    """
    world.settings["pollInterval"] = "25"
    staged, _ = published(world)
    inputs = plain_inputs(world, staged.id, key=key, configurations=simple(NOTE=value))
    news = world.checked(DEPLOYMENT, inputs)
    refused: list[int] = []

    def then(step: int) -> None:
        world.settings.pop("adopt", None)
        try:
            state = world.create(DEPLOYMENT, inputs, key_proves_ownership=False)
        except ConflictError as error:
            refused.append(step)
            world.settings["adopt"] = re.findall(r"CTP_ADOPT='([^']+)'", error.remedy)[0]
            state = world.create(DEPLOYMENT, inputs, key_proves_ownership=False)
        assert not world.diff(DEPLOYMENT, state, inputs), step
        assert len(creates(world)) == 1, step
        assert len(redeploys(world)) == int("url" in value), step

    at_each_step(world, lambda resource: resource.create(world.context(key_proves_ownership=False), news), then)
    assert bool(refused) == (key is not None), refused
