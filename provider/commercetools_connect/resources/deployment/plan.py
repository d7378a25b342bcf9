"""Plans for a Deployment: from what runs and what is desired to one request, or none (API §4.6, §6.1). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pydantic import SecretStr

from commercetools_connect import api
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import escape_untrusted, format_path
from commercetools_connect.core.values import PlainMap, PropertyMap
from commercetools_connect.resources.deployment.configuration_values import (
    GLOBAL,
    NO_URLS,
    SECURED,
    STANDARD,
    ConfigurationKey,
    ConfigurationValues,
)
from commercetools_connect.resources.deployment.connector_version import ConnectorVersion, definitions_of
from commercetools_connect.resources.deployment.model import ApplicationInputs, DeploymentInputs
from commercetools_connect.resources.deployment.outputs import (
    observed_configuration,
    running_configuration,
    urls_of,
)
from commercetools_connect.resources.deployment.validation import (
    REMOVED,
    Running,
    needs_value,
    no_such_application,
)
from commercetools_connect.resources.inputs import parse, value_of
from commercetools_connect.resources.schema import find_differences

AWAITED: Final = "awaited"
"""The output that remembers a redeploy which was accepted and has not shown itself yet (API §19 #44)."""

OWN_BUILD: Final = "ownBuildId"
"""The output that names the last build which this resource brought about; a refresh does not move it."""

WIRING: Final = "wiring"
"""The output with what points to the applications; absent until that was looked at."""

WIRING_ATTEMPTS: Final = "wiringAttempts"
"""The output that counts the runs of Connect, 2 at most, after which something expected was not wired."""

SCRIPT = re.compile(r"\bscripts?\b", re.IGNORECASE)

NEEDS_REDEPLOY = frozenset(
    {api.DeploymentStatus.FAILED, api.DeploymentStatus.UNDEPLOY_FAILED, api.DeploymentStatus.DRAFT}
)


@dataclass(frozen=True)
class RedeployPlan:
    """Why a redeploy is needed, in words for a message; no reason, no redeploy."""

    reasons: tuple[str, ...] = ()
    update_connector: bool = False

    def __bool__(self) -> bool:
        return bool(self.reasons)


@dataclass(frozen=True)
class Desired:
    """What the program asks for: typed inputs, the properties that the state keeps, and the settings."""

    inputs: DeploymentInputs
    properties: PropertyMap
    configuration: ConfigurationValues

    @classmethod
    def parse(cls, properties: PropertyMap) -> Desired:
        """Return what known inputs ask for. Raises `InvalidInputError`."""
        inputs = parse(DeploymentInputs, properties)
        members = {"configurations", "global_configuration"}
        return cls(
            inputs,
            properties,
            ConfigurationValues.of(
                inputs.model_dump(mode="json", by_alias=True, exclude_none=True, include=members)
            ),
        )

    def ensure_urls(self, urls: Mapping[str, str]) -> None:
        """Raise `InvalidInputError` if a value has the URL of an application that has none."""
        if missing := self.configuration.waiting_for(urls):
            key, shown = self.configuration.waiting_template(missing[0])
            raise InvalidInputError(
                f"Deployment {self.inputs.key}: {key}: {{{{url:{shown}}}}} names an application without a URL.",
                f"Take it out, or name one of those with a URL: {', '.join(sorted(urls)) or 'none'}.",
            )


def plan_redeploy(deployment: api.Deployment, desired: Desired, last_applied: PropertyMap | None) -> RedeployPlan:
    """Return why the Deployment, on which nothing runs, must be redeployed.

    `last_applied` is what was sent last, as the state has it; `None` for an object that was taken over: its
    secured values cannot be compared, so declared ones are sent once. Values that wait for a URL do not count.
    """
    inputs, urls = desired.inputs, urls_of(deployment)
    configuration = desired.configuration.resolve(urls, keep=lambda _: False)
    reasons = [f"status is {deployment.status}"] if deployment.status in NEEDS_REDEPLOY else []
    if inputs.fail_on_script_warning:
        reasons.extend(script_warnings(deployment))
    moves = inputs.connector_tag is not None and inputs.connector_tag != deployment.connector.repository.tag
    if moves:
        reasons.append(f"tag {running_tag(deployment)} runs instead of {inputs.connector_tag}")
    if last_applied is None:
        if configuration.secured:
            reasons.append("secured values cannot be compared")
        sent = configuration
    else:
        if find_differences(
            last_applied.get("redeployTrigger"), inputs.redeploy_trigger, path=("redeployTrigger",)
        ):
            reasons.append("redeployTrigger")
        before = ConfigurationValues.of(last_applied).resolve(urls)
        sent = configuration.transform(lambda key, value: before.values.get(key) if key.secured else value)
    # readable values count as the API shows them, secured ones as they were sent last
    reasons.extend(map(format_path, configuration.differences(observed_configuration(deployment, sent))))
    if last_applied is not None and not moves:
        now = running_configuration(deployment).values
        reset = values_to_reset(before.removed(configuration), deployment.connector)
        reasons.extend(
            f"{key.application}.{key.key} goes back to its default" for key in reset if now.get(key) != reset[key]
        )
    return RedeployPlan(tuple(reasons), moves)


def values_to_reset(
    removed: Iterable[ConfigurationKey], connector: api.DeploymentConnector | ConnectorVersion
) -> dict[ConfigurationKey, str]:
    """Return the value to send for each removed standard key that the version still has.

    The default of connect.yaml, else `""` for an optional key. Raises `InvalidInputError` for a required key
    without a default: it must have a value.
    """
    definitions = definitions_of(connector)
    values = {}
    for key in removed:
        owner = definitions.get(key.application)
        for definition in owner.standard_configuration if owner and not key.secured else ():
            if definition.key == key.key:
                if needs_value(definition):
                    raise InvalidInputError(f"{key}: {REMOVED}.", "Give it a value in the program.")
                values[key] = definition.default or ""
    return values


def running_tag(deployment: api.Deployment) -> str:
    """Return the tag that runs, safe to print."""
    return escape_untrusted(deployment.connector.repository.tag)


def names_script(title: str) -> bool:
    """Tell whether a title is about a script; a subscription is none."""
    return SCRIPT.search(title) is not None


def script_warnings(deployment: api.Deployment) -> tuple[str, ...]:
    """Return what the report says about scripts that failed, safe to print.

    The status does not tell (API §8.2).
    """
    return tuple(
        escape_untrusted(f"{entry.application}: {entry.title}" if entry.application else entry.title)
        for entry in deployment.report
        if entry.type != api.ReportEntryType.INFORMATION and names_script(entry.title)
    )


def awaited(deployment: api.Deployment) -> PlainMap:
    """Return the mark of a redeploy that was accepted while the Deployment looked like this."""
    return {AWAITED: {"version": deployment.version, "buildId": deployment.build_id}}


def is_awaited(deployment: api.Deployment, last_applied: PropertyMap) -> bool:
    """Tell whether the redeploy that the state remembers has still not shown itself."""
    mark = last_applied.get(AWAITED)
    return mark is not None and find_differences(mark, awaited(deployment)[AWAITED]) == {}


def is_live_without_new_build(deployment: api.Deployment, desired: Desired, last_applied: PropertyMap) -> bool:
    """Tell whether the API shows what is asked for although no build since the state was written can run it.

    So it looks when a killed process asked for it and the run has not begun to show (API §19 #44).
    """
    urls = urls_of(deployment)
    build = value_of(last_applied, "buildId")
    asked = desired.configuration.resolve(urls, keep=lambda _: False)
    changed = any(True for _ in asked.differences(ConfigurationValues.of(last_applied).resolve(urls)))
    return changed and build == deployment.build_id != ""


def listed_applications(
    deployment: api.Deployment, plan: RedeployPlan, version: ConnectorVersion | None
) -> tuple[str, ...] | None:
    """Return the applications that a redeploy lists; `None` when only the server knows which there are.

    The Deployment's own ones; when the connector moves those of the new `version`, without such as the old version
    had too and that were never deployed: they cannot be added (API §4.6).
    """
    own = tuple(each.application_name for each in deployment.applications)
    if not plan.update_connector:
        return own
    if version is None or not version.configurations:
        return None
    before = {each.application_name for each in deployment.connector.configurations}
    names = (each.application_name for each in version.configurations)
    return tuple(name for name in names if name in own or name not in before)


def keys_after(deployment: api.Deployment, version: ConnectorVersion | None) -> Running:
    """Return the applications that run after a redeploy with this version, and the keys that are set already."""
    moves = version is not None and version.tag != deployment.connector.repository.tag
    names = listed_applications(deployment, RedeployPlan(update_connector=moves), version)
    if names is None:
        names = tuple(each.application_name for each in deployment.applications)
    values = running_configuration(deployment).values
    return {name: {key.key for key in values if key.application == name} for name in (*names, GLOBAL)}


CORRECT_NAME: Final = "Correct the name; connect.yaml of the deployed tag lists the applications."


def ensure_listed(
    desired: Desired,
    names: Iterable[str],
    connector: api.DeploymentConnector | ConnectorVersion,
    urls: Mapping[str, str] = NO_URLS,
) -> None:
    """Raise `InvalidInputError` for a declared application that the request cannot configure (API §4.6).

    And for a `{{url:…}}` of an application that does not run then.
    """
    known, listed = [each.application_name for each in connector.configurations], {*names}
    for name in (each for each in desired.inputs.configurations if each not in listed):
        if name not in known:
            raise InvalidInputError(
                f"configurations.{name}: {no_such_application(name, known)}",
                CORRECT_NAME,
            )
        raise InvalidInputError(
            f"configurations.{name}: the application was not deployed when the Deployment was created, and cannot "
            "be added to it.",
            "Replace it (`pulumi up --replace`, with new URLs), or leave the application out.",
        )
    for name in desired.configuration.waiting_for(urls):
        if name not in listed:
            key, shown = desired.configuration.waiting_template(name)
            reason = "the application is not deployed." if name in known else no_such_application(shown, known)
            raise InvalidInputError(
                f"{key}: {{{{url:{shown}}}}}: {reason}",
                CORRECT_NAME,
            )


def new_deployment(
    desired: Desired, applications: Iterable[api.ConnectorConfigurationApplication]
) -> api.DeploymentDraft:
    """Return the body that creates the Deployment.

    Every application of the connector is listed, also those without keys: one left out is silently not deployed,
    and later redeploys that name it fail (API §4.6).
    """
    inputs, reference = desired.inputs, desired.inputs.connector
    return api.DeploymentDraft(
        key=inputs.key,
        type=inputs.type.value,
        connector=api.ConnectorReference(id=reference.id, key=reference.key, staged=reference.staged),
        configurations=_applications(
            desired, desired.configuration, [each.application_name for each in applications]
        ),
        global_configuration=_global_configuration(desired.configuration),
        region=inputs.region,
    )


def redeploy_action(
    deployment: api.Deployment,
    desired: Desired,
    plan: RedeployPlan,
    last_applied: PropertyMap | None,
    version: ConnectorVersion | None,
) -> api.Redeploy:
    """Return the redeploy that sends the whole declared configuration.

    The API merges per key (API §6.1), so sending all of it also heals what an earlier, half-done run left. Listed
    are the Deployment's own applications, and when the connector moves those that it has then. Standard keys that
    the program no longer names go back to what the version that will run gives them.

    A value that waits for a URL goes as it is where the API has none yet, as on a create; a value that is there is
    never overwritten by a placeholder.
    """
    names = listed_applications(deployment, plan, version)
    if names is None:
        names = tuple(each.application_name for each in deployment.applications)
    moves = plan.update_connector and version is not None
    removed = ConfigurationValues.of(last_applied or {}).removed(desired.configuration)
    reset = values_to_reset(removed, version if moves and version else deployment.connector)
    there = {(key.application, key.key) for key in running_configuration(deployment).values}
    configuration = desired.configuration.resolve(
        urls_of(deployment), keep=lambda key: (key.application, key.key) not in there
    )
    configuration = replace(configuration, values={**reset, **configuration.values})
    return api.Redeploy(
        configuration_values=_applications(desired, configuration, names) or None,
        global_configuration=_global_configuration(configuration),
        update_connector=plan.update_connector,
        skip_scripts=desired.inputs.skip_scripts,
    )


def _applications(
    desired: Desired, configuration: ConfigurationValues, names: Iterable[str]
) -> tuple[api.DeploymentConfigurationApplication, ...]:
    declared = desired.inputs.configurations
    entries = []
    for name in dict.fromkeys([*names, *declared]):
        options = declared.get(name, ApplicationInputs())
        policy = options.retry_policy
        entries.append(
            api.DeploymentConfigurationApplication(
                application_name=name,
                standard_configuration=_standard(configuration, name),
                secured_configuration=_secured(configuration, name),
                schedule=options.schedule,
                retry_policy=api.RetryPolicyDraft(**policy.model_dump(exclude_none=True)) if policy else None,
            )
        )
    return tuple(entries)


def _global_configuration(configuration: ConfigurationValues) -> api.DeploymentGlobalConfiguration | None:
    if GLOBAL not in configuration.applications and not any(
        key.application == GLOBAL for key in configuration.values
    ):
        return None
    return api.DeploymentGlobalConfiguration(
        standard_configuration=_standard(configuration, GLOBAL),
        secured_configuration=_secured(configuration, GLOBAL),
    )


def _standard(configuration: ConfigurationValues, application: str) -> tuple[api.ConfigurationValue, ...]:
    values = configuration.values_of(application, STANDARD)
    return tuple(api.ConfigurationValue(key=key, value=str(value)) for key, value in values.items())


def _secured(configuration: ConfigurationValues, application: str) -> tuple[api.SecuredConfigurationValue, ...]:
    values = configuration.values_of(application, SECURED)
    return tuple(
        api.SecuredConfigurationValue(key=key, value=SecretStr(str(value))) for key, value in values.items()
    )
