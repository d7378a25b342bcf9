"""What a rollout declares: which resources there are, in which wave, with which values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.values import UNKNOWN, Secret
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.inputs import validate_inputs
from commercetools_connect.rollout.plan import RolloutPlan, TargetPlan, merge, plan_rollout
from commercetools_connect.rollout.validation import validate_rollout
from tests.unit.rollout.programs import CREATOR, rollout, target

DRAFT = {"name": "Greeter", "repositoryUrl": "https://github.com/acme/greeter.git", "creator": CREATOR}
NAMES = ("dev", "eu", "us", "au", "test")
WAVES = ("first", "second", "third")


def waves(plan: RolloutPlan) -> dict[str, list[str]]:
    return {wave.name: [each.name for each in wave.targets] for wave in plan.waves}


def deployments(plan: RolloutPlan) -> dict[str, TargetPlan]:
    return {each.name: each for wave in plan.waves for each in wave.targets}


def test_without_waves_all_targets_are_one_wave() -> None:
    assert waves(plan_rollout("r", rollout())) == {"all": ["dev", "eu", "us"]}


def test_the_canary_goes_first_and_a_target_without_a_wave_last() -> None:
    targets = [target("us"), target("dev"), target("eu", wave="europe")]
    inputs = rollout(*targets, canary=["dev"], waves=[{"name": "europe"}, {"name": "rest"}])
    plan = plan_rollout("r", inputs)

    assert waves(plan) == {"canary": ["dev"], "europe": ["eu"], "rest": ["us"]}
    assert list(waves(plan)) == ["canary", "europe", "rest"]


def test_a_wave_whose_targets_are_all_switched_off_is_skipped() -> None:
    targets = [target("us"), target("eu", wave="europe", enabled=False)]
    assert waves(plan_rollout("r", rollout(*targets, waves=[{"name": "europe"}, {"name": "rest"}]))) == {
        "rest": ["us"]
    }


def test_a_wave_has_its_own_gate_and_the_rollouts_where_it_says_nothing() -> None:
    check = {"application": "service", "path": "/health"}
    inputs = rollout(
        canary=["dev"],
        bakeTime="10m",
        checks=[check],
        waves=[{"name": "canary", "bakeTime": 0}, {"name": "rest", "checks": []}],
        redeployTrigger=7,
    )
    canary, rest = plan_rollout("r", inputs).waves

    assert canary.gate_resource == "r-canary"
    shared = {"connectorTag": "v1.4.0", "triggers": 7}
    assert canary.gate == {**shared, "wave": "canary", "bakeTime": 0, "checks": [check]}
    assert rest.gate == {**shared, "wave": "rest", "bakeTime": "10m", "checks": []}


def test_a_targets_values_are_laid_over_the_shared_ones_key_by_key() -> None:
    shared = {
        "service": {"standardConfiguration": {"SHOP": "Acme", "MODE": "gross"}},
        "job": {"schedule": "0 3 * * *"},
    }
    own = {"service": {"standardConfiguration": {"SHOP": "Acme US"}, "securedConfiguration": {"T": Secret("t")}}}
    plan = plan_rollout("r", rollout(target("us", configurations=own, type="production"), configurations=shared))
    us = deployments(plan)["us"]

    assert us.deployment == {
        "region": "europe-west1.gcp",
        "projectKey": "acme-us",
        "type": "production",
        "connector": {"key": "greeter"},
        "connectorTag": "v1.4.0",
        "configurations": {
            "service": {
                "standardConfiguration": {"SHOP": "Acme US", "MODE": "gross"},
                "securedConfiguration": {"T": Secret("t")},
            },
            "job": {"schedule": "0 3 * * *"},
        },
    }
    assert us.connection == {
        "region": "europe-west1.gcp",
        "projectKey": "acme-us",
        "clientId": "us-client",
        "clientSecret": "us-secret",
    }
    assert us.resource == "r-us"


@pytest.mark.parametrize(
    ("shared", "own", "merged"),
    [
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": {"b": 1}}, {"a": {"b": ""}}, {"a": {"b": ""}}),
        ({"a": 1}, {"a": None}, {"a": 1}),
        ({"a": 1}, None, {"a": 1}),
        (None, {"a": 1}, {"a": 1}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": UNKNOWN}, {"a": UNKNOWN}),
        ({"a": Secret({"b": 1})}, {"a": {"c": 2}}, {"a": {"c": 2}}),
        ({"a": {"b": 1}}, {"a": {"b": Secret("s")}}, {"a": {"b": Secret("s")}}),
    ],
)
def test_own_values_are_merged_over_shared_ones(shared: object, own: object, merged: object) -> None:
    assert merge(shared, own) == merged


def test_a_draft_is_published_once_on_each_host_before_the_first_wave_that_is_there() -> None:
    us = {"region": "us-east-2.aws", "hostRegion": "us-east-2.aws"}
    targets = [target("dev"), target("us", **us), target("eu"), target("us-2", **us)]
    plan = plan_rollout("r", rollout(*targets, connector=None, draft=DRAFT, canary=["dev"]))
    canary, rest = plan.waves

    (europe,), (america,) = canary.hosts, rest.hosts
    assert (europe.resource, america.resource) == ("r-europe-west1-gcp", "r-us-east-2-aws")
    assert europe.target.name == "dev"
    assert europe.staged == {
        "name": "Greeter",
        "creator": CREATOR,
        "repository": {"url": DRAFT["repositoryUrl"], "tag": "v1.4.0"},
        "privateProjects": ["europe-west1.gcp:acme-dev", "europe-west1.gcp:acme-eu"],
    }
    assert america.staged["privateProjects"] == ["us-east-2.aws:acme-us", "us-east-2.aws:acme-us-2"]
    assert europe.publication == {"target": "private"}
    assert {each.host for each in rest.targets} == {"europe-west1.gcp", "us-east-2.aws"}
    assert not {"connector", "connectorTag"} & set(rest.targets[0].deployment)


def test_what_a_target_expects_of_an_application_replaces_what_all_expect_of_it() -> None:
    shared = {"service": {"extension": True, "subscription": True}, "listener": {"subscription": True}}
    eu = target("eu", expect={"service": {"extension": ["acme-eu"]}})
    found = deployments(plan_rollout("r", rollout(target("dev"), eu, expect=shared)))

    assert found["dev"].deployment["expect"] == shared
    assert found["eu"].deployment["expect"] == {**shared, "service": {"extension": ["acme-eu"]}}


def test_the_shared_expectation_may_become_known_later() -> None:
    """A target's own is laid over what it will be; where that is not known, neither is the whole."""
    own = {"listener": {"subscription": True}}
    late: list[Any] = []

    def when_known(value: object, act: Any) -> object:
        if value != "later":
            return act(value)
        late.append(act)
        return "still later"

    inputs = rollout(target("dev", expect=own), expect="later")
    assert deployments(plan_rollout("r", inputs, when_known))["dev"].deployment["expect"] == "still later"
    service = {"service": {"extension": True}}
    assert late[-1](service) == {**service, **own}
    unknown = deployments(plan_rollout("r", {**inputs, "expect": UNKNOWN}))
    assert unknown["dev"].deployment["expect"] is UNKNOWN


