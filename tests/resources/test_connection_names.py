"""Names of connections in imports, functions and gates: what is not configured, not known yet, or meant."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError, ProviderError, RunFailedError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN, Secret
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.lookups.registry import FUNCTIONS
from commercetools_connect.resources.connected import ConnectedResource
from commercetools_connect.resources.connections import Connections
from tests.resources.shops import Shops, secret_of
from tests.support.world import PROJECT

KINDS = ("ConnectorStaged", "ConnectorPublication", "Deployment")


def imported(shops: Shops, identity: str, kind: str) -> State | None:
    return shops.run(lambda resource: resource.read(shops.world.context(), State(identity, {})), kind)


def refused_import(shops: Shops, identity: str, kind: str) -> InvalidInputError:
    shops.world.emulator.admin.clear_journal()
    with pytest.raises(InvalidInputError) as caught:
        imported(shops, identity, kind)
    assert not shops.world.emulator.admin.journal()
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_an_import_by_a_connection_that_is_not_configured_says_which_are(shops: Shops, kind: str) -> None:
    rest = "acme-eu/key=shop" if kind == "Deployment" else "key=shop"

    error = refused_import(shops, f"europ:{rest}", kind)

    assert error.message == (
        f"europ:{rest}: there is no connection 'europ' in the configuration commercetools-connect:connections "
        "(known: eu, us)"
    )
    assert "commercetools-connect:connections.europ.clientId" in error.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_an_import_without_a_connection_is_asked_for_one_where_only_connections_lead_anywhere(
    shops: Shops, kind: str
) -> None:
    staged = shops.create_of("ConnectorStaged", shops.draft("eu"))
    shops.own = dict.fromkeys(("connectUrl", "clientId", "clientSecret", "projectKey"))
    given = {
        "ConnectorStaged": staged.id,
        "ConnectorPublication": f"{staged.id}/publish",
        "Deployment": "another/key=shop",
    }[kind]

    error = refused_import(shops, given, kind)

    assert error.message == (
        f"{given}: the id names no connection, and the provider's own configuration leads nowhere (known "
        "connections: eu, us)."
    )
    assert f"`eu:{given}`" in error.remedy
    if kind == "ConnectorStaged":
        found = imported(shops, f"eu:{given}", kind)  # the remedy, followed
        assert found is not None
        assert found.outputs["connection"] == "eu"


def test_a_similar_name_is_suggested(shops: Shops) -> None:
    shops.connections["production"] = shops.connection("acme-eu")

    async def act(resource: ConnectedResource) -> list[str]:
        checked = resource.check(shops.world.context(), {}, shops.inputs("produktion"))
        return [*map(str, checked.failures)]

    (said,) = shops.run(act)

    assert "(known: eu, production, us); did you mean production?" in said


def test_a_name_that_is_a_secret_is_not_shown(shops: Shops) -> None:
    """A secret that was given in place of a name; one that is configured works."""

    async def act(resource: ConnectedResource) -> list[str]:
        given = [Secret("c4n4ryInPlaceOfAName"), Secret("c4n4ry in place of a name"), Secret("eu")]
        checks = [resource.check(shops.world.context(), {}, shops.inputs(each)) for each in given]
        assert not checks[-1].failures
        return [str(each) for checked in checks for each in checked.failures]

    said = shops.run(act)

    assert said[0].startswith("connection: there is no connection of the given name, which is a secret, in the ")
    assert said[1].startswith("connection: is no name of a connection: ")
    assert "c4n4ry" not in "".join(said)


def call(shops: Shops, name: str, connection: Any, **arguments: Any) -> Any:
    """Call a function through a connection, as both frontends do."""

    async def act(resource: ConnectedResource) -> Any:
        return await FUNCTIONS[name].call_through(resource.connections, connection, arguments)

    return shops.run(act)


@pytest.mark.parametrize("form", ["named", "inline"])
def test_an_error_of_a_function_is_about_its_connection(shops: Shops, form: str) -> None:
    wrong = shops.connection("acme-eu", clientSecret="c4n4ry-wrong")
    shops.connections["eu"] = wrong

    with pytest.raises(ProviderError) as caught:
        call(shops, "getDeployment", "eu" if form == "named" else Secret(wrong), key="shop", projectKey="acme-us")

    path = "commercetools-connect:connections.eu" if form == "named" else "connection"
    name = "the connection eu" if form == "named" else "its inline connection"
    assert f"The credentials are those of {name}, for project acme-us." in caught.value.message
    assert f"Check {path}.clientId and {path}.clientSecret" in caught.value.remedy
    assert "c4n4ry" not in str(caught.value)


def test_a_function_without_a_connection_is_about_the_settings_of_the_provider(shops: Shops) -> None:
    shops.own = {"clientSecret": Secret("c4n4ry-wrong")}

    with pytest.raises(ProviderError, match="Check commercetools-connect:clientId") as caught:
        call(shops, "getDeployment", None, key="shop")

    assert "The credentials are those of" not in str(caught.value)


def test_mistakes_in_a_connection_have_their_path_in_every_frontend(shops: Shops) -> None:
    async def act(resource: ConnectedResource) -> list[str]:
        connections = resource.connections
        given: list[Any] = ["eu", UNKNOWN, {"clientSecret": UNKNOWN}, None]
        assert not [each for one in given for each in connections.failures_of(one)]
        wrong: list[Any] = ["mars", {"clientIdd": secret_of("acme-eu")}, 5, {"region": "nowhere!"}]
        return [str(each) for one in wrong for each in connections.failures_of(one)]

    said = shops.run(act)

    assert len(said) == 4
    assert all(each.startswith("connection") for each in said)
    assert "c4n4ry" not in "".join(said)


WRONG: dict[str, tuple[object, str, str]] = {
    "no object": ("c4n4ry", "commercetools-connect:connections.eu is not an object", ".eu.clientSecret' …`"),
    "an unknown member": (
        {"clientIdd": "c4n4ry"},
        "commercetools-connect:connections.eu has unknown members: 'clientIdd'",
        "Known members: clientId, clientSecret",
    ),
    "an address that gets no credentials": (
        {"connectUrl": "http://acme.example"},
        "commercetools-connect:connections.eu.connectUrl",
        "https",
    ),
    "a region that is none": (
        {"region": "nowhere!"},
        "is not a region (commercetools-connect:connections.eu.region)",
        "europe-west1.gcp",
    ),
    "a setting of another type": (
        {"region": "europe-west1.gcp", "pollInterval": "c4n4ry"},
        "commercetools-connect:connections.eu: commercetools-connect:pollInterval",
        "Correct it with `pulumi config set`.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_mistake_in_a_configured_connection_has_its_path_and_a_remedy(wrong: str) -> None:
    """It is the same for the provider's own check and for the resources that name the connection."""
    members, found, remedy = WRONG[wrong]
    connections = Connections({"connections": {"eu": members}}, {})  # type: ignore[dict-item]  # it may be anything

    (of_the_provider,) = map(str, connections.failures())
    (of_a_resource,) = map(str, connections.failures_of("eu"))

    for said in (of_the_provider, of_a_resource):
        assert found.removeprefix("commercetools-connect:connections.eu: ") in said
        assert remedy in said
        assert "CTP_" not in said
        assert "c4n4ry" not in said
    assert found in of_the_provider
    assert of_a_resource.startswith("connection: ")


