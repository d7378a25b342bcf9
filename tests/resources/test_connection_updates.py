"""Credentials that change: without a call where all is as declared, and with a look where that is not known."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import AuthenticationFailedError, ForbiddenError
from commercetools_connect.core.errors import GoneError, InitFailedError, ProviderError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import Secret, unwrap_secrets
from commercetools_connect.resources.connected import INIT_FAILED, ConnectedResource
from tests.resources.connectors import ADDITIONAL
from tests.resources.shops import DEPLOYMENT, SHOPS, Shops, changes, secret_of
from tests.support.world import PROJECT, REPOSITORY

STAGED, PUBLICATION = "ConnectorStaged", "ConnectorPublication"
KINDS = (STAGED, PUBLICATION, DEPLOYMENT)


def rotated(shops: Shops, shop: str = "acme-eu") -> dict[str, Any]:
    """Give the shop's client another secret, and return its connection."""
    new = f"{secret_of(shop)}-rotated"
    for client in shops.clients:
        if client["clientId"] == shop:
            client["clientSecret"] = new
    shops.world.emulator.admin.clients(shops.clients)
    return shops.connection(shop, clientSecret=new)


def live(shops: Shops, kind: str, connection: Any) -> tuple[State, dict[str, Any]]:
    """Return an object of that kind that is as declared, and its inputs."""
    if kind == DEPLOYMENT:
        inputs = shops.inputs(connection)
        return shops.create_of(kind, inputs), inputs
    staged = shops.create_of(STAGED, shops.draft(connection))
    if kind == STAGED:
        return staged, shops.draft(connection)
    inputs = shops.publication(staged, connection)
    return shops.create_of(kind, inputs), inputs


def fail(shops: Shops, kind: str, inputs: dict[str, Any], state: State | None = None) -> tuple[State, str]:
    """Demand that a create, or an update of `state`, ends in an object that is not as asked."""
    with pytest.raises(InitFailedError) as caught:
        shops.update_of(kind, state, inputs) if state else shops.create_of(kind, inputs)
    return caught.value.state, str(caught.value)


def test_a_draft_that_cannot_be_published_is_not_healed_by_other_credentials(shops: Shops) -> None:
    shops.world.emulator.admin.repositories(ADDITIONAL)
    old, broken = shops.connection("acme-eu"), {"url": REPOSITORY, "tag": "v9.0.0"}
    state, reason = fail(shops, STAGED, shops.draft(old, repository=broken))
    now = shops.draft(rotated(shops), repository=broken)

    assert changes(shops.diff_of(STAGED, state, now)) == {"connection"}
    again, reason_again = fail(shops, STAGED, now, state)

    assert reason_again == reason
    assert again.outputs[INIT_FAILED] is True
    assert again.outputs["connection"] == Secret(now["connection"])


def test_a_publication_that_failed_is_not_healed_by_other_credentials(shops: Shops) -> None:
    """The same tag was published before, so no input shows that the content of today is not."""
    old = shops.connection("acme-eu")
    staged = shops.create_of(STAGED, shops.draft(old))
    inputs = shops.publication(staged, old)
    shops.create_of(PUBLICATION, inputs)
    shops.update_of(STAGED, staged, shops.draft(old, description="Another one"))
    shops.world.emulator.admin.outcome("publish", "own-draft", "failure")
    state, _ = fail(shops, PUBLICATION, inputs)
    now = {**inputs, "connection": rotated(shops)}

    assert changes(shops.diff_of(PUBLICATION, state, now)) == {"connection"}
    shops.world.emulator.admin.clear_journal()
    after = shops.update_of(PUBLICATION, state, now)

    assert shops.world.writes() == [f"POST /connectors/drafts/{staged.id} 201"]
    assert INIT_FAILED not in after.outputs


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_after_a_partial_failure_looks_at_the_object(shops: Shops, kind: str) -> None:
    """The outputs of the state may be equal to the inputs, so only the mark tells."""
    state, inputs = live(shops, kind, shops.connection("acme-eu"))
    state = State(state.id, {**state.outputs, INIT_FAILED: True}, state.inputs)
    if kind == DEPLOYMENT:
        shops.world.emulator.admin.delete("deployments", state.id.partition("/")[2])
    else:
        shops.world.emulator.admin.delete("drafts", state.id.partition("/")[0])

    with pytest.raises(GoneError):
        shops.update_of(kind, state, {**inputs, "connection": rotated(shops)})


@pytest.mark.parametrize("kind", KINDS)
def test_a_refresh_that_finds_all_as_asked_forgets_a_partial_failure(shops: Shops, kind: str) -> None:
    state, _ = live(shops, kind, "eu")
    state = State(state.id, {**state.outputs, INIT_FAILED: True}, state.inputs)

    found = shops.run(lambda resource: resource.read(shops.world.context(), state), kind)

    assert found is not None
    assert INIT_FAILED not in found.outputs


def test_a_deployment_that_failed_says_so_in_its_state(shops: Shops) -> None:
    shops.world.emulator.admin.outcome("deploy", "derived-greeter", "failure")
    old = shops.connection("acme-eu")

    state, _ = fail(shops, DEPLOYMENT, shops.inputs(old))

    assert state.outputs[INIT_FAILED] is True
    after = shops.update(state, rotated(shops))
    assert after.outputs["status"] == "Deployed"
    assert INIT_FAILED not in after.outputs


