"""Deployments are found with all that can be read of them, and with nothing that is secret."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.results import State
from tests.lookups.asking import ask, refused
from tests.support.world import PROJECT, World

CANARY = "c4n4ry-1"


def deployment(world: World) -> State:
    return world.deployed(key="greeter-dev")


def test_a_deployment_is_found_by_key_by_id_and_by_the_id_of_its_resource(world: World) -> None:
    state = deployment(world)

    by_key = ask(world, "getDeployment", {"key": "greeter-dev"})

    assert by_key.id == state.id
    assert by_key == ask(world, "getDeployment", {"id": state.id})
    assert by_key == ask(world, "getDeployment", {"id": by_key.deployment_id, "projectKey": PROJECT})
    assert by_key.urls == state.outputs["urls"]
    assert (by_key.status, by_key.deployed_tag, by_key.connector_name) == ("Deployed", "v1.0.0", "Greeter")


def test_a_deployment_shows_readable_values_and_only_the_names_of_secrets(world: World) -> None:
    deployment(world)

    found = ask(world, "getDeployment", {"key": "greeter-dev"})

    service = found.configurations["service"]
    assert service.standard_configuration["SHOP_NAME"] == "Acme"
    assert service.secured_keys == ("API_TOKEN",)
    everything = found.model_dump_json()
    assert CANARY not in everything
    assert "***" not in everything


def test_a_report_that_is_looked_up_shows_no_secret_of_the_process(world: World) -> None:
    """A script may print the credentials that it was given, and they may be the provider's own."""
    said: Any = {"report": [{"type": "Warning", "title": "env demo-secret", "message": "demo-secret end"}]}
    world.emulator.admin.patch("deployments", str(deployment(world).outputs["deploymentId"]), said)

    found = ask(world, "getDeployment", {"key": "greeter-dev"})
    (listed,) = ask(world, "listDeployments").deployments

    for each in (found, listed):
        assert [(entry.title, entry.message) for entry in each.report] == [("env ***", "*** end")]


def test_the_project_of_a_deployment_can_be_named(world: World) -> None:
    error = refused(world, "getDeployment", {"key": "greeter-dev", "projectKey": "another"})

    assert "another" in str(error)


def test_deployments_are_listed_by_connector_though_the_api_has_no_filter_for_it(world: World) -> None:
    first = deployment(world)
    other = world.create("ConnectorStaged", world.staged_inputs(key="other"), "other")
    world.create("ConnectorPublication", world.publication_inputs(other), "other")
    second = world.create("Deployment", world.deployment_inputs(other.id, key="other-dev"), "other")

    def ids(**arguments: Any) -> list[str]:
        return [each.id for each in ask(world, "listDeployments", arguments).deployments]

    assert ids() == [first.id, second.id]
    assert ids(connectorId=other.id) == [second.id]
    assert ids(connectorKey="other") == [second.id]
    assert ids(type="production") == []
    assert ids(type="sandbox") == [first.id, second.id]
    assert ask(world, "listDeployments", {"maxResults": 1}).has_more is True


def test_revisions_are_off_until_they_are_switched_on_by_name(world: World) -> None:
    deployment(world)
    world.emulator.admin.clear_journal()

    for setting in ("", "revisions", "getDeployment"):
        world.settings["experimental"] = setting
        said = str(refused(world, "getDeploymentRevisions", {"key": "greeter-dev"}, ConfigurationError))
        assert "pulumi config set commercetools-connect:experimental getDeploymentRevisions" in said
    assert world.calls() == []


@pytest.mark.parametrize("assumptions", [{}, {"32": "other", "33": "other"}])
def test_revisions_show_what_a_deployment_was_the_newest_first(world: World, assumptions: dict[str, Any]) -> None:
    state = deployment(world)
    inputs = world.deployment_inputs(str(state.outputs["connectorId"]), key="greeter-dev")
    inputs["configurations"]["service"]["standardConfiguration"]["SHOP_NAME"] = "Second"
    world.up("Deployment", state, inputs)
    world.emulator.admin.settings(assumptions=assumptions)
    world.settings["experimental"] = "getDeploymentRevisions"

    found = ask(world, "getDeploymentRevisions", {"key": "greeter-dev"})

    shops = [each.configurations["service"].standard_configuration["SHOP_NAME"] for each in found.revisions]
    assert shops == ["Second", "Acme"]
    assert {each.tag for each in found.revisions} == {"v1.0.0"}
    assert len({each.revision for each in found.revisions}) == 2
    assert CANARY not in found.model_dump_json()
    assert found.has_more is False
