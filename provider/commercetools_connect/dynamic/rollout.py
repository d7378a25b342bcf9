"""The component `Rollout` for Python programs: it declares what `commercetools_connect.rollout` plans."""

# ruff: noqa: PLC0415 - the planning is imported when a rollout is declared: other programs must not pay for it

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import pulumi

from commercetools_connect.contract.values import UNKNOWN, Value
from commercetools_connect.dynamic.args import (
    ApplicationConfigurationArgs,
    Duration,
    GateDeploymentArgs,
    GlobalConfigurationArgs,
    HttpCheckArgs,
    ReleasedConnectorArgs,
    RolloutDraftArgs,
    RolloutTargetArgs,
    RolloutWaveArgs,
    TimeoutsArgs,
)
from commercetools_connect.dynamic.connector_publication import ConnectorPublication
from commercetools_connect.dynamic.connector_staged import ConnectorStaged
from commercetools_connect.dynamic.deployment import Deployment
from commercetools_connect.dynamic.rollout_gate import RolloutGate
from commercetools_connect.dynamic.shapes import (
    APPLICATIONS,
    CONNECTOR,
    DRAFT,
    GLOBAL_CONFIGURATION,
    HTTP_CHECKS,
    TARGETS,
    WAVES,
    duration,
)

if TYPE_CHECKING:
    from commercetools_connect.rollout.plan import HostPlan, TargetPlan, WavePlan

__all__ = ["Rollout"]

TYPE: Final = "commercetools-connect:index:Rollout"
"""The same as the plugin's component: a stack may move from one to the other."""


