"""Resource options of a dynamic resource reach the engine under Pulumi's names, or are refused in words."""

from __future__ import annotations

import decimal
import json
import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pulumi
import pytest

from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment, RolloutGate
from commercetools_connect.frontends.dynamic.input_shapes import InputError
from commercetools_connect.frontends.dynamic.options import NESTED, OptionError, translate_path
from tests.frontends.dynamic.programs import run_program

CANARY = "c4n4ry-5ecret"
ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "schema.json").read_text())
TYPES = SCHEMA["types"]
PREFIX = "commercetools-connect:index:"


def deployment(opts: pulumi.ResourceOptions | None = None, **more: Any) -> Deployment:
    return Deployment("api", **{"connector": {"key": "c"}, "region": "europe-west1.gcp", **more}, opts=opts)


def registered(**options: Any) -> Any:
    """Return the request that Pulumi sends for a deployment with these options."""
    return run_program(lambda: deployment(pulumi.ResourceOptions(**options)) and None).request("api")


def refused(program: Callable[[], object]) -> str:
    """Return why a program cannot be declared; Pulumi shows a `RunError` without a traceback."""
    with pytest.raises(pulumi.RunError) as caught:
        run_program(lambda: program() and None)
    assert isinstance(caught.value, (InputError, OptionError))
    assert caught.value.__cause__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("connector_tag", "connectorTag"),
        ("connectorTag", "connectorTag"),
        ("region", "region"),
        ("repository.tag", "repository.tag"),
        ("creator.no_of_contributors", "creator.noOfContributors"),
        ('creator["logo_url"]', 'creator["logoUrl"]'),
        ("global_configuration.standard_configuration.A_B", "globalConfiguration.standardConfiguration.A_B"),
        (
            "configurations.my_app.standard_configuration.api_url",
            "configurations.my_app.standardConfiguration.api_url",
        ),
        (
            'configurations["my_app"].secured_configuration["api_key"]',
            'configurations["my_app"].securedConfiguration["api_key"]',
        ),
        ("configurations.standard_configuration", "configurations.standard_configuration"),
        ("configurations.my_app.retry_policy.max_attempts", "configurations.my_app.retryPolicy.maxAttempts"),
        ("redeploy_trigger.my_own", "redeployTrigger.my_own"),
        ("deployments[0].build_id", "deployments[0].buildId"),
        ("checks[*].time_limit", "checks[*].timeLimit"),
        ("*", "*"),
        ("no_such_property.my_own", "no_such_property.my_own"),
        ("", ""),
    ],
)
def test_a_path_is_translated_where_its_names_are_ours_and_nowhere_else(written: str, sent: str) -> None:
    """Names of applications and settings are the user's, and stay as they are."""
    inputs = {name for each in SCHEMA["resources"].values() for name in each["inputProperties"]}
    assert translate_path(written, inputs) == sent


def test_every_nested_name_that_python_spells_differently_is_translated() -> None:
    """A property that is added to the schema later must not be forgotten."""

    def snakes(schema: dict[str, Any], path: str) -> list[str]:
        if "oneOf" in schema:
            return [each for form in schema["oneOf"] for each in snakes(form, path)]
        inner = schema.get("items") or schema.get("additionalProperties")
        if inner:
            return snakes(inner, f"{path}{'[0]' if 'items' in schema else '.my_app'}")
        members = TYPES.get(PREFIX + schema.get("$ref", "").rpartition(PREFIX)[2], {}).get("properties", {})
        return [
            each
            for name, child in members.items()
            for each in [f"{path}.{name}", *snakes(child, f"{path}.{name}")]
        ]

    seen = set()
    for token, resource in SCHEMA["resources"].items():
        if token.endswith(":Rollout"):  # a component: `ignore_changes` is of its children
            continue
        properties = resource["inputProperties"]
        for name, schema in properties.items():
            for path in snakes(schema, name):
                snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in path)
                assert translate_path(snake, properties) == path
                seen |= {name, *path.split(".")}
    assert {*NESTED} <= seen


def test_ignore_changes_takes_the_names_of_python() -> None:
    request = registered(ignore_changes=["connector_tag", "configurations.my_app.standard_configuration.A_B"])
    assert list(request.ignoreChanges) == ["connectorTag", "configurations.my_app.standardConfiguration.A_B"]


def test_additional_secret_outputs_takes_the_names_of_python() -> None:
    request = registered(additional_secret_outputs=["build_id", "urls"])
    assert list(request.additionalSecretOutputs) == ["buildId", "urls"]


