"""Every function answers the engine: with a result, with every mistake, or with an error in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from commercetools_connect.emulator import Emulator
from commercetools_connect.lookups.registry import FUNCTIONS
from tests.frontends.plugin.conftest import LIMIT, Engine, plain, secret, struct
from tests.support.marks import SECRETS_MARK, SIGNATURE, UNKNOWN
from tests.support.world import World, build_world

CANARY = "c4n4ry-5ecret-key"
NAMES = sorted(FUNCTIONS)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Give one deployment of one connector, all of whose functions have something to find."""
    with Emulator() as emulator, build_world(emulator) as fresh:
        fresh.deployed(key="greeter-dev")
        yield fresh


@pytest.fixture(scope="module")
def functions(world: World) -> Iterator[Engine]:
    with Engine(configured=False, CORE="real") as running:
        running.handshake()
        running.configure(
            {
                "connectUrl": world.emulator.url,
                "clientId": "demo-client",
                "clientSecret": "demo-secret",
                "projectKey": "demo-project",
                "experimental": "getDeploymentRevisions",
            }
        )
        yield running


def invoke(engine: Engine, name: str, arguments: dict[str, Any]) -> provider_pb2.InvokeResponse:
    request = provider_pb2.InvokeRequest(tok=f"commercetools-connect:index:{name}", args=struct(arguments))
    answer: provider_pb2.InvokeResponse = engine.stub.Invoke(request, timeout=LIMIT)
    return answer


def returned(response: provider_pb2.InvokeResponse) -> dict[str, Any]:
    assert not response.failures
    return plain(getattr(response, "return"))


def known(world: World, name: str) -> dict[str, Any]:
    """Return arguments with which there is something to find."""
    if name.startswith(("list", "search")):
        return {"maxResults": 1}
    if "Deployment" in name or name == "getWiring":
        return {"key": "greeter-dev"}
    (connector,) = world.emulator.admin.dump()["connectors"]
    return {"id": connector["id"]}


def test_the_schema_and_the_frontend_have_the_same_functions(functions: Engine) -> None:
    schema = json.loads(functions.stub.GetSchema(provider_pb2.GetSchemaRequest(), timeout=LIMIT).schema)
    assert sorted(schema["functions"]) == [f"commercetools-connect:index:{name}" for name in NAMES]
    for name, function in FUNCTIONS.items():
        declared = schema["functions"][f"commercetools-connect:index:{name}"]
        assert declared["description"]
        assert tuple(declared["outputs"]["properties"]) == function.output_names
        for part in ("inputs", "outputs"):
            assert all(each["description"] for each in declared[part]["properties"].values())


@pytest.mark.parametrize("name", NAMES)
def test_known_arguments_give_all_that_the_schema_promises(functions: Engine, world: World, name: str) -> None:
    result = returned(invoke(functions, name, known(world, name)))

    required = {
        info.alias or key for key, info in FUNCTIONS[name].result.model_fields.items() if info.is_required()
    }
    assert required <= set(result) <= set(FUNCTIONS[name].output_names)
    assert SIGNATURE not in str(result)


