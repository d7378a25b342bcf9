"""The resources that a Rollout stands for, as plain data: the component classes only declare them.

Values pass through untouched, whatever a door uses for secrets and for what is not known yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from commercetools_connect.rollout.merging import merge
from commercetools_connect.rollout.waves import Wave, order_waves

__all__ = ["HostPlan", "RolloutPlan", "TargetPlan", "WavePlan", "plan_rollout"]

Properties = Mapping[str, object]

CONNECTION: Final = {
    "hostRegion": "region",
    "connectUrl": "connectUrl",
    "authUrl": "authUrl",
    "projectKey": "projectKey",
    "clientId": "clientId",
    "clientSecret": "clientSecret",
}
"""Names of a target's own access, and what the provider's configuration calls them."""

SHARED: Final = ("redeployTrigger", "skipScripts", "failOnScriptWarning", "skipPlanTimeValidation")
OWN: Final = ("region", "projectKey", "key", "adopt")


@dataclass(frozen=True)
class TargetPlan:
    """One deployment.

    - `name`: of the target; `resource` is the deployment's name in the program, `aliases` those it had before.
    - `provider`: configuration of the provider that deploys it; empty where `connection` names one.
    - `host`: which host the project is on, a key of `RolloutPlan.hosts` when the rollout publishes.
    - `deployment`: inputs of the Deployment, without `connector` and `connectorTag` where a draft is published.
    """

    name: str
    resource: str
    aliases: tuple[str, ...]
    connection: str | None
    provider: Properties
    host: str
    deployment: Properties


@dataclass(frozen=True)
class HostPlan:
    """A draft and its publication on one host, with the access of the target `target`."""

    resource: str
    target: TargetPlan
    staged: Properties
    publication: Properties


@dataclass(frozen=True)
class WavePlan:
    """One wave: first the `hosts` that no earlier wave published on, then the targets, then the gate.

    `gate` holds the inputs of the RolloutGate that are known without the deployments.
    """

    name: str
    hosts: tuple[HostPlan, ...]
    targets: tuple[TargetPlan, ...]
    gate_resource: str
    gate: Properties


@dataclass(frozen=True)
class RolloutPlan:
    """Everything that a Rollout declares, wave after wave."""

    waves: tuple[WavePlan, ...]


def plan_rollout(name: str, inputs: Properties) -> RolloutPlan:
    """Return the resources of the rollout called `name`; its inputs have no mistakes."""
    targets = _objects(inputs.get("targets"))
    canary = [str(each) for each in _list(inputs.get("canary"))]
    planned = [_plan_target(name, inputs, target) for target in targets]
    published: set[str] = set()
    waves = []
    for wave in order_waves(targets, _objects(inputs.get("waves")), canary):
        members = tuple(planned[position] for position in wave.targets)
        hosts = tuple(_plan_hosts(name, inputs, targets, planned, members, published))
        published.update(host.target.host for host in hosts)
        waves.append(_plan_wave(name, inputs, wave, hosts, members))
    return RolloutPlan(tuple(waves))


def _plan_wave(
    name: str, inputs: Properties, wave: Wave, hosts: tuple[HostPlan, ...], targets: tuple[TargetPlan, ...]
) -> WavePlan:
    settings = {
        member: wave.settings[member] if wave.settings.get(member) is not None else inputs.get(member)
        for member in ("bakeTime", "checks")
    }
    gate = {
        "wave": wave.name,
        "connectorTag": inputs.get("connectorTag"),
        "triggers": inputs.get("redeployTrigger"),
    }
    return WavePlan(wave.name, hosts, targets, f"{name}-{wave.name}", _present({**gate, **settings}))


def _plan_target(name: str, inputs: Properties, target: Properties) -> TargetPlan:
    aliases = tuple(f"{name}-{each}" for each in _list(target.get("aliases")))
    connection = target.get("connection")
    connector = {"connector": inputs.get("connector"), "connectorTag": inputs.get("connectorTag")}
    deployment = {
        **{member: target.get(member) for member in OWN},
        **{member: inputs.get(member) for member in SHARED},
        **(connector if inputs.get("draft") is None else {}),
        "type": target.get("type") or inputs.get("type"),
        "configurations": merge(inputs.get("configurations"), target.get("configurations")),
        "globalConfiguration": merge(inputs.get("globalConfiguration"), target.get("globalConfiguration")),
    }
    return TargetPlan(
        name=str(target["name"]),
        resource=f"{name}-{target['name']}",
        aliases=aliases,
        connection=None if connection is None else str(connection),
        provider=_present({theirs: target.get(ours) for ours, theirs in CONNECTION.items()}),
        host=_host(target),
        deployment=_present(deployment),
    )


def _plan_hosts(
    name: str,
    inputs: Properties,
    targets: Sequence[Properties],
    planned: Sequence[TargetPlan],
    members: Sequence[TargetPlan],
    published: set[str],
) -> list[HostPlan]:
    draft = inputs.get("draft")
    if not isinstance(draft, Mapping):
        return []
    hosts = []
    for host in sorted({member.host for member in members} - published):
        # whoever is first by name: the order in the program must change nothing
        first = min((member for member in planned if member.host == host), key=lambda member: member.name)
        projects = [_project(target) for target, plan in zip(targets, planned, strict=True) if plan.host == host]
        hosts.append(_plan_host(f"{name}-{_slug(host)}", draft, inputs.get("connectorTag"), first, projects))
    return hosts


def _plan_host(
    resource: str, draft: Properties, tag: object, target: TargetPlan, projects: Sequence[object]
) -> HostPlan:
    own = {member: value for member, value in draft.items() if member not in ("repositoryUrl", "target")}
    staged: dict[str, object] = {**own, "repository": {"url": draft.get("repositoryUrl"), "tag": tag}}
    if staged.get("privateProjects") is None and draft.get("target") != "marketplace":
        staged["privateProjects"] = sorted({str(project) for project in projects})
    return HostPlan(resource, target, _present(staged), {"target": draft.get("target") or "private"})


def _project(target: Properties) -> str:
    """Return a project as a draft names it (API §4.1): by the region that hosts it."""
    return f"{target.get('hostRegion') or target.get('region')}:{target.get('projectKey')}"


def _host(target: Properties) -> str:
    found = target.get("hostRegion") or target.get("connectUrl") or target.get("connection")
    return str(found)


def _slug(host: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", host.rsplit("://", maxsplit=1)[-1]).strip("-")


def _present(properties: Properties) -> dict[str, object]:
    return {name: value for name, value in properties.items() if value is not None}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _objects(value: object) -> Sequence[Properties]:
    return [each for each in _list(value) if isinstance(each, Mapping)]
