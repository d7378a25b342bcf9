"""What the rules of the policy pack find, and what they let pass, called directly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from commercetools_connect.core.values import UNKNOWN, PropertyValue, Secret
from commercetools_connect.policy.model import RemedyRule, Resource, ResourceRule, configured
from commercetools_connect.policy.rules import ALL
from commercetools_connect.policy.rules.secrecy import SECURED_ARE_SECRETS
from tests.policy.rows import FRONTENDS, ROWS, Declared, Row, deployment, draft, production, publication

RULES = {rule.name: rule for rule in ALL}
CANARY = "c4n4ry5ecretV4lue"


def findings(resources: Sequence[Resource], name: str, settings: Mapping[str, Any]) -> list[str]:
    """Return what one rule says about a stack."""
    rule = RULES[name]
    assert not isinstance(rule, RemedyRule)
    if isinstance(rule, ResourceRule):
        return [message for each in resources for message in rule.findings(each, settings)]
    return [finding.message for finding in rule.findings(resources, settings)]


def everything(resources: Sequence[Resource], row: Row) -> dict[str, list[str]]:
    """Return what all rules say."""
    names = [rule.name for rule in ALL if not isinstance(rule, RemedyRule)]
    said = {name: findings(resources, name, row.settings if name == row.rule else {}) for name in names}
    return {name: messages for name, messages in said.items() if messages}


def stack(declared: Sequence[Declared], frontend: str = "plugin") -> list[Resource]:
    return [each.through(frontend) for each in declared]


rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule}-{ROWS.index(row)}")


@rows
@pytest.mark.parametrize("frontend", FRONTENDS)
def test_each_rule_finds_what_is_wrong_and_no_other_rule_does(row: Row, frontend: str) -> None:
    said = everything(stack(row.wrong, frontend), row)

    assert set(said) == {row.rule}
    assert len(said[row.rule]) == 1
    assert said[row.rule][0].startswith(row.says)


@rows
@pytest.mark.parametrize("frontend", FRONTENDS)
def test_each_rule_lets_the_nearest_right_thing_pass(row: Row, frontend: str) -> None:
    assert everything(stack(row.right, frontend), row) == {}


def test_every_rule_has_an_example() -> None:
    assert {row.rule for row in ROWS} == {*RULES} - {SECURED_ARE_SECRETS.name}


@rows
def test_other_resources_are_not_judged(row: Row) -> None:
    """A bucket with the very same properties passes."""
    others = [replace(each, type="aws:s3/bucket:Bucket") for each in stack(row.wrong)]

    assert everything(others, row) == {}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a tree, branches too."""
    children = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from leaves(child, (*path, key))


