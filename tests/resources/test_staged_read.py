"""A refresh shows the draft as it is; only Connect's own word makes it gone; an import fits the program."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import ConflictError, ProviderError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import Secret
from commercetools_connect.resources.connector_staged.model import INPUT_NAMES, declared_by_either
from commercetools_connect.resources.inputs import pick
from tests.resources.connectors import draft_in, shown
from tests.support.world import PROJECT, REGION, World

pytestmark = pytest.mark.usefixtures("unhurried")

STATUSES = (
    "Draft",
    "Processing",
    "Published",
    "Failed",
    "ReadyForCertification",
    "InCertification",
    "Hibernating",
    "pending",
    "true",
    "listed",
)


@pytest.mark.parametrize("status", STATUSES)
def test_a_refresh_in_any_status_is_no_drift(world: World, status: str) -> None:
    """The status is shown, and is no reason for a change: publishing is another resource's business."""
    staged = draft_in(world, status)
    refreshed = world.read("ConnectorStaged", staged)
    assert refreshed is not None
    assert status in (refreshed.outputs["status"], refreshed.outputs["previewable"], "listed")
    assert refreshed.outputs["contentHash"] == staged.outputs["contentHash"]
    assert not world.diff("ConnectorStaged", refreshed, world.staged_inputs())


@pytest.mark.parametrize(
    "spelling",
    [
        {"description": ""},
        {"creator": {"email": "dev@acme.example", "title": "", "noOfContributors": 3}},
        {"privateProjects": []},
        {"integrationTypes": ["psp", "tax", "psp"]},
        {"privateProjects": [f"{REGION}:zulu", f"{REGION}:{PROJECT}"]},
        {"forceDestroy": False, "adopt": False},
        {"supportedRegions": [REGION, "us-east-2.aws"]},
    ],
    ids=lambda spelling: next(iter(spelling)),
)
def test_however_the_program_spells_it_a_second_up_has_nothing_to_do(world: World, spelling: Any) -> None:
    """Also after a refresh, and with the same content hash."""
    inputs = world.staged_inputs(**spelling)
    state = world.create("ConnectorStaged", inputs)
    assert not world.diff("ConnectorStaged", state, inputs)
    refreshed = world.read("ConnectorStaged", state)
    assert refreshed is not None
    assert not world.diff("ConnectorStaged", refreshed, inputs)
    assert refreshed.outputs["contentHash"] == state.outputs["contentHash"]


def test_old_answers_that_leave_members_out_are_no_drift(world: World) -> None:
    staged = draft_in(world, "Published", privateProjects=None)
    world.emulator.admin.settings(responses={"omitOldMembers": True, "nullMembers": True})
    refreshed = world.read("ConnectorStaged", staged)
    assert refreshed is not None
    assert not world.diff("ConnectorStaged", refreshed, world.staged_inputs(privateProjects=None))


def test_what_a_user_marks_as_secret_stays_one(world: World) -> None:
    """In a list as well, also when another client has added to it, and in what a failed update leaves."""
    inputs = world.staged_inputs(
        privateProjects=[Secret(f"{REGION}:{PROJECT}")], creator={"email": Secret("hush@acme.example")}
    )
    state = world.create("ConnectorStaged", inputs)
    refreshed = world.read("ConnectorStaged", state)
    assert refreshed is not None
    assert not world.diff("ConnectorStaged", refreshed, inputs)
    world.emulator.admin.patch("drafts", state.id, {"privateProjects": [f"{REGION}:{PROJECT}", f"{REGION}:other"]})
    drifted = world.read("ConnectorStaged", state)
    assert drifted is not None
    after: Any = declared_by_either(drifted.outputs, inputs)

    for each in (refreshed.outputs, drifted.outputs, after):
        assert PROJECT not in repr(pick(each, INPUT_NAMES))
        assert "hush" not in repr(pick(each, INPUT_NAMES))


def test_another_clients_edit_is_drift_at_its_path_and_another_content(world: World) -> None:
    staged = draft_in(world, "Published", description="Greets")
    world.emulator.admin.patch("drafts", staged.id, {"description": "Mine"})
    refreshed = world.read("ConnectorStaged", staged)
    assert refreshed is not None
    assert refreshed.outputs["contentHash"] != staged.outputs["contentHash"]
    changes = world.diff("ConnectorStaged", refreshed, world.staged_inputs(description="Greets"))
    assert changes.properties == ["description"]


