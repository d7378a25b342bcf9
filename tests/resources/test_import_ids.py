"""What can be no id is said to be none, before anything is asked of commercetools."""

from __future__ import annotations

import pytest

from commercetools_connect.api import ApiError
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.results import State
from tests.support.world import World

UUID = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("kind", "identity", "form"),
    [
        ("Deployment", "demo-project/nope", "<projectKey>/key=<key>"),
        ("Deployment", "nope", "<projectKey>/key=<key>"),
        ("Deployment", f"demo-project/{UUID}x", "<projectKey>/key=<key>"),
        ("Deployment", "demo-project/key=a b", "<projectKey>/key=<key>"),
        ("Deployment", "demo-project/", "<projectKey>/key=<key>"),
        ("ConnectorStaged", "nope", "key=<key>"),
        ("ConnectorStaged", "key=", "key=<key>"),
        ("ConnectorPublication", "nope/publish", "/publish"),
        ("ConnectorPublication", UUID, "/publish"),
        ("ConnectorPublication", f"{UUID}/sandbox", "/publish"),
    ],
)
def test_an_import_of_what_can_be_no_object_asks_nothing(
    world: World, kind: str, identity: str, form: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        world.read(kind, State(identity, {}))

    assert repr(identity) in caught.value.message
    assert f"not an id of a {kind}" in caught.value.message
    assert form in caught.value.remedy
    assert not world.calls()


@pytest.mark.parametrize(
    ("kind", "identity"),
    [
        ("Deployment", UUID.upper()),
        ("Deployment", "demo-project/key=some-key"),
        ("ConnectorStaged", UUID),
        ("ConnectorPublication", f"{UUID}/publish"),
    ],
)
def test_what_may_be_one_is_looked_for(world: World, kind: str, identity: str) -> None:
    assert world.read(kind, State(identity, {})) is None
    assert world.calls()


def test_an_id_in_a_state_is_not_questioned(world: World) -> None:
    """It came from the API, whose business its form is: the API is asked, and says what it says."""
    with pytest.raises(ApiError):
        world.read("Deployment", State("demo-project/odd-1", {"status": "Deployed"}))

    assert world.calls()
