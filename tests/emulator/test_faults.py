"""Trouble on request: each kind of fault, whom it hits and how often (API §20.5)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from commercetools_connect.emulator import AdminError
from commercetools_connect.emulator.faults import mutated

DRAFTS = "/connectors/drafts"


def total(api: Any) -> int:
    return int(api.ok("GET", DRAFTS)["total"])


def create(api: Any) -> httpx.Response:
    response: httpx.Response = api.http.post(DRAFTS, json=api.draft_body())
    return response


def test_a_status_comes_instead_of_the_action_in_the_envelope(api: Any) -> None:
    api.admin.fault({"status": 503, "retryAfter": 2})
    response = create(api)
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert response.json()["errors"][0]["code"] == "ServiceUnavailable"
    assert total(api) == 0


def test_a_status_may_come_after_the_action(api: Any) -> None:
    api.admin.fault({"status": 500, "when": "after"}, method="POST")
    assert create(api).json()["errors"][0]["code"] == "General"
    assert total(api) == 1


def test_a_status_may_have_any_body(api: Any) -> None:
    api.admin.fault({"status": 409, "body": {"statusCode": 409, "message": "m", "errors": []}})
    assert create(api).json() == {"statusCode": 409, "message": "m", "errors": []}


@pytest.mark.parametrize(("moment", "made"), [("before", 0), ("after", 1)])
def test_a_drop_closes_the_connection_without_a_byte(
    api: Any, capfd: pytest.CaptureFixture[str], moment: str, made: int
) -> None:
    api.admin.fault({"drop": moment}, method="POST", path=DRAFTS)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        create(api)
    assert total(api) == made
    assert capfd.readouterr().err == ""
    assert [entry["status"] for entry in api.admin.journal()[-2:]] == [None, 200]


def test_a_truncated_answer_ends_in_the_middle(api: Any, capfd: pytest.CaptureFixture[str]) -> None:
    api.admin.fault({"truncate": True})
    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|without"):
        create(api)
    assert total(api) == 1
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("html", "text"), [(True, "502 Bad Gateway"), ("<p>maintenance</p>", "maintenance")])
def test_a_gateway_answers_html(api: Any, html: Any, text: str) -> None:
    api.admin.fault({"html": html})
    response = create(api)
    assert (response.status_code, response.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert text in response.text
    assert total(api) == 0


def test_a_slow_call_outlives_the_patience_of_its_client(api: Any) -> None:
    """A client that gives up does not undo what it asked for."""
    api.admin.fault({"slow": 0.1}, method="POST")
    with pytest.raises(httpx.ReadTimeout):
        api.http.post(DRAFTS, json=api.draft_body(), timeout=0.02)
    while not any(entry["method"] == "POST" and entry["path"] == DRAFTS for entry in api.admin.journal()):
        pass
    assert total(api) == 1


def test_a_stale_read_shows_an_older_state(api: Any) -> None:
    api.create_connector_staged()
    api.admin.advance(10)
    api.update({"action": "setName", "name": "New"})
    api.admin.advance(10)
    api.admin.fault({"stale": 15}, method="GET", times=2)
    assert (api.draft()["name"], api.ok("GET", DRAFTS)["results"][0]["name"]) == ("Acme tax", "Acme tax")
    api.admin.fault({"stale": 10})
    assert api.draft()["name"] == "New", "a state begins at the very moment of its change"
    assert api.draft()["name"] == "New"
    api.admin.fault({"stale": 60}, method="GET", times=2)
    assert api.refused("GET", f"{DRAFTS}/key=acme-tax")[0] == 404
    assert total(api) == 0


def test_a_stale_read_still_shows_what_is_gone(api: Any) -> None:
    api.published()
    api.deploy()
    api.undeploy()
    api.admin.advance(10)
    path = "/acme-dev/deployments/key=tax"
    assert api.refused("GET", path)[0] == 404
    api.admin.fault({"stale": 10.02})
    assert api.ok("GET", path)["status"] == "Deployed"
    api.admin.fault({"stale": 9.96})
    assert api.ok("GET", path)["status"] == "Undeploying"


def test_garbage_is_json_of_another_shape_the_same_for_the_same_seed(api: Any) -> None:
    draft = api.create_connector_staged()
    spoiled = []
    for seed in (1, 1, 2):
        api.admin.fault({"garbage": seed})
        spoiled.append(api.http.get(f"{DRAFTS}/key=acme-tax").json())
    assert spoiled[0] == spoiled[1] != spoiled[2]
    assert draft not in spoiled


def test_garbage_always_differs_from_the_truth() -> None:
    for seed in range(200):
        assert mutated({"a": [1, {"b": "c"}], "d": None}, seed) != {"a": [1, {"b": "c"}], "d": None}


def test_a_fault_hits_once_unless_set_otherwise(api: Any) -> None:
    api.admin.fault({"status": 502})
    assert [api.http.get(DRAFTS).status_code for _ in range(2)] == [502, 200]
    api.admin.fault({"status": 502}, skip=1, times=2)
    assert [api.http.get(DRAFTS).status_code for _ in range(4)] == [200, 502, 502, 200]


def test_a_fault_may_last_for_some_time(api: Any) -> None:
    api.admin.fault({"status": 502}, for_seconds=30)
    assert [api.http.get(DRAFTS).status_code for _ in range(3)] == [502] * 3
    api.admin.advance(30)
    assert api.http.get(DRAFTS).status_code == 200


def test_a_fault_hits_only_the_calls_it_is_for(api: Any, prod: Any) -> None:
    api.admin.fault({"status": 502}, method="GET", path="/*/deployments*", client="prod", times=9)
    assert api.http.get("/acme-dev/deployments").status_code == 200
    assert prod.http.get(DRAFTS).status_code == 200
    assert prod.http.post("/acme-prod/deployments", json={}).status_code == 400
    assert prod.http.get("/acme-prod/deployments").status_code == 502
    assert prod.http.get("/acme-prod/deployments/key=tax").status_code == 502


def test_a_fault_may_hit_the_token_endpoint(api: Any) -> None:
    api.admin.fault({"status": 503}, path="/oauth/token")
    assert api.http.post("/oauth/token", auth=("dev", "dev-secret")).status_code == 503


def test_the_first_fault_that_is_due_hits(api: Any) -> None:
    api.admin.fault({"status": 502}, skip=1)
    api.admin.fault({"status": 503})
    assert [api.http.get(DRAFTS).status_code for _ in range(3)] == [503, 502, 200]


def test_faults_can_be_listed_and_disarmed(api: Any) -> None:
    api.admin.fault({"status": 502}, times=5)
    api.http.get(DRAFTS)
    (armed,) = api.http.get("/__admin/faults").json()
    assert (armed["hits"], armed["rule"]["times"]) == (1, 5)
    api.admin.clear_faults()
    assert api.http.get(DRAFTS).status_code == 200


def test_a_fault_never_hits_the_control_interface(api: Any) -> None:
    api.admin.fault({"status": 502}, path="*", times=100)
    api.admin.settings()
    assert api.http.get(DRAFTS).status_code == 502


@pytest.mark.parametrize(
    ("fault", "options", "reason"),
    [
        ({}, {}, "exactly one of"),
        ({"status": 500, "drop": "before"}, {}, "exactly one of"),
        ({"drop": "during"}, {}, "fault.drop"),
        ({"html": True, "retryAfter": 3}, {}, "belong to status"),
        ({"explode": True}, {}, "fault.explode: unknown member"),
        ({"status": 42}, {}, "fault.status"),
        ({"status": 500}, {"times": 1, "for_seconds": 1.0}, "only one of times and forSeconds"),
        ({"status": 500}, {"times": 0}, "times"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(api: Any, fault: Any, options: Any, reason: str) -> None:
    with pytest.raises(AdminError, match=reason):
        api.admin.fault(fault, **options)


def test_calls_beyond_the_rate_limit_are_429_and_say_when_to_come_back(api: Any) -> None:
    api.admin.settings(rateLimit=2)
    statuses = [api.http.get(DRAFTS).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    response = api.http.get(DRAFTS)
    assert (response.headers["retry-after"], response.json()["errors"][0]["code"]) == ("1", "TooManyRequests")
    api.admin.advance(1)
    assert [api.http.get(DRAFTS).status_code for _ in range(3)] == [200, 200, 429]
    api.admin.settings(rateLimit=None)
    assert api.http.get(DRAFTS).status_code == 200


def test_a_rate_below_one_is_a_call_every_few_seconds(api: Any) -> None:
    api.admin.settings(rateLimit=0.1)
    assert api.http.get(DRAFTS).status_code == 200
    assert api.http.get(DRAFTS).headers["retry-after"] == "10"


def test_latency_slows_every_call(api: Any) -> None:
    api.admin.settings(latency=0.02)
    api.http.get(DRAFTS)
    assert api.admin.journal()[-1]["duration"] >= 0.02
