"""Kills, strangers, renames and forced replacements: the live object survives, and the next `up` goes on."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any

import pytest
from pulumi import automation

from examples.demo.engine import kill_engine
from tests.engine.conftest import Stage
from tests.engine.programs import chain

pytestmark = pytest.mark.long


def test_a_failed_deployment_shows_at_refresh_and_the_next_up_heals_it(stage: Stage) -> None:
    """The platform marks it `Failed` at night; the refresh says so; the `up` redeploys it."""
    stage.program = chain
    urls = stage.up()["urls"]
    deployment = stage.deployment()
    stage.emulator.admin.patch("deployments", deployment["id"], {"status": "Failed"})

    stage.stack.refresh(on_output=stage.said.append)
    seen = "\n".join(stage.said[-40:])
    stage.emulator.admin.clear_journal()
    after = stage.up()

    assert "deployment failed" in seen
    assert after["status"] == "Deployed"
    assert after["urls"] == urls
    assert stage.posts("/demo-project/deployments") == 1


def test_a_refresh_between_failure_and_repair_does_not_hide_it(stage: Stage) -> None:
    """Deploy fails, someone refreshes, and the next `up` still heals it."""
    stage.program = chain
    stage.emulator.admin.outcome("deploy", "*", "failure")
    stage.fails(stage.up)

    stage.stack.refresh(on_output=stage.said.append)
    after = stage.up()

    assert after["status"] == "Deployed"
    assert stage.stack.preview(on_output=stage.said.append).change_summary == {"same": 4}


def test_a_value_changed_by_someone_else_is_shown_and_put_back(stage: Stage) -> None:
    """Drift of a value: refresh, preview, and one redeploy."""
    stage.program = chain
    stage.up()
    deployment = stage.deployment()
    changes = {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": "Someone else's"}}}}
    stage.emulator.admin.patch("deployments", deployment["id"], changes)

    stage.stack.refresh(on_output=stage.said.append)
    changes_seen = stage.stack.preview(on_output=stage.said.append).change_summary
    stage.up()

    values = stage.deployment()["applications"][0]["standardConfiguration"]
    assert changes_seen == {"same": 3, "update": 1}
    assert {"key": "SHOP_NAME", "value": "Acme"} in values


@pytest.mark.timeout(180)
def test_a_killed_up_is_continued_without_a_second_create(stage: Stage) -> None:
    """Engine and provider are killed while the deployment is under way."""
    stage.emulator.admin.settings(delays={"queued": 0.2, "deploying": 6})
    stage.program = chain
    killer = threading.Thread(target=kill_when_requested, args=(stage,))
    killer.start()
    with pytest.raises(automation.CommandError):
        stage.up()
    killer.join()
    stage.stack.cancel()

    after = stage.up()

    assert after["status"] == "Deployed"
    assert len([path for path in stage.calls("POST", "/demo-project") if path.endswith("deployments")]) == 1
    assert len([path for path in stage.calls("POST", "/connectors/drafts") if path.endswith("drafts")]) == 1


def test_a_forced_replacement_leaves_one_live_deployment(stage: Stage) -> None:
    """`--target-replace` replaces what it is told to, and nothing is left over or lost."""
    stage.program = chain
    stage.up()
    before = stage.deployment()["id"]
    urn = next(line for line in stage.urns() if line.endswith("Deployment::greeter"))

    stage.stack.up(replace=[urn], on_output=stage.said.append, on_error=stage.said.append)

    assert stage.deployment()["status"] == "Deployed"
    assert stage.deployment()["id"] != before
    assert stage.stack.preview(on_output=stage.said.append).change_summary == {"same": 4}


def test_a_rename_without_an_alias_keeps_the_live_objects(stage: Stage) -> None:
    """With keys of their own, the new resources take the objects over and the old ones let go of them."""
    keys: dict[str, Any] = {"staged_arguments": {"key": "greeter"}, "deployment_arguments": {"key": "greeter"}}
    stage.program = partial(chain, name="old", **keys)
    urls = stage.up()["urls"]
    before = stage.deployment()["id"]

    stage.program = partial(chain, name="new", **keys)
    after = stage.up()

    assert stage.deployment()["id"] == before
    assert after["urls"] == urls
    assert stage.stack.preview(on_output=stage.said.append).change_summary == {"same": 4}


def test_a_replacement_with_the_same_key_deletes_first(stage: Stage) -> None:
    """Another region needs another deployment: the old one goes first, the preview says replace."""
    stage.program = partial(chain, deployment_arguments={"key": "greeter"})
    stage.up()
    before = stage.deployment()["id"]
    stage.program = partial(chain, deployment_arguments={"key": "greeter", "region": "us-central1.gcp"})

    changes = stage.stack.preview(on_output=stage.said.append).change_summary
    stage.up()

    assert changes == {"same": 3, "replace": 1}
    assert stage.deployment()["id"] != before
    assert stage.deployment()["deployedRegion"] == "us-central1.gcp"


def test_destroy_in_one_go_what_someone_else_is_undeploying(stage: Stage) -> None:
    """One destroy leaves nothing. Other states make no difference to the engine; the doors' tests have them."""
    stage.program = partial(chain, deployment_arguments={"timeouts": {"delete": "12s"}})
    stage.up()
    deployment = stage.deployment()["id"]
    stage.emulator.admin.settings(delays={"undeploying": 6})
    stage.as_anyone("DELETE", f"/demo-project/deployments/{deployment}")

    stage.stack.destroy(on_output=stage.said.append, on_error=stage.said.append)

    dump = stage.emulator.admin.dump()
    assert not dump["deployments"]
    assert not dump["drafts"]


def test_two_projects_in_one_program_have_credentials_of_their_own(stage: Stage) -> None:
    """A named connection deploys with its own client, and each connection asks for one token."""
    stage.emulator.admin.clients(
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
        f'{{"other": {{"connectUrl": "{stage.emulator.url}", "clientId": "other-client", '
        '"clientSecret": "other-secret", "projectKey": "other", "pollInterval": 0.05}}'
    )
    stage.config = {"commercetools-connect:connections": connections}
    projects = [f"europe-west1.gcp:{project}" for project in ("demo-project", "other")]
    stage.program = partial(chain, staged_arguments={"private_projects": projects}, second_connection="other")

    stage.up()

    by_client = {
        call["client"]: call["path"]
        for call in stage.emulator.admin.journal()
        if call["method"] == "POST" and call["path"].endswith("/deployments")
    }
    tokens = [call for call in stage.emulator.admin.journal() if call["path"] == "/oauth/token"]
    assert by_client == {"demo-client": "/demo-project/deployments", "other-client": "/other/deployments"}
    assert len(tokens) == 2
    assert "other-secret" not in "\n".join([*stage.said, stage.state()])


def kill_when_requested(stage: Stage) -> None:
    """Kill the CLI and everything it started, as soon as the deployment has been requested; bounded."""
    for _ in range(1200):
        if stage.calls("POST", "/demo-project/deployments"):
            break
        time.sleep(0.05)
    kill_engine()
