"""Many projects through one process: each call with the credentials of its own connection."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from commercetools_connect.api import AuthenticationFailedError
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN, Secret
from commercetools_connect.resources.connected import ConnectedResource
from commercetools_connect.resources.connections import CONNECTED_TO, Connections
from tests.resources.shops import Shops, changes, secret_of
from tests.support.world import PROJECT


@pytest.mark.parametrize("form", ["named", "inline"])
def test_a_deployment_is_made_kept_and_removed_with_its_own_credentials(shops: Shops, form: str) -> None:
    """Its project is that of the connection, its state shows no secret, and its id names no connection."""
    connection = "eu" if form == "named" else shops.connection("acme-eu")
    state = shops.create(connection)

    assert state.id.startswith("acme-eu/")
    assert state.outputs["projectKey"] == "acme-eu"
    sealed = "eu" if form == "named" else Secret(connection)
    assert state.outputs["connection"] == state.inputs["connection"] == sealed
    assert secret_of("acme-eu") not in repr(state)
    assert changes(shops.diff(state, connection)) == set()
    found = shops.read(state)
    assert found is not None
    assert found.outputs["connection"] == sealed
    shops.delete(found)
    assert shops.callers() == {("acme-eu", "acme-eu")}
    assert not shops.world.emulator.admin.dump()["deployments"]


def test_one_process_serves_all_with_one_token_for_each_client(shops: Shops) -> None:
    """No call has the credentials of another connection, also where two connections have one client."""
    inline = shops.connection("acme-us")
    shops.connections["us-as-well"] = shops.connection("acme-us", pollInterval=5)

    async def act(resource: ConnectedResource) -> list[State]:
        contexts = [shops.world.context(name) for name in ("a", "b", "c", "d", "e")]
        given = [
            *map(shops.inputs, ("eu", "us", inline, "us-as-well")),
            {**shops.inputs(None), "projectKey": PROJECT},
        ]
        news = [
            resource.check(context, {}, {**inputs, "key": f"key-{context.name}"}).inputs
            for context, inputs in zip(contexts, given, strict=True)
        ]
        return await asyncio.gather(*map(resource.create, contexts, news))

    states = shops.run(act)

    assert [each.id.partition("/")[0] for each in states] == ["acme-eu", "acme-us", "acme-us", "acme-us", PROJECT]
    assert shops.callers() == {("acme-eu", "acme-eu"), ("acme-us", "acme-us"), ("demo-client", PROJECT)}
    tokens = [each for each in shops.world.emulator.admin.journal() if each["path"] == "/oauth/token"]
    assert len(tokens) == 3


def test_other_credentials_of_the_same_project_are_an_update_without_a_call(shops: Shops) -> None:
    state = shops.create(shops.connection("acme-eu"))
    shops.forget_calls()
    rotated = shops.connection("acme-eu", clientSecret="c4n4ry-rotated")

    assert changes(shops.diff(state, rotated)) == {"connection"}
    after = shops.update(state, rotated)

    assert after.outputs == {**state.outputs, "connection": Secret(rotated)}
    assert not shops.callers()


@pytest.mark.parametrize("before", ["eu", "inline", None])
def test_a_connection_that_gets_another_form_or_name_is_an_update_without_a_call(
    shops: Shops, before: Any
) -> None:
    shops.connections["europe"] = shops.connection("acme-eu")
    shops.connections["demo"] = {
        **shops.connection(PROJECT),
        "clientId": "demo-client",
        "clientSecret": "demo-secret",
    }
    state = shops.create(shops.connection("acme-eu") if before == "inline" else before)
    del shops.connections["eu"]
    shops.forget_calls()
    now = "europe" if before else "demo"

    found = shops.diff(state, now)
    after = shops.update(state, now)

    assert (changes(found), found.replaces) == ({"connection"}, frozenset())
    assert after.outputs["connection"] == now
    assert after.outputs[CONNECTED_TO] == {"host": "127.0.0.1:2", "project": "acme-eu" if before else PROJECT}
    assert not shops.callers()


def test_another_project_is_another_deployment_and_the_old_one_is_removed_with_its_own_credentials(
    shops: Shops,
) -> None:
    """The new one is made first."""
    state = shops.create("eu")

    found = shops.diff(state, "us")

    assert {path[0] for path in found.replaces} == {"projectKey"}
    assert not found.delete_before_replace
    shops.forget_calls()
    shops.delete(state)
    assert shops.callers() == {("acme-eu", "acme-eu")}


def test_a_named_connection_never_moves(shops: Shops) -> None:
    """Neither its project may change nor its host; the error comes before anything is done."""
    state = shops.create("eu")
    shops.forget_calls()
    shops.connections["eu"] = shops.connection("acme-us")

    with pytest.raises(ConfigurationError) as caught:
        shops.diff(state, "eu")

    assert "the connection eu has moved" in caught.value.message
    assert "acme-eu" in caught.value.message
    assert "acme-us" in caught.value.message
    assert "a connection of its own" in caught.value.remedy
    assert not shops.callers()
    shops.connections.update(eu=shops.connection("acme-eu"), new=shops.connection("acme-us"))
    assert not shops.diff(state, "eu")  # the remedy, followed


def test_a_moved_connection_undeploys_nothing_in_its_new_place(shops: Shops) -> None:
    state = shops.create("eu")
    shops.connections["eu"] = shops.connection("acme-us")

    with pytest.raises(ConfigurationError, match="made with the connection eu"):
        shops.delete(state)

    shops.connections["old"] = shops.connection("acme-eu")
    shops.delete(state)
    assert not shops.world.emulator.admin.dump()["deployments"]


def test_a_connection_that_is_gone_is_asked_for_by_its_name(shops: Shops) -> None:
    state = shops.create("eu")
    shops.forget_calls()
    del shops.connections["eu"]

    for act in (shops.delete, shops.read):
        with pytest.raises(ConfigurationError) as caught:
            act(state)
        assert "made with the connection eu, which is not configured any more (known: us)" in caught.value.message
        assert "Put eu back until the next `pulumi up` is through" in caught.value.remedy
    with pytest.raises(ConfigurationError, match="made with the connection eu"):
        shops.diff(state, "us")  # the old one could not be removed
    assert not shops.callers()
    shops.connections["eu"] = shops.connection("acme-eu")
    shops.delete(state)  # the remedy, followed
    assert not shops.world.emulator.admin.dump()["deployments"]


def test_a_connection_that_is_gone_is_found_by_its_place(shops: Shops) -> None:
    """As after a rename of a connection, until the next `up`."""
    state = shops.create("eu")
    shops.connections["europe"] = shops.connections.pop("eu")

    found = shops.read(state)

    assert found is not None
    assert found.outputs["connection"] == "eu"
    shops.delete(found)
    assert not shops.world.emulator.admin.dump()["deployments"]


def test_a_state_without_a_host_is_not_of_a_configuration_that_leads_nowhere(shops: Shops) -> None:
    """As earlier versions left it. The configuration itself has the same project and no address."""
    state = shops.create("eu")
    outputs = {name: value for name, value in state.outputs.items() if name not in (CONNECTED_TO, "connectHost")}
    shops.connections["europe"] = shops.connections.pop("eu")
    shops.own = {"projectKey": "acme-eu", "connectUrl": None}

    found = shops.read(replace(state, outputs=outputs))

    assert found is not None
    assert found.id == state.id


def test_what_was_removed_is_undeployed_although_its_own_credentials_are_refused(shops: Shops) -> None:
    """A secret was rotated, and only a configured connection knows the new one."""
    state = shops.create(shops.connection("acme-eu"))
    for client in shops.clients:
        client["clientSecret"] += "-new" if client["clientId"] == "acme-eu" else ""
    shops.world.emulator.admin.clients(shops.clients)
    del shops.connections["eu"]

    with pytest.raises(AuthenticationFailedError):
        shops.delete(state)
    shops.connections["europe"] = shops.connection("acme-eu", clientSecret=f"{secret_of('acme-eu')}-new")
    shops.delete(state)

    assert not shops.world.emulator.admin.dump()["deployments"]


@pytest.mark.parametrize(
    ("identity", "connection"),
    [
        ("eu:acme-eu/key={key}", "eu"),
        ("eu:key={key}", "eu"),
        ("eu:{id}", "eu"),
        ("acme-eu/key={key}", "eu"),
        ("twin:acme-eu/key={key}", "twin"),
    ],
)
def test_an_import_names_its_connection_before_the_id(shops: Shops, identity: str, connection: str) -> None:
    """Where only one connection leads to the project, the id alone tells."""
    made = shops.create("eu")
    if connection == "twin":
        shops.connections["twin"] = shops.connection("acme-eu")
    state = State(identity.format(key=made.outputs["key"], id=made.id), {})

    found = shops.read(state)

    assert found is not None
    assert found.id == made.id
    assert found.inputs["connection"] == found.outputs["connection"] == connection
    assert changes(shops.diff(found, connection, **dict.fromkeys(["key"], made.outputs["key"]))) <= {
        "configurations"
    }


@pytest.mark.parametrize("connection", ["eu", UNKNOWN])
def test_only_objects_in_connect_have_a_connection_and_only_deployments_a_project(
    shops: Shops, connection: Any
) -> None:
    async def check(resource: ConnectedResource) -> Any:
        return resource.check(shops.world.context(), {}, {**shops.world.staged_inputs(), "connection": connection})

    staged, gate = (shops.run(check, kind) for kind in ("ConnectorStaged", "RolloutGate"))

    assert not staged.failures
    assert staged.inputs["connection"] == connection
    assert "projectKey" not in staged.inputs
    assert "connection: unknown argument; write it in each of its deployments" in map(str, gate.failures)


def members_at(region: str) -> dict[str, Any]:
    return {"region": region, "projectKey": "acme-eu", "clientId": "c", "clientSecret": secret_of("acme-eu")}


@pytest.mark.parametrize("form", ["named", "inline"])
def test_another_host_of_commercetools_is_another_deployment(shops: Shops, form: str) -> None:
    """Also where the project has the same key there. The new one is made first; no call is needed to see it."""
    eu, us = (members_at(region) for region in ("europe-west1.gcp", "us-central1.gcp"))
    shops.connections = {"eu": eu, "us": us}
    place = {"host": "connect.europe-west1.gcp.commercetools.com", "project": "acme-eu"}
    own = {"connection": "eu", CONNECTED_TO: place} if form == "named" else {"connection": Secret(eu)}
    outputs: Any = {"key": "shop", "projectKey": "acme-eu", "connectHost": place["host"], **own}
    state = State("acme-eu/00000000-0000-4000-8000-000000000000", outputs, {"key": "shop"})

    found = shops.diff(state, "us" if form == "named" else us)

    assert found.replaces == {("connection",)}
    assert not found.delete_before_replace
    shops.connections["eu"] = us
    if form == "named":
        with pytest.raises(ConfigurationError, match="the connection eu has moved"):
            shops.diff(state, "eu")


def test_an_import_that_several_connections_lead_to_asks_which(shops: Shops) -> None:
    shops.connections["twin"] = shops.connection("acme-eu")

    with pytest.raises(InvalidInputError) as caught:
        shops.read(State("acme-eu/key=some", {}))

    assert "acme-eu is reached by several connections: eu, twin" in caught.value.message
    assert "`eu:acme-eu/…`" in caught.value.remedy
    key = str(shops.create("eu").outputs["key"])
    assert shops.read(State(f"eu:acme-eu/key={key}", {})) is not None  # the remedy, followed


def test_a_connection_that_is_not_configured_is_a_mistake_of_the_check(shops: Shops) -> None:
    async def act(resource: ConnectedResource) -> list[str]:
        given: list[Any] = ["ue", {"clientIdd": secret_of("acme-eu")}, 5, {"connectUrl": "http://acme.example"}]
        checks = [resource.check(shops.world.context(), {}, shops.inputs(each)) for each in given]
        return [str(failure) for checked in checks for failure in checked.failures]

    said = shops.run(act)

    assert len(said) == 4
    assert said[0].startswith("connection: there is no connection 'ue' in the configuration")
    assert "(known: eu, us)" in said[0]
    assert said[1] == "connection.clientIdd: unknown argument; did you mean clientId?"
    assert said[2] == "connection: must be the name of a connection, or an object with its members"
    assert "would send credentials" in said[3]
    assert "c4n4ry" not in "".join(said)


@pytest.mark.parametrize(
    ("form", "place"), [("named", "commercetools-connect:connections.bare"), ("inline", "connection")]
)
def test_a_project_that_is_missing_is_asked_for_where_the_connection_has_it(
    shops: Shops, form: str, place: str
) -> None:
    members = {"clientId": "c", "clientSecret": "s", "connectUrl": "http://127.0.0.1:1"}
    connections = Connections({"projectKey": "of-others", "connections": {"bare": members}}, {})
    given: Any = "bare" if form == "named" else members

    checked = ConnectedResource("Deployment", connections).check(shops.world.context(), {}, shops.inputs(given))

    assert f"projectKey: is required; set it here, or as {place}.projectKey" in map(str, checked.failures)


def test_a_late_credential_shows_an_update_where_the_state_has_no_connection(shops: Shops) -> None:
    """As in the preview of a Rollout that had a provider for each target."""
    state = shops.create("eu")
    bare = {name: value for name, value in state.outputs.items() if name not in ("connection", CONNECTED_TO)}
    shops.forget_calls()

    found = shops.diff(
        State(state.id, bare, {"key": bare["key"]}), shops.connection("acme-eu", clientSecret=UNKNOWN)
    )

    assert (changes(found), found.replaces) == ({"connection"}, frozenset())
    assert not shops.callers()


@pytest.mark.parametrize("unknown", [UNKNOWN, {"clientSecret": UNKNOWN}, {"projectKey": UNKNOWN}])
def test_a_connection_that_is_not_known_yet_passes_a_preview_without_a_call(shops: Shops, unknown: Any) -> None:
    given: Any = {**shops.connection("acme-eu"), **unknown} if isinstance(unknown, dict) else unknown

    async def act(resource: ConnectedResource) -> Any:
        context = shops.world.context()
        news = shops.checked(resource, shops.inputs(given))
        assert await resource.validate(context, news) == ()
        await resource.preview_create(context, news)
        return {**news, **resource.preview_outputs(news, None)}

    shown = shops.run(act)

    assert shown["projectKey"] == (UNKNOWN if given is UNKNOWN else given["projectKey"])
    assert not shops.callers()
