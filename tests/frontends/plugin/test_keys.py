"""Keys that the plugin derives: this stack's own where the engine says which provider resource serves the call."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.resources.keys import derive_key
from tests.frontends.plugin.conftest import CONFIG, URN, Engine, plain
from tests.support.marks import UNKNOWN

ID = "5f0c6b0e-8a55-4a5e-9c38-0b0f6f6f0a11"
CHILD = "urn:pulumi:dev::acme::my:index:Shop$commercetools-connect:index:Deployment::api"


def received(engine: Engine, urn: str = URN) -> dict[str, Any]:
    """Return what a resource receives."""
    return dict(plain(engine.create({"region": "r"}, urn=urn).properties)["received"])


def test_with_the_providers_id_a_key_is_this_stacks_own(make_engine: type[Engine]) -> None:
    """The same for the same id; another for another stack, for a child of a component and for names alone."""
    with make_engine(configured=False) as engine:
        keys = []
        for id_ in (ID, ID, ID.replace("5f", "6f")):
            engine.configure(CONFIG, id_)
            keys.append(received(engine)["derivedKey"])
            assert received(engine)["keyProvesOwnership"]
        keys.append(received(engine, CHILD)["derivedKey"])

    assert keys[0] == keys[1]
    assert len({*keys, derive_key("acme", "dev", "api")}) == 4
    assert {key[:-8] for key in keys} == {"acme-dev-api-"}


def test_without_an_id_a_key_is_of_names_alone_and_proves_nothing(make_engine: type[Engine]) -> None:
    """So it is for `pulumi do`, and as it was before."""
    with make_engine(configured=False) as engine:
        engine.configure(CONFIG)

        found = received(engine, CHILD)

    assert (found["derivedKey"], found["keyProvesOwnership"]) == (derive_key("acme", "dev", "api"), False)


@pytest.mark.parametrize("kind", ["ConnectorStaged", "Deployment"])
def test_a_preview_that_still_makes_the_provider_does_not_know_the_key(
    make_engine: type[Engine], kind: str
) -> None:
    """It goes on, without a mistake, and shows the key as a value that the apply will tell."""
    urn = URN.replace("Deployment", kind)
    tree = {
        "name": "Greeter",
        "creator": {"email": "dev@acme.example"},
        "repository": {"url": "https://github.com/acme/demo-connector.git", "tag": "v1"},
    }
    news = tree if kind == "ConnectorStaged" else {"region": "europe-west1.gcp", "connector": {"id": UNKNOWN}}
    with make_engine(configured=False, CORE="real", NETWORK="off") as engine:
        engine.configure({**CONFIG, "region": "europe-west1.gcp"}, UNKNOWN)
        checked = engine.check(news, urn=urn)
        created = engine.create(plain(checked.inputs), urn=urn, preview=True)

    assert not checked.failures
    assert plain(checked.inputs)["key"] == UNKNOWN
    assert plain(created.properties)["key"] == UNKNOWN


def test_a_resource_that_is_in_the_state_keeps_its_key_in_such_a_preview_and_in_both_checks_of_a_replacement(
    make_engine: type[Engine],
) -> None:
    """An earlier version has derived it, from names alone."""
    key = derive_key("acme", "dev", "api")
    olds = {"key": key, "region": "europe-west1.gcp", "connector": {"key": "greeter"}, "projectKey": "acme"}
    news = {"region": "us-central1.gcp", "connector": {"key": "greeter"}}
    with make_engine(configured=False, CORE="real", NETWORK="off") as engine:
        for id_ in (ID, UNKNOWN):
            engine.configure(CONFIG, id_)
            first, second = engine.check(news, olds), engine.check(news)

            assert plain(first.inputs)["key"] == plain(second.inputs)["key"] == key


def test_a_run_does_not_remember_the_keys_of_the_run_before(make_engine: type[Engine]) -> None:
    """A process that engines attach to serves many; each run begins with a Configure."""
    news = {"region": "us-central1.gcp", "connector": {"key": "greeter"}}
    with make_engine(configured=False, CORE="real", NETWORK="off") as engine:
        engine.configure(CONFIG, ID)
        engine.check(news, {**news, "key": "of-the-state"})
        engine.configure(CONFIG, ID)

        assert plain(engine.check(news).inputs)["key"] != "of-the-state"