class Rollout(pulumi.ComponentResource):
    """One connector version across projects and regions, in waves.

    Each target is an ordinary `Deployment`. A wave begins when the gate behind the wave before is open: every
    deployment there runs the tag, has run for a while, and answers rightly. Moving, adding or removing a target
    touches that target only.
    """

    targets: pulumi.Output[Mapping[str, Mapping[str, object]]]
    """For each target `id`, `urls`, `deployedTag`, `status` and `wave`."""

    summary: pulumi.Output[Sequence[Mapping[str, str]]]
    """Who runs what: `target`, `project`, `region`, `wave`, `fromTag`, `toTag`, `status`, `changedAt`."""

    def __init__(
        self,
        resource_name: str,
        *,
        connector_tag: pulumi.Input[str],
        targets: Sequence[RolloutTargetArgs],
        connector: ReleasedConnectorArgs | None = None,
        draft: RolloutDraftArgs | None = None,
        configurations: Mapping[str, ApplicationConfigurationArgs] | None = None,
        global_configuration: GlobalConfigurationArgs | None = None,
        type: Literal["sandbox", "production"] | None = None,
        canary: Sequence[str] = (),
        waves: Sequence[RolloutWaveArgs] = (),
        bake_time: Duration | None = None,
        checks: Sequence[HttpCheckArgs] = (),
        redeploy_trigger: pulumi.Input[object] | None = None,
        skip_scripts: pulumi.Input[bool] | None = None,
        fail_on_script_warning: pulumi.Input[bool] | None = None,
        skip_plan_time_validation: pulumi.Input[bool] | None = None,
        timeouts: TimeoutsArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a rollout.

        :param resource_name: Name in the program. The deployments are called `<resource name>-<target>`.
        :param connector_tag: Git tag that must run everywhere.
        :param targets: Where the connector runs. Values may be outputs, but names and waves must be known.
        :param connector: The published connector, by `id` or `key`. Either this or `draft`.
        :param draft: A connector that the rollout publishes, once for each `host_region` (or `connection`).
        :param configurations: Values by application name, shared by all targets.
        :param global_configuration: Values of the connector's global keys, shared by all targets.
        :param type: `sandbox` (default) or `production`, where a target says nothing else.
        :param canary: Names of targets that go first, as a wave called `canary`.
        :param waves: The waves in their order. If absent, all targets but the canary are one wave.
        :param bake_time: How long each wave runs before it is checked: seconds, or text such as `10m`.
        :param checks: Calls to the applications of a wave that let the next one begin.
        :param redeploy_trigger: Any value; a change redeploys everywhere, wave by wave.
        :param skip_scripts: Do not run `postDeploy` and `preUndeploy` scripts on a redeploy.
        :param fail_on_script_warning: Treat a failed script as a failed deployment.
        :param skip_plan_time_validation: Do not check the configuration at preview.
        :param timeouts: How long a create, update or delete of one deployment may take.
        :param opts: Options of the component.
        :raises pulumi.RunError: with every mistake and where it is, before anything is declared.
        """
        from commercetools_connect.rollout.plan import plan_rollout

        super().__init__(TYPE, resource_name, None, opts)
        inputs: dict[str, object] = {
            "connector": CONNECTOR(connector),
            "draft": DRAFT(draft),
            "connectorTag": connector_tag,
            "configurations": APPLICATIONS(configurations),
            "globalConfiguration": GLOBAL_CONFIGURATION(global_configuration),
            "type": type,
            "targets": TARGETS(targets),
            "canary": list(canary) or None,
            "waves": WAVES(waves) or None,
            "bakeTime": duration(bake_time),
            "checks": HTTP_CHECKS(checks) or None,
            "redeployTrigger": redeploy_trigger,
            "skipScripts": skip_scripts,
            "failOnScriptWarning": fail_on_script_warning,
            "skipPlanTimeValidation": skip_plan_time_validation,
        }
        _require_no_mistakes(resource_name, inputs)
        declared = _Declaring(self, timeouts)
        for wave in plan_rollout(resource_name, inputs).waves:
            declared.wave(wave)
        self.targets = pulumi.Output.from_input(declared.outputs)
        self.summary = pulumi.Output.from_input(declared.gate.summary if declared.gate else [])
        self.register_outputs({"targets": self.targets, "summary": self.summary})


class _Declaring:
    """Declares one wave after the other, each behind the gate of the one before."""

    def __init__(self, component: Rollout, timeouts: TimeoutsArgs | None) -> None:
        self._component = component
        self._timeouts = timeouts
        self._publications: dict[str, ConnectorPublication] = {}
        self.gate: RolloutGate | None = None
        self.outputs: dict[str, Mapping[str, object]] = {}

    def wave(self, plan: WavePlan) -> None:
        for host in plan.hosts:
            self._publications[host.target.host] = self._publish(host)
        deployments = [(target, self._deploy(target)) for target in plan.targets]
        for target, deployment in deployments:
            self.outputs[target.name] = {
                "id": deployment.id,
                "urls": deployment.urls,
                "deployedTag": deployment.deployed_tag,
                "status": deployment.status,
                "wave": plan.name,
            }
        self.gate = RolloutGate(
            plan.gate_resource,
            **_keywords(plan.gate),
            deployments=[_at_the_gate(target, deployment) for target, deployment in deployments],
            previous=self.gate.summary if self.gate else None,
            opts=self._options(),
        )

    def _publish(self, plan: HostPlan) -> ConnectorPublication:
        staged = ConnectorStaged(
            plan.resource,
            **_keywords(plan.staged),
            connection=plan.target.connection,
            opts=self._options(),
        )
        return ConnectorPublication(
            plan.resource,
            **_keywords(plan.publication),
            connector_staged_id=staged.id,
            tag=staged.repository["tag"],
            content_hash=staged.content_hash,
            connection=plan.target.connection,
            opts=self._options(),
        )

    def _deploy(self, plan: TargetPlan) -> Deployment:
        inputs = _keywords(plan.deployment)
        published = self._publications.get(plan.host)
        if published is not None:
            inputs["connector"] = {"id": published.connector_id}
            inputs["connector_tag"] = published.published_tag
        aliases: list[str | pulumi.Alias] = [pulumi.Alias(name=name) for name in plan.aliases]
        return Deployment(
            plan.resource,
            **inputs,
            connection=plan.connection,
            timeouts=self._timeouts,
            opts=pulumi.ResourceOptions.merge(self._options(), pulumi.ResourceOptions(aliases=aliases)),
        )

    def _options(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self._component, depends_on=[self.gate] if self.gate else None)


def _at_the_gate(target: TargetPlan, deployment: Deployment) -> GateDeploymentArgs:
    return {
        "target": target.name,
        "project": deployment.project_key,
        "region": deployment.region,
        "status": deployment.status,
        "deployed_tag": deployment.deployed_tag,
        "build_id": deployment.build_id,
        "urls": deployment.urls,
    }


def _require_no_mistakes(name: str, inputs: Mapping[str, object]) -> None:
    from commercetools_connect.rollout.checks import find_rollout_mistakes
    from commercetools_connect.rollout.inputs import ConnectedRolloutInputs

    known = {member: _as_value(value) for member, value in inputs.items() if value is not None}
    mistakes = find_rollout_mistakes(known, ConnectedRolloutInputs)
    if mistakes:
        lines = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise pulumi.RunError(f"Rollout {name!r} cannot be declared:\n{lines}")


def _as_value(value: object) -> Value:
    """Return what is known of a value; outputs are not, whatever they will be."""
    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {str(name): _as_value(child) for name, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_value(child) for child in value]
    return value if isinstance(value, (bool, int, float, str)) or value is None else UNKNOWN


def _keywords(properties: Mapping[str, object]) -> dict[str, Any]:
    """Return properties under the names that the classes of this door have for them."""
    return {
        re.sub(r"[A-Z]", lambda match: f"_{match[0].lower()}", name): child for name, child in properties.items()
    }
