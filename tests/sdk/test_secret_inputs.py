"""Python programs: what is secret is marked before Pulumi sees it, and no wrong input is shown."""

from __future__ import annotations

import importlib
import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

import pulumi
import pytest

from commercetools_connect import dynamic
from commercetools_connect.core.values import SECRETS_MARK, SIGNATURE
from tests.frontends.dynamic.programs import run_program
from tests.support.canaries import Canaries
from tests.support.python_sdk import install_python_sdk

CANARY = "-".join(["canary", "8c1f0a52", "of", "an", "input"])
CANARIES = Canaries([CANARY])
DAY = date(2026, 11, 30)
TAG = "v1"

Kit = Any
"""Either the generated SDK or the dynamic classes: both have the same names for resources and arguments."""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Return the generated SDK, installed the way a user installs it."""
    site = str(install_python_sdk(tmp_path_factory.mktemp("sdk")))
    sys.path.insert(0, site)
    try:
        yield importlib.import_module("pulumi_commercetools_connect")
    finally:
        sys.path.remove(site)


@pytest.fixture(params=["generated", "dynamic"])
def kit(request: pytest.FixtureRequest) -> Kit:
    return request.getfixturevalue("generated") if request.param == "generated" else dynamic


def deployment(kit: Kit, **inputs: Any) -> None:
    kit.Deployment("shop", connector={"key": "carts"}, region="europe-west1.gcp", **inputs)


def rollout(kit: Kit, **target: Any) -> None:
    # The dynamic Rollout gets credentials by the name of a connection, and the SDK's as inputs.
    own = {"connection": "eu"} if kit is dynamic else {"client_id": "me", "client_secret": CANARY}
    eu = {"name": "eu", "region": "europe-west1.gcp", "project_key": "acme", **own, **target}
    kit.Rollout("release", connector={"key": "carts"}, connector_tag=TAG, targets=[eu])


def service(**members: Any) -> dict[str, Any]:
    return {"service": members}


VENDORS = [{"key": "API_TOKEN", "value": CANARY}]
SECRETS = {"API_TOKEN": CANARY}
ODD = {
    "date": DAY,
    "Decimal": Decimal(1),
    "set": {CANARY},
    "tuple": (CANARY,),
    "bytes": CANARY.encode(),
    "list": [CANARY],
    "map": {"value": CANARY},
    "class": type("Object", (), {"__repr__": lambda _: CANARY})(),
    "surrogate": CANARY + "\ud800",
}
SHAPES: dict[str, tuple[str, Any]] = {
    "vendor's values": (".service.secured_configuration", service(secured_configuration=VENDORS)),
    "vendor's names": (".service.securedConfiguration", service(securedConfiguration=VENDORS)),
    "vendor's applications": ("", [{"applicationName": "service", "securedConfiguration": VENDORS}]),
    "text for values": (".service.secured_configuration", service(secured_configuration=CANARY)),
    "text for an application": (".service", {"service": CANARY}),
    "text for all": ("", CANARY),
    "a key that is not text": (".service.secured_configuration", service(secured_configuration={7: CANARY})),
    **{
        f"{name} as a secret": (".service.secured_configuration.KEY", service(secured_configuration={"KEY": odd}))
        for name, odd in ODD.items()
    },
    **{
        f"{name} beside a secret": (
            ".service.standard_configuration.KEY",
            service(secured_configuration=SECRETS, standard_configuration={"KEY": odd}),
        )
        for name, odd in ODD.items()
    },
    "date in a misspelt member": (
        ".service.secured_configurations.KEY",
        service(secured_configurations={"KEY": DAY}),
    ),
}


def everything_said(error: BaseException | None) -> Iterator[str]:
    """Yield an exception in every form, and those behind it."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:  # Pulumi raises exceptions from themselves
        seen.append(error)
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        yield "".join(traceback.format_exception(error))
        if isinstance(error, UnicodeError):
            yield repr(getattr(error, "object", ""))
        error = error.__cause__ or error.__context__


def refusal(
    program: Callable[[], object], output: pytest.CaptureFixture[str], log: pytest.LogCaptureFixture
) -> str:
    """Run a program that must be refused, and return the message once no canary was found in all it left."""
    log.set_level(logging.DEBUG)
    with pytest.raises(Exception) as info:  # noqa: PT011 - no exception may hold the value
        run_program(program)
    caught = info.value
    said = [*everything_said(caught), *output.readouterr(), log.text]
    assert CANARIES.found_in("\n".join(said)) == []
    assert isinstance(caught, pulumi.RunError), type(caught)  # the only one that Pulumi shows without a traceback
    return str(caught)


