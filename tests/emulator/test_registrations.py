"""Extensions and Subscriptions of a project, as its HTTP API serves them to scripts of connectors."""

from __future__ import annotations

from typing import Any

import pytest

EXTENSIONS = "/acme-dev/extensions"
SUBSCRIPTIONS = "/acme-dev/subscriptions"
URL = "https://shop.acme.example/cart"
TRIGGERS = [{"resourceTypeId": "cart", "actions": ["Create", "Update"]}]
PUB_SUB = {"type": "GoogleCloudPubSub", "projectId": "acme", "topic": "orders"}
MESSAGES = [{"resourceTypeId": "order", "types": ["OrderCreated"]}]
CANARY = "canary-Zq83-never-shown-in-full"


def extension(key: str | None = "acme-cart", **changes: Any) -> dict[str, Any]:
    body = {"key": key, "destination": {"type": "HTTP", "url": URL}, "triggers": TRIGGERS} | changes
    return {name: value for name, value in body.items() if value is not None}


def subscription(key: str | None = "acme-orders", **changes: Any) -> dict[str, Any]:
    body = {"key": key, "destination": PUB_SUB, "messages": MESSAGES} | changes
    return {name: value for name, value in body.items() if value is not None}


def test_an_extension_is_made_and_read_by_id_and_key(api: Any) -> None:
    response = api.http.post(EXTENSIONS, json=extension(timeoutInMs=500))

    assert response.status_code == 201
    made = response.json()
    assert (made["key"], made["version"], made["timeoutInMs"]) == ("acme-cart", 1, 500)
    assert made["destination"] == {"type": "HTTP", "url": URL}
    assert made["triggers"] == TRIGGERS
    assert made["createdBy"] == {"clientId": "dev", "isPlatformClient": False}
    assert "status" not in made
    assert api.ok("GET", f"{EXTENSIONS}/{made['id']}") == made
    assert api.ok("GET", f"{EXTENSIONS}/key=acme-cart") == made


def test_a_subscription_is_made_with_empty_lists_a_format_and_a_status(api: Any) -> None:
    response = api.http.post(SUBSCRIPTIONS, json=subscription())

    assert response.status_code == 201
    made = response.json()
    assert made["destination"] == PUB_SUB
    assert (made["messages"], made["changes"], made["events"]) == (MESSAGES, [], [])
    assert (made["format"], made["status"]) == ({"type": "Platform"}, "Healthy")
    assert api.ok("GET", f"{SUBSCRIPTIONS}/key=acme-orders") == made
    assert api.ok("GET", f"{SUBSCRIPTIONS}/{made['id']}") == made


def test_messages_without_types_are_shown_with_an_empty_list(api: Any) -> None:
    made = api.ok("POST", SUBSCRIPTIONS, subscription(messages=[{"resourceTypeId": "order"}]))
    assert made["messages"] == [{"resourceTypeId": "order", "types": []}]


