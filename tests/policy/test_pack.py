"""The example's policy pack, asked over gRPC as the engine asks it: what a user of `--policy-pack` gets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import json_format

from commercetools_connect.core.values import UNKNOWN, Secret
from commercetools_connect.policy.model import Resource
from commercetools_connect.policy.rules import ALL
from tests.policy.conftest import PACK, Pack, struct
from tests.policy.rows import FRONTENDS, ROWS, Row, deployment, draft, production, publication
from tests.support.policy_venv import ROOT

CANARY = "c4n4ry5ecretV4lue"
RULES = {rule.name: rule for rule in ALL}

rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{ROWS.index(row)}")


@rows
@pytest.mark.parametrize("frontend", FRONTENDS)
def test_each_rule_works_on_resources_of_both_frontends(pack: Pack, row: Row, frontend: str) -> None:
    """With its settings from outside: one violation for what is wrong, none for what is right."""
    pack.configure(row.rule, row.settings)
    wrong = [
        said
        for said in pack.examine([each.through(frontend) for each in row.wrong])
        if said.policyName == row.rule
    ]
    right = [
        said
        for said in pack.examine([each.through(frontend) for each in row.right])
        if said.policyName == row.rule
    ]

    (said,) = wrong
    description, _, message = said.message.partition("\n")
    assert right == []
    assert description == RULES[row.rule].description
    assert message.startswith(row.says)
    assert message.endswith(RULES[row.rule].remedy)
    assert said.enforcementLevel == 1


def test_a_rule_can_be_switched_off_from_outside(pack: Pack) -> None:
    pack.configure("production-is-protected", {}, level="disabled")

    assert pack.examine([production(protect=False).through("plugin")]) == []


def test_the_pack_says_its_own_settings_and_levels(pack: Pack) -> None:
    """The engine fills configuration up with what the schema says, and shows levels in `pulumi policy`."""
    policies = {each.name: each for each in pack.info().policies}
    regions = json_format.MessageToDict(policies["allowed-regions"].configSchema.properties["regions"])

    assert set(policies) == {*RULES}
    assert regions["default"] == ["europe-west1.gcp", "us-central1.gcp", "us-east-2.aws"]
    assert policies["one-api-client-per-connector"].enforcementLevel == 0
    assert policies["tags-agree"].enforcementLevel == 1
    assert policies["secured-values-are-secrets"].enforcementLevel == 3
    assert all(each.description and each.remediation_steps for each in policies.values())


def test_the_settings_in_the_pack_are_in_force_without_any_from_outside(pack: Pack) -> None:
    (said,) = pack.examine([draft(url="git@gitlab.com:acme/greeter.git").through("plugin")])

    assert 'repository.url is on "gitlab.com", which is not in hosts' in said.message


def test_unknown_values_do_not_keep_a_rule_from_the_rest(pack: Pack) -> None:
    """In a preview: a tag that is not known yet, and a project; protection and secrets are still looked at."""
    values = {"SHOP": UNKNOWN, "API_TOKEN": UNKNOWN}
    asked = production(
        protect=False,
        projectKey=UNKNOWN,
        connector={"id": UNKNOWN},
        connectorTag=UNKNOWN,
        configurations={"service": {"standardConfiguration": values}, "job": UNKNOWN},
    )
    said = pack.examine([asked.through("plugin")])

    assert {each.policyName for each in said} == {
        "production-is-protected",
        "no-secrets-in-standard-configuration",
    }
    assert not any("can't run policy" in each.message for each in said)


def test_the_program_connects_publication_and_deployment_before_ids_are_known(pack: Pack) -> None:
    unknown: dict[str, Any] = {
        "connectorId": UNKNOWN,
        "connectorStagedId": UNKNOWN,
        "connectorKey": UNKNOWN,
        "publishedTag": UNKNOWN,
    }
    released = publication(**unknown)
    asked = replace(
        deployment(connector={"id": UNKNOWN}, connectorTag="v1.3.0"),
        sources={"connector": ["ConnectorPublication::greeter"]},
    )
    (said,) = pack.examine([released.through("plugin"), asked.through("plugin")])

    assert said.policyName == "tags-agree"
    assert said.urn.endswith("Deployment::greeter")


def test_secured_values_that_are_no_secrets_become_some(pack: Pack) -> None:
    """What was secret before stays so, and nothing else changes."""
    values = {"PLAIN": CANARY, "KEPT": Secret(CANARY), "LATER": UNKNOWN}
    applications = {"service": {"securedConfiguration": values, "standardConfiguration": {"SHOP": "Acme"}}}
    resource = deployment(configurations=applications, redeployTrigger=Secret("x")).through("plugin")
    sealed = {"service": {**applications["service"], "securedConfiguration": {**values, "PLAIN": Secret(CANARY)}}}

    (change,) = pack.remediate(resource)

    assert change.policyName == "secured-values-are-secrets"
    assert change.properties == struct({**resource.props, "configurations": sealed})
    assert not change.diagnostic


def test_a_resource_whose_secured_values_are_secrets_is_left_alone(pack: Pack) -> None:
    """Also where the whole of them is one secret, or nothing is known yet."""
    for secured in ({"A": Secret(CANARY)}, Secret({"A": CANARY}), {"A": UNKNOWN}, UNKNOWN):
        resource = deployment(configurations={"service": {"securedConfiguration": secured}})
        assert pack.remediate(resource.through("plugin")) == []
    assert pack.remediate(draft().through("dynamic")) == []


def test_no_message_holds_a_value(pack: Pack) -> None:
    """A policy gets secrets in plain, and what it says is kept in logs."""
    value = f"{CANARY} ghp_{CANARY * 3} https://{CANARY}:{CANARY}@acme.example"
    values = {"SHOP": value, "API_TOKEN": Secret(value), "CTP_CLIENT_ID": Secret(value)}
    both = {"standardConfiguration": values, "securedConfiguration": values}
    deployments = [
        deployment(name, connector={"key": name}, configurations={"service": both}, globalConfiguration=both)
        for name in ("tax", "psp")
    ]
    pack.said.clear()
    said = pack.examine(
        [each.through("dynamic") for each in (*deployments, draft(url=f"https://me:{CANARY}@github.com/a/b.git"))]
    )

    assert {each.policyName for each in said} == {
        "no-secrets-in-standard-configuration",
        "secured-values-are-nowhere-standard",
        "one-api-client-per-connector",
        "repository-urls",
    }
    assert CANARY not in "\n".join(pack.said)


def test_names_in_a_program_give_no_orders_to_a_ci_system(pack: Pack) -> None:
    """A key can hold anything; a line that begins with `::` would be a command to GitHub's runners."""
    values = {"TOKEN\n::error::pwned\x1b[2J": "x"}
    (said,) = pack.examine(
        [deployment(configurations={"service": {"standardConfiguration": values}}).through("plugin")]
    )

    assert len(said.message.splitlines()) == 2
    assert "\x1b" not in said.message


