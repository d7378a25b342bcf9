"""A draft is brought in line with one request, at a moment at which Connect accepts it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commercetools_connect.api import ConnectClient, Publish, Ref
from commercetools_connect.core.errors import (
    ConfigurationError,
    GoneError,
    InitFailedError,
    ProviderError,
    WaitCancelledError,
)
from commercetools_connect.core.resource import Cancellation
from tests.resources.connectors import draft_in, folded, publish_elsewhere, shown
from tests.support.world import PROJECT, REGION, World

pytestmark = pytest.mark.usefixtures("unhurried")

GET, POST = "GET /connectors/drafts/<id> 200", "POST /connectors/drafts/<id> 201"
REFUSED: dict[str, Any] = {"statusCode": 400, "message": "No", "errors": [{"code": "Surprise", "message": "No."}]}


def test_many_changes_are_one_request(world: World) -> None:
    staged = draft_in(world, "Draft")
    inputs = world.staged_inputs(
        name="Salutation",
        description="Greets",
        integrationTypes=["other"],
        repository={"url": "https://github.com/acme/demo-connector.git", "tag": "v1.1.0"},
        privateProjects=[f"{REGION}:{PROJECT}", f"{REGION}:acme-prod"],
    )
    state = world.up("ConnectorStaged", staged, inputs)

    assert folded(world, staged.id) == [GET, POST]
    assert shown(world, staged.id).version == 2
    assert not world.diff("ConnectorStaged", state, inputs)


def test_a_preview_survives_every_change_but_one_of_the_repository(world: World) -> None:
    """`setRepository` resets it, so it is sent only for another url or tag."""
    staged = draft_in(world, "true")
    state = world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
    assert state.outputs["previewable"] == "true"

    repository = {"url": "https://github.com/acme/demo-connector.git", "tag": "v1.1.0"}
    moved = world.up("ConnectorStaged", state, world.staged_inputs(name="Salutation", repository=repository))
    assert moved.outputs["previewable"] == "none"


def test_nothing_to_change_makes_no_request_and_waits_for_nothing(world: World) -> None:
    """`forceDestroy` is ours: it is remembered, never sent."""
    staged = draft_in(world, "Processing")
    state = world.up("ConnectorStaged", staged, world.staged_inputs(forceDestroy=True))
    assert folded(world, staged.id) == [GET]
    assert state.outputs["forceDestroy"] is True
    assert state.outputs["contentHash"] == staged.outputs["contentHash"]


class TestClearing:
    def test_a_text_that_leaves_the_program_is_cleared(self, world: World) -> None:
        staged = draft_in(
            world, "Draft", description="Greets", creator={"email": "dev@acme.example", "title": "Dr."}
        )
        state = world.up("ConnectorStaged", staged, world.staged_inputs())

        draft = shown(world, staged.id)
        assert (draft.description, draft.creator.title) == ("", "")
        assert "description" not in state.outputs
        refreshed = world.read("ConnectorStaged", state)
        assert refreshed is not None
        assert not world.diff("ConnectorStaged", refreshed, world.staged_inputs())

    @pytest.mark.parametrize(
        ("assumption", "member", "value"), [("24", "description", "Greets"), ("25", "integrationTypes", ["tax"])]
    )
    def test_where_connect_refuses_that_the_error_says_to_keep_a_value(
        self, world: World, assumption: str, member: str, value: object
    ) -> None:
        staged = draft_in(world, "Draft", **{member: value})
        world.emulator.admin.settings(assumptions={assumption: "other"})
        with pytest.raises(ProviderError, match=f"{member} any more.*keep a value there") as caught:
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert "derived-greeter" in str(caught.value)
        assert [call for call in world.writes() if call.startswith("POST")] == [
            f"POST /connectors/drafts/{staged.id} 400"
        ]
        refreshed = world.read("ConnectorStaged", staged)
        assert refreshed is not None
        assert refreshed.outputs == staged.outputs, "nothing changed, and the state says so"

    def test_where_connect_accepts_that_and_keeps_the_text_the_state_says_what_is_there(
        self, world: World
    ) -> None:
        """The name was taken, the description was not cleared: the next `up` knows both."""
        staged = draft_in(world, "Draft", description="Greets")
        answer = world.emulator.admin.patch("drafts", staged.id, {"name": "Salutation"})
        world.emulator.admin.fault({"status": 201, "body": answer}, method="POST", path="/connectors/drafts/*")
        world.emulator.admin.patch("drafts", staged.id, {"name": "Greeter"})
        with pytest.raises(InitFailedError) as caught:
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert "does not clear description: keep a value there" in str(caught.value)
        held = caught.value.state.outputs
        assert (held["name"], held["description"]) == ("Salutation", "Greets")
        changes = world.diff("ConnectorStaged", caught.value.state, world.staged_inputs(name="Salutation"))
        assert changes.properties == ["description"]

    def test_regions_cannot_be_emptied_so_leaving_them_out_keeps_them_and_is_said_once(self, world: World) -> None:
        staged = draft_in(world, "Draft", supportedRegions=[REGION])
        assert not world.diff("ConnectorStaged", staged, world.staged_inputs())
        assert world.said.infos == [
            "supportedRegions cannot be emptied once set; the ConnectorStaged keeps its regions"
        ]
        assert not world.calls()

        state = world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert shown(world, staged.id).supported_regions == (REGION,)
        world.said.infos.clear()
        assert not world.diff("ConnectorStaged", state, world.staged_inputs(name="Salutation"))
        assert not world.said.infos, "they are not the program's any more"


class TestWhileSomethingRuns:
    @pytest.mark.parametrize("reading", ["default", "other", {"code": "Anything"}])
    def test_an_update_waits_for_a_running_publish(self, world: World, reading: Any) -> None:
        world.emulator.admin.settings(assumptions={"11": reading})
        staged = draft_in(world, "Processing")
        state = world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert folded(world, staged.id) == [f"{GET} +", POST]
        assert (state.outputs["status"], shown(world, staged.id).name) == ("Published", "Salutation")
        assert any("publishing" in status for status in world.said.statuses)

    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_an_update_waits_for_a_running_preview_and_does_not_cancel_it(
        self, world: World, reading: str
    ) -> None:
        world.emulator.admin.settings(assumptions={"12": reading})
        staged = draft_in(world, "pending")
        state = world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert folded(world, staged.id) == [f"{GET} +", POST]
        assert state.outputs["previewable"] == "true"

    def test_it_decides_again_on_what_is_there_after_the_run(self, world: World) -> None:
        """Another client has already made the change: nothing is left to send."""
        staged = draft_in(world, "Processing")
        world.clock.after(30, lambda: world.emulator.admin.patch("drafts", staged.id, {"name": "Salutation"}))
        world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert folded(world, staged.id) == [f"{GET} +"]

    @pytest.mark.parametrize("status", [400, 409])
    def test_a_run_that_begins_in_the_same_moment_is_waited_for_too(self, world: World, status: int) -> None:
        """The refusal has an unknown code; the draft itself tells why."""
        staged = draft_in(world, "Draft")
        world.emulator.admin.advance(10)
        publish_elsewhere(world, staged.id)
        world.emulator.admin.advance(1)
        world.emulator.admin.fault({"stale": 2.0}, method="GET", times=1)
        world.emulator.admin.fault({"status": status, "body": REFUSED}, method="POST", path="/connectors/*")
        world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert shown(world, staged.id).name == "Salutation"

    @pytest.mark.parametrize("reading", ["default", {"code": "Anything"}])
    def test_another_client_that_publishes_at_each_attempt_is_named_and_an_up_after_it_works(
        self, world: World, monkeypatch: pytest.MonkeyPatch, reading: Any
    ) -> None:
        world.emulator.admin.settings(assumptions={"11": reading})
        staged = draft_in(world, "Draft")
        update, seen = ConnectClient.update_connector_staged, []

        async def publish_first(client: ConnectClient, ref: Ref, version: int, actions: Any) -> Any:
            """Another client is faster each time."""
            seen.append(version)
            started = await update(client, ref, version, (Publish(certification=False),))
            return await update(client, ref, started.version, actions)

        with monkeypatch.context() as patched:
            patched.setattr(ConnectClient, "update_connector_staged", publish_first)
            with pytest.raises(ProviderError) as caught:
                world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))

        assert len(seen) == 6
        assert str(caught.value) == (
            "ConnectorStaged derived-greeter could not be updated: a publish or preview of it begins whenever one "
            "ends.\nRun `pulumi up` again when no other client publishes it."
        )
        world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert shown(world, staged.id).name == "Salutation"

    def test_a_wait_that_does_not_end_changes_nothing_and_says_what_runs(self, world: World) -> None:
        world.emulator.admin.outcome("publish", "derived-greeter", "stuck")
        staged = draft_in(world, "Processing")
        with pytest.raises(ProviderError, match="the time limit ended after 1 min 40 s, while publishing"):
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"), time_limit=100)
        assert not world.writes()

    @pytest.mark.parametrize("status", ["ReadyForCertification", "InCertification"])
    def test_a_certification_is_not_waited_for(self, world: World, status: str) -> None:
        """People take weeks for it: it is tried."""
        staged = draft_in(world, status)
        world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert folded(world, staged.id) == [GET, POST]

    @pytest.mark.parametrize("status", ["ReadyForCertification", "InCertification"])
    def test_a_refusal_during_a_certification_says_who_decides_and_what_to_do(
        self, world: World, status: str
    ) -> None:
        staged = draft_in(world, status)
        world.emulator.admin.fault({"status": 400, "body": REFUSED}, method="POST", path="/connectors/*")
        with pytest.raises(ProviderError) as caught:
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        text = str(caught.value)
        for part in ("derived-greeter", status, "People at commercetools", "Merchant Center", "No"):
            assert part in text


class TestOneAtATime:
    def test_two_operations_on_one_draft_never_overlap(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        first = world.checked("ConnectorStaged", world.staged_inputs(name="Salutation"), olds=staged.outputs)
        second = world.checked("ConnectorStaged", world.staged_inputs(name="Hail"), olds=staged.outputs)
        world.emulator.admin.settings(latency=0.02)
        world.emulator.admin.clear_journal()

        async def both(resource_of: Any) -> None:
            resource = resource_of("ConnectorStaged")
            await asyncio.gather(
                resource.update(world.context(), staged, first),
                resource.update(world.context(), staged, second),
            )

        world.run(both)
        assert folded(world, staged.id) == [GET, POST, GET, POST]

    def test_also_between_two_configurations_of_the_same_host(self, world: World) -> None:
        """The lock belongs to the process: two provider instances may manage one draft."""
        staged = draft_in(world, "Draft")
        news = [
            world.checked("ConnectorStaged", world.staged_inputs(name=name), olds=staged.outputs) for name in "AB"
        ]
        world.emulator.admin.settings(latency=0.02)
        world.emulator.admin.clear_journal()

        async def both() -> None:
            providers = [world.provider(), world.provider()]
            updates = [
                provider.resource("ConnectorStaged").update(world.context(), staged, inputs)
                for provider, inputs in zip(providers, news, strict=True)
            ]
            await asyncio.gather(*updates)
            await asyncio.gather(*(provider.aclose() for provider in providers))

        asyncio.run(both())
        assert folded(world, staged.id) == [GET, POST, GET, POST]

    def test_who_is_stopped_while_waiting_for_a_turn_asks_for_nothing(self, world: World) -> None:
        staged = draft_in(world, "Processing")
        news = world.checked("ConnectorStaged", world.staged_inputs(name="Salutation"), olds=staged.outputs)

        async def both(resource_of: Any) -> list[Any]:
            stop = Cancellation()
            context = world.context(cancellation=stop)
            world.clock.after(15, stop.cancel)
            updates = [resource_of("ConnectorStaged").update(context, staged, news) for _ in range(2)]
            return await asyncio.gather(*updates, return_exceptions=True)

        for ended in world.run(both):
            assert isinstance(ended, WaitCancelledError)
        assert not world.writes()

    def test_whose_time_is_over_before_its_turn_asks_for_nothing(self, world: World) -> None:
        staged = draft_in(world, "Processing")
        news = world.checked("ConnectorStaged", world.staged_inputs(name="Salutation"), olds=staged.outputs)

        async def both(resource_of: Any) -> list[Any]:
            resource = resource_of("ConnectorStaged")
            patient, hasty = world.context(), world.context(time_limit=20)
            updates = [resource.update(patient, staged, news), resource.update(hasty, staged, news)]
            return await asyncio.gather(*updates, return_exceptions=True)

        _, late = world.run(both)
        assert "the time limit ended while it waited" in str(late)
        assert folded(world, staged.id)[-1] == POST


class TestTrouble:
    def test_a_draft_that_another_client_deleted_is_gone_and_the_error_says_refresh(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.delete("drafts", staged.id)
        with pytest.raises(GoneError, match=r"derived-greeter does not exist(.|\n)*pulumi refresh"):
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))

    def test_a_draft_of_another_project_is_not_said_to_be_gone(self, world: World) -> None:
        """It is not created a second time: the error names both projects."""
        staged = draft_in(world, "Draft")
        world.emulator.admin.clients(
            [{"clientId": "x", "clientSecret": "x-secret", "scopes": ["manage_project:another-project"]}]
        )
        world.settings.update(clientId="x", clientSecret="x-secret", projectKey="another-project")

        with pytest.raises(ConfigurationError) as caught:
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))

        for part in ("ConnectorStaged greeter", PROJECT, "another-project", "Nothing was changed"):
            assert part in str(caught.value)

    @pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 500, "when": "after"}, {"truncate": True}])
    def test_an_update_whose_answer_is_lost_is_not_made_twice(self, world: World, fault: Any) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault(fault, method="POST", path="/connectors/*")
        before = world.clock.monotonic()
        world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert len(world.writes()) == 1
        assert shown(world, staged.id).version == 2
        assert world.clock.monotonic() == before, "what is there already is not waited for"

    @pytest.mark.parametrize("fault", [{"drop": "before"}, {"status": 503}, {"html": True}])
    def test_an_update_that_never_arrived_is_made_again(self, world: World, fault: Any) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault(fault, method="POST", path="/connectors/*")
        world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert shown(world, staged.id).name == "Salutation"

    def test_a_server_that_stays_in_trouble_ends_in_its_error(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault({"status": 503}, method="POST", path="/connectors/*", times=50)
        with pytest.raises(ProviderError, match="503"):
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert len(world.writes()) == 6

    def test_another_hand_in_between_is_no_error(self, world: World) -> None:
        """The version has moved: read again and decide again."""
        staged = draft_in(world, "Draft")
        world.emulator.admin.advance(1)
        world.emulator.admin.patch("drafts", staged.id, {"description": "Mine"})
        world.emulator.admin.fault({"stale": 0.5}, method="GET", times=1)
        world.emulator.admin.advance(0.1)
        world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        draft = shown(world, staged.id)
        assert (draft.name, draft.description) == ("Salutation", "Mine")

    def test_without_the_scope_nothing_is_tried_again(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        denied: dict[str, Any] = {
            "statusCode": 403,
            "message": "Access denied",
            "errors": [{"code": "AuthorizationError"}],
        }
        world.emulator.admin.fault({"status": 403, "body": denied}, method="POST", path="/connectors/*", times=9)
        with pytest.raises(ProviderError, match="manage_connectors"):
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert folded(world, staged.id) == [GET, POST.replace("201", "403")]

    def test_a_change_that_was_accepted_before_the_trouble_is_in_the_state(self, world: World) -> None:
        """The name was taken, another client changed the description, and Connect refused to change it back."""
        staged = draft_in(world, "Draft", description="Greets")
        world.emulator.admin.advance(10)
        answer = world.emulator.admin.patch("drafts", staged.id, {"name": "Salutation", "description": "Mine"})
        world.emulator.admin.advance(1)
        world.emulator.admin.fault({"stale": 2.0}, method="GET", times=1)
        world.emulator.admin.fault({"status": 201, "body": answer}, method="POST", path="/connectors/*")
        world.emulator.admin.fault({"status": 400, "body": REFUSED}, method="POST", path="/connectors/*")
        with pytest.raises(InitFailedError, match="Connect refused to update") as caught:
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation", description="Greets"))
        held = caught.value.state.outputs
        assert (held["name"], held["description"]) == ("Salutation", "Mine")

    def test_a_refused_request_that_was_partly_done_is_in_the_state(self, world: World) -> None:
        """The API does not promise that an update is atomic (API §19 #27): the draft is looked at."""
        staged = draft_in(world, "Draft")
        refusal: dict[str, Any] = {"status": 400, "body": REFUSED, "when": "after"}
        world.emulator.admin.fault(refusal, method="POST", path="/connectors/*")
        with pytest.raises(InitFailedError, match="Connect refused to update") as caught:
            world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
        assert caught.value.state.outputs["name"] == "Salutation"


def test_a_text_that_another_client_added_is_left_alone(world: World) -> None:
    staged = draft_in(world, "Draft")
    world.emulator.admin.patch("drafts", staged.id, {"documentationUrl": "https://acme.example"})
    world.up("ConnectorStaged", staged, world.staged_inputs(name="Salutation"))
    assert shown(world, staged.id).documentation_url == "https://acme.example"
