"""`redeploy`, the one update action of a Deployment (API §6.1)."""

from __future__ import annotations

from commercetools_connect.emulator.configuration import (
    merged_applications,
    merged_global_values,
    missing_application_key,
)
from commercetools_connect.emulator.connectors import installed_from, latest_previewed
from commercetools_connect.emulator.deployment_runs import start_deployment
from commercetools_connect.emulator.entities import DeployedConnector, Deployment
from commercetools_connect.emulator.errors import invalid_json, refused
from commercetools_connect.emulator.lifecycles import REDEPLOYABLE
from commercetools_connect.emulator.model import evolve
from commercetools_connect.emulator.requests import Redeploy
from commercetools_connect.emulator.scopes import Principal
from commercetools_connect.emulator.specification import Specification
from commercetools_connect.emulator.store import World


def redeploy(world: World, principal: Principal, deployment: Deployment, action: Redeploy) -> Deployment:
    """Return the Deployment with the new run begun; values that are not named keep what they are.

    It runs in full even if nothing changes (assumption 37).
    """
    _require_idle(deployment)
    target = _latest(world, deployment) if action.update_connector else deployment.connector
    specification = target.content.specification or Specification()
    require_scope_for_api_client(world, principal, deployment, specification)
    changed = evolve(_with_values(world, deployment, action, specification), rollback_revision=None)
    missing = missing_application_key(specification, changed.applications)
    if missing and not world.settings.other(2):
        raise invalid_json(missing)  # assumption 2
    delayed = world.settings.other(44)  # assumption 44
    return start_deployment(
        world,
        changed,
        target,
        skip_scripts=action.skip_scripts,
        missing=missing,
        shown_at=world.clock.now() + world.settings.delays.queued if delayed else None,
    )


def require_scope_for_api_client(
    world: World, principal: Principal, deployment: Deployment, specification: Specification
) -> None:
    """Refuse a run that generates an API client, unless the caller may make one (assumption 18)."""
    settings = world.settings
    first = deployment.api_client is None
    if specification.api_client_scopes and not settings.third(18) and (first or settings.other(18)):
        principal.require("manage_api_clients", deployment.project)


def _require_idle(deployment: Deployment) -> None:
    under_way = "Queued" if deployment.run is not None else deployment.status
    status = deployment.status if deployment.status not in REDEPLOYABLE else under_way
    if status not in REDEPLOYABLE:
        raise refused("DeploymentInvalidStatusTransition", f"Invalid status change: Already {status.lower()}")


def _with_values(
    world: World, deployment: Deployment, action: Redeploy, specification: Specification
) -> Deployment:
    """Merge per key. Values of the old version stay until the new one runs: it may fail (API §6.1)."""
    running = deployment.connector.content.specification or Specification()
    new_names = {each.name for each in specification.applications} - {each.name for each in running.applications}
    defaults = not world.settings.other(3)  # assumption 3
    return evolve(
        deployment,
        applications=merged_applications(
            specification,
            deployment.applications,
            action.configuration_values,
            frozenset(new_names),
            with_defaults=defaults,
        ),
        global_values=merged_global_values(
            specification.global_keys,
            deployment.global_values,
            action.global_configuration,
            with_defaults=defaults,
        ),
    )


def _latest(world: World, deployment: Deployment) -> DeployedConnector:
    """Return what `updateConnector` moves to; each reason why it cannot is DeploymentConnectorUpdateFailure."""
    draft = world.drafts.get(deployment.connector.id)
    connector = world.connectors.get(deployment.connector.id)
    if deployment.staged and draft is not None:
        target = latest_previewed(draft, world.settings)
    elif not deployment.staged and connector is not None:
        target = installed_from(connector)
    else:
        raise _update_failure("The connector does not exist any more.")
    if deployment.region not in target.content.supported_regions:
        raise _update_failure(f"The connector does not support the region '{deployment.region}' any more.")
    return target


def _update_failure(cause: str) -> Exception:
    return refused("DeploymentConnectorUpdateFailure", f"Failed to update the connector. {cause}", cause=cause)
