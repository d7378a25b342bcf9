"""The tag that runs is the one that was asked for, or it is said; removed keys go back or are said to stay."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError
from tests.resources.deployments import (
    DEPLOYMENT,
    applications,
    canary,
    changed,
    deployed,
    is_stored,
    partial,
    publish,
    published,
    redeploys,
    releases,
    running,
    same_inputs,
    simple,
)
from tests.support.world import REPOSITORY, World


class TestTags:
    def test_without_one_the_connector_never_moves(self, world: World) -> None:
        staged, publication = published(world)
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id))
        publish(world, staged, publication, "v2.1.0")

        assert not world.diff(DEPLOYMENT, state, world.deployment_inputs(staged.id))
        after = world.up(DEPLOYMENT, state, world.deployment_inputs(staged.id, redeployTrigger=1))
        assert after.outputs["deployedTag"] == "v2.0.0"

    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_another_one_moves_it_with_new_applications_and_is_verified(self, world: World, reading: str) -> None:
        """For any numbers of the connector's versions (API §19 #15)."""
        world.emulator.admin.settings(assumptions={"15": reading})
        staged, publication = published(world)
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v2.0.0"))
        staged, publication = publish(world, staged, publication, "v2.1.0")
        world.emulator.admin.clear_journal()

        after = world.up(DEPLOYMENT, state, world.deployment_inputs(staged.id, connectorTag="v2.1.0"))

        assert after.outputs["deployedTag"] == "v2.1.0"
        assert "newcomer" in applications(after)
        assert len(redeploys(world)) == 1
        staged, publication = publish(world, staged, publication, "v2.2.0")
        after = world.up(DEPLOYMENT, after, world.deployment_inputs(staged.id, connectorTag="v2.2.0"))
        assert after.outputs["deployedTag"] == "v2.2.0"

    def test_one_that_is_not_published_is_an_error_before_any_request(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.clear_journal()

        with pytest.raises(InvalidInputError, match="publishedTag of a ConnectorPublication"):
            world.up(DEPLOYMENT, state, same_inputs(world, state, connectorTag="v9.9.9"))
        with pytest.raises(InvalidInputError, match="publishedTag of a ConnectorPublication"):
            world.create(DEPLOYMENT, same_inputs(world, state, connectorTag="v9.9.9"), name="other")

        assert not world.writes()

    def test_a_published_connector_that_did_not_move_is_partial_and_the_next_up_moves_it(
        self, world: World
    ) -> None:
        staged, publication = published(world)
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v2.0.0"))
        staged, publication = publish(world, staged, publication, "v2.1.0")
        inputs = world.deployment_inputs(staged.id, connectorTag="v2.1.0")
        world.clock.after(30, lambda: changed(world, state, tag="v2.0.0", status="Deployed", connectorVersion=1))

        ended = partial(lambda: world.up(DEPLOYMENT, state, inputs))

        assert "v2.0.0 runs instead of v2.1.0" in str(ended)
        assert not world.diff(DEPLOYMENT, ended.state, inputs).replaces
        assert world.up(DEPLOYMENT, ended.state, inputs).outputs["deployedTag"] == "v2.1.0"

    @pytest.mark.parametrize("refresh", [False, True])
    def test_a_staged_connector_that_did_not_move_is_replaced(self, world: World, refresh: bool) -> None:
        """API §19 #17; a refresh between must not hide that it was asked for in vain."""
        state, inputs = staged_deployment(world)
        world.clock.after(30, lambda: changed(world, state, tag="v2.0.0", status="Deployed"))

        last = partial(lambda: world.up(DEPLOYMENT, state, inputs)).state
        if refresh:
            last = partial(lambda: world.read(DEPLOYMENT, last)).state

        found = world.diff(DEPLOYMENT, last, inputs)
        assert ("connectorTag",) in found.replaces
        assert found.delete_before_replace

    def test_a_staged_connector_whose_move_is_still_under_way_is_not_replaced(self, world: World) -> None:
        state, inputs = staged_deployment(world)

        cut = partial(lambda: world.up(DEPLOYMENT, state, inputs, time_limit=12)).state

        assert not world.diff(DEPLOYMENT, cut, inputs).replaces
        assert world.up(DEPLOYMENT, cut, inputs).outputs["deployedTag"] == "v2.1.0"

    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_a_staged_connector_moves_in_place_where_connect_does_it(self, world: World, reading: str) -> None:
        world.emulator.admin.settings(assumptions={"17": reading})
        state, inputs = staged_deployment(world)

        after = world.up(DEPLOYMENT, state, inputs)

        assert (after.id, after.outputs["deployedTag"]) == (state.id, "v2.1.0")


def staged_deployment(world: World) -> tuple[Any, dict[str, Any]]:
    """Return a preview deployment at v2.0.0 of a draft that is previewable at v2.1.0, and inputs for that."""
    releases(world)
    staged = world.create("ConnectorStaged", world.staged_inputs(repository={"url": REPOSITORY, "tag": "v2.0.0"}))
    preview = world.create("ConnectorPublication", world.publication_inputs(staged, target="preview"))
    reference = {"id": staged.id, "staged": True}
    inputs = world.deployment_inputs(staged.id, connector=reference, connectorTag="v2.0.0")
    state = world.create(DEPLOYMENT, inputs)
    moved = world.up(
        "ConnectorStaged", staged, world.staged_inputs(repository={"url": REPOSITORY, "tag": "v2.1.0"})
    )
    world.up("ConnectorPublication", preview, world.publication_inputs(moved, target="preview"))
    return state, {**inputs, "connectorTag": "v2.1.0"}


class TestRemoved:
    def test_standard_keys_go_back_to_default_or_empty_and_secured_ones_stay_with_a_warning(
        self, world: World
    ) -> None:
        everything = {
            "configurations": simple(GREETING="Moin", NOTE="n", secured={"API_TOKEN": canary}),
            "globalConfiguration": {
                "standardConfiguration": {"LOG_LEVEL": "debug", "SHOP_URL": "u"},
                "securedConfiguration": {"SHARED": "s"},
            },
        }
        state = deployed(world, **everything)
        inputs = same_inputs(world, state, configurations=simple())
        world.said.warnings.clear()
        world.emulator.admin.clear_journal()

        after = world.up(DEPLOYMENT, state, inputs)

        (there,) = running(world)
        assert there["applications"][0]["standard"] == {"SHOP_NAME": "Acme", "GREETING": "Hello", "NOTE": ""}
        assert there["globalValues"]["standard"] == {"LOG_LEVEL": "info", "SHOP_URL": ""}
        assert is_stored(world, "API_TOKEN", canary)
        stays = [each for each in world.said.warnings if "stays set" in each]
        assert sorted(each.split()[0] for each in stays) == [
            "configurations.service.securedConfiguration.API_TOKEN",
            "globalConfiguration.securedConfiguration.SHARED",
        ]
        assert len(redeploys(world)) == 1
        assert not world.diff(DEPLOYMENT, after, inputs)

    def test_a_required_one_is_an_error_at_preview(self, world: World) -> None:
        state = deployed(world)

        (reported,) = world.mistakes(DEPLOYMENT, state, same_inputs(world, state, configurations={"service": {}}))

        assert "SHOP_NAME: was removed" in reported

    def test_a_schedule_stays_with_a_warning_and_without_a_redeploy(self, world: World) -> None:
        """The API cannot unset it, and the provider cannot read what connect.yaml says."""
        state = deployed(world, configurations={**simple(), "nightly-job": {"schedule": "0 4 * * *"}})
        world.emulator.admin.clear_journal()

        after = world.up(DEPLOYMENT, state, same_inputs(world, state, configurations=simple()))

        assert not redeploys(world)
        assert "configurations.nightly-job.schedule stays" in "\n".join(world.said.warnings)
        assert not world.diff(DEPLOYMENT, after, same_inputs(world, state, configurations=simple()))
