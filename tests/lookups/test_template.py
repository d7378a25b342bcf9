"""A connector's settings can be looked up as the value that a deployment of it takes."""

from __future__ import annotations

from typing import Any

from tests.lookups.asking import ask
from tests.support.world import REGION, World


def test_a_template_names_every_setting_and_what_has_to_be_filled_in(world: World) -> None:
    staged, _ = world.published()

    template = ask(world, "getConfigurationTemplate", {"id": staged.id})

    assert (template.connector_id, template.connector_name, template.tag) == (staged.id, "Greeter", "v1.0.0")
    assert template.required == (
        "configurations.service.standardConfiguration.SHOP_NAME",
        "configurations.service.securedConfiguration.API_TOKEN",
    )
    settings = {each.key: each for each in template.settings}
    assert (settings["GREETING"].default, settings["GREETING"].required) == ("Hello", False)
    assert settings["GREETING"].description == "The first word of each answer"
    assert [each.key for each in template.settings if each.secured] == ["API_TOKEN"]
    assert template.configurations["service"].standard_configuration == {"GREETING": "Hello"}
    assert template.configurations["service"].secured_configuration == {}
    assert template.global_configuration is None


def test_a_filled_template_is_what_a_deployment_takes(world: World) -> None:
    staged, _ = world.published()
    template = ask(world, "getConfigurationTemplate", {"id": staged.id})

    filled: dict[str, Any] = template.fill({"service": {"SHOP_NAME": "Acme", "API_TOKEN": "t0ken"}})
    (service,) = filled.values()
    state = world.create(
        "Deployment",
        {
            "region": REGION,
            "connector": {"id": staged.id},
            "configurations": {
                "service": {
                    "standardConfiguration": service["standard_configuration"],
                    "securedConfiguration": service["secured_configuration"],
                }
            },
        },
    )

    assert state.outputs["status"] == "Deployed"
    assert state.outputs["securedKeys"] == {"service": ["API_TOKEN"]}


def test_a_draft_has_a_template_before_it_is_published(world: World) -> None:
    staged = world.create("ConnectorStaged", world.staged_inputs(key="acme-greeter"))

    template = ask(world, "getConfigurationTemplate", {"key": "acme-greeter", "staged": True})

    assert template.connector_id == staged.id
    assert list(template.configurations) == ["service"]
