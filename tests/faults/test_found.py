"""What the fault test has found, each as a plain story that must not come true again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from commercetools_connect.core.resource import OperationContext
from commercetools_connect.waiters import DEPLOY, Found, Observation, Waiter, WaitResult, WaitStatus
from tests.faults.author import CANARY, Chain, Installation
from tests.faults.harness import Harness
from tests.faults.statistics import Statistics
from tests.faults.trouble import Fault, Meddling
from tests.support.stack import urn_of
from tests.support.virtual import VirtualClock, run_virtually

DEPLOYMENT = urn_of("Deployment", "ax")

DRAFT = urn_of("ConnectorStaged", "a")


@pytest.fixture
def harness() -> Iterator[Harness]:
    harness = Harness(Statistics())
    harness.author.chains["a"] = Chain(installations=(("ax", Installation(token=f"{CANARY}-1")),))
    yield harness
    harness.close()


def change(harness: Harness, **changes: Any) -> None:
    """Edit the Deployment."""
    chain = harness.author.chains["a"]
    ((name, installation),) = chain.installations
    harness.author.chains["a"] = chain.with_installation(name, replace(installation, **changes))


def test_a_replacement_that_fails_halfway_does_not_cost_the_live_deployment(harness: Harness) -> None:
    """`--target-replace` finds its own object, fails while it waits, and leaves it condemned as well as kept."""
    harness.up()
    (before,) = harness.emulator.admin.dump()["deployments"]
    harness.emulator.admin.outcome("deploy", "*", "failure")
    assert harness.up(replace_these=[DEPLOYMENT]).failed

    healed = harness.up()

    (after,) = harness.emulator.admin.dump()["deployments"]
    assert not healed.failed
    assert after["id"] == before["id"]
    assert after["status"] == "Deployed"


def test_a_version_that_another_client_moved_is_no_proof_of_our_publication(harness: Harness) -> None:
    """Our request is lost on its way there, and at that moment another client changes the draft."""
    harness.up()
    harness.author.chains["a"] = replace(harness.author.chains["a"], title="Greeter 2")
    harness.arm(Fault({"drop": "before"}, "POST", "/connectors/drafts/*", 1, 1, None))
    harness.meddle(Meddling("draft gets a version", 0, at_fault=True))

    run = harness.up()

    (connector,) = harness.emulator.admin.dump()["connectors"]
    assert harness.statistics.faults["drop before"] == 1
    assert harness.statistics.crashes["draft gets a version"] == 1
    assert not run.failed
    assert connector["content"]["name"] == "Greeter 2"


def test_a_redeploy_by_another_client_is_no_proof_that_our_secret_was_sent(harness: Harness) -> None:
    """Our request is lost on its way there, and at that moment another client redeploys."""
    harness.up()
    change(harness, token=f"{CANARY}-2")
    harness.arm(Fault({"drop": "before"}, "POST", "/*/deployments/*", 0, 1, None))
    harness.meddle(Meddling("deployment is redeployed", 0, at_fault=True))

    run = harness.up()

    assert harness.statistics.faults["drop before"] == 1
    assert harness.statistics.crashes["deployment is redeployed"] == 1
    assert not run.failed
    harness.settle()


def test_a_create_without_a_known_result_says_what_it_may_have_left(harness: Harness) -> None:
    """The answer is lost, and the look for what became of it fails as well: the next `up` finds it by its key."""
    harness.arm(Fault({"drop": "after"}, "POST", "/*/deployments", 0, 1, None))
    harness.arm(Fault({"status": 403}, "GET", "/*/deployments/key=*", 1, 1, None))

    run = harness.up()

    assert "may have had its effect" in run.errors[0]
    harness.settle()


def test_what_another_client_has_published_is_put_back(harness: Harness) -> None:
    """They rename the draft and publish it: the draft and what is published go back to what the program says."""
    harness.up()
    for action in ("draft is renamed", "draft is published"):
        harness.meddle(Meddling(action, 0))
    harness.emulator.pass_time(100.0)
    (theirs,) = harness.emulator.admin.dump()["connectors"]
    harness.refresh()

    run = harness.up()

    (connector,) = harness.emulator.admin.dump()["connectors"]
    assert theirs["content"]["name"] == "Theirs"
    assert not run.failed
    assert connector["content"]["name"] == "Greeter"


def test_a_stuck_run_survives_a_restart_of_the_emulator(harness: Harness) -> None:
    """A run that never ends is part of the dump, and a dump can be loaded again."""
    harness.emulator.admin.outcome("deploy", "*", "stuck")
    change(harness, hurried=True)
    harness.up()

    harness.emulator.restart()

    (there,) = harness.emulator.admin.dump()["deployments"]
    assert there["status"] == "Deploying"


def test_a_preview_deployment_goes_on_as_a_sandbox_once_its_connector_is_published(harness: Harness) -> None:
    """A project without any sandbox deployment so far is no reason to refuse: `type` was never written."""
    harness.author.chains["a"] = replace(harness.author.chains["a"], target="preview")
    change(harness, follows_tag=False)
    harness.up()
    harness.author.chains["a"] = replace(harness.author.chains["a"], target="private")

    first = harness.up()
    run = harness.up() if first.failed else first

    (there,) = harness.emulator.admin.dump()["deployments"]
    assert not run.failed, run.errors
    assert there["type"] == "sandbox"


def test_a_create_that_was_cut_off_after_its_delete_goes_on(harness: Harness) -> None:
    """The old one is undeployed, and the answer to the create is lost: what stands under the key is our own."""
    harness.up()
    change(harness, elsewhere=True)
    harness.arm(Fault({"drop": "after"}, "POST", "/*/deployments", 0, 1, None))
    harness.arm(Fault({"status": 403}, "GET", "/*/deployments/key=*", 3, 1, None))
    lost = harness.up()

    run = harness.up()

    (there,) = harness.emulator.admin.dump()["deployments"]
    assert "may have had its effect" in lost.errors[0]
    assert not run.failed, run.errors
    assert (there["status"], there["region"]) == ("Deployed", "us-central1.gcp")


@pytest.mark.parametrize("urn", [DEPLOYMENT, DRAFT], ids=["Deployment", "ConnectorStaged"])
def test_a_destroy_after_a_forced_replacement_that_did_not_come_to_its_delete_is_not_refused(
    harness: Harness, urn: str
) -> None:
    """The state has one object twice; the older entry does not know what the stack has sent since."""
    harness.up()
    chain = harness.author.chains["a"].with_installation("ay", Installation(follows_tag=False))
    harness.author.chains["a"] = replace(chain, title="Greeter 2")
    harness.arm(Fault({"status": 403}, "POST", "/*/deployments", 0, 1, None))
    assert harness.up(replace_these=[urn]).failed
    assert len([each for each in harness.engine.all_entries if each.urn == urn]) == 2

    run = harness.destroy()

    dump = harness.emulator.admin.dump()
    assert not run.failed, run.errors
    assert not dump["deployments"]
    assert not dump["drafts"]


def test_a_tag_that_was_wrong_and_is_put_back_is_previewable_again(harness: Harness) -> None:
    """The draft was at the wrong tag, which reset its preview; the publication never left the right one.

    Also when the first `up` that puts it back fails at the publication.
    """
    chain = replace(harness.author.chains["a"], target="preview", installations=())
    harness.author.chains["a"] = chain
    harness.up()
    harness.author.chains["a"] = replace(chain, tag="no-file")
    assert harness.up().failed
    harness.author.chains["a"] = chain

    preview = harness.preview()
    harness.arm(Fault({"status": 403}, "POST", "/connectors/drafts/*", 1, 1, None))
    refused = harness.up()
    run = harness.up()

    (draft,) = harness.emulator.admin.dump()["drafts"]
    assert "update ConnectorPublication/a done" in preview.changes
    assert "update ConnectorPublication/a partial" in refused.changes
    assert not run.failed, run.errors
    assert draft["isPreviewable"] == "true"
    assert not harness.up().changes


def test_what_another_client_has_published_is_no_content_of_this_program(harness: Harness) -> None:
    """A forced replacement finds their Connector, and asks for nothing; the draft is put back and published."""
    harness.up()
    harness.meddle(Meddling("draft is renamed", 0))
    harness.meddle(Meddling("draft is published", 0))
    harness.emulator.pass_time(100.0)
    harness.up(replace_these=[urn_of("ConnectorPublication", "a")])
    harness.refresh()

    run = harness.up()

    (connector,) = harness.emulator.admin.dump()["connectors"]
    assert not run.failed, run.errors
    assert connector["content"]["name"] == "Greeter"
    assert not harness.up().changes


class EarlyClock(VirtualClock):
    """A clock whose timers fire a moment early, by the resolution of the system's clock."""

    async def until(self, moment: float) -> None:
        await super().until(moment - 1e-9)


def test_a_timer_that_fires_a_moment_early_ends_a_wait_in_its_time_limit() -> None:
    """The wait does not listen on to observations that have ended, which was a traceback."""

    async def looks() -> AsyncGenerator[Found[str], None]:
        while True:
            await VirtualClock().sleep(60.0)
            yield Found("Deploying")

    async def wait() -> WaitResult[str]:
        operation, clock = OperationContext("greeter", "shop-greeter"), EarlyClock()
        return await Waiter(
            DEPLOY, lambda status: Observation(status, 1), "Deploying", looks(), operation, clock, deadline=100.0
        ).outcome()

    assert run_virtually(wait()).ending is WaitStatus.TIMED_OUT
