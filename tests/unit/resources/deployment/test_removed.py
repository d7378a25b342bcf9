"""A key that the program no longer names goes back to what the connector gives it (API §12.4)."""

from __future__ import annotations

import pytest

from commercetools_connect.api import ConnectorConfigurationApplication, ConnectorGlobalConfiguration
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.values import PropertyMap, Secret
from commercetools_connect.resources.deployment.configuration_values import (
    GLOBAL,
    SECURED,
    STANDARD,
    ConfigurationKey,
    ConfigurationValues,
)
from commercetools_connect.resources.deployment.connector_version import ConnectorVersion
from commercetools_connect.resources.deployment.plan import values_to_reset

SERVICE = ConnectorConfigurationApplication.model_validate(
    {
        "applicationName": "service",
        "standardConfiguration": [
            {"key": "MODE", "default": "net"},
            {"key": "NOTE", "required": False},
            {"key": "MUST", "required": True},
            {"key": "EMPTY", "required": True, "default": ""},
        ],
        "securedConfiguration": [{"key": "API_KEY", "required": True}],
    }
)
VERSION = ConnectorVersion("Connector", "v1", (SERVICE,), ConnectorGlobalConfiguration())


def standard(key: str, application: str = "service") -> ConfigurationKey:
    return ConfigurationKey(application, STANDARD, key)


HELD: PropertyMap = {
    "configurations": Secret(
        {
            "service": {"standardConfiguration": {"MODE": "gross", "NOTE": "x", "OLD": None}},
            "job": {"securedConfiguration": {"API_KEY": Secret("s")}, "schedule": "0 3 * * *"},
        }
    ),
    "globalConfiguration": {"standardConfiguration": {"LEVEL": "info"}},
}


def test_every_key_that_was_declared_and_is_not_any_more_is_found() -> None:
    news: PropertyMap = {"configurations": {"service": {"standardConfiguration": {"MODE": "net", "NEW": "1"}}}}
    assert set(ConfigurationValues.of(HELD).removed(ConfigurationValues.of(news))) == {
        standard("NOTE"),
        ConfigurationKey("job", SECURED, "API_KEY"),
        standard("LEVEL", GLOBAL),
    }


def test_nothing_is_removed_from_a_program_that_stays() -> None:
    assert ConfigurationValues.of(HELD).removed(ConfigurationValues.of(HELD)) == ()
    assert ConfigurationValues().removed(ConfigurationValues.of(HELD)) == ()


def test_it_gets_the_connectors_default_or_else_an_empty_text() -> None:
    removed = (standard("MODE"), standard("NOTE"), standard("EMPTY"))
    assert values_to_reset(removed, VERSION) == {
        standard("MODE"): "net",
        standard("NOTE"): "",
        standard("EMPTY"): "",
    }


def test_one_that_the_version_does_not_have_any_more_is_left_alone() -> None:
    removed = (standard("GONE"), standard("MODE", "other"))
    assert values_to_reset(removed, VERSION) == {}


def test_a_secured_one_is_never_overwritten() -> None:
    for key in ("API_KEY", "MODE"):  # MODE: secured before, standard in the version that runs
        assert values_to_reset([ConfigurationKey("service", SECURED, key)], VERSION) == {}


def test_one_that_must_have_a_value_is_an_error_that_names_it() -> None:
    with pytest.raises(
        InvalidInputError, match=r"configurations\.service\.standardConfiguration\.MUST: was removed"
    ):
        values_to_reset([standard("MUST")], VERSION)
