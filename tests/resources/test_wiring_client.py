"""The client lists what is registered in a project: two readings of the HTTP API agree."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import ForbiddenError
from tests.support.world import PROJECT, World

CANARY = "c4n4ry-Hd3"


def listed(world: World) -> tuple[Any, Any]:
    async def act(_: Any) -> tuple[Any, Any]:
        provider = world.provider()
        try:
            wiring = provider.session.client.wiring()
            return await wiring.extensions(PROJECT), await wiring.subscriptions(PROJECT)
        finally:
            await provider.aclose()

    return world.run(act)


def test_extensions_and_subscriptions_are_listed_with_one_call_each(world: World) -> None:
    admin = world.emulator.admin
    destination: dict[str, Any] = {
        "type": "HTTP",
        "url": "https://service-1.commercetools.app/service",
        "authentication": {"type": "AuthorizationHeader", "headerValue": f"Basic {CANARY}"},
    }
    triggers = [{"resourceTypeId": "cart", "actions": ["Create"]}]
    admin.add_registration(
        PROJECT, "extensions", {"key": "acme-cart", "destination": destination, "triggers": triggers}
    )
    topic = {"type": "GoogleCloudPubSub", "projectId": "connect-1", "topic": "topic-1"}
    orders = [{"resourceTypeId": "order", "types": ["OrderCreated"]}]
    admin.add_registration(
        PROJECT, "subscriptions", {"key": "acme-orders", "destination": topic, "messages": orders}
    )
    admin.clear_journal()

    (extension,), (subscription,) = listed(world)

    assert (extension.key, extension.destination.url) == ("acme-cart", destination["url"])
    assert [(each.resource_type_id, each.actions) for each in extension.triggers] == [("cart", ("Create",))]
    assert (subscription.destination.project_id, subscription.destination.topic) == ("connect-1", "topic-1")
    assert [(each.resource_type_id, each.types) for each in subscription.messages] == [
        ("order", ("OrderCreated",))
    ]
    assert subscription.status == "Healthy"
    assert CANARY[-4:] not in repr(extension)
    assert world.calls() == [f"GET /{PROJECT}/extensions 200", f"GET /{PROJECT}/subscriptions 200"]


def test_without_the_scopes_no_call_is_made(world: World) -> None:
    world.emulator.admin.clients(
        [{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": f"view_connectors:{PROJECT}"}]
    )
    with pytest.raises(ForbiddenError, match=f"manage_extensions:{PROJECT}"):
        listed(world)
    assert world.calls() == []