def programs() -> Iterator[Path]:
    """Yield the project files of the examples in YAML."""
    for path in sorted((ROOT / "examples").rglob("Pulumi*.yaml")):
        if "resources" in yaml.safe_load(path.read_text()):
            yield path


@pytest.mark.parametrize("path", [*programs()], ids=lambda path: str(path.parent.relative_to(ROOT / "examples")))
def test_the_pack_finds_nothing_in_the_examples(pack: Pack, path: Path) -> None:
    """Programs in other languages declare the same; what a program computes counts as unknown."""
    declared = yaml.safe_load(path.read_text())["resources"]
    resources = [example(name, each) for name, each in declared.items()]

    assert any(each.kind for each in resources)
    assert pack.examine(resources) == []


def example(name: str, declared: Mapping[str, Any]) -> Resource:
    """Return a resource of a YAML program as a preview shows it."""
    type_ = declared["type"].replace("commercetools-connect:", "commercetools-connect:index:")
    props = json.loads(json.dumps(declared.get("properties", {})), object_hook=computed)
    protect = bool(declared.get("options", {}).get("protect"))
    return Resource(type=type_, urn=f"urn:pulumi:dev::shop::{type_}::{name}", props=props, protect=protect)


def computed(tree: dict[str, Any]) -> dict[str, Any]:
    return {name: UNKNOWN if isinstance(each, str) and "${" in each else each for name, each in tree.items()}


def test_the_pack_is_all_that_its_folder_says() -> None:
    """A folder for `pulumi up --policy-pack`: what runs it, and what that needs."""
    project = yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text())
    (needs,) = [line for line in (PACK / "requirements.txt").read_text().splitlines() if not line.startswith("#")]

    assert project["runtime"] == {"name": "python", "options": {"virtualenv": "venv"}}
    assert (PACK / needs.removesuffix("[policy]") / "pyproject.toml").exists()