def test_lists_come_as_pages_of_one_project(api: Any, prod: Any) -> None:
    for number in range(3):
        api.ok("POST", EXTENSIONS, extension(f"acme-{number}"))
    prod.ok("POST", "/acme-prod/extensions", extension("acme-0"))

    page = api.ok("GET", f"{EXTENSIONS}?limit=2&offset=1")

    assert [each["key"] for each in page.pop("results")] == ["acme-1", "acme-2"]
    assert page == {"limit": 2, "offset": 1, "count": 2, "total": 3}
    assert api.ok("GET", EXTENSIONS)["limit"] == 20
    newest_first = api.ok("GET", f"{EXTENSIONS}?sort=createdAt desc&limit=500&withTotal=false")
    assert "total" not in newest_first
    assert newest_first["count"] == 3
    assert prod.ok("GET", "/acme-prod/extensions")["total"] == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"where": 'key = "acme-1"'}, ["acme-1"]),
        ({"where": 'key="unknown"'}, []),
        ({"where": "key = :wanted", "var.wanted": "acme-0"}, ["acme-0"]),
        ({"where": ['key = "acme-0"', 'key = "acme-1"']}, []),
    ],
)
def test_scripts_look_for_a_key_by_predicate(api: Any, query: Any, found: list[str]) -> None:
    for number in range(2):
        api.ok("POST", SUBSCRIPTIONS, subscription(f"acme-{number}"))
    page = api.ok("GET", SUBSCRIPTIONS, params=query)
    assert [each["key"] for each in page["results"]] == found
    assert page["total"] == len(found)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=501", "limit"),
        ("offset=10001", "offset"),
        ("withTotal=yes", "withTotal"),
        ("expand=x", "expand"),
        ('where=destination(type = "HTTP")', "where"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_in_the_words_of_the_http_api(
    api: Any, query: str, name: str
) -> None:
    status, code, error = api.refusal("GET", f"{EXTENSIONS}?{query}")
    assert (status, code) == (400, "InvalidInput")
    assert error["message"].startswith(f"Malformed parameter: {name}")


EXTENSION_ACTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "changeDestination": (
        {"destination": {"type": "HTTP", "url": "https://new.example"}},
        {"destination": {"type": "HTTP", "url": "https://new.example"}},
    ),
    "changeTriggers": (
        {"triggers": [{"resourceTypeId": "order", "actions": ["Create"], "condition": "1 = 1"}]},
        {"triggers": [{"resourceTypeId": "order", "actions": ["Create"], "condition": "1 = 1"}]},
    ),
    "setKey": ({"key": "acme-new"}, {"key": "acme-new"}),
    "setTimeoutInMs": ({"timeoutInMs": 900}, {"timeoutInMs": 900}),
    "setExpansionPaths": ({"expansionPaths": ["customer"]}, {"expansionPaths": ["customer"]}),
    "setAdditionalContext": (
        {"additionalContext": {"includeOldResource": True}},
        {"additionalContext": {"includeOldResource": True}},
    ),
}


@pytest.mark.parametrize("action", EXTENSION_ACTIONS)
def test_an_update_of_an_extension_answers_200_with_the_next_version(api: Any, action: str) -> None:
    made = api.ok("POST", EXTENSIONS, extension())
    members, expected = EXTENSION_ACTIONS[action]

    response = api.http.post(
        f"{EXTENSIONS}/key=acme-cart", json={"version": 1, "actions": [{"action": action, **members}]}
    )

    assert response.status_code == 200
    changed = response.json()
    assert {name: changed[name] for name in expected} == expected
    assert (changed["version"], changed["id"]) == (2, made["id"])
    assert api.ok("GET", f"{EXTENSIONS}/{made['id']}") == changed


SUBSCRIPTION_ACTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "changeDestination": (
        {"destination": {**PUB_SUB, "topic": "new"}},
        {"destination": {**PUB_SUB, "topic": "new"}},
    ),
    "setMessages": (
        {"messages": [{"resourceTypeId": "payment"}]},
        {"messages": [{"resourceTypeId": "payment", "types": []}]},
    ),
    "setChanges": ({"changes": [{"resourceTypeId": "cart"}]}, {"changes": [{"resourceTypeId": "cart"}]}),
    "setEvents": (
        {"events": [{"resourceTypeId": "checkout", "types": []}]},
        {"events": [{"resourceTypeId": "checkout", "types": []}]},
    ),
    "setKey": ({"key": "acme-new"}, {"key": "acme-new"}),
}


@pytest.mark.parametrize("action", SUBSCRIPTION_ACTIONS)
def test_an_update_of_a_subscription_answers_200_with_the_next_version(api: Any, action: str) -> None:
    made = api.ok("POST", SUBSCRIPTIONS, subscription())
    members, expected = SUBSCRIPTION_ACTIONS[action]

    body = {"version": 1, "actions": [{"action": action, **members}]}
    response = api.http.post(f"{SUBSCRIPTIONS}/{made['id']}", json=body)

    assert response.status_code == 200
    changed = response.json()
    assert {name: changed[name] for name in expected} == expected
    assert changed["version"] == 2


def test_a_new_destination_makes_a_subscription_healthy(api: Any) -> None:
    api.ok("POST", SUBSCRIPTIONS, subscription())
    api.admin.patch_registration(
        "acme-dev", "subscriptions", "acme-orders", {"status": "ConfigurationErrorDeliveryStopped"}
    )
    action = {"action": "changeDestination", "destination": PUB_SUB}
    changed = api.ok("POST", f"{SUBSCRIPTIONS}/key=acme-orders", {"version": 2, "actions": [action]})
    assert (changed["status"], changed["version"]) == ("Healthy", 3)