class TestContentHash:
    def test_the_preview_knows_the_hash_that_the_update_gives(self, world: World) -> None:
        inputs = world.staged_inputs(description="Greets", supportedRegions=[REGION])
        state = world.create("ConnectorStaged", inputs)
        fewer = world.staged_inputs(name="Salutation")
        news = world.checked("ConnectorStaged", fewer)
        previewed = world.run(lambda of: _previewed(of, news))
        assert world.up("ConnectorStaged", state, fewer).outputs["contentHash"] == previewed

    @pytest.mark.parametrize("change", [{"forceDestroy": True}, {"adopt": True}])
    def test_what_is_ours_does_not_change_it(self, world: World, change: Any) -> None:
        state = draft_in(world, "Draft")
        after = world.up("ConnectorStaged", state, world.staged_inputs(**change))
        assert after.outputs["contentHash"] == state.outputs["contentHash"]

    def test_everything_that_is_published_changes_it(self, world: World) -> None:
        state = draft_in(world, "Draft")
        after = world.up("ConnectorStaged", state, world.staged_inputs(description="Greets"))
        assert after.outputs["contentHash"] != state.outputs["contentHash"]


class TestImport:
    @pytest.mark.parametrize("identity", ["{id}", "key=derived-greeter"])
    def test_by_id_or_key_it_fits_a_program_with_the_same_fields(self, world: World, identity: str) -> None:
        inputs = world.staged_inputs(
            key="derived-greeter",
            description="Greets",
            creator={"email": "dev@acme.example", "company": "Acme"},
            integrationTypes=["tax"],
        )
        staged = world.create("ConnectorStaged", inputs)
        imported = world.read("ConnectorStaged", State(identity.format(id=staged.id), {}))
        assert imported is not None
        assert imported.id == staged.id
        assert set(imported.inputs) == {*inputs, "supportedRegions"}
        assert imported.inputs["creator"] == inputs["creator"]
        assert not world.diff("ConnectorStaged", imported, inputs)

    def test_of_a_draft_without_applications_it_is_no_failure(self, world: World) -> None:
        """No publication has been requested yet."""
        staged = draft_in(world, "Draft")
        shown_draft = shown(world, staged.id).model_dump(mode="json", by_alias=True)
        body = {**shown_draft, "configurations": []}
        world.emulator.admin.fault({"status": 200, "body": body}, method="GET", path="/connectors/drafts/*")
        assert world.read("ConnectorStaged", State(staged.id, {})) is not None

    def test_of_nothing_it_says_that_there_is_nothing(self, world: World) -> None:
        assert world.read("ConnectorStaged", State("key=nothing-here", {})) is None


class TestGone:
    def test_only_when_neither_the_id_nor_the_key_is_known(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.delete("drafts", staged.id)
        assert world.read("ConnectorStaged", staged) is None
        assert world.calls() == [
            f"GET /connectors/drafts/{staged.id} 404",
            "GET /connectors/drafts/key=derived-greeter 404",
        ]

    def test_a_new_draft_under_its_key_is_another_clients_and_is_not_taken(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.delete("drafts", staged.id)
        other = world.create("ConnectorStaged", world.staged_inputs(name="Mine now"))
        with pytest.raises(ConflictError) as caught:
            world.read("ConnectorStaged", staged)
        for part in ("derived-greeter", staged.id, other.id, "pulumi state delete", "import"):
            assert part in str(caught.value)

    @pytest.mark.parametrize(
        "fault", [{"status": 401}, {"status": 403}, {"status": 404}, {"status": 500}, {"html": True}]
    )
    def test_trouble_and_pages_are_errors_and_leave_the_state_alone(self, world: World, fault: Any) -> None:
        staged = draft_in(world, "Draft")
        world.emulator.admin.fault(fault, method="GET", path="/connectors/*", times=50)
        with pytest.raises(ProviderError):
            world.read("ConnectorStaged", staged)

    def test_a_state_from_another_host_is_an_error_and_no_empty_estate(self, world: World) -> None:
        staged = draft_in(world, "Draft")
        elsewhere = State(
            staged.id, {**staged.outputs, "connectHost": "connect.us-central1.gcp.commercetools.com"}
        )
        settings = dict(world.settings)
        world.settings |= {"connectUrl": "", "region": REGION}
        with pytest.raises(ProviderError, match="was made on"):
            world.read("ConnectorStaged", elsewhere)
        world.settings = settings

    def test_a_state_from_commercetools_is_not_lost_to_an_emulator(self, world: World) -> None:
        """CTP_CONNECT_URL of a terminal wins over the region of the stack; nothing is found there."""
        elsewhere = {"connectHost": "connect.us-central1.gcp.commercetools.com", "key": "shop"}
        unknown = State("0b7c2f7e-0000-4000-8000-000000000001", elsewhere)

        with pytest.raises(ProviderError, match="but the configuration leads to http://127") as caught:
            world.read("ConnectorStaged", unknown)

        assert "Unset connectUrl (CTP_CONNECT_URL)" in str(caught.value)
        assert not world.calls()


async def _previewed(resource_of: Any, news: Any) -> Any:
    return resource_of("ConnectorStaged").preview_outputs(news, None)["contentHash"]
