"""From the Deployment as it runs and as it should run to one request, or none (API §4.6, §6.1). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from commercetools_connect.api import (
    ConfigurationValue,
    ConnectorConfigurationApplication,
    ConnectorReference,
    Deployment,
    DeploymentConfigurationApplication,
    DeploymentConnector,
    DeploymentDraft,
    DeploymentGlobalConfiguration,
    DeploymentStatus,
    Redeploy,
    ReportEntryType,
    RetryPolicyDraft,
    SecuredConfigurationValue,
)
from commercetools_connect.contract.paths import format_path
from commercetools_connect.contract.results import Change
from commercetools_connect.contract.values import Tree, Value
from commercetools_connect.resources.deployment.inputs import (
    ApplicationInputs,
    DeploymentInputs,
    GlobalConfigurationInputs,
)
from commercetools_connect.resources.deployment.metadata import Metadata
from commercetools_connect.resources.deployment.outputs import GLOBAL, observed_inputs, urls_of
from commercetools_connect.resources.deployment.removed import Definitions, removed_keys, replacement_values
from commercetools_connect.resources.deployment.urls import resolve_tree
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import pick

__all__ = [
    "RedeployPlan",
    "definitions_of",
    "new_deployment",
    "plan_redeploy",
    "redeploy_action",
    "script_warnings",
]

CONFIGURED = ("configurations", "globalConfiguration")

NEEDS_REDEPLOY = frozenset({DeploymentStatus.FAILED, DeploymentStatus.UNDEPLOY_FAILED, DeploymentStatus.DRAFT})


@dataclass(frozen=True)
class RedeployPlan:
    """Why a redeploy is needed, in words for a message; no reason, no redeploy."""

    reasons: tuple[str, ...] = ()
    update_connector: bool = False

    def __bool__(self) -> bool:
        return bool(self.reasons)


def plan_redeploy(deployment: Deployment, inputs: DeploymentInputs, held: Tree | None) -> RedeployPlan:
    """Return why the Deployment, on which nothing runs, must be redeployed.

    `inputs` have their URLs in place. `held` is what was sent last, as the state has it; `None` for an object that
    was taken over: its secured values cannot be compared, so declared ones are sent once.
    """
    reasons = [*_condition(deployment, inputs)]
    moves = inputs.connector_tag is not None and inputs.connector_tag != deployment.connector.repository.tag
    if moves:
        reasons.append(f"tag {deployment.connector.repository.tag} runs instead of {inputs.connector_tag}")
    if held is None:
        if _has_secured(inputs):
            reasons.append("secured values cannot be compared")
    elif compare(held.get("redeployTrigger"), inputs.redeploy_trigger, path=("redeployTrigger",)):
        reasons.append("redeployTrigger")
    reasons.extend(_differences(deployment, inputs, held))
    if held is not None and not moves:
        reasons.extend(_to_reset(deployment, inputs, held))
    return RedeployPlan(tuple(reasons), moves)


def script_warnings(deployment: Deployment) -> tuple[str, ...]:
    """Return what the report says about scripts that failed; the status does not tell (API §8.2)."""
    return tuple(
        f"{entry.application}: {entry.title}" if entry.application else entry.title
        for entry in deployment.report
        if entry.type != ReportEntryType.INFORMATION and "script" in entry.title.lower()
    )


def _condition(deployment: Deployment, inputs: DeploymentInputs) -> Iterator[str]:
    if deployment.status in NEEDS_REDEPLOY:
        yield f"status is {deployment.status}"
    if inputs.fail_on_script_warning:
        yield from script_warnings(deployment)


def _differences(deployment: Deployment, inputs: DeploymentInputs, held: Tree | None) -> Iterator[str]:
    wanted = _configured(inputs)
    sent = wanted if held is None else resolve_tree(pick(held, CONFIGURED), urls_of(deployment))
    seen = observed_inputs(deployment, inputs.project_key, sent) if sent else {}
    for path, change in compare(pick(seen, CONFIGURED), wanted).items():
        # what is no longer declared is not a difference: the API cannot unset it, see `removed`
        if change is not Change.DELETE or path[-1] in ("schedule", "retryPolicy"):
            yield format_path(path)


def _to_reset(deployment: Deployment, inputs: DeploymentInputs, held: Tree) -> Iterator[str]:
    removed = removed_keys(held, _configured(inputs))
    there = {each.application_name: each.standard_configuration for each in deployment.applications}
    there[GLOBAL] = deployment.global_configuration.standard_configuration
    for application, values in replacement_values(removed, definitions_of(deployment.connector)).items():
        now = {entry.key: entry.value for entry in there.get(application, ())}
        yield from (
            f"{application}.{key} goes back to its default" for key in values if now.get(key) != values[key]
        )


def _configured(inputs: DeploymentInputs) -> dict[str, Value]:
    tree = inputs.model_dump(
        mode="json", by_alias=True, exclude_none=True, include={"configurations", "global_configuration"}
    )
    return dict(tree)


def definitions_of(connector: DeploymentConnector | Metadata) -> dict[str, Definitions]:
    """Return application → its configuration keys, the global ones under `GLOBAL`."""
    applications: dict[str, Definitions] = {each.application_name: each for each in connector.configurations}
    return {**applications, GLOBAL: connector.global_configuration}


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
        configurations=_entries(inputs.configurations, names, {}),
        global_configuration=_global_values(inputs.global_configuration, {}),
        region=inputs.region,
    )


def redeploy_action(
    deployment: Deployment,
    inputs: DeploymentInputs,
    plan: RedeployPlan,
    held: Tree | None,
    metadata: Metadata | None,
) -> Redeploy:
    """Return the redeploy that sends the whole declared configuration.

    The API merges per key (API §6.1), so sending all of it also heals what an earlier, half-done run left. Listed
    are the Deployment's own applications, and when the connector moves those that it has then. Standard keys that
    the program no longer names go back to what the version that will run gives them.
    """
    names = [each.application_name for each in deployment.applications]
    connector: DeploymentConnector | Metadata = deployment.connector
    if plan.update_connector and metadata is not None:
        names = [each.application_name for each in metadata.configurations] or names
        connector = metadata
    removed = removed_keys(held, _configured(inputs)) if held is not None else ()
    reset = replacement_values(removed, definitions_of(connector))
    entries = _entries(inputs.configurations, names, reset)
    return Redeploy(
        configuration_values=entries or None,
        global_configuration=_global_values(inputs.global_configuration, reset.get(GLOBAL, {})),
        update_connector=plan.update_connector,
        skip_scripts=inputs.skip_scripts,
    )


def _entries(
    configurations: Mapping[str, ApplicationInputs], names: Iterable[str], reset: Mapping[str, Mapping[str, str]]
) -> tuple[DeploymentConfigurationApplication, ...]:
    listed = dict.fromkeys([*names, *configurations])
    return tuple(
        _entry(name, configurations.get(name, ApplicationInputs()), reset.get(name, {})) for name in listed
    )


def _entry(name: str, values: ApplicationInputs, reset: Mapping[str, str]) -> DeploymentConfigurationApplication:
    policy = values.retry_policy
    return DeploymentConfigurationApplication(
        application_name=name,
        standard_configuration=_standard(values, reset),
        secured_configuration=_secured(values),
        schedule=values.schedule,
        retry_policy=RetryPolicyDraft(**policy.model_dump(exclude_none=True)) if policy else None,
    )


def _global_values(
    values: GlobalConfigurationInputs | None, reset: Mapping[str, str]
) -> DeploymentGlobalConfiguration | None:
    if values is None and not reset:
        return None
    values = values or GlobalConfigurationInputs()
    return DeploymentGlobalConfiguration(
        standard_configuration=_standard(values, reset), secured_configuration=_secured(values)
    )


def _standard(values: GlobalConfigurationInputs, reset: Mapping[str, str]) -> tuple[ConfigurationValue, ...]:
    all_values = {**reset, **values.standard_configuration}
    return tuple(ConfigurationValue(key=key, value=value) for key, value in all_values.items())


def _secured(values: GlobalConfigurationInputs) -> tuple[SecuredConfigurationValue, ...]:
    secured = values.secured_configuration.items()
    return tuple(SecuredConfigurationValue(key=key, value=SecretStr(value)) for key, value in secured)


def _has_secured(inputs: DeploymentInputs) -> bool:
    holders = [*inputs.configurations.values(), inputs.global_configuration]
    return any(holder.secured_configuration for holder in holders if holder)
