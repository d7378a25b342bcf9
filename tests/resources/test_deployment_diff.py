"""A diff tells what an update would do: it replaces for another place or connector, and knows unknowns."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.values import UNKNOWN, Secret
from tests.resources.connectors import preview_elsewhere
from tests.resources.deployments import (
    DEPLOYMENT,
    applications,
    creates,
    deployed,
    is_stored,
    partial,
    publish,
    published,
    redeploys,
    running,
    same_inputs,
    simple,
)
from tests.support.world import REPOSITORY, World

FULL: dict[str, Any] = {
    "configurations": {
        **simple(GREETING="Moin", secured={"API_TOKEN": "t"}),
        "nightly-job": {"schedule": "0 4 * * *"},
        "event": {"retryPolicy": {"strategy": "immediate"}},
    },
    "globalConfiguration": {
        "standardConfiguration": {"LOG_LEVEL": "debug"},
        "securedConfiguration": {"SHARED": "s"},
    },
    "connectorTag": "v2.0.0",
    "redeployTrigger": {"a": [1]},
}


class TestReplace:
    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"key": "another"}, "key"),
            ({"projectKey": "elsewhere"}, "projectKey"),
            ({"type": "production", "acceptUnprovenReplacement": True}, "type"),
            ({"region": "us-central1.gcp"}, "region"),
            ({"region": UNKNOWN}, "region"),
            ({"connector": {"key": "other"}}, "connector"),
            ({"connector": {"key": "derived-greeter", "staged": True}}, "connector"),
            ({"connector": {"id": UNKNOWN}}, "connector"),
            ({"connector": UNKNOWN}, "connector"),
        ],
        ids=str,
    )
    def test_another_place_or_connector_replaces(self, world: World, change: Any, path: str) -> None:
        """Deleted first while key and project stay the same; the URLs change, and that is said."""
        state = deployed(world)
        repository = {"url": REPOSITORY, "tag": "v2.0.0"}
        other = world.create(
            "ConnectorStaged", world.staged_inputs(key="other", repository=repository), name="other"
        )
        world.create("ConnectorPublication", world.publication_inputs(other), name="other")
        preview_elsewhere(world, str(state.outputs["connectorId"]))
        world.emulator.admin.advance(40)

        found = world.diff(DEPLOYMENT, state, same_inputs(world, state, **change, skipPlanTimeValidation=True))

        assert (path,) in found.replaces
        assert found.delete_before_replace == (path not in ("key", "projectKey"))
        assert any("a replacement gets new application URLs" in said for said in world.said.infos)

    def test_the_same_connector_by_its_other_name_is_no_change(self, world: World) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, connector={"key": "derived-greeter"})

        found = world.diff(DEPLOYMENT, state, inputs)
        assert not found.replaces
        assert not found

    @pytest.mark.parametrize(
        "change",
        [
            {"configurations": UNKNOWN},
            {"configurations": {"service": UNKNOWN}},
            {"configurations": simple(GREETING=UNKNOWN)},
            {"configurations": simple(secured=UNKNOWN)},
            {"globalConfiguration": UNKNOWN},
            {"globalConfiguration": {"standardConfiguration": UNKNOWN}},
            {"connectorTag": UNKNOWN},
            {"redeployTrigger": UNKNOWN},
        ],
        ids=str,
    )
    def test_what_is_not_known_elsewhere_is_an_update(self, world: World, change: Any) -> None:
        state = deployed(world, **FULL)

        found = world.diff(DEPLOYMENT, state, same_inputs(world, state, **{**FULL, **change}))

        assert found
        assert not found.replaces

    def test_an_application_that_was_never_deployed_is_added_by_a_replacement_and_that_is_said(
        self, world: World
    ) -> None:
        """It came with a version that runs already; in place it cannot be added (API §4.6)."""
        state = without_newcomer(world)
        configurations = {**simple(), "newcomer": {"standardConfiguration": {"HOME": "x"}}}

        found = world.diff(DEPLOYMENT, state, same_inputs(world, state, configurations=configurations))

        assert found.replaces == {("configurations", "newcomer")}
        assert "configurations.newcomer was never deployed" in "\n".join(world.said.infos)

    def test_an_update_that_adds_it_is_an_error_before_any_request(self, world: World) -> None:
        state = without_newcomer(world)
        configurations = {**simple(GREETING="x"), "newcomer": {"standardConfiguration": {"HOME": "x"}}}
        world.emulator.admin.clear_journal()

        with pytest.raises(InvalidInputError, match="cannot be added"):
            world.up(DEPLOYMENT, state, same_inputs(world, state, configurations=configurations))

        assert not world.writes()

    def test_a_move_leaves_out_what_was_never_deployed(self, world: World) -> None:
        """Own applications, plus new ones; an old one that was left out cannot join (API §4.6)."""
        staged, publication = published(world)
        state = without_newcomer(world)
        publish(world, staged, publication, "v2.1.0")

        after = world.up(
            DEPLOYMENT, state, same_inputs(world, state, configurations=simple(), connectorTag="v2.1.0")
        )

        assert "newcomer" not in applications(after)

    @pytest.mark.parametrize("tag", [None, "v2.0.0"])
    def test_an_application_that_the_connector_does_not_have_is_an_error_that_names_the_nearest(
        self, world: World, tag: str | None
    ) -> None:
        state = deployed(world)
        configurations = {**simple(), "servce": {"standardConfiguration": {"A": "x"}}}

        (reported,) = world.mistakes(
            DEPLOYMENT, state, same_inputs(world, state, configurations=configurations, connectorTag=tag)
        )

        assert "did you mean service" in reported

    def test_an_application_that_the_new_version_lost_is_an_error_while_it_is_declared(self, world: World) -> None:
        staged, publication = published(world)
        configurations = {**simple(), "event": {"retryPolicy": {"strategy": "immediate"}}}
        state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=configurations))
        publish(world, staged, publication, "v2.2.0")
        inputs = world.deployment_inputs(staged.id, configurations=configurations, connectorTag="v2.2.0")
        world.emulator.admin.clear_journal()

        with pytest.raises(
            InvalidInputError, match=r"configurations\.event: the connector has no such application"
        ):
            world.up(DEPLOYMENT, state, inputs)

        assert not world.writes()


def without_newcomer(world: World) -> Any:
    """Return a live deployment of which another client took an application of the connector."""
    state = deployed(world, configurations=simple())
    dump: Any = world.emulator.admin.dump()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "buildId" in value and "applications" in value:
                value["connector"]["content"]["specification"]["applications"].append(NEWCOMER)
                return
            for child in value.values():
                walk(child)
        elif isinstance(value, list):
            for child in value:
                walk(child)

    walk(dump)
    for connector in dump["connectors"]:  # so that a replacement can have it
        connector["content"]["specification"]["applications"].append(NEWCOMER)
    world.emulator.admin.load(dump)
    return state


NEWCOMER: dict[str, Any] = {
    "name": "newcomer",
    "applicationType": "service",
    "keys": {"standard": [{"key": "HOME", "description": "x", "required": False, "default": None}], "secured": []},
}


class TestUnknowns:
    def test_an_unknown_at_any_path_never_raises(self, world: World) -> None:
        """In check or diff; also wrapped in a secret, also with everything around it removed."""
        state = deployed(world, **FULL)
        inputs = same_inputs(
            world, state, key="derived-greeter", projectKey="demo-project", type="sandbox", **FULL
        )

        async def all_of_them(of: Any) -> None:
            resource = of(DEPLOYMENT)
            for path in paths(inputs):
                for unknown in (UNKNOWN, Secret(UNKNOWN)):
                    news = put(inputs, path, unknown)
                    checked = resource.check(world.context(), state.outputs, news)
                    assert not checked.failures, (path, checked.failures)
                    assert await resource.diff(world.context(), state, checked.inputs), path

        world.run(all_of_them)


def paths(tree: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if not isinstance(tree, dict):
        return [at]
    return [each for name, child in tree.items() for each in [(*at, name), *paths(child, (*at, name))]]


def put(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    return {**tree, path[0]: put(tree[path[0]], path[1:], value)}


TEXT = st.sampled_from(["", "a", "b", "ü\n", "{{url:service}}/x", "true"])
STANDARD = st.fixed_dictionaries(
    {"SHOP_NAME": st.sampled_from(["a", "b", 3, True, 2.5, "{{url:enabler}}"])},
    optional={"GREETING": TEXT, "NOTE": TEXT},
)
SECURED = st.dictionaries(st.sampled_from(["API_TOKEN", "EXTRA"]), TEXT, max_size=2)
CONFIGURATIONS = st.fixed_dictionaries(
    {
        "service": st.fixed_dictionaries(
            {"standardConfiguration": STANDARD}, optional={"securedConfiguration": SECURED}
        )
    },
    optional={
        "nightly-job": st.fixed_dictionaries({}, optional={"schedule": st.sampled_from(["0 4 * * *", "@daily"])}),
        "event": st.just({}),
    },
)
SHARED = st.fixed_dictionaries(
    {},
    optional={
        "standardConfiguration": st.dictionaries(st.sampled_from(["LOG_LEVEL", "SHOP_URL"]), TEXT, max_size=2),
        "securedConfiguration": st.dictionaries(st.just("SHARED"), TEXT, max_size=1),
    },
)
PROGRAM = st.fixed_dictionaries(
    {"configurations": CONFIGURATIONS},
    optional={"globalConfiguration": SHARED, "redeployTrigger": st.integers(0, 1), "skipScripts": st.booleans()},
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=PROGRAM, after=PROGRAM)
def test_one_up_leads_from_any_configuration_to_any_other(world: World, before: Any, after: Any) -> None:
    """Connect holds every declared value then, and the next `up` has nothing to do, also after a refresh."""
    world.settings["pollInterval"] = "40"
    staged, _ = published(world)
    state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id, **before))
    inputs = world.deployment_inputs(staged.id, **after)
    world.emulator.admin.clear_journal()

    state = world.up(DEPLOYMENT, state, inputs)

    assert len(redeploys(world)) <= 1
    assert not creates(world)
    assert not world.diff(DEPLOYMENT, state, inputs)
    assert not world.diff(DEPLOYMENT, world.refreshed(DEPLOYMENT, state), inputs)
    urls: Any = state.outputs["urls"]
    (there,) = running(world)
    shared = after.get("globalConfiguration") or {}
    contents = {"service": after["configurations"]["service"], "$global": shared}
    shown = {"service": there["applications"][0]["standard"], "$global": there["globalValues"]["standard"]}
    for name, content in contents.items():
        for key, value in (content.get("standardConfiguration") or {}).items():
            assert shown[name][key] == resolved(value, urls), (name, key)
        for key, value in (content.get("securedConfiguration") or {}).items():
            assert is_stored(world, key, resolved(value, urls), name)


def resolved(value: Any, urls: Any) -> str:
    text = {True: "true", 3: "3", 2.5: "2.5"}.get(value, value) if not isinstance(value, str) else value
    for name, url in urls.items():
        text = text.replace(f"{{{{url:{name}}}}}", url)
    return str(text)


def test_without_metadata_a_create_sends_what_is_declared_and_says_so(world: World) -> None:
    """A client that may not read connectors (403)."""
    staged, _ = published(world)
    world.emulator.admin.fault({"status": 403}, method="GET", path="/connectors/*", times=99)

    state = world.create(DEPLOYMENT, world.deployment_inputs(staged.id, configurations=simple()))

    assert applications(state) == ["service"]
    assert "cannot be read" in "\n".join(world.said.warnings)


def test_all_applications_of_the_connector_are_deployed_also_those_without_keys(world: World) -> None:
    """One left out is silently not deployed (API §4.6)."""
    state = deployed(world, configurations=simple())

    assert applications(state) == ["service", "enabler", "nightly-job", "event"]


@pytest.mark.parametrize("reading", ["default", "other"])
def test_a_project_that_is_not_listed_gets_an_error_or_a_deployment(world: World, reading: str) -> None:
    """API §19 #22; never something in between."""
    world.emulator.admin.settings(assumptions={"22": reading})
    staged, _ = published(world)
    assert world.create(DEPLOYMENT, world.deployment_inputs(staged.id)).outputs["status"] == "Deployed"


def test_a_failed_create_is_partial_and_the_next_up_heals_it_in_place(world: World) -> None:
    staged, _ = published(world)
    inputs = world.deployment_inputs(staged.id)
    world.emulator.admin.outcome("deploy", "derived-greeter", "failure")

    ended = partial(lambda: world.create(DEPLOYMENT, inputs))

    assert ended.state.outputs["status"] == "Failed"
    after = world.up(DEPLOYMENT, ended.state, inputs)
    assert after.id == ended.state.id
    assert not world.diff(DEPLOYMENT, after, inputs)