def test_options_that_are_shared_by_resources_are_not_changed() -> None:
    shared = pulumi.ResourceOptions(ignore_changes=["connector_tag"])
    run_program(lambda: deployment(shared) and None)
    assert (shared.ignore_changes, shared.aliases) == (["connector_tag"], None)


def test_settings_keep_their_names_beside_translated_options() -> None:
    """A setting may be called like one of our properties."""
    values = {"my_app": {"standard_configuration": {"project_key": "a", "connector_tag": "b"}}}
    monitor = run_program(lambda: deployment(pulumi.ResourceOptions(), configurations=values) and None)
    assert monitor.inputs("api")["configurations"] == {
        "my_app": {"standardConfiguration": {"project_key": "a", "connector_tag": "b"}}
    }


def test_other_options_reach_the_engine() -> None:
    request = registered(
        protect=True,
        retain_on_delete=True,
        delete_before_replace=True,
        custom_timeouts=pulumi.CustomTimeouts(create="1h", update="30m"),
        aliases=[pulumi.Alias(name="former")],
    )
    assert (request.protect, request.retainOnDelete, request.deleteBeforeReplace) == (True, True, True)
    assert (request.customTimeouts.create, request.customTimeouts.update) == ("1h", "30m")
    assert "former" in [each.spec.name for each in request.aliases]


def test_depends_on_reaches_the_engine() -> None:
    def program() -> None:
        first = Deployment("first", connector={"key": "c"}, region="europe-west1.gcp")
        deployment(pulumi.ResourceOptions(depends_on=[first]))

    assert [urn.rpartition("::")[2] for urn in run_program(program).request("api").dependencies] == ["first"]


def test_a_transformation_sees_the_names_of_pulumi() -> None:
    """At every depth; what it changes is sent."""
    seen: list[Any] = []

    def change(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        seen.append(args.props)
        return pulumi.ResourceTransformationResult({**args.props, "connectorTag": "v2"}, args.opts)

    values = {"app": {"standard_configuration": {"A": "b"}}}
    monitor = run_program(
        lambda: (
            deployment(pulumi.ResourceOptions(transformations=[change]), connector_tag="v1", configurations=values)
            and None
        )
    )

    assert seen[0]["connectorTag"] == "v1"
    assert list(seen[0]["configurations"]["app"]) == ["standardConfiguration"]
    assert monitor.inputs("api")["connectorTag"] == "v2"


@pytest.mark.parametrize(
    ("options", "named", "remedy"),
    [
        ({"import_": "acme/1"}, "import_", "adopt=True"),
        ({"replace_on_changes": ["region"]}, "replace_on_changes", "a part of `key`"),
        ({"version": "1.2.3"}, "version", "commercetools-connect-provider"),
        ({"plugin_download_url": "https://x.example"}, "plugin_download_url", "commercetools-connect-provider"),
    ],
)
def test_an_option_without_effect_is_refused_with_what_to_do(
    options: dict[str, Any], named: str, remedy: str
) -> None:
    said = refused(lambda: deployment(pulumi.ResourceOptions(**options)))
    assert said.startswith(f"Deployment 'api': the resource option {named} cannot be used: ")
    assert remedy in said


def test_a_provider_of_its_own_is_refused_with_the_argument_that_does_it() -> None:
    def program() -> Deployment:
        return deployment(pulumi.ResourceOptions(provider=pulumi.ProviderResource("other", "prod", {})))

    assert "name the credentials by the argument `connection`" in refused(program)


def test_every_class_refuses_an_import() -> None:
    opts = pulumi.ResourceOptions(import_="x")
    assert "adopt=True" in refused(
        lambda: ConnectorStaged(
            "d",
            name="n",
            creator={"email": "a@b.example"},
            repository={"url": "u.git", "tag": "v1"},
            opts=opts,
        )
    )
    assert "finds what is published" in refused(
        lambda: ConnectorPublication("p", connector_staged_id="d", tag="v1", target="private", opts=opts)
    )
    assert "not an object in Connect" in refused(
        lambda: RolloutGate("g", wave="w", connector_tag="v1", deployments=[], opts=opts)
    )


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (lambda: {"region": {CANARY}}, "region"),
        (lambda: {"region": pulumi.Output.secret({CANARY})}, "region"),
        (lambda: {"connection": {CANARY}.pop}, "connection"),
        (lambda: {"redeploy_trigger": {"k": [1, pulumi.Output.from_input({CANARY})]}}, "redeploy_trigger.k[1]"),
        (lambda: {"redeploy_trigger": pulumi.StringAsset(CANARY)}, "redeploy_trigger"),
        (lambda: {"redeploy_trigger": float("nan")}, "redeploy_trigger"),
        (lambda: {"redeploy_trigger": 10**400}, "redeploy_trigger"),
        (lambda: {"redeploy_trigger": 2**53 + 1}, "redeploy_trigger"),
        (
            lambda: {"configurations": {"app": {"schedule": pulumi.Output.secret(decimal.Decimal(7))}}},
            "configurations.app.schedule",
        ),
        (
            lambda: {
                "configurations": {
                    "app": {
                        "secured_configuration": {
                            "KEY": pulumi.Output.from_input(datetime(2026, 1, 1, tzinfo=timezone.utc))
                        }
                    }
                }
            },
            "configurations.app.secured_configuration.KEY",
        ),
    ],
)
def test_a_value_that_cannot_be_sent_is_refused_with_its_path_and_without_itself(
    arguments: Callable[[], dict[str, Any]], path: str
) -> None:
    """Outputs are looked at, too, when their values are known."""
    said = refused(lambda: deployment(**arguments()))

    assert said.startswith(f"Deployment 'api': the input {path} is ")
    assert CANARY not in said
    assert "2026" not in said


