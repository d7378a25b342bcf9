"""A second API client lists what a deployment expects: those that deploy need no right to change Extensions."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commercetools_connect.core.errors import RunFailedError
from commercetools_connect.core.results import Change, State
from commercetools_connect.core.values import UNKNOWN, Secret, unwrap_secrets
from commercetools_connect.emulator import ClientSpec
from commercetools_connect.resources.connected import ConnectedResource
from tests.resources.watched import DEPLOYER, OTHER, SERVICE, WATCHER, Shop, connection_of
from tests.support.world import PROJECT, World


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


@pytest.mark.parametrize("form", ["named", "inline"])
def test_only_the_lists_are_made_with_the_connection_of_expect(shop: Shop, form: str) -> None:
    """Its token is used for nothing else; the state has a name as it is, and members as one secret."""
    connection = "watch" if form == "named" else shop.members()
    assert shop.up(shop.inputs(connection)) == (None, [])
    assert {about for client, about in shop.callers() if client == "watcher"} == {"extensions"}
    assert "extensions" not in {about for client, about in shop.callers() if client == "deployer"}

    assert connection_of(shop.state.outputs) == connection_of(shop.state.inputs) == connection
    assert isinstance(shop.state.outputs["expect"], Secret) is (form == "inline")
    assert unwrap_secrets(shop.state.outputs["expect"]) == unwrap_secrets(shop.state.inputs["expect"])
    assert "c4n4ry" not in repr(shop.state)
    found, reasons = shop.up(shop.inputs(connection))
    assert (bool(found), reasons, shop.callers()) == (False, [], set())
    shop.refresh()
    assert ("watcher", "extensions") in shop.callers()
    assert connection_of(shop.state.outputs) == connection
    assert "c4n4ry" not in repr(shop.state)


def test_a_project_in_a_connection_is_not_taken_for_a_secret(shop: Shop) -> None:
    shop.admin.outcome("deploy", "other", "success", scripts=[{**SERVICE, "does": "nothing"}], times=1)
    _, (said,) = shop.up({**shop.inputs(shop.members()), "key": "other"})
    assert f"Deployment other in project {PROJECT}: it is deployed, but the application 'service'" in said


def test_deployments_with_the_same_credentials_share_their_lists(shop: Shop) -> None:
    """One call for each round, whether they name the connection or hold its members."""
    connections = ["watch", shop.members(), "watch", shop.members()]
    for number in range(len(connections)):
        shop.admin.outcome(
            "deploy",
            f"tax-{number}",
            "success",
            times=1,
            scripts=[{**SERVICE, "key": f"cart-{number}", "after": 70}],
        )

    async def act(resource: ConnectedResource) -> list[State]:
        contexts = [shop.world.context(f"tax-{number}") for number in range(len(connections))]
        news = [
            resource.check(each, {}, {**shop.inputs(connection), "key": each.name}).inputs
            for each, connection in zip(contexts, connections, strict=True)
        ]
        return await asyncio.gather(*map(resource.create, contexts, news))

    began = shop.world.clock.monotonic()
    shop.run(act)
    assert 1 < len(shop.lists()) <= (shop.world.clock.monotonic() - began) / 10 + 1


def test_other_credentials_are_an_update_without_a_call(shop: Shop) -> None:
    shop.up(shop.inputs(shop.members()))
    rotated = shop.members(clientSecret="c4n4ry-rotated")
    ways = {Change.UPDATE: rotated, Change.DELETE: None, Change.ADD: "watch"}
    for change, connection in ways.items():
        found, reasons = shop.up(shop.inputs(connection))
        assert found is not None
        assert found.changes == {("expect", "service", "connection"): change}
        assert not found.replaces
        assert (reasons, shop.admin.journal()) == ([], [])
    assert connection_of(shop.state.outputs) == "watch"
    assert shop.state.outputs["wiringAttempts"] == 0


def test_a_connection_that_a_missing_scope_has_been_waiting_for_is_used_at_once(shop: Shop) -> None:
    """Without a redeploy. Until then nothing was looked at, and one warning said so."""
    assert shop.up(shop.inputs()) == (None, [])
    assert [each for each in shop.world.said.warnings if "the token lacks manage_extensions" in each]
    _, reasons = shop.up(shop.inputs("watch"))
    assert (reasons, shop.world.writes()) == ([], [])
    assert ("watcher", "extensions") in shop.callers()
    assert shop.state.outputs["wiring"]


def test_refused_credentials_of_a_client_that_lists_are_not_taken_for_those_that_deploy(shop: Shop) -> None:
    shop.named = {"shop": shop.members(DEPLOYER), "watch": {**shop.members(), "clientSecret": "c4n4ry-wrong"}}
    _, (reason,) = shop.up({**shop.inputs("watch"), "connection": "shop"})
    assert "commercetools-connect:connections.watch.clientSecret" in reason
    assert "The credentials are those of the connection watch" in reason
    assert "connection shop" not in reason
    assert "connections.shop" not in reason


def test_a_secret_that_was_rotated_is_no_error_of_a_refresh_and_the_next_up_has_the_new_one(shop: Shop) -> None:
    shop.up(shop.inputs(shop.members()))
    rotated: ClientSpec = {**WATCHER, "clientSecret": "c4n4ry-rotated"}
    shop.admin.clients([DEPLOYER, rotated])
    before = shop.state.outputs
    shop.refresh()
    assert shop.state.outputs["wiring"] == before["wiring"]
    assert [each for each in shop.world.said.warnings if "what is expected is not checked" in each]
    shop.up(shop.inputs(shop.members(rotated)))
    shop.refresh()
    assert ("watcher", "extensions") in shop.callers()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"projectKey": OTHER},
            f"expect.service.connection: is of project {OTHER}, but the deployment is in project {PROJECT}",
        ),
        ({"connectUrl": "http://127.0.0.1:9"}, "expect.service.connection: leads to 127.0.0.1:9, but that of"),
        (
            {"connectUrl": None, "region": "us-central1.gcp"},
            "expect.service.connection: leads to connect.us-central1",
        ),
        ({"clientid": "x"}, "expect.service.connection.clientid: unknown argument; did you mean clientId?"),
    ],
)
def test_a_connection_to_another_place_is_a_mistake_of_the_preview(
    shop: Shop, changes: dict[str, Any], said: str
) -> None:
    (failure,) = shop.failures(shop.inputs(shop.members(**changes)))
    assert failure.startswith(said)
    assert "c4n4ry" not in failure
    assert not shop.admin.journal()


def test_a_name_that_is_not_configured_is_a_mistake_of_the_preview(shop: Shop) -> None:
    (failure,) = shop.failures(shop.inputs("wach"))
    assert "expect.service.connection: there is no connection 'wach' in the configuration" in failure


def test_two_connections_for_one_deployment_are_a_mistake(shop: Shop) -> None:
    inputs = shop.inputs("watch")
    inputs["expect"]["other"] = {"extension": True, "connection": shop.members()}
    (failure,) = shop.failures(inputs)
    assert "expect.service.connection: is another connection than that of other" in failure


@pytest.mark.parametrize("late", [UNKNOWN, {"clientSecret": UNKNOWN}])
def test_a_connection_that_is_not_known_yet_is_no_mistake_and_no_call(shop: Shop, late: Any) -> None:
    connection = late if late is UNKNOWN else shop.members(**late)
    assert shop.failures(shop.inputs(connection)) == []
    assert shop.admin.journal() == []
    assert previewed(shop, connection) == []
    assert {client for client, _ in shop.callers()} <= {"deployer"}
    assert shop.lists() == []


def previewed(shop: Shop, connection: Any) -> list[str]:
    """Return what a strict preview finds wrong, with all the calls that it makes."""
    shop.strict = True

    async def act(resource: ConnectedResource) -> list[str]:
        context = shop.world.context()
        news = resource.check(context, {}, shop.inputs(connection)).inputs
        found = await resource.connections.own.validation.validate_create(resource, context, news)
        return [*map(str, found)]

    return shop.run(act)


def test_a_client_that_may_not_list_is_a_mistake_of_a_strict_preview(shop: Shop) -> None:
    (failure,) = previewed(shop, shop.members(DEPLOYER))
    assert "the token lacks manage_extensions" in failure
    assert "The credentials are those of its inline connection" in failure
    assert previewed(shop, "watch") == []


def gate_of(*entries: tuple[State, dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Return a gate behind deployments, each with members of its own."""
    names = ("region", "status", "deployedTag", "buildId", "urls", "applications", "expect")
    deployments = [
        {
            "target": f"target-{number}",
            "project": state.outputs["projectKey"],
            **{name: state.outputs[name] for name in names},
            **own,
        }
        for number, (state, own) in enumerate(entries)
    ]
    return {"wave": "first", "connectorTag": "v1.0.0", "deployments": deployments, "wired": True, **changes}


