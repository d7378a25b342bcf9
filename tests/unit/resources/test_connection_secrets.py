"""What no message may show of configured connections, also of those that nothing can read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.resources.connection_secrets import connection_secrets
from commercetools_connect.resources.connections import Connections

SECRET = "c4n4ry:of a, client"
PUBLIC = ("production", "acme-us", "us-client-1", "https://connect.example", "clientSecret", "connectUrl")
MEMBERS = {
    "clientId": PUBLIC[2],
    "clientSecret": SECRET,
    "projectKey": PUBLIC[1],
    "connectUrl": PUBLIC[3],
}
WHOLE = json.dumps({PUBLIC[0]: MEMBERS})


def masked(given: Any, text: str) -> str:
    registry = SecretRegistry()
    registry.learn(connection_secrets(given))
    return registry.redact(text)


@pytest.mark.parametrize(
    "given",
    [
        {PUBLIC[0]: MEMBERS},
        WHOLE,
        WHOLE[:-1],
        WHOLE[1:],
        WHOLE.replace('", "', '" "'),
        WHOLE.replace('"', "'"),
        f"{WHOLE},",
    ],
)
def test_secrets_are_masked_and_nothing_else_is(given: Any) -> None:
    assert masked(given, f"{SECRET} {' '.join(PUBLIC)}") == f"*** {' '.join(PUBLIC)}"


@pytest.mark.parametrize(
    "given",
    [
        {"us": {"cliendSecret": SECRET}},
        {"us": {"clientSecret": {"value": SECRET}}},
        {"us": SECRET},
        [SECRET],
        json.dumps([SECRET]),
        json.dumps(SECRET),
        f'us: {{clientSecret: "{SECRET}"',
        f'clientSecret = "{SECRET}',
        f'"{SECRET}',
    ],
)
def test_a_value_in_a_wrong_place_may_be_a_secret(given: Any) -> None:
    assert SECRET not in masked(given, f"it says {SECRET}.")


@pytest.mark.parametrize("given", ["", None, {}, {"us": {"clientSecret": None}}, 5])
def test_connections_without_texts_have_no_secrets(given: Any) -> None:
    assert masked(given, "nothing 5") == "nothing 5"


def test_the_provider_masks_them_too() -> None:
    connections = Connections({"connections": WHOLE[:-1]}, {})

    assert connections.own.session.secrets.redact(f"it says {SECRET}.") == "it says ***."
