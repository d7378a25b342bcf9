"""A rollout is validated alike by both frontends, before anything is declared."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import provider_pb2

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.dynamic import Rollout
from commercetools_connect.frontends.plugin import construct
from tests.frontends.agreement.engine_clients import struct
from tests.frontends.dynamic.programs import run_program
from tests.support.marks import UNKNOWN
from tests.unit.rollout.programs import CREATOR, rollout, target

CANARY = "c4n4ry-5ecret"
DRAFT = {"name": "Greeter", "repositoryUrl": "https://github.com/acme/greeter.git", "creator": CREATOR}


def failures_of_the_plugin(**changes: Any) -> list[str]:
    inputs = rollout(target("dev"), **changes)
    request = provider_pb2.ConstructRequest(type="commercetools-connect:index:Rollout", inputs=struct(inputs))
    with pytest.raises(InvalidInputError) as caught:
        construct._inputs(request)
    return str(caught.value).splitlines()


def failures_of_a_program(**changes: Any) -> list[str]:
    said: list[str] = []

    def program() -> None:
        inputs: dict[str, Any] = {**rollout(target("dev")), **changes}
        inputs["connector_tag"] = inputs.pop("connectorTag")
        inputs["targets"] = [{"name": "dev", "region": "europe-west1.gcp", "connection": "dev"}]
        known = {name: value for name, value in inputs.items() if value is not None}
        with pytest.raises(pulumi.RunError) as caught:
            Rollout("release", **known)
        said.extend(str(caught.value).splitlines())

    monitor = run_program(program)
    assert not [each for each in monitor.requests if each.type.endswith(":Deployment")]
    assert said.pop(0) == "Rollout 'release' cannot be declared:"
    return [line.strip() for line in said]


@pytest.mark.parametrize("value", ["y", CANARY, UNKNOWN])
@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("connector", "connector.keey: unknown argument; did you mean key?"),
        ("draft", "draft.descripton: unknown argument; did you mean description?"),
        ("creator", "draft.creator.emial: unknown argument; did you mean email?"),
        ("configurations", "configurations.service.shedule: unknown argument; did you mean schedule?"),
        ("waves", "waves[0].baketime: unknown argument; did you mean bakeTime?"),
        ("checks", "checks[0].pth: unknown argument; did you mean path?"),
    ],
)
def test_a_misspelt_member_is_a_failure_with_its_path_and_a_suggestion(where: str, found: str, value: str) -> None:
    """The value may be a secret, and is not shown."""
    changes: dict[str, dict[str, Any]] = {
        "connector": {"connector": {"key": "greeter", "keey": value}},
        "draft": {"connector": None, "draft": {**DRAFT, "descripton": value}},
        "creator": {"connector": None, "draft": {**DRAFT, "creator": {**CREATOR, "emial": value}}},
        "configurations": {"configurations": {"service": {"shedule": value}}},
        "waves": {"waves": [{"name": "all", "baketime": value}]},
        "checks": {"checks": [{"application": "service", "path": "/", "pth": value}]},
    }

    assert failures_of_the_plugin(**changes[where]) == failures_of_a_program(**changes[where]) == [found]
