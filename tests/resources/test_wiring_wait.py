"""A deployment counts as wired when its scripts have registered it, however late; else an error says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from commercetools_connect.api import ById, ForbiddenError
from commercetools_connect.core.values import unwrap_secrets
from commercetools_connect.resources.deployment.wiring.expectation import ApplicationExpectation, FindingStatus
from commercetools_connect.resources.deployment.wiring.messages import Situation, reasons
from commercetools_connect.resources.deployment.wiring.registrations import (
    ApplicationAddress,
    addresses_of,
    former_addresses,
)
from commercetools_connect.resources.deployment.wiring.wait import (
    ROUNDS,
    TWO_LOOKS,
    WiringResult,
    WiringStatus,
    WiringWait,
)
from commercetools_connect.waiters.wiring import LOOK_INTERVAL, WiringReader, WiringSnapshot
from tests.support.world import PROJECT, REPOSITORY, World

YAML = """
deployAs:
  - {name: service, applicationType: service, endpoint: /service}
  - {name: listener, applicationType: event, endpoint: /listener}
"""
LISTS = [f"GET /{PROJECT}/extensions 200", f"GET /{PROJECT}/subscriptions 200"]
BOTH = {"service": {"extension": True}, "listener": {"subscription": ["acme-orders"]}}
SERVICE = {"application": "service", "key": "acme-cart"}
LISTENER = {"application": "listener", "key": "acme-orders"}


class SlowReader(WiringReader):
    """A reader whose lists take most of a round."""

    async def look(self, *args: Any, **kwargs: Any) -> WiringSnapshot:
        found = await super().look(*args, **kwargs)
        await self._clock.sleep(0.8 * LOOK_INTERVAL)
        return found


class Shop:
    """A deployment of two applications, whose scripts a test chooses."""

    def __init__(self, world: World) -> None:
        self.world = world
        admin = world.emulator.admin
        admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": YAML}])
        self.staged, _ = world.published()
        self.inputs = world.deployment_inputs(self.staged.id, key="tax", configurations={})

    def deploy(self, *scripts: Any) -> Any:
        self.world.emulator.admin.outcome("deploy", "tax", "success", scripts=list(scripts), times=1)
        self.state = self.world.create("Deployment", self.inputs)
        return self.state

    def redeploy(self, *scripts: Any, trigger: str = "again") -> Any:
        self.world.emulator.admin.outcome("deploy", "tax", "success", scripts=list(scripts), times=1)
        self.inputs = {**self.inputs, "redeployTrigger": trigger}
        self.state = self.world.up("Deployment", self.state, self.inputs)
        return self.state

    def look(
        self,
        expect: Any = None,
        *,
        context: Any = None,
        former: Sequence[ApplicationAddress] = (),
        since: float | None = None,
        reader: type[WiringReader] = WiringReader,
        **more: Any,
    ) -> WiringResult:
        """Wait for the wiring as an operation does that has just seen the end of a run."""
        self.world.emulator.admin.clear_journal()
        parsed = {
            name: ApplicationExpectation.model_validate(each)
            for name, each in (BOTH if expect is None else expect).items()
        }

        async def act(_: Any) -> WiringResult:
            provider = self.world.provider()
            try:
                client, clock = provider.session.client, provider.session.clock
                deployment_id = self.state.id.rpartition("/")[2]
                deployment = await client.get_deployment(PROJECT, ById(deployment_id))
                wait = WiringWait(
                    reader(client.wiring(), clock),
                    clock,
                    context or self.world.context(),
                    PROJECT,
                    parsed,
                    addresses_of(deployment),
                    former,
                    clock.monotonic() if since is None else since,
                    **more,
                )
                return await wait.result()
            finally:
                await provider.aclose()

        return self.world.run(act)

    def lists(self) -> list[str]:
        return [call for call in self.world.calls() if "/deployments/" not in call]


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def statuses(result: WiringResult) -> list[FindingStatus]:
    return [each.status for each in result.wiring.findings]


def test_what_the_scripts_have_registered_is_seen_at_the_first_look(shop: Shop) -> None:
    state = shop.deploy(SERVICE, LISTENER)
    result = shop.look()
    assert (result.status, result.looks) == (WiringStatus.WIRED, 1)
    assert shop.lists() == LISTS
    urls: Any = state.outputs["urls"]
    applications: Any = state.outputs["applications"]
    (topic,) = [each["topic"] for each in applications if each["name"] == "listener"]
    assert result.wiring.outputs() == {
        "service": {"extensions": [{"key": "acme-cart", "url": urls["service"]}]},
        "listener": {"subscriptions": [{"key": "acme-orders", "topic": topic, "status": "Healthy"}]},
    }


def test_without_an_expectation_no_call_is_made(shop: Shop) -> None:
    shop.deploy(SERVICE)
    result = shop.look({})
    assert (result.status, result.looks) == (WiringStatus.WIRED, 0)
    assert shop.lists() == []


def test_a_script_that_registers_late_is_waited_for(shop: Shop) -> None:
    shop.deploy(SERVICE, {**LISTENER, "after": 45})
    result = shop.look()
    assert result.status is WiringStatus.WIRED
    assert shop.lists() == LISTS * result.looks
    assert 5 <= result.looks <= 6
    assert any("waiting for the wiring of listener" in each for each in shop.world.said.statuses)


def test_a_script_that_deletes_and_creates_again_is_not_taken_for_missing(shop: Shop) -> None:
    shop.deploy(SERVICE, LISTENER)
    shop.redeploy(SERVICE, {**LISTENER, "does": "recreate", "after": 0, "gap": 30})
    assert shop.look().status is WiringStatus.WIRED


def test_a_script_that_does_nothing_is_reported_after_the_grace(shop: Shop) -> None:
    shop.deploy({**SERVICE, "does": "nothing"}, LISTENER)
    before = shop.world.clock.monotonic()
    result = shop.look()
    assert result.status is WiringStatus.NOT_WIRED
    assert result.is_certain
    assert statuses(result) == [FindingStatus.MISSING, FindingStatus.WIRED]
    assert shop.world.clock.monotonic() - before == pytest.approx(ROUNDS * LOOK_INTERVAL, abs=10)
    assert len(shop.lists()) <= 2 * (ROUNDS + 1)
    (said,) = reasons(result.wiring, Situation(PROJECT))
    assert f"no Extension of project {PROJECT!r} calls https://service-" in said


def test_a_subscription_left_on_the_former_topic_is_found(shop: Shop) -> None:
    before = shop.deploy(SERVICE, LISTENER)
    shop.redeploy(SERVICE)
    former = former_addresses(before.outputs["applications"])
    result = shop.look(former=former, rounds=2)
    assert statuses(result) == [FindingStatus.WIRED, FindingStatus.ELSEWHERE]
    (finding,) = result.wiring.problems
    assert finding.former
    assert finding.found[0].status == "Healthy"
    (said,) = reasons(result.wiring, Situation(PROJECT, attempts=2))
    assert "its former address" in said
    assert "Delete the Subscription with the key 'acme-orders'" in said


def test_following_the_advice_for_a_create_only_script_works(shop: Shop) -> None:
    shop.deploy(SERVICE, LISTENER)
    create_only = {**LISTENER, "does": "createOnly"}
    shop.redeploy(SERVICE, create_only)
    assert statuses(shop.look(rounds=2)) == [FindingStatus.WIRED, FindingStatus.ELSEWHERE]

    admin = shop.world.emulator.admin
    (there,) = admin.registrations(PROJECT)["subscriptions"]
    admin.delete_registration(PROJECT, "subscriptions", there["id"])
    shop.redeploy(SERVICE, create_only, trigger="once more")

    assert shop.look().status is WiringStatus.WIRED


def test_another_path_of_the_same_host_is_reported_as_such(shop: Shop) -> None:
    shop.deploy({**SERVICE, "absolutePath": "/servicex"}, LISTENER)
    result = shop.look(rounds=2)
    assert statuses(result) == [FindingStatus.OTHER_PATH, FindingStatus.WIRED]


def test_without_the_scopes_nothing_is_listed_and_the_wait_ends_at_once(shop: Shop) -> None:
    shop.deploy(SERVICE, LISTENER)
    scopes = f"manage_connectors_deployments:{PROJECT} manage_extensions:{PROJECT}"
    shop.world.emulator.admin.clients(
        [{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}]
    )
    before = shop.world.clock.monotonic()
    result = shop.look()
    assert shop.world.clock.monotonic() == before
    assert result.status is WiringStatus.UNREADABLE
    assert isinstance(result.error, ForbiddenError)
    assert f"manage_subscriptions:{PROJECT}" in str(result.error)
    assert shop.lists() == []


def test_an_application_that_does_not_exist_is_not_waited_for(shop: Shop) -> None:
    shop.deploy(SERVICE, LISTENER)
    result = shop.look({"servce": {"extension": True}})
    assert (result.status, result.looks) == (WiringStatus.NOT_WIRED, 1)


def test_a_cancel_ends_the_wait(shop: Shop) -> None:
    shop.deploy(LISTENER)
    context = shop.world.context()
    shop.world.clock.after(30, context.cancellation.cancel)
    result = shop.look(context=context)
    assert result.status is WiringStatus.CANCELLED
    assert result.looks <= 4


def test_the_time_limit_of_the_operation_ends_the_wait(shop: Shop) -> None:
    shop.deploy(LISTENER)
    now = shop.world.clock.monotonic()
    result = shop.look(deadline=now + 25.0)
    assert result.status is WiringStatus.NOT_WIRED
    assert shop.world.clock.monotonic() <= now + 31.0


def test_with_no_grace_there_is_one_look_that_is_not_certain(shop: Shop) -> None:
    shop.deploy(LISTENER)
    result = shop.look(rounds=0)
    assert (result.status, result.looks, result.is_certain) == (WiringStatus.NOT_WIRED, 1, False)


@pytest.mark.parametrize("rounds", [TWO_LOOKS, 0.5])
def test_lists_that_take_long_are_waited_for_until_what_is_missing_is_certain(shop: Shop, rounds: float) -> None:
    """A busy machine or a slow network must not turn "not wired" into "not known"."""
    shop.deploy(LISTENER)
    result = shop.look(rounds=rounds, reader=SlowReader)
    assert (result.status, result.looks, result.is_certain) == (WiringStatus.NOT_WIRED, 2, True)


def test_the_time_limit_of_the_operation_ends_a_list_that_takes_long(shop: Shop) -> None:
    shop.deploy(LISTENER)
    now = shop.world.clock.monotonic()
    result = shop.look(rounds=TWO_LOOKS, reader=SlowReader, deadline=now + 12.0)
    assert (result.looks, result.is_certain) == (1, False)
    assert shop.world.clock.monotonic() == now + 12.0


def test_an_outage_that_does_not_end_is_no_verdict(shop: Shop) -> None:
    shop.deploy(SERVICE, LISTENER)
    shop.world.emulator.admin.fault({"status": 502}, path="/*/extensions", times=1000)
    result = shop.look()
    assert result.status is WiringStatus.UNREADABLE
    assert result.error is not None
    assert not result.is_certain


def test_the_state_of_a_deployment_tells_its_former_addresses(shop: Shop) -> None:
    state = shop.deploy(SERVICE, LISTENER)
    service, listener = former_addresses(state.outputs["applications"])
    urls: Any = unwrap_secrets(state.outputs["urls"])
    assert service.url == urls["service"]
    assert listener.topic.startswith("projects/")
