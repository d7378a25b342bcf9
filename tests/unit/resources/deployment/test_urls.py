"""A value may contain an application's own URL, which is known once the application is deployed."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.values import Secret, Tree
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.urls import (
    resolve_inputs,
    resolve_text,
    resolve_tree,
    waiting_applications,
    without_templates,
)
from commercetools_connect.resources.inputs import parse
from tests.unit.resources.trees import DEPLOYMENT

URLS = {"service": "https://s.example/service", "mc-app": "https://m.example"}
TEMPLATED: Tree = {
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
    inputs = parse(DeploymentInputs, TEMPLATED)
    assert waiting_applications(inputs, {})
    resolved = resolve_inputs(inputs, URLS)
    assert not waiting_applications(resolved, {})
    service = resolved.configurations["service"]
    assert service.standard_configuration == {"CALLBACK": "https://s.example/service/cb", "MODE": "net"}
    assert service.secured_configuration == {"WITH_TOKEN": "https://m.example?token=s3cr3t"}
    assert resolved.global_configuration is not None
    assert resolved.global_configuration.standard_configuration == {"HOME": "https://m.example"}
    assert "s3cr3t" not in repr(resolved)


def test_an_application_without_a_url_is_an_error_that_names_those_with_one() -> None:
    with pytest.raises(InvalidInputError) as caught:
        resolve_inputs(parse(DeploymentInputs, TEMPLATED), {"service": "https://s.example"})
    assert "{{url:mc-app}}" in caught.value.message
    assert "service" in caught.value.remedy
    assert "s3cr3t" not in str(caught.value)


def test_a_program_without_one_needs_no_second_deployment() -> None:
    inputs = parse(DeploymentInputs, DEPLOYMENT)
    assert not waiting_applications(inputs, {})
    assert resolve_inputs(inputs, {}) == inputs


def test_the_state_is_resolved_on_the_paths_it_declares() -> None:
    resolved: Any = resolve_tree(TEMPLATED, URLS)
    assert (
        resolved["configurations"]["service"]["standardConfiguration"]["CALLBACK"]
        == "https://s.example/service/cb"
    )
    assert resolved["globalConfiguration"]["standardConfiguration"]["HOME"] == "https://m.example"
    assert resolved["key"] == "tax-dev"


def test_what_waits_for_a_url_is_not_held_yet() -> None:
    held: Any = without_templates(TEMPLATED)
    assert held["configurations"]["service"]["standardConfiguration"] == {"MODE": "net"}
    assert held["configurations"]["service"]["securedConfiguration"] == {}
