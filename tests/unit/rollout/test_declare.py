"""The walk of a rollout declares the same resources for every frontend."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from commercetools_connect.rollout.declare import Child, RolloutProgress, RolloutWalk
from commercetools_connect.rollout.plan import plan_rollout
from tests.unit.rollout.programs import CREATOR, rollout, target

T = TypeVar("T")
DRAFT = {"name": "Greeter", "repositoryUrl": "https://github.com/acme/greeter.git", "creator": CREATOR}
IN_TWO = {"canary": ["dev"]}


class StoppedError(Exception):
    """A resource has failed."""


@dataclass
class Declarer:
    """Declares nothing, and calls resources by kind and name."""

    failing: str = ""
    children: list[Child[str]] = field(default_factory=list)

    async def declare(self, child: Child[str]) -> str:
        self.children.append(child)
        if child.name == self.failing:
            raise StoppedError
        return f"{child.kind} {child.name}"

    def output(self, resource: str, *path: str) -> object:
        return f"{'.'.join(path)} of {resource}"

    async def all(self, work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        return [await each for each in work]


def walk(declarer: Declarer, **changes: Any) -> tuple[RolloutProgress, dict[str, object]]:
    progress = RolloutProgress(plan_rollout("release", rollout(**changes)))
    return progress, asyncio.run(RolloutWalk(declarer, progress).declare())


def test_a_deployment_has_the_credentials_of_its_target_and_a_gate_has_none() -> None:
    declarer = Declarer()
    walk(declarer)
    used: dict[str, Any] = {child.name: child.inputs.get("connection") for child in declarer.children}
    assert used.pop("release-all") is None
    assert {name: each["clientId"] for name, each in used.items()} == {
        "release-dev": "dev-client",
        "release-eu": "eu-client",
        "release-us": "us-client",
    }


def test_a_gate_that_looks_again_gets_what_each_target_expects_and_its_connection() -> None:
    declarer = Declarer()
    expect = {"service": {"extension": True, "connection": "watch"}}
    walk(declarer, targets=[target("dev"), target("eu", expect=expect)], wired=True)
    gate: Mapping[str, Any] = declarer.children[-1].inputs
    assert gate["wired"] is True
    dev, eu = gate["deployments"]
    assert dev["connection"] == {
        "region": "europe-west1.gcp",
        "projectKey": "acme-dev",
        "clientId": "dev-client",
        "clientSecret": "dev-secret",
    }
    assert "expect" not in dev
    assert eu["expect"] == expect
    assert eu["applications"] == "applications of Deployment release-eu"


def test_a_gate_that_only_waits_gets_no_connection() -> None:
    declarer = Declarer()
    walk(declarer, expect={"service": {"extension": True}})
    gate: Mapping[str, Any] = declarer.children[-1].inputs
    assert all(not {"connection", "expect", "applications"} & set(each) for each in gate["deployments"])


def test_all_of_a_wave_waits_for_the_gate_of_the_wave_before() -> None:
    declarer = Declarer()
    walk(declarer, **IN_TWO)
    gates = {child.name: child.gate for child in declarer.children}
    assert gates.pop("release-dev") is gates.pop("release-canary") is None
    assert set(gates.values()) == {"RolloutGate release-canary"}
    last = declarer.children[-1]
    assert last.inputs["previous"] == "summary of RolloutGate release-canary"
    assert last.sources == {
        "deployments": ["Deployment release-eu", "Deployment release-us"],
        "previous": ["RolloutGate release-canary"],
    }


def test_a_draft_is_published_before_the_deployments_that_run_it() -> None:
    declarer = Declarer()
    walk(declarer, targets=[target("dev")], connector=None, draft=DRAFT)
    draft, publication, deployment, _ = declarer.children
    assert [draft.kind, publication.kind, deployment.kind] == [
        "ConnectorStaged",
        "ConnectorPublication",
        "Deployment",
    ]
    assert publication.inputs["tag"] == f"repository.tag of ConnectorStaged {draft.name}"
    assert deployment.inputs["connector"] == {"id": f"connectorId of ConnectorPublication {draft.name}"}
    assert deployment.sources["connectorTag"] == (f"ConnectorPublication {draft.name}",)


def test_a_rollout_that_fails_knows_how_far_it_came() -> None:
    declarer = Declarer(failing="release-us")
    progress = RolloutProgress(plan_rollout("release", rollout(**IN_TWO)))
    with pytest.raises(StoppedError):
        asyncio.run(RolloutWalk(declarer, progress).declare())
    assert (progress.wave, progress.begun, progress.done) == ("all", ["dev", "eu", "us"], ["dev", "eu"])
    assert declarer.children[-1].name == "release-us"


def test_the_outputs_say_what_became_of_each_target() -> None:
    _, outputs = walk(Declarer(), targets=[target("dev")])
    assert outputs == {
        "targets": {
            "dev": {
                "id": "id of Deployment release-dev",
                "urls": "urls of Deployment release-dev",
                "deployedTag": "deployedTag of Deployment release-dev",
                "status": "status of Deployment release-dev",
                "wave": "all",
            }
        },
        "summary": "summary of RolloutGate release-all",
    }
