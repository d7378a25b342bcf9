"""A deployment with `expect` is live when it is wired: in an `up`, at a refresh, and without endless redeploys."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import ForbiddenError, ServerError
from commercetools_connect.core.errors import InitFailedError, RunFailedError
from commercetools_connect.core.results import State
from commercetools_connect.emulator import ScriptSpec
from tests.resources.steps import steps
from tests.support.world import PROJECT, REPOSITORY, ResourceOf, World, validated

YAML = """
deployAs:
  - {name: service, applicationType: service, endpoint: /service}
  - {name: listener, applicationType: event, endpoint: /listener}
"""
SERVICE: ScriptSpec = {"application": "service", "key": "acme-cart"}
LISTENER: ScriptSpec = {"application": "listener", "key": "acme-orders"}
EXPECTED = {"service": {"extension": True}, "listener": {"subscription": ["acme-orders"]}}
NOTHING: list[ScriptSpec] = [{**SERVICE, "does": "nothing"}, LISTENER]
DEPLOYMENT_SCOPES = f"manage_connectors_deployments:{PROJECT} manage_connectors:{PROJECT}"


class Shop:
    """A deployment of two applications, and the scripts that run in each of its runs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admin = world.emulator.admin
        self.admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": YAML}])
        staged, _ = world.published()
        self.inputs = world.deployment_inputs(staged.id, key="tax", configurations={}, expect=EXPECTED)
        self.state = State("", {})
        self.admin.clear_journal()

    def scripts(self, *runs: list[ScriptSpec], key: str = "tax") -> None:
        """Choose what the scripts do in the next runs, a list for each."""
        for scripts in runs:
            self.admin.outcome("deploy", key, "success", scripts=scripts, times=1)

    def up(self, **changes: Any) -> list[str]:
        """Do what `pulumi up` does; return the reasons for which it failed."""
        self.inputs = {**self.inputs, **changes}
        self.admin.clear_journal()
        try:
            if self.state.id:
                self.state = self.world.up("Deployment", self.state, self.inputs)
            else:
                self.state = self.world.create("Deployment", self.inputs)
        except InitFailedError as error:
            self.state = error.state
            return [*error.reasons]
        return []

    def refresh(self) -> list[str]:
        self.admin.clear_journal()
        try:
            self.state = self.world.refreshed("Deployment", self.state)
        except InitFailedError as error:
            self.state = error.state
            return [*error.reasons]
        return []

    @property
    def attempts(self) -> Any:
        return self.state.outputs.get("wiringAttempts")

    def posts(self) -> int:
        return len(self.world.writes())

    def lists(self) -> int:
        return len([each for each in self.world.calls() if "/extensions " in each or "/subscriptions " in each])

    def scopes(self, scopes: str) -> None:
        self.admin.clients([{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}])


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def test_what_the_scripts_registered_is_in_the_outputs_and_a_second_up_asks_nothing(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER])
    assert shop.up() == []
    assert shop.lists() == 2
    wiring: Any = shop.state.outputs["wiring"]
    assert wiring["service"]["extensions"][0]["key"] == "acme-cart"
    assert wiring["listener"]["subscriptions"][0]["key"] == "acme-orders"
    assert shop.attempts == 0
    assert shop.up() == []
    assert shop.world.calls() == []


def test_without_expect_not_one_more_call_is_made(shop: Shop) -> None:
    del shop.inputs["expect"]
    shop.scripts(NOTHING, NOTHING)
    assert shop.up() == []
    assert shop.lists() == 0
    assert shop.up(redeployTrigger=1) == []
    assert shop.lists() == 0
    assert shop.refresh() == []
    assert shop.lists() == 0
    assert not {"wiring", "wiringAttempts"} & shop.state.outputs.keys()


def test_a_script_that_registers_late_is_waited_for(shop: Shop) -> None:
    shop.scripts([SERVICE, {**LISTENER, "after": 70}])
    assert shop.up() == []
    assert shop.attempts == 0


def test_a_script_that_does_nothing_fails_the_up_and_is_run_once_more(shop: Shop) -> None:
    """The third `up` looks, requests nothing, and ends in the same error with what helps."""
    shop.scripts(NOTHING, NOTHING)
    (first,) = shop.up()
    assert first.startswith(f"Deployment tax in project {PROJECT}: it is deployed, but the application 'service'")
    assert "The scripts have not registered one. The next `pulumi up` redeploys once" in first
    assert shop.attempts == 1

    (second,) = shop.up()
    assert shop.posts() == 1
    assert shop.attempts == 2
    assert "The scripts ran again and registered nothing" in second

    for _ in range(2):
        assert shop.up() == [second]
        assert shop.posts() == 0
        assert shop.lists() == 4
        assert shop.attempts == 2


