"""What a `Rollout` in a Python program declares."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime.rpc import wrap_rpc_secret

from commercetools_connect.dynamic import ConnectorPublication, Rollout
from tests.doors.dynamic.programs import Monitor, run_program
from tests.support.marks import UNKNOWN

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


def test_a_wave_depends_on_the_gate_before_it_and_on_nothing_else() -> None:
    monitor = declared()
    canary, everyone = of(monitor, "RolloutGate")
    dev, us = of(monitor, "Deployment")

    assert (canary.name, everyone.name) == ("release-canary", "release-all")
    assert not dev.dependencies
    assert [urn.rpartition("::")[2] for urn in us.dependencies] == ["release-canary"]


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


def test_mistakes_are_told_before_anything_is_declared() -> None:
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
        "  canary[0]: 'us' is no target; known: dev"
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


def test_outputs_say_who_runs_what() -> None:
    seen: list[Any] = []

    def program() -> pulumi.Output[Any]:
        made = Rollout("release", connector={"key": "greeter"}, connector_tag="v1", targets=TARGETS[:1])
        return made.targets.apply(seen.append)

    run_program(program)
    assert seen[0]["dev"]["id"] == "release-dev-id"
    assert seen[0]["dev"]["urls"] == {"my_app": "https://x"}
    assert seen[0]["dev"]["wave"] == "all"
