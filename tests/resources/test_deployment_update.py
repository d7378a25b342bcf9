"""An update goes on from whatever it finds, redeploys for what differs and for nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.contract.errors import GoneError, InvalidInputError, ProviderError
from commercetools_connect.contract.values import Secret, reveal
from tests.resources.deployments import (
    DEPLOYMENT,
    canary,
    changed,
    deployed,
    is_stored,
    partial,
    plain_inputs,
    publish,
    published,
    redeploys,
    running,
    simple,
    status,
)
from tests.support.world import PROJECT, World


def same_inputs(world: World, state: Any, **changes: Any) -> dict[str, Any]:
    return world.deployment_inputs(str(state.outputs["connectorId"]), **changes)


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

    def test_a_run_under_way_is_waited_for_and_then_decided_anew(self, world: World) -> None:
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
        world.clock.after(30, lambda: world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"])))

        with pytest.raises(GoneError):
            world.up(DEPLOYMENT, cut, inputs)

    def test_one_that_is_gone_is_an_error_with_the_way_out(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))

        with pytest.raises(GoneError, match="pulumi refresh"):
            world.up(DEPLOYMENT, state, same_inputs(world, state, redeployTrigger=1))

    def test_a_status_nobody_knows_is_pending_said_once_and_ends_in_the_time_limit(self, world: World) -> None:
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
    "globalConfiguration": {"standardConfiguration": {"LOG_LEVEL": "debug"}, "securedConfiguration": {"SHARED": "s"}},
    "connectorTag": "v2.0.0",
}


class TestDrift:
    @pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS)
    def test_somebodys_hand_shows_after_a_refresh_and_is_put_back_by_one_redeploy(
        self, world: World, drift: Any
    ) -> None:
        state = deployed(world, **EVERYTHING)
        inputs = same_inputs(world, state, **EVERYTHING)
        assert not world.diff(DEPLOYMENT, state, inputs)
        changed(world, state, **drift)

        if drift.get("status"):
            refreshed = partial(lambda: world.read(DEPLOYMENT, state)).state
        else:
            refreshed = world.read(DEPLOYMENT, state)
        assert world.diff(DEPLOYMENT, refreshed, inputs)
        world.emulator.admin.clear_journal()
        after = world.up(DEPLOYMENT, refreshed, inputs)

        assert len(redeploys(world)) == 1
        assert after.outputs["deployedTag"] == "v2.0.0"
        assert is_stored(world, "API_TOKEN", canary)
        assert is_stored(world, "SHARED", "s", "$global")
        assert not world.diff(DEPLOYMENT, after, inputs)
        assert not world.diff(DEPLOYMENT, world.read(DEPLOYMENT, after), inputs)

    @pytest.mark.parametrize("style", ["omitOldMembers", "unknownMember", "nullMembers"])
    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_what_nobody_declared_and_how_the_api_writes_it_is_no_drift(
        self, world: World, style: str, reading: str
    ) -> None:
        """Defaults, masks, undeclared keys, absent members of old Deployments (API §4.7, §19 #3, #4)."""
        world.emulator.admin.settings(assumptions={"3": reading, "4": reading})
        staged, _ = published(world)
        inputs = world.deployment_inputs("x", connector={"key": "derived-greeter"}, **EVERYTHING)
        state = world.create(DEPLOYMENT, inputs)
        changed(world, state, applications={"service": {"standardConfiguration": {"NOTE": "someone's"}}})
        world.emulator.admin.settings(responses={style: True})

        refreshed = world.read(DEPLOYMENT, state)

        assert not world.diff(DEPLOYMENT, refreshed, inputs)
        assert not world.diff(DEPLOYMENT, world.read(DEPLOYMENT, refreshed), inputs)

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

        after = world.up(DEPLOYMENT, state, inputs)

        assert len(redeploys(world)) == 1
        assert is_stored(world, "API_TOKEN", canary)
        assert not world.diff(DEPLOYMENT, after, inputs)

    @pytest.mark.parametrize(
        "fault",
        [{"drop": "after"}, {"status": 502, "when": "after"}, {"truncate": True}, {"drop": "before"}],
        ids=str,
    )
    def test_a_rotation_whose_answer_is_lost_is_still_one_redeploy(self, world: World, fault: Any) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, configurations=simple(secured={"API_TOKEN": canary}))
        world.emulator.admin.clear_journal()
        world.emulator.admin.fault(fault, method="POST", path="/*/deployments/*")
        build = running(world)[0]["buildId"]

        after = world.up(DEPLOYMENT, state, inputs)

        assert is_stored(world, "API_TOKEN", canary)
        assert running(world)[0]["version"] == 4  # 1 create, 2 its end, 3 redeploy, 4 its end
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
        changed(world, state, report=[{"type": "Warning", "title": "Subscription is slow", "application": "event"}])

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


