"""Plan of a Rollout: waves, targets and the resources that they need. Pure.

Values pass through unchanged, with each frontend's own marks for secrets and unknown values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from commercetools_connect.core.values import UNKNOWN, as_list, as_maps

Properties = Mapping[str, object]

WhenKnown = Callable[[object, Callable[[object], object]], object]
"""Calls a function with a value: at once, or, if it is an output of a program, when its value is known."""

OWN_CONNECTION: Final = {
    "hostRegion": "region",
    "connectUrl": "connectUrl",
    "authUrl": "authUrl",
    "projectKey": "projectKey",
    "clientId": "clientId",
    "clientSecret": "clientSecret",
}
"""Members of a target that say how it is reached, and what a connection calls them."""

SHARED: Final = (
    "redeployTrigger",
    "skipScripts",
    "failOnScriptWarning",
    "skipPlanTimeValidation",
    "acceptUnprovenReplacement",
)
CONFIGURATIONS: Final = ("configurations", "globalConfiguration")
DRAFT_OF_ROLLOUT: Final = ("repositoryUrl", "target", "owners")
"""Members of a draft that a ConnectorStaged does not have, or has elsewhere."""

OWN: Final = ("region", "projectKey", "key", "adopt")


@dataclass(frozen=True)
class TargetPlan:
    """One deployment.

    - `name`: of the target; `resource` is the deployment's name in the program, `aliases` those it had before.
    - `connection`: the name or the members of the connection that deploys it.
    - `host`: which host the project is on: targets of one host share the published connector.
    - `deployment`: inputs of the Deployment, without `connector` and `connectorTag` where a draft is published.
    """

    name: str
    resource: str
    aliases: tuple[str, ...]
    connection: object
    host: str
    deployment: Properties


@dataclass(frozen=True)
class HostPlan:
    """A draft and its publication on one host, with the connection of the target `target`."""

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


def _at_once(value: object, act: Callable[[object], object]) -> object:
    return act(value)


def plan_rollout(name: str, inputs: Properties, when_known: WhenKnown = _at_once) -> RolloutPlan:
    """Return the resources of the rollout called `name`; its inputs are valid."""
    targets = as_maps(inputs.get("targets"))
    canary = [str(each) for each in as_list(inputs.get("canary"))]
    planned = [_plan_target(name, inputs, target, when_known) for target in targets]
    published: set[str] = set()
    waves = []
    for wave in order_waves(targets, as_maps(inputs.get("waves")), canary):
        members = tuple(planned[position] for position in wave.targets)
        hosts = tuple(_plan_hosts(name, inputs, targets, planned, members, published))
        published.update(host.target.host for host in hosts)
        own = wave.settings.get("wired")
        asked = inputs.get("wired") if own is None else own
        gate = {
            "wave": wave.name,
            "connectorTag": inputs.get("connectorTag"),
            "triggers": inputs.get("redeployTrigger"),
            **{member: inputs.get(member) for member in ("bakeTime", "checks")},
            **_present({member: wave.settings.get(member) for member in ("bakeTime", "checks")}),
            # a wave that does not ask for it looks again only where a target expects something
            "wired": (asked is True and (own is True or any(each.deployment.get("expect") for each in members)))
            or None,
        }
        waves.append(WavePlan(wave.name, hosts, members, f"{name}-{wave.name}", _present(gate)))
    return RolloutPlan(tuple(waves))


def _plan_target(name: str, inputs: Properties, target: Properties, when_known: WhenKnown) -> TargetPlan:
    aliases = tuple(f"{name}-{each}" for each in as_list(target.get("aliases")))
    connector = {"connector": inputs.get("connector"), "connectorTag": inputs.get("connectorTag")}
    deployment = {
        **{member: target.get(member) for member in OWN},
        **{member: inputs.get(member) for member in SHARED},
        **(connector if inputs.get("draft") is None else {}),
        "type": target.get("type") or inputs.get("type"),
        **{member: merge(inputs.get(member), target.get(member), when_known) for member in CONFIGURATIONS},
        "expect": _expected(inputs.get("expect"), target.get("expect"), when_known),
    }
    return TargetPlan(
        name=str(target["name"]),
        resource=f"{name}-{target['name']}",
        aliases=aliases,
        connection=connection_of(target),
        host=host_of(target),
        deployment=_present(deployment),
    )


def _expected(shared: object, own: object, when_known: WhenKnown) -> object:
    """Return what a target expects: an application that it names replaces the shared one as a whole."""

    def lay(shared: object, own: object) -> object:
        if isinstance(shared, Mapping) and isinstance(own, Mapping):
            return {**shared, **_present(own)}
        return shared if own is None or shared is UNKNOWN else own

    return when_known(own, lambda known: when_known(shared, lambda of_all: lay(of_all, known)))


def connection_of(target: Properties) -> object:
    """Return the connection of a target: its name, or its members."""
    connection = target.get("connection")
    if connection is not None:
        return connection
    return _present({theirs: target.get(ours) for ours, theirs in OWN_CONNECTION.items()})


def host_of(target: Properties) -> str:
    """Return the host that a target is on; targets with one named connection are on one host."""
    connection = connection_of(target)
    if not isinstance(connection, Mapping):
        return str(target.get("hostRegion") or connection)
    own = (connection.get(name) for name in ("region", "connectUrl", "apiUrl"))
    return str(target.get("hostRegion") or next((each for each in own if each), ""))


def project_of(target: Properties) -> object:
    """Return the project of a target as far as the target tells it."""
    connection = connection_of(target)
    own = connection.get("projectKey") if isinstance(connection, Mapping) else None
    return own if target.get("projectKey") is None else target.get("projectKey")


def host_region_of(target: Properties) -> object:
    """Return the region that hosts a target's project as far as the target tells it."""
    connection = connection_of(target)
    own = connection.get("region") if isinstance(connection, Mapping) else None
    return target.get("hostRegion") or own


