"""The control interface: what testers rely on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Mount, Route

from commercetools_connect.emulator import Admin, AdminError, Emulator, create_app
from commercetools_connect.emulator.admin import admin_routes
from commercetools_connect.emulator.backend import Backend
from tests.support.socketless import URL, call_app

SECRET = "s3cret"


def test_the_document_names_every_control_call() -> None:
    """`docs/emulator.md` against the routes; the page's own paths are no calls for programs."""
    document = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")
    table = [line.split("|")[1] for line in document.splitlines() if line.startswith("| `")]
    named = {call for cell in table for call in re.findall(r"`([A-Z]+ /[^`]*)`", cell)}
    (mount,) = [each for each in admin_routes(Backend()) if isinstance(each, Mount)]
    served = {
        f"{method} {route.path}"
        for route in mount.routes
        if isinstance(route, Route) and route.path != "/" and not route.path.startswith("/page/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert named == served


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_reset_makes_it_like_new(api: Any) -> None:
    api.create_connector_staged()
    api.admin.settings(delays={"queued": 9}, assumptions={"8": "other"}, latency=0.001)
    api.admin.fault({"status": 500}, times=9)
    api.admin.reset()
    assert api.admin.journal() == []
    settings = api.admin.settings()
    assert (settings["clock"], settings["assumptions"], settings["latency"]) == ("real", {}, 0)
    assert api.refused("GET", "/connectors/drafts") == (401, "invalid_token")
    api.http.post("/oauth/token", auth=("demo-client", "demo-secret"), data={}).json()
    token = api.http.post(
        "/oauth/token", auth=("demo-client", "demo-secret"), data={"grant_type": "client_credentials"}
    ).json()
    api.http.headers["authorization"] = f"Bearer {token['access_token']}"
    assert api.ok("GET", "/connectors/drafts")["total"] == 0


def test_settings_merge(api: Any) -> None:
    api.admin.settings(delays={"queued": 1.5})
    settings = api.admin.settings(delays={"preview": 2}, assumptions={"8": "other"})
    assert settings["delays"] == {
        "queued": 1.5, "deploying": 0.05, "undeploying": 0.05, "preview": 2, "publish": 0.05, "rebuild": 0.05,
    }  # fmt: skip
    api.admin.settings(assumptions={"9": "other"})
    assert api.admin.settings()["assumptions"] == {"8": "other", "9": "other"}


def test_delays_are_tens_of_milliseconds_so_that_every_state_can_be_seen() -> None:
    with Emulator() as emulator:
        delays = emulator.admin.settings()["delays"]
        assert all(0.01 <= delay < 0.1 for delay in delays.values())


@pytest.mark.parametrize(
    ("method", "path", "body", "reason"),
    [
        ("PUT", "settings", {"delay": {}}, "delay: unknown member; known are delays, latency,"),
        ("PUT", "settings", {"delays": {"queue": 1}}, "delays.queue: unknown member"),
        ("PUT", "settings", {"latency": -1}, "latency: "),
        ("PUT", "settings", {"clock": "fast"}, "clock: "),
        ("PUT", "settings", [], "must be an object"),
        ("PUT", "clients", [{"clientId": "a", "clientSecret": "b"}], "0.scopes: Field required"),
        ("PUT", "clients", [{"clientId": "a", "clientSecret": "b", "scopes": "all"}], "manage_project:acme-dev"),
        ("PUT", "clients", {}, "valid array"),
        ("PUT", "repositories", [{"url": "u", "tag": "t", "yaml": ""}], "0.yaml: unknown member"),
        ("POST", "outcomes", {"lifecycle": "deploy", "key": "a", "outcome": "cancelled"}, "only a preview"),
        ("POST", "outcomes", {"lifecycle": "build", "key": "a", "outcome": "failure"}, "lifecycle: "),
        ("POST", "clock", {"advance": -1}, "advance: "),
        ("POST", "clock", {"forward": 1}, "forward: unknown member"),
        ("PATCH", "objects/drafts/key=acme-tax", {"colour": "red"}, "colour: unknown member"),
        ("PATCH", "objects/pets/1", {}, "there are no pets"),
        ("DELETE", "objects/pets/1", None, "there are no pets"),
        ("DELETE", "objects/drafts/none", None, "there is no none"),
        ("GET", "secured/acme-dev/none", None, "there is no deployment none"),
        ("POST", "certifications/acme-tax", {"decision": "approve"}, "the draft is Draft"),
        ("PUT", "dump", {}, "clock: Field required"),
    ],
)
def test_a_control_call_that_makes_no_sense_says_why(
    api: Any, method: str, path: str, body: Any, reason: str
) -> None:
    api.create_connector_staged()
    response = api.http.request(method, f"/__admin/{path}", json=body)
    assert response.status_code in {400, 404, 409}
    assert reason in response.json()["message"]


def test_the_control_interface_asks_for_no_token_and_leaves_no_trace(api: Any) -> None:
    api.http.headers.pop("authorization")
    api.admin.clear_journal()
    assert api.http.get("/__admin/settings").status_code == 200
    assert api.admin.journal() == []


def test_what_the_control_interface_does_not_know_is_404(api: Any) -> None:
    assert api.http.get("/__admin/nothing").status_code == 404
    assert api.http.post("/__admin/settings").status_code == 405


def test_outcomes_are_used_up_in_their_order(api: Any) -> None:
    api.create_connector_staged()
    api.admin.outcome("preview", "acme-tax", "failure", times=2)
    api.admin.outcome("preview", "acme-*", "cancelled")
    assert [api.preview()["isPreviewable"] for _ in range(4)] == ["false", "false", "none", "true"]


def test_an_outcome_may_be_for_one_project_and_one_lifecycle(api: Any) -> None:
    api.published()
    api.admin.outcome("deploy", "tax", "failure", project="acme-prod")
    api.admin.outcome("publish", "tax", "failure")
    assert api.deploy()["status"] == "Deployed"
    api.admin.outcome("deploy", api.deployment()["id"], "failure", project="acme-dev")
    assert api.redeploy()["status"] == "Failed"


def test_a_scripted_report_is_shown_with_a_time(api: Any) -> None:
    api.published()
    api.admin.outcome(
        "deploy",
        "tax",
        "failure",
        report=[{"type": "Error", "title": "Boom", "message": "m", "application": "service"}],
    )
    (entry,) = api.deploy()["details"]["build"]["report"]["entries"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry.pop("createdAt"))
    assert entry == {"type": "Error", "title": "Boom", "message": "m", "application": "service"}


@pytest.mark.parametrize("lifecycle", ["preview", "publish"])
def test_a_scripted_report_replaces_that_of_a_draft(api: Any, lifecycle: Any) -> None:
    api.create_connector_staged()
    api.admin.outcome(lifecycle, "acme-tax", "failure", report=[{"type": "Error", "title": "Boom"}])
    draft = api.preview() if lifecycle == "preview" else api.publish()
    report = draft["previewableReport" if lifecycle == "preview" else "publishingReport"]
    assert [entry["title"] for entry in report["entries"]] == ["Boom"]


def test_an_edit_changes_a_draft(api: Any) -> None:
    api.published()
    before = api.draft()
    api.admin.patch("drafts", before["id"], {"tag": "v2"})
    draft = api.draft()
    assert (draft["repository"]["tag"], draft["hasChanges"]) == ("v2", True)
    assert draft["version"] == before["version"] + 1
    assert draft["configurations"][0]["applicationName"] == "extra"
    changes = {
        "version": 50,
        "status": "InCertification",
        "isPreviewable": "pending",
        "publishingReport": [{"type": "Warning", "title": "Hm"}],
        "privateProjects": [],
    }
    api.admin.patch("drafts", "acme-tax", changes)
    draft = api.draft()
    assert (draft["version"], draft["status"], draft["isPreviewable"]) == (50, "InCertification", "pending")
    assert draft["publishingReport"]["entries"][0]["title"] == "Hm"
    api.admin.certify("acme-tax", "approve")


def test_a_hand_that_makes_a_draft_previewable_makes_it_deployable(api: Any) -> None:
    api.create_connector_staged()
    api.admin.patch("drafts", "acme-tax", {"isPreviewable": "true"})
    assert api.deploy(connector={"key": "acme-tax", "staged": True})["status"] == "Deployed"


def test_an_edit_changes_a_connector(api: Any) -> None:
    api.published()
    api.admin.patch("connectors", "acme-tax", {"tag": "v2", "version": 9, "certified": True})
    connector = api.connector()
    assert (connector["repository"]["tag"], connector["version"], connector["certified"]) == ("v2", 9, True)
    api.admin.delete("connectors", "acme-tax")
    assert api.refused("GET", "/connectors/key=acme-tax")[0] == 404
    api.draft()


def test_an_edit_changes_a_deployment(api: Any) -> None:
    api.published()
    before = api.deploy()
    after = api.admin.patch(
        "deployments",
        before["id"],
        {
            "status": "Hibernating",
            "tag": "v2",
            "report": [{"type": "Error", "title": "Gone", "application": "service"}],
            "applications": {
                "service": {
                    "standardConfiguration": {"TAX_MODE": None, "COUNTRY": "fr"},
                    "securedConfiguration": {"WEBHOOK": "w"},
                    "schedule": "@daily",
                }
            },
            "globalConfiguration": {"standardConfiguration": {"LOG_LEVEL": "error"}},
        },
    )
    assert after == api.deployment()
    assert (after["status"], after["version"]) == ("Hibernating", before["version"] + 1)
    (service,) = api.deployment()["applications"]
    assert service["standardConfiguration"] == [{"key": "COUNTRY", "value": "fr"}]
    assert {each["key"] for each in service["securedConfiguration"]} == {"TAX_API_KEY", "WEBHOOK"}
    assert service["schedule"] == "@daily"
    assert api.deployment()["connector"]["repository"]["tag"] == "v2"
    assert api.deployment()["globalConfiguration"]["standardConfiguration"][0]["value"] == "error"
    with pytest.raises(AdminError, match="has no web"):
        api.admin.patch("deployments", "tax", {"applications": {"web": {}}})


def test_a_status_set_by_hand_ends_the_run(api: Any) -> None:
    api.published()
    api.start()
    api.admin.patch("deployments", "tax", {"status": "Failed"})
    api.admin.advance(60)
    assert api.deployment()["status"] == "Failed"


def test_an_edit_deletes_a_deployment_at_once(api: Any) -> None:
    api.published()
    api.deploy()
    api.admin.delete("deployments", "tax")
    assert api.refused("GET", "/acme-dev/deployments/key=tax")[0] == 404


def test_stored_secrets_can_be_proved_but_not_read(api: Any) -> None:
    api.published("needs")
    api.deploy(
        configurations=[{"applicationName": "service"}],
        globalConfiguration={
            "standardConfiguration": [{"key": "SHOP", "value": "a"}],
            "securedConfiguration": [{"key": "SHOP_SECRET", "value": SECRET}],
        },
    )
    expected = {"service": {}, "$global": {"SHOP_SECRET": sha(SECRET)}}
    assert api.admin.secured("acme-dev", "tax") == expected
    assert api.admin.secured("acme-dev", api.deployment()["id"]) == expected


def test_no_answer_and_no_journal_ever_holds_a_stored_secret(api: Any) -> None:
    answers: list[str] = []
    api.http.event_hooks = {"response": [lambda response: answers.append(response.read().decode())]}
    api.published()
    api.deploy()
    api.redeploy(
        configurationValues=[
            {"applicationName": "service", "securedConfiguration": [{"key": "WEBHOOK", "value": SECRET}]}
        ]
    )
    api.refused("POST", "/acme-dev/deployments", api.deployment_body())
    api.refused("POST", "/acme-dev/deployments", api.deployment_body(key="other", region="mars", extra=SECRET))
    twice = [{"key": "TAX_API_KEY", "value": SECRET}] * 2
    values = [{"applicationName": "service", "securedConfiguration": twice}]
    api.redeploy_refused(configurationValues=values)
    api.ok("GET", "/acme-dev/deployments")
    answers.append(json.dumps(api.admin.patch("deployments", "tax", {"version": 99})))
    api.undeploy()
    answers.append(json.dumps(api.admin.journal()))
    answers.append(json.dumps(api.admin.secured("acme-dev", "tax")))
    assert len(answers) > 15
    assert not any(SECRET in answer for answer in answers)


def test_the_journal_tells_each_call_without_bodies_and_credentials(api: Any) -> None:
    api.admin.clear_journal()
    api.http.get("/connectors/drafts?limit=1&sort=createdAt%20asc")
    api.http.post("/oauth/token?grant_type=client_credentials&client_secret=x", auth=("dev", "dev-secret"))
    api.http.get("/connectors/drafts", headers={"authorization": "Bearer unknown"})
    drafts, token, unknown = api.admin.journal()
    assert set(drafts) == {"time", "method", "path", "query", "status", "duration", "client"}
    assert (drafts["method"], drafts["path"], drafts["query"], drafts["status"], drafts["client"]) == (
        "GET", "/connectors/drafts", "limit=1&sort=createdAt%20asc", 200, "dev",
    )  # fmt: skip
    assert (token["path"], token["query"], token["client"]) == ("/oauth/token", "", "dev")
    assert (unknown["status"], unknown["client"]) == (401, None)


def test_a_call_that_began_before_the_journal_was_cleared_is_not_in_it() -> None:
    """A test that starts with an empty journal sees no late call of the one before it."""

    async def pause(seconds: float) -> None:
        assert seconds == 3
        await call_app(app, httpx.Request("DELETE", f"{URL}/__admin/journal"))

    async def act() -> Any:
        await call_app(app, httpx.Request("PUT", f"{URL}/__admin/settings", json={"latency": 3}))
        await call_app(app, httpx.Request("GET", f"{URL}/connectors/drafts"))
        return (await call_app(app, httpx.Request("GET", f"{URL}/__admin/journal"))).json()

    app = create_app(sleep=pause)
    assert asyncio.run(act()) == []


def test_the_clock_stands_still_or_runs_and_can_be_advanced_in_both_modes(api: Any) -> None:
    def now() -> float:
        return float(api.http.get("/__admin/clock").json()["now"])

    began = now()
    assert now() == began
    api.admin.advance(5)
    assert now() == began + 5
    api.admin.settings(clock="real")
    assert began + 5 <= now() < began + 15
    api.admin.advance(3600)
    assert now() >= began + 3605
    api.admin.settings(clock="manual")
    frozen = now()
    assert frozen >= began + 3605
    assert now() == frozen


def test_a_dump_restarts_in_the_middle_of_everything(api: Any) -> None:
    api.published()
    api.deploy()
    api.set_tag("v2")
    api.publish()
    api.admin.settings(delays={"deploying": 100}, assumptions={"11": {"code": "X"}})
    api.admin.fault({"status": 500}, path="/never", times=3)
    api.admin.outcome("deploy", "other", "failure")
    api.restart(updateConnector=True)
    before, secured, dump = api.deployment(), api.admin.secured("acme-dev", "tax"), api.admin.dump()
    with Emulator(seed={"dump": dump}) as second:
        api.http.base_url = second.url
        assert api.deployment() == before
        assert second.admin.secured("acme-dev", "tax") == secured
        second.admin.advance(200)
        assert api.deployment()["connector"]["repository"]["tag"] == "v2"
        again = second.admin.dump()
        second.admin.load(again)
        assert second.admin.dump() == again
        assert again["outcomes"] == dump["outcomes"]
        assert again["faults"] == dump["faults"]


def test_answers_can_look_as_differently_as_real_ones(api: Any) -> None:
    api.published()
    api.deploy()
    api.admin.settings(responses={"nullMembers": True, "unknownMember": True, "omitOldMembers": True})
    draft, deployment = api.draft(), api.deployment()
    assert draft["previewableReport"] is None
    assert draft["publishingReport"]["entries"][0]["message"] is None
    assert draft["configurations"][0]["standardConfiguration"][1]["default"] is None
    assert not {"integrationTypes", "privateProjects"} & draft.keys()
    assert "required" not in draft["configurations"][0]["securedConfiguration"][0]
    assert "emulatorExtension" in draft
    assert not {"type"} & deployment.keys()
    assert "key" not in deployment["connector"]
    assert "emulatorExtension" in api.connector()


def test_the_helper_works_for_an_emulator_elsewhere(emulator: Emulator) -> None:
    with Admin(emulator.url) as admin:
        admin.settings(latency=0)
