"""Connector drafts: create, read, change, delete (API §4, §5, §8.1)."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.emulator.actions import ACTIONS

REPOSITORY = "git@github.com:acme/tax-connector.git"
DRAFTS = "/connectors/drafts"
DRAFT = "/connectors/drafts/key=acme-tax"


def test_a_new_draft_is_what_the_reference_shows(api: Any) -> None:
    draft = api.create_connector_staged()
    assert draft.pop("id")
    assert draft.pop("configurations")[0]["securedConfiguration"][0] == {
        "key": "TAX_API_KEY", "description": "The key", "required": True,
    }  # fmt: skip
    assert draft == {
        "key": "acme-tax",
        "version": 1,
        "name": "Acme tax",
        "description": "Calculates tax",
        "integrationTypes": ["tax"],
        "creator": {"email": "dev@acme.example", "company": "Acme"},
        "repository": {"url": REPOSITORY, "tag": "v1"},
        "globalConfiguration": {
            "standardConfiguration": [
                {"key": "LOG_LEVEL", "description": "Log level", "required": False, "default": "info"}
            ],
            "securedConfiguration": [],
        },
        "supportedRegions": [
            "europe-west1.gcp", "us-central1.gcp", "australia-southeast1.gcp", "us-east-2.aws", "eu-central-1.aws",
        ],
        "private": True,
        "privateProjects": ["europe-west1.gcp:acme-dev"],
        "status": "Draft",
        "alreadyListed": False,
        "hasChanges": False,
        "isPreviewable": "none",
    }  # fmt: skip


def test_a_draft_is_created_with_201_and_read_by_id_and_by_key(api: Any) -> None:
    response = api.http.post(DRAFTS, json=api.draft_body())
    assert response.status_code == 201
    draft = response.json()
    assert api.ok("GET", f"{DRAFTS}/{draft['id']}") == draft == api.draft()


def test_the_least_that_a_draft_needs(api: Any) -> None:
    body = {"name": "n", "creator": {"email": "e"}, "repository": {"url": REPOSITORY, "tag": "v1"}}
    draft = api.ok("POST", DRAFTS, body)
    assert "key" not in draft
    assert draft["privateProjects"] == []


def test_a_key_is_taken_only_once(api: Any) -> None:
    api.create_connector_staged()
    status, code, error = api.refusal("POST", DRAFTS, api.draft_body())
    assert (status, code) == (400, "DuplicateField")
    assert (error["field"], error["duplicateValue"]) == ("key", "acme-tax")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": None},
        {"name": ""},
        {"creator": None},
        {"creator": {}},
        {"creator": {"email": "e", "noOfContributors": 0}},
        {"repository": {"url": REPOSITORY}},
        {"key": "a"},
        {"key": "with space"},
        {"integrationTypes": ["taxes"]},
        {"supportedRegions": ["eastus.azure"]},
        {"privateProjects": ["acme-dev"]},
        {"isPrivate": True},
        {"status": "Draft"},
        {"name": 12},
    ],
)
def test_a_draft_of_another_shape_is_refused(api: Any, changes: dict[str, Any]) -> None:
    status, code, error = api.refusal("POST", DRAFTS, api.draft_body(**changes))
    assert (status, code) == (400, "InvalidJsonInput")
    assert error["detailedErrorMessage"]


def test_a_body_that_is_no_json_is_refused(api: Any) -> None:
    json_type = {"content-type": "application/json"}
    for content in (b"{", b"", b"[]", b'"text"'):
        response = api.http.post(DRAFTS, content=content, headers=json_type)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "InvalidJsonInput")


def test_a_body_that_is_not_said_to_be_json_is_refused(api: Any) -> None:
    assert api.http.post(DRAFTS, content=b"{}", headers={"content-type": "text/plain"}).status_code == 400


def test_a_repository_that_cannot_be_reached_is_refused_at_once(api: Any) -> None:
    expected = (400, "GitRepositoryNotReachable")
    assert api.refused("POST", DRAFTS, api.draft_body("v9")) == expected
    elsewhere = {"url": "https://github.com/acme/other.git", "tag": "v1"}
    assert api.refused("POST", DRAFTS, api.draft_body(repository=elsewhere)) == expected
    api.create_connector_staged()
    assert api.update_refused({"action": "setRepository", "tag": "v9"}) == expected


@pytest.mark.parametrize("tag", ["no-file", "broken"])
def test_a_draft_without_a_usable_connect_yaml_has_no_configurations(api: Any, tag: str) -> None:
    assert api.create_connector_staged(tag)["configurations"] == []


@pytest.mark.parametrize(
    ("tag", "title", "message"),
    [
        ("no-file", "Connector specification file not found", None),
        (
            "broken",
            "Connector specification file validation check failed",
            "[deployAs.0.endpoint]: required",
        ),
    ],
)
def test_what_is_wrong_with_connect_yaml_is_in_the_reports(
    api: Any, tag: str, title: str, message: str | None
) -> None:
    api.create_connector_staged(tag)
    previewed = api.preview()
    assert previewed["isPreviewable"] == "false"
    published = api.publish()
    assert published["status"] == "Failed"
    for report in (previewed["previewableReport"], published["publishingReport"]):
        (entry,) = report["entries"]
        assert (entry["type"], entry["title"], entry.get("message")) == ("Error", title, message)


SIMPLE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"action": "setName", "name": "N"}, {"name": "N"}),
    ({"action": "setDescription", "description": "D"}, {"description": "D"}),
    ({"action": "setIntegrationTypes", "integrationTypes": ["oms", "tax"]}, {"integrationTypes": ["oms", "tax"]}),
    ({"action": "setIntegrationTypes", "integrationTypes": []}, {"integrationTypes": []}),
    ({"action": "setSupportedRegions", "regions": ["us-east-2.aws"]}, {"supportedRegions": ["us-east-2.aws"]}),
    ({"action": "setDocumentationUrl", "documentationUrl": "https://d"}, {"documentationUrl": "https://d"}),
    (
        {"action": "addPrivateProject", "privateProject": "us-central1.gcp:other"},
        {"privateProjects": ["europe-west1.gcp:acme-dev", "us-central1.gcp:other"]},
    ),
    (
        {"action": "removePrivateProject", "privateProject": "europe-west1.gcp:acme-dev"},
        {"privateProjects": []},
    ),
    ({"action": "setRepository", "tag": "v2"}, {"repository": {"url": REPOSITORY, "tag": "v2"}}),
]
CREATOR: list[tuple[dict[str, Any], str, Any]] = [
    ({"action": "setCreatorEmail", "creatorEmail": "x"}, "email", "x"),
    ({"action": "setCreatorName", "creatorName": "x"}, "name", "x"),
    ({"action": "setCreatorTitle", "creatorTitle": "x"}, "title", "x"),
    ({"action": "setCreatorCompany", "creatorCompany": "x"}, "company", "x"),
    ({"action": "setCreatorLogo", "logoUrl": "x"}, "logoUrl", "x"),
    ({"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 3}, "noOfContributors", 3),
    ({"action": "setCreatorSupportUrl", "creatorSupportUrl": "x"}, "supportUrl", "x"),
]


@pytest.mark.parametrize(("action", "expected"), SIMPLE)
def test_an_action_changes_its_member_and_nothing_else(
    api: Any, action: dict[str, Any], expected: dict[str, Any]
) -> None:
    before = api.create_connector_staged()
    after = api.update(action)
    assert api.draft() == after
    ignored = {"version", "hasChanges", "configurations"}
    changed = {name for name in {*before, *after} - ignored if before.get(name) != after.get(name)}
    assert {name: after.get(name) for name in changed} == expected
    assert after["version"] == 2


@pytest.mark.parametrize(("action", "member", "value"), CREATOR)
def test_an_action_changes_its_part_of_the_creator(
    api: Any, action: dict[str, Any], member: str, value: Any
) -> None:
    before = api.create_connector_staged()["creator"]
    assert api.update(action)["creator"] == {**before, member: value}


def test_there_are_19_actions() -> None:
    assert len(ACTIONS) == 19


@pytest.mark.parametrize(
    "action",
    [
        {"action": "setKey", "key": "other"},
        {"action": "setName"},
        {"action": "setName", "name": "N", "extra": 1},
        {"action": "setSupportedRegions", "regions": []},
        {"action": "setCreatorLogo", "creatorLogo": "x"},
        {"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 0},
        {"action": "publish"},
        {"action": "addPrivateProject", "privateProject": "acme-dev"},
        {"action": "addCertificationComment", "comment": ""},
    ],
)
def test_an_action_of_another_shape_is_refused(api: Any, action: dict[str, Any]) -> None:
    api.create_connector_staged()
    assert api.update_refused(action) == (400, "InvalidJsonInput")
    assert api.draft()["version"] == 1


def test_an_update_needs_a_version_and_actions(api: Any) -> None:
    api.create_connector_staged()
    assert api.refused("POST", DRAFT, {"actions": []}) == (400, "InvalidJsonInput")
    assert api.refused("POST", DRAFT, {"version": 1}) == (400, "InvalidJsonInput")


def test_an_update_without_actions_changes_nothing(api: Any) -> None:
    draft = api.create_connector_staged()
    assert api.update() == draft


def test_an_update_of_another_version_is_refused_with_both_versions(api: Any) -> None:
    api.create_connector_staged()
    body = {"version": 7, "actions": [{"action": "setName", "name": "N"}]}
    status, code, error = api.refusal("POST", DRAFT, body)
    assert (status, code) == (409, "ConcurrentModification")
    assert (error["expectedVersion"], error["currentVersion"]) == (7, 1)


def test_several_actions_are_one_step_in_their_order(api: Any) -> None:
    api.create_connector_staged()
    after = api.update({"action": "setName", "name": "A"}, {"action": "setName", "name": "B"})
    assert (after["name"], after["version"]) == ("B", 2)


def test_one_bad_action_undoes_the_others_and_uses_up_no_outcome(api: Any) -> None:
    before = api.create_connector_staged()
    api.admin.outcome("preview", "acme-tax", "failure")
    refused = api.update_refused(
        {"action": "setName", "name": "A"},
        {"action": "updatePreviewable"},
        {"action": "setRepository", "tag": "v9"},
    )
    assert refused == (400, "GitRepositoryNotReachable")
    assert api.draft() == before
    assert api.preview()["isPreviewable"] == "false"


def test_an_empty_text_clears_an_optional_member(api: Any) -> None:
    """Also the description, which a ConnectorStaged shows nevertheless: its type requires it (API §4.2)."""
    api.create_connector_staged(documentationUrl="https://d")
    after = api.update(
        {"action": "setDescription", "description": ""},
        {"action": "setDocumentationUrl", "documentationUrl": ""},
        {"action": "setCreatorCompany", "creatorCompany": ""},
    )
    assert (after["description"], "documentationUrl" in after) == ("", False)
    api.publish()
    assert "description" not in api.connector()
    assert after["creator"] == {"email": "dev@acme.example"}


def test_setting_the_repository_reads_the_new_connect_yaml_and_resets_the_preview(api: Any) -> None:
    api.create_connector_staged()
    assert api.preview()["isPreviewable"] == "true"
    after = api.set_tag("v2")
    assert after["isPreviewable"] == "none"
    assert "previewableReport" not in after
    assert after["configurations"][0]["applicationName"] == "extra"


def test_deleting_a_draft_answers_it_and_deletes_its_connector(api: Any) -> None:
    published = api.published()
    response = api.http.delete(DRAFT)
    assert (response.status_code, response.json()) == (200, published)
    assert api.refused("GET", DRAFT) == (404, "ResourceNotFound")
    assert api.refused("GET", "/connectors/key=acme-tax") == (404, "ResourceNotFound")
    assert api.refused("DELETE", DRAFT) == (404, "ResourceNotFound")


def test_a_key_is_free_after_the_deletion_and_the_new_draft_is_another(api: Any) -> None:
    first = api.create_connector_staged()
    api.ok("DELETE", DRAFT)
    assert api.create_connector_staged()["id"] != first["id"]


def test_a_draft_with_deployments_cannot_be_deleted(api: Any) -> None:
    api.published()
    api.deploy()
    assert api.refused("DELETE", DRAFT) == (400, "General")
    api.undeploy()
    assert api.refused("DELETE", DRAFT) == (400, "General")
    api.admin.advance(1)
    api.ok("DELETE", DRAFT)


def test_a_draft_is_not_deleted_while_its_preview_is_pending(api: Any) -> None:
    api.create_connector_staged()
    api.update({"action": "updatePreviewable"})
    assert api.refused("DELETE", DRAFT) == (400, "General")


def test_an_extra_version_in_the_query_of_a_deletion_does_no_harm(api: Any) -> None:
    api.create_connector_staged()
    api.ok("DELETE", f"{DRAFT}?version=1")


@pytest.mark.parametrize("segment", ["not-a-uuid", "key=a", "key=with%20space", "KEY=acme"])
def test_a_path_that_can_name_nothing_is_refused(api: Any, segment: str) -> None:
    assert api.refused("GET", f"{DRAFTS}/{segment}") == (400, "InvalidPathParam")


def test_a_draft_that_is_not_there_is_404_by_id_and_by_key(api: Any) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    assert api.refused("GET", f"{DRAFTS}/{missing}") == (404, "ResourceNotFound")
    assert api.refused("POST", f"{DRAFTS}/key=none", {"version": 1, "actions": []}) == (404, "ResourceNotFound")
