"""What plan-time checks cost, when they are made, and what they never stand in the way of."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.results import State
from commercetools_connect.resources.deployment import connector_version as lookup
from tests.resources.deployments import (
    DEPLOYMENT,
    canary,
    creates,
    deployed,
    previews,
    published,
    same_inputs,
    simple,
)
from tests.support.world import PROJECT, World, validated

WRONG = {"service": {"standardConfiguration": {"SHOP_NAME": "Acme", "GREETNG": "Hi"}}}


NO_SUCH_KEY = "configurations.service.standardConfiguration.GREETNG: service has no such key at v2.0.0"


NAMES = ("one", "two", "three", "four", "five")


def diffs(world: World, states: Mapping[str, State], **changes: Any) -> list[bool]:
    """Diff running deployments in one provider."""

    async def look(of: Any) -> list[bool]:
        async def one(name: str, state: State) -> bool:
            inputs = same_inputs(world, state, **{"configurations": simple(), **changes})
            context, resource = world.context(name), of(DEPLOYMENT)
            news = resource.check(context, state.outputs, inputs).inputs
            found = bool(await resource.diff(context, state, news))
            assert not await validated(resource, context, news, state)
            return found

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
        assert sorted(world.calls()) == [f"GET /connectors/{staged.id} 200", f"GET /{PROJECT}/deployments 200"]

    def test_a_create_uses_what_its_preview_has_read(self, world: World) -> None:
        """So checks cost the up no call: the create needs the connector's applications anyway."""
        staged, _ = published(world)
        inputs = world.checked(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=simple()))
        world.emulator.admin.clear_journal()

        async def up(of: Any) -> None:
            assert not await validated(of(DEPLOYMENT), world.context(), inputs)
            await of(DEPLOYMENT).create(world.context(), inputs)

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


class TestBeforeTheRequest:
    def test_the_same_mistakes_are_reported_where_no_preview_could(self, world: World) -> None:
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
            world.run(lambda of: of(DEPLOYMENT).update(world.context(), state, news))

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
        assert bool([call for call in world.calls() if "/connectors/" in call]) == checked