def changed(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(value)
    if isinstance(value, Mapping):
        return {key: changed(child, path[1:], change) if key == path[0] else child for key, child in value.items()}
    return [changed(child, path[1:], change) if at == path[0] else child for at, child in enumerate(value)]


@rows
@pytest.mark.parametrize("which", ["wrong", "right"])
def test_what_a_preview_does_not_know_is_never_held_against_a_program(row: Row, which: str) -> None:
    """Any single value, object or list may be unknown: nothing is said that would not be said otherwise."""
    resources = stack(getattr(row, which))
    before = everything(resources, row)
    for index, resource in enumerate(resources):
        for path in leaves(resource.props):
            unknown = replace(resource, props=changed(resource.props, path, lambda _: UNKNOWN))
            after = everything([*resources[:index], unknown, *resources[index + 1 :]], row)
            said = {message for messages in after.values() for message in messages}
            assert said <= {message for messages in before.values() for message in messages}, path


@rows
def test_no_finding_tells_a_value_of_a_configuration(row: Row) -> None:
    """For any value of a program, also where a rule complains about it."""
    value = (
        f"{CANARY} ghp_{CANARY * 3} https://{CANARY}:{CANARY}@acme.example -----BEGIN PRIVATE KEY----- {CANARY}"
    )
    values = {"SHOP": value, "API_TOKEN": value, "CTP_CLIENT_ID": value}
    filled: dict[str, PropertyValue] = {
        "configurations": {"service": {"standardConfiguration": values, "securedConfiguration": values}},
        "globalConfiguration": {"standardConfiguration": values, "securedConfiguration": values},
        "apiClientName": value,
        "redeployTrigger": value,
    }
    resources = [
        replace(each, props={**each.props, **filled}) if each.kind == "Deployment" else each
        for each in stack(
            [*row.wrong, *(deployment(each, connector={"key": each}) for each in ("other", "another"))]
        )
    ]
    said = everything(resources, row)

    assert {"no-secrets-in-standard-configuration", "secured-values-are-nowhere-standard"} <= set(said)
    assert "one-api-client-per-connector" in said
    assert CANARY not in repr(said)


def test_an_address_with_credentials_is_not_repeated() -> None:
    declared = draft(url=f"https://me:{CANARY}@github.com/acme/greeter.git")
    messages = findings(stack([declared]), "repository-urls", {"hosts": ["nowhere.example"]})

    assert messages
    assert CANARY not in repr(messages)


@pytest.mark.parametrize(
    "url",
    [
        "http://github.com/acme/greeter.git",
        "https://github.com/acme/greeter",
        "https://localhost/greeter.git",
        "https://10.0.0.7/greeter.git",
        "https://git.acme.internal/greeter.git",
        "ssh://git@github.com/acme/greeter.git",
        "https://[::1/greeter.git",
        "../greeter.git",
    ],
)
def test_repositories_that_connect_could_not_fetch(url: str) -> None:
    assert findings(stack([draft(url=url)]), "repository-urls", {})


@pytest.mark.parametrize(
    "tag", ["v1.0.0", "1.2", "release-2024-06-01", "2024-06-01", "3f2a9bc", "@acme/tax@1.2.3"]
)
def test_tags_that_stay(tag: str) -> None:
    assert not findings(stack([publication(tag=tag)]), "tags-are-immutable", {})


@pytest.mark.parametrize(
    "tag",
    [
        "latest",
        "v1-latest",
        "Master",
        "feature/1.2.3",
        "refs/heads/v1.0.0",
        "release/1.2.3",
        "v1",
        "my-branch",
        "1.x",
    ],
)
def test_tags_that_move(tag: str) -> None:
    assert findings(stack([publication(tag=tag)]), "tags-are-immutable", {})


def test_a_pattern_that_is_none_is_said() -> None:
    (messages,) = findings(stack([draft()]), "tags-are-immutable", {"pattern": "("})

    assert messages == "the setting pattern of this rule is not a regular expression"


def test_before_the_first_up_a_publication_is_found_by_what_the_program_connects() -> None:
    """Ids are unknown then, tags often are not."""
    pipeline = [
        Declared(
            "ConnectorPublication",
            "p",
            {"connectorStagedId": UNKNOWN, "connectorId": UNKNOWN, "target": "private", "tag": "v1.4.0"},
            sources={"connectorStagedId": ["ConnectorStaged::d"]},
        )
    ]
    by_publication = {"connector": ["ConnectorPublication::p"]}
    by_draft = {"connector": ["ConnectorStaged::d"]}
    for sources in (by_publication, by_draft):
        asked = replace(deployment(connector={"id": UNKNOWN}, connectorTag="v1.3.0"), sources=sources)
        assert findings(stack([*pipeline, asked]), "tags-agree", {}), sources
    another = replace(
        deployment(connector={"id": UNKNOWN}, connectorTag="v1.3.0"), sources={"connector": ["X::y"]}
    )
    assert not findings(stack([*pipeline, another]), "tags-agree", {})


def test_a_preview_and_a_private_publication_of_one_draft_are_distinguished() -> None:
    """A staged deployment runs the previewable tag, another the published one."""
    both = [publication("live", tag="v1.0.0"), publication("next", tag="v1.1.0", target="preview")]
    staged = deployment("staged", connector={"id": "c-1", "staged": True}, connectorTag="v1.1.0")
    live = deployment("live", connector={"id": "c-1"}, connectorTag="v1.0.0")

    assert not findings(stack([*both, staged, live]), "tags-agree", {})


def test_deployments_of_one_connector_may_share_its_api_client() -> None:
    """The same connector in two regions, once by id, once by key: it is not known that they differ."""
    given: dict[str, Any] = {
        "configurations": {"service": {"securedConfiguration": {"CTP_CLIENT_ID": "client-1"}}}
    }
    names = ({"id": "c-1"}, {"id": "c-1", "key": "greeter"}, {"key": "greeter"})
    same = [deployment(f"d{index}", connector=each, **given) for index, each in enumerate(names)]

    assert not findings(stack(same), "one-api-client-per-connector", {})


def test_a_production_connector_from_elsewhere_passes_while_no_connector_is_named_as_trusted() -> None:
    assert not findings(stack([production(connector={"key": "tax"})]), "production-connector-is-published", {})


def test_secured_values_that_are_no_secrets_are_found() -> None:
    values = {"A": "plain", "B": Secret("kept"), "C": UNKNOWN, "D": 7}
    declared = deployment(
        configurations={
            "one": {"securedConfiguration": values},
            "two": {"securedConfiguration": Secret({"A": "plain"})},
            "three": Secret({"securedConfiguration": {"A": "plain"}}),
        },
        globalConfiguration={"securedConfiguration": {"A": "plain"}},
    )
    (resource,) = stack([declared])

    assert SECURED_ARE_SECRETS.findings(resource) == [
        ("globalConfiguration", "securedConfiguration", "A"),
        ("configurations", "one", "securedConfiguration", "A"),
        ("configurations", "one", "securedConfiguration", "D"),
    ]


def test_defaults_of_rules_can_be_replaced() -> None:
    rules = {
        rule.name: rule
        for rule in configured(ALL, {"allowed-regions": {"regions": ["a.b"]}}, {"tags-agree": "advisory"})
    }

    assert rules["allowed-regions"].settings() == {"regions": ["a.b"]}
    assert rules["tags-agree"].level == "advisory"
    assert rules["allowed-regions"].level == "mandatory"


@pytest.mark.parametrize(
    ("settings", "levels", "says"),
    [
        ({"alowed-regions": {}}, {}, "there is no rule alowed-regions"),
        ({}, {"tag-agree": "advisory"}, "there is no rule tag-agree"),
        ({"allowed-regions": {"region": []}}, {}, "allowed-regions has no setting region; it has regions"),
        ({"tags-agree": {"x": 1}}, {}, "tags-agree has no setting x; it has none"),
        ({}, {"tags-agree": "blocking"}, "blocking is no level"),
    ],
)
def test_a_misspelt_setting_is_said(settings: dict[str, Any], levels: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        configured(ALL, settings, levels)
