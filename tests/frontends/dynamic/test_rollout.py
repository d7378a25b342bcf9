"""What a `Rollout` in a Python program declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime.rpc import wrap_rpc_secret

from commercetools_connect.dynamic import ConnectorPublication, Rollout
from tests.frontends.dynamic.programs import Monitor, run_program
from tests.support.marks import SIGNATURE, UNKNOWN

CANARY = "c4n4ry-5ecret"
SERVICE = {"service": {"standard_configuration": {"SHOP": "Acme"}, "secured_configuration": {"TOKEN": CANARY}}}
TARGETS: list[Any] = [
    {"name": "dev", "region": "europe-west1.gcp", "connection": "dev"},
    {"name": "us", "region": "us-east-2.aws", "connection": "us", "aliases": ["america"], "type": "production"},
]
DRAFT = {"name": "Greeter", "repository_url": "https://g.example/a.git", "creator": {"email": "a@b.example"}}


def declared(preview: bool = False, **changes: Any) -> Monitor:
    arguments: dict[str, Any] = {
        "connector": {"key": "greeter"},
        "connector_tag": "v1.4.0",
        "configurations": SERVICE,
        "targets": TARGETS,
        "canary": ["dev"],
        **changes,
    }
    return run_program(lambda: Rollout("release", **arguments) and None, preview=preview)


def of(monitor: Monitor, kind: str) -> list[Any]:
    return [request for request in monitor.requests if request.type.endswith(f":{kind}")]


def test_each_target_is_an_ordinary_deployment_of_the_component() -> None:
    monitor = declared()
    (component,) = of(monitor, "Rollout")

    assert component.type == "commercetools-connect:index:Rollout"
    assert [each.name for each in of(monitor, "Deployment")] == ["release-dev", "release-us"]
    assert all(each.parent.endswith("Rollout::release") for each in of(monitor, "Deployment"))
    inputs = monitor.inputs("release-us")
    assert inputs["connection"] == "us"
    assert inputs["type"] == "production"
    assert inputs["configurations"] == {
        "service": {
            "standardConfiguration": {"SHOP": "Acme"},
            "securedConfiguration": {"TOKEN": wrap_rpc_secret(CANARY)},
        }
    }


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("form", ["in the target", "in its connection"])
def test_a_target_may_have_credentials_of_its_own(form: str, preview: bool) -> None:
    """As through the plugin; the secret is marked."""
    own = {"client_id": "us-client", "client_secret": CANARY, "project_key": "acme-us"}
    place = {"name": "us", "region": "us-east-2.aws"}
    connected = {**place, "connection": {"region": "us-central1.gcp", **own}}
    target = {**place, "host_region": "us-central1.gcp", **own} if form == "in the target" else connected

    inputs = declared(preview, targets=[target], canary=()).inputs("release-us")

    assert inputs["connection"] == {
        "region": "us-central1.gcp",
        "clientId": "us-client",
        "clientSecret": wrap_rpc_secret(CANARY),
        "projectKey": "acme-us",
    }


def test_a_wave_depends_on_the_gate_before_it_and_on_nothing_else() -> None:
    monitor = declared()
    canary, everyone = of(monitor, "RolloutGate")
    dev, us = of(monitor, "Deployment")

    assert (canary.name, everyone.name) == ("release-canary", "release-all")
    assert not dev.dependencies
    assert [urn.rpartition("::")[2] for urn in us.dependencies] == ["release-canary"]


@pytest.mark.parametrize("several", [False, True])
def test_what_a_rollout_depends_on_comes_before_its_first_wave(several: bool) -> None:
    """Every child waits for it, and each deployment has the time limits of the rollout."""

    def program() -> None:
        before = ConnectorPublication("before", connector_staged_id="d", tag="v1", target="private")
        options = pulumi.ResourceOptions(
            depends_on=[before] if several else before, custom_timeouts=pulumi.CustomTimeouts(create="1h")
        )
        arguments: dict[str, Any] = {"connector": {"key": "greeter"}, "connector_tag": "v1", "targets": TARGETS}
        Rollout("release", **arguments, canary=["dev"], opts=options)

    monitor = run_program(program)

    children = [*of(monitor, "Deployment"), *of(monitor, "RolloutGate")]
    assert len(children) == 4
    for child in children:
        assert "before" in [urn.rpartition("::")[2] for urn in child.dependencies], child.name
    assert "release-canary" in [urn.rpartition("::")[2] for urn in monitor.request("release-us").dependencies]
    assert [each.customTimeouts.create for each in of(monitor, "Deployment")] == ["1h", "1h"]
    assert [each.customTimeouts.create for each in of(monitor, "RolloutGate")] == ["", ""]


def test_a_former_name_becomes_an_alias() -> None:
    (_, us) = of(declared(), "Deployment")
    assert "release-america" in {alias.spec.name for alias in us.aliases}


def test_a_draft_is_published_before_it_is_deployed() -> None:
    targets = [{**each, "host_region": "europe-west1.gcp", "project_key": each["name"]} for each in TARGETS]
    monitor = declared(connector=None, draft=DRAFT, targets=targets)

    (staged,), (publication,) = of(monitor, "ConnectorStaged"), of(monitor, "ConnectorPublication")
    assert staged.name == publication.name == "release-europe-west1-gcp"
    assert monitor.inputs(staged.name)["privateProjects"] == ["europe-west1.gcp:dev", "europe-west1.gcp:us"]
    assert monitor.inputs("release-us")["connector"] == {"id": "c-1"}
    assert monitor.inputs("release-us")["connectorTag"] == "v1"


def test_a_rollout_refuses_a_staged_connector() -> None:
    """As `ConnectorArgs` of a Deployment has `staged`, and a rollout would ignore it."""
    with pytest.raises(pulumi.RunError, match=r"connector\.staged: unknown argument; known: id, key"):
        declared(connector={"key": "greeter", "staged": True})


def test_mistakes_are_reported_before_anything_is_declared() -> None:
    seen: list[str] = []

    def program() -> None:
        with pytest.raises(pulumi.RunError) as caught:
            Rollout("release", connector_tag="v1", targets=[TARGETS[0], TARGETS[0]], canary=["us"])
        seen.append(str(caught.value))

    assert not of(run_program(program), "Deployment")
    assert seen == [
        "Rollout 'release' cannot be declared:\n"
        "  connector: needs exactly one of connector and draft; neither is given\n"
        "  targets[1].name: targets[0] has the same name, 'dev'\n"
        "  canary[0]: 'us' is not the name of a target; known: dev"
    ]


def test_values_may_be_outputs_also_such_that_a_preview_does_not_know() -> None:
    def program() -> None:
        other = ConnectorPublication("other", connector_staged_id="d", tag="v1", target="private")
        unknown: Any = pulumi.Output.from_input(other.report)
        Rollout(
            "release",
            connector={"id": unknown},
            connector_tag=unknown,
            configurations={"service": {"secured_configuration": {"TOKEN": unknown}}},
            targets=TARGETS,
        )

    monitor = run_program(program, preview=True)

    assert len(of(monitor, "Deployment")) == 2
    assert monitor.inputs("release-us")["connectorTag"] == UNKNOWN


def overridden(make: Callable[[], tuple[Any, Any]]) -> Monitor:
    """Declare two targets; `make` returns the shared values and those of the second target."""

    def program() -> None:
        shared, own = make()
        targets: list[Any] = [TARGETS[0], {**TARGETS[1], "configurations": own}]
        arguments: dict[str, Any] = {"connector": {"key": "greeter"}, "connector_tag": "v1"}
        Rollout("release", **arguments, configurations=shared, targets=targets)

    return run_program(program)


SHARED: dict[str, Any] = {"SHOP": "Acme", "MODE": "gross"}
later = pulumi.Output.from_input


@pytest.mark.parametrize(
    "make",
    [
        lambda: (later(values(SHARED)), values({"MODE": "net"})),
        lambda: (values(SHARED), later(values({"MODE": "net"}))),
        lambda: (later(values(SHARED)), later(values({"MODE": "net"}))),
        lambda: ({"service": later(values(SHARED)["service"])}, values({"MODE": "net"})),
        lambda: (values(later(SHARED)), values({"MODE": "net"})),
        lambda: (values(SHARED), values(later({"MODE": "net"}))),
        lambda: (values(SHARED), values({"MODE": later("net")})),
    ],
)
def test_a_target_keeps_the_shared_values_that_it_does_not_override(make: Any) -> None:
    """However much of them is an output: no setting of the shop is lost."""
    monitor = overridden(make)

    first, second = monitor.inputs("release-dev"), monitor.inputs("release-us")
    assert first["configurations"] == {"service": {"standardConfiguration": SHARED}}
    assert second["configurations"] == {"service": {"standardConfiguration": {"SHOP": "Acme", "MODE": "net"}}}


def in_clear(tree: Any) -> Any:
    """Return what is sent without what is sent as a secret."""
    if not isinstance(tree, dict) or SIGNATURE in tree:
        return None if isinstance(tree, dict) else tree
    return {name: in_clear(child) for name, child in tree.items()}


def values(standard: Any) -> dict[str, Any]:
    return {"service": {"standard_configuration": standard}}


def test_secrets_of_both_sides_stay_secret_where_the_shared_values_are_an_output() -> None:
    monitor = overridden(
        lambda: (
            {"service": {"secured_configuration": later({"TOKEN": CANARY})}},
            {"service": {"secured_configuration": {"OTHER": CANARY}}},
        )
    )

    sent = monitor.inputs("release-us")["configurations"]
    assert "TOKEN" in str(sent)
    assert "OTHER" in str(sent)
    assert CANARY not in str(in_clear(sent))


def test_outputs_say_who_runs_what() -> None:
    seen: list[Any] = []

    def program() -> pulumi.Output[Any]:
        made = Rollout("release", connector={"key": "greeter"}, connector_tag="v1", targets=TARGETS[:1])
        return made.targets.apply(seen.append)

    run_program(program)
    assert seen[0]["dev"]["id"] == "release-dev-id"
    assert seen[0]["dev"]["urls"] == {"my_app": "https://x"}
    assert seen[0]["dev"]["wave"] == "all"