def _owner(draft: Properties, targets: Sequence[Properties], host: str) -> str:
    """Return the name of the target whose project owns the draft on a host.

    Without a choice of the program it is the first by name: the order in the program must change nothing.
    """
    names = [str(target["name"]) for target in targets if host_of(target) == host]
    chosen = [name for name in names if name in as_list(draft.get("owners"))]
    enabled = [str(target["name"]) for target in targets if target.get("enabled") is not False]
    return min(chosen or [name for name in names if name in enabled])


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
        name_of_owner = _owner(draft, targets, host)
        owner = next(member for member in planned if member.name == name_of_owner)
        # A draft names a project by the region that hosts it (API §4.1).
        projects = [
            f"{host_region_of(target)}:{project_of(target)}"
            for target, plan in zip(targets, planned, strict=True)
            if plan.host == host
        ]
        slug = re.sub(r"[^A-Za-z0-9]+", "-", host.rsplit("://", maxsplit=1)[-1]).strip("-")
        own = {member: value for member, value in draft.items() if member not in DRAFT_OF_ROLLOUT}
        repository = {"url": draft.get("repositoryUrl"), "tag": inputs.get("connectorTag")}
        staged: dict[str, object] = {**own, "repository": repository}
        if staged.get("privateProjects") is None and draft.get("target") != "marketplace":
            staged["privateProjects"] = sorted(set(projects))
        publication = {"target": draft.get("target") or "private"}
        hosts.append(HostPlan(f"{name}-{slug}", owner, _present(staged), publication))
    return hosts


def _present(properties: Properties) -> dict[str, object]:
    return {name: value for name, value in properties.items() if value is not None}


CANARY: Final = "canary"
"""Name of the first wave of a rollout that has canary targets."""

ONLY_WAVE: Final = "all"
"""Name of the wave of a rollout that names none."""


@dataclass(frozen=True)
class Wave:
    """Targets that go at the same time.

    - `settings`: what the program wrote for the wave (`bakeTime`, `checks`), empty where it wrote nothing.
    - `targets`: positions in the program's list, in the order of the targets' names.
    """

    name: str
    settings: Mapping[str, object]
    targets: tuple[int, ...]


def order_waves(
    targets: Sequence[Mapping[str, object]],
    waves: Sequence[Mapping[str, object]],
    canary: Sequence[str],
) -> tuple[Wave, ...]:
    """Return the waves in their order; one without a target is left out.

    The canary goes first, a target that names no wave goes last. The structure has been checked.
    """
    settings = {str(wave["name"]): wave for wave in waves}
    names = [name for name in settings if name != CANARY or not canary] or [ONLY_WAVE]
    order = [CANARY, *names] if canary else names
    members: dict[str, list[int]] = {name: [] for name in order}
    for position, target in enumerate(targets):
        if target.get("enabled") is not False:
            is_canary = str(target["name"]) in canary
            members[CANARY if is_canary else str(target.get("wave") or names[-1])].append(position)
    ordered_waves = []
    for name, positions in members.items():
        # By name: the order in the program must change nothing.
        ordered = sorted(positions, key=lambda position: str(targets[position]["name"]))
        if ordered:
            ordered_waves.append(Wave(name, settings.get(name, {}), tuple(ordered)))
    return tuple(ordered_waves)


def merge(shared: object, own: object, when_known: WhenKnown = _at_once) -> object:
    """Return `own` laid over `shared`: maps are merged member by member at any depth, all else is replaced.

    Everything but a map is a leaf: a secret, a list. An output is merged as the value that it will have. An
    absent or null member of `own` leaves the shared one as it is; to blank a value, write `""`. What is laid over
    something `UNKNOWN` is not known either.
    """

    def lay(own: object) -> object:
        if own is None or shared is UNKNOWN:
            return shared
        if not isinstance(own, Mapping):
            return own
        return when_known(shared, lambda known: _merge_maps(known, own, when_known))

    return when_known(own, lay)


def _merge_maps(shared: object, own: Properties, when_known: WhenKnown) -> object:
    if not isinstance(shared, Mapping):
        return own
    laid = {key: merge(shared.get(key), value, when_known) for key, value in own.items() if value is not None}
    return {**shared, **laid}
