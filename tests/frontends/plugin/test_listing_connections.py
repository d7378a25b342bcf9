"""`pulumi do <type> list` with a connection: what its project has, by ids that imports with it take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from commercetools_connect.emulator import ClientSpec, Emulator
from tests.frontends.plugin.conftest import LIMIT, Engine
from tests.frontends.plugin.test_listing import CREDENTIALS, listed, refusal
from tests.support.world import PROJECT, World, build_world

pytestmark = pytest.mark.skipif(
    not hasattr(provider_pb2, "ListRequest"), reason="the protocol of this SDK has no List"
)

SECRET = "c4n4ry-of-us"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Give a project of the provider and another one, with one deployment each."""
    with Emulator() as emulator, build_world(emulator) as world:
        world.deployed(key="api")
        dump: Any = emulator.admin.dump()
        (model,) = dump["deployments"]
        other = {**model, "id": "00000000-0000-4000-8000-000000000001", "key": "other", "project": "acme-us"}
        dump["deployments"].append(other)
        emulator.admin.load(dump)
        own = ClientSpec(clientId="demo-client", clientSecret="demo-secret", scopes=[f"manage_project:{PROJECT}"])
        # of the other project it may only see the drafts
        scopes = ["manage_project:acme-us", f"view_connectors:{PROJECT}"]
        emulator.admin.clients([own, ClientSpec(clientId="us", clientSecret=SECRET, scopes=scopes)])
        yield world


@pytest.fixture(scope="module")
def members(world: World) -> dict[str, str]:
    return {
        "clientId": "us",
        "clientSecret": SECRET,
        "projectKey": "acme-us",
        "connectUrl": world.emulator.url,
    }


@pytest.fixture(scope="module")
def configured(world: World, members: dict[str, str]) -> Iterator[Engine]:
    with Engine(configured=False, CORE="real") as engine:
        engine.handshake()
        connections = json.dumps({"us": members})
        engine.configure({**CREDENTIALS, "connectUrl": world.emulator.url, "connections": connections})
        yield engine


def test_ids_of_a_named_connection_begin_with_its_name_and_can_be_read(configured: Engine) -> None:
    ((id_, name),) = listed(configured, "Deployment", {"connection": "us"}).found
    drafts = listed(configured, "ConnectorStaged", {"connection": "us"}).ids
    publications = listed(configured, "ConnectorPublication", {"connection": "us"}).ids

    assert (id_, name) == ("us:acme-us/00000000-0000-4000-8000-000000000001", "other")
    assert publications[0].removesuffix("/publish") in drafts
    read = {"Deployment": id_, "ConnectorStaged": drafts[0], "ConnectorPublication": publications[0]}
    for kind, found in read.items():
        urn = f"urn:pulumi:dev::p::commercetools-connect:index:{kind}::x"
        answer = configured.stub.Read(provider_pb2.ReadRequest(id=found, urn=urn), timeout=LIMIT)
        assert answer.inputs["connection"] == "us"


@pytest.mark.parametrize("as_text", [True, False], ids=["JSON text", "object"])
def test_members_are_taken_and_the_ids_are_plain(
    configured: Engine, members: dict[str, str], as_text: bool
) -> None:
    query = {"connection": json.dumps(members) if as_text else members}

    assert listed(configured, "Deployment", query).ids == ["acme-us/00000000-0000-4000-8000-000000000001"]


def test_without_a_connection_the_project_of_the_provider_is_listed(configured: Engine) -> None:
    (found,) = listed(configured, "Deployment").ids
    assert found.startswith(f"{PROJECT}/")


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        ("eu", "there is no connection 'eu' in the configuration commercetools-connect:connections (known: us)"),
        ("1 2", "is no name of a connection"),
        ({"clientIdd": SECRET}, "connection.clientIdd: unknown argument; did you mean clientId"),
        (f'{{"clientId": {SECRET}', "must be the name of a connection, or a JSON object with its members"),
        (True, "must be the name of a connection"),
    ],
)
def test_a_mistake_in_a_connection_is_named_without_its_value(
    configured: Engine, connection: Any, said: str
) -> None:
    failure = refusal(configured, "Deployment", {"connection": connection})

    is_of_configuration = connection == "eu"
    assert failure.code is grpc.StatusCode["FAILED_PRECONDITION" if is_of_configuration else "INVALID_ARGUMENT"]
    assert said in failure.text
    assert SECRET not in failure.text


def test_a_page_continues_with_the_connection_that_it_began_with(world: World, configured: Engine) -> None:
    world.create("ConnectorStaged", world.staged_inputs(name="Idle"), "idle")
    query = {"connection": "us"}
    everything = listed(configured, "ConnectorStaged", query).ids

    first = listed(configured, "ConnectorStaged", query, page_size=1)
    second = listed(configured, "ConnectorStaged", query, continuation_token=first.token)
    again = listed(configured, "ConnectorStaged", query, page_size=1)
    other = refusal(configured, "ConnectorStaged", continuation_token=again.token)

    assert [*first.ids, *second.ids] == everything
    assert "cannot be continued" in other.text
