"""From the Deployment as it runs and as it should run to one request, or none (API §4.6, §6.1). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

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
from commercetools_connect.contract.errors import InvalidInputError, quote_foreign
from commercetools_connect.contract.paths import format_path
from commercetools_connect.contract.results import Change
from commercetools_connect.contract.values import Plain, PlainTree, Tree, reveal
from commercetools_connect.resources.deployment.inputs import (
    CONFIGURED,
    ApplicationInputs,
    DeploymentInputs,
    GlobalConfigurationInputs,
)
from commercetools_connect.resources.deployment.metadata import Metadata, definitions_of
from commercetools_connect.resources.deployment.mistakes import no_such_application
from commercetools_connect.resources.deployment.outputs import GLOBAL, observed_inputs, urls_of
from commercetools_connect.resources.deployment.removed import removed_keys, replacement_values
from commercetools_connect.resources.deployment.urls import resolve_tree
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import pick

__all__ = [
    "AWAITED",
    "RedeployPlan",
    "awaited",
    "deployed_after",
    "is_awaited",
    "is_there_unproven",
    "listed_applications",
    "names_script",
    "new_deployment",
    "plan_redeploy",
    "redeploy_action",
    "require_listed",
    "running_tag",
    "script_warnings",
]

AWAITED: Final = "awaited"
"""The output that remembers a redeploy which was accepted and has not shown itself yet (API §19 #44)."""

SCRIPT = re.compile(r"\bscripts?\b", re.IGNORECASE)

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
        reasons.append(f"tag {running_tag(deployment)} runs instead of {inputs.connector_tag}")
    if held is None:
        if _has_secured(inputs):
            reasons.append("secured values cannot be compared")
    elif compare(held.get("redeployTrigger"), inputs.redeploy_trigger, path=("redeployTrigger",)):
        reasons.append("redeployTrigger")
    reasons.extend(_differences(deployment, inputs, held))
    if held is not None and not moves:
        reasons.extend(_to_reset(deployment, inputs, held))
    return RedeployPlan(tuple(reasons), moves)


def running_tag(deployment: Deployment) -> str:
    """Return the tag that runs, safe to print."""
    return quote_foreign(deployment.connector.repository.tag)


def names_script(title: str) -> bool:
    """Tell whether a title is about a script; a subscription is none."""
    return SCRIPT.search(title) is not None


def script_warnings(deployment: Deployment) -> tuple[str, ...]:
    """Return what the report says about scripts that failed, safe to print.

    The status does not tell (API §8.2).
    """
    return tuple(
        quote_foreign(f"{entry.application}: {entry.title}" if entry.application else entry.title)
        for entry in deployment.report
        if entry.type != ReportEntryType.INFORMATION and names_script(entry.title)
    )


def awaited(deployment: Deployment) -> PlainTree:
    """Return the mark of a redeploy that was accepted while the Deployment looked like this."""
    return {AWAITED: {"version": deployment.version, "buildId": deployment.build_id}}


def is_awaited(deployment: Deployment, held: Tree) -> bool:
    """Tell whether the redeploy that the state remembers has still not shown itself."""
    mark = held.get(AWAITED)
    return mark is not None and compare(mark, awaited(deployment)[AWAITED]) == {}


def is_there_unproven(deployment: Deployment, inputs: DeploymentInputs, held: Tree) -> bool:
    """Tell whether the API shows what is asked for although no build since the state was written can run it.

    So it looks when a killed process asked for it and the run has not begun to show (API §19 #44).
    """
    build = reveal(held.get("buildId"))
    sent = resolve_tree(pick(held, CONFIGURED), urls_of(deployment))
    changes = compare(pick(sent, CONFIGURED), _configured(inputs))
    asked = any(change is not Change.DELETE for change in changes.values())
    return asked and build == deployment.build_id != ""


def _condition(deployment: Deployment, inputs: DeploymentInputs) -> Iterator[str]:
    if deployment.status in NEEDS_REDEPLOY:
        yield f"status is {deployment.status}"
    if inputs.fail_on_script_warning:
        yield from script_warnings(deployment)


def _differences(deployment: Deployment, inputs: DeploymentInputs, held: Tree | None) -> Iterator[str]:
    """Name what the API lacks of what is declared: readable values as it shows them, secured ones as sent last.

    What is no longer declared is no difference: the API cannot unset it, see `removed`.
    """
    wanted = _configured(inputs)
    sent = wanted if held is None else _sent(wanted, resolve_tree(pick(held, CONFIGURED), urls_of(deployment)))
    seen = observed_inputs(deployment, inputs.project_key, sent) if sent else {}
    yield from map(format_path, compare(pick(seen, CONFIGURED), wanted))


def _sent(wanted: Mapping[str, Plain], held: Mapping[str, Plain]) -> dict[str, Plain]:
    """Return what is wanted with the secured values that were sent last."""
    sent = {name: _with_secured_of(value, held.get(name)) for name, value in wanted.items()}
    applications, before = wanted.get("configurations"), held.get("configurations")
    if isinstance(applications, Mapping):
        of = before if isinstance(before, Mapping) else {}
        sent["configurations"] = {
            name: _with_secured_of(holder, of.get(name)) for name, holder in applications.items()
        }
    return sent


def _with_secured_of(holder: Plain, before: Plain) -> Plain:
    if not isinstance(holder, Mapping) or not isinstance(secured := holder.get("securedConfiguration"), Mapping):
        return holder
    last = before.get("securedConfiguration") if isinstance(before, Mapping) else None
    known = last if isinstance(last, Mapping) else {}
    return {**holder, "securedConfiguration": {key: known[key] for key in secured if key in known}}


def _to_reset(deployment: Deployment, inputs: DeploymentInputs, held: Tree) -> Iterator[str]:
    removed = removed_keys(held, _configured(inputs))
    there = {each.application_name: each.standard_configuration for each in deployment.applications}
    there[GLOBAL] = deployment.global_configuration.standard_configuration
    for application, values in replacement_values(removed, definitions_of(deployment.connector)).items():
        now = {entry.key: entry.value for entry in there.get(application, ())}
        yield from (
            f"{application}.{key} goes back to its default" for key in values if now.get(key) != values[key]
        )


def _configured(inputs: DeploymentInputs) -> dict[str, Plain]:
    tree: PlainTree = inputs.model_dump(
        mode="json", by_alias=True, exclude_none=True, include={"configurations", "global_configuration"}
    )
    return dict(tree)


def listed_applications(
    deployment: Deployment, plan: RedeployPlan, metadata: Metadata | None
) -> tuple[str, ...] | None:
    """Return the applications that a redeploy lists; `None` when only the server knows which there are.

    The Deployment's own ones; when the connector moves those of the new version, without such as the old version
    had too and that were never deployed: they cannot be added (API §4.6).
    """
    own = tuple(each.application_name for each in deployment.applications)
    if not plan.update_connector:
        return own
    if metadata is None or not metadata.configurations:
        return None
    old = {each.application_name for each in deployment.connector.configurations}
    names = (each.application_name for each in metadata.configurations)
    return tuple(name for name in names if name in own or name not in old)


def deployed_after(deployment: Deployment, version: Metadata | None) -> tuple[str, ...]:
    """Return the applications that a redeploy runs; `version` is the one that the connector moves to, if any."""
    own = tuple(each.application_name for each in deployment.applications)
    if version is None:
        return own
    return listed_applications(deployment, RedeployPlan(update_connector=True), version) or own


def require_listed(
    inputs: DeploymentInputs, names: Iterable[str], connector: DeploymentConnector | Metadata
) -> None:
    """Raise `InvalidInputError` for a declared application that a redeploy cannot configure (API §4.6)."""
    known = {each.application_name: each for each in connector.configurations}
    for name in inputs.configurations:
        if name in set(names):
            continue
        if name not in known:
            raise InvalidInputError(
                f"configurations.{name}: {no_such_application(name, known)}.",
                "Correct the name; connect.yaml of the deployed tag lists the applications.",
            )
        raise InvalidInputError(
            f"configurations.{name}: the application was not deployed when the Deployment was created, and cannot "
            "be added to it.",
            "Replace it (`pulumi up --replace`, with new URLs), or leave the application out.",
        )


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
    names = listed_applications(deployment, plan, metadata)
    if names is None:
        names = tuple(each.application_name for each in deployment.applications)
    moves = plan.update_connector and metadata is not None
    connector: DeploymentConnector | Metadata = metadata if moves and metadata else deployment.connector
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