@pytest.mark.parametrize("kind", KINDS)
def test_other_credentials_alone_make_no_call_and_are_written_sealed(shops: Shops, kind: str) -> None:
    """Also if an engine sends the state without its marks; what has become secret since is secret in the state."""
    state, inputs = live(shops, kind, shops.connection("acme-eu"))
    bare = State(state.id, {k: unwrap_secrets(v) for k, v in state.outputs.items()})
    shops.world.emulator.admin.clear_journal()
    hidden: dict[str, Any] = {"name": Secret("Greeter")} if kind == STAGED else {}
    now = {**inputs, **hidden, "connection": rotated(shops)}

    after = shops.update_of(kind, bare, now)

    assert not shops.world.emulator.admin.journal()
    assert after.outputs["connection"] == Secret(now["connection"])
    assert "c4n4ry" not in repr(after)
    if hidden:
        assert after.outputs["name"] == Secret("Greeter")


@pytest.mark.parametrize("form", ["named", "inline"])
def test_an_update_without_a_call_makes_both_credentials_known_to_redaction(shops: Shops, form: str) -> None:
    """A script may still print the ones of before."""
    old = shops.connection("acme-eu")
    state = shops.create(old)
    new = rotated(shops)
    if form == "named":
        shops.connections = {"eu": new}

    async def act(resource: ConnectedResource) -> str:
        news = shops.checked(resource, shops.inputs("eu" if form == "named" else new), state.inputs)
        await resource.update(shops.world.context(), state, news)
        secrets = resource.connections.own.session.secrets
        return secrets.redact(f"{old['clientSecret']} and {new['clientSecret']} in acme-eu")

    shown = shops.run(act)

    assert "c4n4ry" not in shown
    assert shown.endswith(" in acme-eu")


def error_of(shops: Shops, connection: Any, kind: str = DEPLOYMENT, **more: Any) -> ProviderError:
    """Return the error of a create with this connection."""
    inputs = shops.inputs(connection, **more) if kind == DEPLOYMENT else shops.draft(connection, **more)
    with pytest.raises(ProviderError) as caught:
        shops.create_of(kind, inputs)
    return caught.value


@pytest.mark.parametrize("kind", [DEPLOYMENT, STAGED])
@pytest.mark.parametrize("form", ["named", "inline"])
def test_refused_credentials_are_named_by_their_connection(shops: Shops, form: str, kind: str) -> None:
    """Never by the settings of the provider, which are other ones."""
    wrong = shops.connection("acme-eu", clientSecret="c4n4ry-wrong")
    shops.connections["eu"] = wrong

    error = error_of(shops, "eu" if form == "named" else wrong, kind)

    assert isinstance(error, AuthenticationFailedError)
    path = "commercetools-connect:connections.eu" if form == "named" else "connection"
    name = "the connection eu" if form == "named" else "its inline connection"
    assert error.message.endswith(f" The credentials are those of {name}, for project acme-eu.")
    assert f"Check {path}.clientId and {path}.clientSecret" in error.remedy
    assert "CTP_" not in str(error)
    assert "c4n4ry" not in str(error)


def test_missing_rights_are_named_by_the_project_of_the_object(shops: Shops) -> None:
    """The deployment names a project of its own, which is not that of its connection."""
    error = error_of(shops, "eu", projectKey="acme-us")

    assert isinstance(error, ForbiddenError)
    assert "The credentials are those of the connection eu, for project acme-us." in error.message
    assert "manage_project:acme-us" in error.message
    assert PROJECT not in str(error)


def test_one_refusal_of_two_connections_names_each_of_them_in_its_error(shops: Shops) -> None:
    """Two names of one client share a token, and so the error."""
    wrong = shops.connection("acme-eu", clientSecret="c4n4ry-wrong")
    shops.connections = {"eu": wrong, "europe": wrong}

    async def act(resource: ConnectedResource) -> list[str]:
        said = []
        for name in ("eu", "europe"):
            context = shops.world.context(name)
            news = resource.check(context, {}, shops.inputs(name)).inputs
            with pytest.raises(AuthenticationFailedError) as caught:
                await resource.create(context, news)
            said.append(str(caught.value))
        return said

    first, second = shops.run(act)

    assert first.count("The credentials are those of") == second.count("The credentials are those of") == 1
    assert "connections.eu.clientId" in first
    assert "connections.europe.clientId" in second


def test_refused_credentials_of_a_state_are_replaced_by_those_of_the_objects_project(shops: Shops) -> None:
    """The deployment is in another project than its connection names, and only a connection to that one works."""
    both = " ".join(f"manage_project:{shop}" for shop in SHOPS)
    shops.clients.append({"clientId": "both", "clientSecret": "c4n4ry-both", "scopes": both.split()})
    shops.world.emulator.admin.clients(shops.clients)
    members = shops.connection("acme-eu", clientId="both", clientSecret="c4n4ry-both")
    state = shops.create(members, projectKey="acme-us")
    shops.clients.pop()
    shops.world.emulator.admin.clients(shops.clients)

    shops.delete(state)

    assert not shops.world.emulator.admin.dump()["deployments"]
