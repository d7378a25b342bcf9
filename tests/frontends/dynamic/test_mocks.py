"""Programs in unit tests, with the mocks that Pulumi's documentation teaches: no call leaves the test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockMonitor

from commercetools_connect import dynamic
from commercetools_connect.dynamic import ConnectLookupError
from commercetools_connect.frontends.dynamic import pulumi_internals
from commercetools_connect.lookups.registry import FUNCTIONS
from tests.frontends.dynamic.programs import program_runtime

CANARY = "c4n4ry-5ecret"


class Mocks(pulumi.runtime.Mocks):
    """The mocks of a user's test."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answer: dict[str, Any] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        self.calls.append((args.token, dict(args.args)))
        return self.answer


class Monitor(MockMonitor):
    """Pulumi's own, which leaves the event loops of its threads open."""

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            return super().Invoke(request)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


@pytest.fixture
def mocks() -> Iterator[Mocks]:
    """Give mocks that are set up; without any configuration, so that a real call would fail."""
    mocks = Mocks()
    with program_runtime():
        pulumi.runtime.set_mocks(mocks, preview=False, monitor=Monitor(mocks))
        yield mocks
        pulumi.runtime.settings.configure(pulumi.runtime.settings.Settings(project="", stack=""))


def value_of(output: pulumi.Output[Any]) -> Any:
    """Wait for an output, as a test does."""
    seen: list[Any] = []
    pulumi.runtime.test(lambda: output.apply(seen.append))()
    return seen[0]


def test_a_look_up_is_answered_by_the_mocks(mocks: Mocks) -> None:
    mocks.answer = {"id": "c-1", "version": 3, "repository": {"tag": "v1"}}

    found = dynamic.get_connector(key="tax", connection="shop")

    assert mocks.calls == [("commercetools-connect:index:getConnector", {"key": "tax", "connection": "shop"})]
    assert (found.id, found.version, found.repository.tag, found.key) == ("c-1", 3, "v1", None)
    assert isinstance(found.version, int)


def test_a_look_up_for_outputs_is_answered_by_the_mocks(mocks: Mocks) -> None:
    mocks.answer = {"deployments": [{"id": "d-1", "status": "Deployed"}], "has_more": False}

    found = value_of(dynamic.list_deployments_output(connector_key=pulumi.Output.from_input("tax")))

    assert mocks.calls == [("commercetools-connect:index:listDeployments", {"connectorKey": "tax"})]
    assert [each.status for each in found.deployments] == ["Deployed"]
    assert found["has_more"] is False


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_goes_through_the_mocks(mocks: Mocks, name: str) -> None:
    python = "".join(f"_{char.lower()}" if char.isupper() else char for char in name)

    getattr(dynamic, python)()
    value_of(getattr(dynamic, f"{python}_output")())

    assert [token for token, _ in mocks.calls] == [f"commercetools-connect:index:{name}"] * 2


def test_a_template_of_the_mocks_can_be_filled(mocks: Mocks) -> None:
    mocks.answer = {
        "configurations": {"app": {"standardConfiguration": {"MODE": "test"}, "securedConfiguration": {}}},
        "settings": [{"application": "app", "key": "TOKEN", "secured": True, "required": True}],
    }

    filled = dynamic.get_configuration_template(key="tax").fill({"app": {"TOKEN": CANARY}})

    assert filled["app"]["secured_configuration"] == {"TOKEN": CANARY}


def test_a_misspelt_member_of_an_answer_is_reported(mocks: Mocks) -> None:
    mocks.answer = {"deployments": [{"statsu": CANARY}]}

    with pytest.raises(ConnectLookupError) as caught:
        dynamic.list_deployments()

    assert "listDeployments: the answer of the mocks at deployments[0] has a member 'statsu'" in str(caught.value)
    assert "status" in str(caught.value)
    assert CANARY not in str(caught.value)


def test_outside_of_unit_tests_functions_call_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if a later Pulumi has no such mocks."""
    assert not pulumi_internals.runs_under_mocks()
    monkeypatch.delattr("pulumi.runtime.mocks.MockMonitor")
    monkeypatch.setattr(pulumi_internals, "_WARNED", set())
    assert not pulumi_internals.runs_under_mocks()


def test_the_mocks_of_this_pulumi_are_recognized(mocks: Mocks) -> None:
    assert mocks.calls == []
    assert pulumi_internals.runs_under_mocks()