@pytest.mark.parametrize(
    ("of_all", "of_waves", "found"),
    [
        (None, {}, {}),
        (False, {}, {}),
        (True, {}, {"second": True}),
        (None, {"second": True}, {"second": True}),
        (True, {"second": False}, {}),
    ],
)
def test_a_gate_looks_again_where_the_rollout_or_its_wave_asks_for_it(
    of_all: bool | None, of_waves: dict[str, bool], found: dict[str, bool]
) -> None:
    """A wave in which nothing is expected is left out, and other gates have the same inputs as ever."""
    waves = [
        {"name": name, **({"wired": of_waves[name]} if name in of_waves else {})} for name in ("first", "second")
    ]
    expecting = target("eu", wave="second", expect={"service": {"extension": True}})
    plan = plan_rollout("r", rollout(target("dev", wave="first"), expecting, waves=waves, wired=of_all))
    assert {wave.name: wave.gate["wired"] for wave in plan.waves if "wired" in wave.gate} == found


def owner(*targets: dict[str, Any], **draft: Any) -> str:
    plan = plan_rollout("r", rollout(*targets, connector=None, draft={**DRAFT, **draft}))
    (host,) = [host for wave in plan.waves for host in wave.hosts]
    assert "owners" not in host.staged
    return host.target.name


