"""What a resource declares of its outputs is what its objects really show."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.results import State
from commercetools_connect.core.values import unwrap_secrets
from commercetools_connect.resources.provider import RESOURCE_SCHEMAS
from commercetools_connect.resources.session import HOST
from tests.resources import gates
from tests.support.world import PROJECT, REGION, REPOSITORY, World


@pytest.fixture
def live(world: World) -> dict[str, State]:
    """Return the state of one object of each kind."""
    staged = world.create(
        "ConnectorStaged",
        {
            "name": "Greeter",
            "creator": {"email": "dev@acme.example"},
            "repository": {"url": REPOSITORY, "tag": "v1.0.0"},
            "privateProjects": [f"{REGION}:{PROJECT}"],
        },
    )
    publication = world.create(
        "ConnectorPublication", {"connectorStagedId": staged.id, "tag": "v1.0.0", "target": "private"}
    )
    deployment = world.create(
        "Deployment",
        {
            "region": REGION,
            "connector": {"id": staged.id},
            "configurations": {
                "service": {
                    "standardConfiguration": {"SHOP_NAME": "Acme"},
                    "securedConfiguration": {"API_TOKEN": "t"},
                }
            },
        },
    )
    gate = world.create("RolloutGate", gates.inputs())
    return {
        "ConnectorStaged": staged,
        "ConnectorPublication": publication,
        "Deployment": deployment,
        "RolloutGate": gate,
    }


def test_the_outputs_are_those_that_are_declared(live: dict[str, State], world: World) -> None:
    """Each output of a real object has its declared type, after create and after read; none is missing."""
    for kind, state in live.items():
        declared = RESOURCE_SCHEMAS[kind]
        for seen in (state, world.read(kind, state)):
            assert seen is not None
            outputs: Any = unwrap_secrets(seen.outputs)
            own = {k: v for k, v in outputs.items() if k not in (*declared.input_names, HOST)}
            declared.state.model_validate(own)
