"""One declared place says what is secret; the schema, both frontends and every `repr` follow it."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue, Secret
from commercetools_connect.frontends.plugin.schema.package import package_schema
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.inputs import SECRET, InputModel, parse, secret_names
from commercetools_connect.resources.provider import RESOURCE_SCHEMAS
from commercetools_connect.resources.schema import mark_secrets
from commercetools_connect.rollout.model import COMPONENTS

CANARY = "c4n4ry"


class Inner(InputModel):
    """A nested object."""

    plain: str = Field(default="", description="Not secret.")
    pass_word: Annotated[str | None, SECRET] = Field(default=None, description="Secret.")


class Outer(InputModel):
    """Every place where a secret can stand."""

    token: Annotated[str, SECRET] = Field(description="Secret.")
    by_key: Annotated[dict[str, str], SECRET] = Field(default_factory=dict, description="Secret values.")
    inner: Inner | None = Field(default=None, description="Nested.")
    inners: dict[str, Inner] = Field(default_factory=dict, description="Nested in a map.")
    listed: tuple[Inner, ...] = Field(default=(), description="Nested in a list.")


@pytest.mark.parametrize(
    ("given", "sealed"),
    [
        ({"token": "a"}, {"token": Secret("a")}),
        ({"byKey": {"A": "a", "B": 1}}, {"byKey": {"A": Secret("a"), "B": Secret(1)}}),
        ({"inner": {"plain": "p", "passWord": "w"}}, {"inner": {"plain": "p", "passWord": Secret("w")}}),
        ({"inners": {"x": {"passWord": "w"}}}, {"inners": {"x": {"passWord": Secret("w")}}}),
        ({"listed": [{"passWord": "w"}, UNKNOWN]}, {"listed": [{"passWord": Secret("w")}, UNKNOWN]}),
        ({"token": Secret("a"), "inner": Secret({"passWord": "w"})}, None),
        ({"token": None, "byKey": UNKNOWN, "inner": {"passWord": UNKNOWN}, "inners": [1]}, None),
        ({"status": "Deployed", "computed": {"passWord": "w"}}, None),
    ],
    ids=[
        "field",
        "map",
        "nested",
        "map-of-nested",
        "list-of-nested",
        "sealed-already",
        "nothing-to-seal",
        "no-input",
    ],
)
def test_what_is_marked_is_sealed_wherever_it_stands(given: PropertyMap, sealed: PropertyMap | None) -> None:
    assert mark_secrets(Outer, given) == (given if sealed is None else sealed)


def test_no_model_shows_what_is_marked() -> None:
    shown = parse(Outer, {"token": CANARY, "byKey": {"A": CANARY}, "inner": {"plain": "p", "passWord": CANARY}})

    assert CANARY not in f"{shown!r} {shown}"
    assert "plain='p'" in repr(shown)


def test_what_is_secret_in_this_product() -> None:
    """The list of it; another one is a decision."""
    inputs = {kind: _marked(each.mark_secrets(_everything_secured())) for kind, each in RESOURCE_SCHEMAS.items()}

    assert secret_names(ProviderConfiguration) == {"clientSecret", "connections"}
    assert inputs == {
        "ConnectorStaged": set(),
        "ConnectorPublication": set(),
        "Deployment": {"configurations.api.securedConfiguration.A", "globalConfiguration.securedConfiguration.A"},
        "RolloutGate": set(),
    }
    targets: Any = [
        {"name": "a", "clientSecret": "s"},
        {"connection": {"clientSecret": "s"}},
        {"connection": "eu"},
    ]
    sealed = COMPONENTS["Rollout"].mark_secrets({**_everything_secured(), "targets": targets})
    assert sealed["targets"] == [
        {"name": "a", "clientSecret": Secret("s")},
        {"connection": {"clientSecret": Secret("s")}},
        {"connection": "eu"},
    ]
    assert _marked(sealed) == inputs["Deployment"]


def test_the_schema_says_the_same() -> None:
    schema: Any = package_schema()
    types = {token: each["properties"] for token, each in schema["types"].items() if "properties" in each}
    marked = {
        f"{token.rpartition(':')[2]}.{name}"
        for token, each in types.items()
        for name in each
        if each[name].get("secret")
    }

    assert schema["provider"]["inputProperties"]["clientSecret"]["secret"] is True
    assert {name.partition(".")[2] for name in marked} == {"securedConfiguration", "clientSecret"}


def _everything_secured() -> PropertyMap:
    settings = {"standardConfiguration": {"A": "a"}, "securedConfiguration": {"A": "a"}}
    return {"key": "k", "configurations": {"api": settings}, "globalConfiguration": settings, "name": "n"}


def _marked(value: PropertyValue, path: str = "") -> set[str]:
    if isinstance(value, Secret):
        return {path}
    if not isinstance(value, dict):
        return set()
    return {found for name, each in value.items() for found in _marked(each, f"{path}.{name}".lstrip("."))}
