"""The live object survives kills, outside changes, renames and forced replacements; the next `up` goes on."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any

import pytest
from pulumi import automation

from examples.demo.engine import kill_engine
from tests.engine.conftest import Harness
from tests.engine.programs import chain

pytestmark = pytest.mark.long


def test_a_failed_deployment_shows_at_refresh_and_the_next_up_heals_it(harness: Harness) -> None:
    """The platform marks it `Failed` at night; the refresh says so; the `up` redeploys it."""
    harness.program = chain
    urls = harness.up()["urls"]
    deployment = harness.deployment()
    harness.emulator.admin.patch("deployments", deployment["id"], {"status": "Failed"})

    harness.stack.refresh(on_output=harness.said.append)
    seen = "\n".join(harness.said[-40:])
    harness.emulator.admin.clear_journal()
    after = harness.up()

    assert "deployment failed" in seen
    assert after["status"] == "Deployed"
    assert after["urls"] == urls
    assert harness.posts("/demo-project/deployments") == 1


def test_a_refresh_between_failure_and_repair_does_not_hide_it(harness: Harness) -> None:
    """Deploy fails, a user refreshes, and the next `up` still heals it."""
    harness.program = chain
    harness.emulator.admin.outcome("deploy", "*", "failure")
    harness.fails(harness.up)

    harness.stack.refresh(on_output=harness.said.append)
    after = harness.up()

    assert after["status"] == "Deployed"
    assert harness.stack.preview(on_output=harness.said.append).change_summary == {"same": 4}


def test_a_value_changed_by_another_client_is_shown_and_put_back(harness: Harness) -> None:
    """Drift of a value: refresh, preview, and one redeploy."""
    harness.program = chain
    harness.up()
    deployment = harness.deployment()
    changes = {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": "Another client's"}}}}
    harness.emulator.admin.patch("deployments", deployment["id"], changes)

    harness.stack.refresh(on_output=harness.said.append)
    changes_seen = harness.stack.preview(on_output=harness.said.append).change_summary
    harness.up()

    values = harness.deployment()["applications"][0]["standardConfiguration"]
    assert changes_seen == {"same": 3, "update": 1}
    assert {"key": "SHOP_NAME", "value": "Acme"} in values


@pytest.mark.timeout(180)
def test_a_killed_up_is_continued_without_a_second_create(harness: Harness) -> None:
    """Engine and provider are killed while the deployment is under way."""
    harness.emulator.admin.settings(delays={"queued": 0.2, "deploying": 6})
    harness.program = chain
    killer = threading.Thread(target=kill_when_requested, args=(harness,))
    killer.start()
    with pytest.raises(automation.CommandError):
        harness.up()
    killer.join()
    harness.stack.cancel()

    after = harness.up()

    assert after["status"] == "Deployed"
    assert len([path for path in harness.calls("POST", "/demo-project") if path.endswith("deployments")]) == 1
    assert len([path for path in harness.calls("POST", "/connectors/drafts") if path.endswith("drafts")]) == 1


def test_a_forced_replacement_leaves_the_live_deployment(harness: Harness) -> None:
    """`--replace` asks for no diff and creates first: the create finds it by its key, and the delete spares it."""
    harness.program = chain
    harness.up()
    before = harness.deployment()["id"]
    urn = next(line for line in harness.urns() if line.endswith("Deployment::greeter"))

    harness.stack.up(replace=[urn], on_output=harness.said.append, on_error=harness.said.append)

    assert harness.deployment()["status"] == "Deployed"
    assert harness.deployment()["id"] == before
    assert harness.stack.preview(on_output=harness.said.append).change_summary == {"same": 4}


def test_a_rename_without_an_alias_keeps_the_live_objects(harness: Harness) -> None:
    """With keys of their own the creates are refused; with `adopt` they take over, and the old ones let go."""
    keys: dict[str, Any] = {"key": "greeter"}
    harness.program = partial(chain, name="old", staged_arguments=keys, deployment_arguments=keys)
    urls = harness.up()["urls"]
    before = harness.deployment()

    harness.program = partial(chain, name="new", staged_arguments=keys, deployment_arguments=keys)
    refused = harness.fails(harness.up)
    kept = harness.deployment()
    keys["adopt"] = True
    after = harness.up()

    assert "if the resource was renamed, add an alias for its old name" in refused
    assert kept == before
    assert harness.deployment()["id"] == before["id"]
    assert after["urls"] == urls
    assert harness.stack.preview(on_output=harness.said.append).change_summary == {"same": 4}


def test_a_replacement_with_the_same_key_deletes_first(harness: Harness) -> None:
    """Another region needs another deployment: the old one goes first, the preview says replace."""
    harness.program = partial(chain, deployment_arguments={"key": "greeter"})
    harness.up()
    before = harness.deployment()["id"]
    harness.program = partial(chain, deployment_arguments={"key": "greeter", "region": "us-central1.gcp"})

    changes = harness.stack.preview(on_output=harness.said.append).change_summary
    harness.up()

    assert changes == {"same": 3, "replace": 1}
    assert harness.deployment()["id"] != before
    assert harness.deployment()["deployedRegion"] == "us-central1.gcp"


def test_destroy_in_one_go_what_another_client_is_undeploying(harness: Harness) -> None:
    """One destroy leaves nothing. Other states do not matter to the engine; tests of the frontends have them."""
    harness.program = partial(chain, deployment_arguments={"timeouts": {"delete": "12s"}})
    harness.up()
    deployment = harness.deployment()["id"]
    harness.emulator.admin.settings(delays={"undeploying": 6})
    harness.as_anyone("DELETE", f"/demo-project/deployments/{deployment}")

    harness.stack.destroy(on_output=harness.said.append, on_error=harness.said.append)

    dump = harness.emulator.admin.dump()
    assert not dump["deployments"]
    assert not dump["drafts"]


def test_two_projects_in_one_program_have_credentials_of_their_own(harness: Harness) -> None:
    """A named connection deploys with its own client, and each connection asks for one token."""
    harness.emulator.admin.clients(
        [
            {
                "clientId": "demo-client",
                "clientSecret": "demo-secret",
                "scopes": "manage_project:demo-project",
            },
            {"clientId": "other-client", "clientSecret": "other-secret", "scopes": "manage_project:other"},
        ]
    )
    connections = (
        f'{{"other": {{"connectUrl": "{harness.emulator.url}", "clientId": "other-client", '
        '"clientSecret": "other-secret", "projectKey": "other", "pollInterval": 0.05}}'
    )
    harness.config = {"commercetools-connect:connections": connections}
    projects = [f"europe-west1.gcp:{project}" for project in ("demo-project", "other")]
    harness.program = partial(chain, staged_arguments={"private_projects": projects}, second_connection="other")

    harness.up()

    by_client = {
        call["client"]: call["path"]
        for call in harness.emulator.admin.journal()
        if call["method"] == "POST" and call["path"].endswith("/deployments")
    }
    tokens = [call for call in harness.emulator.admin.journal() if call["path"] == "/oauth/token"]
    assert by_client == {"demo-client": "/demo-project/deployments", "other-client": "/other/deployments"}
    assert len(tokens) == 2
    assert "other-secret" not in "\n".join([*harness.said, harness.state()])


def kill_when_requested(harness: Harness) -> None:
    """Kill the CLI and everything it started, as soon as the deployment has been requested; bounded."""
    for _ in range(1200):
        if harness.calls("POST", "/demo-project/deployments"):
            break
        time.sleep(0.05)
    kill_engine()