class TestSecrets:
    @pytest.mark.parametrize("mask", ["****", "*", "*****"])
    def test_a_mask_is_never_taken_for_a_secret(self, world: World, mask: str) -> None:
        """What was read somewhere must not overwrite what is live (API §12.2)."""

        async def check(resource_of: Any) -> Any:
            inputs = world.deployment_inputs("x", configurations=simple(secured={"API_TOKEN": mask}))
            return resource_of(DEPLOYMENT).check(world.operation(), {}, inputs)

        (failure,) = world.run(check).failures
        assert failure.path == ("configurations", "service", "securedConfiguration", "API_TOKEN")

    def test_every_state_has_them_sealed(self, world: World) -> None:
        staged, _ = published(world)
        inputs = world.deployment_inputs(
            staged.id,
            configurations=simple(secured={"API_TOKEN": canary}),
            globalConfiguration={"securedConfiguration": {"SHARED": canary}},
        )
        states = [partial(lambda: world.create(DEPLOYMENT, inputs, time_limit=10)).state]
        states.append(world.up(DEPLOYMENT, states[-1], inputs))
        states.append(world.read(DEPLOYMENT, states[-1]))  # type: ignore[arg-type]
        status(world, states[-1], "Failed")
        states.append(partial(lambda: world.read(DEPLOYMENT, states[-1])).state)

        for state in states:
            assert canary not in repr(state)
            held: Any = state.outputs["configurations"]
            assert held["service"]["securedConfiguration"]["API_TOKEN"] == Secret(canary)
        assert canary not in repr(world.checked(DEPLOYMENT, inputs))

    def test_what_a_user_marks_as_secret_stays_one(self, world: World) -> None:
        staged, _ = published(world)
        inputs = plain_inputs(world, staged.id, configurations=simple(NOTE=Secret("hush"), GREETING="{{url:service}}"))

        state = world.read(DEPLOYMENT, world.create(DEPLOYMENT, inputs))

        assert state is not None
        assert "hush" not in repr(state)
        assert not world.diff(DEPLOYMENT, state, inputs)

    def test_a_script_that_prints_one_does_not_bring_it_to_the_screen_or_the_state(self, world: World) -> None:
        import base64
        import json
        from urllib.parse import quote

        forms = [canary, quote(canary, safe=""), json.dumps(canary)[1:-1], base64.b64encode(canary.encode()).decode()]
        staged, _ = published(world)
        report: Any = [
            {"type": "Error", "title": f"script: {form}", "message": f"env {form} end", "application": "service"}
            for form in forms
        ]
        world.emulator.admin.outcome("deploy", "derived-greeter", "failure", report=report)
        inputs = world.deployment_inputs(
            staged.id, configurations=simple(secured={"API_TOKEN": canary}), failOnScriptWarning=True
        )

        ended = partial(lambda: world.create(DEPLOYMENT, inputs))
        refreshed = partial(lambda: world.read(DEPLOYMENT, ended.state))

        said = [*world.said.infos, *world.said.warnings, *world.said.statuses, str(ended), repr(ended), str(refreshed)]
        shown = "\n".join([*said, repr(ended.state), repr(refreshed.state), repr(reveal(ended.state.outputs["report"]))])
        for form in forms:
            assert form not in shown

    def test_what_the_server_says_cannot_write_on_the_terminal(self, world: World) -> None:
        state = deployed(world, failOnScriptWarning=True)
        changed(world, state, report=[{"type": "Warning", "title": "script \x1b[2J failed\nok", "application": "a"}])

        ended = partial(lambda: world.read(DEPLOYMENT, state))

        assert "\x1b" not in str(ended)


