"""What goes wrong at commercetools reaches the terminal, stays in the state, and the next `up` goes on."""

from __future__ import annotations

from functools import partial

import pytest
from pulumi import automation

from commercetools_connect.emulator import ClientSpec
from tests.engine.conftest import Harness
from tests.engine.programs import CANARY, chain

pytestmark = pytest.mark.long

ENTRY = {"type": "Error", "title": "SAST and SCA analysis failed", "message": "lodash is vulnerable"}


def plain(text: str) -> None:
    """Assert that a failure is reported in words."""
    assert "Traceback" not in text
    assert CANARY not in text


def test_a_failed_publish_shows_its_report_and_the_next_up_publishes(harness: Harness) -> None:
    """The report is in the error; nothing is deployed; nothing is created twice."""
    harness.program = chain
    harness.emulator.admin.outcome("publish", "*", "failure", report=[ENTRY])

    text = harness.fails(harness.up)
    deployed = harness.posts("/demo-project/deployments")
    after = harness.up()

    plain(text)
    assert "publish failed" in text
    assert "lodash is vulnerable" in text
    assert not deployed
    assert after["status"] == "Deployed"
    assert len([path for path in harness.calls("POST", "/connectors/drafts") if path.endswith("drafts")]) == 1


def test_a_rejected_preview_shows_its_report_and_the_next_up_goes_on(harness: Harness) -> None:
    """The same for a preview."""
    harness.program = partial(chain, target="preview")
    harness.emulator.admin.outcome("preview", "*", "failure", report=[ENTRY])

    text = harness.fails(harness.up)
    after = harness.up()

    plain(text)
    assert "preview rejected" in text
    assert "lodash is vulnerable" in text
    assert after["status"] == "Deployed"


def test_a_failed_deployment_is_kept_and_redeployed_by_the_next_up(harness: Harness) -> None:
    """The report names the application; the object stays in the state; one redeploy heals it."""
    harness.program = chain
    entry = {"type": "Error", "title": "Health check failed", "application": "service"}
    harness.emulator.admin.outcome("deploy", "*", "failure", report=[entry])

    text = harness.fails(harness.up)
    harness.emulator.admin.clear_journal()
    after = harness.up()

    plain(text)
    assert "deployment failed" in text
    assert "service: Health check failed" in text
    assert after["status"] == "Deployed"
    assert harness.posts("/demo-project/deployments") == 1


def test_a_failed_undeploy_is_reported_and_the_next_destroy_goes_on(harness: Harness) -> None:
    """The deployment stays in the state until it is really gone."""
    harness.program = chain
    harness.up()
    harness.emulator.admin.outcome(
        "undeploy", "*", "failure", report=[{"type": "Error", "title": "preUndeploy failed"}]
    )

    def destroy() -> None:
        harness.stack.destroy(on_output=harness.said.append, on_error=harness.said.append)

    text = harness.fails(destroy)
    destroy()

    plain(text)
    assert "undeploy failed" in text
    assert "preUndeploy failed" in text
    assert harness.said[-8:]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_broken_connection_creates_nothing_twice(harness: Harness, when: str) -> None:
    """Whether a request had its effect or not: one object each, and at the latest a third up is live."""
    harness.program = chain
    paths = ("/connectors/drafts", "/demo-project/deployments")
    for path in paths:
        harness.emulator.admin.fault({"drop": when}, method="POST", path=path, times=1)

    for _ in paths:
        try:
            harness.up()
        except automation.CommandError:
            continue  # a dropped request may fail the up that made it
        break
    after = harness.up()

    assert after["status"] == "Deployed"
    for path in paths:
        # what was dropped before it had an effect stands in the journal as well
        created = [called for called in harness.calls("POST", path) if called == path]
        assert len(created) == (2 if when == "before" else 1)
    dump = harness.emulator.admin.dump()
    assert len(dump["deployments"]) == 1
    assert len(dump["drafts"]) == 1


def test_a_refused_request_is_one_clear_error(harness: Harness) -> None:
    """What happened, to which object, and what to do; when it is over, an up is live with one draft."""
    harness.program = chain
    admin = harness.emulator.admin
    admin.fault({"status": 500}, method="POST", path="/connectors/drafts", times=20)
    trouble = harness.fails(harness.up)
    admin.clear_faults()
    admin.fault({"html": True}, method="POST", path="/connectors/drafts", times=20)
    page = harness.fails(harness.up)
    admin.clear_faults()
    after = harness.up()

    plain(trouble + page)
    assert "HTTP 500" in trouble
    assert "HTTP 502, not in the form of the API" in page
    assert after["status"] == "Deployed"
    assert len(admin.dump()["drafts"]) == 1


def test_a_missing_scope_is_named(harness: Harness) -> None:
    """The error says which scopes would do."""
    harness.program = chain
    client: ClientSpec = {
        "clientId": "demo-client",
        "clientSecret": "demo-secret",
        "scopes": "view_connectors:demo-project",
    }
    harness.emulator.admin.clients([client])

    text = harness.fails(harness.up)

    plain(text)
    assert "HTTP 403" in text
    assert "manage_connectors:demo-project" in text


def test_missing_credentials_are_named(harness: Harness) -> None:
    """Both names are given: the configuration's and the environment's."""
    harness.program = chain
    harness.config = {"commercetools-connect:clientId": "", "commercetools-connect:clientSecret": ""}

    text = harness.fails(harness.up)

    plain(text)
    assert "commercetools-connect:clientId (CTP_CLIENT_ID)" in text
    assert "commercetools-connect:clientSecret (CTP_CLIENT_SECRET)" in text


def test_wrong_credentials_are_named(harness: Harness) -> None:
    """A wrong secret is an error of the token host, not of the draft, and is shown nowhere."""
    harness.program = chain
    harness.config = {"commercetools-connect:clientSecret": "wr0ng-canary"}

    text = harness.fails(harness.up)

    plain(text)
    assert "wr0ng-canary" not in text
    assert "clientSecret" in text
