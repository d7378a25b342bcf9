"""A replacement never deletes on hope: what lives goes only after everything that the new one needs was read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from commercetools_connect.core.errors import ConflictError, InvalidInputError, ProviderError
from commercetools_connect.core.values import UNKNOWN
from tests.resources.deployments import (
    DEPLOYMENT,
    ELSEWHERE,
    creates,
    deployed,
    plain_inputs,
    published,
    running,
    same_inputs,
    simple,
    skipping,
)
from tests.resources.steps import steps
from tests.support.world import World


class TestOrder:
    @pytest.mark.parametrize("change", [{"key": "another"}, {"projectKey": "elsewhere"}], ids=str)
    def test_another_key_or_project_creates_first_and_needs_no_proof(self, world: World, change: Any) -> None:
        """A create that fails leaves the old one live: also with a mistake nothing is in danger."""
        state = deployed(world)
        world.emulator.admin.clear_journal()

        found = world.diff(
            DEPLOYMENT,
            state,
            same_inputs(world, state, **change, connector={"key": "typo"}, skipPlanTimeValidation=True),
        )

        assert found.replaces
        assert not found.delete_before_replace
        assert not world.calls()

    @pytest.mark.parametrize(
        "change", [ELSEWHERE, {"type": "production", "acceptUnprovenReplacement": True}], ids=str
    )
    def test_another_place_under_the_same_key_deletes_first(self, world: World, change: Any) -> None:
        """Two deployments of one project cannot have the same key."""
        state = deployed(world)

        found = world.diff(DEPLOYMENT, state, same_inputs(world, state, **change))

        assert found.replaces
        assert found.delete_before_replace

    def test_a_create_first_that_fails_leaves_the_old_one_live(self, world: World) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, key="another", connector={"key": "typo"}, skipPlanTimeValidation=True)

        async def up(of: Any) -> None:
            with pytest.raises(ProviderError):
                await steps(of, world, DEPLOYMENT, inputs, state).create_first()

        world.run(up)

        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]


class TestCascade:
    """Another resource's delete before replacement: the engine asks without a check, and with unknown values."""

    @pytest.mark.parametrize("change", [{"connector": {"id": UNKNOWN}}, {"region": UNKNOWN}], ids=str)
    def test_one_that_would_replace_is_an_error(self, world: World, change: Any) -> None:
        state = deployed(world)
        news = world.checked(
            DEPLOYMENT,
            same_inputs(world, state, **change, skipPlanTimeValidation=True),
            olds=state.inputs,
        )

        with pytest.raises(InvalidInputError, match="would be deleted before anything is known") as caught:
            world.run(lambda of: of(DEPLOYMENT).diff(world.context(), state, news))

        assert "deleteBeforeReplace" in caught.value.remedy

    def test_one_that_would_only_update_is_none(self, world: World) -> None:
        state = deployed(world)
        news = world.checked(
            DEPLOYMENT, same_inputs(world, state, configurations=simple(GREETING=UNKNOWN)), olds=state.inputs
        )

        found = world.run(lambda of: of(DEPLOYMENT).diff(world.context(), state, news))

        assert found
        assert not found.replaces


class TestRefresh:
    @skipping
    @pytest.mark.parametrize("change", [ELSEWHERE, {"type": "production"}, {"region": "mars-north1.gcp"}], ids=str)
    def test_its_diff_proves_nothing_and_fails_for_nothing(self, world: World, change: Any, skip: bool) -> None:
        """It follows no check; what it finds is drift, and nothing is replaced by it."""
        state = deployed(world)
        news = world.checked(
            DEPLOYMENT,
            same_inputs(world, state, **change, skipPlanTimeValidation=skip),
            olds=state.inputs,
        )
        world.emulator.admin.delete("connectors", str(state.outputs["connectorId"]))

        found = world.run(lambda of: of(DEPLOYMENT).diff(world.context(), state, news))

        assert found.replaces
        assert not [each for each in world.said.warnings if "proven" in each]


class TestRenamedWithAnAlias:
    """The engine checks the new name, and deletes the object under the old one."""

    @pytest.mark.parametrize("change", [{}, {"key": "another"}], ids=["same key", "another key"])
    @pytest.mark.parametrize("forced", [False, True], ids=["diff", "--replace"])
    def test_the_delete_is_proven_nevertheless(self, world: World, change: Any, forced: bool) -> None:
        state = deployed(world)
        key = {"key": state.outputs["key"]}
        typo = same_inputs(
            world, state, connector={"key": "typo"}, skipPlanTimeValidation=True, **{**key, **change}
        )
        old, new = world.context("old", urn="urn:old"), world.context("new", urn="urn:new")

        async def up(of: Any) -> None:
            resource = of(DEPLOYMENT)
            if not forced:
                news = world.check(resource, new, state.inputs, typo)
                with suppress(InvalidInputError):  # a delete-first that the diff itself decides ends here already
                    await resource.diff(new, state, news)
            world.check(resource, new, {}, typo)
            with pytest.raises(InvalidInputError, match="no published Connector with key 'typo'"):
                await resource.delete(old, state)

        if forced and change:
            pytest.skip("neither an id nor a key leads from the old name to the new one")
        world.run(up)

        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]


class TestKept:
    """`retainOnDelete`: the old one is not deleted, and stands in the way of the new one."""

    @pytest.mark.parametrize(
        "change", [ELSEWHERE, {"type": "production", "acceptUnprovenReplacement": True}], ids=str
    )
    def test_the_create_under_the_same_key_is_an_error_that_says_so(self, world: World, change: Any) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, **change)

        async def up(of: Any) -> None:
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            await mine.diff()
            world.emulator.admin.clear_journal()
            with pytest.raises(ProviderError) as caught:
                await mine.create()
            for part in ("retainOnDelete", "a key of its own", "revert"):
                assert part in str(caught.value)
            assert not world.writes()

        world.run(up)

    def test_a_new_key_that_belongs_to_another_object_says_so_too(self, world: World) -> None:
        state = deployed(world)
        world.create(DEPLOYMENT, same_inputs(world, state, key="another"), name="other")
        inputs = same_inputs(world, state, key="another")

        async def up(of: Any) -> None:
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            await mine.diff()
            with pytest.raises(ConflictError) as caught:
                await mine.create()
            assert "if you asked for a replacement" in caught.value.remedy
            assert "`retainOnDelete` kept the old object" in caught.value.remedy

        world.run(up)


def test_the_create_after_a_delete_first_that_was_cut_off_heals(world: World) -> None:
    """The process was killed between the two: the state has nothing, and the next `up` creates."""
    state = deployed(world)
    inputs = same_inputs(world, state, **ELSEWHERE)
    world.emulator.admin.clear_journal()

    async def cut(of: Any) -> None:
        mine = steps(of, world, DEPLOYMENT, inputs, state)
        await mine.diff()
        mine.check_again()
        await mine.delete()

    world.run(cut)
    assert not running(world)
    created = world.create(DEPLOYMENT, inputs)

    assert created.outputs["status"] == "Deployed"
    assert not world.diff(DEPLOYMENT, created, inputs)
    assert len(creates(world)) == 1


def test_previews_of_creates_and_updates_need_no_proof(world: World) -> None:
    """Only what takes something live away."""
    staged, _ = published(world)
    state = world.create(DEPLOYMENT, plain_inputs(world, staged.id))
    world.emulator.admin.clear_journal()

    assert not world.diff(DEPLOYMENT, state, plain_inputs(world, staged.id))

    assert not world.calls()
