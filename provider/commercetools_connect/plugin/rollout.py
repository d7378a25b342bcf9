"""The component `Rollout` in every language: it declares what `commercetools_connect.rollout` plans."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value
from commercetools_connect.plugin.monitor import FormerName, Monitor, MonitorClosedError, Registered, Registration
from commercetools_connect.plugin.standing import Standing
from commercetools_connect.plugin.urns import DYNAMIC_TYPE, PACKAGE
from commercetools_connect.rollout.plan import HostPlan, RolloutPlan, TargetPlan, WavePlan

__all__ = ["Ancestry", "RolloutChildren", "ServingProvider"]

T = TypeVar("T")

SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "connector": ("connector",),
    "connectorTag": ("connectorTag",),
    "configurations": ("configurations", "targets"),
    "globalConfiguration": ("globalConfiguration", "targets"),
    "type": ("type", "targets"),
    "redeployTrigger": ("redeployTrigger",),
    "skipScripts": ("skipScripts",),
    "failOnScriptWarning": ("failOnScriptWarning",),
    "skipPlanTimeValidation": ("skipPlanTimeValidation",),
    "repository": ("draft", "connectorTag"),
    "privateProjects": ("draft", "targets"),
    "triggers": ("redeployTrigger",),
    "bakeTime": ("bakeTime", "waves"),
    "checks": ("checks", "waves"),
}
"""Inputs of the rollout that a child's property is made of; all others are made of its targets and its draft."""

REST: Final = ("targets", "draft")


@dataclass(frozen=True)
class ServingProvider:
    """The provider that serves the component.

    `settings` are those of its inputs that providers of targets share, as the engine takes them: as texts.
    """

    reference: str = ""
    plugin: Mapping[str, str] = field(default_factory=dict)
    settings: Tree = field(default_factory=dict)

    @classmethod
    def of(cls, urn: str, id_: str, configuration: Tree, plugin: Mapping[str, str]) -> ServingProvider:
        """Return the provider of that URN and configuration; engines of old tell no URN."""
        shared = {
            name: configuration[name]
            for name in ("pollInterval", "skipPlanTimeValidation", "experimental")
            if configuration.get(name) is not None
        }
        reference = Registered(urn, id_ or UNKNOWN, {}).reference if urn else ""
        return cls(reference, plugin, {name: _as_text(value) for name, value in shared.items()})


@dataclass(frozen=True)
class Ancestry:
    """What the children have from the component: `sources` are the URNs behind each of its inputs."""

    urn: str
    provider: ServingProvider
    depends_on: Sequence[str]
    sources: Mapping[str, Sequence[str]]
    timeouts: Mapping[str, str]
    is_preview: bool


