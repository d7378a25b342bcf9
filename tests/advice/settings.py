"""Remedies about settings and names: hosts, credentials, projects, ids and keys."""

from __future__ import annotations

from functools import partial
from typing import Any

from commercetools_connect.api import ById, ByKey, Connection, resolve
from commercetools_connect.api.hosts import checked_project_key
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.connections import Connections
from tests.advice.story import Steps, Story, story
from tests.resources.connectors import another_client
from tests.support.world import PROJECT, World

SETTINGS: list[Story] = []
REGION = "europe-west1.gcp"


def connection(environ: dict[str, str] | None = None, **values: Any) -> Connection:
    return ProviderConfiguration.read(values, environ or {}).connection()


def named(connections: Any) -> object:
    """Return the provider of the connection acme."""
    return Connections({"connections": connections}, {}).provider("acme")


@story("Set commercetools-connect:region, for example europe-west1.gcp, or commercetools-connect:apiUrl", SETTINGS)
def no_region(_: World) -> Steps:
    yield lambda: connection(clientId="a").require_hosts()
    connection(region=REGION).require_hosts()
    connection(apiUrl=f"https://api.{REGION}.commercetools.com").require_hosts()
    connection({"CTP_API_URL": f"https://api.{REGION}.commercetools.com"}).require_hosts()


@story("Set them in the stack's configuration (the secret with --secret) or in the environment.", SETTINGS)
def no_credentials(_: World) -> Steps:
    yield lambda: connection(region=REGION).require_credentials()
    connection(region=REGION, clientId="a", clientSecret="b").require_credentials()
    connection({"CTP_CLIENT_ID": "a", "CTP_CLIENT_SECRET": "b"}, region=REGION).require_credentials()


@story("Use https.", SETTINGS)
def no_encryption(_: World) -> Steps:
    yield lambda: resolve(connect_url="http://proxy.example")
    resolve(connect_url="https://proxy.example")


@story("Write it like https://host.example.", SETTINGS)
def not_a_url(_: World) -> Steps:
    for text in ("proxy.example", "https://proxy.example:port", "https://"):
        yield partial(resolve, connect_url=text)
    resolve(connect_url="https://host.example")


@story("Take out what stands before '@'.", SETTINGS)
def a_user_name(_: World) -> Steps:
    yield lambda: resolve(connect_url="https://user:word@proxy.example")
    resolve(connect_url="https://proxy.example")


@story("Take out what follows '?' or '#'.", SETTINGS)
def a_query(_: World) -> Steps:
    for end in ("?a=b", "#top"):
        yield partial(resolve, connect_url=f"https://proxy.example/ct{end}")
    resolve(connect_url="https://proxy.example/ct")


@story(".<region>.commercetools.com, or give only the region.", SETTINGS)
def a_host_of_another_kind(_: World) -> Steps:
    yield lambda: resolve(connect_url=f"https://auth.{REGION}.commercetools.com")
    resolve(connect_url=f"https://connect.{REGION}.commercetools.com")
    resolve(region=REGION)


@story("Write https://connect.europe-west1.gcp.commercetools.com.", SETTINGS)
def a_port_that_is_not_there(_: World) -> Steps:
    yield lambda: resolve(connect_url=f"https://connect.{REGION}.commercetools.com:8443")
    resolve(connect_url=f"https://connect.{REGION}.commercetools.com")


@story("Use a project in one of ", SETTINGS)
def a_region_that_connect_left(_: World) -> Steps:
    yield lambda: resolve(region="eastus.azure")
    resolve(region="eu-central-1.aws")


@story("Write it as commercetools does, for example one of ", SETTINGS)
def not_a_region(_: World) -> Steps:
    yield lambda: resolve(region="europe")
    resolve(region="australia-southeast1.gcp")


@story("Write https://api.<region>.commercetools.com, or give ", SETTINGS)
def an_api_that_names_no_region(_: World) -> Steps:
    yield lambda: resolve(api_url="https://api.example.com")
    resolve(api_url=f"https://api.{REGION}.commercetools.com")
    both = {"connect_url": "https://connect.example", "auth_url": "https://auth.example"}
    resolve(api_url="https://api.example.com", **both)


@story("Give one of them, or make them agree.", SETTINGS)
def two_regions(_: World) -> Steps:
    here, there = f"https://api.{REGION}.commercetools.com", "us-central1.gcp"
    yield lambda: resolve(region=there, api_url=here)
    resolve(region=there)
    resolve(api_url=here)
    resolve(region=REGION, api_url=here)


@story("Set commercetools-connect:projectKey (CTP_PROJECT_KEY), or `projectKey` of the resource.", SETTINGS)
def no_project(world: World) -> Steps:
    staged, _ = world.published()
    inputs = world.deployment_inputs(staged.id)
    yield lambda: checked_project_key(connection(region=REGION).project_key)
    checked_project_key(connection(projectKey=PROJECT).project_key)
    world.settings["projectKey"] = ""
    world.create("Deployment", {**inputs, "projectKey": PROJECT})


@story("A project key has 2 to 36 letters, digits, '_' or '-', and no region before it.", SETTINGS)
def a_project_with_its_region(_: World) -> Steps:
    yield lambda: checked_project_key(f"{REGION}:{PROJECT}")
    checked_project_key(PROJECT)


@story("Give the id as the server shows it, a UUID, or name the object by its key.", SETTINGS)
def not_an_id(world: World) -> Steps:
    staged, _ = world.published()
    yield lambda: ById("drafts/greeter")
    another_client(world, lambda client: client.get_connector_staged(ById(staged.id)))
    another_client(world, lambda client: client.get_connector_staged(ByKey("derived-greeter")))


@story("A key has 2 to 256 letters, digits, '_' or '-'.", SETTINGS)
def not_a_key(world: World) -> Steps:
    yield lambda: ByKey("a/key")
    world.create("ConnectorStaged", world.staged_inputs(key="a-key"))
    another_client(world, lambda client: client.get_connector_staged(ByKey("a-key")))


@story("Correct it with `pulumi config set`.", SETTINGS)
def a_setting_of_another_type(_: World) -> Steps:
    yield lambda: connection(pollInterval="never")
    connection(pollInterval="5")


@story("Set it member by member: `pulumi config set --secret --path 'commercetools-connect:connections.", SETTINGS)
def connections_as_a_text(_: World) -> Steps:
    yield lambda: named("acme")
    named('{"acme": {"clientId": "a"}}')  # what `config set --path` makes of it


@story(
    "Add it with `pulumi config set --secret --path 'commercetools-connect:connections.acme.clientId'", SETTINGS
)
def an_unknown_connection(_: World) -> Steps:
    yield lambda: named({})
    named({"acme": {"clientId": "a"}})


@story("Set it member by member: `pulumi config set --secret --path", SETTINGS)
def a_connection_that_is_not_an_object(_: World) -> Steps:
    yield lambda: named({"acme": "a"})
    named({"acme": {"clientId": "a", "clientSecret": "b", "projectKey": PROJECT}})


@story("Known members: ", SETTINGS)
def an_unknown_member_of_a_connection(_: World) -> Steps:
    yield lambda: named({"acme": {"client": "a"}})
    named({"acme": {"clientId": "a"}})
