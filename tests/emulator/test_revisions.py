"""Revisions and rollbacks to one (API §4.9; what is a guess there has a number in API §19)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from commercetools_connect.emulator import Emulator

TAX = "/acme-dev/deployments/key=tax"
REVISIONS = f"{TAX}/revisions"


def values(deployment: Any, name: str = "service") -> dict[str, str]:
    application = next(each for each in deployment["applications"] if each["applicationName"] == name)
    return {each["key"]: each["value"] for each in application["standardConfiguration"]}


def numbers(api: Any, **query: Any) -> list[int]:
    return [each["revision"] for each in api.ok("GET", REVISIONS, params=query)["results"]]


def roll_back(api: Any, revision: int) -> Any:
    """Roll back and return the Deployment when the run has ended."""
    body = {"version": api.deployment()["version"]}
    api.ok("POST", f"{REVISIONS}/{revision}/rollback", body)
    api.admin.advance(1)
    return api.deployment()


def set_values(mode: str, secret: str) -> dict[str, Any]:
    entry = {
        "applicationName": "service",
        "standardConfiguration": [{"key": "TAX_MODE", "value": mode}],
        "securedConfiguration": [{"key": "TAX_API_KEY", "value": secret}],
    }
    return {"configurationValues": [entry]}


@pytest.fixture
def moved(api: Any) -> Any:
    """Return the API with a Deployment that went from v1 to v2, with other values: two revisions."""
    api.published()
    api.deploy()
    api.set_tag("v2")
    api.publish()
    api.redeploy(updateConnector=True, **set_values("gross", "s3cret-2"))
    return api


@pytest.mark.parametrize("outcome", ["stuck", "failure"])
@pytest.mark.parametrize("reading", ["default", "other"])
def test_a_deployment_that_never_was_deployed_has_no_revision(api: Any, outcome: str, reading: str) -> None:
    """By id and by key, from the first answer to the end: that is how one knows that it never was live."""
    api.admin.settings(assumptions={"32": reading})
    api.published()
    api.admin.outcome("deploy", "tax", outcome)
    made = api.start()
    for _ in range(3):
        for path in (REVISIONS, f"/acme-dev/deployments/{made['id']}/revisions"):
            page = api.ok("GET", path)
            assert (page if reading == "other" else page["results"]) == []
        api.admin.advance(1)
    assert api.refused("GET", f"{REVISIONS}/1") == (404, "ResourceNotFound")
    assert api.deployment()["status"] == ("Failed" if outcome == "failure" else "Deploying")


def test_a_failed_first_run_is_live_with_the_redeploy_that_succeeds(api: Any) -> None:
    api.published()
    api.admin.outcome("deploy", "tax", "failure")
    api.deploy()
    api.restart()
    assert numbers(api) == []
    api.admin.advance(1)
    assert numbers(api) == [1]
    api.admin.outcome("undeploy", "tax", "failure")
    api.undeploy()
    api.admin.advance(1)
    assert (api.deployment()["status"], numbers(api)) == ("UndeployFailed", [1])


def test_what_an_edit_made_deployed_has_a_revision(api: Any) -> None:
    api.published()
    api.admin.outcome("deploy", "tax", "stuck")
    api.deploy()
    api.admin.patch("deployments", "tax", {"status": "Deployed"})
    assert numbers(api) == [1]
    dump = api.admin.dump()
    del dump["revisions"]
    api.admin.load(dump)
    assert numbers(api) == [1]


def test_each_successful_run_leaves_a_revision(moved: Any) -> None:
    moved.admin.outcome("deploy", "tax", "failure")
    moved.redeploy()
    page = moved.ok("GET", REVISIONS)
    assert (page["limit"], page["offset"], page["count"], page["total"]) == (20, 0, 2, 2)
    newest, oldest = page["results"]
    assert (newest["revision"], oldest["revision"]) == (2, 1)
    assert (newest["connector"]["repository"]["tag"], oldest["connector"]["repository"]["tag"]) == ("v2", "v1")
    assert (values(newest)["TAX_MODE"], values(oldest)["TAX_MODE"]) == ("gross", "net")
    assert newest["createdAt"] > oldest["createdAt"]
    assert moved.ok("GET", f"{REVISIONS}/1") == oldest
    assert moved.ok("GET", f"/acme-dev/deployments/{moved.deployment()['id']}/revisions/1") == oldest


def test_a_rollback_brings_back_code_and_all_values(moved: Any) -> None:
    """Secured ones too: no client can read them, so only the service can restore them."""
    queued = moved.ok("POST", f"{REVISIONS}/1/rollback", {"version": moved.deployment()["version"]})
    assert (queued["status"], queued["rollbackRevision"]) == ("Queued", 1)
    moved.admin.advance(1)
    after = moved.deployment()
    assert (after["status"], after["connector"]["repository"]["tag"]) == ("Deployed", "v1")
    assert values(after) == {"TAX_MODE": "net"}
    stored = moved.admin.secured("acme-dev", "tax")["service"]["TAX_API_KEY"]
    assert stored == hashlib.sha256(b"s3cret").hexdigest()
    assert after["version"] == queued["version"] + 1
    assert numbers(moved) == [3, 2, 1]
    assert "rollbackRevision" not in moved.redeploy()


def test_addresses_stay(moved: Any) -> None:
    def url() -> str:
        return str(moved.deployment()["applications"][0]["url"])

    before = url()
    roll_back(moved, 1)
    assert url() == before


def test_applications_that_the_revision_did_not_have_are_gone(api: Any) -> None:
    api.published()
    api.deploy()
    api.set_tag("v2")
    api.publish()
    api.redeploy(updateConnector=True, configurationValues=[{"applicationName": "extra"}])
    names = {each["applicationName"] for each in roll_back(api, 1)["applications"]}
    assert names == {"service"}


def test_a_failed_rollback_leaves_what_ran(moved: Any) -> None:
    moved.admin.outcome("deploy", "tax", "failure")
    failed = roll_back(moved, 1)
    assert (failed["status"], failed["connector"]["repository"]["tag"]) == ("Failed", "v2")
    assert numbers(moved) == [2, 1]
    assert roll_back(moved, 2)["status"] == "Deployed"


def test_a_rollback_may_be_scripted_to_warn(moved: Any) -> None:
    moved.admin.outcome("deploy", "tax", "warning")
    entry = roll_back(moved, 1)["details"]["build"]["report"]["entries"][0]
    assert entry["type"] == "Warning"


def test_what_cannot_be_rolled_back_is_refused(moved: Any) -> None:
    version = moved.deployment()["version"]
    assert moved.refused("POST", f"{REVISIONS}/9/rollback", {"version": version}) == (404, "ResourceNotFound")
    assert moved.refused("GET", f"{REVISIONS}/nine") == (404, "ResourceNotFound")
    stale = moved.refused("POST", f"{REVISIONS}/1/rollback", {"version": version - 1})
    assert stale == (409, "ConcurrentModification")
    shapeless = moved.refused("POST", f"{REVISIONS}/1/rollback", {"version": version, "force": True})
    assert shapeless == (400, "InvalidJsonInput")
    running = moved.restart()
    refused = moved.refused("POST", f"{REVISIONS}/1/rollback", {"version": running["version"]})
    assert refused == (400, "DeploymentRollbackNotAllowed")


def test_revisions_are_paged(moved: Any) -> None:
    moved.redeploy()
    assert numbers(moved, limit=2) == [3, 2]
    assert numbers(moved, limit=2, offset=2) == [1]
    assert moved.refused("GET", REVISIONS, params={"sort": "createdAt asc"}) == (400, "InvalidQueryParam")


def test_no_revision_shows_a_secured_value(moved: Any) -> None:
    text = json.dumps([moved.ok("GET", REVISIONS), moved.ok("GET", f"{REVISIONS}/1")])
    assert "s3cret" not in text
    assert "****" in text


def test_revisions_go_with_their_deployment(moved: Any) -> None:
    moved.undeploy()
    moved.admin.advance(1)
    assert moved.refused("GET", REVISIONS) == (404, "ResourceNotFound")
    moved.deploy()
    assert numbers(moved) == [1]


def test_a_rollback_works_after_a_dump_and_load(moved: Any) -> None:
    with Emulator(seed={"dump": moved.admin.dump()}) as second:
        moved.http.base_url = second.url
        moved.admin = second.admin
        assert values(roll_back(moved, 1)) == {"TAX_MODE": "net"}


def test_31_the_revision_may_have_to_be_in_the_body(moved: Any) -> None:
    version = moved.deployment()["version"]
    body = {"version": version, "revision": 1}
    assert moved.refused("POST", f"{TAX}/rollback", body) == (404, "ResourceNotFound")
    moved.admin.settings(assumptions={"31": "other"})
    refused = moved.refused("POST", f"{REVISIONS}/1/rollback", {"version": version})
    assert refused == (404, "ResourceNotFound")
    assert moved.ok("POST", f"{TAX}/rollback", body)["rollbackRevision"] == 1


def test_32_revisions_may_be_a_plain_list(moved: Any) -> None:
    moved.admin.settings(assumptions={"32": "other"})
    assert [each["revision"] for each in moved.ok("GET", REVISIONS)] == [2, 1]
    assert moved.refused("GET", REVISIONS, params={"limit": 1}) == (400, "InvalidQueryParam")


def test_33_the_number_may_be_a_text(moved: Any) -> None:
    moved.admin.settings(assumptions={"33": "other"})
    assert roll_back(moved, 1)["rollbackRevision"] == "1"
    assert moved.ok("GET", f"{REVISIONS}/1")["revision"] == "1"


def test_18_a_rollback_may_need_manage_api_clients(api: Any, log_in_as: Any) -> None:
    api.published("needs")
    api.deploy(
        configurations=[{"applicationName": "service"}],
        globalConfiguration={"standardConfiguration": [{"key": "SHOP", "value": "a"}]},
    )
    special = log_in_as("manage_project:acme-dev")
    api.admin.settings(assumptions={"18": "other"})
    body = {"version": api.deployment()["version"]}
    assert special.refused("POST", f"{REVISIONS}/1/rollback", body) == (403, "AuthorizationError")
    api.admin.settings(assumptions={"18": "default"})
    special.ok("POST", f"{REVISIONS}/1/rollback", body)


def test_44_the_old_status_may_stay_visible_after_a_rollback(moved: Any) -> None:
    moved.admin.settings(assumptions={"44": "other"}, delays={"queued": 10})
    answer = moved.ok("POST", f"{REVISIONS}/1/rollback", {"version": moved.deployment()["version"]})
    assert answer["status"] == "Deployed"
    moved.admin.advance(10)
    assert moved.deployment()["status"] == "Queued"