def test_a_value_in_an_output_arrives_as_it_is() -> None:
    def program() -> None:
        trigger = {"k": [pulumi.Output.from_input("a"), 2**53, None], "n": {"x": pulumi.Output.secret("s")}}
        deployment(redeploy_trigger=trigger)

    sent = run_program(program).inputs("api")["redeployTrigger"]
    assert sent["k"] == ["a", 2**53, None]
    assert sent["n"]["x"]["value"] == "s"


ROWS = {
    "ignoreChanges": ("ignore_changes_takes", "plugin_a_setting_that_is_ignored_stays"),
    "replaceOnChanges": ("an_option_without_effect", "plugin_a_change_replaces_if_the_program_says_so"),
    "retainOnDelete": ("other_options", "plugin_a_protected_deployment_survives"),
    "deleteBeforeReplace": ("other_options", ""),
    "protect": ("other_options", "plugin_a_protected_deployment_survives"),
    "aliases": ("other_options", "a_new_name_and_a_new_provider_at_once"),
    "dependsOn": ("depends_on_reaches", ""),
    "customTimeouts": ("other_options", "a_time_limit_in_the_program_is_kept"),
    "import": ("every_class_refuses_an_import", "what_exists_is_imported"),
    "additionalSecretOutputs": ("additional_secret_outputs_takes", "plugin_outputs_are_secret"),
    "transformations": ("a_transformation_sees", ""),
    "provider": ("a_provider_of_its_own_is_refused", "a_new_name_and_a_new_provider_at_once"),
    "version": ("an_option_without_effect", ""),
}
"""For each row the test of the dynamic classes, and that of the plugin unless the engine does it alone."""


def test_each_row_of_the_page_has_its_tests_and_says_what_is_refused() -> None:
    page = (ROOT / "docs" / "resource-options.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| works(?:, unless [^|]+)? \| (\w+)", page, flags=re.MULTILINE))
    here = Path(__file__).read_text()
    engine = "".join((ROOT / "tests" / "engine" / f"test_{name}.py").read_text() for name in ("options", "plugin"))

    assert rows.keys() == ROWS.keys()
    assert {name for name, said in rows.items() if said == "refused"} == {
        name for name, (test, _) in ROWS.items() if "refuse" in test or "without_effect" in test
    }
    proofs = (ROOT / "tests" / "resources" / "test_replacement_proof.py").read_text()
    assert "def test_a_forced_replacement_that_cannot_be_proven_is_refused" in proofs
    unless = {name for name in rows if f"| `{name}` | works, unless the create cannot be proven |" in page}
    assert unless == {"deleteBeforeReplace"}
    settings = (ROOT / "docs" / "settings.md").read_text()
    refused_there = re.findall(r"^\| `(\w+)[^`]*` \|.*Dynamic resources refuse", settings, flags=re.MULTILINE)
    assert refused_there == ["replaceOnChanges"]
    assert (
        "| `deleteBeforeReplace: true` | The provider first proves that the create will succeed. If it cannot"
        in settings
    )
    for dynamic, plugin in ROWS.values():
        assert f"def test_{dynamic}" in here
        assert not plugin or f"def test_{plugin}" in engine
