"""A preview says whether a create will make, continue with, take over or be refused; it changes nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commercetools_connect.core.errors import ConflictError, InvalidInputError, ProviderError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN
from tests.resources.connectors import draft_in
from tests.resources.deployments import DEPLOYMENT, deployed, partial, published, same_inputs, simple
from tests.resources.steps import Steps, steps
from tests.support.world import PROJECT, World

STAGED = "ConnectorStaged"


async def preview(mine: Steps) -> None:
    """Check without old inputs, and preview the create."""
    await mine.resource.preview_create(mine.context, mine.check_again())


def previewed(world: World, kind: str, inputs: Any, **options: Any) -> None:
    """Preview a create in a process of its own; nothing may be written by it."""
    world.said.infos.clear()
    world.said.warnings.clear()
    world.emulator.admin.clear_journal()
    try:
        world.run(lambda of: preview(steps(of, world, kind, inputs, **options)))
    finally:
        assert not world.writes()


class TestDeployment:
    def test_where_nothing_stands_under_the_key_nothing_is_said(self, world: World) -> None:
        staged, _ = published(world)

        previewed(world, DEPLOYMENT, world.deployment_inputs(staged.id))

        assert not world.said.infos
        assert not world.said.warnings
        assert world.calls() == [f"GET /{PROJECT}/deployments 200"]

    def test_what_is_not_known_yet_costs_no_call(self, world: World) -> None:
        staged, _ = published(world)

        previewed(world, DEPLOYMENT, world.deployment_inputs(staged.id, configurations=simple(GREETING=UNKNOWN)))

        assert not world.calls()

    def test_it_continues_with_what_a_killed_run_has_left(self, world: World) -> None:
        state = deployed(world)

        previewed(world, DEPLOYMENT, same_inputs(world, state, configurations=simple(GREETING="Moin")))

        assert "continues with the existing Deployment derived-greeter" in "\n".join(world.said.infos)
        assert not world.said.warnings

    def test_it_joins_what_is_being_made(self, world: World) -> None:
        staged, _ = published(world)
        inputs = world.deployment_inputs(staged.id, key="mine")
        partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10))

        previewed(world, DEPLOYMENT, inputs)

        assert "an interrupted run left unfinished" in "\n".join(world.said.infos)

    def test_it_takes_over_an_equal_one_under_a_key_from_names_and_warns(self, world: World) -> None:
        state = deployed(world)

        previewed(world, DEPLOYMENT, same_inputs(world, state), key_proves_ownership=False)

        assert "another stack of the same names" in "\n".join(world.said.warnings)

    @pytest.mark.parametrize("how", ["program", "configuration"])
    def test_it_takes_over_what_the_user_names(self, world: World, how: str) -> None:
        state = deployed(world, key="mine")
        if how == "configuration":
            world.settings["adopt"] = f"{PROJECT}/mine"

        previewed(
            world,
            DEPLOYMENT,
            same_inputs(world, state, key="mine", adopt=how == "program", configurations=simple(GREETING="Moin")),
        )

        assert "takes over the existing Deployment mine" in "\n".join(world.said.warnings)

    def test_what_will_be_refused_is_refused_now(self, world: World) -> None:
        """In the words of the create."""
        state = deployed(world, key="mine")
        inputs = same_inputs(world, state, key="mine", configurations=simple(GREETING="Moin"))

        with pytest.raises(ConflictError, match="GREETING") as early:
            previewed(world, DEPLOYMENT, inputs)
        with pytest.raises(ConflictError) as late:
            world.create(DEPLOYMENT, inputs)

        assert str(early.value) == str(late.value)

    def test_what_cannot_be_taken_over_is_an_error_now(self, world: World) -> None:
        state = deployed(world)

        with pytest.raises(InvalidInputError, match="cannot be taken over"):
            previewed(world, DEPLOYMENT, same_inputs(world, state, region="us-central1.gcp"))

    def test_the_old_object_of_a_replacement_does_not_count(self, world: World) -> None:
        """It is undeployed by then."""
        state = deployed(world, key="mine")
        inputs = same_inputs(world, state, key="mine", region="us-central1.gcp")

        async def act(of: Any) -> None:
            mine = steps(of, world, DEPLOYMENT, inputs, state)
            await mine.diff()
            world.said.infos.clear()
            await preview(mine)

        world.run(act)
        assert not world.said.infos

    def test_a_forced_replacement_continues_with_its_own(self, world: World) -> None:
        """`--replace` asks for no diff, and the state names the key."""
        state = deployed(world, key="mine")

        async def act(of: Any) -> None:
            mine = steps(of, world, DEPLOYMENT, same_inputs(world, state, key="mine"), state)
            mine.check()
            await preview(mine)

        world.run(act)
        assert "continues with the existing Deployment mine" in "\n".join(world.said.infos)

    def test_one_that_goes_away_is_waited_for_by_the_create(self, world: World) -> None:
        state = deployed(world, key="mine")
        with pytest.raises(ProviderError):
            world.delete(DEPLOYMENT, state, time_limit=5)

        previewed(world, DEPLOYMENT, same_inputs(world, state, key="mine"))

        assert not world.said.infos

    @pytest.mark.parametrize("count", [3, 12])
    def test_many_previews_of_one_project_cost_one_list(self, world: World, count: int) -> None:
        """A look by key for the first ones, then the list of the project for all."""
        staged, _ = published(world)
        inputs = world.deployment_inputs(staged.id)
        world.emulator.admin.clear_journal()

        async def act(of: Any) -> None:
            await asyncio.gather(
                *(preview(steps(of, world, DEPLOYMENT, inputs, name=f"n{index}")) for index in range(count))
            )

        world.run(act)
        lists = [call for call in world.calls() if call == f"GET /{PROJECT}/deployments 200"]
        assert len(lists) == 1
        assert len(world.calls()) <= 2, world.calls()


class TestDraft:
    def test_where_nothing_stands_under_the_key_nothing_is_said(self, world: World) -> None:
        previewed(world, STAGED, world.staged_inputs())

        assert not world.said.infos
        assert world.calls() == ["GET /connectors/drafts 200"]

    def test_it_continues_with_what_a_killed_run_has_left(self, world: World) -> None:
        draft_in(world, "Published")

        previewed(world, STAGED, world.staged_inputs(name="Other"))

        assert "continues with the existing ConnectorStaged derived-greeter" in "\n".join(world.said.infos)

    def test_what_will_be_refused_is_refused_now(self, world: World) -> None:
        draft_in(world, "Published", key="mine")

        with pytest.raises(ConflictError, match="name"):
            previewed(world, STAGED, world.staged_inputs(key="mine", name="Other"))

    def test_a_forced_replacement_continues_with_its_own(self, world: World) -> None:
        state = draft_in(world, "Published", key="mine")

        async def act(of: Any) -> None:
            mine = steps(of, world, STAGED, world.staged_inputs(key="mine"), state)
            mine.check()
            await preview(mine)

        world.run(act)
        assert "continues with the existing ConnectorStaged mine" in "\n".join(world.said.infos)


@pytest.mark.parametrize("kind", [STAGED, "ConnectorPublication"])
def test_a_cascade_that_would_replace_a_draft_or_publication_is_an_error(world: World, kind: str) -> None:
    """The engine asks without a check; a delete would come before anything is known."""
    staged, publication = world.published()
    if kind == STAGED:
        state: State = staged
        news = {**staged.inputs, "key": UNKNOWN}
    else:
        state = publication
        news = {**publication.inputs, "connectorStagedId": UNKNOWN}

    with pytest.raises(InvalidInputError, match=f"{kind} greeter would be deleted before"):
        world.run(lambda of: of(kind).diff(world.context(), state, news))
