"""From the Deployment as it runs and as it should run to one request, or none (API §4.6, §6.1). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from commercetools_connect.api import (
    ConfigurationValue,
    ConnectorConfigurationApplication,
    ConnectorReference,
    Deployment,
    DeploymentConfigurationApplication,
    DeploymentDraft,
    DeploymentGlobalConfiguration,
    DeploymentStatus,
    Redeploy,
    RetryPolicyDraft,
    SecuredConfigurationValue,
)
from commercetools_connect.contract.paths import format_path
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.deployment.inputs import (
    ApplicationInputs,
    DeploymentInputs,
    GlobalConfigurationInputs,
)
from commercetools_connect.resources.deployment.outputs import observed_inputs
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import pick

__all__ = ["RedeployPlan", "new_deployment", "plan_redeploy", "redeploy_action"]

CONFIGURED = ("configurations", "globalConfiguration")

NEEDS_REDEPLOY = frozenset({DeploymentStatus.FAILED, DeploymentStatus.UNDEPLOY_FAILED, DeploymentStatus.DRAFT})


@dataclass(frozen=True)
class RedeployPlan:
    """Why a redeploy is needed, in words for a message; no reason, no redeploy."""

    reasons: tuple[str, ...] = ()
    update_connector: bool = False

    def __bool__(self) -> bool:
        return bool(self.reasons)


def plan_redeploy(deployment: Deployment, inputs: DeploymentInputs, news: Tree, held: Tree | None) -> RedeployPlan:
    """Return why the Deployment, in a state in which nothing runs, must be redeployed.

    `held` is what was sent last, as the state has it; `None` for an object that was taken over: its secured
    values cannot be compared, so declared ones are sent once.
    """
    reasons = []
    if deployment.status in NEEDS_REDEPLOY:
        reasons.append(f"status is {deployment.status}")
    moves = inputs.connector_tag is not None and inputs.connector_tag != deployment.connector.repository.tag
    if moves:
        reasons.append(f"tag {deployment.connector.repository.tag} runs instead of {inputs.connector_tag}")
    if held is None:
        if _has_secured(inputs):
            reasons.append("secured values cannot be compared")
        sent = pick(news, CONFIGURED)
    else:
        sent = pick(held, CONFIGURED)
        if compare(held.get("redeployTrigger"), news.get("redeployTrigger"), path=("redeployTrigger",)):
            reasons.append("redeployTrigger")
    seen = observed_inputs(deployment, inputs.project_key, sent) if sent else {}
    differences = compare(pick(seen, CONFIGURED), pick(news, CONFIGURED))
    reasons.extend(format_path(path) for path in differences)
    return RedeployPlan(tuple(reasons), moves)


def new_deployment(
    inputs: DeploymentInputs, applications: Iterable[ConnectorConfigurationApplication]
) -> DeploymentDraft:
    """Return the body that creates the Deployment.

    Every application of the connector is listed, also those without keys: one left out is silently not deployed,
    and later redeploys that name it fail (API §4.6).
    """
    names = [each.application_name for each in applications]
    reference = inputs.connector
    return DeploymentDraft(
        key=inputs.key,
        type=inputs.type.value,
        connector=ConnectorReference(id=reference.id, key=reference.key, staged=reference.staged),
        configurations=_entries(inputs.configurations, names),
        global_configuration=_global_values(inputs.global_configuration),
        region=inputs.region,
    )


def redeploy_action(
    deployment: Deployment,
    inputs: DeploymentInputs,
    plan: RedeployPlan,
    applications: Iterable[ConnectorConfigurationApplication],
) -> Redeploy:
    """Return the redeploy that sends the whole declared configuration.

    The API merges per key (API §6.1), so sending all of it also heals what an earlier, half-done run left. Listed
    are the Deployment's own applications; when the connector moves, also the `applications` it has then.
    """
    names = [each.application_name for each in deployment.applications]
    if plan.update_connector:
        there = [each.application_name for each in applications]
        names = there or names
    entries = _entries(inputs.configurations, names)
    return Redeploy(
        configuration_values=entries or None,
        global_configuration=_global_values(inputs.global_configuration),
        update_connector=plan.update_connector,
        skip_scripts=inputs.skip_scripts,
    )


def _entries(
    configurations: Mapping[str, ApplicationInputs], names: Iterable[str]
) -> tuple[DeploymentConfigurationApplication, ...]:
    listed = dict.fromkeys([*names, *configurations])
    return tuple(_entry(name, configurations.get(name, ApplicationInputs())) for name in listed)


def _entry(name: str, values: ApplicationInputs) -> DeploymentConfigurationApplication:
    policy = values.retry_policy
    return DeploymentConfigurationApplication(
        application_name=name,
        standard_configuration=_standard(values),
        secured_configuration=_secured(values),
        schedule=values.schedule,
        retry_policy=RetryPolicyDraft(**policy.model_dump(exclude_none=True)) if policy else None,
    )


def _global_values(values: GlobalConfigurationInputs | None) -> DeploymentGlobalConfiguration | None:
    if values is None:
        return None
    return DeploymentGlobalConfiguration(
        standard_configuration=_standard(values), secured_configuration=_secured(values)
    )


def _standard(values: GlobalConfigurationInputs) -> tuple[ConfigurationValue, ...]:
    return tuple(ConfigurationValue(key=key, value=value) for key, value in values.standard_configuration.items())


def _secured(values: GlobalConfigurationInputs) -> tuple[SecuredConfigurationValue, ...]:
    secured = values.secured_configuration.items()
    return tuple(SecuredConfigurationValue(key=key, value=SecretStr(value)) for key, value in secured)


def _has_secured(inputs: DeploymentInputs) -> bool:
    holders = [*inputs.configurations.values(), inputs.global_configuration]
    return any(holder.secured_configuration for holder in holders if holder)
