"""A connection never moves an object to another project of its host, however the connection is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from commercetools_connect.core.errors import ConfigurationError, ConflictError, GoneError, ProviderError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN, Secret
from commercetools_connect.resources.connected import ConnectedResource
from commercetools_connect.resources.connections import CONNECTED_TO
from tests.resources.shops import Shops, changes, secret_of
from tests.support.world import PROJECT

STAGED, PUBLICATION = "ConnectorStaged", "ConnectorPublication"

MOVES: dict[str, tuple[Callable[[Shops], Any], Callable[[Shops], Any], str]] = {
    "name to name": (lambda _: "eu", lambda _: "us", "put `connection` back to eu"),
    "name to members": (lambda _: "eu", lambda it: it.connection("acme-us"), "put `connection` back to eu"),
    "members to members": (
        lambda it: it.connection("acme-eu"),
        lambda it: it.connection("acme-us"),
        "put `connection` back to the former members",
    ),
    "name to none": (lambda _: "eu", lambda _: None, "put `connection` back to eu"),
    "none to name": (lambda _: None, lambda _: "us", "take `connection` out"),
    "members of which some are late": (
        lambda it: it.connection("acme-eu"),
        lambda it: it.connection("acme-us", clientSecret=UNKNOWN),
        "put `connection` back to the former members",
    ),
}


def refused(shops: Shops, kind: str, state: State, inputs: Any) -> ConfigurationError:
    """Demand that neither a diff nor an update makes a call, and that both end in the same error; return it."""
    shops.forget_calls()
    said = []
    for act in (shops.diff_of, shops.update_of):
        with pytest.raises(ConfigurationError) as caught:
            act(kind, state, inputs)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert not shops.world.emulator.admin.journal()
    assert "c4n4ry" not in said[0]
    return caught.value


@pytest.mark.parametrize("move", MOVES)
def test_a_draft_does_not_move_to_another_project(shops: Shops, move: str) -> None:
    """One connector of a host has the key: a create would be refused, and a delete would take it away."""
    before, now, remedy = (each(shops) if callable(each) else each for each in MOVES[move])
    state = shops.create_of(STAGED, shops.draft(before))

    error = refused(shops, STAGED, state, shops.draft(now))

    owner, other = ("acme-eu", "acme-us") if before else (PROJECT, "acme-us")
    assert error.message.startswith(f"connection: ConnectorStaged greeter belongs to project {owner} at ")
    assert f"leads to project {other if now else PROJECT} at " in error.message
    assert "A connection never moves an object, and nothing was changed." in error.message
    assert remedy in error.remedy
    # the remedies, followed
    assert changes(shops.diff_of(STAGED, state, shops.draft(before))) == set()
    other_form = shops.connection("acme-eu", scopes="") if before else "demo"
    shops.connections["demo"] = {
        **shops.connection(PROJECT),
        "clientId": "demo-client",
        "clientSecret": "demo-secret",
    }
    assert changes(shops.diff_of(STAGED, state, shops.draft(other_form))) == {"connection"}


@pytest.mark.parametrize("kind", [STAGED, PUBLICATION])
def test_another_default_project_does_not_move_what_has_no_connection(shops: Shops, kind: str) -> None:
    """Whether it comes from the configuration or from the environment."""
    staged = shops.create_of(STAGED, shops.draft(None))
    inputs = shops.draft(None) if kind == STAGED else shops.publication(staged, None)
    state = staged if kind == STAGED else shops.create_of(PUBLICATION, inputs)
    shops.own = {"projectKey": "acme-us", "clientId": "acme-us", "clientSecret": Secret(secret_of("acme-us"))}

    error = refused(shops, kind, state, inputs)

    assert error.message.startswith(
        f"commercetools-connect:projectKey (CTP_PROJECT_KEY): {kind} greeter belongs to project {PROJECT} at "
    )
    assert "the provider's own configuration leads to project acme-us" in error.message
    assert f"set it back to {PROJECT}" in error.remedy
    shops.own = {}
    assert not shops.diff_of(kind, state, inputs)


def test_a_publication_does_not_move_without_its_draft(shops: Shops) -> None:
    """The other project does not see the draft. A publication of another draft is another publication."""
    staged = shops.create_of(STAGED, shops.draft("eu"))
    state = shops.create_of(PUBLICATION, shops.publication(staged, "eu"))

    error = refused(shops, PUBLICATION, state, shops.publication(staged, "us"))

    assert error.message.startswith("connection: ConnectorPublication greeter belongs to project acme-eu at ")
    other = shops.create_of(STAGED, shops.draft("us", key="of-us"))
    for identity in (other.id, UNKNOWN):
        inputs = {**shops.publication(other, "us"), "connectorStagedId": identity}
        found = shops.diff_of(PUBLICATION, state, inputs)
        assert found.replaces == {("connectorStagedId",)}
        assert changes(found) == {"connectorStagedId", "connection"}
    shops.forget_calls()
    shops.run(lambda resource: resource.delete(shops.world.context(), state), PUBLICATION)
    assert not shops.world.writes()


def test_a_draft_with_a_new_key_does_not_move_either(shops: Shops) -> None:
    """The delete of the old one would take its published Connector along."""
    state = shops.create_of(STAGED, shops.draft("eu"))

    refused(shops, STAGED, state, shops.draft("us", key="of-us"))


@pytest.mark.parametrize("form", ["name", "members"])
@pytest.mark.parametrize("kind", [STAGED, PUBLICATION])
def test_on_another_host_of_commercetools_it_is_another_object(shops: Shops, kind: str, form: str) -> None:
    """Each host has connectors of its own: the new one is created first, and the old one is deleted after it."""
    eu, us = (
        {"region": region, "projectKey": project, "clientId": "c", "clientSecret": secret_of(project)}
        for region, project in (("europe-west1.gcp", "acme-eu"), ("us-central1.gcp", "acme-us"))
    )
    shops.connections = {"eu": eu, "us": us}
    place = {"host": "connect.europe-west1.gcp.commercetools.com", "project": "acme-eu"}
    staged = State("00000000-0000-4000-8000-000000000000", {"repository": {"tag": "v1.0.0"}, "contentHash": "1"})
    before, now = ("eu", "us") if form == "name" else (eu, us)
    inputs = shops.draft(now) if kind == STAGED else shops.publication(staged, now)
    own = {"connection": before, CONNECTED_TO: place} if form == "name" else {"connection": Secret(eu)}
    outputs = {**inputs, "connectHost": place["host"], "ownerProject": "acme-eu", **own}
    shops.forget_calls()

    found = shops.diff_of(kind, State(staged.id, outputs, inputs), inputs)

    assert found.replaces == {("connection",)}
    assert not found.delete_before_replace
    assert not shops.world.emulator.admin.journal()


def test_a_draft_whose_owner_the_state_does_not_tell_is_looked_for(shops: Shops) -> None:
    """Release 0.1.0 wrote no owner, so that only a call shows whether the new credentials see the draft."""
    shops.own = {"projectKey": None}
    state = shops.create_of(STAGED, shops.draft(None))
    assert "ownerProject" not in state.outputs

    with pytest.raises(GoneError, match="own-draft does not exist"):
        shops.update_of(STAGED, state, shops.draft("us"))

    shops.connections["demo"] = {
        **shops.connection(PROJECT),
        "clientId": "demo-client",
        "clientSecret": "demo-secret",
    }
    after = shops.update_of(STAGED, state, shops.draft("demo"))
    assert after.outputs["ownerProject"] == PROJECT


@pytest.mark.parametrize("kind", [STAGED, "Deployment"])
def test_a_create_that_fails_contests_its_key(shops: Shops, kind: str) -> None:
    """An engine that goes on after errors would delete the old name of what was renamed without an alias."""
    staged = shops.create_of(STAGED, shops.draft("eu"))
    state = staged if kind == STAGED else shops.create("eu", key="own-deployment")
    if kind == STAGED:
        inputs = shops.draft("us")  # it does not see the draft that has the key
    else:
        inputs = shops.inputs("eu", key="own-deployment")
        shops.world.emulator.admin.fault({"status": 403}, method="GET", path="/acme-eu/deployments/key*", times=9)

    async def act(resource: ConnectedResource) -> tuple[str, str]:
        renamed, own = (shops.world.context(each) for each in ("renamed", "own"))
        with pytest.raises(ProviderError):
            await resource.create(renamed, resource.check(renamed, {}, inputs).inputs)
        with pytest.raises(ConflictError) as caught:
            await resource.delete(own, state)
        return caught.value.message, caught.value.remedy

    said, remedy = shops.run(act, kind)

    assert remedy.startswith("Do first what the error of that create says. Decide which of the two resources it")
    assert said == (
        f"{kind} {state.id} is not deleted: own has it in its state, and the create of {kind} renamed under the "
        "same key failed in this run."
    )
