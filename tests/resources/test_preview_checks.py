"""What plan-time checks cost, when they are made, and what they never stand in the way of."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.results import State
from commercetools_connect.contract.validation import find_failures
from commercetools_connect.contract.values import UNKNOWN
from commercetools_connect.resources.deployment import lookup
from tests.resources.deployments import (
    DEPLOYMENT,
    canary,
    creates,
    deployed,
    published,
    redeploys,
    same_inputs,
    simple,
)
from tests.support.world import PROJECT, REPOSITORY, World

WRONG = {"service": {"standardConfiguration": {"SHOP_NAME": "Acme", "GREETNG": "Hi"}}}
NO_SUCH_KEY = "configurations.service.standardConfiguration.GREETNG: service has no such key at v2.0.0"
NAMES = ("one", "two", "three", "four", "five")


def previews(world: World, programs: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the mistakes in new deployments, by name; one provider looks at all of them at once."""

    async def look(of: Any) -> dict[str, list[str]]:
        async def one(name: str, inputs: Any) -> list[str]:
            operation, resource = world.operation(name), of(DEPLOYMENT)
            checked = resource.check(operation, {}, inputs)
            assert not checked.failures
            return [str(failure) for failure in await find_failures(resource, operation, checked.inputs)]

        found = await asyncio.gather(*(one(name, inputs) for name, inputs in programs.items()))
        return dict(zip(programs, found, strict=True))

    result: dict[str, list[str]] = world.run(look)
    return result


def diffs(world: World, states: Mapping[str, State], **changes: Any) -> list[bool]:
    """Diff running deployments in one provider."""

    async def look(of: Any) -> list[bool]:
        async def one(name: str, state: State) -> bool:
            inputs = same_inputs(world, state, **{"configurations": simple(), **changes})
            news = of(DEPLOYMENT).check(world.operation(name), state.outputs, inputs).inputs
            return bool(await of(DEPLOYMENT).diff(world.operation(name), state, news))

        return list(await asyncio.gather(*(one(name, state) for name, state in states.items())))

    result: list[bool] = world.run(look)
    return result


def several(world: World) -> dict[str, State]:
    """Return live deployments of one connector."""
    staged, _ = published(world)
    inputs = world.deployment_inputs(staged.id, configurations=simple())
    return {name: world.create(DEPLOYMENT, inputs, name=name) for name in NAMES[:3]}


class TestCost:
    def test_one_connector_is_read_once_for_all_its_new_deployments(self, world: World) -> None:
        staged, _ = published(world)
        inputs = world.deployment_inputs(staged.id, configurations=simple())
        world.emulator.admin.clear_journal()

        found = previews(world, dict.fromkeys(NAMES, inputs))

        assert not any(found.values())
        assert world.calls() == [f"GET /connectors/{staged.id} 200"]

    def test_a_create_uses_what_its_preview_has_read(self, world: World) -> None:
        """So checks cost the up no call: the create needs the connector's applications anyway."""
        staged, _ = published(world)
        inputs = world.checked(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=simple()))
        world.emulator.admin.clear_journal()

        async def up(of: Any) -> None:
            assert not await find_failures(of(DEPLOYMENT), world.operation(), inputs)
            await of(DEPLOYMENT).create(world.operation(), inputs)

        world.run(up)

        assert [call for call in world.calls() if "/connectors/" in call] == [f"GET /connectors/{staged.id} 200"]

    def test_unchanged_deployments_cost_nothing(self, world: World) -> None:
        states = several(world)
        world.emulator.admin.clear_journal()

        assert diffs(world, states) == [False] * len(states)
        assert world.calls() == []

    def test_deployments_of_one_version_are_looked_at_once_for_all(self, world: World) -> None:
        """What runs tells the version's keys; the connector itself is not read."""
        states = several(world)
        world.emulator.admin.clear_journal()

        assert diffs(world, states, configurations=simple(GREETING="Moin")) == [True] * len(states)
        assert len(world.calls()) == 1
        assert "/connectors/" not in world.calls()[0]

    def test_changes_that_no_connector_can_object_to_are_not_looked_at(self, world: World) -> None:
        states = several(world)
        world.emulator.admin.clear_journal()

        diffs(world, states, redeployTrigger=1, skipScripts=True)

        assert world.calls() == []


