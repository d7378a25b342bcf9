"""Published connectors and drafts are found by what a user knows of them, and what is missing is said."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.api import NotFoundError
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError, ProviderError
from commercetools_connect.core.values import PropertyValue, Secret
from commercetools_connect.lookups.registry import FUNCTIONS
from tests.lookups.asking import ask, refused
from tests.resources.connectors import certified
from tests.support.world import REPOSITORY, World

UNKNOWN_ID = "0b7c0000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("by", ["id", "key"])
def test_a_published_connector_is_found_by_id_and_by_key(world: World, by: str) -> None:
    staged, _ = world.published(key="acme-greeter")

    found = ask(world, "getConnector", {by: {"id": staged.id, "key": "acme-greeter"}[by]})

    assert (found.id, found.key, found.name) == (staged.id, "acme-greeter", "Greeter")
    assert (found.repository.url, found.repository.tag) == (REPOSITORY, "v1.0.0")
    assert found.creator.email == "dev@acme.example"
    assert found.creator.company is None
    (application,) = found.configurations
    assert application.application_name == "service"
    assert [key.key for key in application.secured_configuration] == ["API_TOKEN"]
    assert found.private is True


@pytest.mark.parametrize(
    ("name", "arguments", "what"),
    [
        ("getConnector", {"key": "acme-greter"}, "published Connector with key 'acme-greter'"),
        ("getConnector", {"id": UNKNOWN_ID}, "published Connector with id '0b7c0000-0000-4000-8000-000000000000'"),
        ("getConnectorStaged", {"key": "acme-greter"}, "ConnectorStaged with key 'acme-greter'"),
        ("getConfigurationTemplate", {"key": "acme-greter"}, "published Connector with key 'acme-greter'"),
        (
            "getConfigurationTemplate",
            {"id": UNKNOWN_ID, "staged": True},
            "ConnectorStaged with id '0b7c0000-0000-4000-8000-000000000000'",
        ),
        ("getDeployment", {"key": "greter-dev"}, "Deployment with key 'greter-dev'"),
        ("getDeploymentRevisions", {"key": "greter-dev"}, "Deployment with key 'greter-dev'"),
    ],
)
def test_what_is_not_found_is_an_error_that_says_what_and_where(
    world: World, name: str, arguments: dict[str, Any], what: str
) -> None:
    world.settings["experimental"] = "getDeploymentRevisions"

    error: Any = refused(world, name, arguments, NotFoundError)

    host = world.emulator.url.removeprefix("http://")
    assert f"there is no {what} " in str(error)
    assert f"at {host}" in str(error)
    if "Deployment" in name:
        assert "in project 'demo-project'" in str(error)
    assert "Check" in error.remedy


def test_a_draft_that_was_never_published_is_no_connector_and_the_error_names_where_it_is(world: World) -> None:
    staged = world.create("ConnectorStaged", world.staged_inputs())

    assert "getConnectorStaged" in str(refused(world, "getConnector", {"id": staged.id}, NotFoundError))
    assert ask(world, "getConnectorStaged", {"id": staged.id}).name == "Greeter"


def test_a_draft_that_is_looked_up_shows_what_its_resource_shows(world: World) -> None:
    staged = world.create("ConnectorStaged", world.staged_inputs(key="acme-greeter"))

    found = ask(world, "getConnectorStaged", {"key": "acme-greeter"}).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )

    shared = set(found) & set(staged.outputs) - {"creator", "contentHash"}
    assert {"configurations", "status", "previewable", "privateProjects", "repository"} <= shared
    assert {name: found[name] for name in shared} == {name: staged.outputs[name] for name in shared}


def test_drafts_are_listed_by_integration_type_the_oldest_first(world: World) -> None:
    for number, kind in enumerate(["tax", "psp", "tax"]):
        world.create("ConnectorStaged", world.staged_inputs(key=f"draft-{number}", integrationTypes=[kind]))

    everything = ask(world, "listConnectorStaged")
    taxes = ask(world, "listConnectorStaged", {"integrationTypes": ["tax"], "maxResults": 1})

    assert [each.key for each in everything.connectors_staged] == ["draft-0", "draft-1", "draft-2"]
    assert everything.has_more is False
    assert [each.key for each in taxes.connectors_staged] == ["draft-0"]
    assert taxes.has_more is True


def test_the_marketplace_is_searched_by_everything_that_is_known_of_a_connector(world: World) -> None:
    greeter, _ = certified(world, key="greeter", creator={"email": "a@acme.example", "company": "Acme"})
    certified(world, key="other", name="Taxes", description="greets no one", integrationTypes=["tax"])

    def keys(**arguments: Any) -> list[str]:
        return [each.key for each in ask(world, "searchConnectors", arguments).connectors]

    assert keys() == ["greeter", "other"]
    assert keys(text="Greet") == ["greeter", "other"]
    assert keys(text="Greeter") == ["greeter"]
    assert keys(creatorCompany="Acme") == ["greeter"]
    assert keys(id=[greeter.id]) == ["greeter"]
    assert keys(key=["other", "none"]) == ["other"]
    assert keys(integrationTypes=["tax", "psp"]) == ["other"]
    assert keys(sort=["createdAt desc"]) == ["other", "greeter"]
    assert keys(private=True) == []
    assert keys(text="nothing like it") == []


def test_a_search_reads_pages_until_there_is_enough_and_says_if_there_is_more(world: World) -> None:
    for number in range(3):
        certified(world, key=f"greeter-{number}")
    world.emulator.admin.clear_journal()

    found = ask(world, "searchConnectors", {"limit": 1, "maxResults": 2})

    assert [each.key for each in found.connectors] == ["greeter-0", "greeter-1"]
    assert found.has_more is True
    assert world.calls() == ["GET /connectors/search 200"] * 3


def test_a_search_says_what_private_is_because_the_api_does_not_document_its_default(world: World) -> None:
    certified(world, key="greeter")
    world.emulator.admin.settings(assumptions={"30": "other"})

    assert [each.key for each in ask(world, "searchConnectors").connectors] == ["greeter"]


@pytest.mark.parametrize(
    ("name", "arguments", "mistakes"),
    [
        ("getConnector", {}, ["exactly one of id and key must be given"]),
        ("getConnector", {"id": "a", "key": "bb"}, ["exactly one of id and key must be given"]),
        ("getConnector", {"ids": "a"}, ["ids: unknown argument; did you mean id?"]),
        ("getConnector", {"id": "../x"}, ["id: must be the id of an object, as Connect shows it; "]),
        ("searchConnectors", {"limit": 501}, ["limit: must be at most 500"]),
        (
            "searchConnectors",
            {"limit": "many", "private": "yes"},
            ["private: must be true or false", "limit: must be a whole number"],
        ),
        ("searchConnectors", {"sort": ["createdAt"]}, ["sort[0]: must be a member and asc or desc"]),
        ("searchConnectors", {"key": "acme"}, ["key: must be a list"]),
        (
            "getDeployment",
            {"id": "acme/d-1", "projectKey": "other"},
            ["id names project acme, and projectKey another"],
        ),
        ("listDeployments", {"type": "live"}, ["type: must be preview, sandbox or production"]),
        ("listDeployments", {"maxResults": 0}, ["maxResults: must be at least 1"]),
    ],
)
def test_wrong_arguments_are_all_named_with_their_paths(
    world: World, name: str, arguments: dict[str, Any], mistakes: list[str]
) -> None:
    said = str(refused(world, name, arguments, InvalidInputError))

    assert [
        line for line, mistake in zip(said.splitlines(), mistakes, strict=True) if not line.startswith(mistake)
    ] == []
    assert said.splitlines() == [str(each) for each in FUNCTIONS[name].invalid_arguments(arguments)]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_without_credentials_the_error_says_which_are_missing(world: World, name: str) -> None:
    world.settings = {"clientId": "", "clientSecret": "", "experimental": "getDeploymentRevisions"}
    arguments = {} if name.startswith(("list", "search")) else {"key": "acme-greeter"}

    said = str(refused(world, name, arguments, ConfigurationError))

    assert "CTP_CLIENT_ID" in said
    assert "CTP_CLIENT_SECRET" in said


def test_a_secret_argument_is_in_no_error(world: World) -> None:
    canary = "c4n4ry-5ecret-key"

    spoken: list[dict[str, PropertyValue]] = [{"key": Secret(canary)}, {"key": Secret(canary), "id": canary}]
    for arguments in spoken:
        error = refused(world, "getConnector", arguments, ProviderError)
        assert canary not in f"{error} {error!r} {error.args}"