class RolloutChildren:
    """Declares one wave after the other, each behind the gate of the one before.

    A wave that fails raises `MonitorClosedError`; `standing` knows how far it came.
    """

    def __init__(self, monitor: Monitor, ancestry: Ancestry, standing: Standing) -> None:
        self._monitor = monitor
        self._from = ancestry
        self._standing = standing
        self._providers: dict[str, asyncio.Task[Registered]] = {}
        self._publications: dict[str, Registered] = {}
        self._gate: Registered | None = None
        self._targets: dict[str, Value] = {}
        self.urns: list[str] = []

    async def declare(self, plan: RolloutPlan) -> dict[str, Value]:
        """Declare everything, and return the outputs of the rollout."""
        try:
            for wave in plan.waves:
                await self._wave(wave)
        finally:
            for task in self._providers.values():
                task.cancel()
            await asyncio.gather(*self._providers.values(), return_exceptions=True)
        return {"targets": self._targets, "summary": self._output(self._gate, "summary") if self._gate else []}

    async def _wave(self, plan: WavePlan) -> None:
        self._standing.wave_begins(plan.name)
        published = await _all(self._publish(host) for host in plan.hosts)
        self._publications.update(zip((host.target.host for host in plan.hosts), published, strict=True))
        deployed = await _all(self._deploy(target) for target in plan.targets)
        for target, deployment in zip(plan.targets, deployed, strict=True):
            seen = {name: self._output(deployment, name) for name in ("urls", "deployedTag", "status")}
            self._targets[target.name] = {"id": deployment.id, **seen, "wave": plan.name}
        properties = {
            **cast("Tree", plan.gate),
            "deployments": [
                self._at_the_gate(target, deployment)
                for target, deployment in zip(plan.targets, deployed, strict=True)
            ],
            **({"previous": self._output(self._gate, "summary")} if self._gate else {}),
        }
        sources = {"deployments": [each.urn for each in deployed]}
        if self._gate:
            sources["previous"] = [self._gate.urn]
        self._gate = await self._register(
            "RolloutGate", plan.gate_resource, properties, sources, provider=self._from.provider.reference
        )

    async def _publish(self, plan: HostPlan) -> Registered:
        provider = (await self._provider(plan.target)).reference
        staged = await self._register(
            "ConnectorStaged", plan.resource, cast("Tree", plan.staged), {}, provider=provider
        )
        repository = self._output(staged, "repository")
        properties: Tree = {
            **cast("Tree", plan.publication),
            "connectorStagedId": staged.id,
            "tag": repository.get("tag") if isinstance(repository, Mapping) else repository,
            "contentHash": self._output(staged, "contentHash"),
        }
        sources = dict.fromkeys(("connectorStagedId", "tag", "contentHash"), (staged.urn,))
        return await self._register("ConnectorPublication", plan.resource, properties, sources, provider=provider)

    async def _deploy(self, plan: TargetPlan) -> Registered:
        provider = (await self._provider(plan)).reference
        properties = dict(cast("Tree", plan.deployment))
        sources: dict[str, tuple[str, ...]] = {}
        published = self._publications.get(plan.host)
        if published is not None:
            properties["connector"] = {"id": self._output(published, "connectorId")}
            properties["connectorTag"] = self._output(published, "publishedTag")
            sources = dict.fromkeys(("connector", "connectorTag"), (published.urn,))
        self._standing.begins(plan)
        deployment = await self._register(
            "Deployment",
            plan.resource,
            properties,
            sources,
            provider=provider,
            former_names=plan.aliases,
            timeouts=self._from.timeouts,
        )
        self._standing.is_done(plan)
        return deployment

    async def _provider(self, target: TargetPlan) -> Registered:
        """Return the target's own provider, which is declared when it is needed first."""
        if target.resource not in self._providers:
            self._providers[target.resource] = asyncio.create_task(self._declare_provider(target))
        return await asyncio.shield(self._providers[target.resource])

    async def _declare_provider(self, target: TargetPlan) -> Registered:
        properties: Tree = {**self._from.provider.settings, **cast("Tree", target.provider)}
        return await self._send(
            Registration(
                f"pulumi:providers:{PACKAGE}",
                target.resource,
                self._from.urn,
                properties,
                plugin=self._from.provider.plugin,
                depends_on=self._from.depends_on,
                sources=self._origins(properties, {}),
                former_names=[FormerName(name) for name in target.aliases],
            )
        )

    async def _register(
        self,
        kind: str,
        name: str,
        properties: Tree,
        sources: Mapping[str, Sequence[str]],
        *,
        former_names: Sequence[str] = (),
        **options: Any,
    ) -> Registered:
        behind = [self._gate.urn] if self._gate else []
        of_the_other_door = f"{DYNAMIC_TYPE}:{kind}"
        former = [FormerName(each, type_) for each in ("", *former_names) for type_ in ("", of_the_other_door)]
        return await self._send(
            Registration(
                f"{PACKAGE}:index:{kind}",
                name,
                self._from.urn,
                properties,
                depends_on=[*self._from.depends_on, *behind],
                sources=self._origins(properties, sources),
                former_names=former[1:],  # the first is what it is called now
                **options,
            )
        )

    async def _send(self, registration: Registration) -> Registered:
        registered = await self._monitor.register(registration)
        if registered is None:
            raise MonitorClosedError
        self.urns.append(registered.urn)
        return registered

    def _origins(self, properties: Tree, more: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Return where each property comes from: inputs of the rollout, and what was declared before."""
        return {
            name: [
                *(urn for source in SOURCES.get(name, REST) for urn in self._from.sources.get(source, ())),
                *more.get(name, ()),
            ]
            for name in properties
        }

    def _output(self, resource: Registered, name: str) -> Value:
        """Return an output; a preview does not know what is not there yet."""
        return resource.outputs.get(name, UNKNOWN if self._from.is_preview else None)

    def _at_the_gate(self, target: TargetPlan, deployment: Registered) -> Tree:
        shown = {name: self._output(deployment, name) for name in ("region", "status", "deployedTag", "urls")}
        build = self._output(deployment, "buildId")
        return {
            "target": target.name,
            "project": self._output(deployment, "projectKey"),
            **shown,
            **({"buildId": build} if build is not None else {}),
        }


async def _all(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return all results; the first error is raised when all have come to their end."""
    ended = await asyncio.gather(*work, return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return cast("list[T]", ended)


def _as_text(value: Value) -> Value:
    """Return a setting of a provider as the engine takes it."""
    if isinstance(value, Secret):
        return Secret(_as_text(value.value))
    return value if isinstance(value, str) or value is UNKNOWN else json.dumps(value)
