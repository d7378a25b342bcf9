"""The Extensions and Subscriptions of a project are listed at the HTTP API, and nothing secret of them is kept."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import ConnectClient, Connection, ForbiddenError, ServerError
from commercetools_connect.api.models.wiring import Extension, Subscription
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError
from tests.unit.api.fake_network import AUTH, CONNECT, TOKEN, FakeNetwork, json_answer, refusal

API = "https://api.europe-west1.gcp.commercetools.com"
LOCAL = "http://127.0.0.1:8085"
CANARY = "c4n4ry-Wi7"
EXTENSION = {
    "id": "e1", "version": 4, "key": "acme-cart",
    "destination": {
        "type": "HTTP", "url": f"https://user:{CANARY}@service-1.commercetools.app/service?code={CANARY}#x",
        "authentication": {"type": "AuthorizationHeader", "headerValue": f"****{CANARY}"},
    },
    "triggers": [{"resourceTypeId": "cart", "actions": ["Create", "Update"]}],
}  # fmt: skip
SUBSCRIPTION = {
    "id": "s1", "version": 2, "key": "acme-orders", "status": "Healthy",
    "destination": {"type": "GoogleCloudPubSub", "projectId": "connect-1", "topic": "topic-1"},
    "messages": [{"resourceTypeId": "order", "types": []}], "changes": [], "events": [],
}  # fmt: skip


def listed(*entries: Any, **more: Any) -> Any:
    return json_answer({"limit": 500, "offset": 0, "count": len(entries), "results": list(entries), **more})


def scoped(scope: str) -> Any:
    return json_answer({"access_token": TOKEN, "expires_in": 172800, "scope": scope})


@pytest.mark.parametrize(
    ("connect", "configured", "address"),
    [
        (CONNECT, "", API),
        (
            "https://connect.eu-central-1.aws.commercetools.com",
            "",
            "https://api.eu-central-1.aws.commercetools.com",
        ),
        (CONNECT, f"{API}/", API),
        (CONNECT, "https://proxy.acme.example/ct", "https://proxy.acme.example/ct"),
        ("https://proxy.acme.example", "", "https://proxy.acme.example"),
        ("https://proxy.acme.example", API, API),
        (LOCAL, "", LOCAL),
        (LOCAL, API, LOCAL),
        (LOCAL, "http://localhost:9000", "http://localhost:9000"),
        ("", "", ""),
    ],
)
def test_the_http_api_is_found_where_the_configuration_says(connect: str, configured: str, address: str) -> None:
    connection = Connection(connect, AUTH, "acme", "secret", api_url=configured)
    network = FakeNetwork(listed(EXTENSION))

    if address:
        network.perform(lambda client: client.wiring().extensions("acme-dev"), connection=connection)

    assert connection.http_api_url == address
    assert [str(call.url).partition("/acme-dev/")[0] for call in network.calls] == [address] * bool(address)


@pytest.mark.parametrize("address", ["http://api.acme.example", CONNECT, "https://u:p@api.acme.example"])
def test_credentials_are_not_sent_to_an_address_that_may_not_have_them(address: str) -> None:
    with pytest.raises(ConfigurationError, match="apiUrl"):
        Connection(CONNECT, AUTH, api_url=address)


def test_each_list_is_one_call_with_the_token_of_the_connect_client() -> None:
    network = FakeNetwork(listed(EXTENSION), listed(SUBSCRIPTION))

    async def use(client: ConnectClient) -> Any:
        wiring = client.wiring()
        return await wiring.extensions("acme-dev"), await wiring.subscriptions("acme-dev"), await client.scopes()

    (extension,), (subscription,), _ = network.perform(use)

    page = "limit=500&offset=0&sort=createdAt%20asc&withTotal=false"
    assert [str(call.url).replace("+", "%20") for call in network.calls] == [
        f"{API}/acme-dev/extensions?{page}", f"{API}/acme-dev/subscriptions?{page}",
    ]  # fmt: skip
    assert len(network.token_calls) == 1
    assert network.calls[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert network.calls[0].headers["x-correlation-id"].startswith("ccp-")
    assert (extension.key, extension.destination.url) == (
        "acme-cart",
        "https://service-1.commercetools.app/service",
    )
    assert extension.triggers[0].actions == ("Create", "Update")
    assert (subscription.destination.project_id, subscription.destination.topic) == ("connect-1", "topic-1")
    assert subscription.status == "Healthy"


def test_a_list_of_several_pages_is_read_to_its_end() -> None:
    def pages(total: int) -> list[Any]:
        entries = [{"id": f"e{number}"} for number in range(total)]
        return [listed(*entries[:500]), listed(*entries[500:])]

    network = FakeNetwork(*pages(501))
    found = network.perform(lambda client: client.wiring().extensions("acme-dev"))
    assert len(found) == 501
    assert [call.url.params["offset"] for call in network.calls] == ["0", "500"]


@pytest.mark.parametrize(
    "destination",
    [
        {"type": "Carrier", "pigeon": {"name": CANARY}},
        {"type": "SNS", "topicArn": "arn:aws:sns:eu:1:t", "accessKey": CANARY, "accessSecret": CANARY},
        {"type": "AzureServiceBus", "connectionString": f"Endpoint=x;SharedAccessKey={CANARY}"},
        {"type": "EventGrid", "uri": f"https://grid.example/t?key={CANARY}", "accessKey": CANARY},
        {"type": "ConfluentCloud", "bootstrapServer": "b:9092", "apiKey": CANARY, "apiSecret": CANARY},
        {"type": "IronMQ", "uri": f"{CANARY}:{CANARY}@mq.example"},
        {"type": "HTTP", "url": f"http://[{CANARY}"},
        {"type": "AWSLambda", "arn": "arn:aws:lambda:x", "accessKey": CANARY, "accessSecret": CANARY},
        {"type": ["GoogleCloudPubSub"], "projectId": {"a": CANARY}, "topic": None},
        {}, "none", None, [],
    ],
)  # fmt: skip
def test_any_destination_can_be_read_and_none_of_its_secrets_is_kept(destination: Any) -> None:
    for model in (Extension, Subscription):
        found = model.model_validate({"id": "x", "key": "k", "destination": destination})
        assert found.key == "k"
        assert CANARY not in repr(found)
        assert CANARY not in found.model_dump_json()


def test_an_entry_of_another_shape_hides_no_other_entry() -> None:
    odd = {"id": "o1", "version": "two", "key": 7, "triggers": "all", "destination": {"type": "HTTP", "url": 3}}
    network = FakeNetwork(listed("nonsense", {"key": "no-id"}, odd, EXTENSION))
    found = network.perform(lambda client: client.wiring().extensions("acme-dev"))
    assert [each.id for each in found] == ["o1", "e1"]
    assert (found[0].key, found[0].triggers, found[0].destination.url) == ("7", (), "")


@pytest.mark.parametrize(
    ("scope", "kinds", "missing"),
    [
        ("manage_project:acme-dev", ["extension", "subscription"], ()),
        ("manage_extensions:acme-dev manage_subscriptions:acme-dev", ["extension", "subscription"], ()),
        ("manage_extensions:acme-dev", ["extension"], ()),
        ("manage_extensions:acme-dev", ["extension", "subscription"], ("manage_subscriptions:acme-dev",)),
        ("view_project_settings:acme-dev manage_project:other", ["extension"], ("manage_extensions:acme-dev",)),
        ("manage_extensions:other", ["subscription", "extension"],
         ("manage_extensions:acme-dev", "manage_subscriptions:acme-dev")),
    ],
)  # fmt: skip
def test_a_missing_scope_is_seen_in_the_token_and_no_call_is_made(
    scope: str, kinds: list[str], missing: tuple[str, ...]
) -> None:
    network = FakeNetwork(listed(), grants=(scoped(scope),))
    wanted = [WiringKind(kind) for kind in kinds]
    assert network.perform(lambda client: client.wiring().missing_scopes("acme-dev", wanted)) == missing

    if missing:
        with pytest.raises(ForbiddenError) as caught:
            network.perform(lambda client: client.wiring().require_scopes("acme-dev", wanted))
        assert all(each in caught.value.message and each in caught.value.remedy for each in missing)
        assert "no scopes that only read them" in caught.value.remedy
    assert network.calls == []


def test_a_list_is_not_called_without_its_scope() -> None:
    network = FakeNetwork(listed(SUBSCRIPTION), grants=(scoped("manage_subscriptions:acme-dev"),))
    with pytest.raises(ForbiddenError, match="manage_extensions:acme-dev"):
        network.perform(lambda client: client.wiring().extensions("acme-dev"))
    assert network.calls == []
    assert len(network.perform(lambda client: client.wiring().subscriptions("acme-dev"))) == 1


def test_a_refusal_of_the_api_names_the_scope_and_what_to_do() -> None:
    network = FakeNetwork(
        refusal(403, "insufficient_scope", "Insufficient scope. One of the following scopes is missing: ")
    )
    with pytest.raises(ForbiddenError) as caught:
        network.perform(lambda client: client.wiring().extensions("acme-dev"))
    assert "Could not list the Extensions of project 'acme-dev'" in caught.value.message
    assert "manage_extensions:acme-dev" in caught.value.remedy
    assert "correlation id ccp-" in caught.value.message


def test_server_trouble_is_retried_and_then_reported() -> None:
    network = FakeNetwork(refusal(503), listed(EXTENSION))
    assert len(network.perform(lambda client: client.wiring().extensions("acme-dev"))) == 1
    with pytest.raises(ServerError):
        FakeNetwork(refusal(503)).perform(lambda client: client.wiring().extensions("acme-dev"))


def test_a_call_that_cannot_be_made_is_not_made() -> None:
    network = FakeNetwork(listed())
    with pytest.raises(InvalidInputError):
        network.perform(lambda client: client.wiring().extensions("acme/dev"))
    with pytest.raises(ConfigurationError):
        network.perform(lambda client: client.wiring().extensions("acme-dev"), connection=Connection())
    assert network.calls == []