class TestTrouble:
    """What may pass, or is a missing right to read, is one warning with its remedy, and the preview goes on."""

    def test_no_network_is_a_warning(self, world: World) -> None:
        staged, _ = published(world)
        world.settings["connectUrl"] = "http://127.0.0.1:9"

        self._goes_on(world, staged.id, "Could not get a token from 127.0.0.1:9", "Check the network")

    def test_no_permission_is_a_warning(self, world: World) -> None:
        staged, _ = published(world)
        world.emulator.admin.fault({"status": 403}, path="/connectors/*", times=99)

        self._goes_on(world, staged.id, "HTTP 403", "Use an API client with one of the scopes")

    def test_a_server_in_trouble_is_a_warning(self, world: World) -> None:
        staged, _ = published(world)
        world.emulator.admin.fault({"status": 503}, path="/connectors/*", times=999)

        self._goes_on(world, staged.id, "HTTP 503", "Run again")

    def test_no_answer_is_a_warning(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        staged, _ = published(world)
        monkeypatch.setattr(lookup, "PREVIEW_TIME_LIMIT", 0.2)
        world.emulator.admin.fault({"slow": 5}, path="/connectors/*", times=99)
        host = world.emulator.url.removeprefix("http://")

        self._goes_on(world, staged.id, f"no answer from {host} within 0.2 s.", "Check the network")

    @pytest.mark.parametrize("what", ["connectors", "tokens"])
    def test_trouble_that_has_passed_hides_no_mistake_of_the_next_resource(self, world: World, what: str) -> None:
        """One provider serves a whole run, and may serve many."""
        staged, _ = published(world)
        inputs = world.deployment_inputs(staged.id, configurations=WRONG)
        path = "/connectors/*" if what == "connectors" else "/oauth/token"
        world.emulator.admin.fault({"status": 503}, path=path, times=999)

        async def two(of: Any) -> list[int]:
            found = []
            for name in NAMES[:2]:
                resource, context = of(DEPLOYMENT), world.context(name)
                news = resource.check(context, {}, inputs).inputs
                found.append(len(await validated(resource, context, news)))
                world.emulator.admin.clear_faults()
            return found

        first, second = world.run(two)

        assert first < second

    def test_what_runs_cannot_be_looked_at(self, world: World) -> None:
        states = several(world)
        world.emulator.admin.fault({"status": 403}, path=f"/{PROJECT}/*", times=99)
        world.said.warnings.clear()

        assert diffs(world, states, configurations=simple(GREETNG="Hi")) == [True] * len(states)

        assert len(world.said.warnings) == 1

    def _goes_on(self, world: World, connector_id: str, *words: str) -> None:
        inputs = world.deployment_inputs(connector_id, configurations=WRONG)

        found = previews(world, dict.fromkeys(NAMES, inputs))

        assert not any(found.values())
        (warning,) = world.said.warnings
        assert warning.startswith("not everything could be checked at preview: ")
        assert all(each in warning for each in words)
        world.settings["strictPreview"] = "true"
        world.said.warnings.clear()

        strict = previews(world, dict.fromkeys(NAMES, inputs))

        assert all(words[0] in each for (each,) in strict.values())
        assert not world.said.warnings


class TestCertain:
    """What no second try changes is an error."""

    def test_no_credentials_are_an_error(self, world: World) -> None:
        staged, _ = published(world)
        world.settings |= {"clientId": "", "clientSecret": ""}

        self._is_reported(world, staged.id, "clientId (CTP_CLIENT_ID) and commercetools-connect:clientSecret")

    def test_credentials_that_are_refused_are_an_error(self, world: World) -> None:
        staged, _ = published(world)
        world.settings["clientSecret"] = "wrong"

        self._is_reported(world, staged.id, "HTTP 401")

    def test_no_region_is_an_error(self, world: World) -> None:
        staged, _ = published(world)
        world.settings["connectUrl"] = ""

        self._is_reported(world, staged.id, "It is not known which commercetools region to talk to.")

    def test_a_project_that_no_scope_names(self, world: World) -> None:
        staged, _ = published(world)

        self._is_reported(
            world,
            staged.id,
            "projectKey: no scope of the API client names project demo-projct; did you mean demo-project?",
            configurations=simple(),
            projectKey="demo-projct",
        )

    def _is_reported(self, world: World, connector_id: str, words: str, **changes: Any) -> None:
        inputs = world.deployment_inputs(connector_id, **{"configurations": WRONG, **changes})

        found = previews(world, dict.fromkeys(NAMES, inputs))

        assert all(words in each for (each,) in found.values())
        assert not world.said.warnings


@pytest.mark.parametrize("scopes", ["view_project_settings:demo-project", "view_connectors:demo-project"])
def test_a_read_only_client_of_the_project_may_preview(world: World, scopes: str) -> None:
    staged, _ = published(world)
    world.emulator.admin.clients([{"clientId": "reader", "clientSecret": "r", "scopes": scopes}])
    world.settings |= {"clientId": "reader", "clientSecret": "r"}

    found = previews(world, {"one": world.deployment_inputs(staged.id, configurations=simple())})

    assert found == {"one": []}


def test_a_token_that_names_no_scopes_proves_no_mistake(world: World) -> None:
    """The scopes are an optional part of the answer (API §1.2)."""
    staged, _ = published(world)
    inputs = world.deployment_inputs(staged.id, configurations=simple(), projectKey="demo-projct")

    async def look(of: Any) -> list[str]:
        session = of(DEPLOYMENT)._resource._session
        await session.reads.get(("projects",), nothing)
        news = of(DEPLOYMENT).check(world.context(), {}, inputs).inputs
        return [str(each) for each in await validated(of(DEPLOYMENT), world.context(), news)]

    async def nothing() -> None:
        return None

    assert world.run(look) == []


class TestOffline:
    def test_nothing_is_called_and_one_warning_says_what_is_not_checked(self, world: World) -> None:
        states = several(world)
        world.settings |= {"offlinePreview": "true", "connectUrl": "", "clientId": ""}
        staged = str(states["one"].outputs["connectorId"])
        wrong = {**simple(GREETNG="Hi"), "newcomer": {}}
        world.emulator.admin.clear_journal()
        world.said.warnings.clear()

        async def look(of: Any) -> None:
            for name, state in states.items():
                context, inputs = world.context(name), same_inputs(world, state, configurations=wrong)
                news = of(DEPLOYMENT).check(context, state.outputs, inputs).inputs
                assert await of(DEPLOYMENT).diff(context, state, news)
                assert not await validated(of(DEPLOYMENT), context, news, state)
            assert not await validated(of(DEPLOYMENT), world.context("new"), world.deployment_inputs(staged))

        world.run(look)

        assert world.emulator.admin.journal() == []
        assert sorted(each.partition(",")[0] for each in world.said.warnings) == [
            "offlinePreview is set",
            "the running deployment cannot be read: offlinePreview is set",
        ]

    def test_what_needs_no_call_is_checked(self, world: World) -> None:
        world.settings["offlinePreview"] = "true"
        inputs = world.deployment_inputs("x", configurations={"job": {"schedule": "60 * * * *"}})

        (reported,) = previews(world, {"one": inputs})["one"]

        assert reported.startswith("configurations.job.schedule: is not a valid cron expression")


def test_secrets_are_in_no_message(world: World) -> None:
    """Key names are, values never; also of a secured key in the wrong place."""
    staged, _ = published(world)
    configurations = simple(secured={"API_TOKN": canary}, EXTRA=canary)

    found = previews(world, {"one": world.deployment_inputs(staged.id, configurations=configurations)})

    reported = "\n".join([*found["one"], *world.said.warnings, *world.said.infos])
    assert "API_TOKN" in reported
    assert "EXTRA" in reported
    assert canary not in reported