def test_an_update_that_changes_nothing_keeps_the_version(api: Any) -> None:
    made = api.ok("POST", EXTENSIONS, extension())
    action = {"action": "changeTriggers", "triggers": TRIGGERS}
    assert api.ok("POST", f"{EXTENSIONS}/key=acme-cart", {"version": 1, "actions": [action]}) == made


def test_all_actions_of_an_update_happen_or_none(api: Any) -> None:
    api.ok("POST", SUBSCRIPTIONS, subscription())
    actions = [{"action": "setKey", "key": "acme-new"}, {"action": "setMessages"}]
    refused = api.refused("POST", f"{SUBSCRIPTIONS}/key=acme-orders", {"version": 1, "actions": actions})
    assert refused == (400, "InvalidInput")
    assert api.ok("GET", f"{SUBSCRIPTIONS}/key=acme-orders")["version"] == 1


def test_a_deletion_names_its_version_and_answers_what_is_gone(api: Any) -> None:
    made = api.ok("POST", EXTENSIONS, extension())
    path = f"{EXTENSIONS}/key=acme-cart"
    assert api.refused("DELETE", path) == (400, "InvalidInput")
    status, code, error = api.refusal("DELETE", f"{path}?version=7")
    assert (status, code, error["currentVersion"]) == (409, "ConcurrentModification", 1)
    assert api.ok("DELETE", f"{path}?version=1") == made
    assert api.refused("GET", path) == (404, "ResourceNotFound")
    assert api.refused("DELETE", f"{path}?version=1") == (404, "ResourceNotFound")


def test_an_update_on_another_version_is_refused(api: Any) -> None:
    api.ok("POST", EXTENSIONS, extension())
    refused = api.refused("POST", f"{EXTENSIONS}/key=acme-cart", {"version": 2, "actions": []})
    assert refused == (409, "ConcurrentModification")


def test_a_key_is_used_once_in_a_project_and_kind(api: Any, prod: Any) -> None:
    api.ok("POST", EXTENSIONS, extension("acme"))
    api.ok("POST", EXTENSIONS, extension("acme-other"))
    api.ok("POST", SUBSCRIPTIONS, subscription("acme"))
    prod.ok("POST", "/acme-prod/extensions", extension("acme"))

    status, code, error = api.refusal("POST", EXTENSIONS, extension("acme"))

    assert (status, code, error["field"], error["duplicateValue"]) == (400, "DuplicateField", "key", "acme")
    action = {"action": "setKey", "key": "acme"}
    refused = api.refused("POST", f"{EXTENSIONS}/key=acme-other", {"version": 1, "actions": [action]})
    assert refused == (400, "DuplicateField")


def test_several_may_have_no_key(api: Any) -> None:
    made = [api.ok("POST", EXTENSIONS, extension(None)) for _ in range(2)]
    assert made[0]["id"] != made[1]["id"]
    assert all("key" not in each for each in made)


@pytest.mark.parametrize(
    ("path", "make", "limit"), [(EXTENSIONS, extension, 25), (SUBSCRIPTIONS, subscription, 50)]
)
def test_a_project_can_have_so_many(api: Any, path: str, make: Any, limit: int) -> None:
    for _ in range(limit):
        api.ok("POST", path, make(None))
    status, code, error = api.refusal("POST", path, make(None))
    assert (status, code) == (400, "MaxResourceLimitExceeded")
    assert error["exceededResource"] == path.rpartition("/")[2].removesuffix("s")
    page = api.ok("GET", f"{path}?limit=500")
    assert page["total"] == limit


