"""Extensions and Subscriptions that another person edits, and that dumps, seeds and the page hold."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from commercetools_connect.emulator import AdminError, Emulator
from tests.emulator.conftest import CLIENTS, TLS, Api

HTTP = {"type": "HTTP", "url": "https://shop.acme.example/cart"}
PUB_SUB = {"type": "GoogleCloudPubSub", "projectId": "acme", "topic": "orders"}
NEWER = {"type": "CarrierPigeon", "loft": "Berlin", "accessKey": "canary-Zq83-whole"}
AUTHENTICATED = {**HTTP, "authentication": {"type": "AuthorizationHeader", "headerValue": "Basic canary-Zq83"}}


def test_what_a_person_adds_is_there_for_the_api(api: Any) -> None:
    made = api.admin.add_registration("acme-dev", "extensions", {"key": "theirs", "destination": HTTP})
    added = api.admin.add_registration("acme-dev", "subscriptions", {"key": "theirs", "destination": PUB_SUB})

    assert api.ok("GET", "/acme-dev/extensions/key=theirs") == made
    assert api.ok("GET", "/acme-dev/subscriptions")["results"] == [added]
    assert made["createdBy"] == {"isPlatformClient": True}
    assert api.admin.registrations("acme-dev") == {"extensions": [made], "subscriptions": [added]}
    assert api.admin.registrations("acme-prod") == {"extensions": [], "subscriptions": []}


def test_a_person_may_use_a_destination_that_this_emulator_does_not_know(api: Any) -> None:
    """New types appear; a client must not stumble over them."""
    for kind in ("extensions", "subscriptions"):
        api.admin.add_registration("acme-dev", kind, {"key": "newer", "destination": NEWER})
        answered = api.ok("GET", f"/acme-dev/{kind}/key=newer")["destination"]
        assert answered == {**NEWER, "accessKey": "****hole"}


def test_a_person_edits_by_key_or_id_in_one_project(api: Any) -> None:
    made = api.admin.add_registration("acme-dev", "extensions", {"key": "theirs", "destination": AUTHENTICATED})
    other = api.admin.add_registration("acme-prod", "extensions", {"key": "theirs", "destination": HTTP})

    moved = api.admin.patch_registration(
        "acme-dev", "extensions", "key=theirs", {"destination": {"url": "https://former.example"}}
    )

    assert (moved["version"], moved["destination"]["url"]) == (2, "https://former.example")
    assert moved["destination"]["authentication"]["headerValue"] == "****Zq83"
    renamed = api.admin.patch_registration("acme-dev", "extensions", made["id"], {"key": "renamed", "version": 9})
    assert (renamed["key"], renamed["version"], renamed["id"]) == ("renamed", 9, made["id"])
    assert api.ok("GET", "/acme-dev/extensions/key=renamed") == renamed
    assert api.admin.registrations("acme-prod")["extensions"] == [other]


def test_a_destination_of_another_type_replaces_the_old_one(api: Any) -> None:
    api.admin.add_registration("acme-dev", "extensions", {"key": "theirs", "destination": AUTHENTICATED})
    function = {"type": "GoogleCloudFunction", "url": "https://function.example"}
    moved = api.admin.patch_registration("acme-dev", "extensions", "theirs", {"destination": function})
    assert moved["destination"] == function


@pytest.mark.parametrize("status", ["TemporaryError", "ConfigurationErrorDeliveryStopped", "OfTomorrow"])
def test_a_subscription_can_be_given_any_status(api: Any, status: str) -> None:
    api.admin.add_registration("acme-dev", "subscriptions", {"key": "theirs", "destination": PUB_SUB})
    api.admin.patch_registration("acme-dev", "subscriptions", "theirs", {"status": status})
    assert api.ok("GET", "/acme-dev/subscriptions/key=theirs")["status"] == status


def test_what_a_person_removes_is_gone(api: Any) -> None:
    made = api.admin.add_registration("acme-dev", "subscriptions", {"key": "theirs", "destination": PUB_SUB})
    assert api.admin.delete_registration("acme-dev", "subscriptions", "theirs") == made
    assert api.refused("GET", "/acme-dev/subscriptions/key=theirs") == (404, "ResourceNotFound")


def test_control_calls_leave_no_trace_in_the_journal(api: Any) -> None:
    api.admin.clear_journal()
    api.admin.add_registration("acme-dev", "extensions", {"destination": HTTP})
    api.admin.registrations("acme-dev")
    assert api.admin.journal() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason"),
    [
        ("POST", "acme-dev/extensions", {}, 400, "destination: Field required"),
        ("POST", "acme-dev/extensions", {"destination": {"url": "x"}}, 400, "destination: type is needed"),
        (
            "POST",
            "acme-dev/extensions",
            {"destination": HTTP, "status": "x"},
            400,
            "status: unknown member; known",
        ),
        ("POST", "acme-dev/subscriptions", {"destination": PUB_SUB, "x": 1}, 400, "x: unknown member; known are"),
        ("POST", "acme-dev/extensions", {"destination": HTTP, "key": "there"}, 400, "duplicate value 'there'"),
        ("POST", "acme-dev/pets", {}, 404, "there are no pets; known are extensions, subscriptions"),
        ("PATCH", "acme-dev/extensions/none", {}, 404, "there is no extension none in the project acme-dev"),
        ("PATCH", "acme-dev/pets/none", {}, 404, "there are no pets"),
        ("PATCH", "acme-prod/extensions/there", {}, 404, "there is no extension there in the project acme-prod"),
        ("DELETE", "acme-dev/subscriptions/none", None, 404, "there is no subscription none"),
        ("DELETE", "acme-dev/pets/none", None, 404, "there are no pets"),
    ],
)
def test_an_edit_that_is_not_possible_says_why(
    api: Any, method: str, path: str, body: Any, status: int, reason: str
) -> None:
    api.admin.add_registration("acme-dev", "extensions", {"key": "there", "destination": HTTP})
    response = api.http.request(method, f"/__admin/registrations/{path}", json=body)
    assert response.status_code == status
    assert reason in response.json()["message"]


def test_a_full_project_takes_nothing_more_from_a_person_either(api: Any) -> None:
    for _ in range(25):
        api.admin.add_registration("acme-dev", "extensions", {"destination": HTTP})
    with pytest.raises(AdminError, match="exceeded the limit of 25"):
        api.admin.add_registration("acme-dev", "extensions", {"destination": HTTP})


def test_a_dump_brings_everything_back_secrets_included(api: Any) -> None:
    api.admin.add_registration("acme-dev", "extensions", {"key": "theirs", "destination": AUTHENTICATED})
    api.admin.add_registration("acme-dev", "subscriptions", {"key": "theirs", "destination": PUB_SUB})
    before, dump = api.admin.registrations("acme-dev"), api.admin.dump()
    api.admin.reset()
    assert api.admin.registrations("acme-dev") == {"extensions": [], "subscriptions": []}

    api.admin.load(dump)

    assert api.admin.registrations("acme-dev") == before
    assert api.admin.dump()["extensions"][0]["destination"] == AUTHENTICATED


def test_a_dump_of_before_has_no_registrations(api: Any) -> None:
    dump = api.admin.dump()
    for name in ("extensions", "subscriptions", "scripts"):
        del dump[name]
    api.admin.load(dump)
    assert api.admin.dump()["extensions"] == []


SEED = """
clients:
  - {clientId: dev, clientSecret: dev-secret, scopes: "manage_project:acme-dev"}
