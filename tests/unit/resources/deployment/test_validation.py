"""One validation answers at a preview and before a request, and says everything at once."""

from __future__ import annotations

from commercetools_connect.api import ConnectorConfigurationApplication, ConnectorGlobalConfiguration
from commercetools_connect.core.values import UNKNOWN, PropertyMap
from commercetools_connect.resources.deployment.configuration_values import GLOBAL
from commercetools_connect.resources.deployment.connector_version import ConnectorVersion
from commercetools_connect.resources.deployment.validation import validate


def application(name: str, *keys: str) -> ConnectorConfigurationApplication:
    return ConnectorConfigurationApplication.model_validate(
        {
            "applicationName": name,
            "applicationType": "service",
            "standardConfiguration": [{"key": key, "required": True} for key in keys],
            "securedConfiguration": [{"key": f"{key}_SECRET", "required": True} for key in keys],
        }
    )


VERSION = ConnectorVersion(
    "Connector greeter",
    "v1",
    (application("service", "MODE"), application("importer", "SOURCE")),
    ConnectorGlobalConfiguration(),
)
MISSING = [
    "configurations.importer.standardConfiguration.SOURCE: is required and has no default",
    "configurations.importer.securedConfiguration.SOURCE_SECRET: is required; secured keys have no default",
]
SET = {"standardConfiguration": {"MODE": "net"}, "securedConfiguration": {"MODE_SECRET": "x"}}
MISSPELT: PropertyMap = {"configurations": {"servise": SET}}


def test_a_misspelt_application_does_not_hide_the_missing_keys_of_another() -> None:
    typo = "configurations.servise: the connector has no such application; did you mean service?"
    assert [*map(str, validate(VERSION, MISSPELT))] == [typo, *MISSING]
    running = {"service": (), "importer": (), GLOBAL: ()}
    assert [*map(str, validate(VERSION, MISSPELT, running))] == [typo, *MISSING]


def test_a_preview_that_cannot_read_what_runs_still_finds_the_rest() -> None:
    (typo,) = validate(VERSION, MISSPELT, running={})
    assert typo.path == ("configurations", "servise")


def test_what_a_deployment_holds_already_need_not_be_set_again() -> None:
    running = {"service": (), "importer": ("SOURCE", "SOURCE_SECRET"), GLOBAL: ()}
    assert validate(VERSION, {"configurations": {"service": SET}}, running) == []


def test_a_key_that_was_removed_from_the_program_needs_a_value_unless_it_is_secured() -> None:
    held = {"standardConfiguration": {"SOURCE": "a"}, "securedConfiguration": {"SOURCE_SECRET": "b"}}
    running = {"service": (), "importer": ("SOURCE", "SOURCE_SECRET"), GLOBAL: ()}
    (failure,) = validate(
        VERSION,
        {"configurations": {"service": SET}},
        running,
        {"configurations": {"service": SET, "importer": held}},
    )
    assert str(failure).startswith("configurations.importer.standardConfiguration.SOURCE: was removed")


def test_without_a_version_only_schedules_and_policies_are_checked() -> None:
    program: PropertyMap = {"configurations": {"anything": {"schedule": "0 99 * * *"}}}
    (failure,) = validate(None, program)
    assert failure.path == ("configurations", "anything", "schedule")


def test_what_is_not_known_yet_is_not_missing() -> None:
    assert validate(VERSION, {"configurations": UNKNOWN}) == []
