"""Functions in Python programs: the program's own configuration, real answers, and errors in words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret
from pulumi.runtime.stack import massage

from commercetools_connect import dynamic
from commercetools_connect.core.results import State
from commercetools_connect.dynamic import ConnectLookupError, Deployment, get_connector, get_connector_output
from commercetools_connect.emulator import Emulator
from commercetools_connect.frontends.dynamic.input_shapes import camel_case
from commercetools_connect.lookups.registry import FUNCTIONS
from tests.frontends.dynamic.programs import run_program
from tests.support.world import World, build_world

CANARY = "c4n4ry-5ecret-key"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def world(emulator: Emulator) -> Iterator[World]:
    """Give a marketplace, and a stack that is configured for it."""
    with build_world(emulator) as fresh:
        configuration = {"connectUrl": emulator.url, "clientId": "demo-client", "clientSecret": "demo-secret"}
        pulumi.runtime.set_all_config(
            {f"commercetools-connect:{name}": value for name, value in configuration.items()}
            | {"commercetools-connect:projectKey": "demo-project"}
        )
        yield fresh
        pulumi.runtime.set_all_config({})


@pytest.fixture
def greeter(world: World) -> State:
    staged, _ = world.published(key="acme-greeter")
    world.emulator.admin.clear_journal()
    return staged


def outputs_of(program: Callable[[], pulumi.Output[Any]], *, preview: bool = False) -> dict[str, Any]:
    """Return what becomes of an output: its value, and whether it is known and secret."""
    seen: dict[str, Any] = {}

    def run() -> pulumi.Output[None]:
        output = program()

        async def look() -> None:
            seen.update(
                known=await output.is_known(), secret=await output.is_secret(), value=await output.future()
            )

        return pulumi.Output.from_input(look())

    run_program(run, preview=preview)
    return seen


def test_every_function_is_there_with_its_arguments_in_both_forms() -> None:
    for name, function in FUNCTIONS.items():
        python = "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
        wanted = [info.alias for info in function.inputs.model_fields.values()]
        for form in (python, f"{python}_output"):
            named = list(inspect.signature(getattr(dynamic, form)).parameters)
            assert sorted(map(camel_case, named)) == sorted([*wanted, "connection"]), form
            assert form in dynamic.__all__


def test_a_program_looks_up_a_connector_while_it_runs_in_a_preview_and_in_an_up(greeter: State) -> None:
    found: list[Any] = []

    for preview in (True, False):
        run_program(lambda: found.append(get_connector(key="acme-greeter")), preview=preview)

    assert [each.id for each in found] == [greeter.id, greeter.id]


def test_a_result_is_a_dictionary_with_attributes_to_type_checkers_too(greeter: State) -> None:
    """`make lint` checks the types here; the models that annotate results agree with what a program gets."""
    found = get_connector(key="acme-greeter")

    assert found["id"] == found.id == greeter.id
    assert found.repository["url"] == found["repository"].url
    with pytest.raises(KeyError):
        found["identity"]


@pytest.mark.usefixtures("greeter")
def test_calls_of_one_configuration_share_one_client(world: World) -> None:
    get_connector(key="acme-greeter")
    world.emulator.admin.clear_journal()

    run_program(lambda: [get_connector(key="acme-greeter") for _ in range(3)] and None)

    called = [call["path"] for call in world.emulator.admin.journal()]
    assert called == ["/connectors/key=acme-greeter"] * 3


def test_an_output_is_looked_up_when_it_is_known(greeter: State) -> None:
    seen = outputs_of(lambda: get_connector_output(id=pulumi.Output.from_input(greeter.id)).name)
    assert seen == {"known": True, "secret": False, "value": "Greeter"}


def test_what_a_preview_does_not_know_is_not_looked_up(world: World) -> None:
    async def soon(value: object) -> Any:
        return value

    def program() -> pulumi.Output[Any]:
        nothing: pulumi.Output[str] = pulumi.Output(set(), soon(None), soon(value=False))
        return get_connector_output(id=nothing)

    seen = outputs_of(program, preview=True)

    assert (seen["known"], seen["value"]) == (False, None)
    assert world.calls() == []


def test_a_secret_argument_makes_the_result_secret(greeter: State) -> None:
    seen = outputs_of(lambda: get_connector_output(key=pulumi.Output.secret("acme-greeter")))
    assert (seen["secret"], seen["value"].id) == (True, greeter.id)


def test_a_result_can_be_passed_on_to_a_resource(greeter: State) -> None:
    def program() -> None:
        template = dynamic.get_configuration_template(id=greeter.id)
        Deployment(
            "filled",
            connector={"id": template.connector_id},
            region="europe-west1.gcp",
            configurations=template.fill(
                {"service": {"SHOP_NAME": "A", "API_TOKEN": pulumi.Output.secret(CANARY)}}
            ),
        )
        Deployment(
            "as-it-is",
            connector={"id": template.connector_id},
            region="europe-west1.gcp",
            configurations=template.configurations,
        )

    monitor = run_program(program)

    filled: Any = monitor.inputs("filled")["configurations"]
    assert filled["service"]["standardConfiguration"] == {"GREETING": "Hello", "SHOP_NAME": "A"}
    token = filled["service"]["securedConfiguration"]["API_TOKEN"]
    assert is_rpc_secret(token)
    assert unwrap_rpc_secret(token) == CANARY
    plain: Any = monitor.inputs("as-it-is")["configurations"]
    assert plain["service"]["standardConfiguration"] == {"GREETING": "Hello"}


def test_a_result_has_attributes_and_is_a_dictionary_of_the_same_names(greeter: State) -> None:
    template: Any = dynamic.get_configuration_template(id=greeter.id)

    assert template["settings"][0]["key"] == template.settings[0].key == "GREETING"
    assert {**template}["connector_id"] == greeter.id
    with pytest.raises(AttributeError, match="nonsense"):
        _ = template.nonsense


@pytest.mark.usefixtures("greeter")
def test_a_result_can_be_exported() -> None:
    exported: Any = massage(get_connector(key="acme-greeter"), [])

    assert exported["repository"]["tag"] == "v1.0.0"
    assert exported["configurations"][0]["application_name"] == "service"


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (lambda: get_connector(key="unknown"), "get_connector"),
        (get_connector, "exactly one of id and key"),
        (lambda: get_connector(id="a", connection="mars"), "connection: there is no connection 'mars'"),
        (
            lambda: dynamic.get_deployment_revisions(key="x-1"),
            "pulumi config set commercetools-connect:experimental",
        ),
        (lambda: get_connector(id=pulumi.Output.from_input("x")), "_output"),  # type: ignore[arg-type]  # it is a mistake
        (lambda: dynamic.search_connectors(limit=0), "limit: must be at least 1"),
    ],
)
@pytest.mark.usefixtures("world")
def test_what_goes_wrong_ends_the_program_with_words_and_without_a_traceback(
    look: Callable[[], object], said: str
) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        run_program(lambda: look() and None)

    assert isinstance(caught.value, ConnectLookupError)
    assert said in str(caught.value).replace("getConnector:", "get_connector:")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.usefixtures("world")
def test_a_secret_argument_is_in_no_error() -> None:
    with pytest.raises(ConnectLookupError) as caught:
        run_program(lambda: get_connector_output(key=pulumi.Output.secret(CANARY)))

    assert "there is no published Connector" in str(caught.value)
    assert CANARY not in str(caught.value)


def test_other_credentials_are_used_by_the_name_of_their_connection(world: World, greeter: State) -> None:
    pulumi.runtime.set_config(
        "commercetools-connect:connections",
        f'{{"other": {{"connectUrl": "{world.emulator.url}", "clientId": "other", "clientSecret": "{CANARY}"}}}}',
    )

    with pytest.raises(ConnectLookupError) as caught:
        get_connector(key="acme-greeter", connection="other")

    assert "401" in str(caught.value)
    assert "The credentials are those of the connection other." in str(caught.value)
    assert "Check commercetools-connect:connections.other.clientId" in str(caught.value)
    assert CANARY not in str(caught.value)
    assert get_connector(key="acme-greeter").id == greeter.id