registrations:
  acme-dev:
    extensions:
      - key: theirs
        destination: {type: HTTP, url: "https://shop.acme.example/cart"}
        triggers: [{resourceTypeId: cart, actions: [Create]}]
    subscriptions:
      - destination: {type: GoogleCloudPubSub, projectId: acme, topic: orders}
        status: TemporaryError
outcomes:
  - lifecycle: deploy
    key: "*"
    outcome: success
    times: 100
    scripts:
      - {application: service, key: acme-cart}
"""


def test_a_seed_has_registrations_and_scripts(tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text(SEED)
    with Emulator(seed=file) as emulator:
        api = Api(emulator.url, emulator.admin)
        with closing(api.http):
            (extension,) = api.ok("GET", "/acme-dev/extensions")["results"]
            (subscription,) = api.ok("GET", "/acme-dev/subscriptions")["results"]
        assert extension["key"] == "theirs"
        assert ("key" in subscription, subscription["status"]) == (False, "TemporaryError")
        assert emulator.admin.outcomes()[0]["scripts"] == [
            {"application": "service", "does": "register", "key": "acme-cart", "address": "own",
             "after": 0.0, "gap": 0.0, "draft": {}}
        ]  # fmt: skip


def test_a_seed_that_is_wrong_names_the_member() -> None:
    seed = yaml.safe_load(SEED)
    del seed["registrations"]["acme-dev"]["extensions"][0]["destination"]["type"]
    with pytest.raises(ValueError, match=r"registrations\.acme-dev\.extensions\.0\.destination: type is needed"):
        Emulator(seed=seed)


@pytest.fixture
def page(emulator: Emulator) -> Any:
    with httpx.Client(base_url=emulator.url, trust_env=False, verify=TLS) as http:
        yield lambda query="": http.get(f"/__admin/{query}").text


def test_the_page_lists_them_without_secrets(api: Any, page: Any) -> None:
    assert "Extensions and Subscriptions" not in page()
    url = "https://shop.acme.example/cart?code=canary-Zq83"
    api.admin.add_registration(
        "acme-dev", "extensions", {"key": "theirs", "destination": {**AUTHENTICATED, "url": url}}
    )
    api.admin.add_registration(
        "acme-dev", "subscriptions", {"key": "deaf", "destination": PUB_SUB, "status": "ConfigurationError"}
    )
    api.admin.add_registration("acme-prod", "subscriptions", {"destination": NEWER})

    text = page()

    for words in (
        "theirs",
        "https://shop.acme.example/cart",
        "acme/orders",
        "ConfigurationError",
        "CarrierPigeon",
    ):
        assert words in text
    assert "canary" not in text
    assert json.dumps(CLIENTS[0]["clientSecret"]) not in text
    narrowed = page("?q=deaf")
    assert "ConfigurationError" in narrowed
    assert "theirs" not in narrowed


@pytest.mark.parametrize(
    ("destination", "shown"),
    [
        ({"type": "HTTP", "url": "https://canary:canary@shop.acme.example/cart#canary"}, "shop.acme.example/cart"),
        (
            {"type": "HTTP", "url": "https://u:canary?canary@shop.acme.example/a@b"},
            "https://shop.acme.example/a@b",
        ),
        (
            {"type": "IronMQ", "uri": "https://canary:canary@mq.example/queue?oauth=canary"},
            "https://mq.example/queue",
        ),
        (
            {"type": "EventGrid", "uri": "https://grid.example/api", "accessKey": "canary"},
            "https://grid.example/api",
        ),
    ],
)
def test_the_page_shows_the_place_of_an_address_and_no_credentials_in_it(
    api: Any, page: Any, destination: dict[str, str], shown: str
) -> None:
    api.admin.add_registration("acme-dev", "subscriptions", {"key": "theirs", "destination": destination})

    text = page()

    assert shown in text
    assert "canary" not in text
