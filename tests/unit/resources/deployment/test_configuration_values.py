"""Settings: what a program sets, what it stopped setting, and what differs, with what is not known yet."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.text import format_path
from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue, Secret
from commercetools_connect.resources.deployment.configuration_values import (
    GLOBAL,
    SECURED,
    STANDARD,
    ConfigurationKey,
    ConfigurationValues,
    mask_failures,
    without_secured,
)
from commercetools_connect.resources.deployment.outputs import observed_configuration
from tests.unit.resources.deployment.running import RUNNING
from tests.unit.resources.trees import DEPLOYMENT, HIDDEN

STATE: PropertyMap = {
    "configurations": Secret(
        {
            "service": {STANDARD: {"MODE": "gross", "OLD": None}, SECURED: Secret({"TOKEN": HIDDEN})},
            "job": {"schedule": "0 3 * * *"},
            "event": {"retryPolicy": {"strategy": "immediate"}},
        }
    ),
    "globalConfiguration": {STANDARD: {"LEVEL": "info"}},
}


def program(**changes: PropertyValue) -> ConfigurationValues:
    return ConfigurationValues.of({**STATE, **changes})


def paths(settings: ConfigurationValues, other: ConfigurationValues) -> list[str]:
    return [format_path(path) for path in settings.differences(other)]


def test_each_value_is_found_by_its_application_kind_and_key() -> None:
    assert program().values == {
        ConfigurationKey("service", STANDARD, "MODE"): "gross",
        ConfigurationKey("service", SECURED, "TOKEN"): HIDDEN,
        ConfigurationKey(GLOBAL, STANDARD, "LEVEL"): "info",
    }
    assert program().applications == ("service", "job", "event", GLOBAL)


def test_the_text_of_settings_shows_no_value() -> None:
    assert HIDDEN not in repr(program())


def test_a_key_is_written_where_the_program_writes_it() -> None:
    assert [*map(str, program().values)] == [
        "configurations.service.standardConfiguration.MODE",
        "configurations.service.securedConfiguration.TOKEN",
        "globalConfiguration.standardConfiguration.LEVEL",
    ]


@pytest.mark.parametrize(
    ("changes", "removed"),
    [
        ({"configurations": UNKNOWN}, [GLOBAL]),
        ({"globalConfiguration": UNKNOWN}, ["service"]),
        ({"configurations": {"service": UNKNOWN}}, [GLOBAL]),
        ({"configurations": {"service": {STANDARD: UNKNOWN, SECURED: UNKNOWN}}}, [GLOBAL]),
        ({"configurations": {"service": {STANDARD: {"MODE": UNKNOWN}}}}, ["service", GLOBAL]),
        ({"configurations": None}, ["service", GLOBAL]),
    ],
)
def test_what_is_not_known_yet_counts_as_still_set(changes: Any, removed: list[str]) -> None:
    left = ConfigurationValues.of(changes)
    assert [*dict.fromkeys(key.application for key in program().removed(left))] == removed


def test_a_schedule_and_a_retry_policy_are_missed_when_they_are_removed() -> None:
    gone = program().removed_options(program(configurations={"job": {}}))
    assert gone == ("configurations.job.schedule", "configurations.event.retryPolicy")
    assert program().removed_options(program(configurations=UNKNOWN)) == ()


def test_differences_name_what_the_other_one_lacks_and_nothing_that_it_has_besides() -> None:
    other = program(configurations={"service": {STANDARD: {"MODE": "net", "MORE": "1"}}})
    assert paths(program(), other) == [
        "configurations.service.standardConfiguration.MODE",
        "configurations.service.securedConfiguration.TOKEN",
        "configurations.job.schedule",
        "configurations.event.retryPolicy.strategy",
    ]
    assert paths(program(), program()) == []


def test_a_secured_value_that_connect_lists_is_not_a_difference() -> None:
    declared = ConfigurationValues.of(DEPLOYMENT)
    assert paths(declared, observed_configuration(RUNNING, declared)) == []


def test_settings_are_written_back_with_the_same_secrets() -> None:
    assert ConfigurationValues.of(DEPLOYMENT).write_to(DEPLOYMENT) == DEPLOYMENT
    bare: Any = without_secured(DEPLOYMENT)
    assert "TAX_API_KEY" not in str(bare["configurations"])
    assert bare["configurations"]["service"] == {STANDARD: {"TAX_MODE": "gross", "RETRIES": "3"}}


def test_a_mask_in_place_of_a_secret_is_refused_at_its_path() -> None:
    masked: PropertyMap = {
        "configurations": {"service": {STANDARD: {"MODE": "***"}, SECURED: {"TOKEN": Secret("****"), "B": ""}}}
    }
    (failure,) = mask_failures(masked)
    assert format_path(failure.path) == "configurations.service.securedConfiguration.TOKEN"
