"""What the fault test has found, each as a plain story that must not come true again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.author import CANARY, Chain, Installation
from tests.faults.stage import Stage
from tests.faults.tally import Tally
from tests.faults.trouble import Fault, Meddling
from tests.support.stack import urn_of

DEPLOYMENT = urn_of("Deployment", "ax")


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(Tally())
    stage.author.chains["a"] = Chain(installations=(("ax", Installation(token=f"{CANARY}-1")),))
    yield stage
    stage.close()


def change(stage: Stage, **changes: Any) -> None:
    """Edit the Deployment."""
    chain = stage.author.chains["a"]
    ((name, installation),) = chain.installations
    stage.author.chains["a"] = chain.with_installation(name, replace(installation, **changes))


def test_a_replacement_that_fails_halfway_does_not_cost_the_live_deployment(stage: Stage) -> None:
    """`--target-replace` finds its own object, fails while it waits, and leaves it condemned as well as kept."""
    stage.up()
    (before,) = stage.box.admin.dump()["deployments"]
    stage.box.admin.outcome("deploy", "*", "failure")
    assert stage.up(replace_these=[DEPLOYMENT]).failed

    healed = stage.up()

    (after,) = stage.box.admin.dump()["deployments"]
    assert not healed.failed
    assert after["id"] == before["id"]
    assert after["status"] == "Deployed"


def test_a_version_that_someone_else_moved_is_no_proof_of_our_publication(stage: Stage) -> None:
    """Our request is lost on its way there, and at that moment somebody touches the draft."""
    stage.up()
    stage.author.chains["a"] = replace(stage.author.chains["a"], title="Greeter 2")
    stage.arm(Fault({"drop": "before"}, "POST", "/connectors/drafts/*", 1, 1, None))
    stage.meddle(Meddling("draft gets a version", 0, at_fault=True))

    run = stage.up()

    (connector,) = stage.box.admin.dump()["connectors"]
    assert stage.tally.faults["drop before"] == 1
    assert stage.tally.crashes["draft gets a version"] == 1
    assert not run.failed
    assert connector["content"]["name"] == "Greeter 2"


def test_a_redeploy_by_someone_else_is_no_proof_that_our_secret_was_sent(stage: Stage) -> None:
    """Our request is lost on its way there, and at that moment somebody redeploys."""
    stage.up()
    change(stage, token=f"{CANARY}-2")
    stage.arm(Fault({"drop": "before"}, "POST", "/*/deployments/*", 0, 1, None))
    stage.meddle(Meddling("deployment is redeployed", 0, at_fault=True))

    run = stage.up()

    assert stage.tally.faults["drop before"] == 1
    assert stage.tally.crashes["deployment is redeployed"] == 1
    assert not run.failed
    stage.settle()


def test_a_create_that_nobody_could_look_after_says_what_it_may_have_left(stage: Stage) -> None:
    """The answer is lost, and the look for what became of it fails as well: the next `up` finds it by its key."""
    stage.arm(Fault({"drop": "after"}, "POST", "/*/deployments", 0, 1, None))
    stage.arm(Fault({"status": 403}, "GET", "/*/deployments/key=*", 1, 1, None))

    run = stage.up()

    assert "may have had its effect" in run.errors[0]
    stage.settle()


def test_what_somebody_else_has_published_is_put_back(stage: Stage) -> None:
    """They rename the draft and publish it: the draft and what is published go back to what the program says."""
    stage.up()
    for deed in ("draft is renamed", "draft is published"):
        stage.meddle(Meddling(deed, 0))
    stage.box.pass_time(100.0)
    (theirs,) = stage.box.admin.dump()["connectors"]
    stage.refresh()

    run = stage.up()

    (connector,) = stage.box.admin.dump()["connectors"]
    assert theirs["content"]["name"] == "Theirs"
    assert not run.failed
    assert connector["content"]["name"] == "Greeter"


def test_a_stuck_run_survives_a_restart_of_the_emulator(stage: Stage) -> None:
    """A run that never ends is part of the dump, and a dump can be loaded again."""
    stage.box.admin.outcome("deploy", "*", "stuck")
    change(stage, hurried=True)
    stage.up()

    stage.box.restart()

    (there,) = stage.box.admin.dump()["deployments"]
    assert there["status"] == "Deploying"
