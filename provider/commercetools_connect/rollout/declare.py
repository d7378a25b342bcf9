"""Walk of a rollout: it declares the planned resources in waves, each behind the gate of the wave before."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from commercetools_connect.rollout.plan import HostPlan, Properties, RolloutPlan, TargetPlan, WavePlan

R = TypeVar("R")
T = TypeVar("T")

AT_THE_GATE = {
    "project": "projectKey",
    "region": "region",
    "status": "status",
    "deployedTag": "deployedTag",
    "buildId": "buildId",
    "urls": "urls",
}
"""What a gate gets of each deployment, and the deployment's output with it."""


@dataclass(frozen=True)
class Child(Generic[R]):
    """A resource of a rollout, to be declared.

    - `kind`: such as `Deployment`; `name` is its name in the program, `former_names` those it had before.
    - `sources`: the resources that inputs come from, by input, besides the inputs of the rollout.
    - `gate`: the gate that it waits for.
    """

    kind: str
    name: str
    inputs: Properties
    gate: R | None
    sources: Mapping[str, Sequence[R]] = field(default_factory=dict)
    former_names: Sequence[str] = ()


class Declarer(Protocol[R]):
    """A frontend's way to declare the resources of one rollout."""

    async def declare(self, child: Child[R]) -> R:
        """Declare a resource; return it when its outputs can be used. Raises what ends the rollout."""
        ...

    def output(self, resource: R, *path: str) -> object:
        """Return an output, such as `id`, or a member of it."""
        ...

    async def all(self, work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Return all results in order. Raises the first error when all have ended."""
        ...


@dataclass
class RolloutProgress:
    """How far the walk of a rollout has come.

    - `wave`: the wave that it is in, `""` before the first one.
    - `begun`, `done`: names of targets whose deployment was asked for, and of those that run what they should.
    """

    plan: RolloutPlan
    wave: str = ""
    begun: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)


@dataclass
class RolloutWalk(Generic[R]):
    """The walk over one plan. It declares nothing of a wave before the gate of the wave before is open."""

    declarer: Declarer[R]
    progress: RolloutProgress
    _publications: dict[str, R] = field(default_factory=dict)
    _gate: R | None = None

    async def declare(self) -> dict[str, object]:
        """Declare everything, and return the outputs of the rollout."""
        targets: dict[str, object] = {}
        for wave in self.progress.plan.waves:
            targets.update(await self._declare_wave(wave))
        return {"targets": targets, "summary": self._output(self._gate, "summary") if self._gate else []}

    async def _declare_wave(self, wave: WavePlan) -> dict[str, object]:
        """Declare drafts and publications, then the deployments, then the gate; return each target's outputs."""
        self.progress.wave = wave.name
        published = await self.declarer.all(self._publish(host) for host in wave.hosts)
        self._publications.update(zip((host.target.host for host in wave.hosts), published, strict=True))
        deployments = await self.declarer.all(self._deploy(target) for target in wave.targets)
        deployed = list(zip(wave.targets, deployments, strict=True))
        at_the_gate = []
        for target, deployment in deployed:
            found = {name: self._output(deployment, output) for name, output in AT_THE_GATE.items()}
            if wave.gate.get("wired"):
                found["applications"] = self._output(deployment, "applications")
                found["expect"] = target.deployment.get("expect")
                found["connection"] = target.connection
            known = {name: value for name, value in found.items() if value is not None}
            at_the_gate.append({"target": target.name, **known})
        inputs: dict[str, object] = {**wave.gate, "deployments": at_the_gate}
        sources = {"deployments": deployments}
        if self._gate is not None:
            inputs["previous"] = self._output(self._gate, "summary")
            sources["previous"] = [self._gate]
        gate = Child("RolloutGate", wave.gate_resource, inputs, self._gate, sources)
        self._gate = await self.declarer.declare(gate)
        outputs = ("id", "urls", "deployedTag", "status")
        return {
            target.name: {**{name: self._output(deployment, name) for name in outputs}, "wave": wave.name}
            for target, deployment in deployed
        }

    async def _publish(self, host: HostPlan) -> R:
        connection = {"connection": host.target.connection}
        draft = await self.declarer.declare(
            Child("ConnectorStaged", host.resource, {**host.staged, **connection}, self._gate)
        )
        inputs = {
            **host.publication,
            **connection,
            "connectorStagedId": self._output(draft, "id"),
            "tag": self._output(draft, "repository", "tag"),
            "contentHash": self._output(draft, "contentHash"),
        }
        sources = dict.fromkeys(("connectorStagedId", "tag", "contentHash"), (draft,))
        return await self.declarer.declare(
            Child("ConnectorPublication", host.resource, inputs, self._gate, sources)
        )

    async def _deploy(self, target: TargetPlan) -> R:
        inputs = {**target.deployment, "connection": target.connection}
        sources: dict[str, Sequence[R]] = {}
        published = self._publications.get(target.host)
        if published is not None:
            inputs["connector"] = {"id": self._output(published, "connectorId")}
            inputs["connectorTag"] = self._output(published, "publishedTag")
            sources = dict.fromkeys(("connector", "connectorTag"), (published,))
        self.progress.begun.append(target.name)
        deployment = await self.declarer.declare(
            Child("Deployment", target.resource, inputs, self._gate, sources, target.aliases)
        )
        self.progress.done.append(target.name)
        return deployment

    def _output(self, resource: R, *path: str) -> object:
        return self.declarer.output(resource, *path)