def test_a_gate_looks_at_each_deployment_with_its_own_connection(shop: Shop) -> None:
    """With that of `expect`, else with that of the deployment; its state has no secret in clear."""
    shop.up(shop.inputs(shop.members()))
    first, shop.state = shop.state, State("", {})
    us = shop.members({"clientId": OTHER, "clientSecret": "c4n4ry-us"}, projectKey=OTHER)
    shop.up({**shop.inputs(), "connection": us})
    second, shop.state = shop.state, State("", {})

    gate = gate_of((first, {}), (second, {"connection": second.outputs["connection"]}))
    assert shop.up(gate, "RolloutGate") == (None, [])
    assert shop.callers() == {("watcher", "extensions"), (OTHER, "extensions")}
    deployments: Any = shop.state.inputs["deployments"]
    assert connection_of(deployments[0]) == shop.members()
    assert deployments[1]["connection"] == Secret(us)
    assert "c4n4ry" not in repr(shop.state)
    assert any(OTHER in each and PROJECT in each for each in shop.world.said.infos)

    rotated = {**us, "clientSecret": "c4n4ry-rotated"}
    found, _ = shop.up(gate_of((first, {}), (second, {"connection": rotated})), "RolloutGate")
    assert found
    assert not shop.admin.journal()


def test_a_gate_stays_closed_where_one_of_its_projects_is_not_wired_any_more(shop: Shop) -> None:
    shop.up(shop.inputs(shop.members()))
    first, shop.state = shop.state, State("", {})
    us = shop.members({"clientId": OTHER, "clientSecret": "c4n4ry-us"}, projectKey=OTHER)
    shop.up({**shop.inputs(), "connection": us})
    (there,) = shop.admin.registrations(OTHER)["extensions"]
    shop.admin.delete_registration(OTHER, "extensions", there["id"])
    second, shop.state = shop.state, State("", {})
    with pytest.raises(RunFailedError, match="target-1: the application 'service' is not wired") as caught:
        shop.up(gate_of((first, {}), (second, {"connection": us})), "RolloutGate")
    assert "target-0" not in str(caught.value)


def test_a_gate_without_wired_makes_no_call_with_any_connection(shop: Shop) -> None:
    shop.up(shop.inputs(shop.members()))
    first, shop.state = shop.state, State("", {})
    shop.up(gate_of((first, {"connection": "watch"}), wired=False), "RolloutGate")
    assert not shop.admin.journal()


def test_a_gate_says_which_of_its_connections_is_wrong(shop: Shop) -> None:
    shop.up(shop.inputs(shop.members()))
    wrong = gate_of((shop.state, {"connection": "wach"}), (shop.state, {"project": OTHER}))
    first, second = shop.failures(wrong, "RolloutGate")
    assert "deployments[0].connection: there is no connection 'wach'" in first + second
    assert f"deployments[1].expect.service.connection: is of project {PROJECT}" in first + second
