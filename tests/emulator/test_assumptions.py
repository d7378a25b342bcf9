"""What no source answers has a number, a default reading, and often another one to test against (API §19)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from commercetools_connect import emulator
from commercetools_connect.emulator import AdminError
from commercetools_connect.emulator.assumptions import ASSUMPTIONS
from tests.emulator.conftest import SERVICE

DRAFT = "/connectors/drafts/key=acme-tax"
TAX = "/acme-dev/deployments/key=tax"
EDIT = {"action": "setName", "name": "Edited"}
LISTENER = [SERVICE, {"applicationName": "listener"}]


def test_each_assumption_is_marked_where_it_is_taken() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for path in Path(emulator.__file__).parent.glob("*.py")
        if path.name != "assumptions.py"
    ]
    marks = re.findall(r"assumptions? ([\d, and]+)", "\n".join(sources))
    marked = {int(number) for mark in marks for number in re.findall(r"\d+", mark)}
    assert marked == set(ASSUMPTIONS)


def test_the_table_can_be_read(api: Any) -> None:
    api.admin.settings(assumptions={"8": "other"})
    table = api.http.get("/__admin/assumptions").json()
    assert table["8"]["reading"] == "other"
    assert table["9"]["reading"] == "default"
    assert table["16"]["other"] is None


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        ({"99": "other"}, "there is no assumption 99"),
        ({"x": "other"}, "there is no assumption x"),
        ({"16": "other"}, "assumption 16 has no other reading"),
        ({"8": "third"}, "assumption 8 has no third reading"),
        ({"8": {"code": "X"}}, "assumption 8 has no code to choose"),
        ({"8": "maybe"}, "assumptions.8"),
    ],
)
def test_a_reading_that_does_not_exist_is_refused(api: Any, reading: Any, reason: str) -> None:
    with pytest.raises(AdminError, match=re.escape(reason)):
        api.admin.settings(assumptions=reading)


@pytest.fixture
def other(api: Any) -> Any:
    """Return a way to switch rows to their other reading."""

    def switch(*numbers: int) -> None:
        api.admin.settings(assumptions={str(number): "other" for number in numbers})

    return switch


def test_2_a_missing_required_key_may_end_the_run_instead(api: Any, other: Any) -> None:
    other(2)
    api.published()
    deployed = api.deploy(configurations=[{"applicationName": "service"}])
    assert deployed["status"] == "Failed"
    (entry,) = deployed["details"]["build"]["report"]["entries"]
    assert "TAX_API_KEY" in entry["message"]


def test_3_defaults_may_stay_invisible(api: Any, other: Any) -> None:
    other(3)
    api.published()
    assert api.deploy()["applications"][0]["standardConfiguration"] == []


def test_4_secured_entries_may_have_no_value_at_all(api: Any, other: Any) -> None:
    other(4)
    api.published()
    assert api.start()["applications"][0]["securedConfiguration"] == [{"key": "TAX_API_KEY"}]


def test_4_secured_entries_may_show_how_long_the_value_is(api: Any) -> None:
    api.admin.settings(assumptions={"4": "third"})
    api.published()
    entries = [{"key": "TAX_API_KEY", "value": "s3cret"}, {"key": "WEBHOOK", "value": ""}]
    made = api.start(configurations=[{"applicationName": "service", "securedConfiguration": entries}])
    shown = made["applications"][0]["securedConfiguration"]
    assert shown == [{"key": "TAX_API_KEY", "value": "******"}, {"key": "WEBHOOK", "value": ""}]


def test_8_a_deletion_may_be_refused_while_deploying_and_joined_while_undeploying(api: Any, other: Any) -> None:
    other(8)
    api.published()
    api.start()
    assert api.refused("DELETE", TAX) == (400, "DeploymentInvalidStatusTransition")
    api.admin.advance(1)
    first = api.undeploy()
    assert api.undeploy() == first


def test_9_and_43_a_draft_may_be_deleted_under_its_deployments(api: Any, other: Any) -> None:
    other(9)
    api.published()
    api.deploy()
    api.ok("DELETE", DRAFT)
    assert api.redeploy()["status"] == "Deployed"


def test_10_a_draft_may_be_deleted_while_it_is_processed(api: Any, other: Any) -> None:
    other(10)
    api.create_connector_staged()
    api.update({"action": "publish", "certification": False})
    api.ok("DELETE", DRAFT)
    api.admin.advance(1)
    assert api.refused("GET", "/connectors/key=acme-tax")[0] == 404


def test_11_a_draft_may_be_edited_while_it_is_processed(api: Any, other: Any) -> None:
    other(11)
    api.create_connector_staged()
    api.update({"action": "publish", "certification": False})
    api.update(EDIT)
    assert api.update_refused({"action": "publish", "certification": False}) == (400, "General")
    api.admin.advance(1)
    assert (api.connector()["name"], api.draft()["hasChanges"]) == ("Acme tax", True)


@pytest.mark.parametrize("number", ["9", "10", "11"])
def test_a_refusal_may_have_another_code(api: Any, number: str) -> None:
    api.admin.settings(assumptions={number: {"code": "ConnectorLocked"}})
    api.create_connector_staged()
    if number == "9":
        api.publish()
        api.deploy()
        assert api.refused("DELETE", DRAFT) == (400, "ConnectorLocked")
        return
    api.update({"action": "publish", "certification": False})
    refused = api.refused("DELETE", DRAFT) if number == "10" else api.update_refused(EDIT)
    assert refused == (400, "ConnectorLocked")


def test_12_an_update_may_be_refused_while_the_preview_is_pending(api: Any, other: Any) -> None:
    other(12)
    api.create_connector_staged()
    api.update({"action": "updatePreviewable"})
    assert api.update_refused(EDIT) == (400, "ConnectorStagedPreviewRequestUnderProcess")


def test_12_by_default_an_update_is_accepted_while_the_preview_is_pending(api: Any) -> None:
    api.create_connector_staged()
    api.update({"action": "updatePreviewable"})
    assert api.update(EDIT)["isPreviewable"] == "pending"


def test_13_an_edited_draft_may_be_a_draft_again(api: Any, other: Any) -> None:
    other(13)
    api.published()
    assert api.update(EDIT)["status"] == "Draft"


def test_14_publishing_without_changes_runs_or_is_refused(api: Any, other: Any) -> None:
    api.published()
    api.publish()
    assert api.connector()["version"] == api.draft()["version"] == 5
    other(14)
    assert api.update_refused({"action": "publish", "certification": False}) == (400, "General")
    api.update(EDIT)
    api.publish()


def test_15_a_connector_takes_the_version_of_its_draft_or_counts_its_own(api: Any, other: Any) -> None:
    assert api.published()["version"] == api.connector()["version"] == 3
    api.create_connector_staged(key="counted")
    other(15)
    api.publish("counted")
    assert api.connector("counted")["version"] == 1
    api.publish("counted")
    assert api.connector("counted")["version"] == 2


def test_17_a_staged_deployment_may_get_the_draft_as_it_is(api: Any, other: Any) -> None:
    other(17)
    api.create_connector_staged()
    api.preview()
    api.update(EDIT)
    deployed = api.deploy(connector={"key": "acme-tax", "staged": True})
    assert deployed["connector"]["name"] == "Edited"
    api.set_tag("v2")
    assert api.redeploy(updateConnector=True)["connector"]["repository"]["tag"] == "v2"


@pytest.mark.parametrize("read_otherwise", [False, True])
def test_18_a_redeploy_may_need_manage_api_clients(
    api: Any, log_in_as: Any, other: Any, read_otherwise: bool
) -> None:
    api.published("needs")
    api.deploy(
        configurations=[{"applicationName": "service"}],
        globalConfiguration={"standardConfiguration": [{"key": "SHOP", "value": "a"}]},
    )
    special = log_in_as("manage_project:acme-dev")
    if read_otherwise:
        other(18)
        assert special.redeploy_refused() == (403, "AuthorizationError")
    else:
        special.redeploy()


@pytest.mark.parametrize("reading", ["default", "other", "third"])
def test_18_a_redeploy_that_brings_the_first_api_client_needs_the_scope(
    api: Any, log_in_as: Any, reading: str
) -> None:
    """A new version declares `inheritAs.apiClient`; the one that is deployed does not."""
    api.admin.settings(assumptions={"18": reading})
    api.published()
    api.deploy()
    api.set_tag("needs")
    api.publish()
    changes = {
        "updateConnector": True,
        "globalConfiguration": {"standardConfiguration": [{"key": "SHOP", "value": "a"}]},
    }
    special = log_in_as("manage_project:acme-dev")
    if reading != "third":
        assert special.redeploy_refused(**changes) == (403, "AuthorizationError")
        special = log_in_as("manage_project:acme-dev", "manage_api_clients:acme-dev")
    assert special.redeploy(**changes)["apiClient"]["scopes"] == ["manage_orders"]


def test_22_the_own_project_may_need_no_listing(api: Any, other: Any) -> None:
    other(22)
    api.create_connector_staged(privateProjects=["us-central1.gcp:other"])
    api.preview()
    api.start(connector={"key": "acme-tax", "staged": True})


def test_24_an_empty_text_may_be_refused(api: Any, other: Any) -> None:
    other(24)
    api.create_connector_staged()
    refused = api.update_refused({"action": "setDescription", "description": ""})
    assert refused == (400, "InvalidJsonInput")


def test_25_integration_types_may_have_to_be_there(api: Any, other: Any) -> None:
    other(25)
    api.create_connector_staged()
    refused = api.update_refused({"action": "setIntegrationTypes", "integrationTypes": []})
    assert refused == (400, "InvalidJsonInput")


PREVIEW = {"action": "updatePreviewable"}
PUBLISH = {"action": "publish", "certification": False}


@pytest.mark.parametrize("actions", [(EDIT, PUBLISH), (EDIT, PREVIEW), (PREVIEW, PUBLISH)])
def test_27_a_process_may_need_an_update_of_its_own(api: Any, other: Any, actions: Any) -> None:
    other(27)
    api.create_connector_staged()
    assert api.update_refused(*actions) == (400, "General")
    assert api.draft()["version"] == 1
    api.update(PUBLISH)


def test_35_a_topic_may_be_a_short_name(api: Any, other: Any) -> None:
    other(35)
    api.published()
    deployed = api.deploy(configurations=LISTENER)
    assert re.fullmatch(r"event-[0-9a-z]{24}", deployed["applications"][1]["topic"])


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("no-file", "ConnectorSpecificationFileNotFound"),
        ("broken", "ConnectorSpecificationFileNotValid"),
    ],
)
def test_41_an_unusable_connect_yaml_may_be_refused_at_once(api: Any, other: Any, tag: str, code: str) -> None:
    other(41)
    assert api.refused("POST", "/connectors/drafts", api.draft_body(tag)) == (400, code)
    api.create_connector_staged()
    assert api.update_refused({"action": "setRepository", "tag": tag}) == (400, code)


def test_42_an_empty_list_of_projects_may_mean_none_at_all(api: Any, other: Any) -> None:
    other(42)
    api.published(privateProjects=[])
    refused = api.refused("POST", "/acme-dev/deployments", api.deployment_body())
    assert refused == (403, "AuthorizationError")


def test_44_the_old_status_may_stay_visible_for_a_moment(api: Any, other: Any) -> None:
    """A client that believes the first `Deployed` after its redeploy believes the run before."""
    other(44)
    api.admin.settings(delays={"queued": 10, "deploying": 10})
    api.published()
    api.deploy()
    api.admin.advance(60)
    before = api.deployment()
    answer = api.restart()
    assert (answer["status"], answer["version"]) == ("Deployed", before["version"] + 1)
    assert answer["details"] == before["details"]
    assert api.redeploy_refused() == (400, "DeploymentInvalidStatusTransition")
    seen = []
    for _ in range(4):
        seen.append(api.deployment()["status"])
        api.admin.advance(10)
    assert seen == ["Deployed", "Queued", "Deploying", "Deployed"]
    assert api.deployment()["details"]["build"]["id"] != before["details"]["build"]["id"]
    assert api.deployment()["version"] == before["version"] + 2


def test_44_details_may_be_empty_while_deploying(api: Any) -> None:
    api.admin.settings(delays={"queued": 10, "deploying": 10}, responses={"emptyDetails": True})
    api.published()
    api.start()
    seen = []
    for _ in range(3):
        seen.append((api.deployment()["status"], "build" in api.deployment()["details"]))
        api.admin.advance(10)
    assert seen == [("Queued", True), ("Deploying", False), ("Deployed", True)]


def test_45_a_topic_may_stay(api: Any, other: Any) -> None:
    other(45)
    api.published()
    topic = api.deploy(configurations=LISTENER)["applications"][1]["topic"]
    assert api.redeploy()["applications"][1]["topic"] == topic


def test_46_an_unknown_member_is_refused_or_ignored(api: Any, other: Any) -> None:
    """A client that sends `configurations` instead of `configurationValues` is refused by default only."""
    api.published()
    api.deploy()
    mistaken = {"configurations": [], "skipScripts": True}
    assert api.redeploy_refused(**mistaken) == (400, "InvalidJsonInput")
    assert api.update_refused({**EDIT, "colour": "red"}) == (400, "InvalidJsonInput")
    other(46)
    assert api.redeploy(**mistaken)["status"] == "Deployed"
    assert api.update({**EDIT, "colour": "red", "setName": {}})["name"] == "Edited"
    api.create_connector_staged(key="more", version=1, creator={"email": "a@b.example", "shoe": 44})
    assert api.update_refused({"action": "setColour"}) == (400, "InvalidJsonInput")
    assert api.update_refused({"action": "setName", "colour": "red"}) == (400, "InvalidJsonInput")


@pytest.mark.parametrize("read_otherwise", [False, True])
def test_47_addresses_appear_with_success_or_in_the_first_answer(
    api: Any, other: Any, read_otherwise: bool
) -> None:
    if read_otherwise:
        other(47)
    api.published()
    service, listener = api.start(configurations=LISTENER)["applications"]
    assert ("url" in service, "topic" in listener) == (read_otherwise, read_otherwise)
    api.admin.advance(1)
    deployed = api.deployment()["applications"]
    assert deployed[0]["url"].startswith("https://")
    if read_otherwise:
        assert (deployed[0]["url"], deployed[1]["topic"]) == (service["url"], listener["topic"])


@pytest.mark.parametrize("read_otherwise", [False, True])
def test_47_a_first_run_that_fails_leaves_no_revision_although_addresses_show(
    api: Any, other: Any, read_otherwise: bool
) -> None:
    if read_otherwise:
        other(47)
    api.published()
    api.admin.outcome("deploy", "tax", "failure")
    failed = api.deploy()
    assert ("url" in failed["applications"][0]) == read_otherwise
    assert api.ok("GET", f"{TAX}/revisions")["results"] == []


def test_48_a_build_id_moves_only_with_a_redeploy(api: Any) -> None:
    api.published()
    before = api.deploy()
    api.admin.advance(3600)
    assert api.deployment() == before


def test_48_the_platform_may_rebuild_by_itself(api: Any, other: Any) -> None:
    other(48)
    api.admin.settings(delays={"rebuild": 60})
    api.published()
    before = api.deploy()
    api.admin.advance(60)
    after = api.deployment()
    assert after["details"]["build"].pop("id") != before["details"]["build"].pop("id")
    assert after == before


def test_48_the_platform_rebuilds_when_a_test_says_so(api: Any) -> None:
    api.published()
    api.start()
    with pytest.raises(AdminError, match="the Deployment is Queued, not Deployed"):
        api.admin.rebuild("acme-dev", "key=tax")
    api.admin.advance(1)
    before = api.deployment()
    after = api.admin.rebuild("acme-dev", "key=tax")
    assert api.deployment() == after
    assert after["details"]["build"].pop("id") != before["details"]["build"].pop("id")
    assert after == before
