"""A rollout can be planned with any values marked as secret, and no value loses its mark."""

from __future__ import annotations

from typing import Any

from commercetools_connect.core.values import UNKNOWN, Secret, unwrap_secrets
from commercetools_connect.resources.schema import mark_secrets
from commercetools_connect.rollout.model import RolloutInputs
from commercetools_connect.rollout.plan import plan_rollout
from commercetools_connect.rollout.validation import open_structure
from tests.unit.rollout.programs import rollout, target


def test_targets_that_are_secret_as_a_whole_can_be_planned() -> None:
    """As when a program reads all of them from one secret."""
    given = rollout(target("eu", wave="rest"), target("dev"), canary=["dev"], waves=[{"name": "rest"}])
    whole = {name: Secret(value) for name, value in given.items()}

    plan = plan_rollout("release", open_structure(whole))

    assert [(wave.name, [each.resource for each in wave.targets]) for wave in plan.waves] == [
        ("canary", ["release-dev"]),
        ("rest", ["release-eu"]),
    ]
    (eu,) = plan.waves[1].targets
    connection: Any = eu.connection
    assert connection["clientSecret"] == Secret("eu-secret")
    assert eu.deployment["projectKey"] == Secret("acme-eu")
    assert eu.deployment["configurations"] == {"service": {"standardConfiguration": {"SHOP": Secret("Acme")}}}


def test_only_values_are_marked_one_by_one() -> None:
    """So diffs still show which keys there are, and what a target lays over a secret map is merged with it."""
    own = {"service": {"securedConfiguration": {"A": "own"}}}
    shared = {"service": Secret({"securedConfiguration": {"A": "shared", "B": "shared", "C": UNKNOWN, "D": None}})}
    given: dict[str, Any] = rollout(target("dev", configurations=own), configurations=shared)

    opened = open_structure(mark_secrets(RolloutInputs, given))
    (wave,) = plan_rollout("release", opened).waves
    configurations: Any = wave.targets[0].deployment["configurations"]

    assert configurations["service"]["securedConfiguration"] == {
        "A": Secret("own"),
        "B": Secret("shared"),
        "C": UNKNOWN,
        "D": None,
    }
    assert unwrap_secrets(opened) == unwrap_secrets(given)


def test_what_is_laid_over_something_unknown_is_not_known_either() -> None:
    """A preview must not check a part as if it were all."""
    own = {"service": {"standardConfiguration": {"SHOP": "own"}}}
    plan = plan_rollout("release", rollout(target("dev", configurations=own), configurations=UNKNOWN))

    assert plan.waves[0].targets[0].deployment["configurations"] is UNKNOWN


def test_where_a_draft_goes_is_no_secret() -> None:
    """A marketplace is one also when the whole draft is marked, and gets no list of private projects."""
    opened = open_structure({"draft": Secret({"name": "Greeter", "target": "marketplace"})})

    assert opened["draft"] == {"name": Secret("Greeter"), "target": "marketplace"}
