"""What a preview says of a tag that the same `pulumi up` publishes, and what the up checks then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN
from tests.resources.deployments import DEPLOYMENT, previews, published, redeploys, simple
from tests.support.world import REPOSITORY, World, validated

NAMES = ("one", "two", "three", "four", "five")
AT_2_1 = {"url": REPOSITORY, "tag": "v2.1.0"}


class TestNewTag:
    """A new tag with a new key: draft, publication and deployment in one up, the most normal day."""

    def test_passes_with_one_warning_and_is_checked_before_the_request(self, world: World) -> None:
        states, run = self._move(world, {"newcomer": {"standardConfiguration": {"HOME": "x"}}})

        assert [each.outputs["deployedTag"] for each in states] == ["v2.1.0", "v2.1.0"]
        assert run == ["Connector derived-greeter: tag v2.1.0 is published in this same `pulumi up`; the "
                       "configuration is checked then, before anything is deployed"]  # fmt: skip

    def test_a_mistake_in_it_is_reported_before_anything_is_deployed(self, world: World) -> None:
        with pytest.raises(InvalidInputError, match=r"newcomer has no such key at v2\.1\.0; did you mean HOME"):
            self._move(world, {"newcomer": {"standardConfiguration": {"HOMES": "x"}}})

        assert not redeploys(world)

    def _move(self, world: World, added: Mapping[str, Any]) -> tuple[list[State], list[str]]:
        """Preview and apply, each in a provider of its own; return the states and what the preview warned of."""
        staged, publication = published(world)
        states = [
            world.create(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=simple()), name=name)
            for name in NAMES[:2]
        ]
        draft = world.up("ConnectorStaged", staged, world.staged_inputs(repository=AT_2_1))
        release = world.publication_inputs(draft)
        wanted = world.deployment_inputs(staged.id, configurations={**simple(), **added}, connectorTag="v2.1.0")
        world.said.warnings.clear()

        async def preview(of: Any) -> None:
            await self._diffs(world, of, publication, release, states, wanted)

        async def apply(of: Any) -> list[State]:
            news = await self._diffs(world, of, publication, release, [], wanted)
            await of("ConnectorPublication").update(world.context(), publication, release)
            after = []
            for name, state in zip(NAMES, states, strict=False):
                news = of(DEPLOYMENT).check(world.context(name), state.outputs, wanted).inputs
                assert await of(DEPLOYMENT).diff(world.context(name), state, news)
                after.append(await of(DEPLOYMENT).update(world.context(name), state, news))
            return after

        world.run(preview)
        warned = [*world.said.warnings]
        world.emulator.admin.clear_journal()
        return world.run(apply), warned

    async def _diffs(
        self, world: World, of: Any, publication: State, release: Any, states: list[State], wanted: Any
    ) -> Any:
        of("ConnectorPublication").check(world.context(), publication.outputs, release)
        assert await of("ConnectorPublication").diff(world.context(), publication, release)
        for name, state in zip(NAMES, states, strict=False):
            news = of(DEPLOYMENT).check(world.context(name), state.outputs, wanted).inputs
            assert await of(DEPLOYMENT).diff(world.context(name), state, news)
            assert not await validated(of(DEPLOYMENT), world.context(name), news, state)

    def test_what_was_read_before_our_own_publication_is_read_again_after_it(self, world: World) -> None:
        """In an up, another deployment of the connector may have been looked at first."""
        staged, publication = published(world)
        draft = world.up("ConnectorStaged", staged, world.staged_inputs(repository=AT_2_1))
        release = world.publication_inputs(draft)
        before = world.checked(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v2.0.0"))
        after = world.checked(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v2.1.0"))

        async def up(of: Any) -> list[Any]:
            of("ConnectorPublication").check(world.context(), publication.outputs, release)
            first = await validated(of(DEPLOYMENT), world.context("one"), before)
            await of("ConnectorPublication").update(world.context(), publication, release)
            return [*first, *await validated(of(DEPLOYMENT), world.context("two"), after)]

        assert world.run(up) == []

    def test_a_first_up_passes_with_one_warning_where_even_the_connector_is_not_there_yet(
        self, world: World
    ) -> None:
        inputs = {**world.deployment_inputs("x"), "connector": {"id": UNKNOWN}, "connectorTag": "v2.0.0"}

        found = previews(world, dict.fromkeys(NAMES, inputs))

        assert not any(found.values())
        assert len(world.said.warnings) == 1
        assert world.calls() == []


def test_a_draft_that_moves_on_in_this_up_allows_what_it_will_allow(world: World) -> None:
    """The program's own draft is what the server will have by then: a region that it adds is no mistake."""
    staged, _ = world.published(supportedRegions=["europe-west1.gcp"])
    inputs = world.deployment_inputs(staged.id, region="us-central1.gcp")

    async def look(of: Any, regions: list[str]) -> list[str]:
        draft = world.staged_inputs(supportedRegions=regions)
        await of("ConnectorStaged").diff(world.context(), staged, draft)
        news = of(DEPLOYMENT).check(world.context(), {}, inputs).inputs
        return [str(each) for each in await validated(of(DEPLOYMENT), world.context(), news)]

    assert world.run(lambda of: look(of, ["europe-west1.gcp"])) == [
        "region: the connector does not support us-central1.gcp; known: europe-west1.gcp"
    ]
    assert world.run(lambda of: look(of, ["europe-west1.gcp", "us-central1.gcp"])) == []