@pytest.mark.parametrize(
    ("scopes", "extensions", "subscriptions"),
    [
        (["manage_project:acme-dev"], True, True),
        (["manage_extensions:acme-dev"], True, False),
        (["manage_subscriptions:acme-dev"], False, True),
        (["view_connectors_deployments:acme-dev", "manage_connectors_deployments:acme-dev"], False, False),
        (["manage_extensions:acme-prod"], False, False),
    ],
)
def test_only_scopes_to_manage_read_extensions_and_subscriptions(
    log_in_as: Any, scopes: list[str], *, extensions: bool, subscriptions: bool
) -> None:
    api = log_in_as(*scopes)
    for path, allowed in ((EXTENSIONS, extensions), (SUBSCRIPTIONS, subscriptions)):
        if allowed:
            assert api.ok("GET", path)["count"] == 0
            continue
        answer = api.http.get(path)
        assert answer.status_code == 403
        body = answer.json()
        scope = f"manage_{path.rpartition('/')[2]}"
        assert body["message"] == f"Insufficient scope. One of the following scopes is missing: {scope}."
        assert (body["error"], body["errors"][0]["code"]) == ("insufficient_scope", "insufficient_scope")
        assert api.refused("POST", path, {"nonsense": True}) == (403, "insufficient_scope")


def test_without_enforced_scopes_every_token_will_do(log_in_as: Any) -> None:
    api = log_in_as("view_connectors:acme-dev")
    api.admin.settings(enforceScopes=False)
    assert api.ok("GET", EXTENSIONS)["count"] == 0
    assert api.refused("GET", "/acme-nowhere/extensions") == (404, "ResourceNotFound")


REFUSED_EXTENSIONS: dict[str, dict[str, Any]] = {
    "no destination": {"destination": None},
    "no triggers": {"triggers": None},
    "another trigger": {"triggers": [{"resourceTypeId": "product", "actions": ["Create"]}]},
    "another action": {"triggers": [{"resourceTypeId": "cart", "actions": ["Delete"]}]},
    "no url": {"destination": {"type": "HTTP", "url": "shop.acme.example"}},
    "another type": {"destination": {"type": "Pigeon", "url": URL}},
    "a long time": {"timeoutInMs": 10_001},
    "four paths": {"expansionPaths": ["a", "b", "c", "d"]},
    "unknown member": {"destinations": []},
    "a key of one letter": {"key": "a"},
}


@pytest.mark.parametrize("case", REFUSED_EXTENSIONS)
def test_an_extension_of_another_shape_is_refused(api: Any, case: str) -> None:
    body = extension(**REFUSED_EXTENSIONS[case])
    assert api.refused("POST", EXTENSIONS, body) == (400, "InvalidJsonInput")


REFUSED_SUBSCRIPTIONS: dict[str, dict[str, Any]] = {
    "nothing to tell": {"messages": None},
    "a name of the SDK": {"destination": {"type": "AzureEventGrid", "uri": URL, "accessKey": "k"}},
    "no credentials": {"destination": {"type": "SNS", "topicArn": "arn:aws:sns:eu-central-1:1:t"}},
    "another format": {"format": {"type": "CloudEvents", "cloudEventsVersion": "0.1"}},
    "another event": {"events": [{"resourceTypeId": "order"}]},
}


@pytest.mark.parametrize("case", REFUSED_SUBSCRIPTIONS)
def test_a_subscription_of_another_shape_is_refused(api: Any, case: str) -> None:
    body = subscription(**REFUSED_SUBSCRIPTIONS[case])
    assert api.refused("POST", SUBSCRIPTIONS, body) == (400, "InvalidJsonInput")


def test_a_topic_that_no_test_message_reaches_is_refused_in_the_words_of_the_api(api: Any) -> None:
    body = subscription(destination={**PUB_SUB, "topic": ""})
    status, code, error = api.refusal("POST", SUBSCRIPTIONS, body)
    assert (status, code) == (400, "InvalidInput")
    assert error["message"].startswith("A test message could not be delivered to this destination")
    assert api.ok("GET", SUBSCRIPTIONS)["count"] == 0


def test_an_event_grid_takes_cloud_events_only(api: Any) -> None:
    body = subscription(destination={"type": "EventGrid", "uri": URL, "accessKey": CANARY})
    assert api.refused("POST", SUBSCRIPTIONS, body) == (400, "InvalidInput")
    cloud = {"type": "CloudEvents", "cloudEventsVersion": "1.0"}
    assert api.ok("POST", SUBSCRIPTIONS, {**body, "format": cloud})["format"] == cloud


