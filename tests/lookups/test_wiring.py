"""The wiring of a deployment can be looked up: who calls it, what feeds it, and what is left over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commercetools_connect.api import ForbiddenError, NotFoundError
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.lookups.wiring import WiringDetails, get_wiring
from tests.site.scopes import LOOK_AT_THE_WIRING, scopes_of
from tests.support.world import PROJECT, REPOSITORY, World

YAML = """
deployAs:
  - {name: service, applicationType: service, endpoint: /service}
  - {name: listener, applicationType: event, endpoint: /listener}
"""
CANARY = "c4n4ry-Gw8"
CART = {"resourceTypeId": "cart", "actions": ["Create", "Update"]}


def look(world: World, *asked: PropertyMap) -> list[WiringDetails]:
    """Ask in one provider, as a program does."""

    async def whole() -> list[WiringDetails]:
        provider = world.provider()
        try:
            return [await get_wiring.call(provider.session, each) for each in asked]
        finally:
            await provider.aclose()

    return asyncio.run(whole())


@pytest.fixture
def deployed(world: World) -> Any:
    """Deploy a connector twice; the scripts of each register one Extension and one Subscription."""
    admin = world.emulator.admin
    admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": YAML}])
    staged, _ = world.published()
    states = {}
    for key in ("tax", "mail"):
        scripts: Any = [
            {"application": "service", "key": f"{key}-cart"},
            {"application": "listener", "key": f"{key}-orders"},
        ]
        admin.outcome("deploy", key, "success", scripts=scripts, times=1)
        inputs = world.deployment_inputs(staged.id, key=key, configurations={})
        states[key] = world.create("Deployment", inputs, name=key)
    return states


def register(world: World, kind: Any, key: str, destination: dict[str, Any]) -> None:
    more: Any = {"triggers": [CART]} if kind == "extensions" else {"messages": [{"resourceTypeId": "order"}]}
    world.emulator.admin.add_registration(PROJECT, kind, {"key": key, "destination": destination, **more})


def test_each_application_shows_what_calls_it_and_what_feeds_it(world: World, deployed: Any) -> None:
    (found,) = look(world, {"key": "tax"})
    outputs = deployed["tax"].outputs
    assert (found.id, found.key, found.project_key) == (deployed["tax"].id, "tax", PROJECT)
    service, listener = found.applications["service"], found.applications["listener"]
    assert service.url == outputs["urls"]["service"]
    (extension,) = service.extensions
    assert (extension.key, extension.url, extension.other_path) == ("tax-cart", service.url, False)
    assert extension.resource_types
    (subscription,) = listener.subscriptions
    assert (subscription.key, subscription.topic) == ("tax-orders", listener.topic)
    assert (subscription.status, subscription.by_name) == ("Healthy", False)
    assert (service.subscriptions, listener.extensions) == ((), ())


@pytest.mark.usefixtures("deployed")
def test_what_points_to_another_deployment_is_no_orphan(world: World) -> None:
    (found,) = look(world, {"key": "tax"})
    assert found.orphans == ()
    assert [(each.kind, each.key, each.deployment_key, each.application) for each in found.others] == [
        ("extension", "mail-cart", "mail", "service"),
        ("subscription", "mail-orders", "mail", "listener"),
    ]


def test_what_an_undeployed_connector_has_left_is_an_orphan(world: World, deployed: Any) -> None:
    world.emulator.admin.outcome("undeploy", "mail", "success", scripts=[])
    world.delete("Deployment", deployed["mail"], name="mail")
    (found,) = look(world, {"key": "tax"})
    assert [each.key for each in found.orphans] == ["mail-cart", "mail-orders"]
    assert found.others == ()


@pytest.mark.usefixtures("deployed")
def test_what_may_not_be_connects_has_no_verdict_and_shows_no_secret(world: World) -> None:
    basic = {"type": "AuthorizationHeader", "headerValue": f"Basic {CANARY}"}
    url = f"https://hooks.acme.example/a?token={CANARY}"
    register(world, "extensions", "own-http", {"type": "HTTP", "url": url, "authentication": basic})
    register(world, "subscriptions", "own-topic", {"type": "GoogleCloudPubSub", "projectId": "acme", "topic": "t"})
    queue = {"type": "SQS", "queueUrl": "https://sqs.example/q", "region": "eu", "authenticationMode": "IAM"}
    register(world, "subscriptions", "own-queue", queue)
    register(world, "subscriptions", "own-pigeon", {"type": "Carrier", "pigeon": CANARY})

    (found,) = look(world, {"key": "tax"})

    assert found.orphans == ()
    own = {each.key: (each.destination_type, each.address) for each in found.others if not each.deployment_key}
    assert own == {
        "own-http": ("HTTP", "https://hooks.acme.example/a"),
        "own-topic": ("GoogleCloudPubSub", "projects/acme/topics/t"),
        "own-queue": ("SQS", "SQS https://sqs.example/q"),
        "own-pigeon": ("Carrier", "Carrier"),
    }
    assert CANARY not in found.model_dump_json()


def test_a_call_to_another_path_of_the_host_is_marked(world: World, deployed: Any) -> None:
    url = deployed["tax"].outputs["urls"]["service"].removesuffix("/service") + "/webhooks"
    register(world, "extensions", "hooks", {"type": "HTTP", "url": url})
    (found,) = look(world, {"key": "tax"})
    shown = {each.key: each.other_path for each in found.applications["service"].extensions}
    assert shown == {"tax-cart": False, "hooks": True}


def test_many_look_ups_share_the_lists_of_the_http_api(world: World, deployed: Any) -> None:
    world.emulator.admin.clear_journal()
    by_key, by_id, other = look(world, {"key": "tax"}, {"id": deployed["tax"].id}, {"key": "mail"})
    assert by_key == by_id
    assert other.key == "mail"
    lists = [each for each in world.calls() if "/deployments" not in each]
    assert lists == [f"GET /{PROJECT}/extensions 200", f"GET /{PROJECT}/subscriptions 200"]


@pytest.mark.usefixtures("deployed")
def test_a_deployment_that_does_not_exist_is_an_error(world: World) -> None:
    with pytest.raises(NotFoundError, match="there is no Deployment with key 'nothing'"):
        look(world, {"key": "nothing"})
    with pytest.raises(InvalidInputError):
        look(world, {})


@pytest.mark.usefixtures("deployed")
def test_it_needs_no_scope_but_those_of_the_security_page(world: World) -> None:
    scopes = " ".join(f"{each}:{PROJECT}" for each in scopes_of(LOOK_AT_THE_WIRING))
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}])

    (found,) = look(world, {"key": "tax"})

    assert found.key == "tax"


@pytest.mark.usefixtures("deployed")
def test_without_the_scopes_the_error_names_them(world: World) -> None:
    scopes = f"view_connectors_deployments:{PROJECT}"
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}])
    with pytest.raises(ForbiddenError, match=f"manage_extensions:{PROJECT} and manage_subscriptions:{PROJECT}"):
        look(world, {"key": "tax"})
