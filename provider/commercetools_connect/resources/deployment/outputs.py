"""Outputs of a Deployment, and its inputs as the API shows them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from commercetools_connect.api import ApplicationDeployment, DeployedGlobalConfiguration, Deployment
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainMap,
    PlainValue,
    PropertyMap,
    PropertyValue,
    as_map,
    unwrap_secrets,
)
from commercetools_connect.resources.deployment.configuration_values import (
    GLOBAL,
    NO_URLS,
    SECURED,
    STANDARD,
    ConfigurationKey,
    ConfigurationValues,
    resolve_text,
    waits_for_url,
)
from commercetools_connect.resources.deployment.model import (
    CONFIGURED,
    DeploymentInputs,
)
from commercetools_connect.resources.inputs import member_names, pick
from commercetools_connect.resources.reconcile import Snapshot
from commercetools_connect.resources.schema import report_entries, restore_secrets, to_plain

INPUT_NAMES: Final = member_names(DeploymentInputs)


def outputs(project_key: str, deployment: Deployment) -> dict[str, PropertyValue]:
    """Return the outputs that the API shows; a state has the inputs besides."""
    types = {each.application_name: each.application_type for each in deployment.connector.configurations}
    secured = sorted(running_configuration(deployment).secured)
    return {
        "projectKey": project_key,
        "deploymentId": deployment.id,
        "status": escape_untrusted(deployment.status),
        "applications": [
            {
                "name": each.application_name,
                "type": types.get(each.application_name, ""),
                "url": each.url,
                "topic": each.topic,
                "schedule": each.schedule,
            }
            for each in deployment.applications
        ],
        "urls": urls_of(deployment),
        "connectorId": deployment.connector.id,
        "connectorKey": deployment.connector.key,
        "connectorVersion": deployment.connector.version or 0,
        "deployedTag": deployment.connector.repository.tag,
        "buildId": deployment.build_id,
        "report": report_entries(deployment.report),
        "apiClientName": deployment.api_client.name if deployment.api_client else "",
        "securedKeys": {
            name: [key.key for key in secured if key.application == name]
            for name in dict.fromkeys(key.application for key in secured)
        },
    }


def urls_of(deployment: Deployment) -> dict[str, str]:
    """Return application → URL, for the applications that have one."""
    return {each.application_name: each.url for each in deployment.applications if each.url}


def snapshot_of(deployment: Deployment, project_key: str) -> Snapshot:
    """Return what a message may compare of a Deployment; secured values cannot be read."""
    seen = _imported(deployment, {"region": deployment.deployed_region or None})
    runs = {"status": deployment.status, "buildId": deployment.build_id, "projectKey": project_key}
    return Snapshot(deployment.version, {**seen, **runs, "connectorTag": deployment.connector.repository.tag})


def observed_inputs(deployment: Deployment, project_key: str, declared: PropertyMap) -> dict[str, PropertyValue]:
    """Return the declared inputs as the API shows them; with nothing declared (an import), all that it shows.

    Secured values cannot be read (API §12): a declared one stays as it is while the API lists its key, and an
    import leaves them out.
    """
    seen: dict[str, PlainValue] = {
        "key": deployment.key or None,
        "projectKey": project_key,
        "region": deployment.deployed_region or None,
        "type": deployment.type or None,
        "connectorTag": deployment.connector.repository.tag or None,
    }
    plain = {name: unwrap_secrets(value) for name, value in declared.items()}
    if not declared:
        return _imported(deployment, seen)
    # What the API leaves out (old Deployments, API §4.7) is not another value.
    shown: dict[str, PropertyValue] = {
        name: seen.get(name) or value for name, value in declared.items() if value is not None
    }
    if plain.get("connector") is not None:
        shown["connector"] = _reference(deployment, plain["connector"])
    shown = {name: restore_secrets(value, declared.get(name)) for name, value in shown.items()}
    configuration = observed_configuration(deployment, ConfigurationValues.of(declared))
    return configuration.write_to({**shown, **pick(declared, CONFIGURED)})


def running_configuration(deployment: Deployment) -> ConfigurationValues:
    """Return all settings that the API shows; a secured value is `UNKNOWN`: it is set, and cannot be read."""
    shared = deployment.global_configuration
    values: dict[ConfigurationKey, PlainValue] = {}
    options: dict[tuple[str, str], PlainValue] = {}
    for each in deployment.applications:
        values.update(_shown_values(each.application_name, each))
        if each.schedule:
            options[each.application_name, "schedule"] = each.schedule
        if each.retry_policy:
            options[each.application_name, "retryPolicy"] = to_plain(each.retry_policy)
    values.update(_shown_values(GLOBAL, shared))
    return ConfigurationValues(
        values, options, (*(each.application_name for each in deployment.applications), GLOBAL)
    )


def observed_configuration(deployment: Deployment, declared: ConfigurationValues) -> ConfigurationValues:
    """Return the declared settings as the API holds them; a URL counts as its template."""
    running, urls = running_configuration(deployment), urls_of(deployment)

    def observed(key: ConfigurationKey, value: PlainValue) -> PlainValue:
        there = running.values.get(key)
        if key.secured:
            return None if there is None else value
        if not isinstance(value, str):
            return there
        if there == resolve_text(value, urls) and not waits_for_url(value, urls):
            return value
        # a template that was sent as it is holds nothing yet
        return None if waits_for_url(value, NO_URLS) and there == value else there

    options: dict[tuple[str, str], PlainValue] = {}
    for option, value in declared.options.items():
        there = running.options.get(option)
        options[option] = (
            {name: as_map(there).get(name) for name in value} if isinstance(value, Mapping) else there
        )
    shown = {option: value for option, value in options.items() if value is not None}
    return replace(declared.transform(observed), options=shown)


def _imported(deployment: Deployment, seen: Mapping[str, PlainValue]) -> dict[str, PropertyValue]:
    """Return everything that a program could declare; not the tag, which would move the Deployment one day."""
    running = running_configuration(deployment)
    shared = running.values_of(GLOBAL, STANDARD)
    applications: dict[str, PlainValue] = {
        each.application_name: {
            STANDARD: running.values_of(each.application_name, STANDARD),
            **{name: value for (owner, name), value in running.options.items() if owner == each.application_name},
        }
        for each in deployment.applications
    }
    imported: dict[str, PropertyValue] = {name: value for name, value in seen.items() if name != "connectorTag"}
    imported["connector"] = _deployed_reference(deployment)
    imported["configurations"] = applications
    if shared:
        imported["globalConfiguration"] = {"standardConfiguration": shared}
    return imported


def _reference(deployment: Deployment, declared: PlainValue) -> PlainValue:
    """Return the declared reference while it names the connector that is deployed, else the one that is."""
    if not isinstance(declared, Mapping):
        return declared
    connector = deployment.connector
    key_fits = not connector.key or declared.get("key") in (None, connector.key)
    names_it = key_fits and declared.get("id") in (None, connector.id)
    if names_it and bool(declared.get("staged")) == deployment.preview:
        return declared
    return _deployed_reference(deployment)


def _deployed_reference(deployment: Deployment) -> PlainMap:
    reference: dict[str, PlainValue] = {"id": deployment.connector.id}
    if deployment.preview:
        reference["staged"] = True
    return reference


def _shown_values(
    application: str, shown: ApplicationDeployment | DeployedGlobalConfiguration
) -> dict[ConfigurationKey, PlainValue]:
    standard = {
        ConfigurationKey(application, STANDARD, each.key): each.value for each in shown.standard_configuration
    }
    return {**standard, **{ConfigurationKey(application, SECURED, key): UNKNOWN for key in shown.secured_keys}}
