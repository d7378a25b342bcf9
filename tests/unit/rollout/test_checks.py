"""What does not fit together in a rollout is found before anything is declared, with its path and no value."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.values import UNKNOWN, Secret
from commercetools_connect.rollout.validation import validate_rollout
from tests.unit.rollout.programs import CREATOR, rollout, target

CANARY = "c4n4ry-5ecret"
TOKEN = {"service": {"securedConfiguration": {"TOKEN": Secret(CANARY)}}}
DRAFT = {"name": "Greeter", "repositoryUrl": "https://github.com/acme/greeter.git", "creator": CREATOR}


def mistakes(**changes: Any) -> list[str]:
    return [str(each) for each in validate_rollout(rollout(**changes))]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"targets": [target("dev"), target("us"), target("dev", projectKey="other")]},
            ["targets[2].name: targets[0] has the same name, 'dev'"],
        ),
        ({"canary": ["dve"]}, ["canary[0]: 'dve' is not the name of a target; known: dev, eu, us"]),
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
            ["targets[0].wave: 'erope' is not the name of a wave; did you mean europe?"],
        ),
        (
            {"targets": [target("dev", wave="x")]},
            ["targets[0].wave: 'x' is not the name of a wave; there are none"],
        ),
        (
            {"targets": [target("dev", wave="a")], "waves": [{"name": "a"}, {"name": "a"}]},
            ["waves[1].name: waves[0] has the same name, 'a'"],
        ),
        (
            {"targets": [target("dev", aliases=["us"]), target("us", aliases=["dev", "us"])]},
            [
                "targets[0].aliases[0]: 'us' is the name of another target; rename in two steps",
                "targets[1].aliases[0]: 'dev' is the name of another target; rename in two steps",
            ],
        ),
        (
            {"targets": [target("b", aliases=["a"]), target("c", aliases=["b"])]},
            ["targets[1].aliases[0]: 'b' is the name of another target; rename in two steps"],
        ),
        (
            {"targets": [target("x", aliases=["old"]), target("y", aliases=["old"])]},
            ["targets[1].aliases[0]: targets[0] has the same alias, 'old'; remove one"],
        ),
        ({"targets": []}, ["targets: must not be empty; leave it out instead"]),
        (
            {
                "expect": {"service": {"extension": ["acme-cart"]}},
                "targets": [target("dev", expect={"admin": {"extension": ["acme-cart"]}})],
            },
            [
                "targets[0].expect.admin.extension: acme-cart is expected for service as well, and it can point "
                "to one only"
            ],
        ),
        ({"wired": True}, ["wired: no target has expect, so nothing can be looked at"]),
        (
            {
                "targets": [target("a", wave="one", expect={"service": {"extension": True}}), target("b")],
                "waves": [{"name": "one", "wired": True}, {"name": "two", "wired": True}],
            },
            ["waves[1].wired: no target has expect, so nothing can be looked at"],
        ),
        (
            {
                "expect": {"service": {"extension": True, "connection": "no name"}},
                "targets": [target("dev", expect={"admin": {"extension": True, "connection": {"clientid": "x"}}})],
            },
            [
                "expect.service.connection: is no name of a connection: a name has a letter first, then letters, "
                "digits, '_' and '-', 64 at most",
                "targets[0].expect.admin.connection.clientid: unknown argument; did you mean clientId?",
            ],
        ),
        (
            {
                "expect": {"service": {"extension": True, "connection": "watch"}},
                "targets": [target("dev", expect={"admin": {"extension": True, "connection": "other"}})],
            },
            [
                "targets[0].expect.service.connection: is another connection than that of admin; one lists for "
                "all applications of a deployment"
            ],
        ),
        (
            {"targets": [target("dev", configurations={"servce": {"standardConfiguration": {"A": "b"}}})]},
            [
                "targets[0].configurations.servce: the shared configurations have no such application; "
                "did you mean service?"
            ],
        ),
        (
            {"targets": [target("a", projectKey="acme", key="api"), target("b", projectKey="acme", key="api")]},
            ["targets[1].key: targets[0] has the same key in the same project"],
        ),
        (
            {"targets": [target("dev", clientId=None, clientSecret=None)]},
            [
                f"targets[0].{name}: is required where connection is absent"
                for name in ("clientId", "clientSecret")
            ],
        ),
        (
            {"targets": [target("dev", projectKey=None)]},
            ["targets[0].projectKey: is required where connection is absent"],
        ),
        (
            {"targets": [target("dev", hostRegion=None)]},
            ["targets[0]: needs connection, or hostRegion, or connectUrl and authUrl"],
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
        ({"waves": [{"name": "all", "wired": UNKNOWN}]}, "waves[0].wired"),
        ({"wired": UNKNOWN}, "wired"),
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


def test_the_owner_of_a_draft_is_a_target_and_there_is_one_on_each_host() -> None:
    def found(*owners: Any, **more: Any) -> list[str]:
        targets = [target("dev"), target("eu"), target("us", hostRegion="us-central1.gcp")]
        return mistakes(targets=targets, connector=None, draft={**DRAFT, "owners": list(owners)}, **more)

    assert found("eu", "us") == []
    assert found("ue", "us") == ["draft.owners[0]: 'ue' is not the name of a target; known: dev, eu, us"]
    assert found("eu", "us", "dev") == [
        "draft.owners[2]: 'dev' and 'eu' are on the same host, where the draft has one owner; remove one"
    ]
    assert found(UNKNOWN) == ["draft.owners: must be known at preview: it decides which resources there are"]


def test_a_draft_names_no_private_project_by_a_guessed_region() -> None:
    """The region to deploy to may be another one than the region that hosts the project, and not known yet."""
    local = target("dev", hostRegion=None, connectUrl="http://127.0.0.1:8080", region=UNKNOWN)
    listed = {**DRAFT, "privateProjects": ["europe-west1.gcp:acme-dev"]}

    (found,) = mistakes(targets=[local], connector=None, draft=DRAFT)
    assert found.startswith("targets[0].hostRegion: is required")
    assert mistakes(targets=[local], connector=None, draft=listed) == []
    assert mistakes(targets=[local], connector=None, draft={**DRAFT, "target": "marketplace"}) == []


@pytest.mark.parametrize("name", ["connectUrl", "authUrl"])
@pytest.mark.parametrize(
    "url", ["https://connect.example:8o80", "http://[::1", "https://a b", "connect.example", f"http://{CANARY}"]
)
def test_a_mistyped_url_is_a_mistake_of_the_program_and_not_shown(name: str, url: str) -> None:
    urls = {"connectUrl": "https://connect.acme.example", "authUrl": "https://auth.acme.example", name: url}

    assert mistakes(targets=[target("a", **urls)]) == [
        f"targets[0].{name}: is not a URL that credentials can be sent to; write it like https://host.example"
    ]


def test_everything_else_may_become_known_later() -> None:
    late = target("a", clientSecret=UNKNOWN, projectKey=UNKNOWN, configurations=UNKNOWN, region=UNKNOWN)
    assert mistakes(targets=[late], connectorTag=UNKNOWN, configurations=UNKNOWN, connector={"id": UNKNOWN}) == []


def test_a_mistake_beside_something_unknown_is_found() -> None:
    """One target whose secret is not known yet hides no mistake in it or in its neighbours."""
    targets = [
        target("a", clientSecret=UNKNOWN),
        target("b", clientId=["b"]),
        target("c", clientSecret=UNKNOWN, nme=1),
    ]

    assert mistakes(targets=targets) == [
        "targets[1].clientId: must be a string",
        "targets[2].nme: unknown argument; did you mean name?",
    ]


def test_no_value_is_shown() -> None:
    wrong = target(
        CANARY.replace("-", ":"), clientSecret=Secret(CANARY), configurations=TOKEN, wve=CANARY, key=" "
    )
    found = "\n".join(mistakes(targets=[wrong], type=CANARY))

    assert len(found.splitlines()) == 4
    assert CANARY not in found


def test_a_target_may_have_a_connection_instead_of_credentials() -> None:
    def found(*targets: dict[str, Any], **changes: Any) -> list[str]:
        return [str(each) for each in validate_rollout(rollout(*targets, **changes))]

    place = {"name": "dev", "region": "europe-west1.gcp"}
    assert found({**place, "connection": "dev"}) == []
    assert found({**place, "connection": {"clientSecret": UNKNOWN}}) == []
    assert found({**place, "connection": UNKNOWN}) == []
    assert found(place) == ["targets[0]: needs connection, or hostRegion, projectKey, clientId and clientSecret"]
    assert found({**place, "connection": "dev", "clientId": "c"}) == [
        "targets[0].clientId: cannot be given beside connection"
    ]
    assert found({**place, "connection": {"clientIdd": CANARY}}) == [
        "targets[0].connection.clientIdd: unknown argument; did you mean clientId?"
    ]
    assert found({**place, "connection": "my shop"}) == [
        "targets[0].connection: is no name of a connection: a name has a letter first, then letters, digits, '_' "
        "and '-', 64 at most"
    ]
    assert found({**place, "connection": "dev"}, connector=None, draft=DRAFT) == [
        "targets[0].projectKey: is required: it becomes one of the draft's private projects, unless the draft "
        "names them",
        "targets[0].hostRegion: is required: the draft names its private projects by the region that hosts them",
    ]