DESTINATIONS: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "a header": (
        EXTENSIONS,
        {"type": "HTTP", "url": URL, "authentication": {"type": "AuthorizationHeader", "headerValue": CANARY}},
        {"authentication.headerValue": "****full"},
    ),
    "a key of Azure": (
        EXTENSIONS,
        {"type": "HTTP", "url": URL, "authentication": {"type": "AzureFunctions", "key": CANARY}},
        {"authentication.key": "****full"},
    ),
    "AWSLambda": (
        EXTENSIONS,
        {"type": "AWSLambda", "arn": "arn:aws:lambda:x", "accessKey": CANARY, "accessSecret": CANARY},
        {"accessKey": "****full", "accessSecret": "****full", "arn": "arn:aws:lambda:x"},
    ),
    "GoogleCloudFunction": (EXTENSIONS, {"type": "GoogleCloudFunction", "url": URL}, {"url": URL}),
    "SNS": (
        SUBSCRIPTIONS,
        {"type": "SNS", "topicArn": "arn:aws:sns:x", "accessKey": CANARY, "accessSecret": CANARY},
        {"accessSecret": "****full", "topicArn": "arn:aws:sns:x"},
    ),
    "SNS by IAM": (
        SUBSCRIPTIONS,
        {"type": "SNS", "topicArn": "arn:aws:sns:x", "authenticationMode": "IAM"},
        {"topicArn": "arn:aws:sns:x"},
    ),
    "SQS": (
        SUBSCRIPTIONS,
        {"type": "SQS", "queueUrl": URL, "region": "x", "accessKey": CANARY, "accessSecret": CANARY},
        {"accessKey": "****full", "queueUrl": URL},
    ),
    "EventBridge": (
        SUBSCRIPTIONS,
        {"type": "EventBridge", "region": "eu-central-1", "accountId": "1"},
        {"source": "aws.partner/commercetools.com/acme-dev/acme-one"},
    ),
    "AzureServiceBus": (
        SUBSCRIPTIONS,
        {"type": "AzureServiceBus", "connectionString": f"Endpoint=sb://x;SharedAccessKey={CANARY};Entity=y"},
        {"connectionString": "Endpoint=sb://x;SharedAccessKey=****full;Entity=y"},
    ),
    "a short secret": (
        SUBSCRIPTIONS,
        {"type": "AzureServiceBus", "connectionString": "s3cret"},
        {"connectionString": "****"},
    ),
    "ConfluentCloud": (
        SUBSCRIPTIONS,
        {
            "type": "ConfluentCloud", "bootstrapServer": "x:9092", "apiKey": CANARY, "apiSecret": CANARY,
            "acks": "all", "topic": "orders", "key": "a-record",
        },
        {"apiKey": "****full", "apiSecret": "****full", "topic": "orders", "key": "a-record"},
    ),
    "IronMQ": (SUBSCRIPTIONS, {"type": "IronMQ", "uri": URL}, {"uri": URL}),
}  # fmt: skip


@pytest.mark.parametrize("case", DESTINATIONS)
def test_every_destination_is_taken_and_its_secrets_are_never_shown_in_full(api: Any, case: str) -> None:
    path, destination, shown = DESTINATIONS[case]
    make = extension if path == EXTENSIONS else subscription
    api.ok("POST", path, make("acme-one", destination=destination))

    response = api.http.get(f"{path}/key=acme-one")

    assert CANARY not in response.text
    assert CANARY not in api.http.get(path).text
    answered = response.json()["destination"]
    for name, value in shown.items():
        outer, _, inner = name.partition(".")
        assert (answered[outer][inner] if inner else answered[outer]) == value
    kind = path.rpartition("/")[2]
    (kept,) = api.admin.dump()[kind]
    assert destination.items() <= kept["destination"].items()


def test_a_stale_read_shows_the_list_before_the_write(api: Any) -> None:
    """The API says that writes may take a minute to take effect."""
    api.admin.advance(100)
    api.ok("POST", EXTENSIONS, extension())
    api.admin.fault({"stale": 60}, method="GET", path="/*/extensions", times=1)
    assert api.ok("GET", EXTENSIONS)["count"] == 0
    assert api.ok("GET", EXTENSIONS)["count"] == 1
