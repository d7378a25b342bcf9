"""An update goes on from what it finds, redeploys for what differs and for nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import GoneError, ProviderError
from tests.resources.deployments import (
    DEPLOYMENT,
    canary,
    changed,
    deployed,
    is_stored,
    partial,
    published,
    redeploys,
    running,
    same_inputs,
    simple,
    status,
)
from tests.support.world import World


class TestStates:
    @pytest.mark.parametrize("word", ["Failed", "UndeployFailed", "Draft"])
    def test_one_that_is_not_live_is_redeployed(self, world: World, word: str) -> None:
        """A Draft only after it has not changed for a minute."""
        state = deployed(world)
        status(world, state, word)
        refreshed = partial(lambda: world.read(DEPLOYMENT, state)).state
        world.emulator.admin.clear_journal()
        began = world.clock.monotonic()

        after = world.up(DEPLOYMENT, refreshed, same_inputs(world, state))

        assert after.outputs["status"] == "Deployed"
        assert len(redeploys(world)) == 1
        assert (world.clock.monotonic() - began > 60) == (word == "Draft")
        assert not world.diff(DEPLOYMENT, after, same_inputs(world, state))

    def test_a_run_under_way_is_waited_for_and_then_decided_again(self, world: World) -> None:
        """No second request while the first still runs, and none after it."""
        state = deployed(world)
        inputs = same_inputs(world, state, redeployTrigger=1)
        cut = partial(lambda: world.up(DEPLOYMENT, state, inputs, time_limit=12)).state
        world.emulator.admin.clear_journal()

        after = world.up(DEPLOYMENT, cut, inputs)

        assert after.outputs["status"] == "Deployed"
        assert not world.writes()

    def test_one_that_is_being_undeployed_is_waited_for_and_then_gone(self, world: World) -> None:
        state = deployed(world)
        with pytest.raises(ProviderError):
            world.delete(DEPLOYMENT, state, time_limit=5)

        with pytest.raises(GoneError, match="pulumi refresh"):
            world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1))

        assert not running(world)

    def test_one_that_is_undeployed_during_our_wait_is_never_a_success(self, world: World) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, redeployTrigger=1)
        cut = partial(lambda: world.up(DEPLOYMENT, state, inputs, time_limit=12)).state
        world.clock.after(6, lambda: status(world, state, "Undeploying"))
        world.clock.after(
            30, lambda: world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
        )

        with pytest.raises(GoneError):
            world.up(DEPLOYMENT, cut, inputs)

    def test_one_that_is_gone_is_an_error_with_the_way_out(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))

        with pytest.raises(GoneError, match="pulumi refresh"):
            world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1))

    def test_an_unknown_status_is_pending_said_once_and_ends_in_the_time_limit(self, world: World) -> None:
        state = deployed(world)
        status(world, state, "Verifying")
        world.said.warnings.clear()

        ended = partial(
            lambda: world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1), time_limit=120)
        )

        assert ended.state.outputs["status"] == "Verifying"
        assert len([each for each in world.said.warnings if "Verifying" in each]) == 1
        assert not redeploys(world)


DRIFTS: dict[str, dict[str, Any]] = {
    "value": {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": "Hacked"}}}},
    "value gone": {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": None}}}},
    "secured key gone": {"applications": {"service": {"securedConfiguration": {"API_TOKEN": None}}}},
    "global value": {"globalConfiguration": {"standardConfiguration": {"LOG_LEVEL": "trace"}}},
    "global secret gone": {"globalConfiguration": {"securedConfiguration": {"SHARED": None}}},
    "schedule": {"applications": {"nightly-job": {"schedule": "9 9 * * *"}}},
    "retry policy": {"applications": {"event": {"retryPolicy": {"strategy": "immediate"}}}},
    "status": {"status": "Failed"},
    "tag": {"tag": "v2.1.0"},
}
EVERYTHING: dict[str, Any] = {
    "configurations": {
        **simple(GREETING="Moin", secured={"API_TOKEN": canary}),
        "nightly-job": {"schedule": "0 4 * * *"},
        "event": {
            "retryPolicy": {"strategy": "exponential-backoff", "minBackoffSeconds": 10, "maxBackoffSeconds": 60}
        },
    },
    "globalConfiguration": {
        "standardConfiguration": {"LOG_LEVEL": "debug"},
        "securedConfiguration": {"SHARED": "s"},
    },
    "connectorTag": "v2.0.0",
}


class TestDrift:
    @pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS)
    def test_an_outside_change_shows_after_a_refresh_and_is_put_back_by_one_redeploy(
        self, world: World, drift: Any
    ) -> None:
        state = deployed(world, **EVERYTHING)
        inputs = same_inputs(world, state, **EVERYTHING)
        assert not world.diff(DEPLOYMENT, state, inputs)
        changed(world, state, **drift)

        if drift.get("status"):
            refreshed = partial(lambda: world.read(DEPLOYMENT, state)).state
        else:
            refreshed = world.refreshed(DEPLOYMENT, state)
        assert world.diff(DEPLOYMENT, refreshed, inputs)
        world.emulator.admin.clear_journal()
        after = world.up(DEPLOYMENT, refreshed, inputs)

        assert len(redeploys(world)) == 1
        assert after.outputs["deployedTag"] == "v2.0.0"
        assert is_stored(world, "API_TOKEN", canary)
        assert is_stored(world, "SHARED", "s", "$global")
        assert not world.diff(DEPLOYMENT, after, inputs)
        assert not world.diff(DEPLOYMENT, world.refreshed(DEPLOYMENT, after), inputs)

    @pytest.mark.parametrize("style", ["omitOldMembers", "unknownMember", "nullMembers"])
    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_what_no_program_declares_and_how_the_api_writes_it_is_no_drift(
        self, world: World, style: str, reading: str
    ) -> None:
        """Defaults, masks, undeclared keys, absent members of earlier Deployments (API §4.7, §19 #3, #4)."""
        world.emulator.admin.settings(assumptions={"3": reading, "4": reading})
        published(world)
        inputs = world.deployment_inputs("x", connector={"key": "derived-greeter"}, **EVERYTHING)
        state = world.create(DEPLOYMENT, inputs)
        changed(world, state, applications={"service": {"standardConfiguration": {"NOTE": "another client's"}}})
        world.emulator.admin.settings(responses={style: True})

        refreshed = world.refreshed(DEPLOYMENT, state)

        assert not world.diff(DEPLOYMENT, refreshed, inputs)
        assert not world.diff(DEPLOYMENT, world.refreshed(DEPLOYMENT, refreshed), inputs)

    def test_a_deployment_made_with_old_answers_is_not_replaced_by_the_next_up(self, world: World) -> None:
        """They name no key of the connector."""
        world.emulator.admin.settings(responses={"omitOldMembers": True})
        published(world)
        inputs = world.deployment_inputs("x", connector={"key": "derived-greeter"})

        state = world.create(DEPLOYMENT, inputs)

        assert not world.diff(DEPLOYMENT, state, inputs)


class TestReasons:
    @pytest.mark.parametrize("flag", ["skipScripts", "failOnScriptWarning", "skipPlanTimeValidation", "adopt"])
    def test_a_way_of_working_is_recorded_without_a_redeploy(self, world: World, flag: str) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, **{flag: True})
        world.emulator.admin.clear_journal()

        after = world.up(DEPLOYMENT, state, inputs)

        assert not world.writes()
        assert after.outputs[flag] is True
        assert not world.diff(DEPLOYMENT, after, inputs)

    def test_any_trigger_redeploys_once_when_it_changes(self, world: World) -> None:
        state = deployed(world, configurations=simple())
        for trigger in [1, "a", True, 1.5, [1, None, "x"], {"a": {"b": [1]}}, {"a": {"b": [2]}}, None]:
            inputs = same_inputs(world, state, configurations=simple(), redeployTrigger=trigger)
            world.emulator.admin.clear_journal()
            state = world.up(DEPLOYMENT, state, inputs)
            assert len(redeploys(world)) == 1, trigger
            assert not world.diff(DEPLOYMENT, state, inputs)

    def test_a_rotation_is_exactly_one_redeploy(self, world: World) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, configurations=simple(secured={"API_TOKEN": canary}))
        world.emulator.admin.clear_journal()
        began = world.clock.monotonic()

        after = world.up(DEPLOYMENT, state, inputs)

        assert len(redeploys(world)) == 1
        assert world.clock.monotonic() - began < 50
        assert is_stored(world, "API_TOKEN", canary)
        assert not world.diff(DEPLOYMENT, after, inputs)

    @pytest.mark.parametrize(
        "fault",
        [{"drop": "after"}, {"status": 502, "when": "after"}, {"truncate": True}, {"drop": "before"}],
        ids=str,
    )
    def test_a_rotation_whose_answer_is_lost_is_sent_until_one_is_certain(self, world: World, fault: Any) -> None:
        """Another client's redeploy would look the same as ours, and a secret cannot be read: it is sent again."""
        state = deployed(world)
        inputs = same_inputs(world, state, configurations=simple(secured={"API_TOKEN": canary}))
        world.emulator.admin.clear_journal()
        world.emulator.admin.fault(fault, method="POST", path="/*/deployments/*")
        build = running(world)[0]["buildId"]

        after = world.up(DEPLOYMENT, state, inputs)

        assert is_stored(world, "API_TOKEN", canary)
        assert len(redeploys(world, "")) == 2
        certain = fault == {"drop": "before"}
        assert running(world)[0]["version"] == (4 if certain else 6)  # 1 create, 2 its end, two for each redeploy
        assert after.outputs["buildId"] not in (build, "")

    def test_a_failed_run_says_why_and_the_next_up_tries_again(self, world: World) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, redeployTrigger=1)
        world.emulator.admin.outcome("deploy", "derived-greeter", "failure")

        ended = partial(lambda: world.up(DEPLOYMENT, state, inputs))

        assert "Health check for application" in str(ended)
        assert world.diff(DEPLOYMENT, ended.state, inputs)
        assert world.up(DEPLOYMENT, ended.state, inputs).outputs["status"] == "Deployed"

    def test_a_failed_script_shows_as_a_warning_or_as_a_failure_that_heals(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.outcome("deploy", "derived-greeter", "warning", times=2)
        world.said.warnings.clear()

        state = world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1))
        assert [each for each in world.said.warnings if "postDeploy" in each]

        inputs = same_inputs(world, state, redeployTrigger=2, failOnScriptWarning=True)
        ended = partial(lambda: world.up(DEPLOYMENT, state, inputs))
        assert "postDeploy" in str(ended)
        refreshed = partial(lambda: world.read(DEPLOYMENT, ended.state)).state
        healed = world.up(DEPLOYMENT, refreshed, inputs)
        assert not world.diff(DEPLOYMENT, healed, inputs)

    def test_a_subscription_is_no_script(self, world: World) -> None:
        state = deployed(world, failOnScriptWarning=True)
        changed(
            world, state, report=[{"type": "Warning", "title": "Subscription is slow", "application": "event"}]
        )

        assert world.read(DEPLOYMENT, state) is not None

    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_a_missing_required_key_never_looks_like_a_success(self, world: World, reading: str) -> None:
        """Refused at once, or a run that fails (API §19 #2)."""
        world.emulator.admin.settings(assumptions={"2": reading})
        staged, _ = published(world)

        with pytest.raises((ProviderError, Exception)) as caught:
            world.create(DEPLOYMENT, world.deployment_inputs(staged.id, configurations={}))

        assert "SHOP_NAME" in str(caught.value)

    def test_without_manage_api_clients_the_refusal_says_so(self, world: World) -> None:
        """API §19 #18."""
        world.emulator.admin.settings(assumptions={"18": "other"})
        state = deployed(world)
        assert world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1)).id == state.id
