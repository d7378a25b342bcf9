"""A "not found" of Connect counts only where neither the id nor the key leads to the object."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import ById
from commercetools_connect.core.errors import ConfigurationError, ConflictError, ProviderError
from commercetools_connect.core.results import State
from tests.resources.connectors import draft_in
from tests.resources.deployments import (
    DEPLOYMENT,
    deployed,
    partial,
    plain_inputs,
    published,
    running,
    same_inputs,
    simple,
    status,
)
from tests.support.world import PROJECT, World

STAGED, PUBLICATION = "ConnectorStaged", "ConnectorPublication"
GONE: dict[str, Any] = {
    "status": 404,
    "body": {"statusCode": 404, "message": "x", "errors": [{"code": "ResourceNotFound", "message": "x"}]},
}


def hide(world: World, state: State, *, method: str = "GET", skip: int = 0, times: int = 99) -> None:
    """Let Connect answer requests for the Deployment's id with "not found"."""
    path = f"*/deployments/{state.outputs['deploymentId']}"
    world.emulator.admin.fault(GONE, method=method, path=path, skip=skip, times=times)


class TestDeployment:
    def test_a_delete_that_is_answered_with_not_found_removes_nothing_from_the_state(self, world: World) -> None:
        state = deployed(world)
        hide(world, state, method="DELETE", times=1)

        with pytest.raises(ProviderError, match="is not deleted"):
            world.delete(DEPLOYMENT, state)

        assert running(world)

    def test_one_that_is_gone_when_the_delete_arrives_is_deleted(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.fault({"drop": "after"}, method="DELETE", times=1)
        hide(world, state, method="DELETE", skip=1, times=1)

        world.delete(DEPLOYMENT, state)

        assert not running(world)

    @pytest.mark.parametrize("after", ["a refused delete", "a run that was waited for"])
    def test_a_stale_answer_during_a_delete_ends_it_not(self, world: World, after: str) -> None:
        state = deployed(world)
        if after == "a refused delete":
            world.emulator.admin.fault({"status": 503}, method="DELETE", times=9)
            hide(world, state, skip=1)
        else:
            status(world, state, "Queued")
            hide(world, state, skip=1, times=2)
        world.emulator.admin.clear_journal()

        if after == "a refused delete":
            world.clock.after(60, world.emulator.admin.clear_faults)
        world.delete(DEPLOYMENT, state)

        assert not running(world)

    def test_an_update_of_one_that_only_its_key_shows_goes_on(self, world: World) -> None:
        state = deployed(world)
        hide(world, state, times=1)

        after = world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1))

        assert after.outputs["status"] == "Deployed"

    @pytest.mark.parametrize("act", ["create", "update"])
    def test_a_wait_in_which_it_does_not_show_keeps_it_in_the_state(self, world: World, act: str) -> None:
        staged, _ = published(world)
        if act == "create":
            world.emulator.admin.fault(GONE, method="GET", path="*/deployments/*-*-*", times=99)
            ended = partial(lambda: world.create(DEPLOYMENT, plain_inputs(world, staged.id)))
        else:
            state = world.create(DEPLOYMENT, plain_inputs(world, staged.id))
            hide(world, state)
            inputs = plain_inputs(world, staged.id, configurations=simple(NOTE="new"))
            ended = partial(lambda: world.up(DEPLOYMENT, state, inputs))

        (there,) = running(world)
        assert ended.state.outputs["deploymentId"] == there["id"]
        assert "did not find it during the wait" in str(ended)


class TestConnectorStaged:
    def test_a_delete_during_which_it_does_not_show_removes_nothing_from_the_state(self, world: World) -> None:
        """Neither does the wait for its preview believe one stale answer."""
        staged = draft_in(world, "Processing")
        world.emulator.admin.fault(GONE, method="GET", path=f"/connectors/drafts/{staged.id}", skip=1, times=3)

        with pytest.raises(ProviderError, match="is not deleted"):
            world.delete(STAGED, staged)

        assert world.read(STAGED, staged) is not None

    def test_what_others_change_while_the_delete_is_repeated_is_not_deleted(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault({"status": 500}, method="DELETE", times=1)
        world.clock.after(2, lambda: world.emulator.admin.patch("drafts", staged.id, {"name": "Theirs"}))

        with pytest.raises(ConflictError, match="another client"):
            world.delete(STAGED, staged)

        assert world.read(STAGED, staged) is not None


class TestConnectorPublication:
    @pytest.mark.parametrize("times", [1, 99])
    def test_a_listed_connector_that_its_key_shows_is_unlisted(self, world: World, times: int) -> None:
        staged = draft_in(world, "listed")
        publication = world.create(PUBLICATION, world.publication_inputs(staged, target="marketplace"))
        world.emulator.admin.fault(GONE, method="GET", path=f"/connectors/drafts/{staged.id}", times=times)

        world.delete(PUBLICATION, publication)
        world.emulator.admin.clear_faults()

        assert world.refreshed(STAGED, staged).outputs["alreadyListed"] is False


class TestOtherPlace:
    """What is not found elsewhere is not gone."""

    VENDOR = "connect.europe-west1.gcp.commercetools.com"

    @pytest.mark.parametrize("act", ["read", "delete"])
    @pytest.mark.parametrize("kind", [DEPLOYMENT, STAGED])
    def test_a_host_that_is_not_known_does_not_prove_that_it_is_gone(
        self, world: World, kind: str, act: str
    ) -> None:
        """`connectUrl` may lead to an emulator, while the state is of a host of commercetools."""
        made = deployed(world) if kind == DEPLOYMENT else draft_in(world, "Draft")
        if kind == DEPLOYMENT:
            world.emulator.admin.delete("deployments", str(made.outputs["deploymentId"]))
        else:
            world.emulator.admin.delete("drafts", made.id)
        state = State(made.id, {**made.outputs, "connectHost": self.VENDOR}, made.inputs)

        with pytest.raises(ConfigurationError, match=self.VENDOR):
            getattr(world, act)(kind, state)

    @pytest.mark.parametrize("act", ["read", "delete"])
    @pytest.mark.parametrize("other", ["no project", "credentials of another project"])
    def test_who_may_not_see_a_draft_does_not_prove_that_it_is_gone(
        self, world: World, other: str, act: str
    ) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault(GONE, path="/connectors/*", times=999)
        if other == "no project":
            world.settings["projectKey"] = ""
        else:
            scopes = ["manage_project:another-project"]
            world.emulator.admin.clients(
                [{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}]
            )

        with pytest.raises(ConfigurationError, match=f"belongs to project {PROJECT}"):
            getattr(world, act)(STAGED, staged)


class TestListWithoutBuilds:
    def test_a_delete_reads_the_build_that_a_list_leaves_out(self, world: World) -> None:
        """Else what another client has redeployed since would be deleted."""
        made = deployed(world)
        state = State(made.id, {**made.outputs, "ownBuildId": "older", "buildId": "older"}, made.inputs)

        async def act(of: Any) -> None:
            resource = of(DEPLOYMENT)
            session = resource._resource._session
            there = await session.client.get_deployment(PROJECT, ById(str(made.outputs["deploymentId"])))

            async def listed(*_: Any) -> Any:
                return there.model_copy(update={"details": type(there.details)()})

            session.reader.deployment = listed
            with pytest.raises(ConflictError, match="redeployed by another client"):
                await resource.delete(world.context(), state)

        world.run(act)

        assert running(world)
