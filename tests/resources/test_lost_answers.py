"""After a lost answer the provider claims only what proves to be its own, and the state knows what was sent."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import ConflictError
from commercetools_connect.core.values import unwrap_secrets
from tests.resources.connectors import draft_in
from tests.resources.deployments import (
    DEPLOYMENT,
    creates,
    is_stored,
    partial,
    plain_inputs,
    publish,
    published,
    redeploys,
    running,
    simple,
)
from tests.support.world import PROJECT, World

STAGED = "ConnectorStaged"


def in_the_meantime(world: World, dump: Any, path: str) -> None:
    """Lose the create, and let another client make what `dump` has before the provider looks again."""
    world.emulator.admin.fault({"drop": "before"}, method="POST", path=path)
    world.clock.after(2, lambda: world.emulator.admin.load(dump))


class TestCreate:
    """The key is one that the program gives, so another client may give it too."""

    @pytest.mark.parametrize("secret", ["c4n4ry-1", "theirs"])
    @pytest.mark.parametrize("setting", ["Hello", "Moin"])
    def test_what_another_client_made_after_a_lost_request_is_not_claimed(
        self, world: World, setting: str, secret: str
    ) -> None:
        staged, _ = published(world)
        before = world.emulator.admin.dump()
        theirs = simple(GREETING=setting, secured={"API_TOKEN": secret})
        world.create(DEPLOYMENT, world.deployment_inputs(staged.id, key="shared", configurations=theirs))
        there = world.emulator.admin.dump()
        world.emulator.admin.load(before)
        in_the_meantime(world, there, f"/{PROJECT}/deployments")

        ours = simple(GREETING="Hello", secured={"API_TOKEN": "c4n4ry-1"})
        with pytest.raises(ConflictError, match="nothing proves that it belongs"):
            world.create(DEPLOYMENT, world.deployment_inputs(staged.id, key="shared", configurations=ours))

        assert "may be what this run has made" in world.said.warnings[-1]
        assert is_stored(world, "API_TOKEN", secret, ref="shared")
        assert not redeploys(world)

    def test_what_the_lost_request_made_is_joined_and_gets_its_secrets_once_more(self, world: World) -> None:
        """Nothing shows whose secrets it has."""
        staged, _ = published(world)
        world.emulator.admin.clear_journal()
        world.emulator.admin.fault({"drop": "after"}, method="POST", path=f"/{PROJECT}/deployments")
        inputs = world.deployment_inputs(staged.id, key="shared")

        state = world.create(DEPLOYMENT, inputs)

        assert (len(creates(world)), len(redeploys(world))) == (1, 1)
        assert [each["id"] for each in running(world)] == [state.outputs["deploymentId"]]
        assert not world.diff(DEPLOYMENT, state, inputs)

    def test_a_draft_of_another_client_is_not_claimed(self, world: World) -> None:
        theirs = world.create(STAGED, world.staged_inputs(key="shared", name="Theirs"))
        there = world.emulator.admin.dump()
        world.emulator.admin.delete("drafts", theirs.id)
        in_the_meantime(world, there, "/connectors/drafts")

        with pytest.raises(ConflictError, match="nothing proves that it belongs"):
            world.create(STAGED, world.staged_inputs(key="shared"))

        assert world.refreshed(STAGED, theirs).outputs["name"] == "Theirs"

    def test_a_draft_that_the_lost_request_made_is_the_one(self, world: World) -> None:
        world.emulator.admin.fault({"drop": "after"}, method="POST", path="/connectors/drafts")
        world.emulator.admin.clear_journal()

        state = world.create(STAGED, world.staged_inputs(key="shared"))

        assert len(world.writes()) == 1
        assert world.refreshed(STAGED, state).id == state.id


class TestUpdate:
    def test_an_error_after_an_accepted_redeploy_keeps_what_was_sent(self, world: World) -> None:
        """The URL of a new application is sent by a second redeploy, and Connect refuses that one."""
        staged, publication = published(world)
        before = simple(secured={"EXTRA": "old"})
        state = world.create(DEPLOYMENT, plain_inputs(world, staged.id, configurations=before))
        publish(world, staged, publication, "v2.1.0")
        newcomer = {"standardConfiguration": {"HOME": "{{url:newcomer}}"}}
        configurations = {**simple(secured={"EXTRA": "rotated"}), "newcomer": newcomer}
        inputs = plain_inputs(world, staged.id, configurations=configurations, connectorTag="v2.1.0")
        refused: Any = {"statusCode": 400, "message": "no", "errors": [{"code": "InvalidInput", "message": "no"}]}
        path = f"*/deployments/{state.outputs['deploymentId']}"
        world.emulator.admin.fault({"status": 400, "body": refused}, method="POST", path=path, skip=1)

        ended = partial(lambda: world.up(DEPLOYMENT, state, inputs))

        (there,) = running(world)
        assert ended.state.outputs["buildId"] == ended.state.outputs["ownBuildId"] == there["buildId"]
        sent: Any = unwrap_secrets(ended.state.outputs["configurations"])
        assert sent["service"]["securedConfiguration"] == {"EXTRA": "rotated"}
        assert not world.diff(DEPLOYMENT, world.up(DEPLOYMENT, ended.state, inputs), inputs)

    def test_an_update_that_changed_nothing_takes_no_content_of_others_for_its_own(self, world: World) -> None:
        """Else the next delete would remove it, although another client has changed it."""
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault(
            {"status": 500}, method="POST", path=f"/connectors/drafts/{staged.id}", times=99
        )
        world.clock.after(2, lambda: world.emulator.admin.patch("drafts", staged.id, {"name": "Theirs"}))

        ended = partial(lambda: world.up(STAGED, staged, world.staged_inputs(description="New")))
        world.emulator.admin.clear_faults()

        assert ended.state.outputs["ownContentHash"] == staged.outputs["ownContentHash"]
        with pytest.raises(ConflictError, match="another client"):
            world.delete(STAGED, ended.state)
