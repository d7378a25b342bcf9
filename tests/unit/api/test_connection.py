"""A connection keeps its secret to itself, and says what it lacks when it is needed."""

from __future__ import annotations

import pytest

from commercetools_connect.api import Connection, checked_project_key
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError
from tests.unit.api.fake_network import CONNECTION, SECRET


def test_the_client_secret_is_not_shown() -> None:
    assert SECRET not in repr(CONNECTION)
    assert "client_secret" not in f"{CONNECTION}"


def test_a_url_is_kept_in_its_normal_spelling() -> None:
    assert Connection(connect_url="HTTP://LOCALHOST:8085//").connect_url == "http://localhost:8085"


@pytest.mark.parametrize(
    ("connection", "named", "unnamed"),
    [
        (Connection(client_secret="s"), "clientId", "clientSecret"),
        (Connection(client_id="i"), "CTP_CLIENT_SECRET", "CTP_CLIENT_ID"),
    ],
)
def test_only_the_missing_credential_is_named(connection: Connection, named: str, unnamed: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connection.require_credentials()
    assert named in str(caught.value)
    assert unnamed not in str(caught.value)


def test_a_connection_knows_its_region() -> None:
    assert CONNECTION.region == "europe-west1.gcp"
    assert Connection("http://localhost:8085").region == Connection().region == ""


def test_an_empty_connection_is_no_error_until_it_is_used() -> None:
    with pytest.raises(ConfigurationError):
        Connection().require_hosts()


@pytest.mark.parametrize("key", ["ab", "acme-dev_1", "x" * 36])
def test_the_key_of_a_project_is_taken_as_it_is(key: str) -> None:
    assert checked_project_key(key) == key


@pytest.mark.parametrize("key", ["a", "x" * 37, "acme dev", "acme/dev", "r.gcp:acme", "acme\n", "äcme"])
def test_what_cannot_be_a_project_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidInputError):
        checked_project_key(key)