def test_a_redeploy_that_helps_ends_in_success(shop: Shop) -> None:
    shop.scripts(NOTHING, [SERVICE, LISTENER])
    assert shop.up()
    assert shop.up() == []
    assert shop.posts() == 1
    assert shop.attempts == 0


def test_what_is_wired_by_the_next_up_is_not_redeployed(shop: Shop) -> None:
    shop.scripts([{**SERVICE, "after": 300}, LISTENER])
    assert shop.up()
    shop.admin.advance(300)
    assert shop.up() == []
    assert shop.posts() == 0
    assert shop.attempts == 0


def test_another_trigger_starts_the_count_again(shop: Shop) -> None:
    shop.scripts(NOTHING, NOTHING, NOTHING, [SERVICE, LISTENER])
    shop.up()
    shop.up()
    assert shop.attempts == 2
    (said,) = shop.up(redeployTrigger="again")
    assert "The next `pulumi up` redeploys once" in said
    assert (shop.posts(), shop.attempts) == (1, 1)
    assert shop.up() == []


def test_a_redeploy_that_changes_the_topic_while_the_subscription_stays_is_found(shop: Shop) -> None:
    """In the same `up`, and at the next refresh."""
    shop.scripts([SERVICE, LISTENER], [SERVICE])
    assert shop.up() == []
    (said,) = shop.up(redeployTrigger=1)
    assert "delivers to projects/" in said
    assert "its former address" in said
    (refreshed,) = shop.refresh()
    assert "instead of projects/" in refreshed
    assert shop.attempts == 1
    assert shop.lists() == 4


def test_a_refresh_finds_what_another_client_has_changed_and_the_next_up_redeploys_once(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER], [SERVICE, LISTENER])
    assert shop.up() == []
    assert shop.refresh() == []
    assert shop.lists() == 2
    (there,) = shop.admin.registrations(PROJECT)["extensions"]
    shop.admin.delete_registration(PROJECT, "extensions", there["id"])
    (said,) = shop.refresh()
    assert "the application 'service' is not wired" in said
    assert shop.up() == []
    assert shop.posts() == 1


def test_a_create_only_script_gets_the_advice_that_helps_and_following_it_works(shop: Shop) -> None:
    create_only: list[ScriptSpec] = [SERVICE, {**LISTENER, "does": "createOnly"}]
    shop.scripts(create_only, create_only, create_only, create_only)
    assert shop.up() == []
    assert shop.up(redeployTrigger=1)
    (said,) = shop.up()
    assert "they only create what is missing" in said
    assert "Delete the Subscription with the key 'acme-orders'" in said
    (there,) = shop.admin.registrations(PROJECT)["subscriptions"]
    shop.admin.delete_registration(PROJECT, "subscriptions", there["id"])
    assert shop.up(redeployTrigger=2) == []


def test_where_a_redeploy_cannot_help_there_is_none(shop: Shop) -> None:
    """Two applications want one key."""
    admin = shop.admin
    two = YAML.replace("listener, applicationType: event", "listener, applicationType: service")
    admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": two}])
    staged = shop.world.create("ConnectorStaged", shop.world.staged_inputs(key="two"), "two")
    shop.world.create("ConnectorPublication", shop.world.publication_inputs(staged), "two")
    clash: list[ScriptSpec] = [SERVICE, {"application": "listener", "key": "acme-cart"}]
    shop.scripts(clash)
    expected = {"service": {"extension": ["acme-cart"]}}
    (said,) = shop.up(connector={"id": staged.id}, expect=expected)
    assert "A redeploy does not help. Give each application a key of its own" in said
    assert shop.up() == [said]
    assert shop.posts() == 0


def test_with_skip_scripts_nothing_is_redeployed_for_the_wiring(shop: Shop) -> None:
    shop.scripts(NOTHING, [SERVICE, LISTENER])
    (said,) = shop.up(skipScripts=True)
    assert "remove skipScripts, change redeployTrigger" in said
    assert shop.up() == [said]
    assert shop.posts() == 0
    assert shop.up(skipScripts=False, redeployTrigger=1) == []


def test_expect_added_to_a_live_deployment_is_a_look_only(shop: Shop) -> None:
    expect = shop.inputs.pop("expect")
    shop.scripts([SERVICE, LISTENER])
    assert shop.up() == []
    assert shop.up(expect=expect) == []
    assert (shop.posts(), shop.lists()) == (0, 2)
    assert shop.up() == []
    assert shop.world.calls() == []


