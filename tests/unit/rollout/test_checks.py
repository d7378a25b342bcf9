"""What does not fit together in a rollout is found before anything is declared, with its path and no value."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.contract.values import UNKNOWN, Secret
from commercetools_connect.rollout.checks import find_rollout_mistakes
from commercetools_connect.rollout.inputs import ConnectedRolloutInputs
from tests.unit.rollout.programs import CREATOR, rollout, target

CANARY = "c4n4ry-5ecret"
TOKEN = {"service": {"securedConfiguration": {"TOKEN": Secret(CANARY)}}}
DRAFT = {"name": "Greeter", "repositoryUrl": "https://github.com/acme/greeter.git", "creator": CREATOR}


def mistakes(**changes: Any) -> list[str]:
    return [str(each) for each in find_rollout_mistakes(rollout(**changes))]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"targets": [target("dev"), target("us"), target("dev", projectKey="other")]},
            ["targets[2].name: targets[0] has the same name, 'dev'"],
        ),
        ({"canary": ["dve"]}, ["canary[0]: 'dve' is no target; did you mean 'dev'?"]),
        (
            {
                "targets": [target("dev", wave="all"), target("us")],
                "canary": ["dev"],
                "waves": [{"name": "all"}],
            },
            ["targets[0].wave: a canary goes first; leave its wave out, or take it out of canary"],
        ),
        (
            {"waves": [{"name": "europe"}, {"name": "rest"}]},
            ["waves[0]: no target is in wave 'europe'; remove it, or name it in a target"],
        ),
        (
            {"targets": [target("dev", wave="erope"), target("us", wave="europe")], "waves": [{"name": "europe"}]},
            ["targets[0].wave: 'erope' is none of the waves; did you mean 'europe'?"],
        ),
        ({"targets": [target("dev", wave="x")]}, ["targets[0].wave: 'x' is none of the waves; there are none"]),
        (
            {"targets": [target("dev", wave="a")], "waves": [{"name": "a"}, {"name": "a"}]},
            ["waves[1].name: waves[0] has the same name, 'a'"],
        ),
        ({"targets": []}, ["targets: must not be empty; leave it out instead"]),
        (
            {"targets": [target("dev", configurations={"servce": {"standardConfiguration": {"A": "b"}}})]},
            [
                "targets[0].configurations.servce: the shared configurations have no such application; "
                "did you mean 'service'?"
            ],
        ),
        (
            {"targets": [target("a", projectKey="acme", key="api"), target("b", projectKey="acme", key="api")]},
            ["targets[1].key: targets[0] has the same key in the same project"],
        ),
        (
            {"targets": [target("dev", clientId=None, clientSecret=None)]},
            ["targets[0].clientId: is required", "targets[0].clientSecret: is required"],
        ),
        ({"targets": [target("dev", projectKey=None)]}, ["targets[0].projectKey: is required"]),
        (
            {"targets": [target("dev", hostRegion=None)]},
            ["targets[0]: needs hostRegion, or connectUrl and authUrl"],
        ),
        (
            {"targets": [target("dev", hostRegion=None, connectUrl="https://connect.acme.example")]},
            ["targets[0].authUrl: is required where connectUrl is given"],
        ),
        ({"connector": None}, ["connector: needs exactly one of connector and draft; neither is given"]),
        ({"draft": DRAFT}, ["connector: needs exactly one of connector and draft; both are given"]),
        ({"connector": {"id": "c", "key": "kk"}}, ["connector: needs exactly one of id and key; both are given"]),
        ({"connector": {}}, ["connector: needs exactly one of id and key; neither is given"]),
        ({"bakeTime": "soon"}, ["bakeTime: must be a number of seconds, or text such as 30m, 1h30m or 90s"]),
        ({"checks": [{"path": "/health"}]}, ["checks[0].application: is required"]),
        (
            {"checks": [{"application": "service", "path": "health"}]},
            [
                "checks[0].path: must start with one slash, such as /health: it is appended to the application's "
                "address"
            ],
        ),
        ({"conector": {"key": "greeter"}}, ["conector: unknown argument; did you mean connector?"]),
    ],
    ids=lambda value: value[0].split(":")[0] if isinstance(value, list) and value else "",
)
def test_a_mistake_is_named_with_its_place(changes: dict[str, Any], found: list[str]) -> None:
    assert mistakes(**changes) == found


def test_the_rollouts_that_the_documentation_shows_are_right() -> None:
    assert mistakes() == []
    assert mistakes(canary=["dev"]) == []
    assert mistakes(canary=["dev"], waves=[{"name": "canary", "bakeTime": "10m"}, {"name": "rest"}]) == []
    assert mistakes(canary=["dev", "eu", "us"]) == []
    local = target("dev", hostRegion=None, connectUrl="http://127.0.0.1:8080")
    assert mistakes(targets=[local]) == []
    assert mistakes(connector=None, draft=DRAFT) == []


def test_a_target_that_is_switched_off_still_counts_as_one_of_its_wave() -> None:
    """Switching the last target of a wave off is no mistake: the wave is skipped."""
    off = target("eu", wave="europe", enabled=False)
    assert mistakes(targets=[target("us"), off], waves=[{"name": "europe"}, {"name": "rest"}]) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"targets": UNKNOWN}, "targets"),
        ({"targets": [UNKNOWN]}, "targets[0]"),
        ({"targets": [target("a", name=UNKNOWN)]}, "targets[0].name"),
        ({"targets": [target("a", wave=UNKNOWN)]}, "targets[0].wave"),
        ({"targets": [target("a", enabled=UNKNOWN)]}, "targets[0].enabled"),
        ({"targets": [target("a", aliases=[UNKNOWN])]}, "targets[0].aliases"),
        ({"canary": [UNKNOWN]}, "canary[0]"),
        ({"waves": [{"name": UNKNOWN}]}, "waves[0].name"),
        ({"connector": None, "draft": UNKNOWN}, "draft"),
        (
            {"connector": None, "draft": DRAFT, "targets": [target("a", hostRegion=UNKNOWN)]},
            "targets[0].hostRegion",
        ),
    ],
)
def test_what_decides_which_resources_there_are_must_be_known(changes: dict[str, Any], path: str) -> None:
    assert mistakes(**changes) == [f"{path}: must be known at preview: it decides which resources there are"]


def test_what_a_draft_shows_must_not_be_secret() -> None:
    """It names the projects that may deploy the connector; without a draft they may be secret."""
    hidden = target("a", projectKey=Secret(CANARY), connectUrl=Secret("https://connect.acme.example"))

    assert mistakes(targets=[hidden], connector=None, draft=DRAFT)[-2:] == [
        "targets[0].connectUrl: must not be a secret: the draft would show it",
        "targets[0].projectKey: must not be a secret: the draft would show it",
    ]
    assert "secret" not in "".join(mistakes(targets=[target("a", projectKey=Secret(CANARY))]))


def test_everything_else_may_become_known_later() -> None:
    late = target("a", clientSecret=UNKNOWN, projectKey=UNKNOWN, configurations=UNKNOWN, region=UNKNOWN)
    assert mistakes(targets=[late], connectorTag=UNKNOWN, configurations=UNKNOWN, connector={"id": UNKNOWN}) == []


def test_a_mistake_beside_something_unknown_is_found() -> None:
    """One target whose secret is not known yet hides no mistake in it or in its neighbours."""
    targets = [
        target("a", clientSecret=UNKNOWN),
        target("b", clientId=None),
        target("c", clientSecret=UNKNOWN, nme=1),
    ]

    assert mistakes(targets=targets) == [
        "targets[1].clientId: is required",
        "targets[2].nme: unknown argument; did you mean name?",
    ]


def test_no_value_is_shown() -> None:
    wrong = target(
        CANARY.replace("-", ":"), clientSecret=Secret(CANARY), configurations=TOKEN, wve=CANARY, key=" "
    )
    found = "\n".join(mistakes(targets=[wrong], type=CANARY))

    assert len(found.splitlines()) == 4
    assert CANARY not in found


def test_python_programs_name_connections_instead_of_credentials() -> None:
    def found(*targets: dict[str, Any], **changes: Any) -> list[str]:
        return [str(each) for each in find_rollout_mistakes(rollout(*targets, **changes), ConnectedRolloutInputs)]

    place = {"name": "dev", "region": "europe-west1.gcp"}
    assert found({**place, "connection": "dev"}) == []
    assert found(place) == ["targets[0].connection: is required"]
    assert found({**place, "connection": "dev", "clientId": "c"}) == [
        "targets[0].clientId: unknown argument; known here: name, region, hostRegion, type, key, wave, "
        "configurations, globalConfiguration, enabled, adopt, aliases, connection, projectKey"
    ]
    assert found({**place, "connection": "dev"}, connector=None, draft=DRAFT) == [
        "targets[0].projectKey: is required: it becomes one of the draft's private projects, unless the draft "
        "names them"
    ]