def test_a_draft_keeps_the_owner_that_the_program_chose() -> None:
    """Also if targets come and go: another project could not even see the draft."""
    eu = target("eu")

    assert owner(eu, owners=["eu"]) == "eu"
    assert owner(eu, target("asia"), owners=["eu"]) == "eu"
    assert owner({**eu, "enabled": False}, target("us"), owners=["eu"]) == "eu"


def test_a_target_that_is_switched_off_does_not_become_the_owner_of_a_draft() -> None:
    """It may be in preparation; and the order in the program means nothing."""
    eu, asia = target("eu"), target("asia", enabled=False)

    assert owner(eu, asia) == owner(asia, eu) == "eu"
    assert owner(eu, target("us")) == owner(target("us"), eu) == "eu"


def test_what_is_planned_is_what_a_deployment_takes() -> None:
    own = {"service": {"standardConfiguration": {"SHOP": "Acme US"}}}
    shared = {
        "redeployTrigger": 1,
        "skipScripts": True,
        "failOnScriptWarning": True,
        "skipPlanTimeValidation": True,
    }
    us = target("us", configurations=own, globalConfiguration={}, key="us-api", adopt=True, type="production")
    plan = plan_rollout("r", rollout(us, **shared))

    declared: Any = deployments(plan)["us"].deployment
    assert validate_inputs(DeploymentInputs, declared) == ()


# Changes of the program that must touch nothing else.


@st.composite
def programs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Targets in waves of which each has one, in any order."""
    names = draw(st.permutations(NAMES))
    places = [*WAVES, *draw(st.lists(st.sampled_from(WAVES), min_size=2, max_size=2))]
    return [target(name, wave=wave) for name, wave in zip(names, places, strict=True)]


def planned(targets: Sequence[dict[str, Any]], canary: Sequence[str] = ()) -> RolloutPlan:
    inputs = rollout(*targets, canary=list(canary), waves=[{"name": name} for name in WAVES])
    return plan_rollout("r", inputs)


@given(programs(), st.randoms())
def test_the_order_in_the_program_means_nothing(targets: list[dict[str, Any]], random: Any) -> None:
    moved = list(targets)
    random.shuffle(moved)

    assert planned(moved) == planned(targets)


@given(programs(), st.sampled_from(NAMES), st.sampled_from([*WAVES, "canary"]))
def test_moving_a_target_to_another_wave_changes_nothing_that_runs(
    targets: list[dict[str, Any]], name: str, wave: str
) -> None:
    """Inputs, names and aliases of every deployment stay; so do its provider and host."""
    moved = [
        {**each, "wave": None if wave == "canary" else wave} if each["name"] == name else each for each in targets
    ]

    assert deployments(planned(moved, [name] if wave == "canary" else [])) == deployments(planned(targets))


@given(programs(), st.sampled_from(NAMES))
def test_switching_a_target_off_removes_its_deployment_and_touches_no_other(
    targets: list[dict[str, Any]], name: str
) -> None:
    off = [{**each, "enabled": False} if each["name"] == name else each for each in targets]
    without = [each for each in targets if each["name"] != name]

    assert planned(off) == planned(without)
    assert deployments(planned(off)) == {k: v for k, v in deployments(planned(targets)).items() if k != name}


@given(programs(), st.sampled_from(NAMES))
def test_renaming_a_target_keeps_its_old_name_as_an_alias(targets: list[dict[str, Any]], name: str) -> None:
    renamed = [
        {**each, "name": "brand-new", "aliases": [name]} if each["name"] == name else each for each in targets
    ]
    before, after = deployments(planned(targets)), deployments(planned(renamed))

    assert after["brand-new"].aliases == (f"r-{name}",)
    assert after["brand-new"].deployment == before[name].deployment
    assert {k: v for k, v in after.items() if k != "brand-new"} == {k: v for k, v in before.items() if k != name}


@given(programs())
def test_every_enabled_target_is_in_one_wave(targets: list[dict[str, Any]]) -> None:
    inputs = rollout(*targets, waves=[{"name": name} for name in WAVES])

    assert validate_rollout(inputs) == ()
    members = [each.name for wave in plan_rollout("r", inputs).waves for each in wave.targets]
    assert sorted(members) == sorted(NAMES)
