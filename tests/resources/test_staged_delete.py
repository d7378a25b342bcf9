"""A draft is not deleted while it is in use: its published Connector goes with it."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import ById
from commercetools_connect.core.errors import InvalidInputError, ProviderError
from commercetools_connect.core.results import State
from tests.resources.connectors import another_client, draft_in, folded, publish_elsewhere
from tests.support.world import PROJECT, World

pytestmark = pytest.mark.usefixtures("unhurried")

BY_ID, DELETE = "GET /connectors/drafts/<id> 200", "DELETE /connectors/drafts/<id> 200"
LIST = "GET /demo-project/deployments 200"


def deployed(world: World, **changes: Any) -> tuple[State, State]:
    """Return a published draft and a deployment of it."""
    staged, _ = world.published(**changes)
    deployment = world.create("Deployment", world.deployment_inputs(staged.id), name="api")
    world.emulator.admin.clear_journal()
    return staged, deployment


def remains(world: World, staged: State) -> bool:
    return world.read("ConnectorStaged", staged) is not None


def test_an_unused_draft_is_deleted_with_its_connector(world: World) -> None:
    staged = draft_in(world, "Published")
    world.delete("ConnectorStaged", staged)
    assert folded(world, staged.id) == [BY_ID, LIST, DELETE]
    assert not remains(world, staged)


def test_one_that_is_gone_already_is_a_success(world: World) -> None:
    staged = draft_in(world, "Draft")
    world.emulator.admin.delete("drafts", staged.id)
    world.delete("ConnectorStaged", staged)
    assert not world.writes()


class TestDeployments:
    def test_while_deployments_exist_it_is_refused_and_they_are_named(self, world: World) -> None:
        staged, _ = deployed(world)
        world.create("Deployment", world.deployment_inputs(staged.id), name="web")
        with pytest.raises(InvalidInputError) as caught:
            world.delete("ConnectorStaged", staged)
        for part in ("derived-greeter", PROJECT, "derived-api, derived-web", "forceDestroy", "pulumi up", "first"):
            assert part in str(caught.value)
        assert not [call for call in world.writes() if call.startswith("DELETE")]

    def test_deployments_of_other_connectors_do_not_matter(self, world: World) -> None:
        deployed(world)
        other = world.create("ConnectorStaged", world.staged_inputs(name="Other"), name="other")
        world.delete("ConnectorStaged", other)
        assert not remains(world, other)

    def test_those_that_are_being_undeployed_are_waited_for(self, world: World) -> None:
        staged, deployment = deployed(world)
        _undeploy(world, deployment)
        world.delete("ConnectorStaged", staged)
        assert not remains(world, staged)
        assert any("undeploying" in status for status in world.said.statuses)

    def test_one_whose_undeployment_fails_is_in_the_way(self, world: World) -> None:
        staged, deployment = deployed(world)
        world.emulator.admin.outcome("undeploy", "derived-api", "failure")
        _undeploy(world, deployment)
        with pytest.raises(InvalidInputError, match="derived-api"):
            world.delete("ConnectorStaged", staged)

    def test_without_the_right_to_list_a_warning_says_so_and_connect_decides(self, world: World) -> None:
        staged = draft_in(world, "Published")
        denied: dict[str, Any] = {
            "statusCode": 403,
            "message": "Access denied",
            "errors": [{"code": "AuthorizationError"}],
        }
        world.emulator.admin.fault({"status": 403, "body": denied}, method="GET", path="/*/deployments")
        world.delete("ConnectorStaged", staged)
        assert "cannot be looked for" in world.said.warnings[0]
        assert not remains(world, staged)

    def test_a_list_that_fails_otherwise_deletes_nothing(self, world: World) -> None:
        staged = draft_in(world, "Published")
        world.emulator.admin.fault({"status": 503}, method="GET", path="/*/deployments", times=50)
        with pytest.raises(ProviderError, match="503"):
            world.delete("ConnectorStaged", staged)
        assert not world.writes()

    @pytest.mark.parametrize(("status", "warnings"), [("Draft", 0), ("Published", 1), ("true", 1)])
    def test_without_a_project_the_provider_does_not_look_and_says_so_only_where_it_matters(
        self, world: World, status: str, warnings: int
    ) -> None:
        """What was never published nor previewed cannot be deployed."""
        staged = draft_in(world, status)
        world.settings["projectKey"] = ""
        world.delete("ConnectorStaged", staged)
        assert len(world.said.warnings) == warnings
        assert folded(world, staged.id) == [BY_ID, DELETE]


class TestListed:
    def test_what_is_listed_in_the_marketplace_is_not_deleted(self, world: World) -> None:
        staged = draft_in(world, "listed")
        with pytest.raises(InvalidInputError, match=r"listed in the marketplace(.|\n)*ConnectorPublication first"):
            world.delete("ConnectorStaged", staged)
        assert not world.writes()

    def test_a_private_connector_is_listed_nowhere(self, world: World) -> None:
        """`alreadyListed` is true for it as well."""
        staged = draft_in(world, "Published")
        world.delete("ConnectorStaged", staged)
        assert not remains(world, staged)


class TestForceDestroy:
    def test_it_skips_our_refusal(self, world: World) -> None:
        world.emulator.admin.settings(assumptions={"9": "other"})
        staged, _ = deployed(world, forceDestroy=True)
        world.delete("ConnectorStaged", staged)
        assert not remains(world, staged)

    def test_it_skips_the_refusal_to_delete_what_is_listed(self, world: World) -> None:
        staged = draft_in(world, "listed", forceDestroy=True)
        world.delete("ConnectorStaged", staged)
        assert not remains(world, staged)

    def test_it_must_have_been_applied_before(self, world: World) -> None:
        """A delete knows only the state, not the program."""
        world.emulator.admin.settings(assumptions={"9": "other"})
        staged, _ = deployed(world)
        with pytest.raises(InvalidInputError):
            world.delete("ConnectorStaged", staged)
        forced = world.up("ConnectorStaged", staged, world.staged_inputs(forceDestroy=True))
        world.delete("ConnectorStaged", forced)
        assert not remains(world, staged)

    @pytest.mark.parametrize("reading", ["default", {"code": "ConnectorStagedHasDeployments"}])
    def test_a_refusal_of_connect_stays_one_and_says_so(self, world: World, reading: Any) -> None:
        world.emulator.admin.settings(assumptions={"9": reading})
        staged, _ = deployed(world, forceDestroy=True)
        with pytest.raises(ProviderError) as caught:
            world.delete("ConnectorStaged", staged)
        for part in ("refused to delete ConnectorStaged derived-greeter", "delete those", "forceDestroy"):
            assert part in str(caught.value)
        assert len(world.writes()) == 1


@pytest.mark.parametrize("reading", ["default", {"code": "Anything"}])
def test_deployments_in_another_project_are_connects_refusal(world: World, reading: Any) -> None:
    """They cannot be seen from here."""
    world.emulator.admin.settings(assumptions={"9": reading})
    staged, _ = deployed(world)
    world.settings["projectKey"] = "acme-other"
    world.emulator.admin.fault({"status": 200, "body": EMPTY_PAGE}, method="GET", path="/acme-other/deployments")
    with pytest.raises(ProviderError, match="perhaps in projects that these credentials do not see"):
        world.delete("ConnectorStaged", staged)
    assert len(world.writes()) == 1


class TestWhileSomethingRuns:
    @pytest.mark.parametrize("reading", ["default", "other", {"code": "Anything"}])
    @pytest.mark.parametrize("status", ["Processing", "pending"])
    def test_its_end_is_waited_for(self, world: World, status: str, reading: Any) -> None:
        world.emulator.admin.settings(assumptions={"10": reading})
        staged = draft_in(world, status)
        world.delete("ConnectorStaged", staged)
        assert folded(world, staged.id) == [f"{BY_ID} +", LIST, DELETE]

    def test_a_run_that_begins_in_the_same_moment_is_waited_for_too(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.advance(10)
        world.emulator.admin.clear_journal()
        publish_elsewhere(world, staged.id)
        world.emulator.admin.advance(1)
        world.emulator.admin.fault({"stale": 2.0}, method="GET", path="/connectors/*")
        world.delete("ConnectorStaged", staged)
        assert [call[-3:] for call in world.writes()] == ["400", "200"]

    def test_one_that_goes_meanwhile_is_a_success(self, world: World) -> None:
        staged = draft_in(world, "Processing")
        world.clock.after(20, lambda: world.emulator.admin.delete("drafts", staged.id))
        world.delete("ConnectorStaged", staged)
        assert not world.writes()

    def test_a_run_that_does_not_end_is_an_error_and_nothing_is_deleted(self, world: World) -> None:
        world.emulator.admin.outcome("preview", "derived-greeter", "stuck")
        staged = draft_in(world, "pending")
        with pytest.raises(ProviderError, match="validating the preview; it is not deleted"):
            world.delete("ConnectorStaged", staged)
        assert not world.writes()

    @pytest.mark.parametrize("status", ["ReadyForCertification", "InCertification"])
    def test_a_certification_is_not_waited_for_and_a_refusal_explained(self, world: World, status: str) -> None:
        staged = draft_in(world, status)
        refusal: dict[str, Any] = {
            "statusCode": 400,
            "message": "No.",
            "errors": [{"code": "Surprise", "message": "No."}],
        }
        world.emulator.admin.fault({"status": 400, "body": refusal}, method="DELETE")
        with pytest.raises(ProviderError, match=rf"{status}(.|\n)*People at commercetools decide"):
            world.delete("ConnectorStaged", staged)


class TestUncertainAnswer:
    @pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 500, "when": "after"}])
    def test_a_deletion_whose_answer_was_lost_is_one(self, world: World, fault: Any) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault(fault, method="DELETE")
        world.delete("ConnectorStaged", staged)
        assert len(world.writes()) == 1

    def test_one_that_never_arrived_is_made_again(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault({"drop": "before"}, method="DELETE")
        world.delete("ConnectorStaged", staged)
        assert not remains(world, staged)

    def test_a_delete_that_keeps_failing_ends_in_the_servers_error(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault({"status": 503}, method="DELETE", times=50)
        with pytest.raises(ProviderError, match="503"):
            world.delete("ConnectorStaged", staged)
        assert len(world.writes()) == 6


EMPTY_PAGE: dict[str, Any] = {"limit": 500, "offset": 0, "count": 0, "total": 0, "results": []}


def _undeploy(world: World, deployment: State) -> None:
    """Begin what a colleague's deletion begins."""
    id_ = str(deployment.outputs["deploymentId"])
    another_client(world, lambda client: client.delete_deployment(PROJECT, ById(id_)))