@pytest.mark.parametrize("name", NAMES)
def test_null_arguments_are_absent_ones(functions: Engine, world: World, name: str) -> None:
    absent = {info.alias: None for info in FUNCTIONS[name].inputs.model_fields.values()}
    arguments = known(world, name)

    assert returned(invoke(functions, name, {**absent, **arguments})) == returned(
        invoke(functions, name, arguments)
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_known_yet_gives_a_result_that_is_not_known_yet(functions: Engine, name: str) -> None:
    argument = next(info.alias for info in FUNCTIONS[name].inputs.model_fields.values())

    result = returned(invoke(functions, name, {argument: UNKNOWN}))

    assert result == dict.fromkeys(FUNCTIONS[name].output_names, UNKNOWN)


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_beside_something_unknown_is_reported_already(functions: Engine, name: str) -> None:
    argument = next(info.alias for info in FUNCTIONS[name].inputs.model_fields.values())

    response = invoke(functions, name, {argument: UNKNOWN, "nonsense": 1})

    assert [each.reason.split(";")[0] for each in response.failures] == ["nonsense: unknown argument"]


def test_a_connection_that_is_not_configured_is_a_mistake_also_beside_something_unknown(functions: Engine) -> None:
    for key in ("greeter-dev", UNKNOWN):
        response = invoke(functions, "getDeployment", {"key": key, "connection": "mars"})
        (failure,) = response.failures
        assert failure.reason.startswith("connection: there is no connection 'mars' in the configuration")
        assert failure.property == ""


@pytest.mark.parametrize("key", ["greeter-dev", UNKNOWN])
def test_a_mistake_in_a_connection_is_found_also_before_a_configuration(key: str) -> None:
    with Engine(configured=False, CORE="real") as unconfigured:
        unconfigured.handshake()
        response = invoke(unconfigured, "getDeployment", {"key": key, "connection": {"clientid": CANARY}})

    assert [each.reason for each in response.failures] == [
        "connection.clientid: unknown argument; did you mean clientId?"
    ]


@pytest.mark.parametrize("connection", [UNKNOWN, {"projectKey": "acme", "clientSecret": UNKNOWN}])
def test_a_connection_that_is_not_known_yet_makes_no_call(
    functions: Engine, world: World, connection: Any
) -> None:
    world.emulator.admin.clear_journal()

    result = returned(invoke(functions, "getDeployment", {"key": "greeter-dev", "connection": connection}))

    assert result == dict.fromkeys(FUNCTIONS["getDeployment"].output_names, UNKNOWN)
    assert not world.emulator.admin.journal()


def test_an_error_is_about_the_connection_of_the_call(functions: Engine, world: World) -> None:
    wrong = {"connectUrl": world.emulator.url, "clientId": "mars", "clientSecret": CANARY, "projectKey": "acme"}
    with pytest.raises(grpc.RpcError) as caught:
        invoke(functions, "getDeployment", {"key": "greeter-dev", "connection": secret(wrong)})

    said = str(caught.value.details())
    assert "The credentials are those of its inline connection, for project acme." in said
    assert "Check connection.clientId and connection.clientSecret" in said
    assert CANARY not in said


@pytest.mark.parametrize("name", NAMES)
def test_arguments_that_do_not_exist_are_all_named(functions: Engine, world: World, name: str) -> None:
    response = invoke(functions, name, {**known(world, name), "nonsense": 1, "connectorTag": "v1"})

    assert sorted(each.reason.split(":")[0] for each in response.failures) == ["connectorTag", "nonsense"]
    assert {each.property for each in response.failures} == {""}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_with_a_secret_is_secret(functions: Engine, world: World, name: str) -> None:
    arguments = {argument: secret(value) for argument, value in known(world, name).items()}

    result = returned(invoke(functions, name, arguments))

    assert result
    assert all(value[SIGNATURE] == SECRETS_MARK for value in result.values())


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("list", "search"))])
def test_what_is_not_found_is_an_error_without_the_secret_that_was_looked_for(
    functions: Engine, name: str
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        invoke(functions, name, {"key": secret(CANARY)})

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert "there is no " in caught.value.details()
    assert CANARY not in caught.value.details()
    assert CANARY not in "".join(functions.errors)


@pytest.mark.parametrize("token", ["commercetools-connect:index:getNothing", "other:index:getConnector"])
def test_a_function_that_does_not_exist_is_an_error_that_names_those_that_do(
    functions: Engine, token: str
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        functions.stub.Invoke(provider_pb2.InvokeRequest(tok=token), timeout=LIMIT)

    assert f"has no function '{token}'" in caught.value.details()
    assert "searchConnectors" in caught.value.details()


def test_without_credentials_and_network_a_function_is_an_error_in_words(unplugged: Engine) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        invoke(unplugged, "getConnector", {"key": "acme"})

    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "It is not known which commercetools region to talk to" in caught.value.details()
