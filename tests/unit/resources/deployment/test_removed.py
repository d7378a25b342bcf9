"""A key that the program no longer names goes back to what the connector gives it (API §12.4)."""

from __future__ import annotations

import pytest

from commercetools_connect.api import ConnectorConfigurationApplication
from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.values import Secret, Tree
from commercetools_connect.resources.deployment.metadata import ConfigurationKey
from commercetools_connect.resources.deployment.outputs import GLOBAL
from commercetools_connect.resources.deployment.removed import removed_keys, replacement_values

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


def standard(key: str, application: str = "service") -> ConfigurationKey:
    return ConfigurationKey(application, key, secured=False)


HELD: Tree = {
    "configurations": Secret(
        {
            "service": {"standardConfiguration": {"MODE": "gross", "NOTE": "x", "OLD": None}},
            "job": {"securedConfiguration": {"API_KEY": Secret("s")}, "schedule": "0 3 * * *"},
        }
    ),
    "globalConfiguration": {"standardConfiguration": {"LEVEL": "info"}},
}


def test_every_key_that_was_declared_and_is_not_any_more_is_found() -> None:
    news: Tree = {"configurations": {"service": {"standardConfiguration": {"MODE": "net", "NEW": "1"}}}}
    assert set(removed_keys(HELD, news)) == {
        standard("NOTE"),
        ConfigurationKey("job", "API_KEY", secured=True),
        standard("LEVEL", GLOBAL),
    }


def test_nothing_is_removed_from_a_program_that_stays() -> None:
    assert removed_keys(HELD, HELD) == ()
    assert removed_keys({}, HELD) == ()


def test_it_gets_the_connectors_default_or_else_an_empty_text() -> None:
    removed = (standard("MODE"), standard("NOTE"), standard("EMPTY"))
    assert replacement_values(removed, {"service": SERVICE}) == {
        "service": {"MODE": "net", "NOTE": "", "EMPTY": ""}
    }


def test_one_that_the_version_does_not_have_any_more_is_left_alone() -> None:
    removed = (standard("GONE"), standard("MODE", "other"))
    assert replacement_values(removed, {"service": SERVICE}) == {}


def test_a_secured_one_is_never_overwritten() -> None:
    for key in ("API_KEY", "MODE"):  # MODE: secured before, standard in the version that runs
        assert replacement_values((ConfigurationKey("service", key, secured=True),), {"service": SERVICE}) == {}


def test_one_that_must_have_a_value_is_an_error_that_names_it() -> None:
    with pytest.raises(
        InvalidInputError, match=r"configurations\.service\.standardConfiguration\.MUST: was removed"
    ):
        replacement_values((standard("MUST"),), {"service": SERVICE})
