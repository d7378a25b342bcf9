"""A required key that the deployment holds already is not missing in a preview of an update."""

from __future__ import annotations

import pytest

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN
from tests.resources.deployments import (
    DEPLOYMENT,
    canary,
    previews,
    same_inputs,
    simple,
)
from tests.support.world import REPOSITORY, World


class TestHeldAlready:
    """A required key that a running deployment holds need not be in the program: imports leave secrets out."""

    def test_a_secret_that_the_deployment_holds_may_be_missing(self, world: World) -> None:
        state = demanding(world)
        inputs = same_inputs(world, state, configurations=simple(NOTE="n"))
        imported = State(state.id, {**state.outputs, "configurations": {"service": {}}})

        assert world.diff(DEPLOYMENT, imported, inputs)

    def test_a_value_that_another_client_has_set_may_be_missing(self, world: World) -> None:
        state = demanding(world)
        imported = State(state.id, {**state.outputs, "configurations": {"service": {}}})

        assert world.diff(
            DEPLOYMENT, imported, same_inputs(world, state, configurations={"nightly-job": {"schedule": "@daily"}})
        )

    def test_a_create_that_takes_over_needs_no_secret(self, world: World) -> None:
        state = demanding(world)
        inputs = same_inputs(world, state, configurations=simple(), key="mine", adopt=True)

        assert previews(world, {"greeter": {**inputs, "key": str(state.outputs["key"])}}) == {"greeter": []}
        (missing,) = previews(world, {"greeter": inputs})["greeter"]
        assert missing.startswith("configurations.service.securedConfiguration.API_TOKEN: is required")

    def test_the_first_preview_of_a_stack_tells_what_is_missing_although_its_keys_are_not_known(
        self, world: World
    ) -> None:
        """Nothing can stand under a key that is derived from a provider which is not there yet."""
        inputs = same_inputs(world, demanding(world), configurations=simple())
        world.emulator.admin.clear_journal()

        (missing,) = previews(world, {"second": {**inputs, "key": None}}, default_key=UNKNOWN)["second"]

        assert missing.startswith("configurations.service.securedConfiguration.API_TOKEN: is required")
        assert not [call for call in world.calls() if "/deployments/" in call]

    def test_a_key_that_the_program_does_not_know_yet_may_be_that_of_a_deployment_that_holds_them(
        self, world: World
    ) -> None:
        inputs = same_inputs(world, demanding(world), configurations=simple())

        assert previews(world, {"second": {**inputs, "key": UNKNOWN}}) == {"second": []}

    def test_a_replacement_needs_them_all(self, world: World) -> None:
        """The new one would not have them, and the old one would be gone."""
        state = demanding(world)
        inputs = same_inputs(world, state, configurations=simple(), region="us-central1.gcp")
        world.emulator.admin.clear_journal()

        with pytest.raises(InvalidInputError, match="API_TOKEN: is required"):
            world.diff(DEPLOYMENT, state, inputs)


def demanding(world: World) -> State:
    """Return a live deployment of a connector that requires a secret."""
    yaml = """\
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration:
        - {key: SHOP_NAME, description: The shop, required: true}
        - {key: NOTE, description: Anything}
      securedConfiguration:
        - {key: API_TOKEN, description: A token, required: true}
  - name: nightly-job
    applicationType: job
    endpoint: /job
    properties: {schedule: "0 3 * * *"}
"""
    world.emulator.admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": yaml}])
    staged, _ = world.published()
    inputs = world.deployment_inputs(staged.id, configurations=simple(secured={"API_TOKEN": canary}))
    return world.create(DEPLOYMENT, inputs)