class TestRelease:
    """A new tag with a new key: draft, publication and deployment in one up, the most normal day."""

    def test_passes_with_one_warning_and_is_checked_before_the_request(self, world: World) -> None:
        states, run = self._release(world, {"newcomer": {"standardConfiguration": {"HOME": "x"}}})

        assert [each.outputs["deployedTag"] for each in states] == ["v2.1.0", "v2.1.0"]
        assert run == ["Connector derived-greeter: tag v2.1.0 is published in this same `pulumi up`; the "
                       "configuration is checked then, before anything is deployed"]  # fmt: skip

    def test_a_mistake_in_it_is_told_before_anything_is_deployed(self, world: World) -> None:
        with pytest.raises(InvalidInputError, match=r"newcomer has no such key at v2\.1\.0; did you mean HOME"):
            self._release(world, {"newcomer": {"standardConfiguration": {"HOMES": "x"}}})

        assert not redeploys(world)

    def _release(self, world: World, added: Mapping[str, Any]) -> tuple[list[State], list[str]]:
        """Preview and apply, each in a provider of its own; return the states and what the preview warned of."""
        staged, publication = published(world)
        states = [
            world.create(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=simple()), name=name)
            for name in NAMES[:2]
        ]
        draft = world.up("ConnectorStaged", staged, world.staged_inputs(repository=AT_2_1))
        release = world.publication_inputs(draft)
        wanted = world.deployment_inputs(staged.id, configurations={**simple(), **added}, connectorTag="v2.1.0")
        world.said.warnings.clear()

        async def preview(of: Any) -> None:
            await self._diffs(world, of, publication, release, states, wanted)

        async def apply(of: Any) -> list[State]:
            news = await self._diffs(world, of, publication, release, [], wanted)
            await of("ConnectorPublication").update(world.operation(), publication, release)
            after = []
            for name, state in zip(NAMES, states, strict=False):
                news = of(DEPLOYMENT).check(world.operation(name), state.outputs, wanted).inputs
                assert await of(DEPLOYMENT).diff(world.operation(name), state, news)
                after.append(await of(DEPLOYMENT).update(world.operation(name), state, news))
            return after

        world.run(preview)
        warned = [*world.said.warnings]
        world.emulator.admin.clear_journal()
        return world.run(apply), warned

    async def _diffs(
        self, world: World, of: Any, publication: State, release: Any, states: list[State], wanted: Any
    ) -> Any:
        of("ConnectorPublication").check(world.operation(), publication.outputs, release)
        assert await of("ConnectorPublication").diff(world.operation(), publication, release)
        for name, state in zip(NAMES, states, strict=False):
            news = of(DEPLOYMENT).check(world.operation(name), state.outputs, wanted).inputs
            assert await of(DEPLOYMENT).diff(world.operation(name), state, news)

    def test_what_was_read_before_our_own_publication_is_read_again_after_it(self, world: World) -> None:
        """In an up, another deployment of the connector may have been looked at first."""
        staged, publication = published(world)
        draft = world.up("ConnectorStaged", staged, world.staged_inputs(repository=AT_2_1))
        release = world.publication_inputs(draft)
        before = world.checked(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v2.0.0"))
        after = world.checked(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v2.1.0"))

        async def up(of: Any) -> list[Any]:
            of("ConnectorPublication").check(world.operation(), publication.outputs, release)
            first = await find_failures(of(DEPLOYMENT), world.operation("one"), before)
            await of("ConnectorPublication").update(world.operation(), publication, release)
            return [*first, *await find_failures(of(DEPLOYMENT), world.operation("two"), after)]

        assert world.run(up) == []

    def test_a_first_up_passes_with_one_warning_where_even_the_connector_is_not_there_yet(
        self, world: World
    ) -> None:
        inputs = {**world.deployment_inputs("x"), "connector": {"id": UNKNOWN}, "connectorTag": "v2.0.0"}

        found = previews(world, dict.fromkeys(NAMES, inputs))

        assert not any(found.values())
        assert len(world.said.warnings) == 1
        assert world.calls() == []


AT_2_1 = {"url": REPOSITORY, "tag": "v2.1.0"}


class TestBeforeTheRequest:
    def test_the_same_mistakes_are_told_where_no_preview_could(self, world: World) -> None:
        """A create whose connector was not known in the preview."""
        staged, _ = published(world)

        with pytest.raises(InvalidInputError, match=NO_SUCH_KEY):
            world.create(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=WRONG))

        assert not creates(world)

    def test_an_update_is_refused_before_its_request(self, world: World) -> None:
        state = deployed(world, configurations=simple())
        news = world.checked(DEPLOYMENT, same_inputs(world, state, configurations=WRONG), olds=state.outputs)
        world.emulator.admin.clear_journal()

        with pytest.raises(InvalidInputError, match=NO_SUCH_KEY):
            world.run(lambda of: of(DEPLOYMENT).update(world.operation(), state, news))

        assert not world.writes()


class TestSwitchedOff:
    @pytest.mark.parametrize(
        ("provider", "own", "checked"),
        [
            ("false", None, True),
            ("false", True, False),
            ("true", None, False),
            ("true", False, True),
        ],
    )
    def test_for_one_deployment_or_for_all_that_do_not_say_otherwise(
        self, world: World, provider: str, own: bool | None, checked: bool
    ) -> None:
        staged, _ = published(world)
        world.settings["skipPlanTimeValidation"] = provider
        inputs = world.deployment_inputs(staged.id, configurations=WRONG, skipPlanTimeValidation=own)
        world.emulator.admin.clear_journal()

        found = previews(world, {"one": inputs})

        assert bool(found["one"]) == checked
        assert bool(world.calls()) == checked


class TestTrouble:
    """Whatever cannot be looked at is said once, and the preview goes on."""

    def test_no_network(self, world: World) -> None:
        staged, _ = published(world)
        world.settings["connectUrl"] = "http://127.0.0.1:9"

        self._goes_on(world, staged.id, "not checked at preview: Could not")

    def test_no_credentials(self, world: World) -> None:
        staged, _ = published(world)
        world.settings |= {"clientId": "", "clientSecret": ""}

        self._goes_on(world, staged.id, "not checked at preview")

    def test_no_permission(self, world: World) -> None:
        staged, _ = published(world)
        world.emulator.admin.fault({"status": 403}, path="/connectors/*", times=99)

        self._goes_on(world, staged.id, "HTTP 403")

    def test_no_connector(self, world: World) -> None:
        published(world)

        self._goes_on(world, "2f0f6a51-6d6c-4f5e-8f6f-3c1d6e0b9a77", "there is no published Connector with id")

    def test_no_answer(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        staged, _ = published(world)
        monkeypatch.setattr(lookup, "BRIEF_LIMIT", 0.2)
        world.emulator.admin.fault({"slow": 5}, path="/connectors/*", times=99)

        self._goes_on(world, staged.id, "no answer within 0.2 seconds")

    def test_what_runs_cannot_be_looked_at(self, world: World) -> None:
        states = several(world)
        world.emulator.admin.fault({"status": 403}, path=f"/{PROJECT}/*", times=99)
        world.said.warnings.clear()

        assert diffs(world, states, configurations=simple(GREETNG="Hi")) == [True] * len(states)

        assert len(world.said.warnings) == 1

    def _goes_on(self, world: World, connector_id: str, words: str) -> None:
        inputs = world.deployment_inputs(connector_id, configurations=WRONG)

        found = previews(world, dict.fromkeys(NAMES, inputs))

        assert not any(found.values())
        (warning,) = world.said.warnings
        assert words in warning


class TestHeldAlready:
    """A required key that a running deployment holds need not be in the program: imports leave secrets out."""

    def test_a_secret_that_the_deployment_holds_may_be_missing(self, world: World) -> None:
        state = demanding(world)
        inputs = same_inputs(world, state, configurations=simple(NOTE="n"))
        imported = State(state.id, {**state.outputs, "configurations": {"service": {}}})

        assert world.diff(DEPLOYMENT, imported, inputs)

    def test_a_value_that_somebody_else_has_set_may_be_missing(self, world: World) -> None:
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
        assert missing.startswith("configurations.service.securedConfiguration.API_TOKEN: is missing")

    def test_a_replacement_needs_them_all(self, world: World) -> None:
        """The new one would not have them, and the old one would be gone."""
        state = demanding(world)
        inputs = same_inputs(world, state, configurations=simple(), region="us-central1.gcp")
        world.emulator.admin.clear_journal()

        with pytest.raises(InvalidInputError, match="API_TOKEN: is missing"):
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


def test_secrets_are_in_no_message(world: World) -> None:
    """Key names are, values never; also of a secured key in the wrong place."""
    staged, _ = published(world)
    configurations = simple(secured={"API_TOKN": canary}, EXTRA=canary)

    found = previews(world, {"one": world.deployment_inputs(staged.id, configurations=configurations)})

    told = "\n".join([*found["one"], *world.said.warnings, *world.said.infos])
    assert "API_TOKN" in told
    assert "EXTRA" in told
    assert canary not in told


def test_a_draft_that_moves_on_in_this_up_allows_what_it_will_allow(world: World) -> None:
    """The program's own draft is what the server will have by then: a region that it adds is no mistake."""
    staged, _ = world.published(supportedRegions=["europe-west1.gcp"])
    inputs = world.deployment_inputs(staged.id, region="us-central1.gcp")

    async def look(of: Any, regions: list[str]) -> list[str]:
        draft = world.staged_inputs(supportedRegions=regions)
        await of("ConnectorStaged").diff(world.operation(), staged, draft)
        news = of(DEPLOYMENT).check(world.operation(), {}, inputs).inputs
        return [str(each) for each in await find_failures(of(DEPLOYMENT), world.operation(), news)]

    assert world.run(lambda of: look(of, ["europe-west1.gcp"])) == [
        "region: the connector does not support us-central1.gcp; known: europe-west1.gcp"
    ]
    assert world.run(lambda of: look(of, ["europe-west1.gcp", "us-central1.gcp"])) == []
