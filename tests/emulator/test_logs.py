"""The logs of a Deployment: what is written, filters, the window of 30 days, pages by token (API §3.1, §4.10)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commercetools_connect.emulator import AdminError, Emulator
from commercetools_connect.emulator.clock import END, milliseconds, timestamp

LOGS = "/acme-dev/deployments/key=tax/logs"
DAY = 24 * 3600.0
WITH_SCRIPTS = """
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    scripts: {postDeploy: npm run post, preUndeploy: npm run pre}
    configuration:
      securedConfiguration:
        - {key: TAX_API_KEY, description: The key}
"""


def lines(api: Any, path: str = LOGS, **query: Any) -> list[Any]:
    return list(api.ok("GET", path, params=query)["data"])


def messages(api: Any, **query: Any) -> list[str]:
    return [line["details"]["message"] for line in lines(api, **query)]


def now(api: Any) -> float:
    return float(api.http.get("/__admin/clock").json()["now"])


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=timezone.utc).isoformat().replace("+00:00", "Z")


def write(api: Any, *texts: str, application: str = "service", **line: Any) -> Any:
    return api.admin.log(
        "acme-dev", "tax", [{"applicationName": application, "message": text, **line} for text in texts]
    )


@pytest.fixture
def tax(api: Any) -> Any:
    """Return the API with a Deployment of two applications that has written nothing yet."""
    api.published()
    api.start(configurations=[*api.deployment_body()["configurations"], {"applicationName": "nightly"}])
    return api


def test_a_line_is_shown_as_it_was_written(tax: Any) -> None:
    assert tax.ok("GET", LOGS) == {"data": [], "next": None}
    written = tax.admin.log(
        "acme-dev",
        "tax",
        [
            {
                "applicationName": "service",
                "type": "HTTP_REQUEST",
                "severity": "WARNING",
                "details": {"httpRequest": {"status": 404}},
                "timestamp": now(tax) - 5,
            },
            {"applicationName": "nightly", "message": "Good night"},
        ],
    )
    assert lines(tax) == written
    assert written[0] == {
        "type": "HTTP_REQUEST",
        "deploymentId": tax.deployment()["id"],
        "applicationName": "service",
        "severity": "WARNING",
        "timestamp": written[0]["timestamp"],
        "details": {"httpRequest": {"status": 404}},
    }
    assert (written[1]["type"], written[1]["severity"]) == ("APPLICATION_TEXT", "DEFAULT")
    assert lines(tax, path=f"/acme-dev/deployments/{tax.deployment()['id']}/logs") == written


def test_deploying_leaves_lines(api: Any) -> None:
    """What a run does shows in the log: the start of each application and its script, or why it did not start."""
    api.admin.repositories([{"url": "git@x:y.git", "tag": "v1", "connectYaml": WITH_SCRIPTS}])
    api.published(repository={"url": "git@x:y.git", "tag": "v1"})
    api.deploy()
    assert messages(api) == ["Listening on port: 8080", "postDeploy started", "postDeploy finished"]
    assert lines(api)[0]["type"] == "APPLICATION_JSON"
    api.redeploy(skipScripts=True)
    assert messages(api)[3:] == ["Listening on port: 8080"]
    api.admin.outcome("deploy", "tax", "warning")
    api.redeploy()
    assert lines(api)[-1]["severity"] == "ERROR"
    assert messages(api)[-1] == "postDeploy failed with exit code 1"
    api.admin.outcome("deploy", "tax", "failure")
    api.redeploy()
    assert messages(api)[-1] == "The container stopped with exit code 1"
    api.admin.outcome("undeploy", "tax", "failure")
    api.undeploy()
    api.admin.advance(1)
    assert messages(api)[-1] == "preUndeploy failed with exit code 1"


def test_applications_without_code_of_their_own_write_nothing(api: Any) -> None:
    api.published()
    api.deploy(configurations=[*api.deployment_body()["configurations"], {"applicationName": "enabler"}])
    assert {line["applicationName"] for line in lines(api)} == {"service"}


def test_logs_by_application(tax: Any) -> None:
    write(tax, "a")
    write(tax, "b", application="nightly")
    assert messages(tax, applicationName="nightly") == ["b"]
    refused = tax.refused("GET", LOGS, params={"applicationName": "unknown"})
    assert refused == (400, "DeploymentApplicationDoesNotExist")


def test_aws_needs_an_application(api: Any) -> None:
    api.published()
    api.deploy(region="us-east-2.aws")
    assert api.refused("GET", LOGS) == (400, "DeploymentLogMissingApplicationName")
    assert messages(api, applicationName="service") == ["Listening on port: 8080"]


def test_logs_between_two_moments(tax: Any) -> None:
    began = now(tax)
    for hours in (3, 2, 1):
        write(tax, f"{hours} h ago", timestamp=began - hours * 3600)
    assert messages(tax, startDate=iso(began - 2 * 3600)) == ["2 h ago", "1 h ago"]
    assert messages(tax, endDate=iso(began - 2 * 3600)) == ["3 h ago", "2 h ago"]
    between = {"startDate": iso(began - 2.5 * 3600), "endDate": iso(began - 1.5 * 3600)}
    assert messages(tax, **between) == ["2 h ago"]
    shown = lines(tax)[1]["timestamp"]
    assert messages(tax, startDate=shown, endDate=shown) == ["2 h ago"]


@given(st.floats(min_value=0, max_value=END - 1, allow_nan=False))
@example(1_800_000_000.1229991)
def test_a_time_compares_as_it_is_shown(seconds: float) -> None:
    """Rounding differs between a number and its text; a client sends the text back and expects that line."""
    shown = datetime.fromisoformat(timestamp(seconds).replace("Z", "+00:00"))
    assert milliseconds(seconds) == milliseconds(shown.timestamp())


def test_logs_end_after_30_days(tax: Any) -> None:
    write(tax, "old")
    tax.admin.advance(30 * DAY - 1)
    tax.log_in()
    assert messages(tax)[0] == "old"
    tax.admin.advance(2)
    assert "old" not in messages(tax)


def test_a_line_of_the_future_comes_when_its_time_has_come(tax: Any) -> None:
    write(tax, "tomorrow", timestamp=now(tax) + DAY)
    assert "tomorrow" not in messages(tax)
    tax.admin.advance(DAY)
    assert "tomorrow" in messages(tax)


@pytest.mark.parametrize(
    "query",
    [
        {"startDate": "yesterday"},
        {"endDate": "2026-11-21T10:00:00"},
        {"startDate": (-31 * DAY,)},
        {"startDate": (-1.0,), "endDate": (-2.0,)},
    ],
)
def test_a_moment_that_cannot_be_is_refused(tax: Any, query: dict[str, Any]) -> None:
    began = now(tax)
    sent = {name: iso(began + at[0]) if isinstance(at, tuple) else at for name, at in query.items()}
    assert tax.refused("GET", LOGS, params=sent) == (400, "DeploymentLogInvalidDate")


def test_pages_hold_every_line_once(tax: Any) -> None:
    """While a reader pages through, new lines may come; none is lost, none comes twice."""
    tax.admin.settings(logs={"pageSize": 2})
    write(tax, *"abc")
    first = tax.ok("GET", LOGS)
    write(tax, *"de")
    second = tax.ok("GET", LOGS, params={"pageToken": first["next"]})
    third = tax.ok("GET", LOGS, params={"pageToken": second["next"]})
    found = [line["details"]["message"] for page in (first, second, third) for line in page["data"]]
    assert found == list("abcde")
    assert third["next"] is None
    tax.admin.settings(logs={"lastNext": "empty"})
    assert tax.ok("GET", LOGS, params={"pageToken": second["next"]})["next"] == ""


def test_the_newest_line_may_come_first(tax: Any) -> None:
    tax.admin.settings(logs={"pageSize": 2, "newestFirst": True})
    write(tax, *"abc")
    first = tax.ok("GET", LOGS)
    second = tax.ok("GET", LOGS, params={"pageToken": first["next"]})
    found = [line["details"]["message"] for page in (first, second) for line in page["data"]]
    assert found == list("cba")


def test_a_token_is_for_its_own_question_only(tax: Any) -> None:
    tax.admin.settings(logs={"pageSize": 1})
    write(tax, *"abc")
    token = tax.ok("GET", LOGS)["next"]
    for query in ({"pageToken": "nonsense"}, {"pageToken": token, "applicationName": "service"}):
        assert tax.refused("GET", LOGS, params=query) == (400, "DeploymentLogInvalidPageToken")
    assert tax.refused("GET", LOGS, params={"limit": 1}) == (400, "InvalidQueryParam")


def test_the_endpoint_is_gone_after_its_announced_end(tax: Any) -> None:
    """The reference announces the end for 31 January 2027; the emulator ends when a test says so."""
    today = datetime.fromtimestamp(now(tax), tz=timezone.utc).date()
    tax.admin.settings(logs={"removedAfter": today.isoformat()})
    assert lines(tax) == []
    tax.admin.advance(DAY)
    assert tax.refused("GET", LOGS) == (404, "ResourceNotFound")
    tax.admin.settings(logs={"removedAfter": (today + timedelta(days=9)).isoformat()})
    tax.ok("GET", LOGS)


@pytest.mark.usefixtures("tax")
def test_logs_are_for_the_own_project(prod: Any) -> None:
    assert prod.refused("GET", LOGS) == (403, "AuthorizationError")
    assert prod.refused("GET", LOGS.replace("acme-dev", "acme-prod")) == (404, "ResourceNotFound")


def test_logs_go_with_their_deployment(tax: Any) -> None:
    write(tax, "a")
    tax.undeploy()
    tax.admin.advance(1)
    assert tax.refused("GET", LOGS) == (404, "ResourceNotFound")
    assert tax.admin.dump()["logs"] == {}


def test_a_dump_keeps_the_log(tax: Any) -> None:
    write(tax, "a", "b")
    with Emulator(seed={"dump": tax.admin.dump()}) as second:
        tax.http.base_url = second.url
        write_again = second.admin.log("acme-dev", "tax", [{"applicationName": "service", "message": "c"}])
        assert messages(tax) == ["a", "b", "c"]
        assert lines(tax)[-1:] == write_again


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"applicationName": "unknown", "message": "a"}, "the Deployment has no unknown"),
        ({"applicationName": "service"}, "exactly one of message and details is needed"),
        ({"applicationName": "service", "message": "a", "severity": "LOUD"}, "severity"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(tax: Any, line: Any, reason: str) -> None:
    good = {"applicationName": "service", "message": "good"}
    with pytest.raises(AdminError, match=reason):
        tax.admin.log("acme-dev", "tax", [good, line])
    assert lines(tax) == []


def test_no_secured_value_is_ever_in_the_log_by_itself(api: Any) -> None:
    api.published()
    api.deploy()
    assert "s3cret" not in api.http.get(LOGS).text
