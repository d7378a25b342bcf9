"""`{{url:application}}` in a value means that application's own URL (API §9.5)."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.results import State
from tests.resources.deployments import (
    DEPLOYMENT,
    changed,
    creates,
    deployed,
    is_stored,
    partial,
    plain_inputs,
    publish,
    published,
    redeploys,
    running,
    simple,
)
from tests.support.world import World

CALLBACK: dict[str, Any] = {
    "configurations": simple(NOTE="{{url:service}}/cb", secured={"EXTRA": "{{url:enabler}}?t=s3cr3t"}),
    "globalConfiguration": {"standardConfiguration": {"SHOP_URL": "{{ url:enabler }}"}},
}


def url(state: State, application: str) -> str:
    urls: Any = state.outputs["urls"]
    return str(urls[application])


def test_the_first_create_deploys_and_redeploys_once_with_the_real_value(world: World) -> None:
    """In standard, secured and global values; a refresh shows no difference."""
    staged, _ = published(world)
    inputs = plain_inputs(world, staged.id, **CALLBACK)
    world.emulator.admin.clear_journal()

    state = world.create(DEPLOYMENT, inputs)

    (there,) = running(world)
    assert (len(creates(world)), len(redeploys(world))) == (1, 1)
    assert there["applications"][0]["standard"]["NOTE"] == f"{url(state, 'service')}/cb"
    assert there["globalValues"]["standard"]["SHOP_URL"] == url(state, "enabler")
    assert is_stored(world, "EXTRA", f"{url(state, 'enabler')}?t=s3cr3t")
    assert not world.diff(DEPLOYMENT, state, inputs)
    assert not world.diff(DEPLOYMENT, world.refreshed(DEPLOYMENT, state), inputs)


def test_a_later_change_is_one_redeploy(world: World) -> None:
    state = deployed(world, **CALLBACK)
    inputs = plain_inputs(
        world, str(state.outputs["connectorId"]), configurations=simple(NOTE="{{url:service}}/v2")
    )
    world.emulator.admin.clear_journal()

    after = world.up(DEPLOYMENT, state, inputs)

    assert len(redeploys(world)) == 1
    assert running(world)[0]["applications"][0]["standard"]["NOTE"] == f"{url(after, 'service')}/v2"


@pytest.mark.parametrize("cut_after", [10, 60], ids=["in the first run", "in the second run"])
@pytest.mark.parametrize("refresh", [False, True])
def test_a_create_that_is_cut_off_goes_on(world: World, cut_after: int, refresh: bool) -> None:
    staged, _ = published(world)
    inputs = plain_inputs(world, staged.id, **CALLBACK)
    world.emulator.admin.clear_journal()
    state = partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=cut_after)).state
    if refresh:
        state = partial(lambda: world.read(DEPLOYMENT, state)).state

    after = world.up(DEPLOYMENT, state, inputs)

    assert is_stored(world, "EXTRA", f"{url(after, 'enabler')}?t=s3cr3t")
    assert len(redeploys(world)) == 1
    assert not world.diff(DEPLOYMENT, after, inputs)


def test_a_first_run_that_fails_is_healed_with_the_real_value(world: World) -> None:
    staged, _ = published(world)
    inputs = plain_inputs(world, staged.id, **CALLBACK)
    world.emulator.admin.outcome("deploy", "derived-greeter", "failure")
    state = partial(lambda: world.create(DEPLOYMENT, inputs)).state

    after = world.up(DEPLOYMENT, state, inputs)

    assert is_stored(world, "EXTRA", f"{url(after, 'enabler')}?t=s3cr3t")
    assert not world.diff(DEPLOYMENT, after, inputs)


def test_a_placeholder_that_another_client_put_back_is_drift(world: World) -> None:
    """It is the same text as in the program, and is not what the program means."""
    state = deployed(world, **CALLBACK)
    changed(world, state, applications={"service": {"standardConfiguration": {"NOTE": "{{url:service}}/cb"}}})
    inputs = plain_inputs(world, str(state.outputs["connectorId"]), **CALLBACK)

    refreshed = world.refreshed(DEPLOYMENT, state)

    assert world.diff(DEPLOYMENT, refreshed, inputs)


def test_an_application_that_does_not_exist_is_an_error_before_any_request(world: World) -> None:
    staged, _ = published(world)
    inputs = plain_inputs(world, staged.id, configurations=simple(NOTE="{{url:servce}}"))
    world.emulator.admin.clear_journal()

    with pytest.raises(InvalidInputError, match="did you mean service"):
        world.create(DEPLOYMENT, inputs)

    assert not world.writes()


@pytest.mark.parametrize("application", ["nightly-job", "event"])
@pytest.mark.parametrize("kind", ["standard", "secured"])
def test_an_application_that_can_have_no_url_is_an_error_before_any_request(
    world: World, application: str, kind: str
) -> None:
    """Of a secured value the message shows no part."""
    staged, _ = published(world)
    value = f"{{{{url:{application}}}}}/cb"
    configurations = simple(NOTE=value) if kind == "standard" else simple(secured={"EXTRA": value})
    inputs = plain_inputs(world, staged.id, configurations=configurations)
    world.emulator.admin.clear_journal()

    with pytest.raises(InvalidInputError, match="has no URL") as caught:
        world.create(DEPLOYMENT, inputs)

    assert (f"url:{application}" in str(caught.value)) == (kind == "standard")
    assert not world.writes()


def test_an_application_without_a_url_keeps_the_deployment_in_the_state(world: World) -> None:
    """Where nothing is validated, that shows only after the deploy."""
    staged, _ = published(world)
    configurations = simple(NOTE="{{url:nightly-job}}")
    inputs = plain_inputs(world, staged.id, configurations=configurations, skipPlanTimeValidation=True)

    ended = partial(lambda: world.create(DEPLOYMENT, inputs))

    assert "names an application without a URL" in str(ended)
    assert ended.state.outputs["status"] == "Deployed"
    assert world.up(DEPLOYMENT, ended.state, plain_inputs(world, staged.id)).id == ended.state.id


def test_the_url_of_an_application_that_comes_with_a_new_version_is_sent_in_a_second_redeploy(
    world: World,
) -> None:
    """And no live secret is overwritten by a placeholder on the way."""
    staged, publication = published(world)
    before = simple(secured={"EXTRA": "live"})
    state = world.create(DEPLOYMENT, plain_inputs(world, staged.id, configurations=before))
    publish(world, staged, publication, "v2.1.0")
    configurations = {
        **simple(secured={"EXTRA": "{{url:newcomer}}/hook"}),
        "newcomer": {"standardConfiguration": {"HOME": "{{url:newcomer}}"}},
    }
    inputs = plain_inputs(world, staged.id, configurations=configurations, connectorTag="v2.1.0")
    world.emulator.admin.clear_journal()
    kept: list[bool] = []
    world.clock.after(25, lambda: kept.append(is_stored(world, "EXTRA", "live")))

    after = world.up(DEPLOYMENT, state, inputs)

    assert kept == [True]
    assert is_stored(world, "EXTRA", f"{url(after, 'newcomer')}/hook")
    assert len(redeploys(world)) == 2
    assert not world.diff(DEPLOYMENT, after, inputs)
