"""A template holds no placeholder that could go live, and filling it tells every mistake at once."""

from __future__ import annotations

import pytest

from commercetools_connect.api import Connector
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.lookups.template import configuration_template

CONNECTOR = Connector.model_validate(
    {
        "id": "c1",
        "version": 1,
        "name": "Taxes",
        "repository": {"url": "u", "tag": "v2"},
        "configurations": [
            {
                "applicationName": "api",
                "applicationType": "service",
                "standardConfiguration": [
                    {"key": "MODE", "description": "net or gross", "default": "net", "required": True},
                    {"key": "REGION_NAME", "description": "Where\x1b[31m it is", "required": True},
                    {"key": "NOTE"},
                ],
                "securedConfiguration": [{"key": "TOKEN", "required": True}, {"key": "SPARE"}],
            },
            {"applicationName": "web-assets", "applicationType": "assets"},
        ],
        "globalConfiguration": {"standardConfiguration": [{"key": "LEVEL", "default": "info"}]},
    }
)
TEMPLATE = configuration_template(CONNECTOR)


def test_every_application_is_there_because_one_that_is_left_out_is_not_deployed() -> None:
    assert list(TEMPLATE.configurations) == ["api", "web-assets"]


def test_only_defaults_are_filled_in() -> None:
    assert TEMPLATE.configurations["api"].standard_configuration == {"MODE": "net"}
    assert TEMPLATE.configurations["api"].secured_configuration == {}
    assert TEMPLATE.global_configuration is not None
    assert TEMPLATE.global_configuration.standard_configuration == {"LEVEL": "info"}


def test_what_has_a_default_need_not_be_filled_in() -> None:
    assert TEMPLATE.required == (
        "configurations.api.standardConfiguration.REGION_NAME",
        "configurations.api.securedConfiguration.TOKEN",
    )


def test_a_global_setting_has_no_application() -> None:
    (level,) = [each for each in TEMPLATE.settings if each.key == "LEVEL"]
    assert (level.application, level.path) == (None, "globalConfiguration.standardConfiguration.LEVEL")
    assert TEMPLATE.fill_global({"LEVEL": "debug"})["standard_configuration"] == {"LEVEL": "debug"}


def test_values_are_put_where_they_belong_and_what_is_passed_in_is_passed_on() -> None:
    token = object()

    filled = TEMPLATE.fill({"api": {"REGION_NAME": "here", "TOKEN": token}})

    assert filled == {
        "api": {
            "standard_configuration": {"MODE": "net", "REGION_NAME": "here"},
            "secured_configuration": {"TOKEN": token},
        },
        "web-assets": {"standard_configuration": {}, "secured_configuration": {}},
    }
    assert filled["api"]["secured_configuration"]["TOKEN"] is token


def test_two_fillings_share_nothing() -> None:
    first, second = (TEMPLATE.fill({"api": {"REGION_NAME": name, "TOKEN": name}}) for name in ("eu", "us"))
    first["api"]["standard_configuration"]["MODE"] = "gross"
    assert second["api"]["standard_configuration"] == {"MODE": "net", "REGION_NAME": "us"}
    assert TEMPLATE.configurations["api"].standard_configuration == {"MODE": "net"}


def test_every_mistake_is_reported_at_once_with_the_nearest_name() -> None:
    with pytest.raises(InvalidInputError) as caught:
        TEMPLATE.fill({"apii": {}, "api": {"MODES": "x", "REGION_NAME": None}})

    assert str(caught.value).splitlines() == [
        "apii: there is no such application; did you mean api?",
        "api.MODES: there is no such setting; did you mean MODE?",
        r"api.REGION_NAME: is required (Where\u001b[31m it is)",
        "api.TOKEN: is required, secured",
        f"Taxes at v2 has these settings: {', '.join(each.path for each in TEMPLATE.settings)}.",
    ]