@pytest.mark.parametrize("later", [False, True], ids=["known", "output"])
@pytest.mark.parametrize("case", SHAPES)
def test_a_wrong_configuration_is_refused_with_its_path_and_without_a_value(
    kit: Kit, case: str, later: bool, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path, value = SHAPES[case]
    if later and case == "a key that is not text":
        pytest.skip("Pulumi's own `Output` refuses such a key, and shows no value")

    def program() -> None:
        deployment(kit, configurations=pulumi.Output.from_input(1).apply(lambda _: value) if later else value)

    said = refusal(program, capsys, caplog)

    assert said.startswith(f"Deployment 'shop': the input configurations{path} "), said


@pytest.mark.parametrize("case", SHAPES)
def test_a_wrong_value_of_a_rollouts_target_is_refused_the_same_way(
    kit: Kit, case: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path, value = SHAPES[case]

    said = refusal(lambda: rollout(kit, configurations=value), capsys, caplog)

    assert said.startswith(f"Rollout 'release': the input targets[0].configurations{path} "), said


def test_the_form_of_the_api_gets_the_right_form_as_an_answer(
    kit: Kit, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    said = refusal(
        lambda: deployment(kit, global_configuration={"secured_configuration": VENDORS}), capsys, caplog
    )

    assert "the input global_configuration.secured_configuration is of type list" in said
    assert 'Write {"NAME": value} and not [{"key": "NAME", "value": value}]' in said


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("later", [False, True], ids=["known", "output"])
def test_a_wrong_client_secret_is_refused(
    generated: Kit, odd: str, later: bool, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Of a provider and of a rollout's target."""

    def given() -> Any:
        return pulumi.Output.from_input(1).apply(lambda _: ODD[odd]) if later else ODD[odd]

    said = refusal(lambda: generated.Provider("acme", client_secret=given()), capsys, caplog)
    assert said.startswith("Provider 'acme': the input client_secret "), said

    said = refusal(lambda: rollout(generated, client_secret=given()), capsys, caplog)
    assert said.startswith("Rollout 'release': the input targets[0].client_secret "), said


def test_an_input_that_holds_no_secrets_is_not_shown_either(
    kit: Kit, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A trigger may be anything, and an address of a repository may hold a token."""
    trigger = {"token": CANARY, "since": DAY}
    said = refusal(lambda: deployment(kit, redeploy_trigger=trigger), capsys, caplog)
    assert said.startswith("Deployment 'shop': the input redeploy_trigger.since is of type date"), said

    def draft() -> None:
        repository = {"url": f"https://{CANARY}@example.com/a.git", "tag": DAY}
        kit.ConnectorStaged("draft", name="n", creator={"email": "a@b.c"}, repository=repository)

    said = refusal(draft, capsys, caplog)
    assert said.startswith("ConnectorStaged 'draft': the input repository.tag is of type date"), said


def outside_of_secrets(value: Any) -> str:
    """Return what is registered, without what is marked."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRETS_MARK or value.get("secret") is True:
            return "[secret]"
        return str({name: outside_of_secrets(child) for name, child in value.items()})
    return str([outside_of_secrets(child) for child in value]) if isinstance(value, list) else str(value)


def later(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(1).apply(lambda _: value)


GOOD: dict[str, Callable[[Kit], Any]] = {
    "plain": lambda _: service(secured_configuration=SECRETS, schedule="* * * * *"),
    "API's names": lambda _: service(securedConfiguration=SECRETS, schedule="* * * * *"),
    "output of all": lambda _: later(service(secured_configuration=SECRETS, schedule="* * * * *")),
    "output of an application": lambda _: {
        "service": later({"secured_configuration": SECRETS, "schedule": "* * * * *"})
    },
    "output of a map": lambda _: service(secured_configuration=later(SECRETS), schedule="* * * * *"),
    "output of a value": lambda _: service(
        secured_configuration={"API_TOKEN": later(CANARY)}, schedule="* * * * *"
    ),
    "class": lambda kit: {
        "service": kit.ApplicationConfigurationArgs(secured_configuration=SECRETS, schedule="* * * * *")
    },
}


@pytest.mark.parametrize("form", GOOD)
def test_every_secured_value_is_marked_in_each_form_in_which_it_can_be_written(kit: Kit, form: str) -> None:
    """Each by itself, so that a state still shows the names of the keys."""

    def program() -> None:
        configurations = GOOD[form](kit)
        deployment(kit, configurations=configurations, global_configuration={"secured_configuration": SECRETS})
        rollout(kit, configurations=GOOD[form](kit))

    monitor = run_program(program)

    sent = monitor.inputs("shop")["configurations"]["service"]
    assert sent["securedConfiguration"]["API_TOKEN"] == {SIGNATURE: SECRETS_MARK, "value": CANARY}
    assert sent["schedule"] == "* * * * *"
    kept = [outside_of_secrets(monitor.inputs(request.name)) for request in monitor.requests]
    assert CANARIES.found_in("\n".join(kept)) == []
    assert sum("[secret]" in each for each in kept) >= 2


def test_a_client_secret_is_marked(generated: Kit) -> None:
    """Of a provider and of a rollout's target; what stands beside it stays legible."""

    def program() -> None:
        generated.Provider("acme", client_id="me", client_secret=CANARY)
        rollout(generated)

    monitor = run_program(program)

    assert monitor.inputs("acme")["clientSecret"] == {SIGNATURE: SECRETS_MARK, "value": CANARY}
    (target,) = monitor.inputs("release")["targets"]
    assert "[secret]" in outside_of_secrets(target)
    assert CANARIES.found_in(outside_of_secrets(target)) == []
    assert (target["clientId"], target["projectKey"]) == ("me", "acme")


CONNECTION = {"region": "europe-west1.gcp", "client_id": "me", "client_secret": CANARY}
CONNECTIONS: dict[str, Callable[[Kit], Any]] = {
    "plain": lambda _: CONNECTION,
    "API's names": lambda _: {"region": "europe-west1.gcp", "clientId": "me", "clientSecret": CANARY},
    "output of all": lambda _: later(CONNECTION),
    "output of a value": lambda _: {**CONNECTION, "client_secret": later(CANARY)},
    "class": lambda kit: kit.ConnectionArgs(**CONNECTION) if hasattr(kit, "Provider") else CONNECTION,
}


@pytest.mark.parametrize("form", CONNECTIONS)
def test_the_secret_of_a_connection_is_marked_in_each_form_in_which_it_can_be_written(kit: Kit, form: str) -> None:
    """Its members have Pulumi's names then, and what is not a secret stays legible."""
    monitor = run_program(lambda: deployment(kit, connection=CONNECTIONS[form](kit)))

    assert monitor.inputs("shop")["connection"] == {
        "region": "europe-west1.gcp",
        "clientId": "me",
        "clientSecret": {SIGNATURE: SECRETS_MARK, "value": CANARY},
    }


def test_a_connection_may_be_a_name(kit: Kit) -> None:
    monitor = run_program(lambda: deployment(kit, connection="eu"))

    assert monitor.inputs("shop")["connection"] == "eu"


def test_a_wrong_connection_is_refused_without_its_value(
    kit: Kit, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    said = refusal(lambda: deployment(kit, connection=[CANARY]), capsys, caplog)

    assert "the input connection is of type list, but a map by name is expected" in said


@pytest.mark.parametrize("form", CONNECTIONS)
def test_the_connections_of_a_provider_are_one_secret_text(generated: Kit, form: str) -> None:
    monitor = run_program(
        lambda: generated.Provider("acme", connections={"eu": CONNECTIONS[form](generated)}) and None
    )

    sealed = monitor.inputs("acme")["connections"]
    assert sealed[SIGNATURE] == SECRETS_MARK
    assert json.loads(sealed["value"]) == {
        "eu": {"region": "europe-west1.gcp", "clientId": "me", "clientSecret": CANARY}
    }


def test_arguments_of_the_generated_classes_are_left_as_they_are(generated: Kit) -> None:
    """A program may use one object for several resources."""
    arguments = generated.DeploymentArgs(
        connector=generated.ConnectorReferenceArgs(key="carts"),
        region="europe-west1.gcp",
        configurations={"service": generated.ApplicationConfigurationArgs(secured_configuration=SECRETS)},
    )

    monitor = run_program(lambda: [generated.Deployment(name, arguments) for name in ("a", "b")])

    for name in ("a", "b"):
        assert CANARIES.found_in(outside_of_secrets(monitor.inputs(name))) == []
    assert arguments.configurations["service"].secured_configuration == SECRETS
