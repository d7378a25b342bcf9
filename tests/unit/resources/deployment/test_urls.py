"""A value may contain an application's own URL, which is known once the application is deployed."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.values import PropertyMap, Secret
from commercetools_connect.resources.deployment.configuration_values import (
    ConfigurationValues,
    resolve_text,
    without_templates,
)
from commercetools_connect.resources.deployment.plan import Desired, ensure_listed
from tests.unit.resources.deployment.running import RUNNING
from tests.unit.resources.trees import DEPLOYMENT

URLS = {"service": "https://s.example/service", "mc-app": "https://m.example"}
TEMPLATED: PropertyMap = {
    **DEPLOYMENT,
    "configurations": {
        "service": {
            "standardConfiguration": {"CALLBACK": "{{url:service}}/cb", "MODE": "net"},
            "securedConfiguration": {"WITH_TOKEN": Secret("{{url:mc-app}}?token=s3cr3t")},
        }
    },
    "globalConfiguration": {"standardConfiguration": {"HOME": "{{ url:mc-app }}"}},
}


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("{{url:service}}/cb", "https://s.example/service/cb"),
        ("{{ url:service }}", "https://s.example/service"),
        ("{{url:service}},{{url:mc-app}}", "https://s.example/service,https://m.example"),
        ("{{url:other}}", "{{url:other}}"),
        ("{url:service}", "{url:service}"),
        ("{{service}}", "{{service}}"),
        ("plain \\1 $& text", "plain \\1 $& text"),
    ],
)
def test_a_template_becomes_the_url_and_all_else_stays(text: str, resolved: str) -> None:
    assert resolve_text(text, URLS) == resolved


def test_a_url_is_put_in_as_it_is() -> None:
    assert resolve_text("{{url:service}}", {"service": "https://x/\\1"}) == "https://x/\\1"


def test_every_kind_of_value_may_have_one() -> None:
    desired = Desired.parse(TEMPLATED)
    assert desired.configuration.waiting_for({}) == ["mc-app", "service"]
    resolved = desired.configuration.resolve(URLS)
    assert not resolved.waiting_for({})
    assert {str(key): value for key, value in resolved.values.items()} == {
        "configurations.service.standardConfiguration.CALLBACK": "https://s.example/service/cb",
        "configurations.service.standardConfiguration.MODE": "net",
        "configurations.service.securedConfiguration.WITH_TOKEN": "https://m.example?token=s3cr3t",
        "globalConfiguration.standardConfiguration.HOME": "https://m.example",
    }
    assert "s3cr3t" not in repr(resolved)


def test_an_application_without_a_url_is_an_error_that_names_those_with_one() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Desired.parse(TEMPLATED).ensure_urls({"service": "https://s.example"})
    assert "{{url:mc-app}}" in caught.value.message
    assert "service" in caught.value.remedy
    assert "s3cr3t" not in str(caught.value)


def test_no_part_of_a_secured_value_is_shown() -> None:
    secured = {"service": {"securedConfiguration": {"TOKEN": Secret("{{url:s3cr3t-app}}/x")}}}
    desired = Desired.parse({**DEPLOYMENT, "configurations": secured})
    for act in (
        lambda: desired.ensure_urls({}),
        lambda: ensure_listed(desired, ["service"], RUNNING.connector),
    ):
        with pytest.raises(InvalidInputError, match="url:…") as caught:
            act()
        assert "s3cr3t-app" not in str(caught.value)


def test_a_program_without_one_needs_no_second_deployment() -> None:
    settings = ConfigurationValues.of(DEPLOYMENT)
    assert not settings.waiting_for({})
    assert settings.resolve({}) == settings


def test_what_waits_for_a_url_is_not_held_yet() -> None:
    held: Any = without_templates(TEMPLATED)
    assert held["configurations"]["service"] == {"standardConfiguration": {"MODE": "net"}}
    assert held["key"] == "tax-dev"


def test_a_secured_value_with_a_url_stays_a_secret() -> None:
    held: Any = without_templates(TEMPLATED, URLS)
    secured = held["configurations"]["service"]["securedConfiguration"]
    assert secured == {"WITH_TOKEN": Secret("{{url:mc-app}}?token=s3cr3t")}