class TestRemoved:
    def test_standard_keys_go_back_to_default_or_empty_and_secured_ones_stay_with_a_warning(
        self, world: World
    ) -> None:
        everything = {
            "configurations": simple(GREETING="Moin", NOTE="n", secured={"API_TOKEN": canary}),
            "globalConfiguration": {
                "standardConfiguration": {"LOG_LEVEL": "debug", "SHOP_URL": "u"},
                "securedConfiguration": {"SHARED": "s"},
            },
        }
        state = deployed(world, **everything)
        inputs = same_inputs(world, state, configurations=simple())
        world.said.warnings.clear()
        world.emulator.admin.clear_journal()

        after = world.up(DEPLOYMENT, state, inputs)

        (there,) = running(world)
        assert there["applications"][0]["standard"] == {"SHOP_NAME": "Acme", "GREETING": "Hello", "NOTE": ""}
        assert there["globalValues"]["standard"] == {"LOG_LEVEL": "info", "SHOP_URL": ""}
        assert is_stored(world, "API_TOKEN", canary)
        stays = [each for each in world.said.warnings if "stays set" in each]
        assert sorted(each.split()[0] for each in stays) == [
            "configurations.service.securedConfiguration.API_TOKEN",
            "globalConfiguration.securedConfiguration.SHARED",
        ]
        assert len(redeploys(world)) == 1
        assert not world.diff(DEPLOYMENT, after, inputs)

    def test_a_required_one_is_an_error_in_the_diff_already(self, world: World) -> None:
        state = deployed(world)

        with pytest.raises(InvalidInputError, match="SHOP_NAME was removed"):
            world.diff(DEPLOYMENT, state, same_inputs(world, state, configurations={"service": {}}))

    def test_a_schedule_stays_with_a_warning_and_without_a_redeploy(self, world: World) -> None:
        """The API cannot unset it, and nobody can read what connect.yaml says."""
        state = deployed(world, configurations={**simple(), "nightly-job": {"schedule": "0 4 * * *"}})
        world.emulator.admin.clear_journal()

        after = world.up(DEPLOYMENT, state, same_inputs(world, state, configurations=simple()))

        assert not redeploys(world)
        assert "configurations.nightly-job.schedule stays" in "\n".join(world.said.warnings)
        assert not world.diff(DEPLOYMENT, after, same_inputs(world, state, configurations=simple()))


