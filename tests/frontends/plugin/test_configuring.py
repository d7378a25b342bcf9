"""The provider's own configuration, as engines and SDKs send it."""

from __future__ import annotations

import json

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue, Secret
from commercetools_connect.frontends.plugin.codec import decode_properties
from commercetools_connect.frontends.plugin.config import (
    configuration,
    configuration_diff,
    configuration_failures,
    configuration_with_marked_secrets,
)
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.inputs import member_names
from tests.frontends.plugin.conftest import Engine, plain, secret, struct
from tests.frontends.plugin.fake_core import CANARY
from tests.support.marks import UNKNOWN as UNKNOWN_TEXT

EUROPE: dict[str, PropertyValue] = {"region": "europe-west1.gcp"}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"pollInterval": "3"}, {"pollInterval": 3}),
        ({"pollInterval": 0.5}, {"pollInterval": 0.5}),
        ({"pollInterval": json.dumps(secret(3))}, {"pollInterval": Secret(3)}),
        ({"pollInterval": "often"}, {"pollInterval": "often"}),
        ({"projectKey": "123", "clientId": "true"}, {"projectKey": "123", "clientId": "true"}),
        ({"clientSecret": secret(CANARY)}, {"clientSecret": Secret(CANARY)}),
        ({"version": "0.1.0", "pluginDownloadURL": "x", "__internal": {}}, {}),
        (
            {"connections": json.dumps({"eu": secret({"clientId": "1"})})},
            {"connections": {"eu": Secret({"clientId": "1"})}},
        ),
        (
            {"projectKey": UNKNOWN_TEXT, "pollInterval": UNKNOWN_TEXT},
            {"projectKey": UNKNOWN, "pollInterval": UNKNOWN},
        ),
    ],
)
def test_values_are_read_as_they_are_meant(sent: dict[str, object], meant: PropertyMap) -> None:
    """SDKs send everything but text as JSON, with the envelopes of secrets inside."""
    assert configuration(struct(sent)) == meant


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"regoin": "x"}, ["regoin: unknown argument; did you mean region?"]),
        (
            {"pollInterval": "often", "clientId": ["x"]},
            ["clientId: must be a string", "pollInterval: must be a number"],
        ),
        ({"apiUrl": "https://elsewhere.example"}, ["does not tell the region"]),
        ({**EUROPE, "apiUrl": "https://api.us-central1.gcp.commercetools.com"}, ["Give one of them"]),
        ({"connectUrl": "http://proxy.example"}, ["without encryption"]),
        ({}, []),
        (EUROPE, []),
        ({"region": UNKNOWN, "apiUrl": "https://elsewhere.example"}, []),
    ],
)
def test_mistakes_are_reported_and_missing_credentials_are_not_one(given: PropertyMap, words: list[str]) -> None:
    said = "\n".join(map(str, configuration_failures(given, {})))

    assert all(word in said for word in words), said
    assert bool(said) == bool(words)


def test_a_mistake_shows_no_value(engine: Engine) -> None:
    request = provider_pb2.CheckRequest(news=struct({"clientSecret": [CANARY], "version": "0.1.0"}))

    answer = engine.stub.CheckConfig(request)

    assert answer.failures
    assert CANARY not in str(answer.failures)
    assert {failure.property for failure in answer.failures} == {""}


def test_a_check_gives_back_what_came_with_its_secrets_marked(engine: Engine) -> None:
    """Nothing is filled in from the environment: it would be frozen in the state. `version` stays."""
    news = {"version": "0.1.0", "projectKey": "acme", "pollInterval": "3", "clientSecret": CANARY}

    answer = engine.stub.CheckConfig(provider_pb2.CheckRequest(news=struct(news)))

    assert not answer.failures
    assert decode_properties(answer.inputs) == {**news, "clientSecret": Secret(CANARY)}


@pytest.mark.parametrize("given", [{"clientSecret": UNKNOWN_TEXT}, {"clientSecret": secret("x")}, {}])
def test_what_is_unknown_or_marked_already_stays(given: dict[str, object]) -> None:
    assert plain(configuration_with_marked_secrets(struct(given))) == given


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (EUROPE, {"region": "us-central1.gcp"}),
        (EUROPE, {"apiUrl": "https://api.us-central1.gcp.commercetools.com"}),
        (EUROPE, {"apiUrl": "https://api.europe-west1.gcp.commercetools.com"}),
        (EUROPE, {**EUROPE, "connectUrl": "http://127.0.0.1:8085"}),
        (EUROPE, {**EUROPE, "projectKey": "other"}),
        ({**EUROPE, "clientId": "a"}, {**EUROPE, "clientId": "b", "clientSecret": Secret("c")}),
        (EUROPE, {}),
        ({}, EUROPE),
        (EUROPE, {"region": UNKNOWN}),
        (EUROPE, {"region": "no region at all"}),
        ({"commercetools-connect:region": "us-central1.gcp", "other:secret": "x"}, EUROPE),
    ],
)
def test_no_change_of_the_configuration_replaces_what_was_made_with_it(
    before: PropertyMap, after: PropertyMap
) -> None:
    """Not another host either: the engine would delete on the old one without asking for a diff."""
    found = configuration_diff(before, after)

    assert found.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert not found.replaces


VALUES: dict[str, tuple[PropertyValue, PropertyValue]] = {
    "region": ("europe-west1.gcp", "us-central1.gcp"),
    "apiUrl": ("https://api.europe-west1.gcp.commercetools.com", "https://api.us-central1.gcp.commercetools.com"),
    "authUrl": (
        "https://auth.europe-west1.gcp.commercetools.com",
        "https://auth.us-central1.gcp.commercetools.com",
    ),
    "connectUrl": ("http://127.0.0.1:1", "http://127.0.0.1:2"),
    "pollInterval": (1, 2),
}


@pytest.mark.parametrize("move", ["changes", "appears", "goes", "is not known yet"])
@pytest.mark.parametrize("name", member_names(ProviderConfiguration))
def test_what_a_change_of_each_key_means(name: str, move: str) -> None:
    """Every key is a change of the configuration, and none is a replacement."""
    one, other = VALUES.get(name, ("one", "other"))
    rest: dict[str, PropertyValue] = {} if name in ("region", "apiUrl") else EUROPE
    before = {**rest, **({} if move == "appears" else {name: one})}
    moves: dict[str, dict[str, PropertyValue]] = {
        "changes": {name: other},
        "appears": {name: other},
        "goes": {},
        "is not known yet": {name: UNKNOWN},
    }
    after = {**rest, **moves[move]}

    found = configuration_diff(before, after)

    assert list(found.diffs) == [name]
    assert not found.replaces


def test_another_secretness_is_no_change_of_configuration() -> None:
    found = configuration_diff({**EUROPE, "clientSecret": "x"}, {**EUROPE, "clientSecret": Secret("x")})

    assert found.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_configuration_that_contradicts_itself_is_one_clear_error(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.configure({"region": "mars"})

    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert caught.value.details() == "commercetools-connect:region: mars is not a region\nChoose another."
    engine.create({})  # with the configuration from before