def test_a_corrected_expectation_is_looked_at_before_anything_is_redeployed(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER])
    wrong = {"service": {"extension": ["acme-carts"]}}
    (said,) = shop.up(expect=wrong)
    assert "is the expected key right?" in said
    assert shop.up(expect=EXPECTED) == []
    assert shop.posts() == 0


def test_expect_that_is_removed_ends_the_error_and_the_looks(shop: Shop) -> None:
    shop.scripts(NOTHING)
    shop.up()
    del shop.inputs["expect"]
    assert shop.up() == []
    assert (shop.posts(), shop.lists()) == (0, 0)
    assert not {"wiring", "wiringAttempts"} & shop.state.outputs.keys()
    assert shop.up() == []


def test_a_run_that_fails_in_between_does_not_start_the_count_again(shop: Shop) -> None:
    shop.scripts(NOTHING)
    shop.up()
    shop.admin.outcome("deploy", "tax", "failure", times=1)
    shop.scripts(NOTHING)
    (failed,) = shop.up()
    assert "deployment failed" in failed
    shop.up()
    assert (shop.posts(), shop.attempts) == (1, 2)
    shop.up()
    assert shop.posts() == 0


def test_a_run_of_another_client_counts_as_the_one_redeploy(shop: Shop) -> None:
    """So does one of an `up` that was killed."""
    shop.scripts(NOTHING, NOTHING)
    shop.up()
    state = shop.state
    shop.up()
    shop.state = state  # as if the process had ended before it could return
    (said,) = shop.up()
    assert (shop.posts(), shop.attempts) == (0, 2)
    assert "The scripts ran again" in said


def test_missing_scopes_are_one_warning_with_the_remedy(shop: Shop) -> None:
    shop.scopes(DEPLOYMENT_SCOPES)
    shop.scripts(NOTHING)
    assert shop.up() == []
    assert shop.lists() == 0
    (said,) = shop.world.said.warnings
    assert f"the token lacks manage_extensions:{PROJECT} and manage_subscriptions:{PROJECT}" in said
    assert "Use an API client with" in said
    assert shop.up() == []
    assert shop.world.calls() == []


def test_missing_scopes_are_an_error_before_anything_is_deployed_under_strict_preview(shop: Shop) -> None:
    shop.scopes(DEPLOYMENT_SCOPES)
    shop.world.settings["strictPreview"] = "true"
    with pytest.raises(ForbiddenError, match=f"manage_extensions:{PROJECT}"):
        shop.up()
    assert shop.posts() == 0


@pytest.mark.parametrize("strict", ["", "true"])
def test_a_preview_says_which_scopes_are_missing(shop: Shop, strict: str) -> None:
    shop.scopes(DEPLOYMENT_SCOPES)
    shop.world.settings["strictPreview"] = strict
    news = shop.world.checked("Deployment", shop.inputs)
    found = shop.world.run(lambda of: validated(of("Deployment"), shop.world.context(), news))
    said = [*map(str, found), *shop.world.said.warnings]
    assert [each for each in said if f"manage_subscriptions:{PROJECT}" in each]
    assert bool(found) is bool(strict)
    assert shop.lists() == 0


def test_an_expectation_that_the_connector_cannot_fulfil_is_a_mistake_at_preview(shop: Shop) -> None:
    inputs = {**shop.inputs, "expect": {"servce": {"extension": True}, "listener": {"extension": True}}}
    news = shop.world.checked("Deployment", inputs)
    found = shop.world.run(lambda of: validated(of("Deployment"), shop.world.context(), news))
    assert [*map(str, found)] == [
        "expect.servce: unknown application; did you mean service?",
        "expect.listener.extension: is for applications of type service; this one is event",
    ]


def test_an_outage_of_the_lists_is_no_success_and_no_redeploy(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER])
    shop.admin.fault({"status": 502}, path="/*/extensions", times=1000)
    (said,) = shop.up()
    assert "it is not known whether what it expects is wired" in said
    shop.admin.clear_faults()
    assert shop.up() == []
    assert shop.posts() == 0


def test_an_outage_at_a_refresh_leaves_the_state_alone(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER])
    shop.up()
    shop.admin.fault({"status": 502}, path="/*/extensions", times=1000)
    with pytest.raises(ServerError):
        shop.refresh()


def test_a_stop_during_the_looks_keeps_the_deployment_and_the_next_up_looks(shop: Shop) -> None:
    shop.scripts([{**SERVICE, "after": 90}, LISTENER])
    news = shop.world.checked("Deployment", shop.inputs)
    context = shop.world.context()
    shop.world.clock.after(60, context.cancellation.cancel)
    with pytest.raises(InitFailedError, match="a stop was requested") as caught:
        shop.world.run(lambda of: of("Deployment").create(context, news))
    shop.state = caught.value.state
    assert shop.up() == []
    assert shop.posts() == 0