class TestTags:
    def test_without_one_the_connector_never_moves(self, world: World) -> None:
        staged, publication = published(world)
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id))
        publish(world, staged, publication, "v2.1.0")

        assert not world.diff(DEPLOYMENT, state, world.deployment_inputs(staged.id))
        after = world.up(DEPLOYMENT, state, world.deployment_inputs(staged.id, redeployTrigger=1))
        assert after.outputs["deployedTag"] == "v2.0.0"

    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_another_one_moves_it_with_new_applications_and_is_verified(self, world: World, reading: str) -> None:
        """Whatever versions the connector counts (API §19 #15)."""
        world.emulator.admin.settings(assumptions={"15": reading})
        staged, publication = published(world)
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v2.0.0"))
        staged, publication = publish(world, staged, publication, "v2.1.0")
        world.emulator.admin.clear_journal()

        after = world.up(DEPLOYMENT, state, world.deployment_inputs(staged.id, connectorTag="v2.1.0"))

        assert after.outputs["deployedTag"] == "v2.1.0"
        assert "newcomer" in [each["name"] for each in after.outputs["applications"]]  # type: ignore[index,union-attr,call-overload]
        assert len(redeploys(world)) == 1
        staged, publication = publish(world, staged, publication, "v2.2.0")
        after = world.up(DEPLOYMENT, after, world.deployment_inputs(staged.id, connectorTag="v2.2.0"))
        assert after.outputs["deployedTag"] == "v2.2.0"

    def test_one_that_is_not_published_is_an_error_before_any_request(self, world: World) -> None:
        state = deployed(world)
        world.emulator.admin.clear_journal()

        with pytest.raises(InvalidInputError, match="publishedTag of a ConnectorPublication"):
            world.up(DEPLOYMENT, state, same_inputs(world, state, connectorTag="v9.9.9"))
        with pytest.raises(InvalidInputError, match="publishedTag of a ConnectorPublication"):
            world.create(DEPLOYMENT, same_inputs(world, state, connectorTag="v9.9.9"), name="other")

        assert not world.writes()

    def test_a_published_connector_that_did_not_move_is_partial_and_the_next_up_moves_it(self, world: World) -> None:
        staged, publication = published(world)
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v2.0.0"))
        staged, publication = publish(world, staged, publication, "v2.1.0")
        inputs = world.deployment_inputs(staged.id, connectorTag="v2.1.0")
        world.clock.after(30, lambda: changed(world, state, tag="v2.0.0", status="Deployed", connectorVersion=1))

        ended = partial(lambda: world.up(DEPLOYMENT, state, inputs))

        assert "v2.0.0 runs instead of v2.1.0" in str(ended)
        assert not world.diff(DEPLOYMENT, ended.state, inputs).replaces
        assert world.up(DEPLOYMENT, ended.state, inputs).outputs["deployedTag"] == "v2.1.0"

    @pytest.mark.parametrize("refresh", [False, True])
    def test_a_staged_connector_that_did_not_move_is_replaced(self, world: World, refresh: bool) -> None:
        """API §19 #17; a refresh between must not hide that it was asked for in vain."""
        state, inputs = staged_deployment(world)
        world.clock.after(30, lambda: changed(world, state, tag="v2.0.0", status="Deployed"))

        last = partial(lambda: world.up(DEPLOYMENT, state, inputs)).state
        if refresh:
            last = partial(lambda: world.read(DEPLOYMENT, last)).state

        found = world.diff(DEPLOYMENT, last, inputs)
        assert ("connectorTag",) in found.replaces
        assert found.delete_before_replace

    def test_a_staged_connector_whose_move_is_still_under_way_is_not_replaced(self, world: World) -> None:
        state, inputs = staged_deployment(world)

        cut = partial(lambda: world.up(DEPLOYMENT, state, inputs, time_limit=12)).state

        assert not world.diff(DEPLOYMENT, cut, inputs).replaces
        assert world.up(DEPLOYMENT, cut, inputs).outputs["deployedTag"] == "v2.1.0"

    @pytest.mark.parametrize("reading", ["default", "other"])
    def test_a_staged_connector_moves_in_place_where_connect_does_it(self, world: World, reading: str) -> None:
        world.emulator.admin.settings(assumptions={"17": reading})
        state, inputs = staged_deployment(world)

        after = world.up(DEPLOYMENT, state, inputs)

        assert (after.id, after.outputs["deployedTag"]) == (state.id, "v2.1.0")


def staged_deployment(world: World) -> tuple[Any, dict[str, Any]]:
    """Return a preview deployment at v2.0.0 of a draft that is previewable at v2.1.0, and inputs that ask for it."""
    from tests.resources.deployments import releases
    from tests.support.world import REPOSITORY

    releases(world)
    staged = world.create("ConnectorStaged", world.staged_inputs(repository={"url": REPOSITORY, "tag": "v2.0.0"}))
    preview = world.create("ConnectorPublication", world.publication_inputs(staged, target="preview"))
    reference = {"id": staged.id, "staged": True}
    inputs = world.deployment_inputs(staged.id, connector=reference, connectorTag="v2.0.0")
    state = world.create(DEPLOYMENT, inputs)
    moved = world.up("ConnectorStaged", staged, world.staged_inputs(repository={"url": REPOSITORY, "tag": "v2.1.0"}))
    world.up("ConnectorPublication", preview, world.publication_inputs(moved, target="preview"))
    return state, {**inputs, "connectorTag": "v2.1.0"}


def test_two_values_of_one_project(world: World) -> None:
    """Nothing of this needs anything but the project that the provider names."""
    state = deployed(world)
    assert state.id.startswith(f"{PROJECT}/")