def gate(shops: Shops, project: str) -> dict[str, Any]:
    """Return the inputs of a gate that looks at the wiring of a deployment in a project."""
    application = {"name": "service", "type": "service", "url": "https://service.example/x"}
    deployment = {
        "target": "dev",
        "project": project,
        "region": "europe-west1.gcp",
        "status": "Deployed",
        "deployedTag": "v1.0.0",
        "urls": {"service": application["url"]},
        "applications": [application],
        "expect": {"service": {"extension": True}},
    }
    extension: JsonObject = {
        "key": "own",
        "destination": {"type": "HTTP", "url": application["url"]},
        "triggers": [{"resourceTypeId": "cart", "actions": ["Create"]}],
    }
    shops.world.emulator.admin.add_registration(project, "extensions", extension)
    return {"wave": "first", "connectorTag": "v1.0.0", "deployments": [deployment], "wired": True}


def opened(shops: Shops, inputs: JsonObject) -> State:
    async def act(resource: ConnectedResource) -> State:
        context = shops.world.context()
        return await resource.create(context, shops.checked(resource, inputs))

    return shops.run(act, "RolloutGate")


@pytest.mark.parametrize("project", ["acme-eu", "acme-us", PROJECT])
def test_a_gate_looks_with_the_connection_that_each_deployment_has_there(shops: Shops, project: str) -> None:
    """The provider's own credentials do not see the Extensions of other projects."""
    inputs = gate(shops, project)
    if project != PROJECT:
        inputs["deployments"][0]["connection"] = shops.connection(project)

    assert opened(shops, inputs).outputs["openedAt"]
    journal = shops.world.emulator.admin.journal()
    looked = {str(each["client"]) for each in journal if each["path"] == f"/{project}/extensions"}
    assert looked == {"demo-client" if project == PROJECT else project}


def test_a_gate_guesses_no_connection_and_says_to_give_one(shops: Shops) -> None:
    """A connection to a project of that key may be another one: on another host, or without the scopes."""
    with pytest.raises(RunFailedError, match="Or give the deployment its `connection` here"):
        opened(shops, gate(shops, "acme-eu"))