def test_a_replacement_names_what_points_to_the_old_deployment(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER])
    shop.up()
    shop.admin.clear_journal()
    assert shop.world.diff("Deployment", shop.state, {**shop.inputs, "key": "other"}).replaces
    assert shop.lists() == 2
    (said,) = [each for each in shop.world.said.infos if "points to the old deployment" in each]
    assert "the Extension with the key 'acme-cart' and the Subscription with the key 'acme-orders';" in said


def test_without_expect_a_replacement_says_that_the_provider_has_not_looked(shop: Shop) -> None:
    del shop.inputs["expect"]
    shop.up()
    shop.admin.clear_journal()
    assert shop.world.diff("Deployment", shop.state, {**shop.inputs, "key": "other"}).replaces
    assert shop.lists() == 0
    assert [each for each in shop.world.said.infos if "has not looked which" in each]
    assert [each for each in shop.world.said.infos if "PaymentIntegration" in each]


def gate_of(shop: Shop, **changes: Any) -> dict[str, Any]:
    """Return the inputs of a gate behind the deployment."""
    outputs = shop.state.outputs
    names = ("region", "status", "deployedTag", "buildId", "urls", "applications", "expect")
    entry = {"target": "dev", "project": PROJECT, **{name: outputs[name] for name in names if name in outputs}}
    return {"wave": "first", "connectorTag": "v1.0.0", "deployments": [entry], "wired": True, **changes}


def test_a_gate_looks_again_after_the_bake_time_and_stays_closed_when_the_wave_is_not_wired_any_more(
    shop: Shop,
) -> None:
    shop.scripts([SERVICE, LISTENER])
    shop.up()
    (there,) = shop.admin.registrations(PROJECT)["extensions"]
    shop.world.clock.after(300, lambda: shop.admin.delete_registration(PROJECT, "extensions", there["id"]))
    shop.admin.clear_journal()
    with pytest.raises(RunFailedError, match="dev: the application 'service' is not wired") as caught:
        shop.world.create("RolloutGate", gate_of(shop, bakeTime="10m"))
    assert "wave first has not passed" in str(caught.value)
    assert "redeploys" not in str(caught.value)
    assert shop.lists() == 4


def test_a_gate_opens_when_the_wave_is_wired_after_two_calls(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER])
    shop.up()
    shop.admin.clear_journal()
    state = shop.world.create("RolloutGate", gate_of(shop))
    assert len(shop.world.calls()) == 2
    assert shop.world.up("RolloutGate", state, gate_of(shop)) is state


def test_a_gate_that_does_not_ask_for_wiring_makes_no_call(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER])
    shop.up()
    shop.admin.clear_journal()
    shop.world.create("RolloutGate", gate_of(shop, wired=False))
    assert shop.world.calls() == []


def test_a_gate_that_may_not_look_stays_closed_and_says_which_scopes_are_missing(shop: Shop) -> None:
    shop.scripts([SERVICE, LISTENER])
    shop.up()
    shop.scopes(DEPLOYMENT_SCOPES)
    with pytest.raises(RunFailedError, match=f"the token lacks manage_extensions:{PROJECT}"):
        shop.world.create("RolloutGate", gate_of(shop))


def test_a_gate_of_a_wave_in_which_nothing_is_expected_is_a_mistake(shop: Shop) -> None:
    del shop.inputs["expect"]
    shop.up()

    async def check(resource_of: ResourceOf) -> list[str]:
        checked = resource_of("RolloutGate").check(shop.world.context(), {}, gate_of(shop))
        return [*map(str, checked.failures)]

    assert shop.world.run(check) == ["wired: no deployment of the wave has expect, so nothing can be looked at"]


def test_the_update_after_a_replacement_in_one_project_looks_at_the_wiring(shop: Shop) -> None:
    """The scripts of the old deployment run last, and delete what those of the new one registered."""
    shop.scripts([SERVICE, LISTENER])
    shop.scripts([SERVICE, LISTENER], key="other")
    shop.scripts([SERVICE, LISTENER], key="other")
    shop.up()
    news = {**shop.inputs, "key": "other"}
    shop.state = shop.world.run(lambda of: steps(of, shop.world, "Deployment", news, shop.state).create_first())
    assert shop.attempts == 0
    assert shop.admin.registrations(PROJECT) == {"extensions": [], "subscriptions": []}
    assert shop.up(key="other") == []
    assert shop.posts() == 1
    assert shop.lists() == 2
    assert shop.up() == []
    assert shop.world.calls() == []
