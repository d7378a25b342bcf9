"""In one run of the engine no resource deletes or takes what another one holds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commercetools_connect.contract.errors import ConflictError, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.ledger import Ledger
from tests.resources.deployments import DEPLOYMENT, deployed, is_stored, redeploys, running, simple
from tests.support.world import World


def inputs_of(world: World, state: Any, **changes: Any) -> dict[str, Any]:
    return world.deployment_inputs(str(state.outputs["connectorId"]), **changes)


def test_a_replacement_without_a_diff_keeps_the_live_deployment_and_says_so(world: World) -> None:
    """`--target-replace`, a taint, another provider: create finds its own object, and the delete spares it."""
    state = deployed(world)
    news = world.checked(DEPLOYMENT, inputs_of(world, state))

    async def replace(of: Any) -> Any:
        created = await of(DEPLOYMENT).create(world.operation(), news)
        await of(DEPLOYMENT).delete(world.operation(), state)
        return created

    world.emulator.admin.clear_journal()
    created = world.run(replace)

    assert created.id == state.id
    assert len(running(world)) == 1
    assert not [call for call in world.calls() if call.startswith("DELETE")]
    assert "not deleted" in "\n".join(world.said.warnings)


def test_after_a_diff_the_same_resource_still_finds_its_own(world: World) -> None:
    state = deployed(world)
    news = world.checked(DEPLOYMENT, inputs_of(world, state))

    async def replace(of: Any) -> Any:
        await of(DEPLOYMENT).diff(world.operation(), state, news)
        return await of(DEPLOYMENT).create(world.operation(), news)

    assert world.run(replace).id == state.id


@pytest.mark.parametrize("by", ["diff", "read", "update", "create"])
@pytest.mark.parametrize("adopt", [True, False])
def test_a_second_resource_with_the_same_key_is_an_error_that_names_the_first(
    world: World, by: str, adopt: bool
) -> None:
    """Whatever it asks for, also to adopt it; nothing is written, and the first may still be deleted."""
    state = deployed(world, key="mine", configurations=simple(secured={"API_TOKEN": "first"}))
    first = world.checked(
        DEPLOYMENT, inputs_of(world, state, key="mine", configurations=simple(secured={"API_TOKEN": "first"}))
    )
    second = world.checked(
        DEPLOYMENT, inputs_of(world, state, key="mine", adopt=adopt, configurations=simple(GREETING="Moin"))
    )
    one, two = world.operation(urn="urn:first"), world.operation("second", urn="urn:second")

    async def both(of: Any) -> None:
        resource = of(DEPLOYMENT)
        if by == "create":
            await resource.create(one, first)
        elif by == "read":
            await resource.read(one, state)
        else:
            await getattr(resource, by)(one, state, first)
        world.emulator.admin.clear_journal()
        with pytest.raises(ConflictError, match="already managed as urn:first"):
            await resource.create(two, second)
        assert not world.writes()

    world.run(both)
    assert is_stored(world, "API_TOKEN", "first", ref="mine")


def test_two_creates_at_once_never_share_a_deployment(world: World) -> None:
    state = deployed(world, key="mine")
    news = world.checked(DEPLOYMENT, inputs_of(world, state, key="mine"))

    async def both(of: Any) -> list[Any]:
        creates = [of(DEPLOYMENT).create(world.operation(name), news) for name in ("one", "two")]
        return await asyncio.gather(*creates, return_exceptions=True)

    ended = world.run(both)

    assert len([each for each in ended if isinstance(each, ConflictError)]) == 1


def test_a_create_that_was_refused_does_not_protect_what_it_did_not_take(world: World) -> None:
    """The delete that follows in the same run does its work."""
    state = deployed(world, key="mine")
    news = world.checked(DEPLOYMENT, inputs_of(world, state, key="mine", configurations=simple(GREETING="x")))

    async def act(of: Any) -> None:
        with pytest.raises(ConflictError):
            await of(DEPLOYMENT).create(world.operation(), news)
        await of(DEPLOYMENT).delete(world.operation(), state)

    world.run(act)

    assert not running(world)


def test_a_take_over_that_failed_does_not_protect_either(world: World) -> None:
    state = deployed(world)
    news = world.checked(DEPLOYMENT, inputs_of(world, state, connectorTag="v9"))

    async def act(of: Any) -> None:
        with pytest.raises(ProviderError):
            await of(DEPLOYMENT).create(world.operation(), news)
        await of(DEPLOYMENT).delete(world.operation(), state)

    world.run(act)

    assert not running(world)


def test_the_next_process_has_forgotten_it(world: World) -> None:
    state = deployed(world)
    world.create(DEPLOYMENT, inputs_of(world, state))

    world.delete(DEPLOYMENT, state)

    assert not running(world)
    assert not redeploys(world, "400")


def test_it_knows_only_what_it_was_told() -> None:
    ledger = Ledger()
    one, two = Operation("one", derived_key="a"), Operation("two", derived_key="b", urn="urn:two")
    ledger.hold("Deployment", one, "p/1")
    assert not ledger.must_stay("p/1")
    ledger.require_free("Deployment", one, "p/1")
    with pytest.raises(ConflictError, match="Deployment one"):
        ledger.claim("Deployment", two, "p/1")
    assert not ledger.must_stay("p/1")
    ledger.claim("Deployment", one, "p/1")
    assert ledger.must_stay("p/1")
    ledger.claim("Deployment", two, "p/2")
