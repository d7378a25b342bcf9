"""What a Deployment shows of itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commercetools_connect.api import ApplicationDeployment, DeployedGlobalConfiguration, Deployment
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.values import Plain, PlainTree, Tree, Value, reveal
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.sealing import seal
from commercetools_connect.resources.deployment.urls import resolve_text, waits_for_url
from commercetools_connect.resources.inputs import member_names
from commercetools_connect.resources.meanwhile import Sight
from commercetools_connect.resources.secrecy import restore_secrets
from commercetools_connect.resources.shapes import report_entries, wire

__all__ = ["GLOBAL", "INPUT_NAMES", "observed_inputs", "outputs", "seal", "sight_of", "urls_of"]

INPUT_NAMES: Final = member_names(DeploymentInputs)

GLOBAL: Final = "$global"
"""Stands for the global configuration among application names, which never contain a `$` (API §2)."""

OURS: Final = ("redeployTrigger", "skipScripts", "failOnScriptWarning", "skipPlanTimeValidation", "adopt")
"""Inputs that the API does not show; they stay as they were."""


def outputs(project_key: str, deployment: Deployment, held: Tree) -> Tree:
    """Return all outputs: `held` are the inputs as far as the API is known to hold them."""
    types = {each.application_name: each.application_type for each in deployment.connector.configurations}
    return {
        **seal(held),
        "projectKey": project_key,
        "deploymentId": deployment.id,
        "status": quote_foreign(deployment.status),
        "applications": [_application(each, types) for each in deployment.applications],
        "urls": urls_of(deployment),
        "connectorId": deployment.connector.id,
        "connectorKey": deployment.connector.key,
        "connectorVersion": deployment.connector.version or 0,
        "deployedTag": deployment.connector.repository.tag,
        "buildId": deployment.build_id,
        "report": report_entries(deployment.report),
        "apiClientName": deployment.api_client.name if deployment.api_client else "",
        "securedKeys": _secured_keys(deployment),
    }


def urls_of(deployment: Deployment) -> dict[str, str]:
    """Return application → URL, for the applications that have one."""
    return {each.application_name: each.url for each in deployment.applications if each.url}


def sight_of(deployment: Deployment, project_key: str) -> Sight:
    """Return what a message may compare of a Deployment; secured values cannot be read."""
    seen = _imported(deployment, {"region": deployment.deployed_region or None})
    runs = {"status": deployment.status, "buildId": deployment.build_id, "projectKey": project_key}
    return Sight(deployment.version, {**seen, **runs, "connectorTag": deployment.connector.repository.tag})


def observed_inputs(deployment: Deployment, project_key: str, declared: Tree) -> dict[str, Value]:
    """Return the declared inputs as the API shows them; with nothing declared (an import), all that it shows.

    Secured values cannot be read (API §12): a declared one stays as it is while the API lists its key, and an
    import leaves them out.
    """
    seen: dict[str, Plain] = {
        "key": deployment.key or None,
        "projectKey": project_key,
        "region": deployment.deployed_region or None,
        "type": deployment.type or None,
        "connectorTag": deployment.connector.repository.tag or None,
    }
    plain = {name: reveal(value) for name, value in declared.items()}
    if not declared:
        return _imported(deployment, seen)
    # What the API leaves out (old Deployments, API §4.7) is not another value.
    held: dict[str, Plain] = {name: seen.get(name) or value for name, value in plain.items() if value is not None}
    if plain.get("connector") is not None:
        held["connector"] = _reference(deployment, plain["connector"])
    if isinstance(configurations := plain.get("configurations"), Mapping):
        there = {each.application_name: each for each in deployment.applications}
        held["configurations"] = {
            name: _held(there.get(name), value, urls_of(deployment)) for name, value in configurations.items()
        }
    if plain.get("globalConfiguration") is not None:
        shared = deployment.global_configuration
        held["globalConfiguration"] = _held(shared, plain["globalConfiguration"], urls_of(deployment))
    return seal({name: restore_secrets(value, declared.get(name)) for name, value in held.items()})


def _imported(deployment: Deployment, seen: Mapping[str, Plain]) -> dict[str, Value]:
    """Return everything that a program could declare; not the tag, which would move the Deployment one day."""
    applications = {each.application_name: _all_values(each) for each in deployment.applications}
    shared = {entry.key: entry.value for entry in deployment.global_configuration.standard_configuration}
    imported: dict[str, Value] = {name: value for name, value in seen.items() if name != "connectorTag"}
    imported["connector"] = _deployed_reference(deployment)
    imported["configurations"] = applications
    if shared:
        imported["globalConfiguration"] = {"standardConfiguration": shared}
    return imported


def _reference(deployment: Deployment, declared: Plain) -> Plain:
    """Return the declared reference while it names the connector that is deployed, else the one that is."""
    if not isinstance(declared, Mapping):
        return declared
    connector = deployment.connector
    key_fits = not connector.key or declared.get("key") in (None, connector.key)
    names_it = key_fits and declared.get("id") in (None, connector.id)
    if names_it and bool(declared.get("staged")) == deployment.preview:
        return declared
    return _deployed_reference(deployment)


def _deployed_reference(deployment: Deployment) -> PlainTree:
    reference: dict[str, Plain] = {"id": deployment.connector.id}
    if deployment.preview:
        reference["staged"] = True
    return reference


def _held(
    there: ApplicationDeployment | DeployedGlobalConfiguration | None, declared: Plain, urls: Mapping[str, str]
) -> Plain:
    """Return the declared values of one application as the API holds them; a URL counts as its template."""
    if there is None or not isinstance(declared, Mapping):
        return {}
    values = {entry.key: entry.value for entry in there.standard_configuration}
    held = dict(declared)
    if isinstance(standard := declared.get("standardConfiguration"), Mapping):
        held["standardConfiguration"] = {
            key: _observed_value(value, values.get(key), urls) for key, value in standard.items()
        }
    if isinstance(secured := declared.get("securedConfiguration"), Mapping):
        held["securedConfiguration"] = {key: value for key, value in secured.items() if key in there.secured_keys}
    if isinstance(there, ApplicationDeployment):
        if declared.get("schedule") is not None:
            held["schedule"] = there.schedule or None
        if isinstance(policy := declared.get("retryPolicy"), Mapping):
            shown = wire(there.retry_policy) if there.retry_policy else {}
            held["retryPolicy"] = {name: shown.get(name) for name in policy}
    return held


def _observed_value(declared: Plain, observed: str | None, urls: Mapping[str, str]) -> Plain:
    """Return what the API holds for a declared value; a template that was sent as it is holds nothing yet."""
    if (
        isinstance(declared, str)
        and observed == resolve_text(declared, urls)
        and not waits_for_url(declared, urls)
    ):
        return declared
    return None if isinstance(declared, str) and waits_for_url(declared, {}) and observed == declared else observed


def _all_values(there: ApplicationDeployment) -> PlainTree:
    values: dict[str, Plain] = {entry.key: entry.value for entry in there.standard_configuration}
    return {
        "standardConfiguration": values,
        **({"schedule": there.schedule} if there.schedule else {}),
        **({"retryPolicy": wire(there.retry_policy)} if there.retry_policy else {}),
    }


def _application(there: ApplicationDeployment, types: Mapping[str, str]) -> PlainTree:
    name = there.application_name
    return {
        "name": name,
        "type": types.get(name, ""),
        "url": there.url,
        "topic": there.topic,
        "schedule": there.schedule,
    }


def _secured_keys(deployment: Deployment) -> PlainTree:
    keys = {
        each.application_name: sorted(each.secured_keys) for each in deployment.applications if each.secured_keys
    }
    if deployment.global_configuration.secured_keys:
        keys[GLOBAL] = sorted(deployment.global_configuration.secured_keys)
    return dict(keys)
